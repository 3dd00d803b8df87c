# SPDX-License-Identifier: BSD-2-Clause
"""Running programs for some seconds, and what they used of the CPU."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

HOST = "127.0.0.1"
PATIENCE = 30			# seconds beyond the test itself


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(type=kind) as s:
        s.bind((HOST, 0))
        return s.getsockname()[1]


class Process:
    """A program under measurement: its output and the CPU it used."""

    def __init__(self, *argv, core=None):
        """core: the only one it may use, where there are several."""
        self.argv = [str(a) for a in argv]
        self.out = tempfile.TemporaryFile("w+")
        self.err = tempfile.TemporaryFile("w+")
        if os.cpu_count() == 1:
            core = None
        self.proc = subprocess.Popen(
            self.argv, stdin=subprocess.DEVNULL, stdout=self.out,
            stderr=self.err, preexec_fn=None if core is None else
            lambda: os.sched_setaffinity(0, {core}))

    def finish(self, stop=False, worst=0):
        """Wait (after asking it to go, with stop); returns (stdout, cpu).
        worst: the highest exit status that still means figures."""
        if stop:
            self.proc.send_signal(signal.SIGTERM)
        _, status, usage = os.wait4(self.proc.pid, 0)
        self.proc.returncode = os.waitstatus_to_exitcode(status)
        self.out.seek(0)
        self.err.seek(0)
        if not 0 <= self.proc.returncode <= worst and not stop:
            sys.exit("%s: status %d\n%s" % (" ".join(self.argv),
                                            self.proc.returncode,
                                            self.err.read()))
        return self.out.read(), usage.ru_utime + usage.ru_stime

    def cpu_so_far(self):
        """Seconds of all its threads, exact to well below a tick."""
        tasks = f"/proc/{self.proc.pid}/task"
        total = 0
        for task in os.listdir(tasks):
            with open(f"{tasks}/{task}/schedstat") as f:
                total += int(f.read().split()[0])
        return total / 1e9


def listens(port, udp, pid):
    """Asked without connecting: a server may take one client only."""
    kind, state = ("udp", "07") if udp else ("tcp", "0A")
    pattern = re.compile(r"^ *\d+: \w+:%04X \w+:0000 %s " % (port, state),
                         re.M)
    tables = (f"/proc/{pid}/net/{name}" for name in (kind, kind + "6"))
    return any(os.path.exists(table) and pattern.search(open(table).read())
               for table in tables)


def wait_for_port(port, udp=False, pid="self"):
    """pid: a process of the namespace that is meant."""
    end = time.monotonic() + PATIENCE
    while not listens(port, udp, pid):
        if time.monotonic() > end:
            sys.exit("nobody listens on port %d" % port)
        time.sleep(0.01)


def figures(value, bits, cpu_send, cpu_recv):
    """One measurement: the value compared, CPU seconds a Gbit per end."""
    gbit = bits / 1e9
    return {"value": value,
            "cpu_send": cpu_send / gbit if gbit else 0,
            "cpu_recv": cpu_recv / gbit if gbit else 0}


def asked(value):
    """A reference that is no measurement."""
    return {"value": value, "cpu_send": 0, "cpu_recv": 0}


def run_bare(builddir, *argv):
    out, _ = Process(os.path.join(builddir, "tests/bare"), *argv).finish()
    return json.loads(out)
