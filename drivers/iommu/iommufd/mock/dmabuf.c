// SPDX-License-Identifier: GPL-2.0-only
/*
 * An exporter of dma-bufs whose memory can be revoked, as VFIO PCI's can. The
 * memory is ordinary, but physically contiguous.
 *
 * Owns: struct mock_dmabuf.
 * Locks: dma_resv of the dma-buf guards @revoked and @pins.
 * Calls: the dma-buf core, as a driver does.
 */
#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/fcntl.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "../iommufd_test.h"
#include "../object/ucmd.h"
#include "../pages/source_dmabuf.h"
#include "dmabuf.h"

/**
 * struct mock_dmabuf - the exporter's side of a dma-buf
 * @memory: physically contiguous; constant
 * @length: bytes; constant
 * @pins: importers that pin it
 * @revoked: no importer may use it
 */
struct mock_dmabuf {
	void *memory;
	size_t length;
	unsigned int pins;
	bool revoked;
};

static int mock_dmabuf_attach(struct dma_buf *dmabuf,
			      struct dma_buf_attachment *attach)
{
	struct mock_dmabuf *mock = dmabuf->priv;

	if (!attach->peer2peer || !dma_buf_attach_revocable(attach))
		return -EOPNOTSUPP;
	/* only a hint here; the importer asks again under dma_resv */
	return READ_ONCE(mock->revoked) ? -ENODEV : 0;
}

static int mock_dmabuf_pin(struct dma_buf_attachment *attach)
{
	struct mock_dmabuf *mock = attach->dmabuf->priv;

	dma_resv_assert_held(attach->dmabuf->resv);
	mock->pins++;
	return 0;
}

static void mock_dmabuf_unpin(struct dma_buf_attachment *attach)
{
	struct mock_dmabuf *mock = attach->dmabuf->priv;

	dma_resv_assert_held(attach->dmabuf->resv);
	WARN_ON_ONCE(!mock->pins--);
}

/* the core wants the two ops; importers of the mock ask for the range */
static struct sg_table *mock_dmabuf_map(struct dma_buf_attachment *attach,
					enum dma_data_direction dir)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static void mock_dmabuf_unmap(struct dma_buf_attachment *attach,
			      struct sg_table *table,
			      enum dma_data_direction dir)
{
}

/* lets a test compare what a page table maps */
static int mock_dmabuf_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	struct mock_dmabuf *mock = dmabuf->priv;
	unsigned long i;
	int rc;

	for (i = 0; i < vma_pages(vma); i++) {
		rc = vm_insert_page(vma, vma->vm_start + i * PAGE_SIZE,
				    virt_to_page(mock->memory +
						 (vma->vm_pgoff + i) *
						 PAGE_SIZE));
		if (rc)
			return rc;
	}
	return 0;
}

static void mock_dmabuf_release(struct dma_buf *dmabuf)
{
	struct mock_dmabuf *mock = dmabuf->priv;

	WARN_ON_ONCE(mock->pins);
	free_pages_exact(mock->memory, mock->length);
	kfree(mock);
}

static const struct dma_buf_ops mock_dmabuf_ops = {
	.attach = mock_dmabuf_attach,
	.pin = mock_dmabuf_pin,
	.unpin = mock_dmabuf_unpin,
	.map_dma_buf = mock_dmabuf_map,
	.unmap_dma_buf = mock_dmabuf_unmap,
	.mmap = mock_dmabuf_mmap,
	.release = mock_dmabuf_release,
};

static int mock_dmabuf_phys(struct dma_buf_attachment *attach,
			    struct phys_vec *phys)
{
	struct mock_dmabuf *mock = attach->dmabuf->priv;

	dma_resv_assert_held(attach->dmabuf->resv);
	if (attach->dmabuf->ops != &mock_dmabuf_ops)
		return -EOPNOTSUPP;
	if (mock->revoked)
		return -ENODEV;
	phys->paddr = virt_to_phys(mock->memory);
	phys->len = mock->length;
	return 0;
}

static struct pages_dmabuf_exporter mock_dmabuf_exporter = {
	.phys = mock_dmabuf_phys,
};

