# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# awk [-v strict=1] -f meanings.awk cures.txt ioctls.rst >meanings.c
#
# Makes the tables of explain.h: calls, errors and reasons from the page of
# refusals, what to do about each from the file of cures.

FNR == 1 { file++ }

# ---- cures.txt: a reason, or '@call errno field: reason', and under it a cure

file == 1 && /^(#|$)/ { next }
file == 1 && /^\t/ {
	if (key in cure)
		cure[key] = cure[key] " " substr($0, 2)
	else
		cure[key] = substr($0, 2)
	next
}
file == 1 && /^@/ {
	call = substr($1, 2)
	reason = substr($0, index($0, ": ") + 2)
	field = $3
	sub(/:.*/, "", field)
	row(call, $2, field, reason)
	key = call ": " reason
	next
}
file == 1 { key = $0; next }

# ---- ioctls.rst

/^=+$/ {
	paragraph_ends()
	title = previous
	request = ""
	if (title ~ /^(IOMMU|VFIO)_[A-Z0-9_]+$/)
		request = title
	else if (title == "Errors of every ioctl")
		request = "0"
	text = ""
	next
}
/^$/ { paragraph_ends(); next }
/^\* / { paragraph_ends() }
{ sub(/^ +/, ""); text = text (text == "" ? "" : " ") $0; previous = $0 }

function paragraph_ends()
{
	if (text ~ /^\* /)
		bullet(text)
	else
		prose(text)
	text = ""
}

# Sections that have no ioctl for a title say so in a sentence's first word.
function prose(t)
{
	if (match(t, /^``VFIO_[A-Z_]+``: /))
		request = substr(t, 3, RLENGTH - 6)
	else if (t ~ /^``op=access_attach``/)
		request = "VFIO_DEVICE_ATTACH_IOMMUFD_PT"
	else if (t ~ /^``op=access_/)
		request = ""
	while (request != "" && match(t, /`IOMMU_[A-Z_]+`_/)) {
		link[request] = substr(t, RSTART + 1, RLENGTH - 3)
		hint[request] = t
		t = substr(t, RSTART + RLENGTH)
	}
}

# * ``EINVAL``, ``length``: "reason (value: what)". A remark
function bullet(t,    head, reason, quote, word, n, i, field, errnos, e)
{
	if (request == "")
		return
	quote = index(t, "\"")
	if (quote) {
		head = substr(t, 1, quote - 1)
		reason = substr(t, quote + 1)
		reason = substr(reason, 1, index(reason, "\"") - 1)
	} else {
		head = substr(t, 1, index(t, ": "))
		reason = substr(t, index(t, ": ") + 2)
		sub(/\..*/, "", reason)
		gsub(/``/, "", reason)
	}
	n = split(head, word, "``")
	for (i = 2; i <= n; i += 2)
		if (word[i] ~ /^E[A-Z0-9]+$/)
			errnos = errnos " " word[i]
		else
			field = field (field == "" ? "" : " or ") word[i]
	if (head ~ /\*(driver|other)\*/)
		errnos = "0"
	n = split(errnos, e, " ")
	for (i = 1; i <= n; i++)
		row(request, e[i], field, reason)
}

function row(call, errno, field, reason)
{
	rows++
	row_call[rows] = call
	row_errno[rows] = errno
	row_field[rows] = field
	row_reason[rows] = reason
	if (call != "0" && !(call in seen)) {
		seen[call] = 1
		calls[++num_calls] = call
	}
	if (errno != "0" && !(errno in errors)) {
		errors[errno] = 1
		error[++num_errors] = errno
	}
}

function cure_of(i,    k)
{
	k = row_call[i] ": " row_reason[i]
	if (!(k in cure))
		k = row_reason[i]
	if (!(k in cure))
		k = row_errno[i] == "0" ? "other" : row_errno[i]
	used[k] = 1
	return cure[k]
}

function emit(call, i)
{
	printf "\t{ %s, %s,\n\t  { \"%s\",\n\t    \"%s\",\n\t    \"%s\" } },\n",
		call, row_errno[i], row_field[i], row_reason[i], cure_of(i)
	emitted++
}

# What a call says by itself, then what it says like another one. A sentence
# may narrow that: to what concerns memory, or 'from the ... on'.
function emit_all(call, from, how, depth,    i, begun)
{
	begun = how !~ /from the [a-z]+ on/
	for (i = 1; i <= rows; i++) {
		if (row_call[i] != from)
			continue
		if (!begun && row_reason[i] ~ /alignment/)
			begun = 1
		if (!begun)
			continue
		if (how ~ /to (the )?memory/ &&
		    row_errno[i] !~ /^(EFAULT|ENOMEM|0)$/)
			continue
		if (how ~ /EFAULT`` excepted/ && row_errno[i] == "EFAULT")
			continue
		emit(call, i)
	}
	if ((from in link) && depth < 3)
		emit_all(call, link[from], how " " hint[from], depth + 1)
}

function names(table, list, num,    i)
{
	printf "\nconst struct iommufd_name iommufd_%ss[] = {\n", table
	for (i = 1; i <= num; i++)
		printf "\t{ %s, \"%s\" },\n", list[i], list[i]
	printf "};\n\nconst unsigned int iommufd_num_%ss = %d;\n", table, num
}

END {
	paragraph_ends()
	print "/* Made by meanings.awk. */"
	print "#include <errno.h>\n\n#include \"explain.h\"\n"
	print "const struct iommufd_row iommufd_rows[] = {"
	emit_all("0", "0", "", 0)
	for (c = 1; c <= num_calls; c++)
		emit_all(calls[c], calls[c], "", 0)
	printf "};\n\nconst unsigned int iommufd_num_rows = %d;\n", emitted
	names("call", calls, num_calls)
	names("error", error, num_errors)
	for (k in cure)
		if (!(k in used) && k !~ /^(E[A-Z0-9]+|other)$/) {
			print "cures.txt: no call says \"" k "\"" >"/dev/stderr"
			failed = 1
		}
	for (k in errors)
		if (!(k in cure)) {
			print "cures.txt: no cure for " k >"/dev/stderr"
			failed = 1
		}
	exit strict && failed
}
