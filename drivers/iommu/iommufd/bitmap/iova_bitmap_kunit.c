// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of iova_bitmap, on user memory of the test's own mm.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/iova_bitmap.h>
#include <linux/mman.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>

#include "iova_bitmap.h"

#define BASE_IOVA 0x40000000UL
#define WINDOW_BYTES (PAGE_SIZE / sizeof(void *) * PAGE_SIZE)

struct mark {
	unsigned long iova;
	size_t length;
};

/* what the callback shall do, and what it was told */
struct walk {
	const struct mark *marks;
	unsigned int nmarks;
	int rc;
	unsigned int calls;
	unsigned long iova;
	size_t length;
};

static int mark_all(struct iova_bitmap *bitmap, unsigned long iova,
		    size_t length, void *opaque)
{
	struct walk *walk = opaque;

	walk->calls++;
	walk->iova = iova;
	walk->length = length;
	for (unsigned int i = 0; i < walk->nmarks; i++)
		iova_bitmap_set(bitmap, walk->marks[i].iova,
				walk->marks[i].length);
	return walk->rc;
}

static unsigned long user_memory(struct kunit *test, size_t length,
				 unsigned long prot)
{
	unsigned long uva = kunit_vm_mmap(test, NULL, 0, length, prot,
					  MAP_PRIVATE | MAP_ANONYMOUS, 0);

	KUNIT_ASSERT_NE(test, uva, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(uva));
	return uva;
}

static u64 __user *data_at(unsigned long uva)
{
	return (u64 __user *)uva;
}

static u8 byte_at(struct kunit *test, unsigned long uva)
{
	u8 byte = 0;

	KUNIT_ASSERT_EQ(test, get_user(byte, (u8 __user *)uva), 0);
	return byte;
}

static int walk_marks(struct kunit *test, size_t length, unsigned long uva,
		      const struct mark *marks, unsigned int nmarks)
{
	struct walk walk = { .marks = marks, .nmarks = nmarks };
	struct iova_bitmap *bitmap;
	int rc;

	bitmap = iova_bitmap_alloc(BASE_IOVA, length, SZ_4K, data_at(uva));
	KUNIT_ASSERT_FALSE(test, IS_ERR(bitmap));
	rc = iova_bitmap_for_each(bitmap, &walk, mark_all);
	iova_bitmap_free(bitmap);

	KUNIT_EXPECT_EQ(test, walk.calls, 1);
	KUNIT_EXPECT_EQ(test, walk.iova, BASE_IOVA);
	KUNIT_EXPECT_EQ(test, walk.length, length);
	return rc;
}

static void refuses_what_is_no_range(struct kunit *test)
{
	u64 __user *data = data_at(user_memory(test, PAGE_SIZE,
					       PROT_READ | PROT_WRITE));

	KUNIT_EXPECT_EQ(test, -EINVAL,
			PTR_ERR(iova_bitmap_alloc(0, 0, SZ_4K, data)));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			PTR_ERR(iova_bitmap_alloc(0, SZ_4K, 0, data)));
	KUNIT_EXPECT_EQ(test, -EOVERFLOW,
			PTR_ERR(iova_bitmap_alloc(-SZ_4K, SZ_8K, SZ_4K, data)));
	KUNIT_EXPECT_EQ(test, -EFAULT,
			PTR_ERR(iova_bitmap_alloc(0, SZ_4K, SZ_4K,
						  data_at(-PAGE_SIZE))));
}

static void covers_the_last_iova(struct kunit *test)
{
	unsigned long uva = user_memory(test, PAGE_SIZE, PROT_READ | PROT_WRITE);
	const struct mark mark = { -SZ_4K, SZ_4K };
	struct walk walk = { .marks = &mark, .nmarks = 1 };
	struct iova_bitmap *bitmap;

	bitmap = iova_bitmap_alloc(-SZ_8K, SZ_8K, SZ_4K, data_at(uva));
	KUNIT_ASSERT_FALSE(test, IS_ERR(bitmap));
	KUNIT_EXPECT_EQ(test, 0, iova_bitmap_for_each(bitmap, &walk, mark_all));
	iova_bitmap_free(bitmap);
	KUNIT_EXPECT_EQ(test, byte_at(test, uva), 0x02);
}

