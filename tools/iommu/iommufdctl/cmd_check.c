// SPDX-License-Identifier: GPL-2.0-only
/* iommufdctl check: is one device isolated, can it be given away, can it nest. */
#include <string.h>

#include "device.h"
#include "file.h"
#include "group.h"
#include "json.h"
#include "unit.h"
#include "verdict.h"

/* One question, its answer, and why; @cure may be empty. */
struct finding {
	const char *question;
	int yes;
	char why[256];
	char cure[256];
};

static int is_off(const struct ctl *ctl)
{
	return parameter_has(ctl, "intel_iommu", "off") ||
	       parameter_has(ctl, "iommu", "off");
}

static void isolated(const struct ctl *ctl, const struct device *dev,
		     struct finding *f)
{
	struct file_names names;
	size_t at;
	unsigned int i;

	f->question = "isolated";
	if (!dev->group[0] ||
	    file_list(ctl, &names, "/sys/kernel/iommu_groups/%s/devices",
		      dev->group)) {
		strcpy(f->why, "it has no IOMMU group: its DMA reaches all memory");
		strcpy(f->cure, is_off(ctl) ?
		       "boot without intel_iommu=off and iommu=off" :
		       "switch VT-d on in the firmware and boot with intel_iommu=on");
		return;
	}
	f->yes = names.num == 1;
	at = (size_t)snprintf(f->why, sizeof(f->why), f->yes ?
			      "alone in group %s" : "group %s has also",
			      dev->group);
	for (i = 0; i < names.num && at < sizeof(f->why) - 16; i++)
		if (strcmp(names.name[i], dev->bdf))
			at += (size_t)snprintf(f->why + at, sizeof(f->why) - at,
					       " %s", names.name[i]);
	if (!f->yes)
		strcpy(f->cure,
		       "all of a group go to one user; a slot whose root port has ACS gives a group of its own");
	file_list_free(&names);
}

static void translated(const struct ctl *ctl, const struct device *dev,
		       struct finding *f)
{
	char type[24];

	f->question = "host's DMA translated";
	group_type(ctl, dev->group, type, sizeof(type));
	f->yes = dev->unit[0] && strcmp(type, "identity");
	if (!dev->unit[0])
		strcpy(f->why, "no IOMMU is in front of it");
	else if (f->yes)
		snprintf(f->why, sizeof(f->why), "by %s, type %s", dev->unit,
			 type[0] ? type : "unknown");
	else
		snprintf(f->why, sizeof(f->why),
			 "%s passes the host's DMA on as it is; a user's DMA is translated all the same",
			 dev->unit);
	if (dev->unit[0] && !f->yes)
		strcpy(f->cure, "boot without iommu=pt or iommu.passthrough=1");
}

static void assignable(const struct ctl *ctl, const struct device *dev,
		       struct finding *f)
{
	struct verdict verdict;
	size_t at = 0;
	unsigned int i;

	f->question = "can be given away";
	verdict_of(ctl, dev, &verdict);
	f->yes = !verdict.num;
	if (f->yes) {
		snprintf(f->why, sizeof(f->why), is_vfio_driver(dev->driver) ?
			 "the driver is %s" : "by 'iommufdctl bind'",
			 dev->driver);
		return;
	}
	for (i = 0; i < verdict.num && at < sizeof(f->why); i++)
		at += (size_t)snprintf(f->why + at, sizeof(f->why) - at, "%s%s",
				       i ? "; " : "", verdict.obstacle[i].cause);
	at = 0;
	for (i = 0; i < verdict.num && at < sizeof(f->cure); i++)
		at += (size_t)snprintf(f->cure + at, sizeof(f->cure) - at, "%s%s",
				       i ? "; " : "", verdict.obstacle[i].cure);
}

static void nests(const struct ctl *ctl, const struct device *dev,
		  struct finding *f)
{
	struct unit unit;

	f->question = "guest's own tables";
	unit_read(ctl, &unit, dev->unit);
	f->yes = dev->unit[0] && unit_nests(ctl, &unit);
	if (f->yes) {
		snprintf(f->why, sizeof(f->why), "%s nests", unit.name);
	} else if (!dev->unit[0]) {
		strcpy(f->why, "no IOMMU is in front of it");
	} else if (!unit.is_intel) {
		snprintf(f->why, sizeof(f->why),
			 "%s is not VT-d: this tool cannot tell", unit.name);
	} else if (!(unit.ecap & ECAP_SMTS)) {
		snprintf(f->why, sizeof(f->why),
			 "%s has no scalable mode (ECAP.SMTS); no parameter changes that",
			 unit.name);
	} else if (!(unit.ecap & ECAP_NEST) || !(unit.ecap & ECAP_FSTS)) {
		snprintf(f->why, sizeof(f->why),
			 "%s cannot put two tables over each other (ECAP.NEST, ECAP.FSTS); no parameter changes that",
			 unit.name);
	} else {
		strcpy(f->why, "scalable mode is switched off");
		strcpy(f->cure, "boot without intel_iommu=sm_off");
	}
}

