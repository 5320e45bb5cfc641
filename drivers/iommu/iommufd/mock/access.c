// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mock accesses: plays the part of a mediated device.
 *
 * Owns: the file, and the list of what was pinned through it.
 * Locks: struct mock_access.lock is outside all locks of iommufd. The unmap
 *	notification takes it; pinning never waits for an unmap, so holding it
 *	while pinning cannot deadlock, and a pin is on the list before the
 *	notification looks for it.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/iommufd.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "../iommufd_test.h"
#include "../object/ucmd.h"
#include "access.h"
#include "check.h"

/* user space chooses lengths, the kernel allocates buffers of that length */
#define MOCK_ACCESS_MAX_LENGTH SZ_16M

static_assert(MOCK_ACCESS_RW_WRITE == (int)IOMMUFD_ACCESS_RW_WRITE);

/**
 * struct mock_access - an in-kernel user of an IOAS; private data of its file
 * @access: the access; constant
 * @pins_pages: it may pin; constant
 * @lock: guards @pins
 * @pins: id -> struct mock_pin
 */
struct mock_access {
	struct iommufd_access *access;
	bool pins_pages;
	struct mutex lock; /* guards @pins */
	struct xarray pins;
};

/**
 * struct mock_pin - one successful pin
 * @first: first IOVA
 * @last: last IOVA
 */
struct mock_pin {
	unsigned long first;
	unsigned long last;
};

static void mock_pin_drop_locked(struct mock_access *macc, unsigned long id)
{
	struct mock_pin *pin;

	lockdep_assert_held(&macc->lock);
	pin = xa_erase(&macc->pins, id);
	iommufd_access_unpin_pages(macc->access, pin->first,
				   pin->last - pin->first + 1);
	kfree(pin);
}

static void mock_access_unmap(void *data, unsigned long iova,
			      unsigned long length)
{
	/* a length cannot say "all 2^64 bytes": the largest one means it */
	unsigned long last = length == ULONG_MAX ? ULONG_MAX :
						   iova + (length - 1);
	struct mock_access *macc = data;
	struct mock_pin *pin;
	unsigned long id;

	guard(mutex)(&macc->lock);
	xa_for_each(&macc->pins, id, pin)
		if (pin->first <= last && iova <= pin->last)
			mock_pin_drop_locked(macc, id);
}

static const struct iommufd_access_ops mock_access_ops = {
	.unmap = mock_access_unmap,
};

static const struct iommufd_access_ops mock_access_pin_ops = {
	.needs_pin_pages = 1,
	.unmap = mock_access_unmap,
};

static void mock_access_free(struct mock_access *macc)
{
	mock_access_unmap(macc, 0, ULONG_MAX);
	iommufd_access_destroy(macc->access);
	WARN_ON_ONCE(!xa_empty(&macc->pins));
	xa_destroy(&macc->pins);
	mutex_destroy(&macc->lock);
	kfree(macc);
}

