/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * libiommufd: /dev/iommu for programs in user space.
 *
 * A function returns 0, or where the comment says so a count; an error is
 * -errno, negative, and errno itself is not to be looked at. Nothing is global
 * and nothing is locked: two threads may use one file at the same time, as
 * far as the kernel lets them.
 *
 * A call with few members takes them as arguments. The others take the struct
 * of linux/iommufd.h, whose member size the caller has set to sizeof(): the
 * program and the library may be compiled with headers of different age.
 *
 * Documentation/userspace-api/iommufd/library.rst has a complete program.
 */
#ifndef LIBIOMMUFD_IOMMUFD_H
#define LIBIOMMUFD_IOMMUFD_H

#include <stddef.h>
#include <linux/types.h>
#include <linux/iommufd.h>
#include <linux/vfio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define IOMMUFD_API __attribute__((visibility("default")))

/* Of the library: major changes break programs, minor ones add functions. */
#define IOMMUFD_VERSION_MAJOR 0
#define IOMMUFD_VERSION_MINOR 2

/* ---- Files and objects ------------------------------------------------- */

/* @node: NULL for /dev/iommu. Returns a file, closed on exec. */
IOMMUFD_API int iommufd_open(const char *node);
/* Any ioctl, as it is, of /dev/iommu or of VFIO; returns what that does. */
IOMMUFD_API int iommufd_call(int fd, unsigned long request, void *arg);
IOMMUFD_API int iommufd_destroy(int fd, __u32 id);

/* @option: of enum iommufd_option; @object: 0 for the context. */
IOMMUFD_API int iommufd_option_get(int fd, __u32 option, __u32 object,
				   __u64 *value);
IOMMUFD_API int iommufd_option_set(int fd, __u32 option, __u32 object,
				   __u64 value);

/* The IOAS behind the container calls of VFIO on this file. */
IOMMUFD_API int iommufd_vfio_ioas_get(int fd, __u32 *ioas);
IOMMUFD_API int iommufd_vfio_ioas_set(int fd, __u32 ioas);
IOMMUFD_API int iommufd_vfio_ioas_clear(int fd);

/* ---- Address spaces ---------------------------------------------------- */

IOMMUFD_API int iommufd_ioas_alloc(int fd, __u32 *ioas);

/*
 * What can be mapped, and the alignment that maps need (@alignment may be
 * NULL). @num: in: room in @list; out: ranges there are, also with -EMSGSIZE,
 * which says that the room was too small.
 */
IOMMUFD_API int iommufd_ioas_ranges(int fd, __u32 ioas,
				    struct iommu_iova_range *list, __u32 *num,
				    __u64 *alignment);
/* The same with a list as long as needed, which the caller frees by free(). */
IOMMUFD_API int iommufd_ioas_ranges_all(int fd, __u32 ioas,
					struct iommu_iova_range **list,
					__u32 *num, __u64 *alignment);
/* Where maps without a fixed IOVA may go; @num 0: anywhere. */
IOMMUFD_API int iommufd_ioas_allow(int fd, __u32 ioas,
				   const struct iommu_iova_range *list,
				   __u32 num);

/*
 * @flags: of enum iommufd_ioas_map_flags. @iova: out: where; in, too, with
 * IOMMU_IOAS_MAP_FIXED_IOVA. Untouched on an error.
 */
IOMMUFD_API int iommufd_ioas_map(int fd, __u32 ioas, void *va, __u64 length,
				 __u32 flags, __u64 *iova);
IOMMUFD_API int iommufd_ioas_map_file(int fd, struct iommu_ioas_map_file *cmd);
IOMMUFD_API int iommufd_ioas_copy(int fd, struct iommu_ioas_copy *cmd);
/* @unmapped, unless NULL: the bytes that were mapped there; 0 on an error. */
IOMMUFD_API int iommufd_ioas_unmap(int fd, __u32 ioas, __u64 iova,
				   __u64 length, __u64 *unmapped);
