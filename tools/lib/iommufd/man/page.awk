# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# awk -v page=NAME -f page.awk groups ../include/iommufd.h examples/NAME.c
#
# The manual page of one part of the header, as text for rst2man: prototypes and
# their comments are those of the header, the example is a program.

function rule(text, mark) { gsub(/./, mark, text); return text }

# What a comment says, as reStructuredText.
function markup(text)
{
	gsub(/[*|`\\]/, "\\\\&", text)
	while (match(text, /@[a-z_]+/))
		text = substr(text, 1, RSTART - 1) "*" \
			substr(text, RSTART + 1, RLENGTH - 1) "*" \
			substr(text, RSTART + RLENGTH)
	gsub(/\*->/, "*\\ ->", text)
	return text
}

function spaces(text,   at)
{
	while ((at = index(text, "\t")))
		text = substr(text, 1, at - 1) \
			sprintf("%" (8 - (at - 1) % 8) "s", "") substr(text, at + 1)
	return text
}

# A comment belongs to what is declared below it.
function flush_entry()
{
	if (name != "" && comment != "")
		description = description name "\n    " markup(comment) "\n\n"
	else if (name ~ /^..iommufd_/)
		plain = plain (plain == "" ? "" : ", ") name
	name = comment = ""
}

FILENAME == ARGV[1] {
	split($0, f, "|")
	if (f[1] == page) {
		part = f[2]
		about = f[3]
	}
	next
}

FILENAME == ARGV[3] {
	example = example ($0 == "" ? "" : "    " spaces($0)) "\n"
	next
}

/^\/\* ---- / { inside = index($0, "/* ---- " part " ---") == 1; next }
/^#ifdef __cplusplus/ { inside = 0 }
!inside { next }

/^\/\*/ {
	comment = ""
	in_comment = 1
}
in_comment {
	text = $0
	in_comment = !sub(/ ?\*\/ *$/, "", text)
	sub(/^(\/\*| \*) ?/, "", text)
	if (text != "")
		comment = comment (comment == "" ? "" : " ") text
	next
}

{
	line = spaces($0)
	if (!sub(/^IOMMUFD_API /, "", line) && !in_struct)
		sub(/^            /, "", line)
	synopsis = synopsis (line == "" ? "" : "    ") line "\n"
	if (match(line, /iommufd_[a-z_]+\(/))
		name = "**" substr(line, RSTART, RLENGTH) ")**"
	else if (match(line, /^(struct|enum) [a-z_]+/))
		name = "**" substr(line, RSTART, RLENGTH) "**"
	if (line ~ /\{$/)
		in_struct = 1
	if (line ~ /^}/)
		in_struct = 0
	if (line ~ /;$/ && !in_struct)
		flush_entry()
}

END {
	if (part == "" || synopsis == "") {
		print "no such page, or the header has no such part: " page >"/dev/stderr"
		exit 1
	}
	if (plain != "")
		description = description plain "\n    The ioctl of that name" \
			" in *linux/iommufd.h* or *linux/vfio.h*.\n\n"
	# The first and the last empty lines.
	sub(/^\n+/, "", synopsis)
	sub(/\n+$/, "\n", synopsis)
	print ".. SPDX-License-Identifier: GPL-2.0-only OR MIT\n"
	print rule(page, "=") "\n" page "\n" rule(page, "=") "\n"
	print rule(about, "-") "\n" about "\n" rule(about, "-") "\n"
	print ":Manual section: 3\n:Manual group: iommufd\n"
	print "SYNOPSIS\n========\n\n::\n\n    #include <iommufd.h>\n\n" synopsis
	print "DESCRIPTION\n===========\n\n" description
	print "RETURN VALUE\n============\n"
	print "0, or what the description says. An error is *-errno*, negative;"
	print "**iommufd_explain**\\ (3) tells what it means. *errno* itself is not set.\n"
	print "EXAMPLE\n=======\n\nIts first comment is what it prints."
	print "\n::\n\n" example
	print "SEE ALSO\n========\n"
	print "**iommufd**\\ (4), **iommufd**\\ (7), **iommufdctl**\\ (8)"
}
