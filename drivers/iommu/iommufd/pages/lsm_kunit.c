// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: security modules are asked before a file or a dma-buf is mapped, and what
 * they forbid is not. A stub answers in their place.
 */
#include <kunit/static_stub.h>
#include <kunit/test.h>
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/shmem_fs.h>

#include "lsm.h"
#include "pages.h"
#include "source_dmabuf.h"

MODULE_IMPORT_NS("DMA_BUF");

#define NBYTES (4 * PAGE_SIZE)

/**
 * struct asked - what the stub was asked, and what it says
 * @file: the file
 * @prot: for what
 * @count: how often
 * @answer: 0, or a negative errno
 */
static struct asked {
	struct file *file;
	unsigned long prot;
	unsigned int count;
	int answer;
} asked;

static int answer(struct file *file, unsigned long prot)
{
	asked.file = file;
	asked.prot = prot;
	asked.count++;
	return asked.answer;
}

static int lsm_init(struct kunit *test)
{
	memset(&asked, 0, sizeof(asked));
	kunit_activate_static_stub(test, pages_ask_lsm, answer);
	return 0;
}

static void expect_refusal(struct kunit *test, struct iommufd_pages *pages,
			   const struct iommufd_why *why)
{
	KUNIT_EXPECT_PTR_EQ(test, pages, ERR_PTR(-EACCES));
	KUNIT_EXPECT_STREQ(test, why->field, "fd");
	KUNIT_EXPECT_STREQ(test, why->reason,
			   "a security module forbids to map it");
	if (!IS_ERR_OR_NULL(pages))
		pages_put(pages);
}

static void lsm_file(struct kunit *test)
{
	struct file *file = shmem_file_setup("iommufd_kunit", NBYTES,
					     EMPTY_VMA_FLAGS);
	struct pages_range range = { .length = NBYTES };
	struct iommufd_why why = {};
	struct iommufd_pages *pages;

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	pages = pages_alloc_file(file, &range, &why);
	KUNIT_EXPECT_FALSE(test, IS_ERR(pages));
	KUNIT_EXPECT_PTR_EQ(test, asked.file, file);
	KUNIT_EXPECT_EQ(test, asked.prot, PROT_READ);
	if (!IS_ERR(pages))
		pages_put(pages);

	asked.answer = -EACCES;
	expect_refusal(test, pages_alloc_file(file, &range, &why), &why);
	why = (struct iommufd_why){};
	range.writable = true;
	expect_refusal(test, pages_alloc_file(file, &range, &why), &why);
	KUNIT_EXPECT_EQ(test, asked.prot, PROT_READ | PROT_WRITE);
	KUNIT_EXPECT_EQ(test, asked.count, 3U);
	/* Nothing counts as a writable mapping. */
	KUNIT_EXPECT_EQ(test, atomic_read(&file->f_mapping->i_mmap_writable), 0);
	fput(file);
}

static struct sg_table *no_map(struct dma_buf_attachment *attach,
			       enum dma_data_direction dir)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static void no_unmap(struct dma_buf_attachment *attach, struct sg_table *table,
		     enum dma_data_direction dir)
{
}

static void no_release(struct dma_buf *dmabuf)
{
}

static const struct dma_buf_ops no_ops = {
	.map_dma_buf = no_map,
	.unmap_dma_buf = no_unmap,
	.release = no_release,
};

static void lsm_dmabuf(struct kunit *test)
{
	struct pages_range range = { .length = NBYTES, .writable = true };
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct iommufd_why why = {};
	struct dma_buf *dmabuf;
	struct file *file;
	int fd;

	info.ops = &no_ops;
	info.size = NBYTES;
	info.flags = O_RDWR;
	info.priv = test;
	dmabuf = dma_buf_export(&info);
	KUNIT_ASSERT_FALSE(test, IS_ERR(dmabuf));
	file = dmabuf->file;
	fd = dma_buf_fd(dmabuf, O_CLOEXEC);
	if (fd < 0)
		dma_buf_put(dmabuf);
	KUNIT_ASSERT_GE(test, fd, 0);

	asked.answer = -EACCES;
	expect_refusal(test, pages_alloc_dmabuf(fd, &range, NULL, &why), &why);
	KUNIT_EXPECT_PTR_EQ(test, asked.file, file);
	KUNIT_EXPECT_EQ(test, asked.prot, PROT_READ | PROT_WRITE);
	KUNIT_EXPECT_EQ(test, asked.count, 1U);
	close_fd(fd);
}

static struct kunit_case lsm_cases[] = {
	KUNIT_CASE(lsm_file),
	KUNIT_CASE(lsm_dmabuf),
	{}
};

static struct kunit_suite lsm_suite = {
	.name = "iommufd_pages_lsm",
	.init = lsm_init,
	.test_cases = lsm_cases,
};

kunit_test_suite(lsm_suite);
