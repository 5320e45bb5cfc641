/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bus that mock devices are on.
 */
#ifndef __IOMMUFD_MOCK_BUS_H
#define __IOMMUFD_MOCK_BUS_H

#define MOCK_NAME "iommufd_mock"

struct bus_type;
struct device;
struct mock_device;

extern const struct bus_type mock_bus;

struct mock_device *mock_device_of(struct device *dev);

#endif
