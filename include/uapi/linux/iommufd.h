/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The user interface of /dev/iommu.
 *
 * An open file is a context: a table of objects, each named by a 32-bit id
 * that is never 0. An ioctl takes a pointer to one of the structures below,
 * whose first member holds the size that the caller compiled with. A caller may
 * be older or newer than the kernel:
 *
 *  - a structure that ends early counts as if zeros followed, provided that it
 *    reaches at least the last member which the first release had;
 *  - a structure that goes on beyond what the kernel knows is accepted as long
 *    as all the excess bytes are zero.
 *
 * These errors have the same meaning for every ioctl and are not repeated:
 *
 *  ENOTTY      no such ioctl number
 *  EINVAL      @size is below the minimum, or a value is out of its range
 *  E2BIG       @size is above what the kernel knows and the excess is not zero
 *  EFAULT      the structure, or memory it points to, is not accessible
 *  EOPNOTSUPP  unknown flag, non-zero reserved member, or a feature that the
 *              driver or this kernel lacks
 *  ENOENT      an id that is unknown, names another kind of object, or names
 *              one which is going away
 *  EOVERFLOW   an address plus a length exceeds what can be represented
 *  ENOMEM      no memory, or the limit on locked memory is reached
 */
#ifndef _UAPI_LINUX_IOMMUFD_H
#define _UAPI_LINUX_IOMMUFD_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define IOMMUFD_TYPE (';')

/* Low byte of each ioctl; a number is never used twice. */
enum {
	IOMMUFD_CMD_BASE			= 0x80,
	IOMMUFD_CMD_DESTROY			= IOMMUFD_CMD_BASE + 0,
	IOMMUFD_CMD_IOAS_ALLOC			= IOMMUFD_CMD_BASE + 1,
	IOMMUFD_CMD_IOAS_ALLOW_IOVAS		= IOMMUFD_CMD_BASE + 2,
	IOMMUFD_CMD_IOAS_COPY			= IOMMUFD_CMD_BASE + 3,
	IOMMUFD_CMD_IOAS_IOVA_RANGES		= IOMMUFD_CMD_BASE + 4,
	IOMMUFD_CMD_IOAS_MAP			= IOMMUFD_CMD_BASE + 5,
	IOMMUFD_CMD_IOAS_UNMAP			= IOMMUFD_CMD_BASE + 6,
	IOMMUFD_CMD_OPTION			= IOMMUFD_CMD_BASE + 7,
	IOMMUFD_CMD_VFIO_IOAS			= IOMMUFD_CMD_BASE + 8,
	IOMMUFD_CMD_HWPT_ALLOC			= IOMMUFD_CMD_BASE + 9,
	IOMMUFD_CMD_GET_HW_INFO			= IOMMUFD_CMD_BASE + 10,
	IOMMUFD_CMD_HWPT_SET_DIRTY_TRACKING	= IOMMUFD_CMD_BASE + 11,
	IOMMUFD_CMD_HWPT_GET_DIRTY_BITMAP	= IOMMUFD_CMD_BASE + 12,
	IOMMUFD_CMD_HWPT_INVALIDATE		= IOMMUFD_CMD_BASE + 13,
	IOMMUFD_CMD_FAULT_QUEUE_ALLOC		= IOMMUFD_CMD_BASE + 14,
	IOMMUFD_CMD_IOAS_MAP_FILE		= IOMMUFD_CMD_BASE + 15,
	IOMMUFD_CMD_VIOMMU_ALLOC		= IOMMUFD_CMD_BASE + 16,
	IOMMUFD_CMD_VDEVICE_ALLOC		= IOMMUFD_CMD_BASE + 17,
	IOMMUFD_CMD_IOAS_CHANGE_PROCESS		= IOMMUFD_CMD_BASE + 18,
	IOMMUFD_CMD_VEVENTQ_ALLOC		= IOMMUFD_CMD_BASE + 19,
	IOMMUFD_CMD_HW_QUEUE_ALLOC		= IOMMUFD_CMD_BASE + 20,
	IOMMUFD_CMD_IOAS_NOIOMMU_GET_PA		= IOMMUFD_CMD_BASE + 21,
};

#define IOMMU_DESTROY		_IO(IOMMUFD_TYPE, IOMMUFD_CMD_DESTROY)
#define IOMMU_IOAS_ALLOC	_IO(IOMMUFD_TYPE, IOMMUFD_CMD_IOAS_ALLOC)
#define IOMMU_IOAS_ALLOW_IOVAS	_IO(IOMMUFD_TYPE, IOMMUFD_CMD_IOAS_ALLOW_IOVAS)
#define IOMMU_IOAS_COPY		_IO(IOMMUFD_TYPE, IOMMUFD_CMD_IOAS_COPY)
#define IOMMU_IOAS_IOVA_RANGES	_IO(IOMMUFD_TYPE, IOMMUFD_CMD_IOAS_IOVA_RANGES)
#define IOMMU_IOAS_MAP		_IO(IOMMUFD_TYPE, IOMMUFD_CMD_IOAS_MAP)
#define IOMMU_IOAS_UNMAP	_IO(IOMMUFD_TYPE, IOMMUFD_CMD_IOAS_UNMAP)
#define IOMMU_OPTION		_IO(IOMMUFD_TYPE, IOMMUFD_CMD_OPTION)
#define IOMMU_VFIO_IOAS		_IO(IOMMUFD_TYPE, IOMMUFD_CMD_VFIO_IOAS)
#define IOMMU_HWPT_ALLOC	_IO(IOMMUFD_TYPE, IOMMUFD_CMD_HWPT_ALLOC)
#define IOMMU_GET_HW_INFO	_IO(IOMMUFD_TYPE, IOMMUFD_CMD_GET_HW_INFO)
#define IOMMU_HWPT_SET_DIRTY_TRACKING \
	_IO(IOMMUFD_TYPE, IOMMUFD_CMD_HWPT_SET_DIRTY_TRACKING)
#define IOMMU_HWPT_GET_DIRTY_BITMAP \
	_IO(IOMMUFD_TYPE, IOMMUFD_CMD_HWPT_GET_DIRTY_BITMAP)
