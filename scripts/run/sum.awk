# SPDX-License-Identifier: GPL-2.0-only
#
# sum.awk -v runs=N: passes on what N test runs print one after the other, and
# ends in the sum of their last lines. A run that did not come to its last line
# failed.
/^[0-9]+ passed, [0-9]+ failed$/ {
	ended++
	passed += $1
	failed += $3
	print "# " $0
	fflush()
	next
}
{
	print
	fflush()
}
END {
	for (; ended < runs; ended++) {
		print "not ok a run came to no end"
		failed++
	}
	printf "%d passed, %d failed\n", passed, failed
	exit failed > 0
}
