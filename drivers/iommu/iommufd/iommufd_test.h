/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The test ioctl of /dev/iommu: how a test program commands the mock IOMMU.
 *
 * Shared with user space, where the kselftests include it by its path; not an
 * installed header and not a promise to anyone else. The layout is that of 7.3,
 * so that the tests of that release run unmodified.
 */
#ifndef _UAPI_IOMMUFD_TEST_H
#define _UAPI_IOMMUFD_TEST_H

#include <linux/types.h>
#include <linux/iommufd.h>

#define IOMMU_TEST_CMD	_IO(IOMMUFD_TYPE, IOMMUFD_CMD_BASE + 32)

/* What the member op of struct iommu_test_cmd selects. */
enum {
	IOMMU_TEST_OP_ADD_RESERVED		= 1,
	IOMMU_TEST_OP_MOCK_DOMAIN		= 2,
	IOMMU_TEST_OP_MD_CHECK_MAP		= 3,
	IOMMU_TEST_OP_MD_CHECK_REFS		= 4,
	IOMMU_TEST_OP_CREATE_ACCESS		= 5,
	IOMMU_TEST_OP_DESTROY_ACCESS_PAGES	= 6,
	IOMMU_TEST_OP_ACCESS_PAGES		= 7,
	IOMMU_TEST_OP_ACCESS_RW			= 8,
	IOMMU_TEST_OP_SET_TEMP_MEMORY_LIMIT	= 9,
	IOMMU_TEST_OP_MOCK_DOMAIN_REPLACE	= 10,
	IOMMU_TEST_OP_ACCESS_REPLACE_IOAS	= 11,
	IOMMU_TEST_OP_MOCK_DOMAIN_FLAGS		= 12,
	IOMMU_TEST_OP_DIRTY			= 13,
	IOMMU_TEST_OP_MD_CHECK_IOTLB		= 14,
	IOMMU_TEST_OP_TRIGGER_IOPF		= 15,
	IOMMU_TEST_OP_DEV_CHECK_CACHE		= 16,
	IOMMU_TEST_OP_TRIGGER_VEVENT		= 17,
	IOMMU_TEST_OP_PASID_ATTACH		= 18,
	IOMMU_TEST_OP_PASID_REPLACE		= 19,
	IOMMU_TEST_OP_PASID_DETACH		= 20,
	IOMMU_TEST_OP_PASID_CHECK_HWPT		= 21,
	IOMMU_TEST_OP_DMABUF_GET		= 22,
	IOMMU_TEST_OP_DMABUF_REVOKE		= 23,
};

/*
 * The mock's page tables. A page is half of the CPU's smallest, which makes
 * mappings that start or end inside a CPU page possible.
 */
enum {
	MOCK_IOMMUPT_DEFAULT	= 0,
	MOCK_IOMMUPT_HUGE	= 1,
};

enum {
	MOCK_PAGE_SIZE		= 2 << 10,
	MOCK_HUGE_PAGE_SIZE	= 1 << 20,
	MOCK_APERTURE_START	= 16 << 20,
	MOCK_APERTURE_LAST	= 0x7fffffff,
};

/* Slots of the pretended IOTLB of a nested page table, and of a device. */
enum {
	MOCK_NESTED_DOMAIN_IOTLB_NUM	= 4,
	MOCK_NESTED_DOMAIN_IOTLB_ID_MAX	= MOCK_NESTED_DOMAIN_IOTLB_NUM - 1,
	MOCK_DEV_CACHE_NUM		= 4,
	MOCK_DEV_CACHE_ID_MAX		= MOCK_DEV_CACHE_NUM - 1,
};

/* create_access.flags */
enum {
	MOCK_FLAGS_ACCESS_CREATE_NEEDS_PIN_PAGES = 0x1,
};

/* access_pages.flags and dirty.flags; SYZ: addresses are offsets, for fuzzers */
enum {
	MOCK_FLAGS_ACCESS_WRITE	= 0x1,
	MOCK_FLAGS_ACCESS_SYZ	= 0x10000,
};

/* access_rw.flags */
enum {
	MOCK_ACCESS_RW_WRITE		= 0x1,
	MOCK_ACCESS_RW_SLOW_PATH	= 0x4,
};

/* mock_domain_flags.dev_flags */
enum {
	MOCK_FLAGS_DEVICE_NO_DIRTY	= 0x1,
	MOCK_FLAGS_DEVICE_PASID		= 0x4,
};

/* trigger_iopf.perm, next to IOMMU_PGFAULT_PERM_*: the group is not complete */
#define MOCK_IOPF_PERM_MORE		0x80000000

/* Bits of a mock PASID, and the PASID that the mock refuses to replace once. */
#define MOCK_PASID_WIDTH		20
#define IOMMU_TEST_PASID_RESERVED	1024

/*
 * The operands of each operation; struct iommu_test_cmd says what they are for.
 */