#define IOMMU_HWPT_INVALIDATE	_IO(IOMMUFD_TYPE, IOMMUFD_CMD_HWPT_INVALIDATE)
#define IOMMU_FAULT_QUEUE_ALLOC	_IO(IOMMUFD_TYPE, IOMMUFD_CMD_FAULT_QUEUE_ALLOC)
#define IOMMU_IOAS_MAP_FILE	_IO(IOMMUFD_TYPE, IOMMUFD_CMD_IOAS_MAP_FILE)
#define IOMMU_VIOMMU_ALLOC	_IO(IOMMUFD_TYPE, IOMMUFD_CMD_VIOMMU_ALLOC)
#define IOMMU_VDEVICE_ALLOC	_IO(IOMMUFD_TYPE, IOMMUFD_CMD_VDEVICE_ALLOC)
#define IOMMU_IOAS_CHANGE_PROCESS \
	_IO(IOMMUFD_TYPE, IOMMUFD_CMD_IOAS_CHANGE_PROCESS)
#define IOMMU_VEVENTQ_ALLOC	_IO(IOMMUFD_TYPE, IOMMUFD_CMD_VEVENTQ_ALLOC)
#define IOMMU_HW_QUEUE_ALLOC	_IO(IOMMUFD_TYPE, IOMMUFD_CMD_HW_QUEUE_ALLOC)
#define IOMMU_IOAS_NOIOMMU_GET_PA \
	_IO(IOMMUFD_TYPE, IOMMUFD_CMD_IOAS_NOIOMMU_GET_PA)

/**
 * struct iommu_destroy - IOMMU_DESTROY: remove an object
 * @size: bytes of this structure, as compiled
 * @id: the object to remove
 *
 * Works for every object that an ioctl created. Once the call returns 0 the id
 * is free and the object's resources are released.
 *
 * Errors:
 *  - ENOENT: no object has this id.
 *  - EBUSY: another object, an attached device, an open event file or a
 *    memory mapping still depends on it.
 */
struct iommu_destroy {
	__u32 size;
	__u32 id;
};

/**
 * struct iommu_ioas_alloc - IOMMU_IOAS_ALLOC: create an I/O address space
 * @size: bytes of this structure, as compiled
 * @flags: none defined
 * @out_ioas_id: id of the new IOAS
 *
 * The new IOAS maps nothing and spans every address that fits an unsigned long.
 * Each device attached to it takes away the addresses it cannot use.
 */
struct iommu_ioas_alloc {
	__u32 size;
	__u32 flags;
	__u32 out_ioas_id;
};

/**
 * struct iommu_iova_range - one span of I/O virtual addresses
 * @start: lowest address of the span
 * @last: highest address of the span, which belongs to it
 */
struct iommu_iova_range {
	__aligned_u64 start;
	__aligned_u64 last;
};

/**
 * struct iommu_ioas_iova_ranges - IOMMU_IOAS_IOVA_RANGES: what can be mapped
 * @size: bytes of this structure, as compiled
 * @ioas_id: the IOAS to ask about
 * @num_iovas: in: capacity of the array; out: how many spans the IOAS has
 * @__reserved: zero
 * @allowed_iovas: user pointer to an array of struct iommu_iova_range
 * @out_iova_alignment: granule of IOVA and length that IOMMU_IOAS_MAP accepts
 *
 * Fills the array, in ascending order, with the spans that no attached device
 * reserves. The answer changes when a device is attached or detached; fix a
 * minimum with IOMMU_IOAS_ALLOW_IOVAS if that must not happen.
 *
 * Errors:
 *  - EMSGSIZE: the array is too short. It holds the first spans, and
 *    @num_iovas says how many there are; a capacity of 0 is the way to ask.
 */
struct iommu_ioas_iova_ranges {
	__u32 size;
	__u32 ioas_id;
	__u32 num_iovas;
	__u32 __reserved;
	__aligned_u64 allowed_iovas;
	__aligned_u64 out_iova_alignment;
};

/**
 * struct iommu_ioas_allow_iovas - IOMMU_IOAS_ALLOW_IOVAS: fence in allocation
 * @size: bytes of this structure, as compiled
 * @ioas_id: the IOAS to fence in
 * @num_iovas: entries of the array; 0 takes an earlier fence down
 * @__reserved: zero
 * @allowed_iovas: user pointer to an array of struct iommu_iova_range
 *
 * IOMMU_IOAS_MAP without a fixed address will then choose only from these
 * spans, and a device that reserves an address inside one of them can no longer
 * be attached. Fixed mappings elsewhere stay possible. The new list replaces
 * the old one as a whole, or not at all.
 *
 * Errors:
 *  - EINVAL: a span does not end after its start, or two spans overlap.
 *  - EADDRINUSE: an attached device already reserves part of a span.
 */
struct iommu_ioas_allow_iovas {
	__u32 size;
	__u32 ioas_id;
	__u32 num_iovas;
	__u32 __reserved;
	__aligned_u64 allowed_iovas;
};

/**
 * enum iommufd_ioas_map_flags - how IOMMU_IOAS_MAP, _MAP_FILE and _COPY map
 * @IOMMU_IOAS_MAP_FIXED_IOVA: use the IOVA given, do not choose one
 * @IOMMU_IOAS_MAP_WRITEABLE: devices may write
 * @IOMMU_IOAS_MAP_READABLE: devices may read
 */
enum iommufd_ioas_map_flags {
	IOMMU_IOAS_MAP_FIXED_IOVA	= 0x1,
	IOMMU_IOAS_MAP_WRITEABLE	= 0x2,
	IOMMU_IOAS_MAP_READABLE		= 0x4,
};

/**
 * struct iommu_ioas_map - IOMMU_IOAS_MAP: let devices reach process memory
 * @size: bytes of this structure, as compiled
 * @flags: bits of enum iommufd_ioas_map_flags, at least one access right
 * @ioas_id: the IOAS to map into
 * @__reserved: zero
 * @user_va: first byte of the caller's memory
 * @length: bytes to map
 * @iova: in: the address, with IOMMU_IOAS_MAP_FIXED_IOVA; out: the address
 *
 * The memory is pinned as soon as a page table of the IOAS needs it, and stays
 * so, whatever the process does to its own mapping, until it is unmapped here.
 * Without a page table nothing is looked at: a bad @user_va then shows up when
 * a device is attached.
 *
 * Errors:
 *  - EINVAL: neither readable nor writeable, a length of 0, or an
 *    address or length that is not a multiple of the IOAS's alignment; also a
 *    fixed range that touches reserved addresses.
 *  - EEXIST: something is already mapped in the fixed range.
 *  - ENOSPC: no hole is large enough to choose from.
 *  - EFAULT: the memory cannot be pinned with the rights asked for.
 *  - ENOMEM: pinning would exceed RLIMIT_MEMLOCK.
 */
