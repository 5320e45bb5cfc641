#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The one place that names packages, for Debian 12 and 13.
#
#   deps.sh doctor               what is there, what is missing, what brings it
#   deps.sh check GROUP...       quiet; fails with the list of what is missing
#   deps.sh install GROUP...     installs what is missing, as root or by sudo
#
# Groups: build (tree and kernel), vm (QEMU and the guest's programs), lint,
# lib (the tests of the C library); clients (what make clients runs: optional),
# docs (make htmldocs), deb (make deb): optional.
set -eu
. "$(dirname "$0")/lib.sh"

# group | what | package | test that succeeds when it is there
table()
{
	cat <<'EOT'
build|make|build-essential|has make
build|gcc|build-essential|has gcc
build|C library headers|build-essential|have_file /usr/include/stdio.h
build|flex|flex|has flex
build|bison|bison|has bison
build|bc|bc|has bc
build|perl|perl|has perl
build|python3|python3|has python3
build|libelf headers|libelf-dev|have_file /usr/include/libelf.h
build|OpenSSL headers|libssl-dev|have_file /usr/include/openssl/ssl.h
build|cpio|cpio|has cpio
build|rsync|rsync|has rsync
build|xz|xz-utils|has xz
build|kmod|kmod|has depmod
build|find|findutils|has find
build|flock|util-linux|has flock
vm|QEMU 10.0 or newer|qemu-system-x86|have_qemu
vm|busybox|busybox-static|has busybox
vm|libuuid headers|uuid-dev|have_file /usr/include/uuid/uuid.h
vm|libcap headers|libcap-dev|have_file /usr/include/sys/capability.h
lint|sparse|sparse|has sparse
lint|clang 17 or newer|clang-19|have_clang
lint|lld 17 or newer|lld-19|have_lld
lint|LLVM tools 17 or newer|llvm-19|have_llvm
lib|C++ compiler|build-essential|has g++
lib|pkg-config|pkgconf|has pkg-config
deb|dpkg-deb|dpkg|has dpkg-deb
docs|Sphinx|python3-sphinx|has sphinx-build
clients|DPDK's testpmd|dpdk-dev|has dpdk-testpmd
clients|DPDK's igb driver|dpdk-dev|have_dpdk_driver net_e1000
clients|qemu-io|qemu-utils|has qemu-io
clients|setpriv|util-linux|has setpriv
optional|ccache (speed only)|ccache|has ccache
optional|mandoc (checks man pages)|mandoc|has mandoc
optional|valgrind (checks the C library)|valgrind|has valgrind
optional|rst2man (man pages)|python3-docutils|have_rst2man
EOT
}

has()
{
	command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] ||
		[ -x "/sbin/$1" ]
}

have_file() { [ -e "$1" ]; }
have_rst2man() { has rst2man || has rst2man.py; }

have_dpdk_driver()
{
	for d in /usr/lib/*/dpdk/pmds-*/librte_"$1".so*; do
		[ -e "$d" ] && return
	done
	return 1
}

# Older ones lack first-stage translation; the option's name tells.
have_qemu()
{
	q=${QEMU:-qemu-system-x86_64}
	has "$q" || return 1
	"$q" -device intel-iommu,help 2>/dev/null |
		grep -q -E '^ *(x-)?(flts|fsts)='
}

# The suffix ('' or '-19') of the newest LLVM that the kernel accepts.
llvm_suffix()
{
	for s in -24 -23 -22 -21 -20 -19 -18 -17 ''; do
		has "clang$s" || continue
		v=$("clang$s" -dumpversion 2>/dev/null | cut -d. -f1)
		[ "${v:-0}" -ge 17 ] 2>/dev/null || continue
		echo "$s"
		return 0
	done
	return 1
}

have_clang() { llvm_suffix >/dev/null; }
have_lld() { s=$(llvm_suffix) && has "ld.lld$s"; }
have_llvm() { s=$(llvm_suffix) && has "llvm-nm$s"; }

# missing GROUP...: lines 'what|package' of what is not there.
missing()
{
	for g in "$@"; do
		table | while IFS='|' read -r group what package probe; do
			[ "$group" = "$g" ] || continue
			# shellcheck disable=SC2086
			$probe || echo "$what|$package"
		done
	done
}

packages() { cut -d'|' -f2 | sort -u | tr '\n' ' '; }

