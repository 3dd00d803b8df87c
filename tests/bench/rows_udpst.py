# SPDX-License-Identifier: BSD-2-Clause
"""udpst against a bare pair of GSO and GRO, and against the rates it promises.

At full speed whoever sends load has core 0 and whoever receives it core 1, as
in the bare pair; at a rate the host has to spare the kernel places both. Both
ends have socket buffers of 4 MB, again as the bare pair: the usual 1 MB is the
original's and costs the receiver some CPU with small datagrams.
"""

import json
import os
import re
import socket
import time

from programs import (HOST, Process, asked, figures, free_port, run_bare,
                      wait_for_port)

BUFFER = 4096000
HEADERS = 28			# IPv4 and UDP, which udpst's rates include
IDLE_SECONDS = 5
IDLE_ALLOWED = 0.1		# percent of a core
TAIL = 0.5			# seconds that load goes on after the last figure
LAST = 1152
# Of a test whose status messages got lost.
NOTHING = {"IPLayerCapacitySummary": 0, "DeliveredPercent": 0}
WARNING = 49			# the highest exit status of a test with a warning


class Udpst:
    """How the program is called and where its figures are."""

    def __init__(self, builddir, seconds):
        self.builddir = builddir
        self.seconds = seconds
        self.program = os.path.join(builddir, "udpst/udpst")

    def start_server(self, *options, core=None):
        port = free_port(socket.SOCK_DGRAM)
        server = Process(self.program, "-p", port, "-b", BUFFER, *options,
                         HOST, core=core)
        wait_for_port(port, udp=True)
        return port, server

    def nominal(self, row, *options):
        """Bit/s at the IP layer, as the rate table has it."""
        table, _ = Process(self.program, "-S", *options).finish()
        line = re.search(r"^ *%d\).*= +([\d.]+)$" % row, table, re.M)
        return float(line.group(1)) * 1e6

    def fixed(self, direction, row, *options, pin=True):
        """A test at a fixed row, the same options at both ends; bit/s at the
        IP layer."""
        cores = {"-d": (1, 0), "-u": (0, 1)}[direction] if pin else \
            (None, None)
        port, server = self.start_server(*options, core=cores[1])
        client = Process(self.program, direction, "-p", port, "-b", BUFFER,
                         "--duration", self.seconds, "-I", row, "-f", "json",
                         *options, HOST, core=cores[0])
        out, cpu_client = client.finish(worst=WARNING)
        _, cpu_server = server.finish(stop=True)
        total = json.loads(out)["Output"].get("Summary", NOTHING)
        cpu = [cpu_client, cpu_server]
        if direction == "-d":
            cpu.reverse()
        value = total["IPLayerCapacitySummary"] * 1e6
        delivered = total["DeliveredPercent"] / 100
        return figures(value, value * (self.seconds + TAIL),
                       cpu[0] * delivered, cpu[1])

    def payload(self, direction, size, *options):
        """The last row; bit/s of UDP payload."""
        got = self.fixed(direction, LAST, *options)
        share = size / (size + HEADERS)
        return {"value": got["value"] * share,
                "cpu_send": got["cpu_send"] / share,
                "cpu_recv": got["cpu_recv"] / share}

    def bare(self, size, *how):
        doc = run_bare(self.builddir, "udp", size, self.seconds, 0, *how)
        send, recv = doc["send"], doc["recv"]
        return {"value": recv["rate_bps"],
                "cpu_send": send["cpu_s_per_gbit"],
                "cpu_recv": recv["cpu_s_per_gbit"]}

    def idle(self):
        """What a server without clients takes, in percent of a core."""
        _, server = self.start_server()
        time.sleep(0.5)
        before = server.cpu_so_far()
        time.sleep(IDLE_SECONDS)
        used = server.cpu_so_far() - before
        server.finish(stop=True)
        return asked(100 * used / IDLE_SECONDS)


def jumbo_rows(t, way, flag):
    """The highest row, which no host of today sends in full."""
    yield ("udpst-jumbo-" + way, "Gbit/s", 1e9, (0.75, None),
           lambda: t.payload(flag, 8972),
           {"bare": lambda: t.bare(8972, "gso", "gro")})
    yield ("udpst-jumbo-plain-" + way, "Gbit/s", 1e9, None,
           lambda: t.payload(flag, 8972, "--no-gso", "--no-gro"),
           {"bare": lambda: t.bare(8972, "pin")})


def j_rows(t, way, flag):
    """Datagrams of 1222 bytes, at most 10 Gbit/s."""
    asked_j = {"row": lambda: asked(t.nominal(LAST, "-j"))}
    yield ("udpst-j-10g-" + way, "Gbit/s", 1e9, (0.99, 1.01),
           lambda: t.fixed(flag, LAST, "-j"),
           {**asked_j, "bare": lambda: t.bare(1222, "gso", "gro")})
    yield ("udpst-j-10g-plain-" + way, "Gbit/s", 1e9, None,
           lambda: t.fixed(flag, LAST, "-j", "--no-gso", "--no-gro"),
           {**asked_j, "bare": lambda: t.bare(1222, "pin")})


def rate_row(t, way, flag, row):
    return (f"udpst-row{row}-{way}", "Mbit/s", 1e6, (0.99, 1.01),
            lambda: t.fixed(flag, row, pin=False),
            {"row": lambda: asked(t.nominal(row))})


def make_rows(builddir, seconds):
    t = Udpst(builddir, seconds)
    rows = []
    for way, flag in (("down", "-d"), ("up", "-u")):
        rows += jumbo_rows(t, way, flag)
        rows += j_rows(t, way, flag)
        rows += [rate_row(t, way, flag, row) for row in (1000, 100)]
    rows.append(("udpst-idle", "% of a core", 1, (0, 1), t.idle,
                 {"allowed": lambda: asked(IDLE_ALLOWED)}))
    return rows
