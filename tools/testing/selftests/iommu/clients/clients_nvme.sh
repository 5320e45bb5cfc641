#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# QEMU's driver for NVMe disks, nvme://, by qemu-io. Prints TAP. See
# clients_lib.sh for the modes. The disk loses its contents.

. clients_lib.sh

disk=0000:00:04.0
sys=/sys/bus/pci/devices/$disk

# nvme:// switches the controller on first, MSI-X then, and waits for interrupts
# of the queue that was there before. QEMU's disk counts who uses a vector: a
# queue counts if MSI-X is on when it is made, and an interrupt for a vector that
# nobody uses is lost. A use that is left over from the kernel's driver counts as
# well, as long as no reset forgets it.
without_reset()
{
	echo >"$sys/reset_method"
	[ -z "$(cat "$sys/reset_method")" ]
}

# io COMMAND...: each of them is to succeed.
io()
{
	for c; do
		shift
		set -- "$@" -c "$c"
	done
	# It says what is wrong with a pattern, and its exit status tells.
	# shellcheck disable=SC2086
	timeout 60 ${run:-} qemu-io -f raw "$@" "nvme://$disk/1" >"$t/io" 2>&1
	rc=$?
	cat "$t/io"
	[ $rc = 0 ] && ! grep -qi -e 'fail' -e 'error' -e 'invalid' "$t/io"
}

data_is_right()
{
	io 'write -P 0x11 0 4M' 'write -P 0x22 4M 64k' 'flush' \
		'read -P 0x11 0 4M' 'read -P 0x22 4M 64k' &&
		io 'read -P 0x11 1M 3M' 'read -P 0x22 4M 64k'
}

# A pattern that is not there is noticed.
can_fail()
{
	! io 'read -P 0x33 0 64k' >/dev/null &&
		grep 'Pattern verification failed' "$t/io"
}

many_requests()
{
	set --
	n_requests=0
	while [ $n_requests -lt 64 ]; do
		set -- "$@" "aio_write -P 0x44 $((n_requests * 64))k 64k"
		n_requests=$((n_requests + 1))
	done
	io "$@" aio_flush 'read -P 0x44 0 4M'
}

killed()
{
	set --
	n_requests=0
	while [ $n_requests -lt 600 ]; do
		set -- "$@" -c "aio_write -P 0x55 $((n_requests % 60))M 1M"
		n_requests=$((n_requests + 1))
	done
	qemu-io -f raw "$@" "nvme://$disk/1" >/dev/null 2>&1 &
	pid=$!
	usleep 900000
	! is_gone $pid || { echo "it has ended already"; return 1; }
	kill -9 $pid
	wait $pid
	nothing_left "$before"
}

user_works()
{
	as_user 1048576
	data_is_right
	rc=$?
	run=
	return $rc
}

# It asks for the ranges of a container before there is a device in it, is told
# that every address will do, and takes one that will not (container.rst).
refused_by_name()
{
	! io 'read 0 64k' >/dev/null && grep 'Cannot map buffer for DMA' "$t/io"
}

check "the disk is not reset between its users" without_reset
check "VFIO takes the disk" take $disk
before=$(holdings)
if [ "$CLIENTS_NODE" = container ]; then
	check "a container has no ranges without a device" refused_by_name
else
	check "it gives back what was written" data_is_right
	check "it would tell if not" can_fail
	check "64 requests at a time" many_requests
	check "killed with requests under way" killed
	check "it gives back what was written after that" data_is_right
	check "an ordinary user" user_works
fi
check "nothing is left" nothing_left "$before"
check "no complaints in the log" no_complaints
finish