/* What both the device and its unit must have. */
static void both(const struct ctl *ctl, const struct device *dev,
		 struct finding *f, const char *question, enum capability cap,
		 unsigned long long bits, const char *names)
{
	struct unit unit;

	f->question = question;
	unit_read(ctl, &unit, dev->unit);
	f->yes = (cap == CAP_OFF || cap == CAP_ON) &&
		 (unit.ecap & bits) == bits;
	if (cap == CAP_UNKNOWN) {
		strcpy(f->why, "the config space is for root to read");
		strcpy(f->cure, "try as root");
	} else if (cap == CAP_ABSENT) {
		strcpy(f->why, "the device has no such capability");
	} else if (!f->yes) {
		snprintf(f->why, sizeof(f->why), "%s lacks %s",
			 dev->unit[0] ? dev->unit : "no IOMMU, which", names);
	} else {
		snprintf(f->why, sizeof(f->why), "device and %s have it; it is %s",
			 dev->unit, capability_name(cap));
	}
}

static void finding_text(const struct ctl *ctl, const struct finding *f)
{
	char text[300];

	printf("  %-22s %s%-3s%s\n", f->question,
	       f->yes ? ctl_good(ctl) : ctl_bad(ctl), f->yes ? "yes" : "no",
	       ctl_plain(ctl));
	ctl_wrap(ctl, 6, f->why);
	if (f->cure[0]) {
		snprintf(text, sizeof(text), "what to do: %s", f->cure);
		ctl_wrap(ctl, 6, text);
	}
}

#define FINDINGS 7

static void json_out(const struct device *dev, const struct finding *list)
{
	int i;

	json_open(NULL, '{');
	json_text("device", dev->bdf);
	json_text("driver", dev->driver);
	json_text("group", dev->group);
	json_text("unit", dev->unit);
	json_open("findings", '[');
	for (i = 0; i < FINDINGS; i++) {
		json_open(NULL, '{');
		json_text("question", list[i].question);
		json_yes("yes", list[i].yes);
		json_text("why", list[i].why);
		json_text("cure", list[i].cure);
		json_close('}');
	}
	json_close(']');
	json_close('}');
	json_end();
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct finding list[FINDINGS] = { };
	struct device dev;
	int c, i, rc;

	while ((c = ctl_option(argc, argv, "+h", NULL)))
		return c == 'h' ? ctl_usage(&cmd_check) : CTL_USAGE;
	if (argc - ctl_rest() != 1)
		return ctl_usage(&cmd_check);
	rc = device_find(ctl, &dev, argv[ctl_rest()]);
	if (rc)
		return rc;
	isolated(ctl, &dev, &list[0]);
	translated(ctl, &dev, &list[1]);
	assignable(ctl, &dev, &list[2]);
	nests(ctl, &dev, &list[3]);
	both(ctl, &dev, &list[4], "address cache (ATS)", dev.ats, ECAP_DT, "ECAP.DT");
	both(ctl, &dev, &list[5], "page requests (PRI)", dev.pri, ECAP_PRS, "ECAP.PRS");
	both(ctl, &dev, &list[6], "PASIDs", dev.pasid, ECAP_PASID | ECAP_SMTS,
	     "ECAP.PASID or scalable mode");
	if (ctl->json) {
		json_out(&dev, list);
	} else {
		printf("%s%s%s: %04x:%04x, driver %s\n", ctl_bold(ctl), dev.bdf,
		       ctl_plain(ctl), dev.vendor, dev.id,
		       dev.driver[0] ? dev.driver : "none");
		for (i = 0; i < FINDINGS; i++)
			finding_text(ctl, &list[i]);
	}
	return list[0].yes && list[2].yes ? CTL_OK : CTL_NO;
}

const struct ctl_command cmd_check = {
	.name = "check",
	.args = "BDF",
	.what = "is it isolated, can it be given away, can it nest",
	.run = run,
	.details =
"Exit code 0: isolated, and nothing keeps it from a user; 1: not so.",
};