IOMMUFD_API int iommufd_ioas_unmap_all(int fd, __u32 ioas, __u64 *unmapped);
/* Charges the caller for all pinned memory of the context. */
IOMMUFD_API int iommufd_ioas_change_process(int fd);
IOMMUFD_API int
iommufd_ioas_noiommu_get_pa(int fd, struct iommu_ioas_noiommu_get_pa *cmd);

/* ---- Page tables ------------------------------------------------------- */

IOMMUFD_API int iommufd_hwpt_alloc(int fd, struct iommu_hwpt_alloc *cmd);
IOMMUFD_API int iommufd_hw_info(int fd, struct iommu_hw_info *cmd);
/*
 * @id: a nested page table or a vIOMMU. @type: of enum
 * iommu_hwpt_invalidate_data_type. @num: in: entries, @entry_len bytes each;
 * out: entries done, also on an error.
 */
IOMMUFD_API int iommufd_hwpt_invalidate(int fd, __u32 id, __u32 type,
					const void *entries, __u32 entry_len,
					__u32 *num);

/* @flags: IOMMU_HWPT_DIRTY_TRACKING_ENABLE, or 0 to stop. */
IOMMUFD_API int iommufd_dirty_track(int fd, __u32 hwpt, __u32 flags);
/* Sets bits in the bitmap, and clears none: clear it before. */
IOMMUFD_API int iommufd_dirty_read(int fd,
				   struct iommu_hwpt_get_dirty_bitmap *cmd);
/* Bytes of a bitmap, a multiple of 8; 0 if there is no such bitmap. */
IOMMUFD_API size_t iommufd_dirty_bitmap_size(__u64 length, __u64 page_size);
/* The first bit set from @from on; @num, the number of bits, if there is none. */
IOMMUFD_API __u64 iommufd_dirty_next(const void *bitmap, __u64 num,
				     __u64 from);

/* ---- Virtual IOMMUs ---------------------------------------------------- */

IOMMUFD_API int iommufd_viommu_alloc(int fd, struct iommu_viommu_alloc *cmd);
IOMMUFD_API int iommufd_vdevice_alloc(int fd, struct iommu_vdevice_alloc *cmd);
IOMMUFD_API int iommufd_veventq_alloc(int fd, struct iommu_veventq_alloc *cmd);
IOMMUFD_API int iommufd_hw_queue_alloc(int fd,
				       struct iommu_hw_queue_alloc *cmd);

/* ---- Events and page faults -------------------------------------------- */

/* @queue: the file to read faults from and to answer them. */
IOMMUFD_API int iommufd_fault_queue_alloc(int fd, __u32 *id, int *queue);
/*
 * Whole groups of faults; returns the number of records, 0 when there is none.
 * -EINVAL: the first group does not fit in the room.
 */
IOMMUFD_API int iommufd_fault_read(int queue, struct iommu_hwpt_pgfault *list,
				   unsigned int room);
/* Returns how many were taken, at least one; go on behind them. */
IOMMUFD_API int
iommufd_fault_respond(int queue, const struct iommu_hwpt_page_response *list,
		      unsigned int num);

/* Events that iommufd_vevent_read() has left in the caller's buffer. */
struct iommufd_vevents {
	const void *buf;
	size_t bytes;		/* read into buf */
	size_t data_len;	/* behind each header, by the type of queue */
	size_t pos;		/* of the next record */
};

struct iommufd_vevent {
	__u32 sequence;
	__u32 lost;		/* 1: events were dropped up to sequence */
	const void *data;	/* NULL with lost */
};

/* Whole records; returns the number of bytes, 0 when there is no event. */
IOMMUFD_API int iommufd_vevent_read(int queue, void *buf, size_t size);
/* 1: there was one more; 0: none is left; -EPROTO: the buffer holds no such. */
IOMMUFD_API int iommufd_vevent_next(struct iommufd_vevents *events,
				    struct iommufd_vevent *event);
