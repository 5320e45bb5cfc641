// SPDX-License-Identifier: GPL-2.0-only
/*
 * Binding where interrupts are not isolated (DV1): a machine whose interrupts
 * are not remapped, which the kernel's argument "nointremap" makes of any.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/proc.h"
#include "lib/trace.h"
#include "lib/uapi.h"
#include "lib/vfio.h"

#define ALLOW "/sys/module/iommufd/parameters/allow_unsafe_interrupts"
#define NOT_ISOLATED \
	"its interrupts are not isolated by the platform and allow_unsafe_interrupts is off"

static int open_device(void)
{
	char path[64];
	char cmdline[2048];

	CHECK(proc_read("/proc/cmdline", cmdline, sizeof(cmdline)) > 0);
	if (!strstr(cmdline, "nointremap"))
		harness_skip("the kernel was not started with nointremap");
	vfio_find_edu(path, sizeof(path));
	return vfio_open(path);
}

static void not_isolated(void)
{
	int device = open_device();
	struct trace trace = trace_open();
	int fd = iommu_open();
	struct footprint before = footprint_take(fd);
	struct reject reject;
	__u32 id;

	CHECK_OK(proc_write(ALLOW, "N"));
	CHECK_ERR(__vfio_bind(device, fd, &id), EPERM);
	CHECK_EQ(trace_rejects(&trace, &reject), 1);
	CHECK_EQ(reject.err, EPERM);
	CHECK(!strcmp(reject.field, "device"));
	CHECK(!strcmp(reject.reason, NOT_ISOLATED));
	footprint_check(&before);

	CHECK_OK(proc_write(ALLOW, "Y"));
	id = vfio_bind(device, fd);
	CHECK_OK(proc_write(ALLOW, "N"));
	/* who is bound stays bound */
	vfio_attach(device, ioas_alloc(fd));
	CHECK_EQ(close(device), 0);
	device = open_device();
	CHECK_ERR(__vfio_bind(device, fd, &id), EPERM);
}

static const struct test_case cases[] = {
	{ .name = "DV1_not_isolated", .fn = not_isolated },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
