// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which mutant is on, chosen through debugfs: /sys/kernel/debug/vtd-mutant shows
 * all names, the one that is on in brackets; a name that is written switches it on.
 *
 * Owns: vtd_mutant_on.
 * Locks: none. Who switches while the driver works gets a mixture.
 */
#define pr_fmt(fmt) "DMAR: " fmt

#include <linux/array_size.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/panic.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "mutant.h"

#define NAME_LEN_MAX	32

enum vtd_mutant vtd_mutant_on;

static const char * const names[] = {
	[VTD_MUTANT_NONE] = "none",
	[VTD_MUTANT_DROP_PASID_CACHE] = "drop-pasid-cache",
	[VTD_MUTANT_DROP_PASID_DEVTLB] = "drop-pasid-devtlb",
	[VTD_MUTANT_DROP_NEW_ID] = "drop-new-id",
	[VTD_MUTANT_DROP_CONTEXT_CACHE] = "drop-context-cache",
	[VTD_MUTANT_DROP_CONTEXT_DEVTLB] = "drop-context-devtlb",
	[VTD_MUTANT_SM_CONTEXT_CACHE] = "sm-context-cache",
	[VTD_MUTANT_DROP_IOTLB] = "drop-iotlb",
	[VTD_MUTANT_ADD_PASID_CACHE] = "add-pasid-cache",
	[VTD_MUTANT_ADD_CONTEXT_CACHE] = "add-context-cache",
	[VTD_MUTANT_EVERYTHING_CONTEXT] = "everything-context",
	[VTD_MUTANT_RANGE_IOTLB] = "range-iotlb",
	[VTD_MUTANT_RANGE_DEVTLB] = "range-devtlb",
	[VTD_MUTANT_RANGE_LAST] = "range-last",
	[VTD_MUTANT_RANGE_ORDER] = "range-order",
	[VTD_MUTANT_RANGE_BLOCKS] = "range-blocks",
	[VTD_MUTANT_RANGE_LEAF] = "range-leaf",
	[VTD_MUTANT_RANGE_PASID] = "range-pasid",
	[VTD_MUTANT_DEVTLB_PASID] = "devtlb-pasid",
	[VTD_MUTANT_SECOND_BY_PASID] = "second-by-pasid",
	[VTD_MUTANT_MAPPED] = "mapped",
	[VTD_MUTANT_TAG_ORDER] = "tag-order",
	[VTD_MUTANT_NO_FENCE] = "no-fence",
	[VTD_MUTANT_KEEP_MUTE] = "keep-mute",
	[VTD_MUTANT_PRESENT_FIRST] = "present-first",
	[VTD_MUTANT_PRESENT_LAST] = "present-last",
	[VTD_MUTANT_SYNC_FIRST] = "sync-first",
	[VTD_MUTANT_CHILD_IOTLB] = "child-iotlb",
	[VTD_MUTANT_CHILD_DEVTLB] = "child-devtlb",
	[VTD_MUTANT_CHILD_RANGE] = "child-range",
	[VTD_MUTANT_CHILD_SHARED_ID] = "child-shared-id",
	[VTD_MUTANT_CHILD_REPLACE] = "child-replace",
	[VTD_MUTANT_CHILD_PASID] = "child-pasid",
	[VTD_MUTANT_USER_LEAF] = "user-leaf",
	[VTD_MUTANT_USER_MERGE] = "user-merge",
	[VTD_MUTANT_USER_LAST] = "user-last",
	[VTD_MUTANT_USER_ONE_RANGE] = "user-one-range",
	[VTD_MUTANT_USER_ONE] = "user-one",
	[VTD_MUTANT_USER_ALL] = "user-all",
	[VTD_MUTANT_USER_DEVTLB] = "user-devtlb",
	[VTD_MUTANT_USER_DEVTLB_PASID] = "user-devtlb-pasid",
	[VTD_MUTANT_DIRTY_CHILDREN] = "dirty-children",
	[VTD_MUTANT_DIRTY_PART] = "dirty-part",
	[VTD_MUTANT_PRQ_DRAIN] = "prq-drain",
	[VTD_MUTANT_PRQ_CATCH_UP] = "prq-catch-up",
	[VTD_MUTANT_DRAIN_FLAG] = "drain-flag",
	[VTD_MUTANT_PRQ_UNANSWERED] = "prq-unanswered",
	[VTD_MUTANT_PRQ_GROUP] = "prq-group",
	[VTD_MUTANT_PRQ_PASID] = "prq-pasid",
	[VTD_MUTANT_PRQ_ALL_PASIDS] = "prq-all-pasids",
	[VTD_MUTANT_PRQ_MARKER] = "prq-marker",
	[VTD_MUTANT_PRQ_OVERFLOW] = "prq-overflow",
	[VTD_MUTANT_PRQ_UNATTACHED] = "prq-unattached",
	[VTD_MUTANT_PRQ_STAYS_ON] = "prq-stays-on",
	[VTD_MUTANT_PRQ_ALLOWED] = "prq-allowed",
	[VTD_MUTANT_PRQ_EARLY] = "prq-early",
	[VTD_MUTANT_GUEST_SID] = "guest-sid",
	[VTD_MUTANT_GUEST_SILENCE] = "guest-silence",
	[VTD_MUTANT_GUEST_LOST] = "guest-lost",
	[VTD_MUTANT_GUEST_MIXED] = "guest-mixed",
	[VTD_MUTANT_GUEST_PASID] = "guest-pasid",
	[VTD_MUTANT_MUTE_STAYS] = "mute-stays",
	[VTD_MUTANT_CUT_CACHES] = "cut-caches",
	[VTD_MUTANT_FREE_FIRST] = "free-first",
	[VTD_MUTANT_SM_CONTEXT_PASIDS] = "sm-context-pasids",
	[VTD_MUTANT_SM_CONTEXT_IOTLB] = "sm-context-iotlb",
	[VTD_MUTANT_STAGE_SYNC] = "stage-sync",
	[VTD_MUTANT_TIDY_SYNC] = "tidy-sync",
	[VTD_MUTANT_IR_WRITE] = "ir-write",
	[VTD_MUTANT_IR_FREE] = "ir-free",
};

