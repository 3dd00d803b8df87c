#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Speed of the finished tools against bare loops, in the same run.

Each row alternates our tool and its references, several times, and compares
the medians: other load on the host hits all alike. Run on an idle host.
"""

import argparse
import json
import os
import re
import statistics
import sys

import rows_msak
import rows_pathrate
import rows_thrulay
import rows_udping
import rows_udpst

TOOLS = {"thrulay/thrulay": rows_thrulay, "udpst/udpst": rows_udpst,
         "msak/msak-client": rows_msak, "udping/udping_client": rows_udping,
         "pathrate/pathrate_rcv": rows_pathrate}
USUAL = {"value", "cpu_send", "cpu_recv"}


def all_rows(builddir, seconds):
    """name, unit, scale, target, ours, {reference: call}.

    The target is the range of the ratio to the first reference; or several,
    {reference: range}, where "cpu REFERENCE" is the ratio of the CPU time a
    bit, both ends together.
    """
    return [row for program, module in TOOLS.items()
            if os.path.exists(os.path.join(builddir, program))
            for row in module.make_rows(builddir, seconds)]


def median(samples):
    return {key: statistics.median(s[key] for s in samples)
            for key in samples[0]}


def is_met(target, ratio):
    low, high = target
    return ratio >= low and (high is None or ratio <= high)


def ratio_of(ours, theirs):
    return ours / theirs if theirs else 0


def cpu_of(m):
    return m["cpu_send"] + m["cpu_recv"]


def ratio_to(what, medians):
    """To a reference, or with "cpu " before it."""
    cpu, ref = what.startswith("cpu "), what.removeprefix("cpu ")
    value = cpu_of if cpu else lambda m: m["value"]
    return ratio_of(value(medians["ours"]), value(medians[ref]))


def measure(row, runs):
    name, unit, _, target, ours, refs = row
    samples = {"ours": [], **{ref: [] for ref in refs}}
    for _ in range(runs):
        samples["ours"].append(ours())
        for ref, call in refs.items():
            samples[ref].append(call())
    medians = {who: median(s) for who, s in samples.items()}
    first = next(iter(refs))
    targets = target if isinstance(target, dict) else \
        {first: target} if target else {}
    missed = [what for what, wanted in targets.items()
              if not is_met(wanted, ratio_to(what, medians))]
    verdict = "reported" if not targets else \
        "MISSED: " + ", ".join(missed) if missed else "ok"
    return {"name": name, "unit": unit, "target": target,
            "verdict": verdict, "ratio": ratio_to(first, medians),
            "missed": missed, "medians": medians, "samples": samples}


def show(row, result):
    scale = row[2]
    print("%s (%s)  %s" % (result["name"], result["unit"],
                           result["verdict"]))
    for who, m in result["medians"].items():
        print("  %-8s %10.3f  ratio %6.3f   CPU s/Gbit: send %8.4f  "
              "receive %8.4f  ratio %6.3f" % (
                  who, m["value"] / scale, ratio_to(who, result["medians"]),
                  m["cpu_send"], m["cpu_recv"],
                  ratio_to("cpu " + who, result["medians"])))
        for key in sorted(m.keys() - USUAL):
            print("  %-8s %10.3f" % (key, m[key]))
    sys.stdout.flush()


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--builddir", default=".")
    p.add_argument("--seconds", type=int, default=3, help="of one run")
    p.add_argument("--runs", type=int, default=3, help="of each program")
    p.add_argument("--only", help="rows whose name matches this")
    p.add_argument("--json", metavar="FILE", default="bench.json")
    args = p.parse_args()

    results = []
    for row in all_rows(args.builddir, args.seconds):
        if args.only and not re.search(args.only, row[0]):
            continue
        results.append(measure(row, args.runs))
        show(row, results[-1])
    with open(args.json, "w") as f:
        json.dump({"seconds": args.seconds, "runs": args.runs,
                   "rows": results}, f, indent=2)
        f.write("\n")
    return 1 if any(r["missed"] for r in results) else 0


if __name__ == "__main__":
    sys.exit(main())
