#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In a guest: devices do I/O through the DMA API behind VT-d, and what they
# wrote is read back and compared. Prints TAP. Disks lose their contents.
#
#   VTD_TYPE   what the groups must say: DMA-FQ, DMA, identity, none
#   VTD_IR     yes or no: are interrupts remapped?
#   VTD_MODE   what the kernel must say of its unit: legacy or scalable
#   VTD_NET    an interface whose far end serves 'payload' by TFTP, or empty

n=0 failed=0
t=$(mktemp -d)

ok()
{
	n=$((n + 1))
	echo "ok $n $1"
}

not_ok()
{
	n=$((n + 1))
	failed=$((failed + 1))
	echo "not ok $n $1"
	[ -z "$2" ] || printf '%s\n' "$2" | sed 's/^/#   /'
}

# is NAME WANTED GOT
is()
{
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "wanted '$2', got '$3'"
	fi
}

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

# disk NAME: random data in large and small pieces, with the cache dropped
# before it is read.
disk()
{
	if [ ! -b "/dev/$1" ]; then
		not_ok "disk $1" "not there"
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

net()
{
	check_type "/sys/class/net/$1"
	ifconfig lo 127.0.0.1 up
	ifconfig "$1" 10.0.2.15 netmask 255.255.255.0 up
	for i in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(cat "/sys/class/net/$1/carrier" 2>/dev/null)" != 1 ] || break
		sleep 1
	done
	tftp -g -b 1428 -r payload -l "$t/got" 10.0.2.2 >"$t/log" 2>&1
	tftp -g -b 1428 -r payload.sum -l "$t/sum" 10.0.2.2 >>"$t/log" 2>&1
	if [ ! -s "$t/sum" ] || [ ! -s "$t/got" ]; then
		not_ok "a file through $1" "$(cat "$t/log"; ifconfig "$1")"
		return
	fi
	is "a file through $1" "$(cut -d' ' -f1 "$t/sum")" \
		"$(sha256sum <"$t/got" | cut -d' ' -f1)"
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

check_log()
{
	dmesg | grep -i 'DMAR.*\(fault\|error\|timed out\|did not\)\|\[DMA' \
		>"$t/faults"
	if [ -s "$t/faults" ]; then
		not_ok "no faults were reported" "$(head -n 20 "$t/faults")"
	else
		ok "no faults were reported"
	fi
}

check_units
check_interrupts
for d in $VTD_DISKS; do
	disk "$d"
done
[ -z "$VTD_DISKS" ] || all_at_once
[ -z "$VTD_NET" ] || net "$VTD_NET"
check_log
echo "1..$n"
[ "$failed" = 0 ]
