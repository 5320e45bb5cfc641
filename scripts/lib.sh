# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Shared by the scripts here and in the folders: where things are, how to speak,
# how to take the lock. Everything that is said goes to stderr, so that a
# script's stdout is its result and nothing else.

REPO=$(cd -P "$(dirname "$0")" && while [ ! -e scripts/lib.sh ]; do
	[ "$PWD" != / ] && cd .. || exit 1
done && pwd) || exit 1

if [ -n "${IOMMU_CACHE:-}" ]; then
	CACHE=$IOMMU_CACHE
else
	CACHE=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/iommufd-overlay
fi
case $CACHE in
/*) ;;
*) CACHE=$PWD/$CACHE ;;
esac

JOBS=${JOBS:-$(nproc 2>/dev/null || echo 2)}

# Paths of the base that the overlay replaces: never unpacked into the tree.
REPLACED="drivers/iommu/iommufd drivers/iommu/intel \
tools/testing/selftests/iommu include/uapi/linux/iommufd.h \
Documentation/userspace-api/iommufd.rst"

# Below the base: the base's own kernel. Tree and build share a folder, so that
# ccache takes their paths relative to it, as it does with ours: a second base
# folder (another IOMMU_CACHE, scripts/release-check) finds what was compiled.
PEER=peer-kernel

# Folders of the repository that are laid over the base.
OVERLAY_DIRS="drivers include tools Documentation samples"

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$*"; exit 1; }

case $CACHE in
*[!A-Za-z0-9/._+@%=-]*)
	die "the cache folder '$CACHE' has a character that kernel makefiles" \
	    "or QEMU cannot handle; set IOMMU_CACHE to another folder" ;;
esac

# Each clone of the repository has a tree and builds of its own.
CLONE=$CACHE/clones/$(printf '%s' "$REPO" | sha256sum | cut -c1-12)

# Two commands in one clone take turns. The lock dies with its holder.
take_lock()
{
	mkdir -p "$(dirname "$1")" || die "cannot create $(dirname "$1")"
	exec 9>"$1" || die "cannot write $1"
	if ! flock -n 9; then
		say "waiting for another command that holds $1"
		flock 9
	fi
}

drop_lock() { exec 9>&-; }

hash_of() { sha256sum | cut -c1-16; }

flavour_check()
{
	case $1 in
	normal|debug|kcsan|container|hibernate|mutants|amd|peer|lint|clang|combos) ;;
	*) die "unknown flavour '$1' (normal, debug, peer)" ;;
	esac
}

# The base, the tree and the build folders that 'make tree' settled on.
load_tree()
{
	[ -r "$CLONE/current" ] || die "no tree yet: run 'make tree'"
	BASE_KEY=$(cat "$CLONE/current")
	WORK=$CLONE/$BASE_KEY
	BASE_DIR=$CACHE/base/$BASE_KEY
	TREE=$WORK/tree
}

build_dir()
{
	case $1 in
	peer) echo "$BASE_DIR/$PEER/build" ;;
	*)    echo "$WORK/build-$1" ;;
	esac
}

# make(1) of the kernel for one flavour, without what the caller's make
# passed down to us.
kmake()
{
	km_flavour=$1; shift
	if [ "$km_flavour" = peer ]; then
		km_top=$BASE_DIR/$PEER
	else
		km_top=$WORK
	fi
	km_tree=$km_top/tree
	km_cc=${CC:-gcc}
	km_llvm=
	if [ "$km_flavour" = clang ]; then
		km_llvm=$("$REPO/scripts/deps.sh" llvm-suffix) ||
			die "no clang 17 or newer"
		km_cc=clang$km_llvm
		km_llvm=LLVM=${km_llvm:-1}
	fi
	if [ "${NO_CCACHE:-}" != 1 ] && command -v ccache >/dev/null 2>&1; then
		km_cc="ccache $km_cc"
		# Paths below the work folder are hashed relative, so that a
		# second clone finds what the first one compiled.
		CCACHE_BASEDIR=${CCACHE_BASEDIR:-$km_top}
		CCACHE_NOHASHDIR=1
		export CCACHE_BASEDIR CCACHE_NOHASHDIR
	fi
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u O -u V -u DEBUG -u PROFILE \
		-u KERNEL_SRC -u CC LC_ALL=C \
		make --no-print-directory -C "$km_tree" \
		O="$(build_dir "$km_flavour")" ARCH=x86_64 CC="$km_cc" \
		${km_llvm:+"$km_llvm"} -j"$JOBS" "$@"
}

# make(1) for user space: none of our variables leak into it.
umake()
{
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u V -u DEBUG -u PROFILE \
		-u O -u CC make --no-print-directory -j"$JOBS" "$@"
}

# stage NAME: for a run of tests, a folder of its own ($stage) and in it the
# file for what they say ($raw). At the end of the script the file becomes
# $WORK/results/NAME.tap ($said), and the folder goes. Runs that take place at
# the same time, rows of make test among them, share no file before that.
stage()
{
	said=$WORK/results/$1.tap
	mkdir -p "$WORK/results"
	stage=$(mktemp -d "$WORK/.stage.XXXXXX") || exit
	raw=$stage/said.tap
	mkdir "$stage/tests"
	: >"$raw"
	trap 'mv -f "$raw" "$said"; rm -rf "$stage"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

# run_suites OPTIONS...: boots the VM with these options, runs the programs
# in $stage/tests in order of the file "list" there and leaves their output in
# $raw. Fails when the VM did.
run_suites()
{
	"$REPO/scripts/vm-run" "$@" --dir "$stage/tests:/tests" -- sh -c '
		cd /tests
		while read -r t args; do
			echo "# suite $t"
			start=$(date +%s) status=0
			# shellcheck disable=SC2086
			./$t $args || status=$?
			echo "# status $t $status $(($(date +%s) - start))"
		done <list' >"$raw" && return 0
	rs_rc=$?
	say "the VM ended with status $rs_rc; what the tests said: $said"
	return "$rs_rc"
}
