#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In a guest with a simulated unit that can nest: runs QEMU 11.1, which gives a
# simulated function to a guest of its own behind an emulated unit with first
# stage. The inner guest's tables are then the first stage of the simulated unit,
# over a second stage that maps the inner guest's memory. Prints what the inner
# guest says (vmm_nested_inner.sh), then TAP of our own.
#
#   VMM_NAME    of the suite
#   VMM_MIB     the inner guest's memory
#   VMM_UNIT    options of the emulated unit
#   VMM_APPEND  the inner kernel's command line
#   VMM_CAPS    what the simulated unit lacks: -CAP,...; may be empty

. vtd_lib.sh

# traced EVENT [WHAT]: how often QEMU did that.
traced() { grep -c "^$1 .*${2:-}" "$t/trace"; }

# trace_has NAME EVENT [WHAT]
trace_has()
{
	name=$1; shift
	count=$(traced "$@")
	check "$name ($count)" test "$count" -gt 0
}

counter() { vtd-sim counters 0 | awk -v what="$1" '$1 == what { print $2 }'; }

dmesg_has() { dmesg | grep -q "$1"; }

# only REGEX: there are no complaints in the log but such.
only() { ! no_complaints | grep -v "$1"; }

# shellcheck disable=SC2086
vtd-sim unit add full $VMM_CAPS >"$t/unit" || cat "$t/unit"
vtd-sim function add 0 >"$t/function"
fn=$(sed -n 's/.* address //p' "$t/function")
echo vfio-pci >"/sys/bus/pci/devices/$fn/driver_override"
echo "$fn" >/sys/bus/pci/drivers_probe

/qemu/qemu -nodefaults -no-user-config -display none \
	-no-reboot -machine q35,kernel-irqchip=split -m "${VMM_MIB}M" \
	-accel tcg,thread=single -cpu max,la57=off -smp 1 -nic none \
	-object iommufd,id=ctx -device "$VMM_UNIT" \
	-device "vfio-pci,host=$fn,addr=0x5,iommufd=ctx" \
	-kernel /vmm/kernel -initrd /vmm/initrd -append "$VMM_APPEND" \
	-trace 'iommufd_backend_*' -trace 'iommufd_cdev_*' \
	-trace 'vtd_device_*' -D "$t/trace" \
	-chardev "file,id=console,path=$t/console" -serial chardev:console \
	-chardev stdio,id=payload,signal=off -serial chardev:payload \
	</dev/null >"$t/inner" 2>"$t/qemu"
status=$?
tr -d '\r' <"$t/inner" | grep -v '^@@vm-exit\|^$'

echo "# suite $VMM_NAME"
is "QEMU ends well" 0 $status
inner=$(tr -d '\r' <"$t/inner" | sed -n 's/^@@vm-exit [^ ]* //p')
is "so does the inner guest" 0 "$inner"
[ "$status $inner" = "0 0" ] || {
	tail -n 20 "$t/qemu"
	tail -n 20 "$t/console"
	tail -n 20 "$t/trace"
} | sed 's/^/#   /'
trace_has "QEMU allocated page tables" iommufd_backend_alloc_hwpt '(0)'
trace_has "nested ones among them" iommufd_backend_alloc_hwpt 'hwpt_type=1 .*(0)'
trace_has "attached them" vtd_device_attach_hwpt
trace_has "handed the guest's invalidations down" iommufd_backend_invalidate_cache '(0)'
is "invalidations that were refused" 0 \
	$(($(traced iommufd_backend_invalidate_cache) -
	   $(traced iommufd_backend_invalidate_cache '(0)')))
check "the function did DMA" test "$(counter requests)" -gt 0
is "stale hits" 0 "$(counter stale)"
is "stale hits of the device TLB" 0 "$(counter stale_device)"
is "what software must not do" 0 "$(counter misuse)"
[ "$(counter stale) $(counter stale_device)" = "0 0" ] ||
	vtd-sim stale 0 | head -n 12 | sed 's/^/#   /'
stray="DMA fault: \(read\|write\) by $fn"
check "the stray DMA of the inner guest is in the log" dmesg_has "$stray"
check "no other complaints" only "$stray"
echo "$fn" >"/sys/bus/pci/devices/$fn/driver/unbind"
check "the function leaves" vtd-sim function remove 0 1
check "the unit leaves, so no domain id is in use" vtd-sim unit remove 0
finish
echo "# status $VMM_NAME $?"