static struct mock_access *mock_access_alloc(struct iommufd_ctx *ictx,
					     u32 ioas_id, bool pins_pages)
{
	struct mock_access *macc;
	u32 id;
	int rc;

	macc = kzalloc_obj(*macc, GFP_KERNEL_ACCOUNT);
	if (!macc)
		return ERR_PTR(-ENOMEM);
	mutex_init(&macc->lock);
	xa_init_flags(&macc->pins, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	macc->pins_pages = pins_pages;
	macc->access = iommufd_access_create(ictx,
					     pins_pages ? &mock_access_pin_ops :
							  &mock_access_ops,
					     macc, &id);
	if (IS_ERR(macc->access)) {
		rc = PTR_ERR(macc->access);
		mutex_destroy(&macc->lock);
		kfree(macc);
		return ERR_PTR(rc);
	}

	rc = iommufd_access_attach(macc->access, ioas_id);
	if (rc) {
		mock_access_free(macc);
		return ERR_PTR(rc);
	}
	return macc;
}

static int mock_access_fops_release(struct inode *inode, struct file *filp)
{
	mock_access_free(filp->private_data);
	return 0;
}

static const struct file_operations mock_access_fops = {
	.owner = THIS_MODULE,
	.release = mock_access_fops_release,
};

/* the file named by the id field, with a reference */
static struct file *mock_access_file(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	struct file *file __free(fput) = fget(cmd->id);

	if (!file) {
		iommufd_refuse(&ucmd->why, "id", "not an open file", cmd->id,
			       -EBADF);
		return ERR_PTR(-EBADF);
	}
	if (file->f_op != &mock_access_fops) {
		iommufd_refuse(&ucmd->why, "id", "not the file of an access",
			       cmd->id, -EBADFD);
		return ERR_PTR(-EBADFD);
	}
	return no_free_ptr(file);
}

/**
 * mock_access_create_op() - CREATE_ACCESS: open an in-kernel user of an IOAS
 * @ucmd: the ioctl; its id names the IOAS
 *
 * Context: may sleep.
 * Return: 0; EOPNOTSUPP: unknown flag; ENOENT: no such IOAS; EADDRINUSE: it
 * maps parts of pages and the access wants to pin; ENOMEM, EMFILE, EFAULT.
 */
int mock_access_create_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	u32 flags = cmd->create_access.flags;
	struct mock_access *macc;
	int rc;

	if (flags & ~MOCK_FLAGS_ACCESS_CREATE_NEEDS_PIN_PAGES)
		return iommufd_refuse(&ucmd->why, "flags", "unknown flag",
				      flags, -EOPNOTSUPP);

	macc = mock_access_alloc(ucmd->ictx, cmd->id,
				 flags & MOCK_FLAGS_ACCESS_CREATE_NEEDS_PIN_PAGES);
	if (IS_ERR(macc))
		return PTR_ERR(macc);

	FD_PREPARE(fdf, O_CLOEXEC,
		   anon_inode_getfile("[iommufd_mock_access]",
				      &mock_access_fops, macc, O_RDWR));
	if (fdf.err) {
		mock_access_free(macc);
		return fdf.err;
	}

	/* the file owns the access from here on */
	cmd->create_access.out_access_fd = fd_prepare_fd(fdf);
	rc = iommufd_ucmd_respond(ucmd);
	if (rc)
		return rc;
	fd_publish(fdf);
	return 0;
}

/**
 * struct mock_pin_args - a pin request below the ioctl
 * @first: first IOVA
 * @last: last IOVA
 * @npages: pages that hold a byte of the range
 * @pages: room for @npages
 * @flags: IOMMUFD_ACCESS_RW_*
 * @uptr: user address of the first of @pages; looked at if @compare
 * @compare: the IOVA must mean the memory at @uptr
 */
struct mock_pin_args {
	unsigned long first;
	unsigned long last;
	unsigned long npages;
	struct page **pages;
	unsigned int flags;
	unsigned long uptr;
	bool compare;
};

static int mock_pin_take_locked(struct mock_access *macc,
				struct mock_pin_args *args, u32 *id,
				struct iommufd_why *why)
{
	struct mock_pin *pin __free(kfree) = NULL;
	int rc;

	lockdep_assert_held(&macc->lock);
	pin = kzalloc_obj(*pin, GFP_KERNEL_ACCOUNT);
	if (!pin)
		return -ENOMEM;
	pin->first = args->first;
	pin->last = args->last;

	rc = xa_alloc(&macc->pins, id, pin, xa_limit_31b, GFP_KERNEL_ACCOUNT);
	if (rc)
		return rc;

	rc = iommufd_access_pin_pages(macc->access, args->first,
				      args->last - args->first + 1,
				      args->pages, args->flags);
	if (rc) {
		xa_erase(&macc->pins, *id);
		return rc;
	}
	retain_and_null_ptr(pin);

	if (args->compare)
		rc = mock_check_pages(args->uptr, args->pages, args->npages,
				      why);
	if (rc)
		mock_pin_drop_locked(macc, *id);
	return rc;
}

