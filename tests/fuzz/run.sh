#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# run.sh TARGET: a libFuzzer target for $FUZZ_SECONDS, from its corpus, as a
# TAP test. What it finds stays beside the target: input that failed in
# TARGET.found/, the grown corpus in TARGET.corpus/.
set -u

target=$1
name=${target##*/fuzz_}
seeds=${top_srcdir-.}/tests/fuzz/corpus/$name
seconds=${FUZZ_SECONDS-60}

mkdir -p "$target.corpus" "$target.found"
echo 1..1
if "./$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
    -print_final_stats=1 -artifact_prefix="$target.found/" \
    "$target.corpus" "$seeds" >"$target.out" 2>&1; then
	runs=$(awk '/number_of_executed_units/ { print $2 }' "$target.out")
	echo "ok 1 - $name: $runs inputs in $seconds s"
else
	tail -n 60 "$target.out" | sed 's/^/# /'
	echo "not ok 1 - $name"
fi
