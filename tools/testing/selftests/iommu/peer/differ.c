// SPDX-License-Identifier: GPL-2.0-only
/*
 * differ FROM TO
 *
 * Random sequences of ioctls, one for each number from FROM to TO, with fields
 * that are wrong in several places at once: which refusal comes first? Prints
 * what each ioctl was given and what it answered, for scripts/peer/differ, which
 * runs it on two kernels. The rest is in differ/.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "differ/differ.h"
#include "lib/harness.h"

#define STEPS 50
#define MEM_AT ((void *)0x700000000000)
#define READONLY_AT ((void *)0x700010000000)
#define READONLY_BYTES 65536

/* Those that stand here more than once come more often. */
static void (*const ops[])(struct differ *d) = {
	op_ioas_alloc, op_ranges, op_allow,
	op_map, op_map, op_map, op_map,
	op_map_file, op_map_file,
	op_copy, op_copy,
	op_unmap, op_unmap,
	op_option,
	op_hwpt_alloc, op_hwpt_alloc, op_hwpt_alloc,
	op_invalidate,
	op_set_dirty, op_get_dirty, op_get_dirty, op_write_dirty,
	op_hw_info, op_fault_alloc,
	op_viommu_alloc, op_vdevice_alloc, op_veventq_alloc, op_hw_queue_alloc,
	op_destroy, op_change_process, op_get_pa,
	op_mock_domain, op_replace, op_pasid, op_reserve, op_iopf,
	op_vfio_ioas,
	op_vfio_map, op_vfio_map,
	op_vfio_unmap, op_vfio_unmap,
	op_vfio_info, op_vfio_extension, op_vfio_set,
	op_unknown,
};

static char *memory_at(void *at, size_t nbytes, int prot)
{
	void *va = mmap(at, nbytes, prot, MAP_PRIVATE | MAP_ANONYMOUS |
			MAP_FIXED_NOREPLACE, -1, 0);

	CHECK(va == at);
	return va;
}

static void step(struct differ *d, unsigned long seed, unsigned int number,
		 void (*op)(struct differ *d))
{
	say("%lu.%u ", seed, number);
	op(d);
	say("\n");
}

static void play(struct differ *d, unsigned long seed)
{
	unsigned int i = 0;

	/* In a third of the sequences no id is wrong on purpose. */
	d->wrong = 0;
	step(d, seed, i++, op_ioas_alloc);
	step(d, seed, i++, op_ioas_alloc);
	step(d, seed, i++, op_mock_domain);
	if (d->nids[KIND_DEVICE] && seed % 2)
		step(d, seed, i++, op_guest);
	d->wrong = seed % 3 * 6;
	while (i < STEPS)
		step(d, seed, i++, one_of(d, ops));
}

static void play_alone(const struct differ *memory, unsigned long seed)
{
	struct differ d = *memory;
	unsigned int i;

	d.dice = seed;
	/*
	 * Not mock_open(): the limit of 0 that it sets is another one in the
	 * base.
	 */
	d.fd = open("/dev/iommu", O_RDWR | O_CLOEXEC);
	d.memfd = memfd_create("differ", MFD_CLOEXEC);
	CHECK(d.fd >= 0 && d.memfd >= 0);
	CHECK_EQ(ftruncate(d.memfd, FILE_BYTES), 0);
	play(&d, seed);
	for (i = 0; i < d.nfault_fds; i++)
		close(d.fault_fd[i]);
	close(d.memfd);
	close(d.fd);
}

int main(int argc, char **argv)
{
	struct differ memory = {
		.mem = memory_at(MEM_AT, MEM_BYTES, PROT_READ | PROT_WRITE),
		.readonly = memory_at(READONLY_AT, READONLY_BYTES, PROT_READ),
	};
	unsigned long seed, last;

	if (argc != 3) {
		fprintf(stderr, "usage: differ FROM TO\n");
		return 2;
	}
	memset(memory.mem, 1, MEM_BYTES);
	last = strtoul(argv[2], NULL, 0);
	for (seed = strtoul(argv[1], NULL, 0); seed <= last; seed++)
		play_alone(&memory, seed);
	return fflush(stdout) ? 1 : 0;
}
