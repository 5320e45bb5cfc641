// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intel 82576 Ethernet controller (8086:10c9), which QEMU emulates as igb.
 *
 * In loopback the controller receives what it sends: a transmit descriptor
 * names the source, a receive descriptor the target, and a frame carries the
 * bytes from one to the other. Descriptors are read and written by DMA too,
 * so the rings are mapped like any other memory.
 * Facts: Intel 82576EB datasheet, chapters 7.1 (receive), 7.2 (transmit), 8.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "dma.h"

#define IGB_CTRL		0x0000
#define   CTRL_FD		BIT(0)
#define   CTRL_SLU		BIT(6)	/* set link up */
#define   CTRL_SPEED_MASK	(3u << 8)
#define   CTRL_SPEED_1000	(2u << 8)
#define   CTRL_FRCSPD		BIT(11)
#define   CTRL_FRCDPX		BIT(12)
#define   CTRL_RST		BIT(26)
#define IGB_STATUS		0x0008
#define   STATUS_LU		BIT(1)	/* link is up */
#define IGB_MDIC		0x0020		/* PHY access */
#define   MDIC_REG(n)		((__u32)(n) << 16)
#define   MDIC_PHY_1		BIT(21)
#define   MDIC_WRITE		BIT(26)
#define   MDIC_READY		BIT(28)
#define   MDIC_ERROR		BIT(30)
#define IGB_RCTL		0x0100
#define   RCTL_RXEN		BIT(1)
#define   RCTL_UPE		BIT(3)	/* any unicast address */
#define   RCTL_LPE		BIT(5)	/* long frames */
#define   RCTL_LBM_MAC		BIT(6)	/* loopback */
#define   RCTL_SECRC		BIT(26)	/* keep the CRC out of memory */
#define IGB_TCTL		0x0400
#define   TCTL_EN		BIT(1)
#define   TCTL_PSP		BIT(3)
#define IGB_EIMC		0x1528
#define IGB_IMC			0x150c
#define IGB_RLPML		0x5004		/* longest frame to accept */

#define IGB_RX_QUEUE		0xc000
#define IGB_TX_QUEUE		0xe000
#define   QUEUE_BASE_LOW	0x00
#define   QUEUE_BASE_HIGH	0x04
#define   QUEUE_LENGTH		0x08
#define   QUEUE_SRRCTL		0x0c		/* receive only */
#define   QUEUE_HEAD		0x10
#define   QUEUE_TAIL		0x18
#define   QUEUE_CTL		0x28
#define   QUEUE_ENABLE		BIT(25)
#define   SRRCTL_ONE_BUFFER	BIT(25)	/* advanced, no header split */
#define   SRRCTL_SIZE_KIB(n)	(n)

#define PHY_CONTROL		0
#define   PHY_FULL_DUPLEX	0x0100
#define   PHY_RESTART		0x0200
#define   PHY_AUTONEG		0x1000
#define   PHY_SPEED_1000	0x0040
#define   PHY_LOOPBACK		0x4000

#define TX_DATA			(3u << 20)
#define TX_EOP			BIT(24)
#define TX_IFCS			BIT(25)
#define TX_RS			BIT(27)
#define TX_ADVANCED		BIT(29)
#define TX_PAYLEN_SHIFT		14
#define TX_DONE			BIT(0)
#define RX_DONE			BIT(0)

#define IGB_SLOTS		64
#define IGB_FRAME_MAX		4096
#define IGB_LIMIT_US		(2 * 1000 * 1000)
#define IGB_LOST_US		(200 * 1000)

/* Sixteen bytes; the meaning of each half depends on who wrote it last. */
struct igb_desc {
	__u64 addr;
	__u32 low;		/* tx: command and length; rx: status */
	__u32 high;		/* tx: payload length, then status; rx: length */
};

/* A page for each ring. */
#define RING_TX			0
#define RING_RX			SIZE_4K
#define RINGS_SIZE		(2 * SIZE_4K)