struct iommu_ioas_map {
	__u32 size;
	__u32 flags;
	__u32 ioas_id;
	__u32 __reserved;
	__aligned_u64 user_va;
	__aligned_u64 length;
	__aligned_u64 iova;
};

/**
 * struct iommu_ioas_noiommu_get_pa - IOMMU_IOAS_NOIOMMU_GET_PA: ask for the
 *                                    physical address behind an IOVA
 * @size: bytes of this structure, as compiled
 * @flags: none defined
 * @ioas_id: the IOAS, used by devices that have no IOMMU
 * @__reserved: zero
 * @iova: the address to translate
 * @length: in: bytes of interest; out: bytes that are contiguous from there
 * @out_phys: physical address of @iova
 *
 * Such a device has to be programmed with physical addresses. The answer holds
 * until the range is unmapped.
 *
 * Errors:
 *  - EPERM: CAP_SYS_RAWIO is missing.
 *  - EINVAL: a length of 0, or memory whose exporter took it back.
 *  - ENOENT: nothing is mapped at @iova.
 *  - EOPNOTSUPP: the IOAS has no page table kept in software, or the
 *    kernel is built without this support.
 */
struct iommu_ioas_noiommu_get_pa {
	__u32 size;
	__u32 flags;
	__u32 ioas_id;
	__u32 __reserved;
	__aligned_u64 iova;
	__aligned_u64 length;
	__aligned_u64 out_phys;
};

/**
 * struct iommu_ioas_map_file - IOMMU_IOAS_MAP_FILE: let devices reach a file
 * @size: bytes of this structure, as compiled
 * @flags: bits of enum iommufd_ioas_map_flags, at least one access right
 * @ioas_id: the IOAS to map into
 * @fd: a memfd (shmem or hugetlbfs) or a dma-buf
 * @start: first byte within the file
 * @length: bytes to map
 * @iova: in: the address, with IOMMU_IOAS_MAP_FIXED_IOVA; out: the address
 *
 * Like IOMMU_IOAS_MAP, but tied to the file instead of a process: it outlives
 * the mapping process, and pages that the file lacks are allocated. A dma-buf's
 * exporter may withdraw its memory, which removes the translations; the range
 * then has to be unmapped and mapped anew.
 *
 * Errors, besides those of IOMMU_IOAS_MAP:
 *  - EBADF: @fd is not open.
 *  - EINVAL: the range exceeds the file, or the file is of another kind.
 *  - EOPNOTSUPP: the dma-buf's exporter does not support this use, or its
 *    memory is not one physical range.
 *  - ENODEV: the dma-buf's memory is withdrawn.
 */
struct iommu_ioas_map_file {
	__u32 size;
	__u32 flags;
	__u32 ioas_id;
	__s32 fd;
	__aligned_u64 start;
	__aligned_u64 length;
	__aligned_u64 iova;
};

/**
 * struct iommu_ioas_copy - IOMMU_IOAS_COPY: map what another IOAS maps
 * @size: bytes of this structure, as compiled
 * @flags: bits of enum iommufd_ioas_map_flags, at least one access right
 * @dst_ioas_id: the IOAS to map into
 * @src_ioas_id: the IOAS to take the memory from; may be the same
 * @length: bytes to map
 * @dst_iova: in: the address, with IOMMU_IOAS_MAP_FIXED_IOVA; out: the address
 * @src_iova: where the source maps the memory
 *
 * Both mappings share one set of pins, which are charged once. Any part of the
 * source may be copied, also across several mappings that adjoin. Unmapping the
 * source later does not affect the copy.
 *
 * Errors, besides those of IOMMU_IOAS_MAP:
 *  - ENOENT: the source does not map all of the range.
 *  - EPERM: asks for writes to memory that was mapped read-only.
 */
struct iommu_ioas_copy {
	__u32 size;
	__u32 flags;
	__u32 dst_ioas_id;
	__u32 src_ioas_id;
	__aligned_u64 length;
	__aligned_u64 dst_iova;
	__aligned_u64 src_iova;
};

/**
 * struct iommu_ioas_unmap - IOMMU_IOAS_UNMAP: take mappings away
 * @size: bytes of this structure, as compiled
 * @ioas_id: the IOAS to unmap from
 * @iova: first address
 * @length: in: bytes to unmap; out: bytes that were mapped there
 *
 * Removes all mappings inside the range. When it returns, no device can reach
 * the memory through them any more. An @iova of 0 with all bits of @length set
 * empties the IOAS, and succeeds also if it is empty already.
 *
 * Errors:
 *  - EINVAL: a length of 0.
 *  - ENOENT: the range is empty, or cuts a mapping in two.
 *  - EBUSY: another thread works on a mapping, or a hardware queue uses it.
 *
 * Nothing has been unmapped when it fails.
 */
struct iommu_ioas_unmap {
	__u32 size;
	__u32 ioas_id;
	__aligned_u64 iova;
	__aligned_u64 length;
};

/**
 * enum iommufd_option - what IOMMU_OPTION reads or changes
 * @IOMMU_OPTION_RLIMIT_MODE: whom pinned memory is charged to: 0 the user, 1
 *                            the process. For the context, hence object id 0.
 *                            Settable while the context holds no object, with
 *                            CAP_SYS_RESOURCE.
 * @IOMMU_OPTION_HUGE_PAGES: whether translations may be larger than a page: 1
 *                           they may, 0 not. For one IOAS.
 */
enum iommufd_option {
	IOMMU_OPTION_RLIMIT_MODE	= 0,
	IOMMU_OPTION_HUGE_PAGES		= 1,
};

/**
 * enum iommufd_option_ops - direction of IOMMU_OPTION
 * @IOMMU_OPTION_OP_SET: change the option
 * @IOMMU_OPTION_OP_GET: read the option
 */
enum iommufd_option_ops {
	IOMMU_OPTION_OP_SET	= 0,
	IOMMU_OPTION_OP_GET	= 1,
};

/**
 * struct iommu_option - IOMMU_OPTION: read or change a setting
 * @size: bytes of this structure, as compiled
 * @option_id: a value of enum iommufd_option
 * @op: a value of enum iommufd_option_ops
 * @__reserved: zero
 * @object_id: the object the setting belongs to, or 0 for the context
 * @val64: the value, in for a change and out for both
 *
 * Errors:
 *  - EINVAL: a value that the option does not have, or huge pages are to
 *    be turned off while a page table has mappings.
 *  - EPERM: the option needs a capability that the caller lacks.
 *  - EBUSY: the accounting mode is to change although objects exist.
 *  - EADDRINUSE: huge pages are to be turned off while a mapping is not
 *    page aligned.
 */
