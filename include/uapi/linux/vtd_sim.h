/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Simulated VT-d units and PCI functions behind them: /dev/vtd-sim, and the
 * interface of the functions themselves.
 *
 * The device exists with CONFIG_INTEL_IOMMU_SIM and the kernel parameter
 * vtd_sim=. Only root may open it: the functions are DMA masters like any
 * other. See Documentation/driver-api/vtd/sim.rst.
 */
#ifndef _UAPI_LINUX_VTD_SIM_H
#define _UAPI_LINUX_VTD_SIM_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * Each ioctl takes a structure that starts with its own size. Memory behind what
 * this kernel knows must be zero, else E2BIG; what the caller does not know is 0.
 */

/**
 * enum vtd_sim_profile - what a unit can do
 * @VTD_SIM_LEGACY: legacy mode: second stage only
 * @VTD_SIM_SECOND: scalable mode with second stage, PASIDs
 * @VTD_SIM_FIRST: scalable mode with first stage, PASIDs
 * @VTD_SIM_FULL: both, nested, PASIDs of 20 bits, page requests, dirty bits,
 *	five levels
 * @VTD_SIM_FULL_CM: the same with caching mode
 * @VTD_SIM_FULL_INCOHERENT: the same, whose walks are not coherent (C=0)
 * @VTD_SIM_PROFILES: how many there are
 */
enum vtd_sim_profile {
	VTD_SIM_LEGACY,
	VTD_SIM_SECOND,
	VTD_SIM_FIRST,
	VTD_SIM_FULL,
	VTD_SIM_FULL_CM,
	VTD_SIM_FULL_INCOHERENT,
	VTD_SIM_PROFILES,
};

/**
 * enum vtd_sim_retention - how long the caches of a unit keep what they have
 * @VTD_SIM_KEEP_ALL: until it is invalidated: a missing invalidation always shows
 * @VTD_SIM_KEEP_NONE: not at all
 * @VTD_SIM_KEEP_SEEDED: entries are dropped now and then, by the seed
 */
enum vtd_sim_retention {
	VTD_SIM_KEEP_ALL,
	VTD_SIM_KEEP_NONE,
	VTD_SIM_KEEP_SEEDED,
};

#define VTD_SIM_CAPS_LEN	128

/**
 * struct vtd_sim_unit_add - add a unit, with a PCI segment of its own
 * @size: sizeof(struct vtd_sim_unit_add)
 * @profile: enum vtd_sim_profile
 * @retention: enum vtd_sim_retention
 * @flags: 0
 * @seed: for everything that is done by seed. 0: where the architecture leaves a
 *	choice, it is always the one that software can rely on least; else the seed decides
 * @caps: capabilities that are struck out: names of the architecture in small
 *	letters, each with "-" in front, separated by commas: "-pasid,-esrtps".
 *	"+cm" adds caching mode. Terminated by NUL
 * @out_unit: names the unit in other calls
 * @out_segment: its PCI segment, which is the domain of its functions' addresses
 * @page_reads: a page request is in the queue of the unit after so many reads of
 *	registers, or when the queue is drained; 0: at once
 * @timeout_reads: the unit gives up on an invalidation request that a function does not
 *	complete after so many reads of registers; 0: 1000
 *
 * Return: 0; -EINVAL for a field, or capabilities that no unit can have (the
 * kernel log says why); -E2BIG; -ENOSPC if there are too many units or no memory
 * of the parameter vtd_sim= is left; -EOPNOTSUPP if remapping is off; -ENOMEM;
 * an error of the driver that brings the unit up.
 */
struct vtd_sim_unit_add {
	__u32 size;
	__u32 profile;
	__u32 retention;
	__u32 flags;
	__aligned_u64 seed;
	char caps[VTD_SIM_CAPS_LEN];
	__u32 out_unit;
	__u32 out_segment;
	__u32 page_reads;
	__u32 timeout_reads;
};

/**
 * struct vtd_sim_unit_remove - remove a unit
 * @size: sizeof(struct vtd_sim_unit_remove)
 * @unit: the unit
 *
 * Return: 0; -ENOENT; -EBUSY if functions are left behind it.
 */
