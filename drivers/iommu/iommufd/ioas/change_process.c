// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMU_IOAS_CHANGE_PROCESS: another process pays for what is pinned.
 *
 *	collect the memory of every IOAS --> charge the new payer as well
 *	                                         |            |
 *	                           commit: free the old one  abort: free the new
 *
 * In between both pay for whatever is pinned, so no lock is held over more than
 * one object or a few areas, and nobody who maps or unmaps meanwhile has to wait.
 * What another thread maps meanwhile is charged to the process of that thread.
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "ioas.h"

/* areas looked at under one taking of the lock */
#define CHANGE_STEP_AREAS 64

/* a step is done, and there is another one */
#define CHANGE_MORE 1

/* every pages object of a context once for each of its areas */
struct change_list {
	struct iommufd_pages **pages;
	size_t n;
	size_t size;
};

static int change_list_add(struct change_list *list,
			   struct iommufd_pages *pages)
{
	if (list->n == list->size) {
		size_t size = list->size ? 2 * list->size : 64;
		struct iommufd_pages **bigger;

		bigger = kvrealloc(list->pages, array_size(size, sizeof(*bigger)),
				   GFP_KERNEL_ACCOUNT);
		if (!bigger)
			return -ENOMEM;
		list->pages = bigger;
		list->size = size;
	}
	pages_get(pages);
	list->pages[list->n++] = pages;
	return 0;
}

static void change_list_free(struct change_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		pages_put(list->pages[i]);
		cond_resched();
	}
	kvfree(list->pages);
}

/*
 * Some areas from @iova on, which becomes where to go on. What another thread is
 * mapping is not there yet, and what it unmaps is gone already.
 * Return: CHANGE_MORE, 0: these were the last ones; or ENOMEM.
 */
static int change_collect_some(struct change_list *list,
			       struct iommufd_ioas *ioas, unsigned long *iova)
{
	MA_STATE(mas, &ioas->areas, *iova, *iova);
	unsigned int nareas = CHANGE_STEP_AREAS;
	struct ioas_area *area;
	int rc;

	guard(rwsem_read)(&ioas->iova_lock);
	mas_for_each(&mas, area, ULONG_MAX) {
		if (area->state == IOAS_AREA_LIVE) {
			rc = change_list_add(list, area->pages);
			if (rc)
				return rc;
		}
		if (area->last == ULONG_MAX)
			return 0;
		*iova = area->last + 1;
		if (!--nareas)
			return CHANGE_MORE;
		cond_resched();
	}
	return 0;
}

static int change_collect_ioas(struct change_list *list,
			       struct iommufd_ioas *ioas)
{
	unsigned long iova = 0;
	int rc;

	do {
		if (fatal_signal_pending(current))
			return -EINTR;
		rc = change_collect_some(list, ioas, &iova);
	} while (rc == CHANGE_MORE);
	return rc;
}

/* the IOAS with the lowest id from @id on, with a reference, or NULL */
static struct iommufd_ioas *change_next_ioas(struct iommufd_ctx *ictx,
					     unsigned long id)
{
	struct iommufd_object *obj;

	xa_for_each_start(&ictx->objects, id, obj, id) {
		/* looked up again: it may be gone by now */
		obj = iommufd_object_get(ictx, id, IOMMUFD_OBJ_IOAS);
		if (!IS_ERR(obj))
			return to_ioas(obj);
	}
	return NULL;
}

static int change_collect(struct change_list *list, struct iommufd_ctx *ictx)
{
	struct iommufd_ioas *ioas;
	unsigned long id = 0;
	int rc;

	while ((ioas = change_next_ioas(ictx, id))) {
		id = ioas->obj.id + 1;
		rc = change_collect_ioas(list, ioas);
		iommufd_ioas_put(ioas);
		if (rc)
			return rc;
	}
	return 0;
}

static int change_charge(struct change_list *list, const struct pages_payer *to,
			 struct iommufd_why *why)
{
	size_t i;
	int rc;

	for (i = 0; i < list->n; i++) {
		rc = pages_move_charge(list->pages[i], to, why);
		if (rc)
			return rc;
		cond_resched();
	}
	return 0;
}

/**
 * iommufd_ioas_change_process_ioctl() - IOMMU_IOAS_CHANGE_PROCESS
 * @ucmd: the ioctl
 *
 * Return: 0, or EOPNOTSUPP: reserved field; EINVAL: something mapped is not of
 * a file; EBUSY: another thread changes the process; ENOMEM:
 * the caller's limit, or memory; EINTR: killed. Nothing has changed then.
 */
int iommufd_ioas_change_process_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_ioas_change_process *cmd = ucmd->cmd;
	struct iommufd_ctx *ictx = ucmd->ictx;
	struct change_list list = {};
	struct pages_payer payer;
	size_t i;
	int rc;

	iommufd_ucmd_no_answer(ucmd);
	if (cmd->__reserved)
		return iommufd_reject_reserved(ucmd);

	pages_payer_init(&payer, READ_ONCE(ictx->charge_mode));
	rc = change_collect(&list, ictx);
	if (!rc)
		rc = change_charge(&list, &payer, &ucmd->why);
	for (i = 0; i < list.n; i++) {
		if (rc)
			pages_move_abort(list.pages[i], &payer);
		else
			pages_move_commit(list.pages[i], &payer);
		cond_resched();
	}
	change_list_free(&list);
	pages_payer_release(&payer);
	return rc;
}
