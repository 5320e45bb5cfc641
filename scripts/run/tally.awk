# SPDX-License-Identifier: GPL-2.0-only
#
# Reads TAP of several programs, each between the lines
#	# suite NAME
#	# status NAME EXITSTATUS SECONDS
# Shows what failed, a line for each program, and the sums last:
#	N passed, N failed
#
# -v verbose=1    show every line
# -v vm=STATUS    of the VM runner; not 0 counts as a failure
# -v suites=N     so many programs were to run; fewer is a failure
# -v cases=FILE   write 'program ok|not|skip name' for each case

function end_suite(status, seconds,	bad)
{
	if (suite == "")
		return
	bad = ""
	if (status == "")
		bad = "did not finish"
	else if (plan == "")
		bad = "printed no plan (status " status ")"
	else if (plan != ok + notok + skip)
		bad = "planned " plan " cases, reported " ok + notok + skip
	else if (status != 0 && status != 4 && notok == 0)
		bad = "ended with status " status
	if (bad != "") {
		print "not ok " suite ": " bad
		notok++
		if (cases != "")
			print suite, "broken", bad > cases
	}
	printf "# %s: %d passed, %d failed%s%s\n", suite, ok, notok,
		skip ? ", " skip " skipped" : "",
		seconds == "" ? "" : " (" seconds " s)"
	passed += ok
	failed += notok
	skipped += skip
	suite = ""
	fflush()
}

# A case's name: without number, dash and directive.
function name_of(line)
{
	sub(/^(not )?ok +[0-9]* *-? */, "", line)
	sub(/ *# *(SKIP|XFAIL|TODO).*$/, "", line)
	return line
}

$1 == "#" && $2 == "suite" {
	end_suite("")
	suite = $3
	begun++
	ok = notok = skip = 0
	plan = ""
	next
}

$1 == "#" && $2 == "status" {
	end_suite($4, $5)
	next
}

/^1\.\.[0-9]+/ {
	plan = substr($1, 4) + 0
}

/^ok( |$)/ {
	if ($0 ~ /# *SKIP/) {
		skip++
		result = "skip"
	} else {
		ok++
		result = "ok"
	}
	if (cases != "")
		print suite, result, name_of($0) > cases
	ctx = ""
	if (verbose)
		print
	next
}

/^not ok( |$)/ {
	notok++
	if (cases != "")
		print suite, "not", name_of($0) > cases
	if (!quiet_not) {
		printf "%s", ctx
		print suite ": " $0
		fflush()
	}
	ctx = ""
	next
}

{
	# What a case said is shown only if it fails.
	if (verbose)
		print
	else if ($0 ~ /^# +(RUN|OK|PASSED|FAILED|Starting)/)
		next
	else if (length(ctx) < 4000)
		ctx = ctx "    " $0 "\n"
}

END {
	end_suite("")
	if (vm) {
		print "not ok the VM: " (vm == 100 ? "a kernel report" : \
			vm == 101 ? "time limit" : "status " vm)
		failed++
	}
	if (suites != "" && begun != suites) {
		print "not ok " suites " programs were to run, " begun + 0 " did"
		failed++
	}
	if (skipped)
		print "# " skipped " skipped"
	printf "%d passed, %d failed\n", passed, failed
	if (cases != "")
		close(cases)
	exit failed || !passed
}
