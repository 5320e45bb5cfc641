#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In a guest: devices do I/O through the DMA API behind VT-d, and what they
# wrote is read back and compared. Prints TAP. Disks lose their contents.
#
#   VTD_TYPE   what the groups must say: DMA-FQ, DMA, identity, none
#   VTD_IR     yes or no: are interrupts remapped?
#   VTD_MODE   what the kernel must say of its unit, or empty: nothing at all,
#              as on a machine without DMAR table
#   VTD_DISKS  block devices
#   VTD_NET    network drivers; far ends serve 'payload' by TFTP
#   VTD_ATS    a disk whose device must translate by itself, or empty
#   VTD_SECOND how the kernel was started by another one (vtd_kexec.sh), or
#              empty

. vtd_lib.sh

units()
{
	set -- /sys/class/iommu/dmar*
	if [ -e "$1" ]; then echo $#; else echo 0; fi
}

check_units()
{
	if [ "$VTD_TYPE" = none ]; then
		is "no unit is in use" 0 "$(units)"
		return
	fi
	if [ "$(units)" -gt 0 ]; then ok "a unit is in use"
	else not_ok "a unit is in use"; fi

	for a in version address cap ecap domains_supported domains_used; do
		v=$(cat /sys/class/iommu/dmar0/intel-iommu/$a 2>/dev/null)
		case $v in
		'') not_ok "attribute $a" "empty or missing" ;;
		*[!0-9a-f:]*) not_ok "attribute $a" "$v" ;;
		*) ok "attribute $a" ;;
		esac
	done
}

check_mode()
{
	dmesg | grep DMAR >"$t/dmar"
	if [ -z "$VTD_MODE" ]; then
		check "the log does not speak of DMAR" test ! -s "$t/dmar"
	else
		check "the log says: $VTD_MODE" \
			grep -F "DMA remapping is $VTD_MODE" "$t/dmar"
	fi
}

# What the second kernel must have found, and what it must not have found.
check_second()
{
	crashed="goes on with the tables of the crashed kernel"
	copied="copied the interrupt table of the old kernel"
	if [ "$VTD_SECOND" = crash ]; then
		is "the crashed kernel's memory is there" ELF \
			"$(head -c 4 /proc/vmcore | tail -c 3)"
		check "its tables are in use" grep "$crashed" "$t/dmar"
		[ "$VTD_IR" = no ] ||
			check "its interrupt table, too" grep "$copied" "$t/dmar"
	else
		check "the first kernel left the unit off" \
			sh -c "! grep 'earlier kernel\|old kernel\|crashed' $t/dmar"
	fi
}

# The group of the device behind a block device or an interface.
check_type()
{
	dev=$(readlink -f "$1/device")
	while [ ! -e "$dev/iommu_group" ] && [ "$dev" != /sys/devices ] &&
	      [ "$dev" != / ]; do
		dev=$(dirname "$dev")
	done
	got=$(cat "$dev/iommu_group/type" 2>/dev/null || echo none)
	is "type of the group of $(basename "$1")" "$VTD_TYPE" "$got"
}

is_root() { grep -q "root=/dev/$1 " /proc/cmdline; }

# The disk that we booted from: files on it.
root_disk()
{
	check_type "/sys/block/$1"
	head -c 16777216 /dev/urandom >"$t/out"
	cp "$t/out" /root/file
	sync
	echo 3 >/proc/sys/vm/drop_caches
	is "a file on the root disk $1" "$(sha256sum <"$t/out")" \
		"$(sha256sum </root/file)"
}

# disk NAME: random data in large and small pieces, with the cache dropped
# before it is read.
disk()
{
	if [ ! -b "/dev/$1" ]; then
		not_ok "disk $1" "not there"
		return
	fi
	if is_root "$1"; then
		root_disk "$1"
		return
	fi
	check_type "/sys/block/$1"
	for bs in 1048576 4096; do
		count=$((16777216 / bs))
		[ $bs != 4096 ] || count=512
		head -c $((bs * count)) /dev/urandom >"$t/out"
		dd if="$t/out" of="/dev/$1" bs=$bs 2>/dev/null
		sync
		echo 3 >/proc/sys/vm/drop_caches
		dd if="/dev/$1" of="$t/in" bs=$bs count=$count 2>/dev/null
		is "disk $1, $count pieces of $bs bytes" \
			"$(sha256sum <"$t/out")" "$(sha256sum <"$t/in")"
	done
}

# All disks at once, so that units see requests and invalidations mixed.
all_at_once()
{
	head -c 8388608 /dev/urandom >"$t/all"
	for d in $VTD_DISKS; do
		! is_root "$d" || continue
		(
			for i in 1 2 3; do
				dd if="$t/all" of="/dev/$d" bs=65536 2>/dev/null
				sync
				echo 3 >/proc/sys/vm/drop_caches
				dd if="/dev/$d" of="$t/all.$d" bs=65536 \
					count=128 2>/dev/null
				cmp -s "$t/all" "$t/all.$d" ||
					echo "$d, round $i" >>"$t/bad"
			done
		) &
	done
	wait
	if [ -e "$t/bad" ]; then
		not_ok "all disks at once" "$(cat "$t/bad")"
	else
		ok "all disks at once"
	fi
}

# net DRIVER: a file comes through the interface that has this driver.
net()
{
	i=$(interface_of "$1")
	if [ -z "$i" ]; then
		not_ok "an interface of $1" "$(ls /sys/class/net)"
		return
	fi
	check_type "/sys/class/net/$i"
	check "a file through $1" fetch "$i"
	ifconfig "$i" 0.0.0.0 down
}

check_interrupts()
{
	if grep -q 'IR-PCI-MSI\|IR-IO-APIC' /proc/interrupts; then
		got=yes
	else
		got=no
	fi
	is "interrupts are remapped" "$VTD_IR" "$got"
}

# number BYTES OFFSET FILE
number() { hexdump -s "$2" -n "$1" -e "1/$1 \"%u\"" "$3"; }

# Walks the extended capabilities to that of ATS; its enable bit.
ats_is_on()
{
	config=$(readlink -f "/sys/block/$1/device/..")/config
	at=256
	while [ "$at" -ge 256 ]; do
		head=$(number 4 "$at" "$config")
		if [ $((head & 0xffff)) = 15 ]; then
			echo "control: $(number 2 $((at + 6)) "$config")"
			[ $(($(number 2 $((at + 6)) "$config") & 0x8000)) != 0 ]
			return
		fi
		at=$((head >> 20))
	done
	echo "no such capability"
	return 1
}

check_units
check_mode
check_interrupts
[ -z "$VTD_SECOND" ] || check_second
[ -z "$VTD_ATS" ] || check "ATS of $VTD_ATS is on" ats_is_on "$VTD_ATS"
for d in $VTD_DISKS; do
	disk "$d"
done
[ -z "$VTD_DISKS" ] || all_at_once
for d in $VTD_NET; do
	net "$d"
done
check "no complaints in the log" no_complaints
finish
