// SPDX-License-Identifier: GPL-2.0-only
/* A device that copies memory: what all drivers share. */
#include <unistd.h>

#include "dma.h"

static const struct dma_driver *const drivers[] = { &dma_igb, &dma_edu, NULL };

const struct dma_driver *dma_driver_find(__u16 vendor, __u16 device)
{
	const struct dma_driver *const *driver;

	for (driver = drivers; *driver; driver++)
		if ((*driver)->vendor == vendor && (*driver)->device == device)
			break;
	return *driver;
}

int dma_copy(struct dma_dev *dev, __u64 dst, __u64 src, size_t len)
{
	size_t done, piece;
	int err = 0;

	atomic_fetch_add(&dev->started, 1);
	for (done = 0; done < len && !err; done += piece) {
		piece = len - done;
		if (piece > dev->driver->max_len)
			piece = dev->driver->max_len;
		err = dev->driver->copy(dev, dst + done, src + done, piece);
	}
	atomic_fetch_add(&dev->finished, 1);
	return err;
}

void dma_stamp(const struct dma_dev *dev, __u8 *src, size_t len)
{
	size_t done;

	if (!dev->driver->stamp)
		return;
	for (done = 0; done < len; done += dev->driver->max_len)
		dev->driver->stamp(src + done);
}

int dma_timed_out(unsigned int usec, unsigned int *waited, unsigned int limit)
{
	usleep(usec);
	*waited += usec;
	return *waited >= limit;
}
