// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bus that mock devices are on. Registered by iommu.c.
 */
#include <linux/device.h>

#include "bus.h"
#include "iommu.h"

const struct bus_type mock_bus = {
	.name = MOCK_NAME,
};

/**
 * mock_device_of() - the mock device behind any device
 * @dev: a device
 *
 * Return: the mock device, or NULL: @dev is on another bus.
 */
struct mock_device *mock_device_of(struct device *dev)
{
	return dev->bus == &mock_bus ? to_mock_device(dev) : NULL;
}
