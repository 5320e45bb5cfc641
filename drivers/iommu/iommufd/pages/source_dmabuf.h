/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device memory behind a dma-buf.
 */
#ifndef __IOMMUFD_PAGES_SOURCE_DMABUF_H
#define __IOMMUFD_PAGES_SOURCE_DMABUF_H

#include <linux/list.h>
#include <linux/types.h>

#include "../object/why.h"

struct device;
struct dma_buf_attachment;
struct iommufd_pages;
struct pages_range;

/**
 * typedef pages_dmabuf_phys_fn - asks an exporter for the physical range
 * @attach: attachment to a dma-buf of any exporter
 * @phys: filled in
 *
 * Called with the dma_resv lock of the dma-buf held. The range is valid until
 * the exporter invalidates the attachment, for good.
 *
 * Return: 0, or EOPNOTSUPP: not a dma-buf of this exporter, or not one range;
 * ENODEV: revoked.
 */
typedef int (*pages_dmabuf_phys_fn)(struct dma_buf_attachment *attach,
				    struct phys_vec *phys);

/**
 * struct pages_dmabuf_exporter - who makes dma-bufs that can be mapped
 * @item: among the others
 * @phys: asks it
 */
struct pages_dmabuf_exporter {
	struct list_head item;
	pages_dmabuf_phys_fn phys;
};

#if IS_ENABLED(CONFIG_DMA_SHARED_BUFFER)
struct iommufd_pages *pages_alloc_dmabuf(int fd,
					 const struct pages_range *range,
					 struct device *importer,
					 struct iommufd_why *why);
void pages_dmabuf_add_exporter(struct pages_dmabuf_exporter *exporter);
void pages_dmabuf_remove_exporter(struct pages_dmabuf_exporter *exporter);
#else
static inline struct iommufd_pages *
pages_alloc_dmabuf(int fd, const struct pages_range *range,
		   struct device *importer, struct iommufd_why *why)
{
	return NULL;
}
#endif

#endif
