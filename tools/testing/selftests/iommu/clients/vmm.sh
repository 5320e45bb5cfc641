#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In a guest: runs QEMU, which gives the edu and the igb card to a guest of
# its own behind an emulated unit. So QEMU maps that guest's memory, and later
# what its kernel maps for its devices, through our ioctls. Prints what the
# inner guest says (vmm_inner.sh), then TAP of our own.
#
#   VMM_NAME    of the suite
#   VMM_BY      iommufd: QEMU binds the devices to a context of its own
#               compat: container and group of VFIO, which are /dev/iommu
#               type1: container and group of VFIO, without iommufd
#               node: the same, on a kernel whose /dev/vfio/vfio is iommufd's
#   VMM_MEMORY  what the inner guest has for memory: ram, memfd, hugetlb
#   VMM_MIB     how much of it
#   VMM_UNIT    options of the emulated unit
#   VMM_APPEND  the inner kernel's command line

. vtd_lib.sh

edu=0000:00:05.0 igb=0000:01:00.0

give()
{
	d=/sys/bus/pci/devices/$1
	[ ! -e "$d/driver" ] || echo "$1" >"$d/driver/unbind"
	echo vfio-pci >"$d/driver_override"
	echo "$1" >/sys/bus/pci/drivers_probe
}

is_given()
{
	d=$(readlink "/sys/bus/pci/devices/$1/driver") && [ "${d##*/}" = vfio-pci ]
}

free_hugepages() { awk '$1 == "HugePages_Free:" { print $2 }' /proc/meminfo; }

dmesg_has() { dmesg | grep -q "$1"; }

# only REGEX: there are no complaints in the log but such.
only() { ! no_complaints | grep -v "$1"; }

# Bytes, in all address spaces of QEMU.
mapped()
{
	cat "/proc/$vmm/fdinfo/"* 2>/dev/null |
		awk '$1 == "iommufd-ioas:" {
			for (i = 2; i < NF; i++)
				if ($i == "mapped")
					n += $(i + 1)
		}
		END { print n + 0 }'
}

# The largest of what is mapped, while QEMU runs.
watch()
{
	while kill -0 "$vmm" 2>/dev/null; do
		m=$(mapped)
		[ "$m" -le "$(cat "$t/mapped")" ] || echo "$m" >"$t/mapped"
		sleep 1
	done
}

give $edu
give $igb
ids=$(used_ids)
free=$(free_hugepages)

set --
by=
case $VMM_BY in
iommufd) set -- -object iommufd,id=ctx; by=,iommufd=ctx ;;
compat)  ln -sf /dev/iommu /dev/vfio/vfio ;;
esac
memory=
case $VMM_MEMORY in
memfd)   memory=memory-backend-memfd,share=on ;;
hugetlb) memory=memory-backend-memfd,hugetlb=on,hugetlbsize=2M ;;
esac
[ -z "$memory" ] || set -- "$@" -machine memory-backend=mem \
	-object "$memory,id=mem,size=${VMM_MIB}M"

qemu-system-x86_64 -L /vmm -nodefaults -no-user-config -display none \
	-no-reboot -machine q35,kernel-irqchip=split -m "${VMM_MIB}M" "$@" \
	-accel tcg,thread=single -cpu max,la57=off -smp 1 -nic none \
	-device "$VMM_UNIT" \
	-device "vfio-pci,host=$edu,addr=0x5$by" \
	-device "vfio-pci,host=$igb,addr=0x4$by" \
	-kernel /vmm/kernel -initrd /vmm/initrd -append "$VMM_APPEND" \
	-chardev "file,id=console,path=$t/console" -serial chardev:console \
	-chardev stdio,id=payload,signal=off -serial chardev:payload \
	</dev/null >"$t/inner" 2>"$t/qemu" &
vmm=$!
echo 0 >"$t/mapped"
watch &
wait "$vmm"
status=$?
tr -d '\r' <"$t/inner" | grep -v '^@@vm-exit\|^$'

echo "# suite $VMM_NAME"
for d in $edu $igb; do
	check "vfio-pci has $d" is_given $d
done
is "QEMU ends well" 0 $status
inner=$(tr -d '\r' <"$t/inner" | sed -n 's/^@@vm-exit [^ ]* //p')
is "so does the inner guest" 0 "$inner"
[ "$status $inner" = "0 0" ] || {
	grep -v 'PCI BAR?$' "$t/qemu" | tail -n 20
	tail -n 20 "$t/console"
} | sed 's/^/#   /'
if [ "$VMM_BY" = type1 ]; then
	is "nothing is mapped by way of iommufd" 0 "$(cat "$t/mapped")"
else
	check "all of the guest's memory was mapped" \
		test "$(cat "$t/mapped")" -ge $((VMM_MIB << 20))
fi
is "domain ids in use" "$ids" "$(used_ids)"
is "free huge pages" "$free" "$(free_hugepages)"
stray="DMA fault: \(read\|write\) by $edu"
check "the stray DMA of the inner guest's demo is in the log" dmesg_has "$stray"
check "no other complaints" only "$stray"
finish
echo "# status $VMM_NAME $?"
