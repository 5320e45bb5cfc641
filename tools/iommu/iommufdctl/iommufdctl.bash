# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Completion of iommufdctl: commands, devices, processes that hold /dev/iommu.

_iommufdctl_devices()
{
	local dir=${IOMMUFDCTL_ROOT:-}/sys/bus/pci/devices device
	for device in "$dir"/*; do
		[ ! -e "$device" ] || echo "${device##*/}"
	done
}

_iommufdctl_processes()
{
	local fd pid
	for fd in "${IOMMUFDCTL_ROOT:-}"/proc/[0-9]*/fd/*; do
		[ "$(readlink "$fd" 2>/dev/null)" = /dev/iommu ] || continue
		pid=${fd%/fd/*}
		echo "${pid##*/}"
	done
}

_iommufdctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} command='' i words
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--root) i=$((i + 1)) ;;
		-*) ;;
		*) command=${COMP_WORDS[i]}; break ;;
		esac
	done
	case $command in
	'')	words='list check bind unbind show why trace top dump report
			--json --color=auto --color=always --color=never --root --help' ;;
	bind|unbind|check|dump)
		words=$(_iommufdctl_devices) ;;
	show)	words=$(_iommufdctl_processes) ;;
	why)	words="-e -p -i $(compgen -c -- "$cur" | head -n 200)" ;;
	trace)	words='-k -p -n -i map attach object fault invalidate refuse queue' ;;
	top)	words='-d -n -i' ;;
	list)	words='-a' ;;
	*)	words='' ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

# A ":" in an address must not end the word.
COMP_WORDBREAKS=${COMP_WORDBREAKS//:/}
complete -o default -F _iommufdctl iommufdctl
