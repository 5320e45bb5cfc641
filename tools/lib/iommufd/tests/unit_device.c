// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What is sent for the parts of a VFIO device: interrupts, resets, dma-bufs. */
#include <errno.h>
#include <string.h>

#include "unit.h"

void unit_device_parts(void)
{
	struct {
		struct vfio_pci_hot_reset_info info;
		struct vfio_pci_dependent_device device[2];
	} reset = { .info = { .count = 7 } };
	struct vfio_device_info info = { .num_irqs = 3 };
	struct vfio_irq_info irq = { .count = 3 };
	const int fds[] = { 8, -1 };
	struct vfio_irq_set set = {
		.argsz = 20 + sizeof(fds), .index = 2, .start = 1, .count = 2,
		.flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
	};

	kernel_answers(0, NULL);
	CHECK_EQ(iommufd_vfio_info(7, &info), 0);
	SENT(VFIO_DEVICE_GET_INFO, struct vfio_device_info,
	     .argsz = sizeof(info));
	CHECK_EQ(iommufd_vfio_irq_info(7, 2, &irq), 0);
	SENT(VFIO_DEVICE_GET_IRQ_INFO, struct vfio_irq_info,
	     .argsz = sizeof(irq), .index = 2);
	CHECK_EQ(iommufd_vfio_irq_eventfds(7, 2, 1, fds, 2), 0);
	CHECK_EQ(kernel.request, VFIO_DEVICE_SET_IRQS);
	CHECK_EQ(kernel.size, 28);
	CHECK(!memcmp(kernel.sent, &set, 20) &&
	      !memcmp(kernel.sent + 20, fds, sizeof(fds)));
	/* none: the index is switched off */
	CHECK_EQ(iommufd_vfio_irq_eventfds(7, 2, 1, NULL, 0), 0);
	set = (struct vfio_irq_set){ .argsz = 20, .index = 2,
		.flags = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER };
	CHECK(!memcmp(kernel.sent, &set, 20) && kernel.size == 20);
	kernel.calls = 0;
	CHECK_EQ(iommufd_vfio_irq_eventfds(7, 2, 0, fds, 65), -EINVAL);
	CHECK_EQ(kernel.calls, 0);
	CHECK_EQ(iommufd_vfio_hot_reset_info(7, &reset.info, 2), 0);
	SENT(VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, typeof(reset),
	     .info.argsz = sizeof(reset));
	CHECK_EQ(iommufd_vfio_hot_reset(7), 0);
	SENT(VFIO_DEVICE_PCI_HOT_RESET, struct vfio_pci_hot_reset, .argsz = 12);
	kernel.result = 9;
	CHECK_EQ(iommufd_vfio_dma_buf(7, 3, 4096, 8192), 9);
	CHECK_EQ(kernel.request, VFIO_DEVICE_FEATURE);
	CHECK_EQ(kernel.size, 40);
	CHECK_EQ(((__u32 *)kernel.sent)[1], VFIO_DEVICE_FEATURE_GET | 11);
	CHECK_EQ(((__u32 *)kernel.sent)[2], 3);
	CHECK_EQ(((__u64 *)kernel.sent)[3], 4096);
	CHECK_EQ(((__u64 *)kernel.sent)[4], 8192);
	kernel_answers(ENOTTY, NULL);
	CHECK_EQ(iommufd_vfio_reset(7), -ENOTTY);
	CHECK_EQ(kernel.request, VFIO_DEVICE_RESET);
}
