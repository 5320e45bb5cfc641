#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In the VM: runs each sample of /samples and compares what it prints with
# what its first comment says. Prints TAP.
edu=0000:00:05.0
igb=0000:01:00.0
for device in $edu $igb; do
	echo vfio-pci >/sys/bus/pci/devices/$device/driver_override
	echo $device >/sys/bus/pci/drivers_probe
done
nr=0
for program in /samples/*; do
	case $program in
	*.want) continue ;;
	*-dma|*-fds|*_hwpt|*_viommu|*_vfio|*/vmm) bdf=$edu ;;
	*-bar) bdf=$igb ;;
	*) bdf= ;;
	esac
	nr=$((nr + 1))
	status=0
	# shellcheck disable=SC2086
	"$program" $bdf >/tmp/out 2>/tmp/err || status=$?
	if [ "$status" = 0 ] && diff "$program.want" /tmp/out >/tmp/diff; then
		echo "ok $nr ${program##*/}"
	else
		sed 's/^/# /' /tmp/out /tmp/err /tmp/diff
		echo "not ok $nr ${program##*/}"
	fi
done
echo "1..$nr"
