// SPDX-License-Identifier: GPL-2.0-only
/* VIOMMU_ALLOC (VI) and VDEVICE_ALLOC (VD), revocation and tombstones (O6). */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/nest.h"
#include "lib/stall.h"

static struct iommu_viommu_alloc good(const struct nest *n)
{
	struct iommu_viommu_alloc cmd = {
		.type = IOMMU_VIOMMU_TYPE_SELFTEST,
		.dev_id = n->dev.idev,
		.hwpt_id = n->parent,
	};

	return cmd;
}

static void life(void)
{
	struct nest n = nest_make();
	__u32 viommu = viommu_alloc(n.fd, n.dev.idev, n.parent);
	__u32 nested;

	nest_mark(&n);
	REFUSED(&n, __destroy(n.fd, n.parent), EBUSY);
	nested = nested_alloc(n.fd, n.dev.idev, viommu);
	nest_mark(&n);
	REFUSED(&n, __destroy(n.fd, viommu), EBUSY);
	destroy(n.fd, nested);
	destroy(n.fd, viommu);
	destroy(n.fd, n.parent);
	nest_end(&n);
}

static void refusals(void)
{
	struct nest n = nest_make();
	__u32 plain = hwpt_alloc(n.fd, n.dev.idev, n.ioas);
	__u32 nested = nested_alloc(n.fd, n.dev.idev, n.parent);
	struct iommu_viommu_alloc cmd;
	size_t i;

	const __u32 no_dev[] = { 0, n.ioas, n.parent, n.dev.stdev, 1000 };
	const __u32 no_hwpt[] = { 0, n.ioas, nested, n.dev.idev, 1000, ~0U };

	nest_mark(&n);
	for (i = 0; i < 32; i++) {
		cmd = good(&n);
		cmd.flags = 1U << i;
		REFUSED(&n, __viommu_alloc(n.fd, &cmd), EOPNOTSUPP);
	}
	cmd = good(&n);
	cmd.__reserved = 1;
	REFUSED(&n, __viommu_alloc(n.fd, &cmd), EOPNOTSUPP);
	cmd = good(&n);
	cmd.type = IOMMU_VIOMMU_TYPE_DEFAULT;
	REFUSED(&n, __viommu_alloc(n.fd, &cmd), EOPNOTSUPP);
	cmd.type = IOMMU_VIOMMU_TYPE_ARM_SMMUV3;
	REFUSED(&n, __viommu_alloc(n.fd, &cmd), EOPNOTSUPP);
	for (i = 0; i < ARRAY_LEN(no_dev); i++) {
		cmd = good(&n);
		cmd.dev_id = no_dev[i];
		REFUSED(&n, __viommu_alloc(n.fd, &cmd), ENOENT);
	}
	for (i = 0; i < ARRAY_LEN(no_hwpt); i++) {
		cmd = good(&n);
		cmd.hwpt_id = no_hwpt[i];
		REFUSED(&n, __viommu_alloc(n.fd, &cmd), ENOENT);
	}
	cmd = good(&n);
	cmd.hwpt_id = plain;
	REFUSED(&n, __viommu_alloc(n.fd, &cmd), EINVAL);
	cmd.hwpt_id = n.dev.hwpt;
	REFUSED(&n, __viommu_alloc(n.fd, &cmd), EINVAL);
	nest_end(&n);
}

static void driver_data(void)
{
	struct iommu_viommu_selftest data = { .in_data = 0x12345678 };
	struct nest n = nest_make();
	struct iommu_viommu_alloc cmd = good(&n);

	cmd.data_len = sizeof(data);
	cmd.data_uptr = (uintptr_t)&data;
	CHECK_OK(__viommu_alloc(n.fd, &cmd));
	CHECK_EQ(data.out_data, data.in_data);
	CHECK(data.out_mmap_offset);
	CHECK_EQ(data.out_mmap_length, 2 * n.page);
	destroy(n.fd, cmd.out_viommu_id);

	footprint_check(&n.before);
	cmd.data_len = 4;
	REFUSED(&n, __viommu_alloc(n.fd, &cmd), EINVAL);
	cmd.data_len = sizeof(data) + 1;
	REFUSED(&n, __viommu_alloc(n.fd, &cmd), EINVAL);
	cmd.data_len = sizeof(data);
	cmd.data_uptr = (uintptr_t)mem_nowhere();
	REFUSED(&n, __viommu_alloc(n.fd, &cmd), EFAULT);
	cmd.data_uptr = (uintptr_t)mem_readonly(&data, sizeof(data));
	REFUSED(&n, __viommu_alloc(n.fd, &cmd), EFAULT);
	nest_end(&n);
}