struct vtd_sim_unit_remove {
	__u32 size;
	__u32 unit;
};

/**
 * enum vtd_sim_type - what a function is
 * @VTD_SIM_ENGINE: the DMA engine of struct vtd_sim_doorbell
 * @VTD_SIM_ITEST: the same, and the polled registers of the public test
 *	function 1234:11e9 at the start of BAR 0; its data is in the first
 *	page of BAR 2
 * @VTD_SIM_TYPES: how many there are
 */
enum vtd_sim_type {
	VTD_SIM_ENGINE,
	VTD_SIM_ITEST,
	VTD_SIM_TYPES,
};

#define VTD_SIM_FUNCTION_NO_ATS		(1u << 0)
#define VTD_SIM_FUNCTION_NO_PASID	(1u << 1)
#define VTD_SIM_FUNCTION_NO_PRI		(1u << 2)
#define VTD_SIM_FUNCTION_SRIOV		(1u << 3)

/**
 * struct vtd_sim_function_add - add a PCI function, which appears at once
 * @size: sizeof(struct vtd_sim_function_add)
 * @unit: behind this unit
 * @type: enum vtd_sim_type
 * @flags: VTD_SIM_FUNCTION_NO_*: capabilities that it lacks; VTD_SIM_FUNCTION_SRIOV: it
 *	has up to VTD_SIM_VFS virtual functions, of type VTD_SIM_ENGINE
 * @out_slot: its address is SEGMENT:00:SLOT.0; virtual function N is SEGMENT:00:SLOT.N
 * @__reserved: 0
 *
 * Return: 0; -EINVAL, -E2BIG, -ENOENT; -ENOSPC if all slots or all memory of
 * vtd_sim= are taken; -ENOMEM.
 */
struct vtd_sim_function_add {
	__u32 size;
	__u32 unit;
	__u32 type;
	__u32 flags;
	__u32 out_slot;
	__u32 __reserved;
};

/**
 * struct vtd_sim_function_remove - a function leaves its slot
 * @size: sizeof(struct vtd_sim_function_remove)
 * @unit: the unit
 * @slot: the slot
 * @__reserved: 0
 *
 * Return: 0; -EINVAL, -ENOENT; -EBUSY if a driver is bound to it.
 */
struct vtd_sim_function_remove {
	__u32 size;
	__u32 unit;
	__u32 slot;
	__u32 __reserved;
};

#define VTD_SIM_IGNORE_INVALIDATIONS	(1u << 0)
#define VTD_SIM_KEEP_TRANSLATIONS	(1u << 1)
#define VTD_SIM_COMPLETE_TWICE		(1u << 2)
#define VTD_SIM_MAY_FORGE		(1u << 3)
#define VTD_SIM_MAY_FLOOD		(1u << 4)
#define VTD_SIM_ASK_AGAIN		(1u << 5)

/**
 * struct vtd_sim_behave - how a function takes invalidation requests
 * @size: sizeof(struct vtd_sim_behave)
 * @unit: the unit
 * @slot: the slot
 * @flags: VTD_SIM_IGNORE_INVALIDATIONS: they are never completed;
 *	VTD_SIM_KEEP_TRANSLATIONS: they are completed, and nothing is forgotten;
 *	VTD_SIM_COMPLETE_TWICE: they are completed once more;
 *	VTD_SIM_MAY_FORGE: VTD_SIM_OP_FORGED works, so whoever drives the function
 *	reaches all memory of the machine where ATS is on;
 *	VTD_SIM_MAY_FLOOD: it sends more page requests than software allows, up to
 *	8192 in one operation, and keeps no account of them;
 *	VTD_SIM_ASK_AGAIN: before one is completed, the function asks once more for
 *	the last translation that it asked for
 * @late: they are completed after so many reads of registers
 * @vf: number of a virtual function, enabled or not; 0: the function in the slot
 *
 * A reset of the function does not change it.
 *
 * Return: 0; -EINVAL, -E2BIG, -ENOENT.
 */
struct vtd_sim_behave {
	__u32 size;
	__u32 unit;
	__u32 slot;
	__u32 flags;
	__u32 late;
	__u32 vf;
};

