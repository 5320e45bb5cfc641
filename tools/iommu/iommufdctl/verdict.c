// SPDX-License-Identifier: GPL-2.0-only
/* Each obstacle between a device and its user, with what removes it. */
#include <stdarg.h>
#include <string.h>

#include "file.h"
#include "group.h"
#include "unit.h"
#include "verdict.h"

static struct obstacle *add(struct verdict *v, const char *cause)
{
	struct obstacle *o = &v->obstacle[v->num < OBSTACLES ? v->num : 0];

	if (v->num < OBSTACLES)
		v->num++;
	snprintf(o->cause, sizeof(o->cause), "%s", cause);
	o->cure[0] = 0;
	return o;
}

static void no_group(const struct ctl *ctl, struct verdict *v)
{
	struct obstacle *o = add(v, "no IOMMU group");

	if (parameter_has(ctl, "intel_iommu", "off") ||
	    parameter_has(ctl, "iommu", "off"))
		snprintf(o->cure, sizeof(o->cure),
			 "the kernel was told to leave the IOMMU off; remove intel_iommu=off or iommu=off from its command line");
	else
		snprintf(o->cure, sizeof(o->cure),
			 "no IOMMU translates for it; switch VT-d on in the firmware and boot with intel_iommu=on");
}

/* Members with a driver of the host's keep the whole group. */
static void check_group(const struct ctl *ctl, const struct device *dev,
			struct verdict *v)
{
	struct file_names names;
	struct device other;
	unsigned int i;

	if (file_list(ctl, &names, "/sys/kernel/iommu_groups/%s/devices",
		      dev->group))
		return;
	for (i = 0; i < names.num; i++) {
		char cause[96];

		if (!strcmp(names.name[i], dev->bdf) ||
		    device_read(ctl, &other, names.name[i]) || other.is_bridge ||
		    !other.driver[0] || is_vfio_driver(other.driver) ||
		    !strcmp(other.driver, "pci-stub"))
			continue;
		snprintf(cause, sizeof(cause), "%s in its group", other.bdf);
		snprintf(add(v, cause)->cure, sizeof(v->obstacle[0].cure),
			 "%s has the driver %s and shares group %s: bind it to vfio-pci, too, or plug the device in elsewhere",
			 other.bdf, other.driver, dev->group);
		break;
	}
	file_list_free(&names);
}

static void check_reserved(const struct ctl *ctl, const struct device *dev,
			   struct verdict *v)
{
	struct reserved list[32];
	unsigned int num = group_reserved(ctl, dev->group, list, 32), i;

	for (i = 0; i < num; i++) {
		if (strcmp(list[i].type, "direct"))
			continue;
		snprintf(add(v, "firmware needs its DMA")->cure,
			 sizeof(v->obstacle[0].cure),
			 "the firmware has the device use 0x%llx-0x%llx (RMRR) all the time; only the firmware's setup can change that",
			 list[i].first, list[i].last);
		return;
	}
}

static void check_interrupts(const struct ctl *ctl, const struct device *dev,
			     struct verdict *v)
{
	struct unit unit;
	char unsafe[8];

	unit_read(ctl, &unit, dev->unit);
	file_line(ctl, unsafe, sizeof(unsafe),
		  "/sys/module/iommufd/parameters/allow_unsafe_interrupts");
	if (!unit.is_intel || unsafe[0] == 'Y')
		return;
	if ((unit.ecap & ECAP_IR) && !parameter_has(ctl, "intremap", "off") &&
	    !parameter_has(ctl, "nointremap", NULL))
		return;
	snprintf(add(v, "interrupts not isolated")->cure,
		 sizeof(v->obstacle[0].cure),
		 "%s: a device could send any interrupt; if its user is trusted, load iommufd with allow_unsafe_interrupts=1",
		 unit.ecap & ECAP_IR ? "remove intremap=off or nointremap" :
				       "the unit remaps no interrupts");
}

void verdict_of(const struct ctl *ctl, const struct device *dev,
		struct verdict *verdict)
{
	char why[96];

	verdict->num = 0;
	if (dev->is_bridge) {
		snprintf(add(verdict, "a bridge")->cure,
			 sizeof(verdict->obstacle[0].cure),
			 "give away the devices behind it; a bridge has no user");
		return;
	}
	if (!dev->group[0])
		no_group(ctl, verdict);
	if (device_in_use(ctl, dev, why, sizeof(why)))
		snprintf(add(verdict, why)->cure,
			 sizeof(verdict->obstacle[0].cure),
			 is_vfio_driver(dev->driver) ?
			 "it has its user already; end that one first" :
			 "the machine uses it; stop that first (ip link set ... down, umount, swapoff)");
	if (dev->group[0]) {
		check_group(ctl, dev, verdict);
		check_reserved(ctl, dev, verdict);
		check_interrupts(ctl, dev, verdict);
	}
}
