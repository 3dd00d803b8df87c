# SPDX-License-Identifier: BSD-2-Clause
# options.awk LIST HELP PAGE: compare what a program's option table says
# (--list-options: letter, name, argument, default), what it prints as --help
# and what its mdoc page documents. Prints a line a difference.

function differ(text) {
	print text
	bad = 1
}

# How an option is called on the command line.
function dashed(flag) {
	return length(flag) == 1 ? "-" flag : "--" flag
}

# The page: items of `.It Fl x Ar arg , Fl -name Ar arg`; several in a row
# share the text below them.
function page_item(line,	n, w, i, flag, reading) {
	if (said)
		nshared = 0
	said = 0
	n = split(line, w, /[ \t]+/)
	for (i = 2; i <= n; i++) {
		if (w[i] == "Fl")
			reading = 1
		else if (w[i] ~ /^[A-Z][a-z]$/)
			reading = 0
		else if (reading && w[i] !~ /^[,|]$/) {
			flag = w[i]
			sub(/^-/, "", flag)
			in_page[flag] = 1
			shared[++nshared] = flag
		}
	}
}

# Its text without macros, for the words after "default".
function page_text(line,	n, w, i) {
	said = 1
	sub(/^\./, "", line)
	n = split(line, w, /[ \t]+/)
	for (i = 1; i <= n; i++) {
		if (w[i] ~ /^[A-Z][a-z]$/)
			continue
		for (j = 1; j <= nshared; j++)
			text[shared[j]] = text[shared[j]] " " w[i]
	}
}

# The value after "default", "default is", "defaults to", or "".
function default_in(s,	v) {
	if (!match(s, /[Dd]efaults?( is| are| to|:)? [^ ]+/))
		return ""
	v = substr(s, RSTART, RLENGTH)
	sub(/.* /, "", v)
	gsub(/[.,;)]+$/, "", v)
	return v
}

function check_default(flag, table,	page) {
	page = default_in(text[flag])
	if (table != "" && page != table)
		differ(dashed(flag) ": default " table ", the page says " \
		    (page == "" ? "nothing" : page))
	else if (table == "" && page != "" && !index(help[flag], page))
		differ(dashed(flag) ": no default, the page says " page)
	if (table != "" && !index(help[flag], "default " table))
		differ(dashed(flag) ": --help does not say default " table)
}

FNR == 1 { nfile++ }

nfile == 1 {
	nrows++
	n = split($0, column, "\t")
	for (i = 1; i <= 2; i++) {
		if (column[i] == "")
			continue
		flags[++nflags] = column[i]
		deflt[column[i]] = column[4]
		in_table[column[i]] = 1
	}
}

# An option begins a line, its text may go on below.
nfile == 2 {
	if ($0 ~ /^(  -|      --)[^ ]/) {
		nhelp = 0
		for (i = 1; i == 1 || $(i - 1) ~ /,$/; i++) {
			flag = $i
			gsub(/^--?|,$/, "", flag)
			in_help[flag] = 1
			now[++nhelp] = flag
		}
	} else if ($0 !~ /^ /) {
		nhelp = 0
	}
	for (i = 1; i <= nhelp; i++) {
		line = $0
		sub(/^ +/, "", line)
		# Texts are quoted there by some.
		gsub(/"/, "", line)
		help[now[i]] = help[now[i]] " " line
	}
}

nfile == 3 && /^\.It .*Fl / { page_item($0); next }
nfile == 3 && /^\.(It|Sh|Ss|El)/ { nshared = 0; next }
nfile == 3 && nshared && !/^\.\\"/ { page_text($0) }

END {
	if (nrows == 0)
		differ("the program lists no options")
	for (i = 1; i <= nflags; i++) {
		if (!in_help[flags[i]])
			differ(dashed(flags[i]) ": not in --help")
		if (!in_page[flags[i]])
			differ(dashed(flags[i]) ": not in the page")
		else
			check_default(flags[i], deflt[flags[i]])
	}
	for (flag in in_help)
		if (!in_table[flag])
			differ(dashed(flag) ": in --help only")
	for (flag in in_page)
		if (!in_table[flag])
			differ(dashed(flag) ": in the page only")
	exit bad
}
