#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# matrix.sh DIR: build the tree below DIR in every way that is supported and
# run every test; one line a step, its log in DIR/step.log. The last line
# counts tests; a step that has none of its own counts as one. Exit status 0
# when all passed; with CI=true nothing may be skipped either.
set -u

top=$(cd "$(dirname "$0")/.." && pwd)
rm -rf "${1:?}"
mkdir -p "$1"
dir=$(cd "$1" && pwd)
passed=0
failed=0
skipped=0
tools=$(sed -n 's/^PL_TOOL(\[\([a-z]*\)\].*/\1/p' "$top/configure.ac")
# The same properties each time; `make check` alone draws another seed.
UNIT_SEED=${UNIT_SEED-271828}
export UNIT_SEED
# End-to-end tests run once, in the first build.
quick=e2e_tests=
# The same sources are compiled in many trees: what is the same is done once.
ccache=
if command -v ccache >/dev/null; then
	ccache='ccache '
	CCACHE_DIR=$dir/ccache
	CCACHE_BASEDIR=$top
	CCACHE_NOHASHDIR=1
	export CCACHE_DIR CCACHE_BASEDIR CCACHE_NOHASHDIR
fi

# results DIR: passed, failed, skipped tests below it, as automake noted them.
results()
{
	find "$1" -name '*.trs' -exec cat {} + | awk '
		/^:test-result: (PASS|XFAIL)/ { p++ }
		/^:test-result: (FAIL|XPASS|ERROR)/ { f++ }
		/^:test-result: SKIP/ { s++ }
		END { print p + 0, f + 0, s + 0 }'
}

# run NAME COMMAND...: in DIR/NAME, and note how it went.
run()
{
	name=$1
	shift
	mkdir -p "$dir/$name"
	begin=$(date +%s)
	broke=0
	(cd "$dir/$name" && "$@") >"$dir/$name.log" 2>&1 || broke=1
	echo $broke $(($(date +%s) - begin)) >"$dir/$name.done"
}

# tell NAME: what became of it. Its tests count; when it has none, or failed
# outside them, it counts itself.
tell()
{
	name=$1
	read -r broke seconds <"$dir/$name.done"
	# shellcheck disable=SC2046 # three numbers
	set -- $(results "$dir/$name")
	if [ "$broke" -eq 1 ] && [ "$2" -eq 0 ]; then
		set -- "$1" 1 "$3"
	elif [ "$1 $2 $3" = '0 0 0' ]; then
		set -- 1 0 0
	fi
	passed=$((passed + $1))
	failed=$((failed + $2))
	skipped=$((skipped + $3))
	echo "$name: $1 passed, $2 failed, $3 skipped ($seconds s)"
	find "$dir/$name" -name '*.log' ! -name test-suite.log \
	    -exec sed -n 's/^# again: /  judged a second time: /p' {} +
	[ "$2" -eq 0 ] || complain "$name"
}

step()
{
	run "$@"
	tell "$1"
}

# What a reader of the log needs of a step that went wrong.
complain()
{
	echo "--- $dir/$1.log, the end:"
	grep -v '^PASS: ' "$dir/$1.log" | tail -n 40
	find "$dir/$1" -name '*.log' ! -name config.log ! -name test-suite.log \
	    -exec grep -l '^not ok\|^ERROR\|^Bail out' {} + |
	    while read -r log; do
		echo "--- $log:"
		grep -v '^ok \|^PASS: ' "$log" | tail -n 60
	done
	echo "---"
}

configure()
{
	"$top/configure" -q --enable-werror "CC=${ccache}gcc" "$@"
}

scripts()
{
	# shellcheck disable=SC2046 # a word a script
	cd "$top" && shellcheck -x -P SCRIPTDIR:. bootstrap .ci/run \
	    build-aux/stylecheck build-aux/dist-tar debian/excerpt \
	    debian/*.postrm $(grep -l '^#!/bin/sh' debian/tests/*) \
	    share/completions/plumbline.bash tests/*.sh tests/*/*.sh \
	    tests/demo/tools/*.sh
}

with_gcc()
{
	configure && make -j2 && make -j2 check $quick
}

# end_to_end ARGUMENT...: of make, with the programs of the first build. What
# automake noted of the tests moves to the step's directory.
end_to_end()
{
	broken=0
	make -C ../gcc check "$@" || broken=1
	for file in ../gcc/tests/e2e/*.trs; do
		mv "$file" "${file%.trs}.log" . || broken=1
	done
	return $broken
}

# They wait most of the time, for programs that talk to each other.
talking()
{
	# shellcheck disable=SC2016 # make expands it
	end_to_end -j6 TESTS='$(e2e_talking)'
}

# Those that judge times run alone.
timed()
{
	end_to_end TESTS=tests/e2e/run.sh
}

clang_sanitized()
{
	configure "CC=${ccache}clang" --enable-sanitizers && make -j2 &&
	    make -j2 check $quick
}

portable()
{
	configure --enable-portable && make -j2 && make -j2 check $quick
}

fuzzed()
{
	configure "CC=${ccache}clang" --enable-fuzzers --enable-sanitizers &&
	    make -j2 fuzz FUZZ_SECONDS="${FUZZ_SECONDS-3}"
}

# The other tools build, link and show themselves as ever.
without()
{
	# shellcheck disable=SC2016 # make expands it
	configure "--disable-$1" && make -j2 && make -j2 check \
	    check_PROGRAMS= check_LTLIBRARIES= \
	    TESTS='$(tree_tests) $(binary_tests) $(package_tests)'
}

# Every byte of memory that unit tests touch, under valgrind.
valgrinded()
{
	configure && make -j2 check-valgrind
}

distchecked()
{
	configure && make -j2 distcheck $quick \
	    "DISTCHECK_CONFIGURE_FLAGS=CC='${ccache}gcc'"
}

# The same bytes from all build trees, whatever tool is switched off there, and
# an archive with something in it.
reproducible()
{
	make -C ../gcc dist || return 1
	for d in ../portable ../without-*/; do
		make -C "$d" dist || return 1
		ls -l ../gcc/*.tar.xz "$d"/*.tar.xz
		cmp ../gcc/*.tar.xz "$d"/*.tar.xz || return 1
	done
	tar -tf ../gcc/*.tar.xz | grep -q '/common/clock.c$'
}

# What README tells a newcomer to type.
newcomer()
{
	PATH=${ccache:+/usr/lib/ccache:}$PATH "$top/tests/newcomer.sh" "$PWD"
}

step scripts scripts
step gcc with_gcc
step timed timed
run talking talking &
step clang-sanitizers clang_sanitized
step portable portable
wait
tell talking
for tool in $tools; do
	step "without-$tool" without "$tool"
done
step valgrind valgrinded
step fuzz fuzzed
step distcheck distchecked
step dist-twice reproducible
step newcomer newcomer

[ "${CI-}" != true ] || [ $skipped -eq 0 ] || {
	echo 'CI must not skip tests; see the .log files for the reasons'
	bad_skip=1
}
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ] && [ -z "${bad_skip-}" ]