/**
 * struct vtd_sim_counters - what a unit has done so far
 * @size: sizeof(struct vtd_sim_counters)
 * @unit: the unit
 * @reads: register reads
 * @writes: register writes
 * @requests: requests of functions
 * @faults: of these, met a fault condition
 * @invalidations: invalidation requests to functions
 * @page_requests: page requests of functions
 * @responses: responses to these, those that the unit gives by itself included
 * @stale: cache entries that were used though memory said otherwise
 * @stale_device: the same for device TLBs
 * @misuse: what software did and the architecture forbids
 * @events: interrupt messages of the unit
 * @dropped: cache entries that a full cache dropped
 * @refusals: responses that were not success
 * @strays: responses to groups that no function waits for
 * @streamed: operations of streams
 * @stale_streamed: stale hits of these, which are in neither @stale nor
 *	@stale_device: they are lawful until the invalidation is over
 * @mixed: fetches of an entry that changes, made of pieces of different times, that were
 *	tried for a stream
 * @torn: of these, led to what the entry as a whole never meant
 */
struct vtd_sim_counters {
	__u32 size;
	__u32 unit;
	__aligned_u64 reads;
	__aligned_u64 writes;
	__aligned_u64 requests;
	__aligned_u64 faults;
	__aligned_u64 invalidations;
	__aligned_u64 page_requests;
	__aligned_u64 responses;
	__aligned_u64 stale;
	__aligned_u64 stale_device;
	__aligned_u64 misuse;
	__aligned_u64 events;
	__aligned_u64 dropped;
	__aligned_u64 refusals;
	__aligned_u64 strays;
	__aligned_u64 streamed;
	__aligned_u64 stale_streamed;
	__aligned_u64 mixed;
	__aligned_u64 torn;
};

/**
 * struct vtd_sim_stale - a cache entry was used though memory said otherwise
 * @addr: input address
 * @word_addr: where the first word is that changed; 0: a pointer to it did
 * @was: what it was when the entry was made
 * @now: what it was when the entry was used
 * @filled: when that was, in operations of the unit
 * @used: when that was
 * @needed: a descriptor that would have removed the entry
 * @pasid: of the entry
 * @cache: 0 context, 1 PASID, 2 IOTLB, 3 second-stage and 4 first-stage upper
 *	levels, 5 interrupts, 6 device TLB
 * @source: source id of the request
 * @domain: domain id of the entry
 */
struct vtd_sim_stale {
	__aligned_u64 addr;
	__aligned_u64 word_addr;
	__aligned_u64 was;
	__aligned_u64 now;
	__aligned_u64 filled;
	__aligned_u64 used;
	__aligned_u64 needed[4];
	__u32 pasid;
	__u32 cache;
	__u32 source;
	__u32 domain;
};

/**
 * struct vtd_sim_trace - a request of a function, and what became of it
 * @addr: input address
 * @host: where it went
 * @nbytes: how much
 * @pasid: with @has_pasid
 * @source: source id
 * @access: 0 write, 1 read, 2 page request, 3 atomic
 * @at: 0 untranslated, 1 translation request, 2 translated
 * @has_pasid: carried a PASID
 * @verdict: 0 done, else refused
 * @reason: fault reason that was met; 0 for none
 * @stale: stale cache entries on the way
 */
struct vtd_sim_trace {
	__aligned_u64 addr;
	__aligned_u64 host;
	__u32 nbytes;
	__u32 pasid;
	__u16 source;
	__u8 access;
	__u8 at;
	__u8 has_pasid;
	__u8 verdict;
	__u8 reason;
	__u8 stale;
};

/**
 * struct vtd_sim_log - read the last entries of a log, the newest last
 * @size: sizeof(struct vtd_sim_log)
 * @unit: the unit
 * @entries: an array of struct vtd_sim_trace or struct vtd_sim_stale
 * @nr: in: room of the array; out: entries that were written
 * @__reserved: 0
 *
 * Return: 0; -EINVAL, -E2BIG, -ENOENT, -EFAULT, -ENOMEM.
 */
struct vtd_sim_log {
	__u32 size;
	__u32 unit;
	__aligned_u64 entries;
	__u32 nr;
	__u32 __reserved;
};