static int mock_pin_prepare(struct iommufd_ucmd *ucmd,
			    struct mock_pin_args *args)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	u64 length = cmd->access_pages.length;
	u32 flags = cmd->access_pages.flags;
	u64 last;

	if (flags & ~(MOCK_FLAGS_ACCESS_WRITE | MOCK_FLAGS_ACCESS_SYZ))
		return iommufd_refuse(&ucmd->why, "flags", "unknown flag",
				      flags, -EOPNOTSUPP);
	if (!length || length > MOCK_ACCESS_MAX_LENGTH)
		return iommufd_refuse(&ucmd->why, "length",
				      "zero, or more than 16 MiB", length,
				      -EINVAL);
	if (check_add_overflow(cmd->access_pages.iova, length - 1, &last) ||
	    last > ULONG_MAX)
		return iommufd_refuse(&ucmd->why, "iova",
				      "the range wraps", cmd->access_pages.iova,
				      -EOVERFLOW);

	args->first = cmd->access_pages.iova;
	args->last = last;
	args->npages = (args->last >> PAGE_SHIFT) -
		       (args->first >> PAGE_SHIFT) + 1;
	args->flags = flags & MOCK_FLAGS_ACCESS_WRITE ?
			      IOMMUFD_ACCESS_RW_WRITE :
			      IOMMUFD_ACCESS_RW_READ;
	args->uptr = cmd->access_pages.uptr - offset_in_page(args->first);
	args->compare = !(flags & MOCK_FLAGS_ACCESS_SYZ);
	return 0;
}

static int mock_access_drop(struct mock_access *macc, u32 id)
{
	guard(mutex)(&macc->lock);
	if (!xa_load(&macc->pins, id))
		return -ENOENT;
	mock_pin_drop_locked(macc, id);
	return 0;
}

/**
 * mock_access_pin_op() - ACCESS_PAGES: pin a range of IOVA
 * @ucmd: the ioctl; its id is the access's file descriptor
 *
 * The pin lasts until DESTROY_ACCESS_PAGES, an unmap, or the file's end.
 *
 * Context: may sleep.
 * Return: 0; EBADF, EBADFD: not an access; EOPNOTSUPP: unknown flag;
 * EINVAL: bad length, the access was not created for pinning, or the IOVA does
 * not mean the memory at uptr; EOVERFLOW; EFAULT; ENOMEM; or as
 * iommufd_access_pin_pages().
 */
int mock_access_pin_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	struct file *file __free(fput) = mock_access_file(ucmd);
	struct page **pages __free(kvfree) = NULL;
	struct mock_pin_args args = {};
	struct mock_access *macc;
	u32 id;
	int rc;

	if (IS_ERR(file))
		return PTR_ERR(file);
	macc = file->private_data;
	if (!macc->pins_pages)
		return iommufd_reject(ucmd, "id",
				      "this access was not created to pin pages",
				      -EINVAL);
	rc = mock_pin_prepare(ucmd, &args);
	if (rc)
		return rc;
	pages = kvzalloc_objs(*pages, args.npages, GFP_KERNEL_ACCOUNT);
	if (!pages)
		return -ENOMEM;
	args.pages = pages;

	scoped_guard(mutex, &macc->lock)
		rc = mock_pin_take_locked(macc, &args, &id, &ucmd->why);
	if (rc)
		return rc;

	cmd->access_pages.out_access_pages_id = id;
	rc = iommufd_ucmd_respond(ucmd);
	/* an unmap may have dropped it meanwhile */
	if (rc)
		mock_access_drop(macc, id);
	return rc;
}

/**
 * mock_access_unpin_op() - DESTROY_ACCESS_PAGES: undo one ACCESS_PAGES
 * @ucmd: the ioctl; its id is the access's file descriptor
 *
 * Context: may sleep.
 * Return: 0; EBADF, EBADFD: not an access; ENOENT: no such pin, or an unmap
 * dropped it already.
 */
int mock_access_unpin_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	u32 id = cmd->destroy_access_pages.access_pages_id;
	struct file *file __free(fput) = mock_access_file(ucmd);
	int rc;

	if (IS_ERR(file))
		return PTR_ERR(file);
	rc = mock_access_drop(file->private_data, id);
	if (rc)
		return iommufd_refuse(&ucmd->why, "access_pages_id",
				      "nothing is pinned under this id", id,
				      rc);
	return 0;
}

/*
 * A copy by a thread that is no process: it has no user mappings and takes the
 * way through the frames.
 */