struct iommu_option {
	__u32 size;
	__u32 option_id;
	__u16 op;
	__u16 __reserved;
	__u32 object_id;
	__aligned_u64 val64;
};

/**
 * enum iommufd_vfio_ioas_op - what IOMMU_VFIO_IOAS does
 * @IOMMU_VFIO_IOAS_GET: report the IOAS
 * @IOMMU_VFIO_IOAS_SET: choose the IOAS
 * @IOMMU_VFIO_IOAS_CLEAR: have none; the IOAS itself stays
 */
enum iommufd_vfio_ioas_op {
	IOMMU_VFIO_IOAS_GET	= 0,
	IOMMU_VFIO_IOAS_SET	= 1,
	IOMMU_VFIO_IOAS_CLEAR	= 2,
};

/**
 * struct iommu_vfio_ioas - IOMMU_VFIO_IOAS: the IOAS behind container ioctls
 * @size: bytes of this structure, as compiled
 * @ioas_id: in for a choice, out for a report
 * @op: a value of enum iommufd_vfio_ioas_op
 * @__reserved: zero
 *
 * The ioctls of a VFIO type 1 container, issued on this file, act on one IOAS of
 * the context: this one.
 *
 * Errors:
 *  - ENODEV: a report is asked for and there is none.
 */
struct iommu_vfio_ioas {
	__u32 size;
	__u32 ioas_id;
	__u16 op;
	__u16 __reserved;
};

/**
 * enum iommufd_hwpt_alloc_flags - properties of a page table to be created
 * @IOMMU_HWPT_ALLOC_NEST_PARENT: it will carry nested page tables or a vIOMMU
 * @IOMMU_HWPT_ALLOC_DIRTY_TRACKING: the hardware records writes in it; devices
 *                                   that cannot are refused
 * @IOMMU_HWPT_FAULT_ID_VALID: the member fault_id names a fault queue
 * @IOMMU_HWPT_ALLOC_PASID: it may be attached to a PASID, or to a device that
 *                          uses PASIDs
 */
enum iommufd_hwpt_alloc_flags {
	IOMMU_HWPT_ALLOC_NEST_PARENT	= 0x1,
	IOMMU_HWPT_ALLOC_DIRTY_TRACKING	= 0x2,
	IOMMU_HWPT_FAULT_ID_VALID	= 0x4,
	IOMMU_HWPT_ALLOC_PASID		= 0x8,
};

/**
 * enum iommu_hwpt_vtd_s1_flags - attributes of a VT-d first-stage table
 * @IOMMU_VTD_S1_SRE: privileged requests are permitted
 * @IOMMU_VTD_S1_EAFE: the hardware sets the extended accessed flag
 * @IOMMU_VTD_S1_WPE: read-only entries bind privileged writes too
 */
enum iommu_hwpt_vtd_s1_flags {
	IOMMU_VTD_S1_SRE	= 0x1,
	IOMMU_VTD_S1_EAFE	= 0x2,
	IOMMU_VTD_S1_WPE	= 0x4,
};

/**
 * struct iommu_hwpt_vtd_s1 - a guest's first-stage table, for Intel VT-d
 * @flags: bits of enum iommu_hwpt_vtd_s1_flags
 * @pgtbl_addr: guest physical address of the top level
 * @addr_width: input width in bits, 48 or 57
 * @__reserved: zero
 */
struct iommu_hwpt_vtd_s1 {
	__aligned_u64 flags;
	__aligned_u64 pgtbl_addr;
	__u32 addr_width;
	__u32 __reserved;
};

/**
 * struct iommu_hwpt_arm_smmuv3 - a guest's stream table entry, for Arm SMMUv3
 * @ste: the two low double words, little endian; fields that the host owns
 *       have to be clear
 */
struct iommu_hwpt_arm_smmuv3 {
	__aligned_le64 ste[2];
};

/**
 * struct iommu_hwpt_amd_guest - a guest's device table entry, for AMD-Vi
 * @dte: the whole entry; the host takes the guest translation fields from it
 */
struct iommu_hwpt_amd_guest {
	__aligned_u64 dte[4];
};

/**
 * enum iommu_hwpt_data_type - which structure describes a page table
 * @IOMMU_HWPT_DATA_NONE: none, the kernel builds the table
 * @IOMMU_HWPT_DATA_VTD_S1: struct iommu_hwpt_vtd_s1
 * @IOMMU_HWPT_DATA_ARM_SMMUV3: struct iommu_hwpt_arm_smmuv3
 * @IOMMU_HWPT_DATA_AMD_GUEST: struct iommu_hwpt_amd_guest
 */
enum iommu_hwpt_data_type {
	IOMMU_HWPT_DATA_NONE		= 0,
	IOMMU_HWPT_DATA_VTD_S1		= 1,
	IOMMU_HWPT_DATA_ARM_SMMUV3	= 2,
	IOMMU_HWPT_DATA_AMD_GUEST	= 3,
};

/**
 * struct iommu_hwpt_alloc - IOMMU_HWPT_ALLOC: create a hardware page table
 * @size: bytes of this structure, as compiled
 * @flags: bits of enum iommufd_hwpt_alloc_flags
 * @dev_id: a bound device, whose IOMMU gives the table its format
 * @pt_id: what the table translates to: an IOAS for a table that the kernel
 *         fills; a nest parent, or a vIOMMU, for one that user space owns
 * @out_hwpt_id: id of the new table
 * @__reserved: zero
 * @data_type: a value of enum iommu_hwpt_data_type
 * @data_len: bytes at @data_uptr, 0 if and only if there is no data
 * @data_uptr: user pointer to the structure that @data_type names
 * @fault_id: the queue for page faults, with IOMMU_HWPT_FAULT_ID_VALID
 * @__reserved2: zero
 *
 * A table over an IOAS holds all its mappings from the start and follows every
 * change. Attaching a device straight to an IOAS needs no such table; it is for
 * those who want particular properties. The table is created for @dev_id but not
 * attached to it.
 *
 * Errors:
 *  - ENOENT: no such device or fault queue.
 *  - EINVAL: @pt_id is unknown or of no use here, data and its length
 *    contradict, or the driver rejects the data.
 *  - EOPNOTSUPP: the driver cannot provide a property asked for.
 *  - EADDRINUSE: the IOAS maps an address that this table cannot.
 */
