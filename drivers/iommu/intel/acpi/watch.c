// SPDX-License-Identifier: GPL-2.0-only
/*
 * PCI devices as they come and go.
 *
 * Locks: the bus's notifier chain -> watch_lock, which guards the list and is
 *	held around the callbacks.
 */
#include <linux/cleanup.h>
#include <linux/device/bus.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/pci.h>

#include "watch.h"

static DEFINE_MUTEX(watch_lock);
static LIST_HEAD(watches);

static int watch_notify(struct notifier_block *nb, unsigned long event,
			void *data)
{
	struct pci_dev *pdev = to_pci_dev(data);
	struct vtd_watch *watch;

	if (event != BUS_NOTIFY_ADD_DEVICE && event != BUS_NOTIFY_REMOVED_DEVICE)
		return NOTIFY_DONE;
	guard(mutex)(&watch_lock);
	list_for_each_entry(watch, &watches, node) {
		if (event == BUS_NOTIFY_ADD_DEVICE && watch->added)
			watch->added(pdev);
		if (event == BUS_NOTIFY_REMOVED_DEVICE && watch->removed)
			watch->removed(pdev);
	}
	return NOTIFY_OK;
}

/* In front of the IOMMU core, which may configure interrupts of the device. */
static struct notifier_block watch_block = {
	.notifier_call = watch_notify,
	.priority = 1,
};

/**
 * vtd_watch_add() - start to watch
 * @watch: stays for ever
 *
 * A device that appears meanwhile may be reported twice.
 *
 * Context: may sleep.
 * Return: 0; errors of bus_register_notifier().
 */
int vtd_watch_add(struct vtd_watch *watch)
{
	static bool registered;
	struct pci_dev *pdev = NULL;
	bool first;
	int ret;

	scoped_guard(mutex, &watch_lock) {
		first = !registered;
		registered = true;
		list_add_tail(&watch->node, &watches);
	}
	ret = first ? bus_register_notifier(&pci_bus_type, &watch_block) : 0;
	if (ret) {
		guard(mutex)(&watch_lock);
		registered = false;
		list_del(&watch->node);
		return ret;
	}
	if (!watch->added)
		return 0;
	for_each_pci_dev(pdev)
		watch->added(pdev);
	return 0;
}
