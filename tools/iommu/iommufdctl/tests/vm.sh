#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# iommufdctl with the real kernel, in the VM: igb is at 0000:01:00.0 with its
# driver, edu at 0000:00:05.0 without one. Prints TAP.
nr=0
out=/tmp/out err=/tmp/err
igb=0000:01:00.0

does()
{
	want=$1; shift
	"$@" >$out 2>$err </dev/null
	got=$?
	[ "$got" = "$want" ] || { echo "# $*: exit code $got, not $want"; return 1; }
}

says() { grep -qF -- "$1" $out || { echo "# does not say: $1"; return 1; }; }
complains() { grep -qF -- "$1" $err || { echo "# does not complain: $1"; return 1; }; }
driver() { d=$(readlink "/sys/bus/pci/devices/$1/driver"); [ "${d##*/}" = "$2" ]; }

check()
{
	nr=$((nr + 1))
	if "$1"; then
		echo "ok $nr $1"
	else
		sed 's/^/# /' $out $err
		echo "not ok $nr $1"
	fi
}

lists()
{
	does 0 iommufdctl list && says "$igb igb" && says dmar0 &&
		says '0000:00:05.0 -' && says '(msi)' &&
		awk 'length > 80 { exit 1 }' $out
}

checks()
{
	does 0 iommufdctl check $igb && says 'alone in group' &&
		does 1 iommufdctl check 00:1f.2 && says 'has also'
}

# The root complex's bridge and one that is up are not taken.
refuses_to_bind()
{
	# eth0 or eth1, whichever is igb's
	dev=$(ls /sys/bus/pci/devices/$igb/net)
	ip link set "$dev" up || return
	does 6 iommufdctl bind $igb && complains "$dev is up" && driver $igb igb &&
		ip link set "$dev" down &&
		does 1 iommufdctl bind 00:00.0 && complains 'is a bridge'
}

binds()
{
	does 0 iommufdctl bind $igb 00:05.0 && says 'driver vfio-pci' &&
		says /dev/vfio/devices/vfio && driver $igb vfio-pci &&
		driver 0000:00:05.0 vfio-pci &&
		does 0 iommufdctl list && says "$igb vfio-pci"
}

shows()
{
	mkfifo /tmp/hold
	user hold $igb </tmp/hold >/tmp/ready &
	user=$!
	exec 8>/tmp/hold
	until grep -q ready /tmp/ready; do
		kill -0 $user || return 1
		sleep 0.1
	done
	does 0 iommufdctl show -m $user &&
		says "process $user (user)" && says '2.0 MiB pinned' &&
		says ': 1 area, 2.0 MiB mapped' && says "device 2: $igb" &&
		says '0x10000000         0x101fffff           2.0 MiB rw' &&
		awk 'length > 80 { exit 1 }' $out &&
		does 0 iommufdctl --json show && says '"pinned":2097152'
}

dumps()
{
	does 0 iommufdctl dump $igb && says "$igb behind dmar0" &&
		says 'PASID 0: second stage' && says '0x0000000010000 |'
}

# Its user is there: the kernel would wait.
does_not_unbind()
{
	does 6 iommufdctl unbind $igb && complains "process $user (user)" &&
		driver $igb vfio-pci
}

reports()
{
	does 0 iommufdctl report && says 'kernel 7.3' && says 'intel_iommu=on' &&
		says 'dmar0: VT-d' && says 'iommufd-ioas:' &&
		says 'DMAR: dmar0' && ! grep -E 'ffff[0-9a-f]{12}' $out
}

tops()
{
	does 0 iommufdctl --json top -n 1 -d 1 && says '"process":"user"' &&
		says '"pinned":2097152'
}

# In one trace: what another process does while it is followed.
traces()
{
	iommufdctl trace -n 3 -k map,object >$out 2>$err &
	tracer=$!
	until grep -q 1 /sys/kernel/tracing/instances/iommufdctl-*/events/iommufd/iommufd_unmap/enable; do
		sleep 0.1
	done 2>/dev/null
	user fine
	wait $tracer && says 'map ioas=' && says 'object_publish type=ioas'
}

why_of_a_command()
{
	does 42 iommufdctl why -- user refused && says 'IOMMU_IOAS_MAP: EEXIST' &&
		says 'meets something mapped already' && says 'what to do: unmap' &&
		says 'user (' && does 0 iommufdctl why user fine &&
		complains 'refused nothing' &&
		does 127 iommufdctl why /no/such/program
}

# Of all, until a signal.
why_follows()
{
	iommufdctl why >$out 2>$err &
	follower=$!
	until grep -q 1 /sys/kernel/tracing/instances/iommufdctl-*/events/iommufd/iommufd_reject/enable; do
		sleep 0.1
	done 2>/dev/null
	user refused
	until grep -q 'what to do' $out; do
		kill -0 $follower || return 1
		sleep 0.1
	done
	kill $follower
	wait $follower && says 'IOMMU_IOAS_MAP: EEXIST'
}

unbinds()
{
	exec 8>&-
	wait $user
	does 0 iommufdctl unbind $igb 00:05.0 && says "$igb: driver igb" &&
		driver $igb igb && [ ! -e /sys/bus/pci/devices/0000:00:05.0/driver ] &&
		[ "$(cat /sys/bus/pci/devices/$igb/driver_override)" = '(null)' ] &&
		does 1 iommufdctl unbind $igb && complains 'nothing to undo'
}

leaves_nothing()
{
	: >$out; : >$err
	[ -z "$(ls /sys/kernel/tracing/instances)" ] &&
		[ -z "$(ls /run/iommufdctl)" ]
}

# Each event has a place in the table of 'trace', but the one that is an answer.
knows_all_events()
{
	: >$out; : >$err
	iommufdctl trace -k map,attach,object,fault,invalidate,refuse,queue \
		>$out 2>$err &
	tracer=$!
	until grep -q 1 /sys/kernel/tracing/instances/iommufdctl-*/events/intel_iommu/qi_submit/enable; do
		sleep 0.1
	done 2>/dev/null
	off=
	for e in /sys/kernel/tracing/instances/iommufdctl-*/events/iommufd/*/enable; do
		[ "$(cat "$e")" = 1 ] || off="$off $(basename "$(dirname "$e")")"
	done
	kill $tracer
	wait $tracer
	[ "$off" = ' iommufd_expected' ] || { echo "# off:$off"; return 1; }
	! grep 'this kernel has' $err
}

for case in lists checks refuses_to_bind binds shows dumps does_not_unbind \
	reports tops traces knows_all_events why_of_a_command why_follows \
	unbinds leaves_nothing; do
	check $case
done
echo "1..$nr"
