// SPDX-License-Identifier: GPL-2.0-only
/*
 * What arrays of a user cost at the machine's own unit, beside one submission and one
 * wait for each entry. With a clock that counts instructions (QEMU's -icount) the
 * unit's part is not in the figures, as QEMU works a submission off at once.
 *
 * The table is in Documentation/driver-api/vtd/invalidation.rst. What is invalidated
 * belongs to a domain id and a PASID that nobody has; it harms nobody who has them.
 */
#include <kunit/test.h>
#include <linux/iommu.h>
#include <linux/ktime.h>
#include <linux/mman.h>
#include <linux/uaccess.h>
#include <uapi/linux/iommufd.h>

#include "../inval/user.h"
#include "../queue/queue.h"
#include "../unit/list.h"
#include "domain.h"
#include "invalidate.h"

#define PASID	0x321
#define MOST	512

/**
 * struct cost - what something took
 * @ns: time; instructions with a clock that counts them
 * @descs: descriptors
 * @submits: submissions, each with one wait
 */
struct cost {
	u64 ns;
	unsigned int descs;
	unsigned int submits;
};

static struct cost counted;

static u16 last_id(const struct vtd_unit *unit)
{
	return unit->caps.ndids - 1;
}

/* Others use the unit, too. */
static void count(struct vtd_unit *unit, const struct vtd_desc *descs, unsigned int n)
{
	if (vtd_desc_type(descs) != VTD_DESC_PASID_IOTLB ||
	    (u16)(descs->qw[0] >> 16) != last_id(unit))
		return;
	counted.descs += n;
	counted.submits++;
}

static const struct vtd_queue_observer observer = { .submitted = count };

/**
 * struct table - a user's table that is nowhere attached
 * @unit: the machine's unit
 * @parent: has the lock
 * @domain: the table
 * @uva: room for MOST entries in user memory
 */
struct table {
	struct vtd_unit *unit;
	struct vtd_domain parent;
	struct vtd_domain domain;
	void __user *uva;
};

static struct vtd_unit *find_unit(void)
{
	struct vtd_unit *unit;

	guard(mutex)(&vtd_units_lock);
	for_each_active_unit(unit)
		if (unit->scalable && unit->translating)
			return unit;
	return NULL;
}

static struct table *new_table(struct kunit *test)
{
	struct table *table = kunit_kzalloc(test, sizeof(*table), GFP_KERNEL);
	struct vtd_tag_key key = { .kind = VTD_TAG_FIRST, .pasid = PASID };
	struct vtd_tag *tag;

	KUNIT_ASSERT_NOT_NULL(test, table);
	table->unit = find_unit();
	if (!table->unit)
		kunit_skip(test, "no unit that translates in scalable mode");
	key.unit = table->unit;
	key.did = last_id(table->unit);
	mutex_init(&table->parent.lock);
	table->domain.top = &table->parent;
	vtd_tags_init(&table->domain.tags, NULL);
	tag = vtd_tag_alloc(&key);
	KUNIT_ASSERT_NOT_NULL(test, tag);
	vtd_tag_publish(&table->domain.tags, tag);
	table->uva = (void __user *)kunit_vm_mmap(test, NULL, 0, PAGE_SIZE * 4,
						  PROT_READ | PROT_WRITE,
						  MAP_ANONYMOUS | MAP_PRIVATE, 0);
	KUNIT_ASSERT_NOT_NULL(test, (__force void *)table->uva);
	return table;
}

static void free_table(struct table *table)
{
	struct vtd_tag *tag = list_first_entry(&table->domain.tags.list, struct vtd_tag, node);

	vtd_tag_retract(&table->domain.tags, &tag->key);
}