struct iommu_test_add_reserved {
	__aligned_u64 start;
	__aligned_u64 length;
};

struct iommu_test_mock_domain {
	__u32 out_stdev_id;
	__u32 out_hwpt_id;
	__u32 out_idev_id;
};

struct iommu_test_mock_domain_flags {
	__u32 out_stdev_id;
	__u32 out_hwpt_id;
	__u32 out_idev_id;
	__u32 dev_flags;
};

struct iommu_test_mock_domain_replace {
	__u32 pt_id;
};

struct iommu_test_check_map {
	__aligned_u64 iova;
	__aligned_u64 length;
	__aligned_u64 uptr;
};

struct iommu_test_check_refs {
	__aligned_u64 length;
	__aligned_u64 uptr;
	__u32 refs;
};

struct iommu_test_create_access {
	__u32 out_access_fd;
	__u32 flags;
};

struct iommu_test_destroy_access_pages {
	__u32 access_pages_id;
};

struct iommu_test_access_pages {
	__u32 flags;
	__u32 out_access_pages_id;
	__aligned_u64 iova;
	__aligned_u64 length;
	__aligned_u64 uptr;
};

struct iommu_test_access_rw {
	__aligned_u64 iova;
	__aligned_u64 length;
	__aligned_u64 uptr;
	__u32 flags;
};

struct iommu_test_memory_limit {
	__u32 limit;
};

struct iommu_test_access_replace_ioas {
	__u32 ioas_id;
};

struct iommu_test_dirty {
	__u32 flags;
	__aligned_u64 iova;
	__aligned_u64 length;
	__aligned_u64 page_size;
	__aligned_u64 uptr;
	__aligned_u64 out_nr_dirty;
};

struct iommu_test_check_iotlb {
	__u32 id;
	__u32 iotlb;
};

struct iommu_test_trigger_iopf {
	__u32 dev_id;
	__u32 pasid;
	__u32 grpid;
	__u32 perm;
	__aligned_u64 addr;
};

struct iommu_test_check_dev_cache {
	__u32 id;
	__u32 cache;
};

struct iommu_test_trigger_vevent {
	__u32 dev_id;
};

struct iommu_test_pasid_pt {
	__u32 pasid;
	__u32 pt_id;
};

struct iommu_test_pasid_detach {
	__u32 pasid;
};

struct iommu_test_pasid_check {
	__u32 pasid;
	__u32 hwpt_id;
};

struct iommu_test_dmabuf_get {
	__u32 length;
	__u32 open_flags;
};

struct iommu_test_dmabuf_revoke {
	__s32 dmabuf_fd;
	__u32 revoked;
};

/**
 * struct iommu_test_cmd - the argument of IOMMU_TEST_CMD
 * @size: bytes of this structure, as compiled
 * @op: one of IOMMU_TEST_OP_*
 * @id: the object that the operation acts on
 * @__reserved: zero
 * @add_reserved: reserve a range of the IOAS @id
 * @mock_domain: create a mock device and attach it to the page table @id
 * @mock_domain_flags: the same with MOCK_FLAGS_DEVICE_*
 * @mock_domain_replace: attach the mock device @id to something else
 * @check_map: compare the translations of a range with memory at uptr
 * @check_refs: compare the pins of the pages at uptr with a number
 * @create_access: create an access to the IOAS @id, as a file
 * @destroy_access_pages: drop the pins that access_pages took
 * @access_pages: pin a range through an access, compare it with memory at uptr
 * @access_rw: read or write a range through an access
 * @memory_limit: bound the temporary memory of page lists, in bytes
 * @access_replace_ioas: let the access @id use another IOAS
 * @dirty: set dirty bits as a device would; counts those newly set
 * @check_iotlb: compare a slot of the nested page table @id
 * @trigger_iopf: raise a page fault
 * @check_dev_cache: compare a cache slot of the device @id
 * @trigger_vevent: raise an event on the vIOMMU of a device
 * @pasid_attach: attach a PASID of the device @id
 * @pasid_replace: attach such a PASID to something else
 * @pasid_detach: detach such a PASID
 * @pasid_check: compare the page table of such a PASID
 * @dmabuf_get: create a dma-buf, returns its file descriptor
 * @dmabuf_revoke: withdraw the memory of such a dma-buf, or give it back
 * @last: marks the smallest size accepted
 */