#define VTD_SIM_LOG_MAX	256

/**
 * struct vtd_sim_sva_bind - a function may use the memory of the calling process
 * @size: sizeof(struct vtd_sim_sva_bind)
 * @unit: the unit
 * @slot: the slot of the function, which the driver vtd-sim-sva has
 * @out_fd: closing it ends that
 * @out_pasid: the PASID by which the function reaches the process, whose addresses are
 *	those of the process
 * @__reserved: 0
 *
 * The doorbell of the function is in its config space, see struct vtd_sim_doorbell.
 *
 * Return: 0; -EINVAL, -E2BIG, -ENOENT; -ENODEV if there is no such function, another
 * driver has it, or the unit or the function cannot do it; -EOPNOTSUPP without
 * CONFIG_INTEL_IOMMU_SVM; -ENOSPC if no PASID is left; -ENOMEM, -EMFILE.
 */
struct vtd_sim_sva_bind {
	__u32 size;
	__u32 unit;
	__u32 slot;
	__s32 out_fd;
	__u32 out_pasid;
	__u32 __reserved;
};

/**
 * struct vtd_sim_predict - what would a unit of this machine do with a request?
 * @size: sizeof(struct vtd_sim_predict)
 * @segment: PCI segment of a device
 * @source: its bus number and function, 8 bits each
 * @access: 0 write, 1 read
 * @addr: input address
 * @nbytes: how much; inside 4 KiB
 * @__reserved: 0
 * @out_host: the host's address
 * @out_size: bytes of the page around it
 * @out_verdict: 0 done, else refused
 * @out_reason: fault reason that was met; 0 for none
 * @out_also: further reasons that the architecture allows
 * @out_recorded: the fault is recorded
 *
 * The model of the simulated units walks the tables of the unit in front of the device,
 * real or emulated, and changes nothing. Caches of that unit are unknown to it.
 *
 * Return: 0; -EINVAL, -E2BIG; -ENODEV if there is no such device, or no unit in front
 * of it; -EOPNOTSUPP if there can be no unit like this (the kernel log says why);
 * -ENOMEM.
 */
struct vtd_sim_predict {
	__u32 size;
	__u16 segment;
	__u16 source;
	__aligned_u64 addr;
	__u32 nbytes;
	__u8 access;
	__u8 __reserved[3];
	__aligned_u64 out_host;
	__aligned_u64 out_size;
	__u8 out_verdict;
	__u8 out_reason;
	__u8 out_also[2];
	__u32 out_recorded;
};

/**
 * struct vtd_sim_spoil - change a word of a table in front of a device, for a test
 * @size: sizeof(struct vtd_sim_spoil)
 * @segment: PCI segment of the device
 * @source: its bus number and function, 8 bits each
 * @addr: input address
 * @nth: which of the words of 8 bytes that a walk for @addr reads, from the root on
 * @__reserved: 0
 * @mask: bits that change; 0 to look only
 * @bits: what they become
 * @out_at: address of the word
 * @out_old: what it was
 *
 * The tables are those of VTD_SIM_PREDICT, and who has written them does not know: whoever
 * spoils a word makes it good again before the tables are changed, or the kernel follows what
 * it finds there. The caches of the unit are not invalidated. The kernel is tainted.
 *
 * Return: 0; -EINVAL, -E2BIG; -EOPNOTSUPP but for kernels with CONFIG_INTEL_IOMMU_KUNIT_TEST;
 * -ENODEV, -ENOMEM as for VTD_SIM_PREDICT; -ENOENT if the walk has no such word; -EAGAIN if
 * another has changed it at the same time.
 */
struct vtd_sim_spoil {
	__u32 size;
	__u16 segment;
	__u16 source;
	__aligned_u64 addr;
	__u32 nth;
	__u32 __reserved;
	__aligned_u64 mask;
	__aligned_u64 bits;
	__aligned_u64 out_at;
	__aligned_u64 out_old;
};

