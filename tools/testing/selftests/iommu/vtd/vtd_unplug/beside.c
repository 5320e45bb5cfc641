// SPDX-License-Identifier: GPL-2.0-only
/* A device leaves unasked while another one does DMA that must be right. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/edu.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "lib/uapi.h"
#include "hot.h"

/* What the device that stays copies. */
#define OTHER_IOVA 0x8000000ULL
#define OTHER_COPIES 6

/* A second edu, which copies all the time and looks at what comes out. */
struct other {
	int device;
	size_t page;
	char *va;
	volatile void *regs;
	pthread_t thread;
	atomic_bool stop;
	atomic_uint copies;
};

static void *copy_on(void *arg)
{
	struct other *o = arg;

	while (!o->stop) {
		unsigned int n = o->copies;

		memset(o->va, (int)n + 1, o->page);
		memset(o->va + o->page, 0, o->page);
		edu_copy(o->regs, OTHER_IOVA + o->page, OTHER_IOVA, o->page);
		CHECK(!memcmp(o->va, o->va + o->page, o->page));
		o->copies = n + 1;
	}
	return NULL;
}

/* The hot one is bound: the next of its model is found. */
static void other_start(struct other *o, struct bench *b, __u32 ioas)
{
	struct vfio_place place;

	CHECK_OK(vfio_find_model(EDU_MODEL, &place));
	CHECK(strcmp(place.dir, b->place.dir));
	o->page = b->page;
	o->device = vfio_open(place.node);
	vfio_bind(o->device, b->fd);
	vfio_attach(o->device, ioas);
	o->regs = vfio_map_bar(o->device, REGS_SIZE);
	o->va = mem_pages(2);
	ioas_map_at(b->fd, ioas, o->va, 2 * o->page, OTHER_IOVA);
	CHECK_EQ(pthread_create(&o->thread, NULL, copy_on, o), 0);
}

/* So much has been copied since. */
static void other_goes_on(struct other *o)
{
	unsigned int want = o->copies + OTHER_COPIES;
	unsigned int waited;

	for (waited = 0; o->copies < want; waited += STEP_MS) {
		CHECK(waited < LIMIT_MS);
		usleep(STEP_MS * 1000);
	}
}

static void other_end(struct other *o)
{
	o->stop = true;
	CHECK_EQ(pthread_join(o->thread, NULL), 0);
	CHECK_EQ(munmap((void *)o->regs, REGS_SIZE), 0);
	CHECK_EQ(close(o->device), 0);
}

/* Flushes what both devices may have kept. */
static void churn(struct bench *b, __u32 ioas)
{
	__u64 iova = IOVA + 2 * NPAGES * b->page;
	int i;

	for (i = 0; i < 50; i++) {
		ioas_map_at(b->fd, ioas, b->va, NPAGES * b->page, iova);
		ioas_unmap(b->fd, ioas, iova, NPAGES * b->page);
	}
}

/* A line of the kernel's since the last call with NULL; both words in it. */
static bool log_has(const char *word, const char *other)
{
	static int log = -1;
	char record[2048];
	bool found = false;
	ssize_t len;

	if (!word) {
		log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		CHECK(log >= 0);
		CHECK(lseek(log, 0, SEEK_END) >= 0);
		return false;
	}
	while (!found && ((len = read(log, record, sizeof(record) - 1)) > 0 ||
			  errno == EPIPE)) {
		if (len <= 0)
			continue;
		record[len] = 0;
		found = strstr(record, word) && strstr(record, other);
	}
	return found;
}

/* While the others' memory is mapped, unmapped and copied. */
static void beside(const struct hot *hot, bool same_ioas)
{
	struct bench b = bench_make(hot);
	__u32 own = same_ioas ? 0 : ioas_alloc(b.fd);
	__u32 ioas = same_ioas ? b.ioas : own;
	struct other o = {};

	log_has(NULL, NULL);
	other_start(&o, &b, ioas);
	other_goes_on(&o);
	if (hot == &hot_edu)
		edu_start_write(b.regs, IOVA, b.page);
	pull_out(&b);
	churn(&b, ioas);
	ioas_unmap(b.fd, b.ioas, IOVA, NPAGES * b.page);
	other_goes_on(&o);
	wait_wish(&b);
	churn(&b, ioas);
	other_goes_on(&o);
	give_back(&b);
	wait_gone(&b);
	churn(&b, ioas);
	other_goes_on(&o);
	/* It says which slot, and that the card is gone. */
	CHECK(log_has("pciehp", "not present") ||
	      log_has("pciehp", "Link Down"));
	other_end(&o);
	ioas_unmap_all(b.fd, ioas);
	destroy(b.fd, b.ioas);
	if (own)
		destroy(b.fd, own);
	come_back(&b);
	CHECK(!proc_kernel_warned());
}

void pulled_out_beside(const void *hot)
{
	beside(hot, false);
}

void pulled_out_of_shared(const void *hot)
{
	beside(hot, true);
}
