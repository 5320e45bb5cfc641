#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In a guest behind VT-d, with vm-run --monitor: devices leave the machine, once
# asked and in the middle of I/O, once not, and come back. Prints TAP. The
# disks lose their contents.
#
# Each is below a root port: the NVMe disk hot-nvme below rp-nvme, the virtio
# disk hot-virtio below rp-virtio, the e1000e hot-net below rp-net.
#
# Unasked they leave idle, but with all that a driver keeps mapped: with
# requests under way QEMU's NVMe crashes (10.0), and virtio_blk waits for ever
# for a device that is not there.

. vtd_lib.sh

# What is behind a disk or an interface: its folder in sysfs.
device_of()
{
	readlink -f "/sys/class/$1/device" |
		sed 's,\(.*/[0-9a-f]*:[0-9a-f]*:[0-9a-f]*\.[0-7]\)\(/.*\)*$,\1,'
}

is_there() { [ -e "/sys/class/$class" ]; }

# Also the slot's power: when the kernel turns it off, QEMU drops what is in
# it. For a second more the kernel pays no attention to it (put_in).
is_gone()
{
	[ ! -e "$dir" ] && ! is_there && [ "$(cat "$slot/power")" = 0 ]
}

# Until the device is gone. By descriptor: a late dd would otherwise leave a
# file where the disk has been.
busy()
{
	case $class in
	block/*)
		while is_there; do
			dd if=/proc/self/fd/4 of=/dev/null bs=65536 count=64 \
				iflag=direct
			dd if=/dev/zero of=/proc/self/fd/4 bs=65536 count=64 \
				oflag=direct
		done 4<>"/dev/${class#*/}" ;;
	net/*)
		while is_there; do
			ping -c 10 -i 0.1 -s 1400 -W 1 10.0.2.2
		done ;;
	esac >/dev/null 2>&1
}

begin()
{
	dir=$(device_of "$class")
	bdf=${dir##*/}
	for slot in /sys/bus/pci/slots/*; do
		[ "$(cat "$slot/address")" != "${bdf%.*}" ] || break
	done
	before=$(used_ids)
	[ -e "$dir/iommu_group" ] || { echo "$dir has no group"; return 1; }
}

begin_busy()
{
	begin || return 1
	busy &
	busy &
	sleep 1
}

# Nothing of it stays: no device, no domain id, no file.
end()
{
	until_true 20 is_gone || return 1
	wait
	[ "$(used_ids)" -lt "$before" ] ||
		{ echo "domain ids: $before before, $(used_ids) after"; return 1; }
	[ ! -e "/sys/kernel/debug/iommu/intel/$bdf" ] ||
		{ echo "debugfs still has $bdf"; return 1; }
}

asked_out_in_io()
{
	begin_busy || return 1
	qmp '{"execute":"device_del","arguments":{"id":"hot-'"$kind"'"}}' ||
		return 1
	# The button is pressed; this spares the five seconds of blinking.
	sleep 0.5
	echo 0 >"$slot/power"
	end
}

pull_out() { vtd_unplug --pull "$(dirname "$dir")"; }

pulled_out() { begin && pull_out && end; }

pulled_out_in_io() { begin_busy && pull_out && end; }

put_in()
{
	sleep 3
	ids=$(used_ids)
	until_true 10 qmp '{"execute":"device_add","arguments":{'"$options"',
		"id":"hot-'"$kind"'","bus":"rp-'"$kind"'"}}' || return 1
	until_true 20 is_there || return 1
	[ "$(used_ids)" -gt "$ids" ] ||
		{ echo "domain ids: $ids before, $(used_ids) after"; return 1; }
}

works()
{
	case $class in
	block/*) data_is_right "${class#*/}" ;;
	net/*)	 fetch "${class#*/}" ;;
	esac
}

same_ids()
{
	[ "$(used_ids)" = "$first_ids" ] ||
		{ echo "domain ids: $first_ids at first, $(used_ids) now"; return 1; }
}

check "QEMU's monitor answers" qmp_open
first_ids=$(used_ids)
for kind in nvme virtio net; do
	case $kind in
	nvme)	class=block/nvme0n1 hows="asked_out_in_io pulled_out"
		options='"driver":"nvme","drive":"d-nvme","serial":"1"' ;;
	virtio)	class=block/vda hows="asked_out_in_io pulled_out"
		options='"driver":"virtio-blk-pci","drive":"d-virtio","ats":true,
			"iommu_platform":true,"disable-legacy":"on"' ;;
	net)	class=net/eth0 hows="asked_out_in_io pulled_out_in_io"
		options='"driver":"e1000e","netdev":"n0","romfile":""' ;;
	esac
	check "$class works" works
	for how in $hows; do
		check "$class: $how" $how
		check "$class comes back" put_in
		check "$class works after that" works
	done
done
check "no domain ids were lost" same_ids
check "no complaints in the log" no_complaints
finish
