# SPDX-License-Identifier: BSD-2-Clause
"""thrulay's command lines against those recorded of the original: status,
what is said before the usage text, the usage text, standard output."""

import json
import os
import re
import subprocess

import pytest

import schema
from harness import program

VECTORS = os.path.join(os.environ["top_srcdir"], "tests/vectors/thrulay")
PATHS = {"thrulay": "thrulay/thrulay", "thrulayd": "thrulay/thrulayd"}
USAGE = {name: open(f"{VECTORS}/outputs/{name}_usage_stderr.txt").read()
         for name in PATHS}
CONNECT = ("While initializing: fatal: "
           "could not establish connection to server\n")
PORT = "port must be a positive integer\n"

# What the specification wants otherwise (section 7.2): status, text before
# the usage text, whether that follows.
WANTED = {
    "thrulay -t 1x -p 9 127.0.0.1":
        (1, "test duration must be a positive integer (in seconds)\n", True),
    "thrulay -i abc -p 9 127.0.0.1":
        (1, "reporting interval must be 0 or a positive integer "
            "(in seconds)\n", True),
    "thrulay -p 70000 127.0.0.1": (1, PORT, True),
    "thrulay -p 5003x 127.0.0.1": (1, PORT, True),
    "thrulay -u -1M -p 9 127.0.0.1": (1, "rate must be positive\n", True),
    "thrulayd -p 70000 -d": (1, PORT, True),
    "thrulayd -a notip -d -p 70000":
        (1, "Error: getaddrinfo(): failed in ACL add operation , ", True),
    "thrulayd -a notip -h":
        (1, "Error: getaddrinfo(): failed in ACL add operation , ", True),
}
# New in every program (design, One face).
SKIPPED = {"thrulay --help"}


def _cases():
    with open(f"{VECTORS}/cli.json") as f:
        for case in json.load(f)["cases"]:
            if " ".join(case["argv"]) not in SKIPPED:
                yield case


def _run(argv):
    # argv[0] by itself, as it stands in getopt's messages.
    return subprocess.run(argv, executable=program(PATHS[argv[0]]), text=True,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=20)


@pytest.mark.parametrize("case", _cases(), ids=lambda c: " ".join(c["argv"]))
def test_recorded(case):
    line = " ".join(case["argv"])
    status, before, usage = WANTED.get(
        line, (case["exit"], case["stderr_before_usage"],
               case["usage_printed"]))
    got = _run(case["argv"])
    assert got.returncode == status, got.stderr
    text = USAGE[case["argv"][0]] if usage else ""
    assert got.stderr.endswith(text)
    said = got.stderr[:len(got.stderr) - len(text)]
    if line in WANTED and before.endswith(" "):
        assert said.startswith(before) and said.count("\n") == 1
    else:
        # The resolver's reason is the system's.
        assert re.sub(r"(getaddrinfo\(\): ).*\n(?=While)", r"\1", said) == \
            re.sub(r"(getaddrinfo\(\): ).*\n(?=While)", r"\1", before)
    if "-V" in case["argv"]:
        first = case["stdout"].splitlines()[0].replace("0.9rc1", "")
        assert got.stdout.startswith(first)
        assert got.stdout.count("\n") == 3
    else:
        assert got.stdout == ""


def test_every_deviation_is_a_recorded_case():
    lines = {" ".join(c["argv"]) for c in _cases()}
    assert set(WANTED) <= lines


@pytest.mark.parametrize("options,complaint", [
    (["--json", "--json-lines"], "exclude each other"),
    (["--ipv4", "--ipv6"], "exclude each other"),
    (["--reverse", "--bidir"], "exclude each other"),
    (["--auth-name", "x"], "needs --auth-file"),
    (["-g", "239.1.2.3", "--reverse", "-u", "1M"], "neither"),
    (["--auth-file", "/nonexistent"], "/nonexistent"),
    (["--interval", "10us"], "interval"),
    (["--duration", "0"], "duration"),
    (["--dscp", "EF9"], "dscp"),
    (["--style", "1.0"], "style"),
])
def test_new_options_complain_in_a_line(options, complaint):
    got = _run(["thrulay"] + options + ["127.0.0.1"])
    assert got.returncode == 1
    assert got.stdout == ""
    assert complaint in got.stderr.splitlines()[0]


def test_ports_above_65535_do_not_wrap():
    got = _run(["thrulayd", "-d", "-p", "65536"])
    assert got.returncode == 1


def test_a_refused_connection_is_still_a_json_document():
    got = _run(["thrulay", "--json", "-p", "9", "127.0.0.1"])
    assert got.returncode == 1
    doc = schema.load(got.stdout, "thrulay")
    assert doc["error"]["code"] == 11
    assert doc["result"] is None and doc["intervals"] == []
    assert doc["config"]["agreed"] is None
    assert got.stderr == CONNECT
