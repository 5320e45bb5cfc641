// SPDX-License-Identifier: GPL-2.0-only
/* Memory to map, of every kind that a test needs. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/types.h>
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"
#include "memory.h"
#include "proc.h"

#define HUGETLB_DIR "/sys/kernel/mm/hugepages/hugepages-2048kB/"
#define HUGETLB_SIZE (2UL << 20)
#define THP_DIR "/sys/kernel/mm/transparent_hugepage/"

size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

static void *reserve(size_t nbytes)
{
	void *va = mmap(NULL, nbytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	CHECK(va != MAP_FAILED);
	return va;
}

/* @align is a power of two. */
static void *reserve_aligned(size_t nbytes, size_t align)
{
	uintptr_t raw = (uintptr_t)reserve(nbytes + align);
	uintptr_t va = (raw + align - 1) & ~(align - 1);

	if (va != raw)
		munmap((void *)raw, va - raw);
	if (raw + align != va)
		munmap((void *)(va + nbytes), raw + align - va);
	return (void *)va;
}

static size_t pow2_above(size_t nbytes)
{
	size_t pow2 = page_size();

	while (pow2 < nbytes)
		pow2 *= 2;
	return pow2;
}

static void touch(void *va, size_t nbytes)
{
	size_t words = page_size() / sizeof(__u64);
	__u64 *word = va;
	size_t i;

	for (i = 0; i < nbytes / sizeof(*word); i += words / 2)
		word[i] = (uintptr_t)&word[i] ^ 0x5a5a5a5a00000000ULL;
}

void *mem_untouched(size_t npages)
{
	size_t nbytes = npages * page_size();
	void *va = reserve_aligned(nbytes, pow2_above(nbytes));

	madvise(va, nbytes, MADV_NOHUGEPAGE);
	return va;
}

void *mem_pages(size_t npages)
{
	void *va = mem_untouched(npages);

	touch(va, npages * page_size());
	return va;
}

void *mem_pages_odd(size_t npages)
{
	char *va = mem_pages(npages + 1);

	CHECK_EQ(munmap(va, page_size()), 0);
	return va + page_size();
}

size_t thp_size(void)
{
	char text[32];

	if (proc_read(THP_DIR "hpage_pmd_size", text, sizeof(text)) < 0)
		return 0;
	return strtoul(text, NULL, 10);
}

void *mem_thp(size_t nhuge)
{
	size_t huge = thp_size();
	char *va;

	if (!huge)
		harness_skip("no transparent huge pages");
	proc_write(THP_DIR "enabled", "madvise");
	va = reserve_aligned(nhuge * huge, huge);
	CHECK_EQ(madvise(va, nhuge * huge, MADV_HUGEPAGE), 0);
	touch(va, nhuge * huge);
	if (proc_field("/proc/self/smaps_rollup", "AnonHugePages") * 1024 <
	    (long)(nhuge * huge))
		harness_skip("the kernel gave no transparent huge pages");
	return va;
}

long hugetlb_free(void)
{
	char text[32];

	if (proc_read(HUGETLB_DIR "free_hugepages", text, sizeof(text)) < 0)
		return -1;
	return strtol(text, NULL, 10);
}

void *mem_hugetlb(size_t nhuge)
{
	char text[32];
	void *va;

	if (hugetlb_free() < (long)nhuge) {
		snprintf(text, sizeof(text), "%zu", nhuge);
		proc_write(HUGETLB_DIR "nr_hugepages", text);
	}
	if (hugetlb_free() < (long)nhuge)
		harness_skip("no hugetlb pages of 2 MiB");
	va = mmap(NULL, nhuge * HUGETLB_SIZE, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	if (va == MAP_FAILED)
		harness_skip("no hugetlb memory");
	touch(va, nhuge * HUGETLB_SIZE);
	return va;
}

void *mem_before_hole(const void *src, size_t nbytes)
{
	char *va = reserve(2 * page_size());
	char *edge = va + page_size();

	CHECK_EQ(munmap(edge, page_size()), 0);
	return memcpy(edge - nbytes, src, nbytes);
}

void *mem_readonly(const void *src, size_t nbytes)
{
	void *va = reserve(page_size());

	memcpy(va, src, nbytes);
	CHECK_EQ(mprotect(va, page_size(), PROT_READ), 0);
	return va;
}

void *mem_shared(size_t nbytes)
{
	void *va = mmap(NULL, nbytes, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(va != MAP_FAILED);
	touch(va, nbytes);
	return va;
}

void *mem_alias(void *va, size_t nbytes)
{
	/* An old size of 0 duplicates a shared mapping. */
	void *alias = mremap(va, 0, nbytes, MREMAP_MAYMOVE);

	CHECK(alias != MAP_FAILED);
	return alias;
}

void *mem_nowhere(void)
{
	void *va = reserve(page_size());

	CHECK_EQ(munmap(va, page_size()), 0);
	return va;
}

void *mem_bar(void)
{
	void *va = MAP_FAILED;
	glob_t found;
	size_t i;
	int fd;

	if (glob("/sys/bus/pci/devices/*/resource[0-5]", 0, NULL, &found))
		harness_skip("no PCI device with a memory BAR");
	for (i = 0; i < found.gl_pathc && va == MAP_FAILED; i++) {
		fd = open(found.gl_pathv[i], O_RDWR | O_CLOEXEC);
		va = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
			  MAP_SHARED, fd, 0);
		close(fd);
	}
	globfree(&found);
	if (va == MAP_FAILED)
		harness_skip("no PCI BAR can be mapped");
	return va;
}