static_assert(ARRAY_SIZE(names) == VTD_MUTANTS);

static int mutant_show(struct seq_file *seq, void *data)
{
	enum vtd_mutant on = READ_ONCE(vtd_mutant_on);
	unsigned int i;

	for (i = 0; i < VTD_MUTANTS; i++)
		seq_printf(seq, i == on ? "[%s]\n" : "%s\n", names[i]);
	return 0;
}

static int mutant_open(struct inode *inode, struct file *file)
{
	return single_open(file, mutant_show, NULL);
}

static ssize_t mutant_write(struct file *file, const char __user *user, size_t nbytes,
			    loff_t *pos)
{
	char name[NAME_LEN_MAX] = {};
	int mutant;

	if (nbytes >= sizeof(name))
		return -EINVAL;
	if (copy_from_user(name, user, nbytes))
		return -EFAULT;
	mutant = sysfs_match_string(names, name);
	if (mutant < 0)
		return mutant;
	if (mutant != VTD_MUTANT_NONE) {
		add_taint(TAINT_TEST, LOCKDEP_STILL_OK);
		pr_alert("mutant %s is on: DEVICES REACH MEMORY THAT IS NOT THEIRS\n",
			 names[mutant]);
	}
	WRITE_ONCE(vtd_mutant_on, mutant);
	return nbytes;
}

static const struct file_operations mutant_fops = {
	.open = mutant_open,
	.read = seq_read,
	.write = mutant_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int __init mutant_init(void)
{
	pr_warn("**********************************************************\n");
	pr_warn("** This kernel has MUTANTS of the VT-d driver built in: **\n");
	pr_warn("** faults that can be switched on to test its tests.    **\n");
	pr_warn("** It is not fit to protect anything. Do NOT ship it.   **\n");
	pr_warn("**********************************************************\n");
	debugfs_create_file("vtd-mutant", 0600, NULL, NULL, &mutant_fops);
	return 0;
}
late_initcall(mutant_init);