doctor()
{
	rc=0
	for g in build vm lint lib docs deb clients optional; do
		echo "$g:"
		table | while IFS='|' read -r group what package probe; do
			[ "$group" = "$g" ] || continue
			# shellcheck disable=SC2086
			if $probe; then
				printf '  ok       %s\n' "$what"
			else
				printf '  MISSING  %s: package %s\n' \
					"$what" "$package"
			fi
		done
	done
	m=$(missing build vm lint lib | packages)
	if [ -n "$m" ]; then
		echo
		echo "To install what is missing: scripts/deps.sh install" \
			"build vm lint lib"
		echo "(or yourself: apt-get install $m)"
		needs_backport "$m" &&
			echo "qemu-system-x86 of Debian 12 is too old: the" \
				"script takes it from bookworm-backports"
		[ -z "$(missing build vm)" ] || rc=1
	fi
	if [ -r /dev/kvm ] && [ -w /dev/kvm ]; then
		echo "KVM: /dev/kvm is there; the VM runner tries it first"
	else
		echo "KVM: not usable; the VM runs under TCG (slower, fine)"
	fi
	return $rc
}

codename() { (. /etc/os-release 2>/dev/null && echo "${VERSION_CODENAME:-}"); }

needs_backport()
{
	[ "$(codename)" = bookworm ] || return 1
	case " $1 " in
	*' qemu-system-x86 '*) return 0 ;;
	esac
	return 1
}

SUDO=
need_root()
{
	[ "$(id -u)" -ne 0 ] || return 0
	has sudo || die "to install packages, run as root, or install sudo:" \
		"apt-get install $*"
	SUDO=sudo
}

# The lines of apt that matter when it fails; else what it unpacks.
run_apt()
{
	$SUDO env DEBIAN_FRONTEND=noninteractive apt-get -q \
		-o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" >&2
}

# Debian 12's QEMU is older than what the VM needs. The backport comes by a
# package list of its own: the machine's apt configuration stays as it is.
install_qemu_backport()
{
	uri=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' |
		awk '$1 == "bookworm" && $2 == "main" && $3 !~ /^cdrom:/ {
			print $3; exit }')
	[ -n "$uri" ] || die "no configured package source has bookworm main"
	d=$(mktemp -d /tmp/deps-apt.XXXXXX)
	chmod 755 "$d"
	mkdir -p "$d/lists/partial" "$d/cache/archives/partial"
	key=/usr/share/keyrings/debian-archive-keyring.gpg
	opt=
	[ ! -r "$key" ] || opt="[signed-by=$key] "
	for s in bookworm bookworm-updates bookworm-backports; do
		echo "deb $opt$uri $s main"
	done >"$d/sources.list"
	set -- -o Dir::Etc::SourceList="$d/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State::Lists="$d/lists" -o Dir::Cache="$d/cache" \
		-o APT::Sandbox::User=root
	rc=0
	{ run_apt "$@" update && run_apt "$@" install -y --no-install-recommends \
		-t bookworm-backports qemu-system-x86; } || rc=1
	$SUDO rm -rf "$d"
	[ "$rc" = 0 ] || die "QEMU from bookworm-backports did not install"
}

install_groups()
{
	want=$(missing "$@" | packages)
	if [ -z "$want" ]; then
		say "nothing to install"
		return
	fi
	# shellcheck disable=SC2086
	need_root $want
	has apt-get || die "this machine has no apt-get; install: $want"
	say "installing: $want"
	backport=
	if needs_backport "$want"; then
		backport=1
		want=$(printf '%s' "$want" | sed 's/qemu-system-x86 //')
	fi
	if [ -n "${want% }" ]; then
		# Lists may be empty (a fresh container) or too old. A source
		# that does not answer is not our concern as long as the
		# packages come.
		if ! ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1; then
			run_apt update || say "apt-get update complained"
		fi
		# shellcheck disable=SC2086
		if ! run_apt install -y --no-install-recommends $want; then
			say "trying again with fresh package lists"
			run_apt update || say "apt-get update complained"
			run_apt install -y --no-install-recommends $want ||
				die "could not install: $want"
		fi
	fi
	[ -z "$backport" ] || install_qemu_backport
	left=$(missing "$@")
	[ -z "$left" ] || die "still missing: $(printf '%s' "$left" |
		cut -d'|' -f1 | tr '\n' ',')"
}

cmd=${1:-doctor}
[ $# -eq 0 ] || shift
case $cmd in
doctor)
	doctor ;;
check)
	m=$(missing "$@")
	[ -z "$m" ] || {
		say "missing tools (package):"
		printf '%s\n' "$m" | sed 's/\(.*\)|\(.*\)/  \1 (\2)/' >&2
		die "run: scripts/deps.sh install $*"
	} ;;
install)
	install_groups "$@" ;;
llvm-suffix)
	llvm_suffix ;;
*)
	die "unknown command $cmd" ;;
esac