/* Events that are missing between two sequence numbers. */
IOMMUFD_API __u32 iommufd_vevent_gap(__u32 before, __u32 sequence);

/* ---- VFIO devices ------------------------------------------------------ */

/*
 * The path of the character device of a PCI device, such as 0000:01:00.0 or
 * 01:00.0. -EINVAL: that is no address; -ENODEV: no PCI device is there;
 * -ENXIO: no VFIO driver has it, or the kernel has no VFIO_DEVICE_CDEV;
 * -ENAMETOOLONG: @size is too small.
 */
IOMMUFD_API int iommufd_vfio_path(const char *bdf, char *path, size_t size);
/* The same for any device, by its folder in sysfs. */
IOMMUFD_API int iommufd_vfio_path_at(const char *dir, char *path, size_t size);
/* Opens it; returns a file, closed on exec. */
IOMMUFD_API int iommufd_vfio_open(const char *bdf);

/* @dev_id: the device in the context. Undone when the device's file closes. */
IOMMUFD_API int iommufd_vfio_bind(int device, int fd, __u32 *dev_id);
/*
 * @pt_id: in: an IOAS or a hwpt; out: the hwpt. Replaces what the device was
 * attached to. Untouched on an error.
 */
IOMMUFD_API int iommufd_vfio_attach(int device, __u32 *pt_id);
IOMMUFD_API int iommufd_vfio_detach(int device);
IOMMUFD_API int iommufd_vfio_pasid_attach(int device, __u32 pasid,
					  __u32 *pt_id);
IOMMUFD_API int iommufd_vfio_pasid_detach(int device, __u32 pasid);
/* Where a BAR or the config space is in the device's file. */
IOMMUFD_API int iommufd_vfio_region(int device, __u32 index,
				    struct vfio_region_info *info);

IOMMUFD_API int iommufd_vfio_info(int device, struct vfio_device_info *info);
IOMMUFD_API int iommufd_vfio_irq_info(int device, __u32 index,
				      struct vfio_irq_info *info);
/* Eventfds, or files, that one call can carry. */
#define IOMMUFD_EVENTFDS 64
/*
 * Has the interrupts from @start on of an index, such as
 * VFIO_PCI_MSIX_IRQ_INDEX, signal these eventfds; -1: none. With @num 0 the
 * index is switched off.
 */
IOMMUFD_API int iommufd_vfio_irq_eventfds(int device, __u32 index, __u32 start,
					  const int *eventfds, __u32 num);
/* Of the function alone. -ENOTTY: it has no reset of its own. */
IOMMUFD_API int iommufd_vfio_reset(int device);
/*
 * Which devices a reset of bus or slot would reach. @info has room for @room
 * devices behind it; with -ENOSPC @info->count says how many there are.
 */
IOMMUFD_API int
iommufd_vfio_hot_reset_info(int device, struct vfio_pci_hot_reset_info *info,
			    __u32 room);
/* That reset; all devices that it reaches must be bound to one context. */
IOMMUFD_API int iommufd_vfio_hot_reset(int device);
/*
 * A part of a BAR as a dma-buf, for iommufd_ioas_map_file() of another device;
 * returns a file, closed on exec.
 */
IOMMUFD_API int iommufd_vfio_dma_buf(int device, __u32 region, __u64 offset,
				     __u64 length);

/* ---- Memory ------------------------------------------------------------ */

enum iommufd_pages {
	IOMMUFD_PAGES_USUAL,
	IOMMUFD_PAGES_2M,	/* of the pool in /proc/sys/vm/nr_hugepages */
	IOMMUFD_PAGES_1G
};

/* A file without name (memfd), mapped shared: @fd can be handed on. */
struct iommufd_memory {
	void *va;
	size_t length;
	int fd;
};