struct iommu_hwpt_alloc {
	__u32 size;
	__u32 flags;
	__u32 dev_id;
	__u32 pt_id;
	__u32 out_hwpt_id;
	__u32 __reserved;
	__u32 data_type;
	__u32 data_len;
	__aligned_u64 data_uptr;
	__u32 fault_id;
	__u32 __reserved2;
};

/**
 * enum iommu_hw_info_vtd_flags - peculiarities of a VT-d unit
 * @IOMMU_HW_INFO_VTD_ERRATA_772415_SPR17: a nest parent must not hold read-only
 *                                         translations on affected units
 */
enum iommu_hw_info_vtd_flags {
	IOMMU_HW_INFO_VTD_ERRATA_772415_SPR17	= 0x1,
};

/**
 * struct iommu_hw_info_vtd - what a VT-d unit can do
 * @flags: bits of enum iommu_hw_info_vtd_flags
 * @__reserved: zero
 * @cap_reg: Capability Register
 * @ecap_reg: Extended Capability Register
 */
struct iommu_hw_info_vtd {
	__u32 flags;
	__u32 __reserved;
	__aligned_u64 cap_reg;
	__aligned_u64 ecap_reg;
};

/**
 * enum iommu_hw_info_arm_smmuv3_flags - peculiarities of an SMMUv3
 * @IOMMU_HW_INFO_ARM_SMMUV3_ERRATA_REPEAT_TLBI_CFGI: TLB and configuration
 *                                                    invalidations have to be
 *                                                    issued twice
 */
enum iommu_hw_info_arm_smmuv3_flags {
	IOMMU_HW_INFO_ARM_SMMUV3_ERRATA_REPEAT_TLBI_CFGI	= 0x1,
};

/**
 * struct iommu_hw_info_arm_smmuv3 - what an SMMUv3 can do
 * @flags: bits of enum iommu_hw_info_arm_smmuv3_flags
 * @__reserved: zero
 * @idr: registers SMMU_IDR0 to SMMU_IDR5
 * @iidr: register SMMU_IIDR
 * @aidr: register SMMU_AIDR
 *
 * These are raw hardware values. A feature shown here is not always one that
 * the kernel lets a guest use.
 */
struct iommu_hw_info_arm_smmuv3 {
	__u32 flags;
	__u32 __reserved;
	__u32 idr[6];
	__u32 iidr;
	__u32 aidr;
};

/**
 * struct iommu_hw_info_tegra241_cmdqv - what a Tegra241 CMDQ-V can do
 * @flags: none defined
 * @version: version field of the unit's configuration
 * @log2vcmdqs: binary logarithm of the queues in one virtual interface
 * @log2vsids: binary logarithm of the stream ids in one virtual interface
 * @__reserved: zero
 */
struct iommu_hw_info_tegra241_cmdqv {
	__u32 flags;
	__u8 version;
	__u8 log2vcmdqs;
	__u8 log2vsids;
	__u8 __reserved;
};

/**
 * struct iommu_hw_info_amd - what an AMD-Vi unit can do
 * @efr: Extended Feature Register
 * @efr2: second Extended Feature Register
 */
struct iommu_hw_info_amd {
	__aligned_u64 efr;
	__aligned_u64 efr2;
};

/**
 * enum iommu_hw_info_type - which structure IOMMU_GET_HW_INFO fills
 * @IOMMU_HW_INFO_TYPE_NONE: the driver reports nothing
 * @IOMMU_HW_INFO_TYPE_DEFAULT: as a request: whatever suits the device
 * @IOMMU_HW_INFO_TYPE_INTEL_VTD: struct iommu_hw_info_vtd
 * @IOMMU_HW_INFO_TYPE_ARM_SMMUV3: struct iommu_hw_info_arm_smmuv3
 * @IOMMU_HW_INFO_TYPE_TEGRA241_CMDQV: struct iommu_hw_info_tegra241_cmdqv
 * @IOMMU_HW_INFO_TYPE_AMD: struct iommu_hw_info_amd
 */
enum iommu_hw_info_type {
	IOMMU_HW_INFO_TYPE_NONE			= 0,
	IOMMU_HW_INFO_TYPE_DEFAULT		= IOMMU_HW_INFO_TYPE_NONE,
	IOMMU_HW_INFO_TYPE_INTEL_VTD		= 1,
	IOMMU_HW_INFO_TYPE_ARM_SMMUV3		= 2,
	IOMMU_HW_INFO_TYPE_TEGRA241_CMDQV	= 3,
	IOMMU_HW_INFO_TYPE_AMD			= 4,
};

/**
 * enum iommufd_hw_capabilities - what every driver reports in the same way
 * @IOMMU_HW_CAP_DIRTY_TRACKING: page tables can record writes
 * @IOMMU_HW_CAP_PCI_PASID_EXEC: the PCI device may request execution, PASID use
 *                               being enabled
 * @IOMMU_HW_CAP_PCI_PASID_PRIV: the PCI device may request privileged access,
 *                               PASID use being enabled
 * @IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED: ATS must not be offered to a guest
 */
enum iommufd_hw_capabilities {
	IOMMU_HW_CAP_DIRTY_TRACKING		= 0x1,
	IOMMU_HW_CAP_PCI_PASID_EXEC		= 0x2,
	IOMMU_HW_CAP_PCI_PASID_PRIV		= 0x4,
	IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED	= 0x8,
};

/**
 * enum iommufd_hw_info_flags - how IOMMU_GET_HW_INFO is to be read
 * @IOMMU_HW_INFO_FLAG_INPUT_TYPE: the member in_data_type is a request
 */
enum iommufd_hw_info_flags {
	IOMMU_HW_INFO_FLAG_INPUT_TYPE	= 0x1,
};

/**
 * struct iommu_hw_info - IOMMU_GET_HW_INFO: ask about a device's IOMMU
 * @size: bytes of this structure, as compiled
 * @flags: bits of enum iommufd_hw_info_flags
 * @dev_id: a bound device
 * @data_len: in: bytes at @data_uptr; out: bytes that the kernel has to tell
 * @data_uptr: user pointer to the buffer, unused if its length is 0
 * @in_data_type: the structure wanted, of enum iommu_hw_info_type, with
 *                IOMMU_HW_INFO_FLAG_INPUT_TYPE
 * @out_data_type: the structure in the buffer, of enum iommu_hw_info_type
 * @out_max_pasid_log2: binary logarithm of the device's PASIDs, 0 without any
 * @__reserved: zero
 * @out_capabilities: bits of enum iommufd_hw_capabilities
 *
 * The buffer may be shorter or longer than the structure: the structure is cut
 * off, or the rest of the buffer is cleared.
 *
 * Errors:
 *  - ENOENT: no such device.
 *  - EOPNOTSUPP: the driver has no structure of the type asked for, or
 *    the device has no IOMMU.
 */
