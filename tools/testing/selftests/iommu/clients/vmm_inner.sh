#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In the guest of vmm.sh: the demo drives the edu through this guest's own
# /dev/iommu, igb's driver the card through the DMA API. Prints TAP. The demo's
# stray DMA is what the outer guest's unit reports.

. vtd_lib.sh

interrupts_of()
{
	awk -v name="$1" 'index($NF, name) == 1 { n += $2 } END { print n + 0 }' \
		/proc/interrupts
}

some_interrupts()
{
	count=$(interrupts_of "$1")
	echo "$count interrupts"
	[ "$count" -gt 100 ]
}

# What the demo says is long: its last lines tell what failed.
demo()
{
	iommufd-demo --device 0000:00:05.0 --no-fault-log >"$t/demo" && return
	tail -n 10 "$t/demo"
	return 1
}

echo "# suite $VMM_NAME:inner"
check "the demo on edu" demo
i=$(interface_of igb)
if [ -n "$i" ]; then
	is "igb's DMA is translated" DMA \
		"$(cat "/sys/class/net/$i/device/iommu_group/type" | cut -c1-3)"
	check "a file through igb" fetch "$i"
	check "igb interrupts" some_interrupts "$i"
else
	not_ok "an interface of igb" "$(ls /sys/class/net)"
fi
check "no complaints in the log" no_complaints
finish
s=$?
echo "# status $VMM_NAME:inner $s"
exit $s