struct iommu_test_cmd {
	__u32 size;
	__u32 op;
	__u32 id;
	__u32 __reserved;
	union {
		struct iommu_test_add_reserved add_reserved;
		struct iommu_test_mock_domain mock_domain;
		struct iommu_test_mock_domain_flags mock_domain_flags;
		struct iommu_test_mock_domain_replace mock_domain_replace;
		struct iommu_test_check_map check_map;
		struct iommu_test_check_refs check_refs;
		struct iommu_test_create_access create_access;
		struct iommu_test_destroy_access_pages destroy_access_pages;
		struct iommu_test_access_pages access_pages;
		struct iommu_test_access_rw access_rw;
		struct iommu_test_memory_limit memory_limit;
		struct iommu_test_access_replace_ioas access_replace_ioas;
		struct iommu_test_dirty dirty;
		struct iommu_test_check_iotlb check_iotlb;
		struct iommu_test_trigger_iopf trigger_iopf;
		struct iommu_test_check_dev_cache check_dev_cache;
		struct iommu_test_trigger_vevent trigger_vevent;
		struct iommu_test_pasid_pt pasid_attach;
		struct iommu_test_pasid_pt pasid_replace;
		struct iommu_test_pasid_detach pasid_detach;
		struct iommu_test_pasid_check pasid_check;
		struct iommu_test_dmabuf_get dmabuf_get;
		struct iommu_test_dmabuf_revoke dmabuf_revoke;
	};
	__u32 last;
};

/* Values of a new IOTLB or device cache slot, which an invalidation clears. */
#define IOMMU_TEST_IOTLB_DEFAULT	0xbadbeef
#define IOMMU_TEST_DEV_CACHE_DEFAULT	0xbaddad

/* Types that stand for the mock wherever a driver's own would stand. */
#define IOMMU_HW_INFO_TYPE_SELFTEST		0xfeedbeef
#define IOMMU_HWPT_DATA_SELFTEST		0xdead
#define IOMMU_HWPT_INVALIDATE_DATA_SELFTEST	0xdeadbeef
#define IOMMU_VIOMMU_TYPE_SELFTEST		0xdeadbeef
#define IOMMU_VIOMMU_INVALIDATE_DATA_SELFTEST	0xdeadbeef
#define IOMMU_VEVENTQ_TYPE_SELFTEST		0xbeefbeef
#define IOMMU_HW_QUEUE_TYPE_SELFTEST		0xdeadbeef

/* Invalidation types that the mock has to refuse. */
#define IOMMU_HWPT_INVALIDATE_DATA_SELFTEST_INVALID	0xdadbeef
#define IOMMU_VIOMMU_INVALIDATE_DATA_SELFTEST_INVALID	0xdadbeef

/* The flag of both invalidation structures: every slot at once. */
#define IOMMU_TEST_INVALIDATE_FLAG_ALL	0x1

/* Hardware queues of one mock vIOMMU. */
#define IOMMU_TEST_HW_QUEUE_MAX		2

#define IOMMU_HW_INFO_SELFTEST_REGVAL	0xdeadbeef

/**
 * struct iommu_test_hw_info - what IOMMU_GET_HW_INFO tells of a mock device
 * @flags: zero
 * @test_reg: IOMMU_HW_INFO_SELFTEST_REGVAL
 */
struct iommu_test_hw_info {
	__u32 flags;
	__u32 test_reg;
};

/**
 * struct iommu_hwpt_selftest - data of IOMMU_HWPT_DATA_SELFTEST
 * @iotlb: start value of each slot, for a nested page table
 * @pagetable_type: one of MOCK_IOMMUPT_*, for one over an IOAS
 */
struct iommu_hwpt_selftest {
	__u32 iotlb;
	__u32 pagetable_type;
};

/**
 * struct iommu_hwpt_invalidate_selftest - invalidate a nested page table
 * @flags: IOMMU_TEST_INVALIDATE_FLAG_ALL or 0
 * @iotlb_id: the slot, up to MOCK_NESTED_DOMAIN_IOTLB_ID_MAX
 */
struct iommu_hwpt_invalidate_selftest {
	__u32 flags;
	__u32 iotlb_id;
};

/**
 * struct iommu_viommu_selftest - data of IOMMU_VIOMMU_TYPE_SELFTEST
 * @in_data: any number
 * @out_data: the same number
 * @out_mmap_offset: offset for mmap() of a page that also shows the number
 * @out_mmap_length: length for that mmap()
 */
struct iommu_viommu_selftest {
	__u32 in_data;
	__u32 out_data;
	__aligned_u64 out_mmap_offset;
	__aligned_u64 out_mmap_length;
};

/**
 * struct iommu_viommu_invalidate_selftest - invalidate a device's cache
 * @flags: IOMMU_TEST_INVALIDATE_FLAG_ALL or 0
 * @vdev_id: virtual id of the device
 * @cache_id: the slot, up to MOCK_DEV_CACHE_ID_MAX
 */
struct iommu_viommu_invalidate_selftest {
	__u32 flags;
	__u32 vdev_id;
	__u32 cache_id;
};

/**
 * struct iommu_viommu_event_selftest - data of a mock event
 * @virt_id: virtual id of the device that it concerns
 */
struct iommu_viommu_event_selftest {
	__u32 virt_id;
};

#endif
