// SPDX-License-Identifier: GPL-2.0-only
/* Memory kinds: scattered 4 KiB pages, THP, hugetlb. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mem.h"
#include "step.h"

#define NR_HUGEPAGES	"/proc/sys/vm/nr_hugepages"
#define THP_ENABLED	"/sys/kernel/mm/transparent_hugepage/enabled"
#define PAGEMAP_PRESENT	0x8000000000000000ULL
#define PAGEMAP_PFN	0x007fffffffffffffULL

/* Value of nr_hugepages before we raised it; -1: untouched. */
static long old_nr_hugepages = -1;

size_t mem_page(enum mem_kind kind)
{
	return kind == MEM_SMALL ? SIZE_4K : SIZE_2M;
}

const char *mem_name(enum mem_kind kind)
{
	switch (kind) {
	case MEM_SMALL:
		return "anonymous 4 KiB pages";
	case MEM_THP:
		return "transparent huge pages";
	case MEM_HUGETLB:
		return "hugetlb 2 MiB pages";
	}
	return NULL;
}

/*
 * Touch the pages in an order that no allocator turns into one long run:
 * first the odd ones from the top, then the even ones from the bottom.
 */
static void touch_scattered(struct mem *mem)
{
	size_t count = mem->size / SIZE_4K, i;

	for (i = count; i-- > 0;)
		if (i & 1)
			mem->base[i * SIZE_4K] = 1;
	for (i = 0; i < count; i += 2)
		mem->base[i * SIZE_4K] = 1;
}

int mem_alloc(struct mem *mem, enum mem_kind kind, size_t size)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	size_t page = mem_page(kind), i;
	uintptr_t base;

	*mem = (struct mem){ .kind = kind, .size = size };
	if (kind == MEM_HUGETLB) {
		flags |= MAP_HUGETLB | (21 << MAP_HUGE_SHIFT);
		mem->map_size = size;
	} else {
		mem->guard = SIZE_4K;
		mem->map_size = size + 2 * page;
	}
	mem->map = mmap(NULL, mem->map_size, PROT_READ | PROT_WRITE, flags,
			-1, 0);
	if (mem->map == MAP_FAILED) {
		mem->map = NULL;
		return step_fail(errno, "give the machine more memory",
				 "cannot allocate %zu bytes of %s", size,
				 mem_name(kind));
	}
	base = (uintptr_t)mem->map + mem->guard;
	mem->base = (__u8 *)((base + page - 1) & ~(page - 1));

	if (kind == MEM_SMALL) {
		madvise(mem->map, mem->map_size, MADV_NOHUGEPAGE);
		touch_scattered(mem);
	} else {
		if (kind == MEM_THP)
			madvise(mem->base, size, MADV_HUGEPAGE);
		for (i = 0; i < size; i += SIZE_4K)
			mem->base[i] = 1;
	}
	return 0;
}

void mem_free(struct mem *mem)
{
	if (mem->map)
		munmap(mem->map, mem->map_size);
	mem->map = NULL;
	mem->base = NULL;
}

/*
 * Number of physically contiguous runs in the buffer, 0 if pagemap does not
 * tell. *first is the physical address of the first byte.
 */
static size_t count_runs(const struct mem *mem, __u64 *first)
{
	size_t count = mem->size / SIZE_4K, runs = 0, i;
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	__u64 entry, last = 0;

	if (fd < 0)
		return 0;
	for (i = 0; i < count; i++) {
		off_t where = ((uintptr_t)mem->base / SIZE_4K + i) * sizeof(entry);

		if (pread(fd, &entry, sizeof(entry), where) != sizeof(entry) ||
		    !(entry & PAGEMAP_PRESENT) || !(entry & PAGEMAP_PFN)) {
			runs = 0;
			break;
		}
		entry &= PAGEMAP_PFN;
		if (!i)
			*first = entry * SIZE_4K;
		if (!i || entry != last + 1)
			runs++;
		last = entry;
	}
	close(fd);
	return runs;
}

/* AnonHugePages of the mapping that holds @base, in bytes; -1: unknown. */
static long anon_huge_bytes(const struct mem *mem)
{
	unsigned long first, limit;
	long kib, total = -1;
	char line[512];
	int inside = 0;
	FILE *f;

	f = fopen("/proc/self/smaps", "re");
	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &first, &limit) == 2)
			inside = (uintptr_t)mem->base >= first &&
				 (uintptr_t)mem->base < limit;
		else if (inside && sscanf(line, "AnonHugePages: %ld", &kib) == 1)
			total = kib * 1024;
	}
	fclose(f);
	return total;
}

static int verify_thp(const struct mem *mem, const char *role)
{
	long huge = anon_huge_bytes(mem);

	if (huge < 0) {
		step_say("%s: whether this is THP is unknown, the kernel has no /proc/self/smaps",
			 role);
		return 0;
	}
	if ((size_t)huge < mem->size)
		return step_fail(0,
				 "give the machine 1 GiB (under 512 MiB: off), see " THP_ENABLED,
				 "%s: NOT transparent huge pages: %ld of %zu bytes are",
				 role, huge, mem->size);
	step_say("%s: is THP: AnonHugePages %ld KiB in smaps", role,
		 huge / 1024);
	return 0;
}

int mem_verify(const struct mem *mem, const char *role)
{
	__u64 first = 0;
	size_t runs = count_runs(mem, &first);

	step_say("%s: %zu KiB of %s at address %p", role, mem->size / 1024,
		 mem_name(mem->kind), mem->base);
	if (runs)
		step_say("%s: %zu physical run%s, the first at 0x%llx", role,
			 runs, runs == 1 ? "" : "s", first);
	if (mem->kind == MEM_THP)
		return verify_thp(mem, role);
	if (mem->kind == MEM_SMALL && runs == 1)
		return step_fail(0, "start the demo again",
				 "the pages are not scattered");
	return 0;
}

static int nr_hugepages(long *value, int set)
{
	FILE *f = fopen(NR_HUGEPAGES, set ? "we" : "re");
	int ok;

	if (!f)
		return -errno;
	if (set)
		ok = fprintf(f, "%ld\n", *value) > 0;
	else
		ok = fscanf(f, "%ld", value) == 1;
	return fclose(f) || !ok ? -EIO : 0;
}

int mem_reserve_hugetlb(size_t pages)
{
	long have, want;
	int err;

	err = nr_hugepages(&have, 0);
	if (err)
		return step_fail(-err, "build the kernel with CONFIG_HUGETLBFS",
				 "cannot read " NR_HUGEPAGES);
	old_nr_hugepages = have;
	want = have + pages;
	err = nr_hugepages(&want, 1);
	if (!err)
		err = nr_hugepages(&have, 0);
	if (err || have < want)
		return step_fail(err ? -err : ENOMEM,
				 "give the machine more memory",
				 "cannot reserve %zu hugetlb pages", pages);
	step_say("%zu pages of 2 MiB reserved through " NR_HUGEPAGES, pages);
	return 0;
}

void mem_restore_hugetlb(void)
{
	if (old_nr_hugepages >= 0)
		nr_hugepages(&old_nr_hugepages, 1);
	old_nr_hugepages = -1;
}
