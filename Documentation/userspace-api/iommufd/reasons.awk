# SPDX-License-Identifier: GPL-2.0-only
# Lines of iommufd_reject; each reason once a second, and how often it came.
match($0, /[0-9]+\.[0-9]+: iommufd_reject: /) {
	second = int(substr($0, RSTART))
	line = substr($0, RSTART + RLENGTH)
	sub(/^.* iommufd_reject: /, "", line)
	key = line
	sub(/value=[^ ]* /, "", key)
	if (seen[key]++ && second == last[key])
		next
	if (seen[key] > 2)
		line = line " (" seen[key] - 1 " times since " last[key] ")"
	seen[key] = 1
	last[key] = second
	print line
	fflush()
}