/**
 * mock_dmabuf_register() - dma-bufs of the mock may be mapped
 *
 * Context: module init.
 */
void mock_dmabuf_register(void)
{
	pages_dmabuf_add_exporter(&mock_dmabuf_exporter);
}

/**
 * mock_dmabuf_unregister() - undo mock_dmabuf_register()
 *
 * Context: module exit.
 */
void mock_dmabuf_unregister(void)
{
	pages_dmabuf_remove_exporter(&mock_dmabuf_exporter);
}

static struct dma_buf *mock_dmabuf_export(size_t length, int flags)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct mock_dmabuf *mock;
	struct dma_buf *dmabuf;

	mock = kzalloc_obj(*mock, GFP_KERNEL_ACCOUNT);
	if (!mock)
		return ERR_PTR(-ENOMEM);
	mock->length = length;
	mock->memory = alloc_pages_exact(length, GFP_KERNEL_ACCOUNT |
					 __GFP_ZERO | __GFP_NOWARN);
	if (!mock->memory) {
		dmabuf = ERR_PTR(-ENOMEM);
		goto undo_alloc;
	}

	info.ops = &mock_dmabuf_ops;
	info.size = length;
	info.flags = flags;
	info.priv = mock;
	dmabuf = dma_buf_export(&info);
	if (IS_ERR(dmabuf))
		goto undo_memory;
	return dmabuf;

undo_memory:
	free_pages_exact(mock->memory, length);
undo_alloc:
	kfree(mock);
	return dmabuf;
}

/**
 * mock_dmabuf_get_op() - DMABUF_GET: make a dma-buf
 * @ucmd: the ioctl
 *
 * Context: may sleep.
 * Return: its file descriptor; EINVAL: length 0 or not in pages, unknown open
 * flags; ENOMEM; EMFILE.
 */
int mock_dmabuf_get_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	u32 length = cmd->dmabuf_get.length;
	u32 flags = cmd->dmabuf_get.open_flags;
	struct dma_buf *dmabuf;
	int fd;

	if (!length || !PAGE_ALIGNED(length))
		return iommufd_refuse(&ucmd->why, "length",
				      "zero, or not a multiple of the page size",
				      length, -EINVAL);
	if (flags & ~(O_CLOEXEC | O_ACCMODE))
		return iommufd_refuse(&ucmd->why, "open_flags", "unknown flag",
				      flags, -EINVAL);

	dmabuf = mock_dmabuf_export(length, flags);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	fd = dma_buf_fd(dmabuf, flags);
	if (fd < 0)
		dma_buf_put(dmabuf);
	return fd;
}

/**
 * mock_dmabuf_revoke_op() - DMABUF_REVOKE: take the memory away, or allow it
 * @ucmd: the ioctl
 *
 * Importers lose the memory either way: what was revoked is not given back to
 * them.
 *
 * Context: may sleep; takes dma_resv.
 * Return: 0; EBADF; EINVAL: not a dma-buf of the mock.
 */
int mock_dmabuf_revoke_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	bool revoked = cmd->dmabuf_revoke.revoked;
	struct dma_buf *dmabuf = dma_buf_get(cmd->dmabuf_revoke.dmabuf_fd);
	struct mock_dmabuf *mock;
	int rc = 0;

	if (IS_ERR(dmabuf))
		return iommufd_refuse(&ucmd->why, "dmabuf_fd", "not a dma-buf",
				      cmd->dmabuf_revoke.dmabuf_fd,
				      PTR_ERR(dmabuf));
	if (dmabuf->ops != &mock_dmabuf_ops) {
		rc = iommufd_reject(ucmd, "dmabuf_fd",
				    "the dma-buf is not the mock's", -EINVAL);
		goto undo_get;
	}

	mock = dmabuf->priv;
	dma_resv_lock(dmabuf->resv, NULL);
	if (mock->revoked != revoked) {
		WRITE_ONCE(mock->revoked, revoked);
		dma_buf_invalidate_mappings(dmabuf);
	}
	dma_resv_unlock(dmabuf->resv);
undo_get:
	dma_buf_put(dmabuf);
	return rc;
}
