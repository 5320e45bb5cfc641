#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In a guest of vm-run behind VT-d: another kernel takes over, after an orderly
# end of this one or after its crash, and does I/O (vtd_io.sh) behind the units
# that it finds. It reports in our place: vm-run waits for the second kernel's
# payload. Prints TAP, and the '# suite' lines around what the second one says.
#
#   VTD_SECOND  exec: by way of an orderly end
#               crash: by a panic, with translation on and I/O going on
#               a disk: orderly, and the second one's root is on that disk
#   VTD_SUITE   what the suite of the second kernel is called
#
# /boot/kernel is the kernel. Wants the variables of vtd_io.sh, too.

. vtd_lib.sh

# What the second kernel runs, and finds at /vm/payload.
change_payload()
{
	{
		grep '^export ' /vm/payload
		echo "vtd_io.sh; status=\$?"
		echo "echo \"# status $VTD_SUITE \$status\""
	} >"$t/payload" || return 1
	grep -q VTD_SECOND "$t/payload" || return 1
	mv "$t/payload" /vm/payload
}

# All files of this machine are in its initramfs.
list() { (cd / && find . -xdev ! -path './tmp/*'); }

make_initrd()
{
	(cd / && list | grep -v '^\./boot/' | cpio -o -H newc) >"$t/initrd" &&
		[ -s "$t/initrd" ]
}

make_root()
{
	wait_disk "$VTD_SECOND" && mke2fs "/dev/$VTD_SECOND" &&
		mkdir -p "$t/root" &&
		mount -t ext2 "/dev/$VTD_SECOND" "$t/root" || return 1
	(cd / && list | cpio -o -H newc) >"$t/files" &&
		(cd "$t/root" && cpio -i -d <"$t/files") &&
		umount "$t/root"
}

command_line()
{
	tr ' ' '\n' </proc/cmdline | grep -v '^crashkernel=' | tr '\n' ' '
	case $VTD_SECOND in
	exec)	;;
	crash)	echo "maxcpus=1 reset_devices" ;;
	*)	echo "root=/dev/$VTD_SECOND rootfstype=ext2 rw init=/init" ;;
	esac
}

# Reads and writes that are under way when the end comes.
start_io()
{
	for d in $VTD_DISKS; do
		[ "$d" != "$VTD_SECOND" ] || continue
		while :; do
			dd if="/dev/$d" of=/dev/null bs=65536 iflag=direct
			dd if=/dev/zero of="/dev/$d" bs=65536 oflag=direct
		done >/dev/null 2>&1 &
	done
}

load_crash()
{
	[ "$(cat /sys/kernel/kexec_crash_size)" -gt 0 ] || return 1
	kexec_into --crash /boot/kernel "$t/initrd" "$(command_line)" &&
		[ "$(cat /sys/kernel/kexec_crash_loaded)" = 1 ]
}

for d in $VTD_DISKS; do
	check "$d: data is right" data_is_right "$d"
done
check "a payload for the second kernel" change_payload
case $VTD_SECOND in
exec|crash)
	initrd=$t/initrd
	check "an initrd for the second kernel" make_initrd ;;
*)
	initrd=-
	check "a root on $VTD_SECOND" make_root ;;
esac
[ "$VTD_SECOND" != crash ] || check "the crash kernel is loaded" load_crash
if [ "$failed" != 0 ]; then
	finish
	exit 1
fi
finish
start_io
sleep 1
# The end of this suite; sent before anything else happens.
echo "# status $VTD_SUITE-first 0"
echo "# suite $VTD_SUITE"
stty raw </dev/ttyS1
if [ "$VTD_SECOND" = crash ]; then
	echo 1 >/proc/sys/kernel/sysrq
	echo c >/proc/sysrq-trigger
else
	kexec_into /boot/kernel "$initrd" "$(command_line)"
fi
not_ok "another kernel takes over"
finish
