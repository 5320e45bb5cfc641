// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device memory behind a dma-buf, named by its offset.
 *
 * Owns: the source kind "dma-buf": the attachment to the exporter, pinned, and
 *	the one physical range it covers.
 * Locks: dma_resv while it talks to the exporter, never with a lock of an IOAS
 *	or of an object held; see revoke.h.
 * Calls: the exporter.
 *
 * Only exporters that tell a physical range can be mapped: VFIO PCI. All page
 * tables are filled from that range, dma_buf_map_attachment() is not used.
 */
#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/lockdep.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/pfn.h>
#include <linux/slab.h>
#include <linux/vfio_pci_core.h>

#include "lsm.h"
#include "pages.h"
#include "revoke.h"
#include "source.h"
#include "source_dmabuf.h"

MODULE_IMPORT_NS("DMA_BUF");

/**
 * struct dmabuf_source - what the source keeps of a dma-buf
 * @revocation: state; see pages_revocation()
 * @dmabuf: the dma-buf (reference held); constant
 * @attach: attachment, pinned; constant
 * @first_pfn: frame of the first page of the object; constant
 */
struct dmabuf_source {
	struct pages_revocation revocation;
	struct dma_buf *dmabuf;
	struct dma_buf_attachment *attach;
	unsigned long first_pfn;
};

static struct lock_class_key dmabuf_pages_key;

/* Those that are part of iommufd; changed only while /dev/iommu is not there. */
static LIST_HEAD(exporters);

/**
 * pages_dmabuf_add_exporter() - one more kind of dma-buf can be mapped
 * @exporter: who makes it
 *
 * Context: module init.
 */
void pages_dmabuf_add_exporter(struct pages_dmabuf_exporter *exporter)
{
	list_add_tail(&exporter->item, &exporters);
}

/**
 * pages_dmabuf_remove_exporter() - undo pages_dmabuf_add_exporter()
 * @exporter: who makes it
 *
 * Context: module exit.
 */
void pages_dmabuf_remove_exporter(struct pages_dmabuf_exporter *exporter)
{
	list_del(&exporter->item);
}

/* The exporter is a module that need not be there. */
static int vfio_phys(struct dma_buf_attachment *attach, struct phys_vec *phys)
{
	pages_dmabuf_phys_fn fn = symbol_get(vfio_pci_dma_buf_iommufd_map);
	int rc;

	if (!fn)
		return -EOPNOTSUPP;
	rc = fn(attach, phys);
	symbol_put(vfio_pci_dma_buf_iommufd_map);
	return rc;
}

static int dmabuf_phys(struct dma_buf_attachment *attach, struct phys_vec *phys)
{
	struct pages_dmabuf_exporter *exporter;
	int rc = vfio_phys(attach, phys);

	list_for_each_entry(exporter, &exporters, item) {
		if (rc != -EOPNOTSUPP)
			break;
		rc = exporter->phys(attach, phys);
	}
	return rc;
}

static long dmabuf_pin(struct iommufd_pages *pages, unsigned long index,
		       unsigned long n, unsigned long *pfns,
		       struct iommufd_why *why)
{
	struct dmabuf_source *source = pages->source_data;
	unsigned long i;

	for (i = 0; i < n; i++)
		pfns[i] = source->first_pfn + index + i;
	return n;
}

/* The attachment holds the memory, not the pages. */
static void dmabuf_unpin(struct iommufd_pages *pages, unsigned long pfn,
			 unsigned long npages)
{
}

/* The exporter calls with dma_resv held: no invalidation runs after detach. */
static void dmabuf_detach(struct dmabuf_source *source)
{
	dma_buf_detach(source->dmabuf, source->attach);
	pages_revocation_destroy(&source->revocation);
	dma_buf_put(source->dmabuf);
	kfree(source);
}

static void dmabuf_release(struct iommufd_pages *pages)
{
	struct dmabuf_source *source = pages->source_data;

	dma_resv_lock(source->dmabuf->resv, NULL);
	dma_buf_unpin(source->attach);
	dma_resv_unlock(source->dmabuf->resv);
	dmabuf_detach(source);
}

static struct pages_revocation *dmabuf_revocation(struct iommufd_pages *pages)
{
	struct dmabuf_source *source = pages->source_data;

	return &source->revocation;
}

static const struct pages_source_ops source_dmabuf_ops = {
	.name = "dma-buf",
	.mmio = true,
	.pin = dmabuf_pin,
	.unpin = dmabuf_unpin,
	.release = dmabuf_release,
	.revocation = dmabuf_revocation,
};

static void dmabuf_invalidate(struct dma_buf_attachment *attach)
{
	struct dmabuf_source *source = attach->importer_priv;

	dma_resv_assert_held(attach->dmabuf->resv);
	pages_revoke(&source->revocation);
}

static const struct dma_buf_attach_ops dmabuf_importer_ops = {
	.allow_peer2peer = true,
	.invalidate_mappings = dmabuf_invalidate,
};

static int dmabuf_refuse_errno(int rc, struct iommufd_why *why)
{
	if (rc == -ENODEV)
		return iommufd_refuse(why, "fd", "the dma-buf is revoked", 0,
				      rc);
	if (rc == -EOPNOTSUPP)
		return iommufd_refuse(why, "fd",
				      "not one physical range of a VFIO PCI device",
				      0, rc);
	return iommufd_refuse(why, "fd", "the exporter of the dma-buf refused",
			      0, rc);
}