struct iommu_hw_info {
	__u32 size;
	__u32 flags;
	__u32 dev_id;
	__u32 data_len;
	__aligned_u64 data_uptr;
	union {
		__u32 in_data_type;
		__u32 out_data_type;
	};
	__u8 out_max_pasid_log2;
	__u8 __reserved[3];
	__aligned_u64 out_capabilities;
};

/**
 * enum iommufd_hwpt_set_dirty_tracking_flags - state of dirty tracking
 * @IOMMU_HWPT_DIRTY_TRACKING_ENABLE: record writes; without it recording stops
 */
enum iommufd_hwpt_set_dirty_tracking_flags {
	IOMMU_HWPT_DIRTY_TRACKING_ENABLE	= 0x1,
};

/**
 * struct iommu_hwpt_set_dirty_tracking - IOMMU_HWPT_SET_DIRTY_TRACKING: record
 *                                        device writes, or stop
 * @size: bytes of this structure, as compiled
 * @flags: bits of enum iommufd_hwpt_set_dirty_tracking_flags
 * @hwpt_id: a page table over an IOAS
 * @__reserved: zero
 *
 * Starting forgets earlier writes. It may be called while devices use the table.
 *
 * Errors:
 *  - ENOENT: no such table.
 *  - EOPNOTSUPP: it was not created with IOMMU_HWPT_ALLOC_DIRTY_TRACKING.
 */
struct iommu_hwpt_set_dirty_tracking {
	__u32 size;
	__u32 flags;
	__u32 hwpt_id;
	__u32 __reserved;
};

/**
 * enum iommufd_hwpt_get_dirty_bitmap_flags - how to read the record
 * @IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR: leave it as it is, which also saves
 *                                        the flush; for when the range is
 *                                        going to be unmapped anyway
 */
enum iommufd_hwpt_get_dirty_bitmap_flags {
	IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR	= 0x1,
};

/**
 * struct iommu_hwpt_get_dirty_bitmap - IOMMU_HWPT_GET_DIRTY_BITMAP: read, and
 *                                      reset, the record of device writes
 * @size: bytes of this structure, as compiled
 * @hwpt_id: a page table over an IOAS
 * @flags: bits of enum iommufd_hwpt_get_dirty_bitmap_flags
 * @__reserved: zero
 * @iova: first address of the range
 * @length: bytes in the range
 * @page_size: bytes that one bit stands for
 * @data: user pointer to the bitmap, bytes in ascending order of addresses and
 *        in each byte the lowest bit first
 *
 * Bit n is set if a device wrote to the n-th page of the range. Bits are only
 * ever set, so that the results of several tables can be gathered in one map.
 *
 * Errors:
 *  - ENOENT: no such table.
 *  - EINVAL: a length or page size of 0, or a range that is not made of
 *    whole pages or not mapped from end to end; tracking is off.
 *  - EOVERFLOW: the range wraps.
 *  - EOPNOTSUPP: it was not created with IOMMU_HWPT_ALLOC_DIRTY_TRACKING.
 *  - EFAULT: the bitmap cannot be written. Writes may be forgotten by then: all
 *    of the range counts as written to.
 */
struct iommu_hwpt_get_dirty_bitmap {
	__u32 size;
	__u32 hwpt_id;
	__u32 flags;
	__u32 __reserved;
	__aligned_u64 iova;
	__aligned_u64 length;
	__aligned_u64 page_size;
	__aligned_u64 data;
};

/**
 * enum iommu_hwpt_invalidate_data_type - which structure an entry is
 * @IOMMU_HWPT_INVALIDATE_DATA_VTD_S1: struct iommu_hwpt_vtd_s1_invalidate
 * @IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3: for a vIOMMU, struct
 *                                           iommu_viommu_arm_smmuv3_invalidate
 */
enum iommu_hwpt_invalidate_data_type {
	IOMMU_HWPT_INVALIDATE_DATA_VTD_S1	= 0,
	IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3	= 1,
};

/**
 * enum iommu_hwpt_vtd_s1_invalidate_flags - scope of a VT-d invalidation
 * @IOMMU_VTD_INV_FLAGS_LEAF: only leaf entries changed, so that the caches of
 *                            upper levels may stay
 */
enum iommu_hwpt_vtd_s1_invalidate_flags {
	IOMMU_VTD_INV_FLAGS_LEAF	= 0x1,
};

/**
 * struct iommu_hwpt_vtd_s1_invalidate - forget VT-d first-stage translations
 * @addr: first address, a multiple of 4 KiB; 0 for everything
 * @npages: 4 KiB pages from there; all bits set for everything
 * @flags: bits of enum iommu_hwpt_vtd_s1_invalidate_flags
 * @__reserved: zero
 *
 * Reaches the IOTLB of the unit and the device TLBs of all devices that use the
 * table.
 */
struct iommu_hwpt_vtd_s1_invalidate {
	__aligned_u64 addr;
	__aligned_u64 npages;
	__u32 flags;
	__u32 __reserved;
};

/**
 * struct iommu_viommu_arm_smmuv3_invalidate - one command of a guest's queue
 * @cmd: the command, little endian; stream ids are those of the guest, which
 *       IOMMU_VDEVICE_ALLOC made known
 */
struct iommu_viommu_arm_smmuv3_invalidate {
	__aligned_le64 cmd[2];
};

/**
 * struct iommu_hwpt_invalidate - IOMMU_HWPT_INVALIDATE: forget translations of
 *                                tables that user space owns
 * @size: bytes of this structure, as compiled
 * @hwpt_id: a nested page table, or a vIOMMU
 * @data_uptr: user pointer to an array of entries
 * @data_type: a value of enum iommu_hwpt_invalidate_data_type
 * @entry_len: bytes from one entry to the next, at most a page
 * @entry_num: in: entries in the array, at most 2^19; out: entries done, also
 *             if the call fails
 * @__reserved: zero
 *
 * An empty array changes nothing and tells whether the type is supported.
 *
 * Errors:
 *  - ENOENT: no such object.
 *  - EINVAL: the object is of a kind that the kernel invalidates by
 *    itself, the array's shape is wrong, or an entry is.
 *  - EOPNOTSUPP: an entry has an unknown flag, or the driver offers none.
 */
