# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the programs of scripts/run/clients share, on top of vtd_lib.sh: the way
# to the device that CLIENTS_NODE names, and programs that run meanwhile.
#
#   type1      VFIO's own containers
#   container  /dev/vfio/vfio is a link to /dev/iommu
#   none       a machine without an IOMMU

. vtd_lib.sh

case ${CLIENTS_NODE:?} in
container)
	ln -sf /dev/iommu /dev/vfio/vfio ;;
none)
	echo 1 >/sys/module/vfio/parameters/enable_unsafe_noiommu_mode ;;
esac

# take BDF...: for VFIO, whoever had them.
take()
{
	for bdf; do
		d=/sys/bus/pci/devices/$bdf
		[ ! -e "$d/driver" ] || echo "$bdf" >"$d/driver/unbind"
		echo vfio-pci >"$d/driver_override"
		echo "$bdf" >/sys/bus/pci/drivers_probe
		[ "$(basename "$(readlink -f "$d/driver")")" = vfio-pci ] ||
			{ echo "VFIO does not take $bdf"; return 1; }
	done
}

# What programs hold of VT-d and of memory: pinned pages and domain ids.
holdings()
{
	echo 1 >/proc/sys/vm/stat_refresh
	awk '/nr_foll_pin_acquired/ { n += $2 }
	     /nr_foll_pin_released/ { n -= $2 }
	     END { print "pins", n + 0 }' /proc/vmstat
	[ "$CLIENTS_NODE" = none ] || echo "ids $(used_ids)"
}

same_holdings() { [ "$(holdings)" = "$1" ]; }

# nothing_left HOLDINGS: as they were before.
nothing_left()
{
	until_true 10 same_holdings "$1" && return
	echo "before: $1"
	echo "after: $(holdings)"
	return 1
}

# A child that nobody has waited for yet is gone, too.
is_gone()
{
	case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in
	''|Z*) return 0 ;;
	esac
	return 1
}

# as_user KIB: $run becomes what runs a command as an ordinary user who may lock
# so much memory, and who was given the devices' groups.
uid=1000
as_user()
{
	chown $uid /dev/vfio/[0-9]* /dev/hugepages
	# Behind the link is a node that is root's alone (container.rst).
	[ "$CLIENTS_NODE" != container ] || chown $uid /dev/iommu
	mkdir -p /tmp/user
	chown $uid /tmp/user
	cat >"$t/as-user" <<-EOU
		#!/bin/sh
		ulimit -l $1
		export XDG_RUNTIME_DIR=/tmp/user HOME=/tmp/user
		exec run-as --reuid $uid --regid $uid --clear-groups \
			--bounding-set=-all --inh-caps=-all "\$@"
	EOU
	chmod 755 "$t" "$t/as-user"
	run=$t/as-user
}
