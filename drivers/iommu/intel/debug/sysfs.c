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

static ssize_t version_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	const struct vtd_caps *caps = &unit_of(dev)->caps;

	return sysfs_emit(buf, "%d:%d\n", caps->major, caps->minor);
}
static DEVICE_ATTR_RO(version);

static ssize_t address_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%llx\n", unit_of(dev)->reg_phys);
}
static DEVICE_ATTR_RO(address);

static ssize_t cap_show(struct device *dev, struct device_attribute *attr,
			char *buf)
{
	return sysfs_emit(buf, "%llx\n", unit_of(dev)->caps.cap);
}
static DEVICE_ATTR_RO(cap);

static ssize_t ecap_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "%llx\n", unit_of(dev)->caps.ecap);
}
static DEVICE_ATTR_RO(ecap);

static ssize_t domains_supported_show(struct device *dev,
				      struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", unit_of(dev)->caps.ndids);
}
static DEVICE_ATTR_RO(domains_supported);

static ssize_t domains_used_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", vtd_did_count(unit_of(dev)));
}
static DEVICE_ATTR_RO(domains_used);

static struct attribute *unit_attrs[] = {
	&dev_attr_version.attr,
	&dev_attr_address.attr,
	&dev_attr_cap.attr,
	&dev_attr_ecap.attr,
	&dev_attr_domains_supported.attr,
	&dev_attr_domains_used.attr,
	NULL
};

static const struct attribute_group unit_group = {
	.name = "intel-iommu",
	.attrs = unit_attrs,
};

const struct attribute_group *vtd_unit_groups[] = {
	&unit_group,
	NULL
};
