#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# DPDK's testpmd with two igb whose wires are joined: each frame that one sends
# the other receives and sends on. Prints TAP. See clients_lib.sh for the modes.

. clients_lib.sh

first=0000:01:00.0 second=0000:02:00.0
said=$t/testpmd
# In seconds of the guest's clock, which is fast on a busy host.
patience=60
pid=

# start OPTIONS-OF-EAL -- OPTIONS-OF-TESTPMD: becomes $pid, reads from fd 5.
# $run is what it is run by.
start()
{
	eal= ; app=
	for o; do
		shift
		[ "$o" != -- ] || { app=$*; break; }
		eal="$eal $o"
	done
	rm -f "$t/in" "$said"
	mkfifo "$t/in"
	: >"$said"
	# What it says is read while it runs: the C library keeps no line back.
	# shellcheck disable=SC2086
	_STDBUF_O=L LD_PRELOAD=/lib/libstdbuf.so ${run:-} dpdk-testpmd -l 0,1 \
		--no-telemetry -a $first -a $second $eal -- -i \
		--total-num-mbufs=2048 --rxd=128 --txd=128 $app \
		<"$t/in" >>"$said" 2>&1 &
	pid=$!
	exec 5>"$t/in"
	# Without a device it goes on, too.
	await 'Checking link statuses\|No probed ethernet devices' &&
		shows 'Checking link statuses' && await '^Done' &&
		shows 'Configuring Port 1'
}

shows() { tr -d '\r\0' <"$said" | grep -q -e "$1"; }

said_or_gone() { shows "$1" || is_gone "$pid"; }

# await PATTERN: in what it says; fails when it ends without having said it.
await()
{
	until_true $patience said_or_gone "$1"
	shows "$1" || { echo "no '$1':"; tail -n 8 "$said"; return 1; }
}

# tell COMMAND PATTERN: and what comes then.
tell()
{
	: >"$said"
	echo "$1" >&5
	await "$2"
}

# Both ports received more than what was sent to begin with (32 each).
went_around()
{
	tr -d '\r\0' <"$said" | awk '
		/Accumulated/ { exit }
		/RX-packets:/ && $2 > 100 { n++ }
		END { exit n != 2 }'
}

begin() { tell 'start tx_first' 'packets/burst='; }

once_around()
{
	begin || return 2
	sleep 1
	tell stop '^Done\.' || return 2
	went_around
}

forward()
{
	tries=20
	until once_around; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] && ! is_gone "$pid" ||
			{ tail -n 8 "$said"; return 1; }
	done
}

end()
{
	exec 5>&-
	[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	pid=
}

quit()
{
	echo quit >&5
	until_true $patience is_gone "$pid" || return 1
	wait "$pid"
	status=$?
	pid=
	[ $status = 0 ] || { echo "it ended with status $status"; return 1; }
}

# try COMMAND...: with a testpmd of its own, which does not outlive a failure.
try()
{
	"$@"
	tried=$?
	end
	return $tried
}

forwards() { start "$@" && forward && quit; }

detach_and_attach()
{
	start -- && forward &&
		tell 'port stop all' '^Done' &&
		tell 'port detach 0' 'Now total ports is 1' &&
		tell "port attach $first" 'Now total ports is 2' &&
		tell 'port start all' '^Done' || return 1
	echo 'set portlist 0,1' >&5
	forward && quit
}

killed()
{
	start -- && begin || return 1
	sleep 1
	is_gone "$pid" && { echo "it has ended already"; return 1; }
	end
	nothing_left "$before"
}

# Of 4 KiB, each mapped by a call of its own. VFIO's type 1 allows 65,535 maps
# (dma_entry_limit).
single_pages()
{
	forwards --no-huge -m $(($1 / 256)) --iova-mode=va --
}

two_processes()
{
	start --proc-type=primary --file-prefix=two -- && forward && begin ||
		return 1
	# The secondary's devices are the primary's.
	timeout $patience dpdk-proc-info --proc-type=secondary \
		--no-telemetry --file-prefix=two -a $first -a $second -- \
		--stats >"$t/secondary" 2>&1
	status=$?
	[ $status = 0 ] && [ "$(grep -c 'RX-packets: *[1-9]' "$t/secondary")" = 2 ] ||
		{ echo "status $status"; head -n 20 "$t/secondary"; return 1; }
	tell stop '^Done\.' && went_around && quit
}

user_works()
{
	as_user 1048576
	forwards --iova-mode=va --
	rc=$?
	run=
	return $rc
}

# Refused by name; it goes on without the devices, or ends by itself. A container
# on /dev/iommu pins what is mapped when it gets its first device.
user_without_memlock()
{
	as_user 64
	start --iova-mode=va -- >/dev/null
	rc=$?
	run=
	[ $rc != 0 ] || { echo "it started"; return 1; }
	refusal='error 12'
	[ "$CLIENTS_NODE" != container ] ||
		refusal="Getting a vfio_dev_fd for $first failed"
	grep -e "$refusal" "$said" || { head -n 9 "$said"; return 1; }
}

mkdir -p /var/run /run
check "VFIO takes both cards" take $first $second
before=$(holdings)
check "frames go around" try forwards --
check "a port is detached and attached" try detach_and_attach
check "killed while frames move" try killed
check "frames go around after that" try forwards --
check "a primary and a secondary process" try two_processes
if [ "$CLIENTS_NODE" != none ]; then
	check "65,280 single pages" try single_pages 65280
	[ "$CLIENTS_NODE" = type1 ] ||
		check "131,072 single pages" try single_pages 131072
	check "an ordinary user" try user_works
	check "an ordinary user who may lock nothing" try user_without_memlock
fi
check "nothing is left" nothing_left "$before"
check "no complaints in the log" no_complaints
finish
