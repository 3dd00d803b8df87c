# SPDX-License-Identifier: BSD-2-Clause
"""pathrate_rcv's estimate of an emulated link against the link's rate.

    left                    right
     l0 ------ linkem ------ r0
    pathrate_snd            pathrate_rcv
"""

import atexit
import json
import os
import subprocess
import tempfile
import time

from programs import Process, asked, figures, wait_for_port

LEFT, RIGHT = "10.77.0.1", "10.77.0.2"
PORT = 48699
READY_S = 10


def ip(*words):
    subprocess.run(["ip", *words], check=True)


class Pathrate:
    def __init__(self, builddir):
        self.builddir = builddir
        self.spaces = []

    def program(self, name):
        return os.path.join(self.builddir, name)

    def make_spaces(self):
        """At the first call: it may not be permitted where no row runs."""
        if self.spaces:
            return
        self.spaces = [f"plbench{os.getpid()}-{side}" for side in "lr"]
        for ns in self.spaces:
            ip("netns", "add", ns)
            atexit.register(ip, "netns", "del", ns)

    def inside(self, side, *argv):
        return Process("ip", "netns", "exec", self.spaces[side], *argv,
                       core=0)

    def start_link(self, spec, where):
        left, right = self.spaces
        out = os.path.join(where, "out")
        with open(out, "w") as f:
            link = subprocess.Popen(
                [self.program("tests/linkem/linkem"), "--forward", spec,
                 "--both", "delay=1ms", "--truth",
                 os.path.join(where, "truth"),
                 f"tun:l0@{left}", f"tun:r0@{right}"], stdout=f)
        end = time.monotonic() + READY_S
        while "ready" not in open(out).read():
            if link.poll() is not None or time.monotonic() > end:
                raise OSError("the link emulator does not start")
            time.sleep(0.02)
        for ns, dev, addr in ((left, "l0", LEFT), (right, "r0", RIGHT)):
            ip("-n", ns, "addr", "add", addr + "/24", "dev", dev)
            ip("-n", ns, "link", "set", dev, "up")
        return link

    def estimate(self, mbps, load, *options):
        """One run; what it said, its error in percent, time and bytes."""
        self.make_spaces()
        spec = f"rate={mbps}M,queue=1s"
        if load:
            spec += f",cross={mbps * load}M,cross-size=64+576+1500"
        with tempfile.TemporaryDirectory() as where:
            link = self.start_link(spec, where)
            try:
                return self.measure(mbps, where, options)
            finally:
                link.terminate()
                link.wait()

    def measure(self, mbps, where, options):
        sender = self.inside(0, self.program("pathrate/pathrate_snd"), "-q")
        wait_for_port(PORT, pid=sender.proc.pid)
        out, cpu = self.inside(
            1, self.program("pathrate/pathrate_rcv"), "-s", LEFT, "--json",
            "-o", os.path.join(where, "log"), *options).finish()
        _, cpu_send = sender.finish()
        doc = json.loads(out)
        got = doc["result"]["capacity_bps"]
        return {**figures(got, doc["asked_bytes"] * 8, cpu_send, cpu),
                "error_pct": 100 * (got / (mbps * 1e6) - 1),
                "seconds": doc["duration_s"], "bytes": doc["asked_bytes"]}


# Mbit/s, load of cross traffic, what the estimate may be off by.
ROWS = [(1, 0, 0.01), (10, 0, 0.01), (50, 0, 0.01), (100, 0, 0.01),
        (500, 0, 0.03), (1000, 0, 0.05), (10, 0.5, 0.03), (100, 0.3, 0.03),
        (100, 0.5, 0.03), (500, 0.5, 0.03)]


def make_rows(builddir, _seconds):
    p = Pathrate(builddir)
    rows = [(f"pathrate-{mbps}" + (f"-load{load * 100:.0f}" if load else ""),
             "Mbit/s", 1e6, (1 - part, 1 + part),
             lambda mbps=mbps, load=load: p.estimate(mbps, load),
             {"truth": lambda mbps=mbps: asked(mbps * 1e6)})
            for mbps, load, part in ROWS]
    rows.append(("pathrate-quick-100", "Mbit/s", 1e6, (0.95, 1.05),
                 lambda: p.estimate(100, 0, "-Q"),
                 {"truth": lambda: asked(100e6)}))
    return rows
