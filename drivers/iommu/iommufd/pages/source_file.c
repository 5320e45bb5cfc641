// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of a file: memfd, tmpfs, hugetlbfs, named by its offset.
 *
 * Owns: the source kind "file".
 * Locks: runs under pages->lock; folio locks and those of the file system's
 *	memory allocation nest inside.
 * Calls: memfd_pin_folios(), lsm.c.
 *
 * The page cache is asked by folio. A folio comes with one pin and gets the
 * rest, one for each of its pages that the object has, in one step: areas that
 * share an object may give its pages back in any pieces.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/shmem_fs.h>
#include <uapi/linux/fcntl.h>

#include "lsm.h"
#include "pages.h"
#include "source.h"

/* As many as one look into the page cache finds. */
#define FILE_NFOLIOS 32UL

static struct file *pages_file(struct iommufd_pages *pages)
{
	return pages->source_data;
}

/* A page of the object may reach beyond its last byte, and beyond the file. */
static loff_t file_last_byte(struct iommufd_pages *pages, unsigned long index,
			     unsigned long n)
{
	unsigned long nbytes = min((index + n) * PAGE_SIZE,
				   pages_sub_offset(pages) + pages->length);

	return pages_source_addr(pages) + nbytes - 1;
}

static int explain_errno(struct file *file, loff_t last, int rc,
			 struct iommufd_why *why)
{
	if (rc != -EINVAL)
		return iommufd_refuse(why, "fd",
				      "the file's memory cannot be pinned (value: last offset)",
				      last, rc);
	if (last >= i_size_read(file_inode(file)))
		return iommufd_refuse(why, "length",
				      "beyond the end of the file (value: last offset)",
				      last, rc);
	return iommufd_refuse(why, "fd",
			      "neither a memfd nor a file of tmpfs or hugetlbfs",
			      last, rc);
}

/*
 * Each folio has one pin. Returns for how many pages, at most @n, there is a
 * pin for each; folios behind those are given back.
 */
static long pin_each_page(struct folio **folios, long nfolios,
			  unsigned long first_page, unsigned long n,
			  unsigned long *pfns)
{
	unsigned long page = first_page;
	unsigned long done = 0;
	int rc = 0;
	long i;

	for (i = 0; i < nfolios && done < n; i++, page = 0) {
		unsigned long pfn = folio_pfn(folios[i]) + page;
		unsigned long take = min(folio_nr_pages(folios[i]) - page,
					 n - done);

		if (take > 1)
			rc = folio_add_pins(folios[i], take - 1);
		if (rc)
			break;
		while (take--)
			pfns[done++] = pfn++;
	}
	if (i < nfolios)
		unpin_folios(folios + i, nfolios - i);
	return done ? (long)done : rc;
}

static long file_pin(struct iommufd_pages *pages, unsigned long index,
		     unsigned long n, unsigned long *pfns,
		     struct iommufd_why *why)
{
	loff_t first = pages_source_addr(pages) + index * PAGE_SIZE;
	loff_t last = file_last_byte(pages, index, n);
	struct folio *folios[FILE_NFOLIOS];
	struct file *file = pages_file(pages);
	pgoff_t offset = 0;
	long nfolios;
	long npinned;

	nfolios = memfd_pin_folios(file, first, last, folios,
				   min(n, FILE_NFOLIOS), &offset);
	if (nfolios <= 0)
		return explain_errno(file, last, nfolios ?: -EFAULT, why);

	npinned = pin_each_page(folios, nfolios, offset >> PAGE_SHIFT, n, pfns);
	if (npinned < 0)
		return explain_errno(file, last, npinned, why);
	return npinned;
}

static void file_unpin(struct iommufd_pages *pages, unsigned long pfn,
		       unsigned long npages)
{
	unpin_user_page_range_dirty_lock(pfn_to_page(pfn), npages,
					 pages->writable);
}

static void file_release(struct iommufd_pages *pages)
{
	struct file *file = pages_file(pages);

	if (pages->writable)
		mapping_unmap_writable(file->f_mapping);
	fput(file);
}

static const struct pages_source_ops source_file_ops = {
	.name = "file",
	.charge_moves = true,
	.pin = file_pin,
	.unpin = file_unpin,
	.release = file_release,
};

/*
 * An area keeps its file open. One that in turn keeps the context open, such
 * as /dev/iommu, an event queue or anything that such a file can be passed
 * through, would make both live for ever. Files that are nothing but memory
 * keep nothing.
 */
static int file_check_memory(struct file *file, struct iommufd_why *why)
{
	if (shmem_file(file) || is_file_hugepages(file))
		return 0;
	return iommufd_refuse(why, "fd",
			      "neither a memfd nor a file of tmpfs or hugetlbfs",
			      0, -EINVAL);
}

static unsigned int file_seals(struct file *file)
{
#ifdef CONFIG_HUGETLBFS
	if (is_file_hugepages(file))
		return HUGETLBFS_I(file_inode(file))->seals;
#endif
	return SHMEM_I(file_inode(file))->seals;
}

/* The count of writable mappings keeps F_SEAL_WRITE away as a mmap() would. */
static int file_permit_write(struct file *file, struct iommufd_why *why)
{
	if (!(file->f_mode & FMODE_WRITE))
		return iommufd_refuse(why, "fd",
				      "not open for writing, and the map asks for it",
				      0, -EACCES);
	if (IS_APPEND(file_inode(file)))
		return iommufd_refuse(why, "fd",
				      "append-only, and the map asks for writing",
				      0, -EACCES);
	/* it was opened before it became so */
	if (IS_IMMUTABLE(file_inode(file)))
		return iommufd_refuse(why, "fd",
				      "immutable, and the map asks for writing",
				      0, -EPERM);
	if (file_seals(file) & F_SEAL_FUTURE_WRITE)
		return iommufd_refuse(why, "fd",
				      "sealed against writing, and the map asks for it",
				      F_SEAL_FUTURE_WRITE, -EPERM);
	if (mapping_map_writable(file->f_mapping))
		return iommufd_refuse(why, "fd",
				      "sealed against writing, and the map asks for it",
				      F_SEAL_WRITE, -EPERM);
	return 0;
}

/*
 * A device may do no more to a file than its opener could through mmap(): that
 * needs a readable file and leave of the security modules, for writing also a
 * writable file without a seal or an attribute against it.
 */
static int file_permit(struct file *file, bool writable,
		       struct iommufd_why *why)
{
	int rc;

	if (!(file->f_mode & FMODE_READ))
		return iommufd_refuse(why, "fd", "not open for reading", 0,
				      -EACCES);
	rc = pages_ask_lsm(file, writable ? PROT_READ | PROT_WRITE : PROT_READ);
	if (rc)
		return iommufd_refuse(why, "fd",
				      "a security module forbids to map it", 0,
				      rc);
	return writable ? file_permit_write(file, why) : 0;
}

struct iommufd_pages *pages_alloc_file(struct file *file,
				       const struct pages_range *range,
				       struct iommufd_why *why)
{
	struct pages_desc desc = {
		.source = &source_file_ops,
		.start = range->start,
		.length = range->length,
		.writable = range->writable,
		.charge_mode = range->charge_mode,
	};
	struct iommufd_pages *pages;
	int rc;

	rc = file_check_memory(file, why);
	if (!rc)
		rc = file_permit(file, range->writable, why);
	if (rc)
		return ERR_PTR(rc);
	pages = pages_alloc(&desc);
	if (IS_ERR(pages)) {
		if (range->writable)
			mapping_unmap_writable(file->f_mapping);
		return pages;
	}
	pages->source_data = get_file(file);
	return pages;
}