static int dmabuf_check(struct dma_buf *dmabuf, const struct pages_range *range,
			struct iommufd_why *why)
{
	int rc = pages_ask_lsm(dmabuf->file, range->writable ?
					     PROT_READ | PROT_WRITE : PROT_READ);

	if (rc)
		return iommufd_refuse(why, "fd",
				      "a security module forbids to map it", 0,
				      rc);
	if (range->start > dmabuf->size ||
	    range->length > dmabuf->size - range->start)
		return iommufd_refuse(why, "length",
				      "beyond the end of the dma-buf (value: its size)",
				      dmabuf->size, -EINVAL);
	if (range->length / PAGE_SIZE >= U32_MAX)
		return iommufd_refuse(why, "length", "too many pages",
				      range->length, -EINVAL);
	return 0;
}

/* Undone by dma_buf_unpin(). */
static int dmabuf_pin_phys_locked(struct dmabuf_source *source,
				  const struct pages_range *range)
{
	unsigned long first = round_down(range->start, PAGE_SIZE);
	struct phys_vec phys = {};
	int rc;

	dma_resv_assert_held(source->dmabuf->resv);

	rc = dma_buf_pin(source->attach);
	if (rc)
		return rc;
	rc = dmabuf_phys(source->attach, &phys);
	/* Revoked and given back since the attach: no use without a new one. */
	if (!rc && source->revocation.revoked)
		rc = -ENODEV;
	if (!rc && (offset_in_page(phys.paddr) ||
		    phys.len < range->start + range->length))
		rc = -EOPNOTSUPP;
	if (rc)
		dma_buf_unpin(source->attach);
	else
		source->first_pfn = PHYS_PFN(phys.paddr + first);
	return rc;
}

/* Takes over the reference of @dmabuf if it succeeds. */
static struct dmabuf_source *dmabuf_attach(struct dma_buf *dmabuf,
					   const struct pages_range *range,
					   struct device *importer)
{
	struct dmabuf_source *source;
	int rc;

	source = kzalloc_obj(*source, GFP_KERNEL_ACCOUNT);
	if (!source)
		return ERR_PTR(-ENOMEM);
	source->dmabuf = dmabuf;
	pages_revocation_init(&source->revocation);

	source->attach = dma_buf_dynamic_attach(dmabuf, importer,
						&dmabuf_importer_ops, source);
	if (IS_ERR(source->attach)) {
		rc = PTR_ERR(source->attach);
		goto undo_init;
	}
	dma_resv_lock(dmabuf->resv, NULL);
	rc = dmabuf_pin_phys_locked(source, range);
	dma_resv_unlock(dmabuf->resv);
	if (rc)
		goto undo_attach;
	return source;

undo_attach:
	dma_buf_detach(dmabuf, source->attach);
undo_init:
	pages_revocation_destroy(&source->revocation);
	kfree(source);
	return ERR_PTR(rc);
}

/**
 * pages_alloc_dmabuf() - describe a range of a dma-buf
 * @fd: file descriptor of current
 * @range: which bytes; the charge mode does not matter, nothing is charged
 * @importer: device to attach in the name of
 * @why: where the reason of a failure goes
 *
 * The dma-buf is attached and pinned from here on.
 *
 * Context: may sleep; takes dma_resv; GFP_KERNEL_ACCOUNT.
 * Return: the object with one reference, NULL if @fd is not a dma-buf, or
 * ERR_PTR: EINVAL: beyond the dma-buf or 2^32 pages; EOPNOTSUPP: its exporter
 * does not tell one physical range; ENODEV: revoked; ENOMEM; else what the
 * exporter or a security module says.
 */
struct iommufd_pages *pages_alloc_dmabuf(int fd,
					 const struct pages_range *range,
					 struct device *importer,
					 struct iommufd_why *why)
{
	struct pages_desc desc = {
		.source = &source_dmabuf_ops,
		.start = range->start,
		.length = range->length,
		.writable = range->writable,
		.charge_mode = range->charge_mode,
	};
	struct dma_buf *dmabuf = dma_buf_get(fd);
	struct dmabuf_source *source;
	struct iommufd_pages *pages;
	int rc;

	if (IS_ERR(dmabuf))
		return NULL;
	rc = dmabuf_check(dmabuf, range, why);
	if (rc)
		goto undo_get;

	source = dmabuf_attach(dmabuf, range, importer);
	if (IS_ERR(source)) {
		rc = dmabuf_refuse_errno(PTR_ERR(source), why);
		goto undo_get;
	}
	pages = pages_alloc(&desc);
	if (IS_ERR(pages)) {
		rc = PTR_ERR(pages);
		goto undo_attach;
	}
	lockdep_set_class(&pages->lock, &dmabuf_pages_key);
	pages->source_data = source;
	return pages;

undo_attach:
	dma_resv_lock(dmabuf->resv, NULL);
	dma_buf_unpin(source->attach);
	dma_resv_unlock(dmabuf->resv);
	dmabuf_detach(source);
	return ERR_PTR(rc);
undo_get:
	dma_buf_put(dmabuf);
	return ERR_PTR(rc);
}
