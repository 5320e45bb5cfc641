// SPDX-License-Identifier: GPL-2.0-only
/* The device node and the rules that hold for every ioctl (A1 to A9, MM). */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/vfio.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"

/* The size of a struct that ends with its last mandatory field. */
#define END_OF(type, last, nbytes) (offsetof(type, last) + (nbytes))

/* One ioctl with the sizes of its argument. */
struct command {
	const char *name;
	unsigned long request;
	__u32 min;
	__u32 full;
	/* What a minimal argument with only @poke set gets. */
	int zero_result;
	/* A field that must be set to reach the id check, 0 for none. */
	__u32 poke_offset;
	__u32 poke_value;
};

static const struct command commands[] = {
	{ "DESTROY", IOMMU_DESTROY, END_OF(struct iommu_destroy, id, 4),
	  sizeof(struct iommu_destroy), -ENOENT, 0, 0 },
	{ "IOAS_ALLOC", IOMMU_IOAS_ALLOC,
	  END_OF(struct iommu_ioas_alloc, out_ioas_id, 4),
	  sizeof(struct iommu_ioas_alloc), 0, 0, 0 },
	{ "IOAS_ALLOW_IOVAS", IOMMU_IOAS_ALLOW_IOVAS,
	  END_OF(struct iommu_ioas_allow_iovas, allowed_iovas, 8),
	  sizeof(struct iommu_ioas_allow_iovas), -ENOENT, 0, 0 },
	{ "IOAS_COPY", IOMMU_IOAS_COPY,
	  END_OF(struct iommu_ioas_copy, src_iova, 8),
	  sizeof(struct iommu_ioas_copy), -ENOENT,
	  offsetof(struct iommu_ioas_copy, flags), PROT_RW },
	{ "IOAS_IOVA_RANGES", IOMMU_IOAS_IOVA_RANGES,
	  END_OF(struct iommu_ioas_iova_ranges, out_iova_alignment, 8),
	  sizeof(struct iommu_ioas_iova_ranges), -ENOENT, 0, 0 },
	{ "IOAS_MAP", IOMMU_IOAS_MAP, END_OF(struct iommu_ioas_map, iova, 8),
	  sizeof(struct iommu_ioas_map), -ENOENT,
	  offsetof(struct iommu_ioas_map, flags), PROT_RW },
	{ "IOAS_UNMAP", IOMMU_IOAS_UNMAP,
	  END_OF(struct iommu_ioas_unmap, length, 8),
	  sizeof(struct iommu_ioas_unmap), -ENOENT, 0, 0 },
	{ "OPTION", IOMMU_OPTION, END_OF(struct iommu_option, val64, 8),
	  sizeof(struct iommu_option), -ENOENT,
	  offsetof(struct iommu_option, option_id), IOMMU_OPTION_HUGE_PAGES },
	{ "VFIO_IOAS", IOMMU_VFIO_IOAS,
	  END_OF(struct iommu_vfio_ioas, __reserved, 2),
	  sizeof(struct iommu_vfio_ioas), -ENODEV, 0, 0 },
	{ "HWPT_ALLOC", IOMMU_HWPT_ALLOC,
	  END_OF(struct iommu_hwpt_alloc, __reserved, 4),
	  sizeof(struct iommu_hwpt_alloc), -ENOENT, 0, 0 },
	{ "GET_HW_INFO", IOMMU_GET_HW_INFO,
	  END_OF(struct iommu_hw_info, __reserved, 3),
	  sizeof(struct iommu_hw_info), -ENOENT, 0, 0 },
};

/* Room for any argument and an excess of one more page. */
union argument {
	__u32 size;
	unsigned char byte[8192];
};

static void fill(union argument *arg, const struct command *cmd, __u32 size)
{
	memset(arg, 0, sizeof(*arg));
	arg->size = size;
	if (cmd->poke_offset)
		memcpy(arg->byte + cmd->poke_offset, &cmd->poke_value,
		       sizeof(cmd->poke_value));
}

static void expect(const struct command *cmd, int got, int want, __u32 size)
{
	if (got != want)
		harness_note("%s with size %u:", cmd->name, size);
	CHECK_EQ(got, want);
}

