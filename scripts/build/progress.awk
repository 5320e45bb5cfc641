# SPDX-License-Identifier: GPL-2.0-only
#
# Counts the lines it reads and shows how far it is.
#
# -v label=  what is going on
# -v total=  the number of lines expected; 0 when nobody knows
# -v logfile=    file that gets every line; optional
# -v match_re= count only lines that match; optional
# -v tty=    1: rewrite one line; else a new line at each tenth

function show(text)
{
	if (tty)
		printf "\r%s: %s\033[K", label, text > "/dev/stderr"
	else
		printf "%s: %s\n", label, text > "/dev/stderr"
	fflush("/dev/stderr")
}

{
	if (logfile != "")
		print > logfile
	if (match_re != "" && $0 !~ match_re)
		next
	n++
	if (total > 0) {
		pc = int(n * 100 / total)
		if (pc > 99)
			pc = 99
		if (pc >= last + (tty ? 1 : 10)) {
			last = tty ? pc : pc - pc % 10
			show(pc "% (" n " of about " total ")")
		}
	} else if (n % (tty ? 10 : 500) == 0 || n <= quiet_first) {
		show(n)
	}
}

END {
	if (tty && n)
		printf "\r\033[K" > "/dev/stderr"
	if (count != "")
		print n + 0 > count
}
