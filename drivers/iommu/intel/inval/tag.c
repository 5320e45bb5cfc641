// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tags of a domain.
 *
 * Owns: struct vtd_tag and the list they are in.
 * Locks: changes under the domain's lock, which the caller holds; readers under RCU.
 * Calls: nothing.
 */
#include <linux/device.h>
#include <linux/slab.h>

#include "../mutant.h"
#include "../trace.h"
#include "../unit/unit.h"
#include "tag.h"

/**
 * vtd_tags_init() - start without a tag
 * @tags: the tags of a new domain
 * @ops: what to do when a flush failed
 */
void vtd_tags_init(struct vtd_tags *tags, const struct vtd_tags_ops *ops)
{
	tags->ops = ops;
	INIT_LIST_HEAD(&tags->list);
	tags->announce = false;
}

/**
 * vtd_tag_alloc() - make a tag that can be published without failing
 * @key: what it is for
 *
 * Context: may sleep.
 * Return: the tag, to be published or freed with kfree(); NULL without memory.
 */
struct vtd_tag *vtd_tag_alloc(const struct vtd_tag_key *key)
{
	struct vtd_tag *tag = kzalloc_obj(*tag);

	if (tag)
		tag->key = *key;
	return tag;
}

static bool same_key(const struct vtd_tag_key *a, const struct vtd_tag_key *b)
{
	return a->kind == b->kind && a->unit == b->unit && a->devtlb == b->devtlb &&
	       a->did == b->did && a->pasid == b->pasid;
}

static struct vtd_tag *tag_find(struct vtd_tags *tags, const struct vtd_tag_key *key)
{
	struct vtd_tag *tag;

	list_for_each_entry(tag, &tags->list, node)
		if (same_key(&tag->key, key))
			return tag;
	return NULL;
}

static const char *type_text(const struct vtd_tag *tag)
{
	return tag->key.devtlb ? "devtlb" : "iotlb";
}

static const char *device_text(const struct vtd_tag *tag)
{
	return tag->key.devtlb ? dev_name(tag->key.devtlb->dev) : "";
}

/* By unit, and the IOTLB of a unit before its device TLBs. */
static bool stands_before(const struct vtd_tag *a, const struct vtd_tag *b)
{
	if (a->key.unit != b->key.unit)
		return a->key.unit->id < b->key.unit->id;
	if (vtd_mutant(VTD_MUTANT_TAG_ORDER))
		return a->key.devtlb && !b->key.devtlb;
	return !a->key.devtlb && b->key.devtlb;
}

static void tag_insert(struct vtd_tags *tags, struct vtd_tag *new)
{
	struct list_head *behind = &tags->list;
	struct vtd_tag *tag;

	list_for_each_entry(tag, &tags->list, node) {
		if (stands_before(new, tag))
			break;
		behind = &tag->node;
	}
	list_add_rcu(&new->node, behind);
}

/**
 * vtd_tag_publish() - from now on every change of the table reaches the cache
 * @tags: the tags of the domain
 * @tag: a new tag; freed if there is one like it
 *
 * To be called before a table entry that leads to the domain becomes present.
 *
 * Context: under the domain's lock.
 */
void vtd_tag_publish(struct vtd_tags *tags, struct vtd_tag *tag)
{
	const struct vtd_caps *caps = &tag->key.unit->caps;
	struct vtd_tag *old = tag_find(tags, &tag->key);

	if (old) {
		kfree(tag);
		tag = old;
	} else {
		tag_insert(tags, tag);
	}
	tag->users++;
	if (vtd_tag_knows_second(&tag->key) && (caps->cm || caps->rwbf))
		WRITE_ONCE(tags->announce, true);
	trace_cache_tag_assign(tag->key.unit->name, device_text(tag),
			       type_text(tag), tag->key.did, tag->key.pasid,
			       tag->users);
	/*
	 * Whoever changed the table before this needs not invalidate, as the
	 * unit has not seen the table; whoever changes it after this finds the tag.
	 */
	smp_mb();
}

/**
 * vtd_tag_retract() - the cache cannot hold translations of the domain any more
 * @tags: the tags of the domain
 * @key: what the tag was published for
 *
 * To be called after the table entry that led to the domain is gone and
 * everything was invalidated that came through it.
 *
 * Context: under the domain's lock.
 */
void vtd_tag_retract(struct vtd_tags *tags, const struct vtd_tag_key *key)
{
	struct vtd_tag *tag = tag_find(tags, key);

	if (WARN_ON_ONCE(!tag))
		return;
	tag->users--;
	trace_cache_tag_unassign(key->unit->name, device_text(tag),
				 type_text(tag), key->did, key->pasid, tag->users);
	if (tag->users)
		return;
	list_del_rcu(&tag->node);
	kfree_rcu(tag, rcu);
}