static void vdevice_refusals(void)
{
	struct nest n = nest_make();
	__u32 viommu = viommu_alloc(n.fd, n.dev.idev, n.parent);
	struct mock_dev two = mock_attach(n.fd, n.ioas);
	const __u32 no_viommu[] = { 0, n.ioas, n.parent, n.dev.idev, 1000 };
	const __u32 no_dev[] = { 0, n.ioas, viommu, n.dev.stdev, 1000, ~0U };
	__u32 vdevice;
	__u32 id;
	size_t i;

	nest_mark(&n);
	for (i = 0; i < ARRAY_LEN(no_viommu); i++)
		REFUSED(&n, __vdevice_alloc(n.fd, no_viommu[i], n.dev.idev, 1,
					    &id), ENOENT);
	for (i = 0; i < ARRAY_LEN(no_dev); i++)
		REFUSED(&n, __vdevice_alloc(n.fd, viommu, no_dev[i], 1, &id),
			ENOENT);

	vdevice = vdevice_alloc(n.fd, viommu, n.dev.idev, 5);
	nest_mark(&n);
	/* the device has one */
	REFUSED(&n, __vdevice_alloc(n.fd, viommu, n.dev.idev, 6, &id), EEXIST);
	/* the id is taken */
	REFUSED(&n, __vdevice_alloc(n.fd, viommu, two.idev, 5, &id), EEXIST);
	id = vdevice_alloc(n.fd, viommu, two.idev, ~0ULL);
	destroy(n.fd, id);
	destroy(n.fd, vdevice);
	vdevice = vdevice_alloc(n.fd, viommu, two.idev, 5);
	id = vdevice_alloc(n.fd, viommu, n.dev.idev, 0);
	nest_mark(&n);
	REFUSED(&n, __destroy(n.fd, viommu), EBUSY);
	destroy(n.fd, vdevice);
	destroy(n.fd, id);
	destroy(n.fd, viommu);
	nest_end(&n);
}

/* The same virtual id means different devices in different vIOMMUs. */
static void ids_are_per_viommu(void)
{
	struct nest n = nest_make();
	__u32 one = viommu_alloc(n.fd, n.dev.idev, n.parent);
	__u32 two = viommu_alloc(n.fd, n.dev.idev, n.parent);
	struct mock_dev dev = mock_attach(n.fd, n.ioas);
	__u32 a = vdevice_alloc(n.fd, one, n.dev.idev, 9);
	__u32 b = vdevice_alloc(n.fd, two, dev.idev, 9);
	__u32 id;

	nest_mark(&n);
	/* a device is in one vIOMMU only */
	REFUSED(&n, __vdevice_alloc(n.fd, two, n.dev.idev, 10, &id), EEXIST);
	destroy(n.fd, a);
	destroy(n.fd, b);
	nest_end(&n);
}

static void answer_lost(void)
{
	struct nest n = nest_make();
	__u32 viommu = viommu_alloc(n.fd, n.dev.idev, n.parent);
	struct iommu_vdevice_alloc cmd = {
		.size = sizeof(cmd),
		.viommu_id = viommu,
		.dev_id = n.dev.idev,
		.virt_id = 3,
	};
	struct iommu_viommu_alloc second = good(&n);
	__u32 vdevice;

	nest_mark(&n);
	REFUSED(&n, __iommu_cmd(n.fd, IOMMU_VDEVICE_ALLOC,
				mem_readonly(&cmd, sizeof(cmd))), EFAULT);
	second.size = sizeof(second);
	REFUSED(&n, __iommu_cmd(n.fd, IOMMU_VIOMMU_ALLOC,
				mem_readonly(&second, sizeof(second))),
		EFAULT);
	/* neither the device nor the id is taken */
	vdevice = vdevice_alloc(n.fd, viommu, n.dev.idev, 3);
	destroy(n.fd, vdevice);
	destroy(n.fd, viommu);
	nest_end(&n);
}

/* O6: the device goes, its vdevice goes with it, the id stays taken. */
static void tombstone(void)
{
	struct nest n = nest_make();
	__u32 viommu = viommu_alloc(n.fd, n.dev.idev, n.parent);
	struct mock_dev two = mock_attach(n.fd, n.ioas);
	__u32 vdevice = vdevice_alloc(n.fd, viommu, two.idev, 5);
	__u32 id;
	int i;

	CHECK_ERR(__destroy(n.fd, viommu), EBUSY);
	destroy(n.fd, two.stdev);
	nest_mark(&n);
	REFUSED(&n, __destroy(n.fd, vdevice), ENOENT);
	REFUSED(&n, __destroy(n.fd, two.idev), ENOENT);
	/* ids come lowest first, and never is it the dead one */
	for (i = 0; i < 8; i++) {
		id = ioas_alloc(n.fd);
		CHECK(id != vdevice);
	}
	/* the guest may give the virtual id to another device */
	id = vdevice_alloc(n.fd, viommu, n.dev.idev, 5);
	destroy(n.fd, id);
	destroy(n.fd, viommu);
	nest_end(&n);
}

/* One that user space destroyed itself leaves no tombstone. */
static void no_tombstone(void)
{
	struct nest n = nest_make();
	__u32 viommu = viommu_alloc(n.fd, n.dev.idev, n.parent);
	__u32 vdevice = vdevice_alloc(n.fd, viommu, n.dev.idev, 5);

	destroy(n.fd, vdevice);
	CHECK_EQ(ioas_alloc(n.fd), vdevice);
	destroy(n.fd, n.dev.stdev);
	nest_end(&n);
}