static struct igb_desc *slot(struct dma_dev *dev, size_t ring, unsigned int i)
{
	return (struct igb_desc *)(dev->work.base + ring) + i;
}

/* Wait until the @mask bits of @reg are @want. */
static int wait_bits(struct dma_dev *dev, size_t reg, __u32 mask,
		     __u32 want)
{
	unsigned int waited = 0;

	while ((dma_read32(dev, reg) & mask) != want)
		if (dma_timed_out(1000, &waited, 2 * IGB_LIMIT_US))
			return -ETIMEDOUT;
	return 0;
}

static int phy_control(struct dma_dev *dev, __u16 value)
{
	int err;

	dma_write32(dev, IGB_MDIC, MDIC_WRITE | MDIC_PHY_1 |
		    MDIC_REG(PHY_CONTROL) | value);
	err = wait_bits(dev, IGB_MDIC, MDIC_READY, MDIC_READY);
	if (!err && dma_read32(dev, IGB_MDIC) & MDIC_ERROR)
		err = -EIO;
	return err;
}

static void igb_stop(struct dma_dev *dev)
{
	dma_write32(dev, IGB_RCTL, 0);
	dma_write32(dev, IGB_TCTL, 0);
	dma_write32(dev, IGB_CTRL, dma_read32(dev, IGB_CTRL) | CTRL_RST);
	wait_bits(dev, IGB_CTRL, CTRL_RST, 0);
	dma_write32(dev, IGB_IMC, UINT32_MAX);
	dma_write32(dev, IGB_EIMC, UINT32_MAX);
}

/*
 * Bring up a link that leads back to us. A real PHY does so by its loopback
 * bit and forced speed. The emulated one reports a link only after it
 * negotiated, so that comes first, and loops in the MAC (RCTL_LBM_MAC).
 */
static int link_up(struct dma_dev *dev)
{
	__u32 ctrl;
	int err;

	err = phy_control(dev, PHY_AUTONEG | PHY_RESTART);
	if (!err)
		err = phy_control(dev, PHY_LOOPBACK | PHY_SPEED_1000 |
				  PHY_FULL_DUPLEX);
	if (err)
		return err;
	ctrl = dma_read32(dev, IGB_CTRL) & ~CTRL_SPEED_MASK;
	dma_write32(dev, IGB_CTRL, ctrl | CTRL_FD | CTRL_SLU | CTRL_FRCSPD |
		    CTRL_FRCDPX | CTRL_SPEED_1000);
	return wait_bits(dev, IGB_STATUS, STATUS_LU, STATUS_LU);
}

static void queue_setup(struct dma_dev *dev, size_t queue, __u64 iova)
{
	dma_write32(dev, queue + QUEUE_BASE_LOW, iova);
	dma_write32(dev, queue + QUEUE_BASE_HIGH, iova >> 32);
	dma_write32(dev, queue + QUEUE_LENGTH,
		    IGB_SLOTS * sizeof(struct igb_desc));
	dma_write32(dev, queue + QUEUE_HEAD, 0);
	dma_write32(dev, queue + QUEUE_TAIL, 0);
}

static int igb_init(struct dma_dev *dev)
{
	__u64 iova = dev->work.iova;
	int err;

	igb_stop(dev);
	memset(dev->work.base, 0, RINGS_SIZE);
	dev->tx_slot = 0;
	dev->rx_slot = 0;
	err = link_up(dev);
	if (err)
		return err;

	queue_setup(dev, IGB_TX_QUEUE, iova + RING_TX);
	queue_setup(dev, IGB_RX_QUEUE, iova + RING_RX);
	dma_write32(dev, IGB_RX_QUEUE + QUEUE_SRRCTL, SRRCTL_ONE_BUFFER |
		    SRRCTL_SIZE_KIB(IGB_FRAME_MAX / 1024));
	dma_write32(dev, IGB_TX_QUEUE + QUEUE_CTL, QUEUE_ENABLE);
	dma_write32(dev, IGB_RX_QUEUE + QUEUE_CTL, QUEUE_ENABLE);
	dma_write32(dev, IGB_RLPML, IGB_FRAME_MAX + 64);
	dma_write32(dev, IGB_RCTL, RCTL_RXEN | RCTL_UPE | RCTL_LPE |
		    RCTL_LBM_MAC | RCTL_SECRC);
	dma_write32(dev, IGB_TCTL, TCTL_EN | TCTL_PSP);

	err = wait_bits(dev, IGB_TX_QUEUE + QUEUE_CTL, QUEUE_ENABLE,
			QUEUE_ENABLE);
	if (!err)
		err = wait_bits(dev, IGB_RX_QUEUE + QUEUE_CTL, QUEUE_ENABLE,
				QUEUE_ENABLE);
	return err;
}

