// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests: a charge on the move, memory that is revoked. The source is a
 * fake without memory.
 */
#include <kunit/test.h>
#include <linux/sched/signal.h>
#include <linux/sched/user.h>
#include <linux/slab.h>

#include "access.h"
#include "pages.h"
#include "revoke.h"
#include "source.h"

#define MOVE_NPAGES 64

struct move {
	struct pages_source_ops ops;
	struct iommufd_pages *pages;
	struct pages_payer next;
	struct user_struct users[2];
};

static long move_pin(struct iommufd_pages *pages, unsigned long index,
		     unsigned long n, unsigned long *pfns,
		     struct iommufd_why *why)
{
	unsigned long i;

	for (i = 0; i < n; i++)
		pfns[i] = 0x1000 + index + i;
	return n;
}

static void move_unpin(struct iommufd_pages *pages, unsigned long pfn,
		       unsigned long npages)
{
}

/* Two payers that are told apart by counters of their own. */
static int move_init(struct kunit *test)
{
	struct pages_desc desc = {
		.length = MOVE_NPAGES * PAGE_SIZE,
		.charge_mode = IOMMUFD_CHARGE_NONE,
	};
	struct move *move = kunit_kzalloc(test, sizeof(*move), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, move);
	move->ops.name = "fake";
	move->ops.charge_moves = true;
	move->ops.pin = move_pin;
	move->ops.unpin = move_unpin;
	desc.source = &move->ops;
	move->pages = pages_alloc(&desc);
	KUNIT_ASSERT_FALSE(test, IS_ERR(move->pages));

	refcount_set(&move->users[0].__count, 100);
	refcount_set(&move->users[1].__count, 100);
	free_uid(move->pages->payer.user);
	move->pages->payer.user = get_uid(&move->users[0]);
	move->pages->payer.mode = IOMMUFD_CHARGE_USER;
	move->next = move->pages->payer;
	move->next.user = &move->users[1];
	test->priv = move;
	return 0;
}

static void move_exit(struct kunit *test)
{
	struct move *move = test->priv;

	if (move)
		pages_put(move->pages);
}

static void expect_charges(struct kunit *test, long first, long second)
{
	struct move *move = test->priv;

	KUNIT_EXPECT_EQ(test, atomic_long_read(&move->users[0].locked_vm),
			first);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&move->users[1].locked_vm),
			second);
}

static int move_add(struct kunit *test, struct pages_user *user,
		    unsigned long first, unsigned long last)
{
	struct move *move = test->priv;

	return pages_add_user(move->pages, user, first, last, NULL);
}

/* While the charge moves both pay for what is pinned and unpinned. */
static void move_commits(struct kunit *test)
{
	struct move *move = test->priv;
	struct pages_user a, b;

	KUNIT_ASSERT_EQ(test, move_add(test, &a, 0, 9), 0);
	expect_charges(test, 10, 0);
	KUNIT_ASSERT_EQ(test, pages_move_charge(move->pages, &move->next, NULL),
			0);
	expect_charges(test, 10, 10);
	KUNIT_EXPECT_EQ(test, pages_move_charge(move->pages, &move->next, NULL),
			0);
	expect_charges(test, 10, 10);
	KUNIT_ASSERT_EQ(test, move_add(test, &b, 10, 14), 0);
	expect_charges(test, 15, 15);
	pages_remove_user(move->pages, &a);
	expect_charges(test, 5, 5);
	pages_move_commit(move->pages, &move->next);
	expect_charges(test, 0, 5);
	pages_move_commit(move->pages, &move->next);
	expect_charges(test, 0, 5);
	pages_remove_user(move->pages, &b);
	expect_charges(test, 0, 0);
	KUNIT_EXPECT_PTR_EQ(test, move->pages->payer.user, &move->users[1]);
	KUNIT_EXPECT_EQ(test, refcount_read(&move->users[0].__count), 100);
	KUNIT_EXPECT_EQ(test, refcount_read(&move->users[1].__count), 101);
}

static void move_aborts(struct kunit *test)
{
	struct move *move = test->priv;
	struct pages_payer third = move->next;
	struct pages_user user;

	KUNIT_ASSERT_EQ(test, move_add(test, &user, 0, 9), 0);
	KUNIT_ASSERT_EQ(test, pages_move_charge(move->pages, &move->next, NULL),
			0);
	KUNIT_EXPECT_EQ(test, pages_move_charge(move->pages, &third, NULL),
			-EBUSY);
	pages_move_abort(move->pages, &third);
	expect_charges(test, 10, 10);
	pages_move_abort(move->pages, &move->next);
	expect_charges(test, 10, 0);
	pages_move_abort(move->pages, &move->next);
	expect_charges(test, 10, 0);
	pages_remove_user(move->pages, &user);
	expect_charges(test, 0, 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&move->users[1].__count), 100);
}