struct iommu_hwpt_invalidate {
	__u32 size;
	__u32 hwpt_id;
	__aligned_u64 data_uptr;
	__u32 data_type;
	__u32 entry_len;
	__u32 entry_num;
	__u32 __reserved;
};

/**
 * enum iommu_hwpt_pgfault_flags - what a page fault record says
 * @IOMMU_PGFAULT_FLAGS_PASID_VALID: the member pasid has a meaning
 * @IOMMU_PGFAULT_FLAGS_LAST_PAGE: last record of its group
 */
enum iommu_hwpt_pgfault_flags {
	IOMMU_PGFAULT_FLAGS_PASID_VALID	= 0x1,
	IOMMU_PGFAULT_FLAGS_LAST_PAGE	= 0x2,
};

/**
 * enum iommu_hwpt_pgfault_perm - the access that faulted
 * @IOMMU_PGFAULT_PERM_READ: a read
 * @IOMMU_PGFAULT_PERM_WRITE: a write
 * @IOMMU_PGFAULT_PERM_EXEC: an instruction fetch
 * @IOMMU_PGFAULT_PERM_PRIV: with privilege
 */
enum iommu_hwpt_pgfault_perm {
	IOMMU_PGFAULT_PERM_READ		= 0x1,
	IOMMU_PGFAULT_PERM_WRITE	= 0x2,
	IOMMU_PGFAULT_PERM_EXEC		= 0x4,
	IOMMU_PGFAULT_PERM_PRIV		= 0x8,
};

/**
 * struct iommu_hwpt_pgfault - a page fault, as read from a fault queue
 * @flags: bits of enum iommu_hwpt_pgfault_flags
 * @dev_id: the device that faulted
 * @pasid: the PASID it used
 * @grpid: the device's number for the group
 * @perm: bits of enum iommu_hwpt_pgfault_perm
 * @__reserved: zero
 * @addr: the address it wanted
 * @length: bytes from there that the device would like, 0 if it did not say
 * @cookie: names the group in the answer
 */
struct iommu_hwpt_pgfault {
	__u32 flags;
	__u32 dev_id;
	__u32 pasid;
	__u32 grpid;
	__u32 perm;
	__u32 __reserved;
	__aligned_u64 addr;
	__u32 length;
	__u32 cookie;
};

/**
 * enum iommufd_page_response_code - answer to a page fault
 * @IOMMUFD_PAGE_RESP_SUCCESS: the page is there now, try again
 * @IOMMUFD_PAGE_RESP_INVALID: there will be no page, give up
 */
enum iommufd_page_response_code {
	IOMMUFD_PAGE_RESP_SUCCESS	= 0,
	IOMMUFD_PAGE_RESP_INVALID	= 1,
};

/**
 * struct iommu_hwpt_page_response - an answer, as written to a fault queue
 * @cookie: the group that is answered
 * @code: a value of enum iommufd_page_response_code
 */
struct iommu_hwpt_page_response {
	__u32 cookie;
	__u32 code;
};

/**
 * struct iommu_fault_alloc - IOMMU_FAULT_QUEUE_ALLOC: create a fault queue
 * @size: bytes of this structure, as compiled
 * @flags: none defined
 * @out_fault_id: id of the queue, for IOMMU_HWPT_ALLOC
 * @out_fault_fd: file to read faults from and write answers to
 *
 * A read returns whole groups of struct iommu_hwpt_pgfault, and nothing at once
 * if there is none; poll() tells when there is one. A write takes any number of
 * struct iommu_hwpt_page_response. The queue lives until the file is closed and
 * the id destroyed; what is unanswered then gets IOMMUFD_PAGE_RESP_INVALID.
 */
struct iommu_fault_alloc {
	__u32 size;
	__u32 flags;
	__u32 out_fault_id;
	__u32 out_fault_fd;
};

/**
 * enum iommu_viommu_type - models of a virtual IOMMU
 * @IOMMU_VIOMMU_TYPE_DEFAULT: none; not accepted
 * @IOMMU_VIOMMU_TYPE_ARM_SMMUV3: a slice of an Arm SMMUv3
 * @IOMMU_VIOMMU_TYPE_TEGRA241_CMDQV: an SMMUv3 with Tegra241 CMDQ-V queues,
 *                                    struct iommu_viommu_tegra241_cmdqv
 */
enum iommu_viommu_type {
	IOMMU_VIOMMU_TYPE_DEFAULT		= 0,
	IOMMU_VIOMMU_TYPE_ARM_SMMUV3		= 1,
	IOMMU_VIOMMU_TYPE_TEGRA241_CMDQV	= 2,
};

/**
 * struct iommu_viommu_tegra241_cmdqv - where a guest finds its CMDQ-V interface
 * @out_vintf_mmap_offset: offset for mmap() on the /dev/iommu file
 * @out_vintf_mmap_length: length for mmap()
 */
struct iommu_viommu_tegra241_cmdqv {
	__aligned_u64 out_vintf_mmap_offset;
	__aligned_u64 out_vintf_mmap_length;
};

/**
 * struct iommu_viommu_alloc - IOMMU_VIOMMU_ALLOC: create a virtual IOMMU
 * @size: bytes of this structure, as compiled
 * @flags: none defined
 * @type: a value of enum iommu_viommu_type
 * @dev_id: a bound device behind the physical IOMMU that is to be shared
 * @hwpt_id: a nest parent, which translates the guest's physical addresses
 * @out_viommu_id: id of the vIOMMU
 * @data_len: bytes at @data_uptr
 * @__reserved: zero
 * @data_uptr: user pointer to the structure of the type, if it has one
 *
 * Represents, for one guest, a part of one physical IOMMU: its invalidation
 * queue, its events and its device ids.
 *
 * Errors:
 *  - ENOENT: no such device or page table.
 *  - EINVAL: the page table is not a nest parent.
 *  - EOPNOTSUPP: the driver does not have this type.
 */
struct iommu_viommu_alloc {
	__u32 size;
	__u32 flags;
	__u32 type;
	__u32 dev_id;
	__u32 hwpt_id;
	__u32 out_viommu_id;
	__u32 data_len;
	__u32 __reserved;
	__aligned_u64 data_uptr;
};