/* -ENOSPC: the pool has not enough huge pages. @memory is left alone then. */
IOMMUFD_API int iommufd_memory_alloc(struct iommufd_memory *memory,
				     size_t length, enum iommufd_pages pages);
IOMMUFD_API void iommufd_memory_free(struct iommufd_memory *memory);

/* ---- Files for another process ------------------------------------------ */

#define IOMMUFD_FDS 32

/*
 * Sends 1 to IOMMUFD_FDS files by a UNIX socket. A process with rights opens
 * /dev/iommu and the devices for one without: see "Handing files on" in
 * Documentation/userspace-api/iommufd/library.rst.
 */
IOMMUFD_API int iommufd_fds_send(int socket, const int *fds, unsigned int num);
/*
 * The files of one iommufd_fds_send(), closed on exec; returns their number.
 * -EMSGSIZE: there were more than @room; -ENOTCONN: the other side is gone;
 * -EPROTO: this came from somebody else. No file is open then.
 */
IOMMUFD_API int iommufd_fds_receive(int socket, int *fds, unsigned int room);

/* ---- Why a call was refused -------------------------------------------- */

/* For iommufd_explain(), in place of an ioctl's number. */
#define IOMMUFD_OPEN		1UL	/* iommufd_open() */
#define IOMMUFD_VFIO_OPEN	2UL	/* iommufd_vfio_path(), _open() */
#define IOMMUFD_TRACE		3UL	/* iommufd_session_trace() */

/* A file of /dev/iommu, and the trace of what it was refused. */
struct iommufd_session;

IOMMUFD_API int iommufd_session_open(const char *node,
				     struct iommufd_session **session);
IOMMUFD_API void iommufd_session_close(struct iommufd_session *session);
IOMMUFD_API int iommufd_session_fd(const struct iommufd_session *session);
/*
 * Has the kernel note refusals from now on, in a buffer of tracefs that the
 * session owns. Takes root, and some tenths of a second. -ENOENT: no tracefs
 * in /sys/kernel/tracing, or not this event in the kernel.
 */
IOMMUFD_API int iommufd_session_trace(struct iommufd_session *session);

struct iommufd_meaning {
	const char *field;	/* the member at fault; "": none in particular */
	const char *reason;
	const char *cure;	/* what to do about it */
};

#define IOMMUFD_MEANINGS 40

struct iommufd_explanation {
	const char *call;	/* "IOMMU_IOAS_MAP" */
	const char *error;	/* "EINVAL" */
	/* 1: the kernel said so, it is meaning[0]; 0: it is one of them. */
	int traced;
	unsigned int num;	/* of meanings; 0: nothing is known */
	__u64 value;		/* what the reason says in brackets, if traced */
	char device[64];	/* concerned, if traced; "": none */
	struct iommufd_meaning meaning[IOMMUFD_MEANINGS];
	/* Meanings that the library does not know yet are here: do not copy. */
	char text[256];
};

/*
 * What an error of a call means. @request: the ioctl, or IOMMUFD_OPEN and so
 * on; @error: what the function returned. @session: NULL, or one with a trace:
 * ask it from the thread that was refused, before its next call. -EINVAL:
 * @error is not an errno, or the request is unknown to the library.
 */
IOMMUFD_API int iommufd_explain(struct iommufd_session *session,
				unsigned long request, int error,
				struct iommufd_explanation *explanation);
/*
 * The same of a refusal that stands in a line of tracefs (iommufd_reject or
 * iommufd_expected), whichever process it was. @explanation->call is the name
 * of the operation if that is no call of the library's. -ENOENT: the line
 * tells of something else.
 */
IOMMUFD_API int iommufd_explain_line(const char *line,
				     struct iommufd_explanation *explanation);
/* The explanation in lines of text; returns its length, like snprintf(). */
IOMMUFD_API int
iommufd_explain_text(const struct iommufd_explanation *explanation, char *buf,
		     size_t size);

#ifdef __cplusplus
}
#endif

#endif