/* The device is unbound while it is attached through its vIOMMU. */
static void unbind_attached(void)
{
	struct nest n = nest_make();
	__u32 viommu = viommu_alloc(n.fd, n.dev.idev, n.parent);
	__u32 nested = nested_alloc(n.fd, n.dev.idev, viommu);
	__u32 vdevice = vdevice_alloc(n.fd, viommu, n.dev.idev, 5);

	mock_replace(n.fd, &n.dev, nested);
	destroy(n.fd, n.dev.stdev);
	CHECK_ERR(__destroy(n.fd, vdevice), ENOENT);
	destroy(n.fd, nested);
	destroy(n.fd, viommu);
	destroy(n.fd, n.parent);
	destroy(n.fd, n.ioas);
	nest_end(&n);
}

struct race {
	int fd;
	__u32 viommu;
	__u32 idev;
	__u64 virt_id;
};

struct late {
	int fd;
	struct stall stall;
	int rc;
};

static void *late_alloc(void *arg)
{
	struct late *late = arg;

	late->rc = __iommu_cmd(late->fd, IOMMU_VDEVICE_ALLOC,
			       late->stall.page);
	return NULL;
}

/*
 * The device was found, and leaves while the answer is written: nobody waits
 * for that.
 */
static void device_leaves_first(void)
{
	struct nest n = nest_make();
	struct mock_dev dev = mock_attach(n.fd, n.ioas);
	struct iommu_vdevice_alloc cmd = {
		.size = sizeof(cmd),
		.viommu_id = viommu_alloc(n.fd, n.dev.idev, n.parent),
		.dev_id = dev.idev,
		.virt_id = 5,
	};
	struct late late = { .fd = n.fd };
	struct reject reject;
	pthread_t alloc;
	__u32 id;

	late.stall = stall_writes(&cmd, sizeof(cmd));
	CHECK_EQ(pthread_create(&alloc, NULL, late_alloc, &late), 0);
	stall_wait(&late.stall);
	destroy(n.fd, dev.stdev);
	trace_clear(&n.trace);
	stall_end(&late.stall);
	CHECK_EQ(pthread_join(alloc, NULL), 0);
	CHECK_ERR(late.rc, ENOENT);
	CHECK_EQ(trace_rejects(&n.trace, &reject), 1);
	CHECK(!strcmp(reject.field, "dev_id"));
	/* neither the id nor a tombstone nor a place in the vIOMMU is taken */
	id = vdevice_alloc(n.fd, cmd.viommu_id, n.dev.idev, 5);
	destroy(n.fd, id);
	destroy(n.fd, cmd.viommu_id);
	nest_end(&n);
}

static void *race_thread(void *arg)
{
	const struct race *race = arg;
	__u32 id;
	int rc;

	for (;;) {
		rc = __vdevice_alloc(race->fd, race->viommu, race->idev,
				     race->virt_id, &id);
		if (rc)
			break;
		/* whoever is second finds it gone */
		rc = __destroy(race->fd, id);
		if (rc)
			break;
	}
	return (void *)(intptr_t)rc;
}

/* A device goes while its vdevice comes and goes. */
static void revoke_against_destroy(void)
{
	struct nest n = nest_make();
	__u32 viommu = viommu_alloc(n.fd, n.dev.idev, n.parent);
	int round;

	for (round = 0; round < 100; round++) {
		struct mock_dev dev = mock_attach(n.fd, n.ioas);
		struct race race = { n.fd, viommu, dev.idev, 5 };
		pthread_t thread;
		void *rc;

		CHECK_EQ(pthread_create(&thread, NULL, race_thread, &race), 0);
		destroy(n.fd, dev.stdev);
		CHECK_EQ(pthread_join(thread, &rc), 0);
		CHECK_EQ((intptr_t)rc, -ENOENT);
	}
	destroy(n.fd, viommu);
	nest_end(&n);
}

static const struct test_case cases[] = {
	{ .name = "O7_life", .fn = life },
	{ .name = "VI1_VI4_refusals", .fn = refusals },
	{ .name = "VI5_driver_data", .fn = driver_data },
	{ .name = "VD2_VD6_vdevice_refusals", .fn = vdevice_refusals },
	{ .name = "VD6_ids_are_per_viommu", .fn = ids_are_per_viommu },
	{ .name = "VD7_answer_lost", .fn = answer_lost },
	{ .name = "O6_tombstone", .fn = tombstone },
	{ .name = "O6_no_tombstone", .fn = no_tombstone },
	{ .name = "VD8_unbind_attached", .fn = unbind_attached },
	{ .name = "VD4_device_leaves_first", .fn = device_leaves_first },
	{ .name = "VD4_revoke_against_destroy", .fn = revoke_against_destroy },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
