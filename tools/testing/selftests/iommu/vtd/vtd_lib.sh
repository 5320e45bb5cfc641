# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the programs of scripts/run/vtd share: TAP, disks, QEMU's monitor.

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

# check NAME COMMAND...
check()
{
	name=$1; shift
	if "$@" >"$t/said" 2>&1; then
		ok "$name"
	else
		not_ok "$name" "$(head -n 10 "$t/said")"
	fi
}

finish()
{
	echo "1..$n"
	[ "$failed" = 0 ]
}

# until_true SECONDS COMMAND...
until_true()
{
	left=$(($1 * 10)); shift
	until "$@"; do
		left=$((left - 1))
		[ $left -gt 0 ] || { echo "not within the time: $*"; return 1; }
		usleep 100000
	done
}

wait_disk() { until_true 10 test -b "/dev/${1:-nvme0n1}"; }

# data_is_right [DISK]: it gives back what was written.
data_is_right()
{
	wait_disk "${1:-nvme0n1}" || return 1
	head -c 4194304 /dev/urandom >"$t/out"
	dd if="$t/out" of="/dev/${1:-nvme0n1}" bs=65536 2>/dev/null
	sync
	echo 3 >/proc/sys/vm/drop_caches
	dd if="/dev/${1:-nvme0n1}" of="$t/in" bs=65536 count=64 2>/dev/null
	cmp "$t/out" "$t/in"
}

# The interface that has this driver.
interface_of()
{
	for i in /sys/class/net/*; do
		d=$(readlink -f "$i/device/driver")
		[ "${d##*/}" != "$1" ] || echo "${i##*/}"
	done
}

# fetch INTERFACE: a file comes through it as it is on the far side.
fetch()
{
	ifconfig lo 127.0.0.1 up
	ifconfig "$1" 10.0.2.15 netmask 255.255.255.0 up
	until_true 10 grep -q 1 "/sys/class/net/$1/carrier" || return 1
	rm -f "$t/got" "$t/sum"
	tftp -g -b 1428 -r payload -l "$t/got" 10.0.2.2 &&
		tftp -g -b 1428 -r payload.sum -l "$t/sum" 10.0.2.2 || return 1
	[ "$(cut -d' ' -f1 "$t/sum")" = \
		"$(sha256sum <"$t/got" | cut -d' ' -f1)" ]
}

used_ids() { cat /sys/class/iommu/dmar0/intel-iommu/domains_used; }

no_complaints()
{
	dmesg | grep -i 'DMAR.*\(fault\|error\|timed out\|did not\)\|\[DMA'
	[ $? = 1 ]
}

# The machine's monitor (vm-run --monitor): a command in JSON.
qmp()
{
	echo "$1" >&3
	while read -t 20 -r line <&3; do
		case $line in
		*'"return"'*) return 0 ;;
		*'"error"'*)  echo "$line"; return 1 ;;
		esac
	done
	echo "QEMU does not answer"
	return 1
}

qmp_open()
{
	stty raw -echo </dev/ttyS2
	exec 3<>/dev/ttyS2
	qmp '{"execute":"query-status"}'
}
