#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In a guest behind VT-d: devices lose and get their driver, leave and come
# back, the machine suspends, sleeps and resumes, and in between data is right.
# Then what the driver shows of itself. Prints TAP. The NVMe disk loses its
# contents. Needs vm-run --monitor.
#
#   VTD_IR     yes or no: are interrupts remapped?

. vtd_lib.sh

debug=/sys/kernel/debug/iommu/intel
tracing=/sys/kernel/tracing

entries()
{
	grep -c '^ [0-9]' "$debug/ir_translation_struct"
}

rebind()
{
	before=$(used_ids) irtes=$(entries)
	for i in 1 2 3 4 5 6 7 8 9 10; do
		echo "$bdf" >/sys/bus/pci/drivers/nvme/unbind
		echo "$bdf" >/sys/bus/pci/drivers/nvme/bind
		wait_disk || return 1
	done
	sleep 1
	[ "$(used_ids)" = "$before" ] ||
		{ echo "domain ids: $before before, $(used_ids) after"; return 1; }
	[ "$(entries)" = "$irtes" ] ||
		{ echo "interrupts: $irtes before, $(entries) after"; return 1; }
}

replug()
{
	before=$(used_ids)
	for i in 1 2 3 4 5; do
		echo 1 >"/sys/bus/pci/devices/$bdf/remove"
		echo 1 >/sys/bus/pci/rescan
		wait_disk || return 1
	done
	sleep 1
	[ "$(used_ids)" = "$before" ] ||
		{ echo "domain ids: $before before, $(used_ids) after"; return 1; }
}

suspend()
{
	echo 1 >/sys/module/suspend/parameters/pm_test_delay
	echo core >/sys/power/pm_test || return 1
	for i in 1 2 3; do
		echo mem >/sys/power/state || return 1
	done
	echo none >/sys/power/pm_test
}

# Firmware restores where the power management registers are; QEMU's forgets
# it on q35, and then neither sleeping nor powering off works a second time.
lpc=/sys/bus/pci/devices/0000:00:1f.0/config
pm_base() { dd bs=1 count=5 "$@" 2>/dev/null; }

# All of it: the units lose what they knew. vm-run --monitor wakes us, and
# tells us so.
sleep_deeply()
{
	qmp_open || return 1
	echo deep >/sys/power/mem_sleep || return 1
	pm_base if=$lpc skip=64 of="$t/pm"
	for i in 1 2; do
		echo mem >/sys/power/state || return 1
		pm_base if="$t/pm" of=$lpc seek=64 conv=notrunc
		read -t 10 -r line <&3
		case $line in
		*'"WAKEUP"'*) ;;
		*) echo "the machine was not asleep: $line"; return 1 ;;
		esac
	done
}

regset()
{
	grep -q '^IOMMU: dmar0 Register Base Address: [0-9a-f]' \
		"$debug/iommu_regset" &&
		grep -q '^GSTS.*0x1c.*0x' "$debug/iommu_regset"
}

translation_struct()
{
	grep -q "^${bdf#*:}	0x" "$debug/dmar_translation_struct" ||
		{ head -n 20 "$debug/dmar_translation_struct"; return 1; }
}

domain_struct()
{
	f=$debug/$bdf/domain_translation_struct
	[ "$(grep -c '^0x[0-9a-f]* |' "$f")" -gt 0 ] ||
		{ head -n 5 "$f"; return 1; }
}

queue()
{
	grep -q '^Invalidation queue on IOMMU: dmar0' \
		"$debug/invalidation_queue" &&
		[ "$(sed -n 's/.*Timeouts: \([0-9]*\).*/\1/p' \
			"$debug/invalidation_queue" | head -n 1)" = 0 ]
}

latency()
{
	echo 1 >"$debug/dmar_perf_latency" || return 1
	data_is_right || return 1
	grep inv_iotlb "$debug/dmar_perf_latency"
	sum=$(awk '/^inv_iotlb/ { for (i = 2; i <= 8; i++) s += $i }
		   END { print s + 0 }' "$debug/dmar_perf_latency")
	echo 0 >"$debug/dmar_perf_latency"
	[ "$sum" -gt 0 ] || return 1
	if echo 4 2>/dev/null >"$debug/dmar_perf_latency"; then
		echo "an unknown kind was taken"
		return 1
	fi
}

trace()
{
	echo 1 >"$tracing/events/intel_iommu/enable" || return 1
	echo 1 >"$tracing/tracing_on"
	data_is_right
	echo "$bdf" >/sys/bus/pci/drivers/nvme/unbind
	echo "$bdf" >/sys/bus/pci/drivers/nvme/bind
	wait_disk
	echo 0 >"$tracing/events/intel_iommu/enable"
	cp "$tracing/trace" "$t/trace"
	for e in qi_submit cache_tag_flush_range; do
		grep -q " $e:" "$t/trace" || { echo "no $e"; return 1; }
	done
}

for d in /sys/bus/pci/drivers/nvme/0000:*; do
	bdf=$(basename "$d")
done
check "data is right" data_is_right
check "ten times without and with its driver" rebind
check "data is right after that" data_is_right
check "five times out of the tree and back" replug
check "data is right after that, too" data_is_right
check "three cycles of suspend, up to the platform's part" suspend
check "data is right after resume" data_is_right
check "two times asleep in S3" sleep_deeply
check "data is right after the second" data_is_right
check "debugfs: registers" regset
check "debugfs: root, context and PASID entries" translation_struct
check "debugfs: page table of a device" domain_struct
check "debugfs: queue without time-outs" queue
[ "$VTD_IR" = no ] || check "debugfs: interrupts" test "$(entries)" -gt 0
check "latency of invalidations" latency
check "tracepoints" trace
check "no complaints in the log" no_complaints
finish
