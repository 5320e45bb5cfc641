// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of a unit, under the names that scripts know.
 *
 * Owns: nothing; all values are constant but the count of domain ids.
 */
#include <linux/device.h>
#include <linux/iommu.h>
#include <linux/sysfs.h>

#include "../unit/did.h"
#include "../unit/unit.h"
#include "sysfs.h"

static struct vtd_unit *unit_of(struct device *dev)
{
	return to_vtd_unit(dev_to_iommu_device(dev));
}

/**
 * struct unit_number - a file with one number in it
 * @file: core's part
 * @read: the number
 * @hex: in which base
 */
struct unit_number {
	struct device_attribute file;
	u64 (*read)(struct vtd_unit *unit);
	bool hex;
};

static ssize_t number_show(struct device *dev, struct device_attribute *file,
			   char *buf)
{
	struct unit_number *number =
		container_of(file, struct unit_number, file);
	u64 value = number->read(unit_of(dev));

	return number->hex ? sysfs_emit(buf, "%llx\n", value) :
			     sysfs_emit(buf, "%llu\n", value);
}

static u64 read_address(struct vtd_unit *unit)
{
	return unit->reg_phys;
}

static u64 read_cap(struct vtd_unit *unit)
{
	return unit->caps.cap;
}

static u64 read_ecap(struct vtd_unit *unit)
{
	return unit->caps.ecap;
}

static u64 read_ndids(struct vtd_unit *unit)
{
	return unit->caps.ndids;
}

static u64 read_dids_used(struct vtd_unit *unit)
{
	return vtd_did_count(unit);
}

#define NUMBER(_name, _read, _hex) \
	{ .file = __ATTR(_name, 0444, number_show, NULL), .read = _read, .hex = _hex }

static struct unit_number unit_numbers[] = {
	NUMBER(domains_used, read_dids_used, false),
	NUMBER(domains_supported, read_ndids, false),
	NUMBER(ecap, read_ecap, true),
	NUMBER(cap, read_cap, true),
	NUMBER(address, read_address, true),
};

static ssize_t version_show(struct device *dev, struct device_attribute *file,
			    char *buf)
{
	const struct vtd_caps *caps = &unit_of(dev)->caps;

	return sysfs_emit(buf, "%d:%d\n", caps->major, caps->minor);
}
static DEVICE_ATTR_RO(version);

static struct attribute *unit_attrs[] = {
	&unit_numbers[0].file.attr,
	&unit_numbers[1].file.attr,
	&unit_numbers[2].file.attr,
	&unit_numbers[3].file.attr,
	&unit_numbers[4].file.attr,
	&dev_attr_version.attr,
	NULL,
};

static_assert(ARRAY_SIZE(unit_attrs) == ARRAY_SIZE(unit_numbers) + 2);

static const struct attribute_group unit_group = {
	.name = "intel-iommu",
	.attrs = unit_attrs,
};

const struct attribute_group *vtd_unit_groups[] = {
	&unit_group,
	NULL
};
