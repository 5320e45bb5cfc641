// SPDX-License-Identifier: GPL-2.0-only
/* The admin queues of an NVMe controller, one command at a time. */
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "memory.h"
#include "nvme.h"

#define REG_CC 0x14
#define REG_CSTS 0x1c
#define REG_AQA 0x24
#define REG_ASQ 0x28
#define REG_ACQ 0x30
#define REG_TAIL 0x1000
#define REG_HEAD 0x1004

#define CC_ENABLE 1
#define CC_ENTRIES (6 << 16 | 4 << 20)
#define CSTS_READY 1

#define ENTRIES 16
#define COMMAND_BYTES 64
#define COMPLETION_BYTES 16
#define SET_FEATURES 0x09
#define GET_FEATURES 0x0a
#define FEATURE_CLOCK 0x0e

#define POLL_US 20
#define LIMIT_US (20 * 1000 * 1000)

static volatile __u32 *reg(const struct nvme *nvme, unsigned int at)
{
	return (volatile __u32 *)((volatile char *)nvme->regs + at);
}

static void write_address(const struct nvme *nvme, unsigned int at, __u64 addr)
{
	*reg(nvme, at) = addr;
	*reg(nvme, at + 4) = addr >> 32;
}

static void await_ready(const struct nvme *nvme, __u32 ready)
{
	unsigned int waited;

	for (waited = 0; (*reg(nvme, REG_CSTS) & CSTS_READY) != ready; waited += POLL_US) {
		CHECK(waited < LIMIT_US);
		usleep(POLL_US);
	}
}

void nvme_start(struct nvme *nvme, volatile void *regs, void *queues, __u64 iova)
{
	*nvme = (struct nvme){ .regs = regs, .queues = queues, .phase = 1 };
	memset(queues, 0, NVME_QUEUE_PAGES * page_size());
	nvme_stop(nvme);
	*reg(nvme, REG_AQA) = (ENTRIES - 1) << 16 | (ENTRIES - 1);
	write_address(nvme, REG_ASQ, iova);
	write_address(nvme, REG_ACQ, iova + page_size());
	*reg(nvme, REG_CC) = CC_ENTRIES | CC_ENABLE;
	await_ready(nvme, CSTS_READY);
}

void nvme_stop(struct nvme *nvme)
{
	*reg(nvme, REG_CC) = 0;
	await_ready(nvme, 0);
}

static void await_completion(struct nvme *nvme)
{
	volatile __u32 *done = (volatile __u32 *)(nvme->queues + page_size() +
						  nvme->head * COMPLETION_BYTES);
	unsigned int waited;

	for (waited = 0; (done[3] >> 16 & 1) != nvme->phase; waited += POLL_US) {
		CHECK(waited < LIMIT_US);
		usleep(POLL_US);
	}
	if (++nvme->head == ENTRIES) {
		nvme->head = 0;
		nvme->phase ^= 1;
	}
	*reg(nvme, REG_HEAD) = nvme->head;
}

static void run(struct nvme *nvme, __u8 opcode, __u64 iova)
{
	volatile __u32 *command = (volatile __u32 *)(nvme->queues +
						     nvme->tail * COMMAND_BYTES);

	memset((void *)command, 0, COMMAND_BYTES);
	command[0] = opcode;
	command[6] = iova;
	command[7] = iova >> 32;
	command[10] = FEATURE_CLOCK;
	nvme->tail = (nvme->tail + 1) % ENTRIES;
	__atomic_thread_fence(__ATOMIC_RELEASE);
	*reg(nvme, REG_TAIL) = nvme->tail;
	await_completion(nvme);
}

void nvme_set_clock(struct nvme *nvme, __u64 iova)
{
	run(nvme, SET_FEATURES, iova);
}

void nvme_get_clock(struct nvme *nvme, __u64 iova)
{
	run(nvme, GET_FEATURES, iova);
}