static void bitmap_may_start_at_any_byte(struct kunit *test)
{
	unsigned long uva = user_memory(test, 2 * PAGE_SIZE,
					PROT_READ | PROT_WRITE);
	/* the last three let the bitmap cross into the next page */
	const unsigned int gaps[] = {
		1, 2, 3, 4, 5, 6, 7, 8, 64, PAGE_SIZE - 5,
		PAGE_SIZE - 3, PAGE_SIZE - 2, PAGE_SIZE - 1,
	};
	/* bits 3, 14..17 and 31 of a bitmap of 4 bytes */
	const struct mark marks[] = {
		{ BASE_IOVA + 3 * SZ_4K, 1 },
		{ BASE_IOVA + 14 * SZ_4K, 4 * SZ_4K },
		{ BASE_IOVA + 32 * SZ_4K - 1, 1 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(gaps); i++) {
		unsigned long at = uva + gaps[i];

		KUNIT_ASSERT_EQ(test, clear_user((void __user *)uva,
						 2 * PAGE_SIZE), 0);
		KUNIT_EXPECT_EQ(test, 0, walk_marks(test, 32 * SZ_4K, at, marks,
						    ARRAY_SIZE(marks)));
		KUNIT_EXPECT_EQ(test, byte_at(test, at - 1), 0x00);
		KUNIT_EXPECT_EQ(test, byte_at(test, at), 0x08);
		KUNIT_EXPECT_EQ(test, byte_at(test, at + 1), 0xc0);
		KUNIT_EXPECT_EQ(test, byte_at(test, at + 2), 0x03);
		KUNIT_EXPECT_EQ(test, byte_at(test, at + 3), 0x80);
		KUNIT_EXPECT_EQ(test, byte_at(test, at + 4), 0x00);
	}
}

static void bits_are_only_added(struct kunit *test)
{
	unsigned long uva = user_memory(test, PAGE_SIZE, PROT_READ | PROT_WRITE);
	const struct mark mark = { BASE_IOVA + SZ_4K, SZ_4K };

	KUNIT_ASSERT_EQ(test, put_user((u8)0xa0, (u8 __user *)uva), 0);
	KUNIT_EXPECT_EQ(test, 0,
			walk_marks(test, 8 * SZ_4K, uva, &mark, 1));
	KUNIT_EXPECT_EQ(test, byte_at(test, uva), 0xa2);
}

static void marks_are_cut_to_the_range(struct kunit *test)
{
	unsigned long uva = user_memory(test, PAGE_SIZE, PROT_READ | PROT_WRITE);
	const struct mark around = { BASE_IOVA - SZ_2M, SZ_4M };
	const struct mark to_the_end = { BASE_IOVA + 2 * SZ_4K, SIZE_MAX };
	const struct mark outside[] = {
		{ BASE_IOVA - SZ_4K, SZ_4K },
		{ BASE_IOVA + 8 * SZ_4K, SZ_4K },
		{ BASE_IOVA, 0 },
	};

	KUNIT_EXPECT_EQ(test, 0, walk_marks(test, 8 * SZ_4K, uva + 1, outside,
					    ARRAY_SIZE(outside)));
	KUNIT_EXPECT_EQ(test, byte_at(test, uva + 1), 0x00);
	KUNIT_EXPECT_EQ(test, 0,
			walk_marks(test, 8 * SZ_4K, uva + 1, &to_the_end, 1));
	KUNIT_EXPECT_EQ(test, byte_at(test, uva + 1), 0xfc);
	KUNIT_EXPECT_EQ(test, 0,
			walk_marks(test, 8 * SZ_4K, uva + 1, &around, 1));
	KUNIT_EXPECT_EQ(test, byte_at(test, uva), 0x00);
	KUNIT_EXPECT_EQ(test, byte_at(test, uva + 1), 0xff);
	KUNIT_EXPECT_EQ(test, byte_at(test, uva + 2), 0x00);
}

static void window_moves_both_ways(struct kunit *test)
{
	size_t nbytes = 2 * WINDOW_BYTES;
	size_t length = nbytes * BITS_PER_BYTE * SZ_4K;
	unsigned long uva = user_memory(test, nbytes, PROT_READ | PROT_WRITE);
	unsigned long middle = BASE_IOVA + length / 2;
	const struct mark marks[] = {
		{ BASE_IOVA + length - SZ_4K, SZ_4K },
		{ BASE_IOVA, SZ_4K },
		{ middle - 2 * SZ_4K, 4 * SZ_4K },
		{ BASE_IOVA + 2 * SZ_4K, SZ_4K },
	};

	if (!IS_ENABLED(CONFIG_64BIT))
		kunit_skip(test, "two windows cover more than 32 bits");

	KUNIT_EXPECT_EQ(test, 0, walk_marks(test, length, uva, marks,
					    ARRAY_SIZE(marks)));
	KUNIT_EXPECT_EQ(test, byte_at(test, uva), 0x05);
	KUNIT_EXPECT_EQ(test, byte_at(test, uva + 1), 0x00);
	KUNIT_EXPECT_EQ(test, byte_at(test, uva + WINDOW_BYTES - 1), 0xc0);
	KUNIT_EXPECT_EQ(test, byte_at(test, uva + WINDOW_BYTES), 0x03);
	KUNIT_EXPECT_EQ(test, byte_at(test, uva + nbytes - 1), 0x80);
}

static void a_lost_bit_is_reported(struct kunit *test)
{
	size_t length = PAGE_SIZE * BITS_PER_BYTE * SZ_4K;
	unsigned long uva = user_memory(test, 2 * PAGE_SIZE,
					PROT_READ | PROT_WRITE);
	const struct mark first = { BASE_IOVA, SZ_4K };
	const struct mark both[] = {
		{ BASE_IOVA + length, SZ_4K },
		{ BASE_IOVA, SZ_4K },
	};

	/* the bitmap goes on where nothing is mapped: only bits there fail */
	KUNIT_ASSERT_EQ(test, vm_munmap(uva + PAGE_SIZE, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, 0, walk_marks(test, 2 * length, uva, &first, 1));
	KUNIT_EXPECT_EQ(test, byte_at(test, uva), 0x01);
	KUNIT_EXPECT_EQ(test, -EFAULT, walk_marks(test, 2 * length, uva, both,
						  ARRAY_SIZE(both)));
}

static void a_hole_before_a_bit_is_no_error(struct kunit *test)
{
	size_t length = PAGE_SIZE * BITS_PER_BYTE * SZ_4K;
	unsigned long uva = user_memory(test, 2 * PAGE_SIZE,
					PROT_READ | PROT_WRITE);
	const struct mark second = { BASE_IOVA + length, SZ_4K };

	KUNIT_ASSERT_EQ(test, vm_munmap(uva, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, 0, walk_marks(test, 2 * length, uva, &second, 1));
	KUNIT_EXPECT_EQ(test, byte_at(test, uva + PAGE_SIZE), 0x01);
}

static void readonly_memory_is_not_written(struct kunit *test)
{
	unsigned long uva = user_memory(test, PAGE_SIZE, PROT_READ);
	const struct mark mark = { BASE_IOVA, SZ_4K };

	KUNIT_EXPECT_EQ(test, 0, walk_marks(test, SZ_4K, uva, NULL, 0));
	KUNIT_EXPECT_EQ(test, -EFAULT, walk_marks(test, SZ_4K, uva, &mark, 1));
	KUNIT_EXPECT_EQ(test, byte_at(test, uva), 0x00);
}

static void the_callback_has_the_last_word(struct kunit *test)
{
	unsigned long uva = user_memory(test, PAGE_SIZE, PROT_READ);
	const struct mark mark = { BASE_IOVA, SZ_4K };
	struct walk walk = { .marks = &mark, .nmarks = 1, .rc = -EIO };
	struct iova_bitmap *bitmap;

	bitmap = iova_bitmap_alloc(BASE_IOVA, SZ_4K, SZ_4K, data_at(uva));
	KUNIT_ASSERT_FALSE(test, IS_ERR(bitmap));
	KUNIT_EXPECT_EQ(test, -EIO,
			iova_bitmap_for_each(bitmap, &walk, mark_all));

	/* an error of one walk is not left for the next */
	walk.rc = 0;
	walk.nmarks = 0;
	KUNIT_EXPECT_EQ(test, 0, iova_bitmap_for_each(bitmap, &walk, mark_all));
	iova_bitmap_free(bitmap);
}

/* the parts of a walk that has its windows pinned ahead */
struct parts {
	unsigned long next;
	unsigned int calls;
	bool aligned;
	/* taken away while a part is walked */
	unsigned long uva;
	size_t nbytes;
};

static int mark_ends(struct iova_bitmap *bitmap, unsigned long iova,
		     size_t length, void *opaque)
{
	struct parts *parts = opaque;

	if (iova != parts->next)
		return -EIO;
	if (parts->calls++ && iova % IOVA_BITMAP_STEP)
		parts->aligned = false;
	parts->next = iova + length;
	if (parts->nbytes && vm_munmap(parts->uva, parts->nbytes))
		return -EIO;
	iova_bitmap_set(bitmap, iova, 1);
	iova_bitmap_set(bitmap, iova + length - 1, 1);
	return 0;
}

static int walk_parts(struct kunit *test, size_t length,
		      unsigned long page_size, unsigned long uva,
		      struct parts *parts)
{
	struct iova_bitmap *bitmap;
	int rc;

	parts->next = BASE_IOVA + SZ_4K;
	parts->aligned = true;
	bitmap = iova_bitmap_alloc(BASE_IOVA + SZ_4K, length, page_size,
				   data_at(uva));
	KUNIT_ASSERT_FALSE(test, IS_ERR(bitmap));
	rc = iova_bitmap_each_window(bitmap, parts, mark_ends);
	iova_bitmap_free(bitmap);
	if (!rc)
		KUNIT_EXPECT_EQ(test, parts->next, BASE_IOVA + SZ_4K + length);
	KUNIT_EXPECT_TRUE(test, parts->aligned);
	return rc;
}

static void parts_end_where_no_entry_does_cross(struct kunit *test)
{
	size_t nbytes = 2 * WINDOW_BYTES;
	size_t length = nbytes * BITS_PER_BYTE * SZ_4K;
	unsigned long uva = user_memory(test, nbytes + PAGE_SIZE,
					PROT_READ | PROT_WRITE);
	/* the first window would go on to some pages below 65 GiB */
	const unsigned long cut = (64ULL * SZ_1G - BASE_IOVA) / SZ_4K - 1;
	struct parts parts = {};

	if (!IS_ENABLED(CONFIG_64BIT))
		kunit_skip(test, "two windows cover more than 32 bits");

	KUNIT_EXPECT_EQ(test, 0,
			walk_parts(test, length, SZ_4K, uva + 5, &parts));
	KUNIT_EXPECT_EQ(test, parts.calls, 3);
	KUNIT_EXPECT_EQ(test, byte_at(test, uva + 4), 0x00);
	KUNIT_EXPECT_EQ(test, byte_at(test, uva + 5), 0x01);
	KUNIT_EXPECT_EQ(test, byte_at(test, uva + 5 + cut / 8), 0xc0);
	KUNIT_EXPECT_EQ(test, byte_at(test, uva + 5 + nbytes - 1), 0x80);
	KUNIT_EXPECT_EQ(test, byte_at(test, uva + 5 + nbytes), 0x00);
}

static void a_part_is_pinned_ahead(struct kunit *test)
{
	struct parts parts = {
		.uva = user_memory(test, 3 * PAGE_SIZE, PROT_READ | PROT_WRITE),
		.nbytes = 3 * PAGE_SIZE,
	};

	/* the last bit falls into the third page */
	KUNIT_EXPECT_EQ(test, 0, walk_parts(test, 2 * PAGE_SIZE * 8 * SZ_4K,
					    SZ_4K, parts.uva + 1, &parts));
	KUNIT_EXPECT_EQ(test, parts.calls, 1);
}

static void tiny_pages_are_walked_as_a_whole(struct kunit *test)
{
	size_t length = WINDOW_BYTES * BITS_PER_BYTE;
	unsigned long uva = user_memory(test, WINDOW_BYTES + PAGE_SIZE,
					PROT_READ | PROT_WRITE);
	struct parts parts = {};

	KUNIT_EXPECT_EQ(test, 0, walk_parts(test, length, 1, uva + 1, &parts));
	KUNIT_EXPECT_EQ(test, parts.calls, 1);
	KUNIT_EXPECT_EQ(test, byte_at(test, uva + 1), 0x01);
	KUNIT_EXPECT_EQ(test, byte_at(test, uva + WINDOW_BYTES), 0x80);
}

static void a_hole_in_a_part_takes_its_own_bits_only(struct kunit *test)
{
	size_t length = 3 * PAGE_SIZE * BITS_PER_BYTE * SZ_4K;
	unsigned long uva = user_memory(test, 3 * PAGE_SIZE,
					PROT_READ | PROT_WRITE);
	struct parts parts = {};

	KUNIT_ASSERT_EQ(test, vm_munmap(uva + PAGE_SIZE, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, 0, walk_parts(test, length, SZ_4K, uva, &parts));
	KUNIT_EXPECT_EQ(test, byte_at(test, uva), 0x01);
	KUNIT_EXPECT_EQ(test, byte_at(test, uva + 3 * PAGE_SIZE - 1), 0x80);
	KUNIT_ASSERT_EQ(test, vm_munmap(uva + 2 * PAGE_SIZE, PAGE_SIZE), 0);
	parts.calls = 0;
	KUNIT_EXPECT_EQ(test, -EFAULT,
			walk_parts(test, length, SZ_4K, uva, &parts));
}

static struct kunit_case iova_bitmap_cases[] = {
	KUNIT_CASE(refuses_what_is_no_range),
	KUNIT_CASE(covers_the_last_iova),
	KUNIT_CASE(bitmap_may_start_at_any_byte),
	KUNIT_CASE(bits_are_only_added),
	KUNIT_CASE(marks_are_cut_to_the_range),
	KUNIT_CASE(window_moves_both_ways),
	KUNIT_CASE(a_lost_bit_is_reported),
	KUNIT_CASE(a_hole_before_a_bit_is_no_error),
	KUNIT_CASE(readonly_memory_is_not_written),
	KUNIT_CASE(the_callback_has_the_last_word),
	KUNIT_CASE(parts_end_where_no_entry_does_cross),
	KUNIT_CASE(a_part_is_pinned_ahead),
	KUNIT_CASE(tiny_pages_are_walked_as_a_whole),
	KUNIT_CASE(a_hole_in_a_part_takes_its_own_bits_only),
	{}
};

static struct kunit_suite iova_bitmap_suite = {
	.name = "iova_bitmap",
	.test_cases = iova_bitmap_cases,
};

kunit_test_suite(iova_bitmap_suite);
