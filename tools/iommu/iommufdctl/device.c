// SPDX-License-Identifier: GPL-2.0-only
/* PCI devices in sysfs, and what their config space says of them. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "file.h"

/* ---- Config space ------------------------------------------------------- */

#define PCI_CLASS_BRIDGE	0x06
#define PCI_EXT_START		0x100
#define PCI_EXT_ATS		0x0f
#define PCI_EXT_PRI		0x13
#define PCI_EXT_PASID		0x1b

static unsigned int word(const unsigned char *config, size_t at)
{
	return config[at] | (unsigned int)config[at + 1] << 8;
}

/* PCIe 6.0, 7.6.3: the next capability is in the upper twelve bits. */
static size_t find_capability(const unsigned char *config, size_t size,
			      unsigned int id)
{
	unsigned int at = PCI_EXT_START, n;

	for (n = 0; n < 256 && at >= PCI_EXT_START && at + 8 <= size; n++) {
		if (word(config, at) == id)
			return at;
		at = word(config, at + 2) >> 4 & ~3U;
	}
	return 0;
}

static enum capability state(const unsigned char *config, size_t size,
			     unsigned int id, size_t control, unsigned int enable)
{
	size_t at;

	if (size <= PCI_EXT_START)
		return size < 256 ? CAP_UNKNOWN : CAP_ABSENT;
	at = find_capability(config, size, id);
	if (!at)
		return CAP_ABSENT;
	return word(config, at + control) & enable ? CAP_ON : CAP_OFF;
}

static void read_config(const struct ctl *ctl, struct device *dev)
{
	unsigned char config[4096] = { };
	size_t size = 0;
	FILE *f = file_open(ctl, DEVICE_DIR "/%s/config", dev->bdf);

	if (f) {
		size = fread(config, 1, sizeof(config), f);
		fclose(f);
	}
	dev->ats = state(config, size, PCI_EXT_ATS, 6, 0x8000);
	dev->pri = state(config, size, PCI_EXT_PRI, 4, 1);
	dev->pasid = state(config, size, PCI_EXT_PASID, 6, 1);
}

const char *capability_name(enum capability cap)
{
	switch (cap) {
	case CAP_UNKNOWN:
		return "?";
	case CAP_ABSENT:
		return "-";
	case CAP_OFF:
		return "off";
	case CAP_ON:
		return "on";
	}
	return "?";
}

/* ---- sysfs -------------------------------------------------------------- */

static void read_node(const struct ctl *ctl, struct device *dev)
{
	struct file_names names;
	unsigned int i;

	if (file_list(ctl, &names, DEVICE_DIR "/%s/vfio-dev", dev->bdf))
		return;
	for (i = 0; i < names.num; i++)
		if (strstr(names.name[i], "vfio") && !dev->node[0])
			snprintf(dev->node, sizeof(dev->node), "%s",
				 names.name[i]);
	file_list_free(&names);
}

int device_read(const struct ctl *ctl, struct device *dev, const char *name)
{
	char bdf[BDF_SIZE];

	/* It may be the one in *dev. */
	snprintf(bdf, sizeof(bdf), "%s", name);
	*dev = (struct device){ .vendor = 0 };
	strcpy(dev->bdf, bdf);
	if (!file_exists(ctl, DEVICE_DIR "/%s", bdf))
		return -ENODEV;
	file_link(ctl, dev->driver, sizeof(dev->driver), DEVICE_DIR "/%s/driver", bdf);
	file_link(ctl, dev->group, sizeof(dev->group), DEVICE_DIR "/%s/iommu_group",
		  bdf);
	file_link(ctl, dev->unit, sizeof(dev->unit), DEVICE_DIR "/%s/iommu", bdf);
	file_line(ctl, dev->override, sizeof(dev->override),
		  DEVICE_DIR "/%s/driver_override", bdf);
	if (!strcmp(dev->override, "(null)"))
		dev->override[0] = 0;
	dev->vendor = (unsigned int)file_hex(ctl, DEVICE_DIR "/%s/vendor", bdf);
	dev->id = (unsigned int)file_hex(ctl, DEVICE_DIR "/%s/device", bdf);
	dev->class = (unsigned int)file_hex(ctl, DEVICE_DIR "/%s/class", bdf);
	dev->is_bridge = dev->class >> 16 == PCI_CLASS_BRIDGE;
	read_node(ctl, dev);
	read_config(ctl, dev);
	return 0;
}

int device_find(const struct ctl *ctl, struct device *dev, const char *text)
{
	char bdf[BDF_SIZE];

	if (iommufd_bdf_normalize(text, bdf))
		return ctl_error(CTL_USAGE,
				 "'%s' is no PCI address; one looks like 0000:01:00.0, and 'iommufdctl list' shows them",
				 text);
	if (device_read(ctl, dev, bdf))
		return ctl_error(CTL_GONE,
				 "there is no PCI device %s; 'iommufdctl list' shows those there are",
				 bdf);
	return CTL_OK;
}

int is_vfio_driver(const char *driver)
{
	return !!strstr(driver, "vfio");
}