struct mock_slow_copy {
	struct work_struct work;
	struct mock_access *macc;
	unsigned long iova;
	void *buffer;
	size_t length;
	unsigned int flags;
	int rc;
};

static void mock_slow_copy_fn(struct work_struct *work)
{
	struct mock_slow_copy *copy =
		container_of(work, struct mock_slow_copy, work);

	copy->rc = iommufd_access_rw(copy->macc->access, copy->iova,
				     copy->buffer, copy->length, copy->flags);
}

static int mock_access_copy(struct mock_access *macc,
			    struct iommu_test_cmd *cmd, void *buffer)
{
	struct mock_slow_copy copy = {
		.macc = macc,
		.iova = cmd->access_rw.iova,
		.buffer = buffer,
		.length = cmd->access_rw.length,
		.flags = cmd->access_rw.flags & MOCK_ACCESS_RW_WRITE,
	};

	if (!(cmd->access_rw.flags & MOCK_ACCESS_RW_SLOW_PATH)) {
		mock_slow_copy_fn(&copy.work);
		return copy.rc;
	}
	INIT_WORK_ONSTACK(&copy.work, mock_slow_copy_fn);
	queue_work(system_dfl_wq, &copy.work);
	flush_work(&copy.work);
	destroy_work_on_stack(&copy.work);
	return copy.rc;
}

static int mock_access_rw(struct mock_access *macc, struct iommu_test_cmd *cmd)
{
	void __user *uptr = u64_to_user_ptr(cmd->access_rw.uptr);
	size_t length = cmd->access_rw.length;
	int rc;

	void *buffer __free(kvfree) = kvzalloc(length, GFP_KERNEL_ACCOUNT);
	if (!buffer)
		return -ENOMEM;

	if (cmd->access_rw.flags & MOCK_ACCESS_RW_WRITE) {
		if (copy_from_user(buffer, uptr, length))
			return -EFAULT;
		return mock_access_copy(macc, cmd, buffer);
	}

	rc = mock_access_copy(macc, cmd, buffer);
	if (rc)
		return rc;
	return copy_to_user(uptr, buffer, length) ? -EFAULT : 0;
}

/**
 * mock_access_rw_op() - ACCESS_RW: copy between user memory and an IOAS
 * @ucmd: the ioctl; its id is the access's file descriptor
 *
 * Context: may sleep.
 * Return: 0; EBADF, EBADFD: not an access; EOPNOTSUPP: unknown flag;
 * EINVAL: more than 16 MiB; EOVERFLOW; EFAULT; ENOMEM; or as
 * iommufd_access_rw().
 */
int mock_access_rw_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	struct file *file __free(fput) = mock_access_file(ucmd);

	if (IS_ERR(file))
		return PTR_ERR(file);
	if (cmd->access_rw.flags & ~(MOCK_ACCESS_RW_WRITE |
				     MOCK_ACCESS_RW_SLOW_PATH |
				     MOCK_FLAGS_ACCESS_SYZ))
		return iommufd_refuse(&ucmd->why, "flags", "unknown flag",
				      cmd->access_rw.flags, -EOPNOTSUPP);
	if (cmd->access_rw.length > MOCK_ACCESS_MAX_LENGTH)
		return iommufd_refuse(&ucmd->why, "length",
				      "more than 16 MiB",
				      cmd->access_rw.length, -EINVAL);
	if (cmd->access_rw.iova > ULONG_MAX)
		return iommufd_refuse(&ucmd->why, "iova", "too large",
				      cmd->access_rw.iova, -EOVERFLOW);
	return mock_access_rw(file->private_data, cmd);
}

/**
 * mock_access_replace_op() - ACCESS_REPLACE_IOAS: move to another IOAS
 * @ucmd: the ioctl; its id is the access's file descriptor
 *
 * Context: may sleep.
 * Return: 0; EBADF, EBADFD: not an access; or as iommufd_access_replace().
 */
int mock_access_replace_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	struct file *file __free(fput) = mock_access_file(ucmd);
	struct mock_access *macc;

	if (IS_ERR(file))
		return PTR_ERR(file);
	macc = file->private_data;
	return iommufd_access_replace(macc->access,
				      cmd->access_replace_ioas.ioas_id);
}