/* The command with @arg, undone when it made something. */
static int try_command(int fd, const struct command *cmd, void *arg)
{
	int rc = __iommu_cmd(fd, cmd->request, arg);

	if (!rc && cmd->request == IOMMU_IOAS_ALLOC)
		destroy(fd, ((struct iommu_ioas_alloc *)arg)->out_ioas_id);
	return rc;
}

static void node_is_private(void)
{
	struct stat st;

	if (stat("/dev/iommu", &st))
		harness_skip("/dev/iommu: %s", strerror(errno));
	CHECK(S_ISCHR(st.st_mode));
	CHECK_EQ(st.st_mode & 007, 0);
}

static void no_read_no_write(void)
{
	int fd = iommu_open();
	char byte = 0;

	CHECK_EQ(read(fd, &byte, 1), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(write(fd, &byte, 1), -1);
	CHECK_EQ(errno, EINVAL);
}

static void unknown_number(void)
{
	static const unsigned int nrs[] = { 0, 0x10, 0x63, 0x7f, 0x96, 0x9f,
					    0xa1, 0xff };
	int fd = iommu_open();
	union argument arg = { .size = 8 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(nrs); i++)
		CHECK_ERR(__iommu_cmd(fd, _IO(IOMMUFD_TYPE, nrs[i]), &arg),
			  ENOTTY);
}

static void unreadable_size(void)
{
	int fd = iommu_open();
	size_t i;

	for (i = 0; i < ARRAY_LEN(commands); i++) {
		CHECK_ERR(__iommu_cmd(fd, commands[i].request, NULL), EFAULT);
		CHECK_ERR(__iommu_cmd(fd, commands[i].request, mem_nowhere()),
			  EFAULT);
		CHECK_ERR(__iommu_cmd(fd, commands[i].request,
				      (void *)~0UL), EFAULT);
	}
	/* Looked at before the rest of the command number. */
	CHECK_ERR(__iommu_cmd(fd, _IOW(IOMMUFD_TYPE, 0x81, int), NULL),
		  EFAULT);
}

static void half_a_size(void)
{
	int fd = iommu_open();
	__u32 size = 12;
	char *edge = mem_before_hole(&size, 2);

	CHECK_ERR(__iommu_cmd(fd, IOMMU_IOAS_ALLOC, edge), EFAULT);
}

static void inexact_number(void)
{
	int fd = iommu_open();
	union argument arg;
	size_t i;

	for (i = 0; i < ARRAY_LEN(commands); i++) {
		unsigned int nr = _IOC_NR(commands[i].request);

		fill(&arg, &commands[i], commands[i].full);
		CHECK_ERR(__iommu_cmd(fd, _IOR(IOMMUFD_TYPE, nr, int), &arg),
			  ENOTTY);
		CHECK_ERR(__iommu_cmd(fd, _IOW(IOMMUFD_TYPE, nr, int), &arg),
			  ENOTTY);
		CHECK_ERR(__iommu_cmd(fd, _IO('<', nr), &arg), ENOTTY);
	}
}

static void too_short(void)
{
	int fd = iommu_open();
	union argument arg;
	size_t i;

	for (i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command *cmd = &commands[i];
		__u32 size;

		for (size = 0; size < cmd->min; size++) {
			fill(&arg, cmd, size);
			expect(cmd, try_command(fd, cmd, &arg), -EINVAL, size);
		}
	}
}

static void minimum_to_full(void)
{
	int fd = iommu_open();
	union argument arg;
	size_t i;

	for (i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command *cmd = &commands[i];
		__u32 size;

		for (size = cmd->min; size <= cmd->full; size++) {
			fill(&arg, cmd, size);
			expect(cmd, try_command(fd, cmd, &arg),
			       cmd->zero_result, size);
		}
	}
}

static void nonzero_excess(void)
{
	int fd = iommu_open();
	union argument arg;
	size_t i;

	for (i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command *cmd = &commands[i];

		fill(&arg, cmd, cmd->full + 1);
		arg.byte[cmd->full] = 1;
		expect(cmd, try_command(fd, cmd, &arg), -E2BIG, arg.size);

		fill(&arg, cmd, cmd->full + 24);
		arg.byte[cmd->full + 23] = 0x80;
		expect(cmd, try_command(fd, cmd, &arg), -E2BIG, arg.size);

		fill(&arg, cmd, 4096);
		arg.byte[4095] = 1;
		expect(cmd, try_command(fd, cmd, &arg), -E2BIG, arg.size);
	}
}

static void zero_excess(void)
{
	int fd = iommu_open();
	union argument arg;
	size_t i;

	for (i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command *cmd = &commands[i];

		fill(&arg, cmd, cmd->full + 1);
		expect(cmd, try_command(fd, cmd, &arg), cmd->zero_result,
		       arg.size);
		fill(&arg, cmd, 4096);
		expect(cmd, try_command(fd, cmd, &arg), cmd->zero_result,
		       arg.size);
	}
}

static void excess_not_written(void)
{
	int fd = iommu_open();
	struct {
		struct iommu_ioas_alloc cmd;
		__u32 zero;
		__u32 guard;
	} arg = { .cmd.size = sizeof(arg.cmd) + 4, .guard = 0x12345678 };

	CHECK_OK(__iommu_cmd(fd, IOMMU_IOAS_ALLOC, &arg));
	CHECK_EQ(arg.zero, 0);
	CHECK_EQ(arg.guard, 0x12345678);
	destroy(fd, arg.cmd.out_ioas_id);
}

static void short_response(void)
{
	int fd = mock_open();
	struct mock_dev dev = mock_attach(fd, ioas_alloc(fd));
	struct iommu_hw_info info = {
		.size = END_OF(struct iommu_hw_info, __reserved, 3),
		.dev_id = dev.idev,
		.out_capabilities = 0x1122334455667788,
	};

	CHECK_OK(__iommu_cmd(fd, IOMMU_GET_HW_INFO, &info));
	CHECK_EQ(info.out_data_type, IOMMU_HW_INFO_TYPE_SELFTEST);
	CHECK_EQ(info.out_capabilities, 0x1122334455667788);
}

static void unreadable_tail(void)
{
	int fd = iommu_open();
	struct footprint before = footprint_take(fd);
	union argument arg;
	size_t i;

	for (i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command *cmd = &commands[i];
		__u32 shown;

		for (shown = 4; shown < cmd->full; shown += 4) {
			fill(&arg, cmd, cmd->full);
			expect(cmd, __iommu_cmd(fd, cmd->request,
						mem_before_hole(&arg, shown)),
			       -EFAULT, shown);
		}
		/* The excess must be readable too. */
		fill(&arg, cmd, cmd->full + 64);
		expect(cmd, __iommu_cmd(fd, cmd->request,
					mem_before_hole(&arg, cmd->full)),
		       -EFAULT, arg.size);
		fill(&arg, cmd, ~0U);
		expect(cmd, __iommu_cmd(fd, cmd->request,
					mem_before_hole(&arg, cmd->full)),
		       -EFAULT, arg.size);
	}
	footprint_check(&before);
}

static void exactly_to_the_edge(void)
{
	int fd = iommu_open();
	union argument arg;
	size_t i;

	for (i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command *cmd = &commands[i];

		fill(&arg, cmd, cmd->full);
		expect(cmd, try_command(fd, cmd,
					mem_before_hole(&arg, cmd->full)),
		       cmd->zero_result, cmd->full);
	}
}

static void destroy_unknown(void)
{
	static const __u32 ids[] = { 0, 1, 2, 0x7fffffff, 0x80000000, ~0U };
	int fd = iommu_open();
	size_t i;

	for (i = 0; i < ARRAY_LEN(ids); i++)
		CHECK_ERR(__destroy(fd, ids[i]), ENOENT);
}

static void mmap_refusals(void)
{
	int fd = iommu_open();
	size_t page = page_size();
	size_t i;

	CHECK(mmap(NULL, page, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED);
	CHECK_EQ(errno, EINVAL);
	CHECK(mmap(NULL, page, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0) ==
	      MAP_FAILED);
	CHECK_EQ(errno, EPERM);
	for (i = 0; i < 4; i++) {
		CHECK(mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			   i * page) == MAP_FAILED);
		CHECK_EQ(errno, ENXIO);
	}
}

#ifdef __x86_64__

/* Numbers of i386. */
#define IA32_GETPID 20
#define IA32_IOCTL 54

/* A system call as a 32-bit program makes it. */
static int ia32_call(int nr, unsigned int a, unsigned int b, unsigned int c)
{
	long rc;

	asm volatile("int $0x80"
		     : "=a" (rc)
		     : "a" ((long)nr), "b" ((long)a), "c" ((long)b),
		       "d" ((long)c)
		     : "memory", "r8", "r9", "r10", "r11");
	return (int)rc;
}

static sigjmp_buf no_ia32;

static void no_such_entry(int sig)
{
	siglongjmp(no_ia32, sig);
}

/* What a 32-bit program could have. */
static void *low_memory(size_t nbytes)
{
	void *va = mmap(NULL, nbytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	CHECK(va != MAP_FAILED);
	CHECK((uintptr_t)va < 1ULL << 32);
	return va;
}

static void ia32_refused(int fd, unsigned int request, void *arg)
{
	CHECK_ERR(ia32_call(IA32_IOCTL, fd, request, (uintptr_t)arg), ENOTTY);
}

/* There is no compat ioctl: nothing is read, made or written. */
static void caller_of_32_bits(void)
{
	union argument *arg = low_memory(sizeof(*arg));
	int fd = iommu_open();
	struct footprint before = footprint_take(fd);
	union argument copy;
	size_t i;

	signal(SIGSEGV, no_such_entry);
	if (sigsetjmp(no_ia32, 1))
		harness_skip("the kernel has no CONFIG_IA32_EMULATION");
	CHECK_EQ(ia32_call(IA32_GETPID, 0, 0, 0), getpid());
	signal(SIGSEGV, SIG_DFL);

	for (i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command *cmd = &commands[i];

		fill(arg, cmd, cmd->full);
		copy = *arg;
		ia32_refused(fd, cmd->request, arg);
		ia32_refused(fd, cmd->request, NULL);
		CHECK(!memcmp(arg, &copy, sizeof(copy)));
	}
	/* neither the calls of a VFIO container */
	ia32_refused(fd, VFIO_GET_API_VERSION, NULL);
	ia32_refused(fd, VFIO_IOMMU_UNMAP_DMA, arg);
	footprint_check(&before);
	/* the file is as good as before */
	ioas_alloc(fd);
}

#else

static void caller_of_32_bits(void)
{
	harness_skip("how 32-bit programs call is known for x86 only");
}

#endif

static const struct test_case cases[] = {
	{ .name = "D1_node_is_private", .fn = node_is_private },
	{ .name = "D3_no_read_no_write", .fn = no_read_no_write },
	{ .name = "D3_caller_of_32_bits", .fn = caller_of_32_bits },
	{ .name = "A1_unknown_number", .fn = unknown_number },
	{ .name = "A2_unreadable_size", .fn = unreadable_size },
	{ .name = "A2_half_a_size", .fn = half_a_size },
	{ .name = "A3_inexact_number", .fn = inexact_number },
	{ .name = "A4_too_short", .fn = too_short },
	{ .name = "A5_nonzero_excess", .fn = nonzero_excess },
	{ .name = "A6_zero_excess", .fn = zero_excess },
	{ .name = "A6_excess_not_written", .fn = excess_not_written },
	{ .name = "A7_minimum_to_full", .fn = minimum_to_full },
	{ .name = "A7_short_response", .fn = short_response },
	{ .name = "A8_unreadable_tail", .fn = unreadable_tail },
	{ .name = "A8_exactly_to_the_edge", .fn = exactly_to_the_edge },
	{ .name = "O3_destroy_unknown", .fn = destroy_unknown },
	{ .name = "MM_mmap_refusals", .fn = mmap_refusals },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