/**
 * struct iommu_vdevice_alloc - IOMMU_VDEVICE_ALLOC: give a device a virtual id
 * @size: bytes of this structure, as compiled
 * @viommu_id: the vIOMMU that the guest sees the device behind
 * @dev_id: the bound device
 * @out_vdevice_id: id of the new object
 * @virt_id: what the guest calls the device: stream id, source id, and so on
 *
 * Goes away with the device's binding; its id then stays unusable until the
 * context is closed.
 *
 * Errors:
 *  - ENOENT: no such vIOMMU or device, or the device is being unbound.
 *  - EINVAL: the device is behind another physical IOMMU, or @virt_id
 *    exceeds an unsigned long.
 *  - EEXIST: the device has a virtual id already, or the id is taken.
 */
struct iommu_vdevice_alloc {
	__u32 size;
	__u32 viommu_id;
	__u32 dev_id;
	__u32 out_vdevice_id;
	__aligned_u64 virt_id;
};

/**
 * struct iommu_ioas_change_process - IOMMU_IOAS_CHANGE_PROCESS: take over the
 *                                    memory charge of a context
 * @size: bytes of this structure, as compiled
 * @__reserved: zero
 *
 * For a process that got the file from another one and keeps the devices
 * running. All pinned memory is charged to the caller and no longer to whoever
 * mapped it. Needs every mapping to come from IOMMU_IOAS_MAP_FILE.
 *
 * Errors:
 *  - EINVAL: some memory belongs to a process or to a dma-buf.
 *  - EBUSY: another thread is mapping or unmapping.
 *  - ENOMEM: the caller's limit is too low; nothing has changed.
 */
struct iommu_ioas_change_process {
	__u32 size;
	__u32 __reserved;
};

/**
 * enum iommu_veventq_flag - what a virtual event record says
 * @IOMMU_VEVENTQ_FLAG_LOST_EVENTS: no data follows; events were dropped here
 */
enum iommu_veventq_flag {
	IOMMU_VEVENTQ_FLAG_LOST_EVENTS	= 0x1,
};

/**
 * struct iommufd_vevent_header - start of each record of a virtual event queue
 * @flags: bits of enum iommu_veventq_flag
 * @sequence: number of the event, from 0 to INT_MAX and around; a gap tells how
 *            many were lost
 */
struct iommufd_vevent_header {
	__u32 flags;
	__u32 sequence;
};

/**
 * enum iommu_veventq_type - which structure follows the header
 * @IOMMU_VEVENTQ_TYPE_DEFAULT: none; not accepted
 * @IOMMU_VEVENTQ_TYPE_ARM_SMMUV3: struct iommu_vevent_arm_smmuv3
 * @IOMMU_VEVENTQ_TYPE_TEGRA241_CMDQV: struct iommu_vevent_tegra241_cmdqv
 */
enum iommu_veventq_type {
	IOMMU_VEVENTQ_TYPE_DEFAULT		= 0,
	IOMMU_VEVENTQ_TYPE_ARM_SMMUV3		= 1,
	IOMMU_VEVENTQ_TYPE_TEGRA241_CMDQV	= 2,
};

/**
 * struct iommu_vevent_arm_smmuv3 - a record of an SMMUv3 event queue
 * @evt: the record, little endian, with the guest's stream id
 */
struct iommu_vevent_arm_smmuv3 {
	__aligned_le64 evt[4];
};

/**
 * struct iommu_vevent_tegra241_cmdqv - an error of CMDQ-V queues
 * @lvcmdq_err_map: one bit for each queue of the virtual interface, little
 *                  endian
 */
struct iommu_vevent_tegra241_cmdqv {
	__aligned_le64 lvcmdq_err_map[2];
};

/**
 * struct iommu_veventq_alloc - IOMMU_VEVENTQ_ALLOC: create an event queue
 * @size: bytes of this structure, as compiled
 * @flags: none defined
 * @viommu_id: the vIOMMU whose events are wanted
 * @type: a value of enum iommu_veventq_type
 * @veventq_depth: events kept until read, from 1 to 2^19
 * @out_veventq_id: id of the queue
 * @out_veventq_fd: file to read events from
 * @__reserved: zero
 *
 * A read returns whole records, each a struct iommufd_vevent_header and the
 * structure of the type, and nothing at once if there is none; poll() tells when
 * there is one. When the queue is full the newest events are dropped and a header
 * with IOMMU_VEVENTQ_FLAG_LOST_EVENTS marks the place.
 *
 * Errors:
 *  - ENOENT: no such vIOMMU.
 *  - EINVAL: the depth is out of range.
 *  - EEXIST: the vIOMMU has a queue of this type.
 */
struct iommu_veventq_alloc {
	__u32 size;
	__u32 flags;
	__u32 viommu_id;
	__u32 type;
	__u32 veventq_depth;
	__u32 out_veventq_id;
	__u32 out_veventq_fd;
	__u32 __reserved;
};

/**
 * enum iommu_hw_queue_type - kinds of queue that hardware reads from a guest
 * @IOMMU_HW_QUEUE_TYPE_DEFAULT: none; not accepted
 * @IOMMU_HW_QUEUE_TYPE_TEGRA241_CMDQV: a command queue of a Tegra241 CMDQ-V
 */
enum iommu_hw_queue_type {
	IOMMU_HW_QUEUE_TYPE_DEFAULT		= 0,
	IOMMU_HW_QUEUE_TYPE_TEGRA241_CMDQV	= 1,
};

/**
 * struct iommu_hw_queue_alloc - IOMMU_HW_QUEUE_ALLOC: hand a guest's queue to
 *                               the hardware
 * @size: bytes of this structure, as compiled
 * @flags: none defined
 * @viommu_id: the vIOMMU that the queue belongs to
 * @type: a value of enum iommu_hw_queue_type
 * @index: which queue of the vIOMMU; the driver says which are possible
 * @out_hw_queue_id: id of the new object
 * @nesting_parent_iova: guest physical address of the queue
 * @length: bytes of the queue
 *
 * The memory has to be mapped in the IOAS of the vIOMMU's nest parent and be
 * contiguous in physical memory. It cannot be unmapped while the queue exists.
 *
 * Errors:
 *  - ENOENT: no such vIOMMU, or the range is not mapped.
 *  - EINVAL: a length of 0, or an index that the driver refuses.
 *  - EFAULT: the memory is not physically contiguous.
 *  - EEXIST: the index is in use.
 *  - EOPNOTSUPP: the driver has no queues of this type.
 */
struct iommu_hw_queue_alloc {
	__u32 size;
	__u32 flags;
	__u32 viommu_id;
	__u32 type;
	__u32 index;
	__u32 out_hw_queue_id;
	__aligned_u64 nesting_parent_iova;
	__aligned_u64 length;
};

#endif /* _UAPI_LINUX_IOMMUFD_H */
