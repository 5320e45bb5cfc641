#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In a guest behind VT-d: the machine hibernates into swap on a virtio disk. QEMU
# ends and starts anew; its kernel drives the disk behind the units to load the
# image, and leaves them to the kernel in the image. Data must be right after
# that, twice. Prints TAP. All disks lose their contents. Needs vm-run
# --hibernates, resume=/dev/vda.
#
#   VTD_IR     yes or no: are interrupts remapped?

. vtd_lib.sh

debug=/sys/kernel/debug/iommu/intel
marker="hibernated by vtd_disk.sh"

# Whoever finds it at the start is a kernel that did not load the image.
leave_marker()
{
	printf '%s' "$marker" | dd of=/dev/sda bs=512 seek=64 conv=sync 2>/dev/null
	sync
}

marker_is_there()
{
	dd if=/dev/sda bs=512 skip=64 count=1 2>/dev/null | grep -aq "$marker"
}

hibernate()
{
	leave_marker
	echo 1 >/sys/power/pm_debug_messages
	echo 0 >/sys/power/image_size
	echo platform >/sys/power/disk || return 1
	echo disk >/sys/power/state || return 1
	# On this side of it the machine has been off.
	dmesg | grep -q 'Hibernation image restored successfully' ||
		{ dmesg | grep -i hibern | tail -n 5; return 1; }
}

memory_is_right() { sha256sum -c "$t/kept.sum"; }

rebind()
{
	before=$(used_ids)
	for i in 1 2 3 4 5; do
		echo "$bdf" >/sys/bus/pci/drivers/nvme/unbind
		echo "$bdf" >/sys/bus/pci/drivers/nvme/bind
		wait_disk || return 1
	done
	sleep 1
	[ "$(used_ids)" = "$before" ] ||
		{ echo "domain ids: $before before, $(used_ids) after"; return 1; }
}

queue()
{
	[ "$(sed -n 's/.*Timeouts: \([0-9]*\).*Refused: \([0-9]*\)/\1\2/p' \
		"$debug/invalidation_queue" | head -n 1)" = 00 ] ||
		{ grep Timeouts "$debug/invalidation_queue"; return 1; }
}

for d in /sys/bus/pci/drivers/nvme/0000:*; do
	bdf=$(basename "$d")
done
net=$(interface_of e1000e)

wait_disk sda
if marker_is_there; then
	not_ok "the image is loaded" "this kernel booted from nothing"
	finish
	exit
fi
mkswap /dev/vda >/dev/null && swapon /dev/vda || exit
head -c 8000000 /dev/urandom >"$t/kept"
sha256sum "$t/kept" >"$t/kept.sum"
check "data is right" data_is_right
check "the network carries a file" fetch "$net"
check "the machine hibernates and comes back" hibernate
check "memory is what it was" memory_is_right
check "data is right after that" data_is_right
check "on a second disk, too" data_is_right sda
check "the network carries a file after that" fetch "$net"
check "five times without and with its driver" rebind
check "queue without time-outs and refusals" queue
check "no complaints in the log" no_complaints
finish
