// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: a wait behind a slow device sleeps where its caller may, also while
 * somebody looks at the queue, and does not where its caller may not.
 */
#include <kunit/test.h>
#include <linux/iommu.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "../hw/pasid_layout.h"
#include "../queue/job.h"
#include "../queue/ring.h"
#include "expect_kunit.h"
#include "inval.h"

#define SLOW_SID	0x700
#define DID		5
/* Looks at the error bits: far more than whoever spins at first needs. */
#define SLOW_LOOKS	12

/**
 * struct change - something that has to be invalidated
 * @name: what it is
 * @run: invalidates it
 */
struct change {
	const char *name;
	int (*run)(struct vtd_unit *unit);
};

static struct vtd_inval_entry where(struct vtd_unit *unit, u32 pasid)
{
	return (struct vtd_inval_entry){ .unit = unit, .sid = 0x208, .pasid = pasid };
}

static int pasid_dropped(struct vtd_unit *unit)
{
	struct vtd_inval_entry entry = where(unit, 3);

	return vtd_inval_pasid_dropped(&entry, DID, VTD_PGTT_FIRST);
}

static int pasid_added(struct vtd_unit *unit)
{
	struct vtd_inval_entry entry = where(unit, 3);

	return vtd_inval_pasid_added(&entry, DID, VTD_PGTT_FIRST);
}

static int context_dropped(struct vtd_unit *unit)
{
	struct vtd_inval_entry entry = where(unit, IOMMU_NO_PASID);

	return vtd_inval_context_dropped(&entry, DID);
}

static int context_added(struct vtd_unit *unit)
{
	struct vtd_inval_entry entry = where(unit, IOMMU_NO_PASID);

	return vtd_inval_context_added(&entry, DID);
}

static int sm_context_dropped(struct vtd_unit *unit)
{
	struct vtd_inval_entry entry = where(unit, IOMMU_NO_PASID);

	return vtd_inval_sm_context_dropped(&entry);
}

static int sm_context_added(struct vtd_unit *unit)
{
	struct vtd_inval_entry entry = where(unit, IOMMU_NO_PASID);

	return vtd_inval_sm_context_added(&entry);
}

static int did_freed(struct vtd_unit *unit)
{
	return vtd_inval_did_freed(unit, DID);
}

static int everything_asleep(struct vtd_unit *unit)
{
	return vtd_inval_everything(unit, VTD_INVAL_SLEEP);
}

static const struct change sleeping[] = {
	{ "a PASID entry goes", pasid_dropped },
	{ "a PASID entry comes", pasid_added },
	{ "a PASID table comes", vtd_inval_pasid_dir_added },
	{ "a legacy context entry goes", context_dropped },
	{ "a legacy context entry comes", context_added },
	{ "a scalable context entry goes", sm_context_dropped },
	{ "a scalable context entry comes", sm_context_added },
	{ "a context table comes", vtd_inval_root_added },
	{ "a domain id goes", did_freed },
	{ "the root goes, and there is time", everything_asleep },
};

static int everything(struct vtd_unit *unit)
{
	return vtd_inval_everything(unit, 0);
}

static int interrupts(struct vtd_unit *unit)
{
	return vtd_inval_iec_all(unit);
}

static const struct vtd_tags_ops no_failure;

static int range(struct vtd_unit *unit)
{
	struct vtd_tag_key key = { .kind = VTD_TAG_SECOND, .unit = unit, .did = DID };
	struct vtd_tag *tag = vtd_tag_alloc(&key);
	struct vtd_tags tags;

	if (!tag)
		return -ENOMEM;
	vtd_tags_init(&tags, &no_failure);
	vtd_tag_publish(&tags, tag);
	vtd_inval_range(&tags, SZ_4K, SZ_8K - 1, VTD_INVAL_LEAF);
	vtd_tag_retract(&tags, &key);
	return 0;
}

static const struct change spinning[] = {
	{ "a range of a table", range },
	{ "the root goes, interrupts are off", everything },
	{ "interrupts", interrupts },
};

/* A device has a request, and takes its time to answer. */
static void ask_slow_device(struct kunit *test, struct fake_queue *fake)
{
	struct vtd_desc request = fake_dev_tlb(SLOW_SID);
	struct vtd_job job = {
		.descs = &request, .n = 1, .only_sid = VTD_JOB_ALL,
	};

	fake->mute_sid[0] = SLOW_SID;
	fake->patience = FAKE_HANGS;
	fake->answers_after = SLOW_LOOKS;
	KUNIT_ASSERT_EQ(test, 0, vtd_ring_publish(fake->unit.queue, &job));
}

/* How often the thread has slept behind the device. */
static unsigned long sleeps(struct kunit *test, const struct change *change)
{
	struct fake_queue *fake = expect_unit(test, 0);
	unsigned long before;

	fake_hurry(fake);
	fake->unit.caps.cm = true;
	ask_slow_device(test, fake);
	before = current->nvcsw;
	KUNIT_EXPECT_EQ_MSG(test, 0, change->run(&fake->unit), "%s", change->name);
	before = current->nvcsw - before;
	/* It was behind the request. */
	KUNIT_EXPECT_EQ_MSG(test, fake->answers_after, 0U, "%s", change->name);
	fake_free(fake);
	return before;
}

static void vtd_sleep_test(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sleeping); i++)
		KUNIT_EXPECT_GT_MSG(test, sleeps(test, &sleeping[i]), 0UL, "%s",
				    sleeping[i].name);
}

static void vtd_spin_test(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(spinning); i++)
		KUNIT_EXPECT_EQ_MSG(test, sleeps(test, &spinning[i]), 0UL, "%s",
				    spinning[i].name);
}

static struct {
	unsigned int submitted, done;
	unsigned int preemptible;
} seen;

static void see_submitted(struct vtd_unit *unit, const struct vtd_desc *descs,
			  unsigned int n)
{
	seen.submitted++;
	seen.preemptible += preemptible();
}

static void see_done(struct vtd_unit *unit, enum vtd_desc_type type, u64 ns)
{
	seen.done++;
	seen.preemptible += preemptible();
}

static const struct vtd_queue_observer looker = {
	.submitted = see_submitted,
	.done = see_done,
};

/* Looking on does not forbid to sleep: "scheduling while atomic" otherwise. */
static void vtd_sleep_observed_test(struct kunit *test)
{
	if (vtd_queue_observe(&looker))
		kunit_skip(test, "somebody looks at the queues already");
	memset(&seen, 0, sizeof(seen));
	KUNIT_EXPECT_GT(test, sleeps(test, &sleeping[0]), 0UL);
	vtd_queue_observe(NULL);
	KUNIT_EXPECT_GE(test, seen.submitted, 1U);
	KUNIT_EXPECT_GE(test, seen.done, 1U);
	KUNIT_EXPECT_EQ(test, seen.preemptible, 0U);
}

static struct kunit_case vtd_sleep_cases[] = {
	KUNIT_CASE(vtd_sleep_test),
	KUNIT_CASE(vtd_spin_test),
	KUNIT_CASE(vtd_sleep_observed_test),
	{}
};

static struct kunit_suite vtd_sleep_suite = {
	.name = "vtd_sleep",
	.test_cases = vtd_sleep_cases,
};

kunit_test_suite(vtd_sleep_suite);
