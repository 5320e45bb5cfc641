/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens to a device, for whoever wants to hear of it.
 */
#ifndef VTD_DEVICE_NOTICE_H
#define VTD_DEVICE_NOTICE_H

struct vtd_device;
struct vtd_fault;

/**
 * enum vtd_notice_kind - what happened
 * @VTD_NOTICE_FAULT: a request was refused
 * @VTD_NOTICE_MUTE: cut off, as it does not answer
 * @VTD_NOTICE_UNCONFIRMED: cut off, as its unit does not confirm
 * @VTD_NOTICE_RECOVERED: not cut off any more
 */
enum vtd_notice_kind {
	VTD_NOTICE_FAULT,
	VTD_NOTICE_MUTE,
	VTD_NOTICE_UNCONFIRMED,
	VTD_NOTICE_RECOVERED,
};

/**
 * struct vtd_listener - hears what happens to one device
 * @notice: it happened; @fault is NULL but for %VTD_NOTICE_FAULT. Called under RCU,
 *          in any context but NMI, several at once
 */
struct vtd_listener {
	void (*notice)(struct vtd_listener *listener, enum vtd_notice_kind kind,
		       const struct vtd_fault *fault);
};

void vtd_listen(struct vtd_device *vd, struct vtd_listener *listener);
void vtd_unlisten(struct vtd_device *vd);
void vtd_notice(const struct vtd_device *vd, enum vtd_notice_kind kind,
		const struct vtd_fault *fault);

#endif
