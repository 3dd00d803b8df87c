# SPDX-License-Identifier: BSD-2-Clause
"""Running udping_client from left to right in tests."""

import schema
import udping
from harness import RIGHT_MAC, program
from udping_capture import Packet

CLIENT = "udping/udping_client"
BASE = {"-r": "10.77.0.2", "-p": 6000, "-d": 1, "-l": "10.77.0.1",
        "-s": "5000-5001", "-i": 60, "-m": 200, "-a": RIGHT_MAC}


def words(*more, **changes):
    """BASE with changes (a=None: without -a), and more options behind."""
    options = {**BASE, **{"-" + k: v for k, v in changes.items()}}
    line = [program(CLIENT)]
    for letter, value in options.items():
        if value is not None:
            line += [letter, value]
    return line + list(more)


def summary(ns, *more, **changes):
    """Run to its end; the JSON summary and the process."""
    process = ns.run(*words("--json", *more, **changes))
    return schema.load(process.out, "udping_client"), process


def packets(capture, n, first=False):
    return [Packet(f, first) for f in capture.wait(n)]


def status_of(process, name):
    """A line of /proc/PID/status of the client itself."""
    return udping.status_of(process.popen, name).split()


def has_no_privilege(process):
    assert status_of(process, "Groups") in ([], status_of(process, "Gid")[:1])
    for name in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
        assert int(status_of(process, name)[0], 16) == 0
    assert status_of(process, "NoNewPrivs") == ["1"]
