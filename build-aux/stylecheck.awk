# SPDX-License-Identifier: BSD-2-Clause
# The rules of stylecheck, which sets the tables up in the environment.

function found(line, rule, text) {
	if (list)
		return
	printf "%s:%d: %s: %s\n", file, line, rule, text
	bad = 1
}

# The line as it shows on a screen: tabs stop at multiples of 8.
function width(s,	n, i) {
	n = 0
	while ((i = index(s, "\t")) > 0) {
		n += i - 1
		n += 8 - n % 8
		s = substr(s, i + 1)
	}
	return n + length(s)
}

# The line without comments and without the insides of strings; in_comment
# lasts from line to line.
function code(s,	out, c, i) {
	out = ""
	while (s != "") {
		if (in_comment) {
			i = index(s, "*/")
			if (i == 0)
				return out
			in_comment = 0
			s = substr(s, i + 2)
			continue
		}
		if (!match(s, /\/\*|\/\/|["']/))
			return out s
		out = out substr(s, 1, RSTART - 1)
		c = substr(s, RSTART, RLENGTH)
		s = substr(s, RSTART + RLENGTH)
		if (c == "//")
			return out
		if (c == "/*") {
			in_comment = 1
			continue
		}
		out = out c c
		while (s != "" && substr(s, 1, 1) != c)
			s = substr(s, substr(s, 1, 1) == "\\" ? 3 : 2)
		s = substr(s, 2)
	}
	return out
}

function floor_of(path,	i) {
	for (i = 1; i <= nfloors; i++)
		if (path ~ floor_re[i])
			return floor_no[i]
	return -1
}

function tool_of(path) {
	return path ~ /^(common|tests)\// ? "" : substr(path, 1,
	    index(path, "/") - 1)
}

function calls(s, word) {
	return s ~ ("(^|[^A-Za-z0-9_.>])" word "[ \t]*\\(")
}

function check_include(s,	inc, mine, its) {
	if (s !~ /^#[ \t]*include[ \t]*"/) {
		if (file ~ /\.c$/ && !includes++ && !test)
			found(FNR, "config-h", "config.h comes first")
		return
	}
	inc = s
	sub(/^[^"]*"/, "", inc)
	sub(/".*/, "", inc)
	if (file ~ /\.c$/ && !includes++ && inc != "config.h" && !test)
		found(FNR, "config-h", "config.h comes first")
	if (inc == "config.h")
		return
	its = floor_of(inc)
	mine = floor_of(file)
	if (its == -1)
		found(FNR, "include-form", "name it from the top: " inc)
	else if (mine != 9 && its > mine)
		found(FNR, "include-up", inc " is on a higher floor")
	else if (mine != 9 && tool_of(inc) != "" &&
	    tool_of(inc) != tool_of(file))
		found(FNR, "include-sideways", inc " is of another tool")
	else if (mine == 1 && index(" " io " ", " " inc " "))
		found(FNR, "include-io", "no I/O on this floor: " inc)
	else if (mine != 9 && inc ~ /\.c$/)
		found(FNR, "include-form", "only tests include a .c file")
}

function check_calls(s,	i) {
	for (i = 1; i <= nbanned; i++)
		if (calls(s, banned[i]))
			found(FNR, "banned", banned[i])
	if (file !~ /^[a-z]+\/wire[a-z_]*\.c$/ || file ~ /^common/)
		return
	for (i = 1; i <= npure; i++)
		if (calls(s, pure[i]))
			found(FNR, "pure", pure[i] " in a codec")
}

# KNF puts the brace of a function, and nothing else, into column 1.
function check_function(s,	n) {
	if (s == "{") {
		start = FNR
		if (name == "")
			found(FNR, "function-form",
			    "the name begins in column 1, after its type")
	} else if (s ~ /^[a-z].*\)[ \t]*\{$/) {
		found(FNR, "function-form", "brace on a line of its own")
	} else if (s ~ /^}/ && start) {
		n = FNR - start - 1
		if (n > function_lines)
			found(start, "function-length", name ": " n " lines")
		if (list && n > function_note)
			printf "%s:%d: %s: %d lines\n", file, start,
			    name, n
		start = 0
		name = ""
	} else if (!start && s ~ /^[A-Za-z_][A-Za-z0-9_]*\(/) {
		name = s
		sub(/\(.*/, "", name)
	} else if (!start && (s == "" || s ~ /;$/)) {
		name = ""
	}
}

function check_c(	s) {
	if (width($0) > columns)
		found(FNR, "columns", width($0) " of " columns)
	if ($0 ~ /^\t*        /)
		found(FNR, "indent", "spaces where tabs belong")
	if (FNR == file_lines + 1)
		found(FNR, "file-length", "over " file_lines " lines")
	if (!in_comment && $0 ~ /^#[ \t]*include/)
		check_include($0)
	s = code($0)
	if (file !~ /^common\// && s ~ /^[ \t]*#[ \t]*(el)?if/ &&
	    s ~ platforms)
		found(FNR, "platform", "platforms differ in common/ alone")
	check_calls(s)
	check_function(s)
}

function end_of_file() {
	if (file == "")
		return
	if (!spdx)
		found(1, "spdx", "no SPDX-License-Identifier line")
	if (last_blank)
		found(last_line, "blank-end", "blank line at the end")
}

BEGIN {
	nwords = split(ENVIRON["FLOORS"], word, /[ \t\n]+/)
	for (i = 1; i < nwords; i++) {
		if (word[i] !~ /^[0-9]$/)
			continue
		floor_no[++nfloors] = word[i] + 0
		floor_re[nfloors] = word[++i]
		gsub(/\./, "\\.", floor_re[nfloors])
		gsub(/\*/, ".*", floor_re[nfloors])
		floor_re[nfloors] = "^" floor_re[nfloors] "$"
	}
	io = ENVIRON["IO"]
	npure = split(ENVIRON["PURE"], pure)
	nbanned = split(ENVIRON["BANNED"], banned)
	columns = ENVIRON["WIDTH"] + 0
	function_lines = ENVIRON["FUNCTION_LINES"] + 0
	function_note = ENVIRON["FUNCTION_NOTE"] + 0
	file_lines = ENVIRON["FILE_LINES"] + 0
	list = ENVIRON["LIST"] + 0
	platforms = "__linux|__gnu_|__FreeBSD|__OpenBSD|__NetBSD|__DragonFly"
	platforms = platforms "|__APPLE|__MACH|__sun|_WIN32|__unix|HAVE_"
}

FNR == 1 {
	end_of_file()
	file = FILENAME
	spdx = in_comment = includes = start = 0
	name = ""
	test = file ~ /^tests\// || file ~ /\/example[a-z_]*\.c$/
}

FNR <= 3 && /SPDX-License-Identifier: / { spdx = 1 }
/[ \t]$/ { found(FNR, "blank-end", "white space at the end of the line") }
file ~ /\.[ch]$/ { check_c() }
file !~ /\.[ch1-9]$/ && file ~ /\.sh$|^[^.]*$/ && width($0) > columns {
	found(FNR, "columns", width($0) " of " columns)
}

{ last_blank = $0 == ""; last_line = FNR }

END {
	end_of_file()
	exit bad
}