/* Over the limit of the next payer: neither pays more than before. */
static void move_over_limit(struct kunit *test)
{
	struct rlimit *limit = &current->signal->rlim[RLIMIT_MEMLOCK];
	struct move *move = test->priv;
	struct rlimit old = *limit;
	struct pages_user a, b;

	limit->rlim_cur = 12 * PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, move_add(test, &a, 0, 9), 0);
	atomic_long_set(&move->users[1].locked_vm, 3);
	KUNIT_EXPECT_EQ(test, pages_move_charge(move->pages, &move->next, NULL),
			-ENOMEM);
	expect_charges(test, 10, 3);
	atomic_long_set(&move->users[1].locked_vm, 1);
	KUNIT_EXPECT_EQ(test, pages_move_charge(move->pages, &move->next, NULL),
			0);
	KUNIT_EXPECT_EQ(test, move_add(test, &b, 10, 11), -ENOMEM);
	expect_charges(test, 10, 11);
	pages_move_commit(move->pages, &move->next);
	pages_remove_user(move->pages, &a);
	expect_charges(test, 0, 1);
	*limit = old;
}

static void move_refused(struct kunit *test)
{
	struct move *move = test->priv;

	move->ops.charge_moves = false;
	KUNIT_EXPECT_EQ(test, pages_move_charge(move->pages, &move->next, NULL),
			-EINVAL);
	KUNIT_EXPECT_NULL(test, move->pages->next_payer);
}

static void device_memory_is_free(struct kunit *test)
{
	struct move *move = test->priv;
	struct pages_access access = {};
	struct iommufd_why why = {};
	struct pages_user user;
	u8 byte = 0;

	move->ops.mmio = true;
	KUNIT_ASSERT_EQ(test, move_add(test, &user, 0, MOVE_NPAGES - 1), 0);
	expect_charges(test, 0, 0);
	KUNIT_EXPECT_EQ(test, pages_access_pin(move->pages, &access, 0, 0, NULL,
					       &why), -EINVAL);
	KUNIT_EXPECT_EQ(test, pages_rw(move->pages, 0, &byte, 1, 0, &why),
			-EINVAL);
	pages_remove_user(move->pages, &user);
	expect_charges(test, 0, 0);
}

static struct pages_revocation *move_revocation(struct iommufd_pages *pages)
{
	return pages->source_data;
}

struct revocable {
	struct pages_mapping mapping;
	unsigned int revoked;
};

static void count_revoke(struct rb_root *mappings)
{
	struct revocable *entry;
	struct rb_node *rb;

	for (rb = rb_first(mappings); rb; rb = rb_next(rb)) {
		entry = rb_entry(rb, struct revocable, mapping.rb);
		entry->revoked++;
	}
}

static void revoke_once(struct kunit *test)
{
	struct move *move = test->priv;
	struct pages_revocation revocation;
	struct revocable mappings[3] = {};
	unsigned int i;

	pages_revocation_init(&revocation);
	KUNIT_EXPECT_FALSE(test, pages_is_revoked(move->pages));
	move->pages->source_data = &revocation;
	move->ops.revocation = move_revocation;
	KUNIT_EXPECT_FALSE(test, pages_is_revoked(move->pages));
	for (i = 0; i < ARRAY_SIZE(mappings); i++) {
		mappings[i].mapping.revoke = count_revoke;
		mappings[i].mapping.table = &mappings[i % 2];
		mappings[i].mapping.first = i / 2;
	}
	mutex_lock(&revocation.lock);
	for (i = 0; i < ARRAY_SIZE(mappings); i++)
		pages_mapping_add_locked(&revocation, &mappings[i].mapping);
	for (i = 0; i < ARRAY_SIZE(mappings); i++)
		KUNIT_EXPECT_PTR_EQ(test, &mappings[i].mapping,
				    pages_mapping_find_locked(&revocation,
							      &mappings[i % 2],
							      i / 2));
	pages_mapping_remove_locked(&revocation, &mappings[1].mapping);
	KUNIT_EXPECT_NULL(test, pages_mapping_find_locked(&revocation,
							  &mappings[1], 0));
	mutex_unlock(&revocation.lock);

	pages_revoke(&revocation);
	pages_revoke(&revocation);
	KUNIT_EXPECT_EQ(test, mappings[0].revoked, 1);
	KUNIT_EXPECT_EQ(test, mappings[1].revoked, 0);
	KUNIT_EXPECT_EQ(test, mappings[2].revoked, 1);
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&revocation.mappings));
	KUNIT_EXPECT_TRUE(test, pages_is_revoked(move->pages));
	move->ops.revocation = NULL;
	pages_revocation_destroy(&revocation);
}

static struct kunit_case move_cases[] = {
	KUNIT_CASE(move_commits),
	KUNIT_CASE(move_aborts),
	KUNIT_CASE(move_over_limit),
	KUNIT_CASE(move_refused),
	KUNIT_CASE(device_memory_is_free),
	KUNIT_CASE(revoke_once),
	{}
};

static struct kunit_suite move_suite = {
	.name = "iommufd_pages_move",
	.init = move_init,
	.exit = move_exit,
	.test_cases = move_cases,
};

kunit_test_suite(move_suite);