#define VTD_SIM_IOC		0xba
#define VTD_SIM_UNIT_ADD	_IO(VTD_SIM_IOC, 0x80)
#define VTD_SIM_UNIT_REMOVE	_IO(VTD_SIM_IOC, 0x81)
#define VTD_SIM_FUNCTION_ADD	_IO(VTD_SIM_IOC, 0x82)
#define VTD_SIM_FUNCTION_REMOVE	_IO(VTD_SIM_IOC, 0x83)
#define VTD_SIM_BEHAVE		_IO(VTD_SIM_IOC, 0x84)
#define VTD_SIM_COUNTERS	_IO(VTD_SIM_IOC, 0x85)
#define VTD_SIM_TRACE		_IO(VTD_SIM_IOC, 0x86)
#define VTD_SIM_STALE		_IO(VTD_SIM_IOC, 0x87)
#define VTD_SIM_SVA_BIND	_IO(VTD_SIM_IOC, 0x88)
#define VTD_SIM_PREDICT		_IO(VTD_SIM_IOC, 0x89)
#define VTD_SIM_SPOIL		_IO(VTD_SIM_IOC, 0x8a)

/* ---- The functions ------------------------------------------------------- */

#define VTD_SIM_PCI_VENDOR	0x1234
#define VTD_SIM_PCI_ENGINE	0x11ea
#define VTD_SIM_PCI_ITEST	0x11e9
#define VTD_SIM_PCI_VF		0x11eb

/* BAR 0: registers. BAR 2: memory of the function. BAR 4: MSI-X. */
#define VTD_SIM_BAR0_SIZE	0x1000
#define VTD_SIM_BAR2_SIZE	0x10000
#define VTD_SIM_BAR4_SIZE	0x1000
#define VTD_SIM_VECTORS		8
#define VTD_SIM_VFS		4

/* BAR 0 of VTD_SIM_ITEST, polled by the function. */
#define VTD_SIM_ITEST_ADDR	0x0	/* 64 bits: I/O address */
#define VTD_SIM_ITEST_CMD	0x8	/* 32 bits */
#define VTD_SIM_ITEST_BUSY	0x1	/* reads 1 until the command is done */
#define VTD_SIM_ITEST_IN	0x3	/* 4 KiB from memory into the function */
#define VTD_SIM_ITEST_OUT	0x1	/* and back */

/**
 * struct vtd_sim_doorbell - the vendor-specific capability of a function
 * @id: PCI capability id 9
 * @next: next capability
 * @len: sizeof(struct vtd_sim_doorbell)
 * @version: 2
 * @magic: VTD_SIM_MAGIC
 * @addr_lo: I/O address
 * @addr_hi: I/O address
 * @nbytes: how much; 1 to VTD_SIM_OP_BYTES. VTD_SIM_OP_PAGE: 0 is one page
 * @offset: where in BAR 2
 * @pasid: with VTD_SIM_OP_PASID; 20 bits
 * @command: VTD_SIM_OP_* and flags. A write to its lowest byte is the doorbell:
 *	when it has returned, the operation is over
 * @status: enum vtd_sim_status of the last operation
 * @done: bytes that were transferred
 * @operand: of atomic operations, lower and upper half; VTD_SIM_OP_GROUP
 * @compare: of VTD_SIM_OP_CAS, likewise
 * @stream_left: operations of the stream that are still to come
 * @stream_done: those that were done
 * @stream_failed: of these, in vain
 * @stream_status: how the first of those ended
 *
 * Everything is in little endian. Read-only for software: @id to @magic, @status,
 * @done, and what is behind @compare. Works as long as the function is a bus master
 * in power state D0.
 */
struct vtd_sim_doorbell {
	__u8 id;
	__u8 next;
	__u8 len;
	__u8 version;
	__le32 magic;
	__le32 addr_lo;
	__le32 addr_hi;
	__le32 nbytes;
	__le32 offset;
	__le32 pasid;
	__le32 command;
	__le32 status;
	__le32 done;
	__le32 operand[2];
	__le32 compare[2];
	__le32 stream_left;
	__le32 stream_done;
	__le32 stream_failed;
	__le32 stream_status;
};

#define VTD_SIM_MAGIC		0x4d495356	/* "VSIM" */

/* The machine's config space is locked, and interrupts are off, for that long. */
#define VTD_SIM_OP_BYTES	0x4000