static void fill(struct kunit *test, struct table *table, u64 step)
{
	unsigned int i;

	for (i = 0; i < MOST; i++) {
		struct iommu_hwpt_vtd_s1_invalidate entry = {
			.addr = i * step << 12, .npages = 1,
			.flags = IOMMU_VTD_INV_FLAGS_LEAF,
		};

		KUNIT_ASSERT_EQ(test, copy_to_user(table->uva + i * sizeof(entry), &entry,
						   sizeof(entry)), 0UL);
	}
}

static void as_array(struct kunit *test, struct table *table, unsigned int n)
{
	struct iommu_user_data_array array = {
		.type = IOMMU_HWPT_INVALIDATE_DATA_VTD_S1,
		.uptr = table->uva,
		.entry_len = sizeof(struct iommu_hwpt_vtd_s1_invalidate),
		.entry_num = n,
	};

	KUNIT_ASSERT_EQ(test, vtd_domain_invalidate_user(&table->domain.domain, &array), 0);
	KUNIT_ASSERT_EQ(test, array.entry_num, n);
}

/* Copied, checked, submitted and waited for, each by itself. */
static void one_by_one(struct kunit *test, struct table *table, unsigned int n)
{
	struct iommu_hwpt_vtd_s1_invalidate entry;
	struct vtd_desc desc;
	unsigned int i;

	for (i = 0; i < n; i++) {
		KUNIT_ASSERT_EQ(test, copy_from_user(&entry, table->uva + i * sizeof(entry),
						     sizeof(entry)), 0UL);
		KUNIT_ASSERT_EQ(test, vtd_user_check(&entry), 0);
		desc = vtd_desc_pasid_iotlb_page(last_id(table->unit), PASID, entry.addr, 0,
						 VTD_IOTLB1_IH);
		KUNIT_ASSERT_EQ(test, vtd_queue_submit(table->unit, &desc, 1,
						       VTD_SUBMIT_SLEEP, NULL), 0);
	}
}

/* Once to warm up and to count, once for the clock. */
static struct cost measure(struct kunit *test, struct table *table, unsigned int n,
			   void (*how)(struct kunit *test, struct table *table,
				       unsigned int n))
{
	struct cost cost;
	u64 start;

	counted = (struct cost){};
	KUNIT_ASSERT_EQ(test, vtd_queue_observe(&observer), 0);
	how(test, table, n);
	vtd_queue_observe(NULL);
	cost = counted;
	start = ktime_get_ns();
	how(test, table, n);
	cost.ns = ktime_get_ns() - start;
	return cost;
}

static void print(struct kunit *test, const char *what, unsigned int n,
		  const struct cost *cost)
{
	kunit_info(test, "cost: %s: entries %u descriptors %u submissions %u clock %llu per entry %llu\n",
		   what, n, cost->descs, cost->submits, cost->ns, cost->ns / n);
}

static void vtd_invalidate_cost_measure(struct kunit *test)
{
	static const unsigned int sizes[] = { 1, 16, 64, MOST };
	struct table *table = new_table(test);
	unsigned int i, apart;
	struct cost cost;

	for (apart = 0; apart < 2; apart++) {
		fill(test, table, apart + 1);
		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			cost = measure(test, table, sizes[i], as_array);
			print(test, apart ? "apart" : "neighbours", sizes[i], &cost);
			KUNIT_EXPECT_EQ(test, cost.descs, apart ? sizes[i] : 1);
			KUNIT_EXPECT_EQ(test, cost.submits,
					apart ? DIV_ROUND_UP(sizes[i], VTD_USER_RANGES) : 1);
		}
	}
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		cost = measure(test, table, sizes[i], one_by_one);
		print(test, "one by one", sizes[i], &cost);
	}
	free_table(table);
}

static struct kunit_case vtd_invalidate_cost_cases[] = {
	KUNIT_CASE(vtd_invalidate_cost_measure),
	{}
};

static struct kunit_suite vtd_invalidate_cost_suite = {
	.name = "vtd_invalidate_cost",
	.test_cases = vtd_invalidate_cost_cases,
};

kunit_test_suite(vtd_invalidate_cost_suite);