/*
 * Queue the source, cut at 4 KiB: QEMU drops a frame of which one descriptor
 * spans pages that lie apart. Returns the last descriptor.
 */
static struct igb_desc *queue_source(struct dma_dev *dev, __u64 src,
				     size_t len)
{
	struct igb_desc *tx;
	size_t piece;
	__u32 high = (__u32)len << TX_PAYLEN_SHIFT;

	do {
		tx = slot(dev, RING_TX, dev->tx_slot);
		piece = SIZE_4K - src % SIZE_4K;
		if (piece > len)
			piece = len;
		tx->addr = src;
		tx->low = TX_ADVANCED | TX_DATA | TX_IFCS | (__u32)piece;
		tx->high = high;
		dev->tx_slot = (dev->tx_slot + 1) % IGB_SLOTS;
		src += piece;
		len -= piece;
	} while (len);
	tx->low |= TX_EOP | TX_RS;
	return tx;
}

/*
 * Wait for the frame to come back. A frame that was sent comes back at once
 * or not at all: its source could not be read, so it was dropped.
 */
static int wait_received(const struct igb_desc *tx, const struct igb_desc *rx)
{
	unsigned int limit = IGB_LIMIT_US, waited = 0;

	while (!(dma_load32(&rx->low) & RX_DONE)) {
		if (limit == IGB_LIMIT_US && dma_load32(&tx->high) & TX_DONE)
			limit = waited + IGB_LOST_US;
		if (dma_timed_out(100, &waited, limit))
			return -ETIMEDOUT;
	}
	return 0;
}

static int igb_copy(struct dma_dev *dev, __u64 dst, __u64 src,
		    size_t len)
{
	struct igb_desc *rx = slot(dev, RING_RX, dev->rx_slot);
	struct igb_desc *tx;
	int err;

	rx->addr = dst;
	rx->low = 0;
	rx->high = 0;
	dev->rx_slot = (dev->rx_slot + 1) % IGB_SLOTS;
	tx = queue_source(dev, src, len);
	dma_write32(dev, IGB_RX_QUEUE + QUEUE_TAIL, dev->rx_slot);
	dma_write32(dev, IGB_TX_QUEUE + QUEUE_TAIL, dev->tx_slot);

	err = wait_received(tx, rx);
	if (!err && (rx->high & 0xffff) != len)
		err = -EIO;
	return err;
}

/*
 * The controller looks into the headers of protocols it knows. An Ethernet
 * header with the type for local experiments makes it leave the rest alone.
 */
static void igb_stamp(__u8 *frame)
{
	static const __u8 header[14] = {
		0x02, 0, 0, 0, 0, 0x01, 0x02, 0, 0, 0, 0, 0x02, 0x88, 0xb5,
	};

	memcpy(frame, header, sizeof(header));
}

const struct dma_driver dma_igb = {
	.name = "igb",
	.how = "as Ethernet frames in internal loopback",
	.vendor = 0x8086,
	.device = 0x10c9,
	.iova_last = UINT64_MAX,
	.min_len = 64,
	.max_len = IGB_FRAME_MAX,
	.stream_len = 16 * IGB_FRAME_MAX,
	.work_size = RINGS_SIZE,
	.init = igb_init,
	.stop = igb_stop,
	.copy = igb_copy,
	.stamp = igb_stamp,
};