#define VTD_SIM_OP_READ		0x01	/* from memory into BAR 2 */
#define VTD_SIM_OP_WRITE	0x02	/* from BAR 2 to memory */
#define VTD_SIM_OP_ADD		0x03	/* 8 bytes += operand; old value to BAR 2 */
#define VTD_SIM_OP_CAS		0x04	/* 8 bytes = operand if they are compare; likewise */
#define VTD_SIM_OP_PAGE		0x05	/* a group of page requests, one for each page */
#define VTD_SIM_OP_FETCH	0x06	/* fill the device TLB, transfer nothing */
#define VTD_SIM_OP_STOP		0x07	/* stop marker of the PASID */
#define VTD_SIM_OP_END_STREAM	0x08	/* end the stream; no flags */
#define VTD_SIM_OP_MASK		0xff
#define VTD_SIM_OP_PASID	(1u << 8)	/* with the PASID */
#define VTD_SIM_OP_PRIVILEGED	(1u << 9)
#define VTD_SIM_OP_ATS		(1u << 10)	/* through the device TLB */
#define VTD_SIM_OP_FORGED	(1u << 11)	/* a translated request, never asked for */
#define VTD_SIM_OP_NO_SNOOP	(1u << 12)
#define VTD_SIM_OP_INTERRUPT	(1u << 13)	/* MSI-X vector in bits 23:16 at the end */
#define VTD_SIM_OP_VECTOR	0x00ff0000u
/* Of VTD_SIM_OP_PAGE alone */
#define VTD_SIM_OP_MORE		(1u << 14)	/* the last of the group comes later */
#define VTD_SIM_OP_GROUP	(1u << 15)	/* its index is in operand; else the next one */
#define VTD_SIM_OP_ALONE	(1u << 24)	/* each page is a group */
#define VTD_SIM_OP_READ_ONLY	(1u << 25)	/* to be read; else read and written */
/*
 * A stream: READ, WRITE or FETCH of at most 4 KiB, as often as the lower half of the
 * operand says, in the background. Other operations go on meanwhile.
 */
#define VTD_SIM_OP_STREAM	(1u << 26)
/*
 * READ or WRITE by a list: @addr is its place in BAR 2, @nbytes its size. What its
 * segments name is one piece in BAR 2, from @offset on; together at most
 * VTD_SIM_OP_BYTES. The first segment that fails ends it; a list that makes no sense
 * moves nothing.
 */
#define VTD_SIM_OP_LIST		(1u << 27)

#define VTD_SIM_SEGMENTS	64

/**
 * struct vtd_sim_segment - an entry of a list
 * @addr: I/O address
 * @nbytes: how much; not 0
 * @__reserved: 0
 */
struct vtd_sim_segment {
	__le64 addr;
	__le32 nbytes;
	__le32 __reserved;
};

/**
 * enum vtd_sim_status - how an operation ended
 * @VTD_SIM_OK: done
 * @VTD_SIM_PENDING: VTD_SIM_OP_PAGE: not answered yet
 * @VTD_SIM_BAD_COMMAND: no such operation or flag
 * @VTD_SIM_BAD_RANGE: not inside BAR 2, too much, not aligned, or nothing to do
 * @VTD_SIM_NO_MASTER: bus mastering is off, or the function sleeps
 * @VTD_SIM_NO_CAP: needs ATS, PASID or PRI, which is off, or VTD_SIM_MAY_FORGE
 * @VTD_SIM_BLOCKED: the unit refused the request
 * @VTD_SIM_NO_PERMISSION: the device TLB has a translation without the permission
 * @VTD_SIM_NO_MEMORY: translated to where there is no memory
 * @VTD_SIM_PAGE_FAILED: the page request was refused, or answered so
 */
enum vtd_sim_status {
	VTD_SIM_OK,
	VTD_SIM_PENDING,
	VTD_SIM_BAD_COMMAND,
	VTD_SIM_BAD_RANGE,
	VTD_SIM_NO_MASTER,
	VTD_SIM_NO_CAP,
	VTD_SIM_BLOCKED,
	VTD_SIM_NO_PERMISSION,
	VTD_SIM_NO_MEMORY,
	VTD_SIM_PAGE_FAILED,
};

#endif
