# SPDX-License-Identifier: BSD-2-Clause
"""pathrate_snd on the left and pathrate_rcv on the right of a link, and a
router between them whose kernel shapes what it forwards."""

import os
import time

import schema
from harness import LEFT4, LEFT_MAC, RIGHT_MAC, Net, program

PORT = 48699
PACKET = 1488	# of IP, as TCP time stamps leave it
FRAME = PACKET + 14


class RouterNet(Net):
    """
        left           router              right
         l0 --- veth --- rl   rr --- veth --- r0

    A shaper on a sender's own device would hold the sender back, so it is on
    the router's, towards the right.
    """

    ROUTER_LEFT, ROUTER_RIGHT = "10.77.0.254", "10.78.0.254"
    RIGHT = "10.78.0.2"

    def _join(self):
        self.router = self._namespace("router", False)
        self._veth(self.left, "l0", LEFT_MAC, self.router, "rl")
        self._veth(self.right, "r0", RIGHT_MAC, self.router, "rr")
        for ns, dev, addr in ((self.left, "l0", LEFT4),
                              (self.right, "r0", self.RIGHT),
                              (self.router, "rl", self.ROUTER_LEFT),
                              (self.router, "rr", self.ROUTER_RIGHT)):
            ns.ip("addr", "add", addr + "/24", "dev", dev)
            ns.ip("link", "set", dev, "up")
        self.router.tool("sysctl", "-qw", "net.ipv4.ip_forward=1")
        self.left.ip("route", "add", "default", "via", self.ROUTER_LEFT)
        self.right.ip("route", "add", "default", "via", self.ROUTER_RIGHT)
        self.left.addr = self.right.peer = LEFT4
        self.right.addr = self.left.peer = self.RIGHT

    def shape(self, *words):
        """A root qdisc on what goes to the right."""
        self.router.tool("tc", "qdisc", "add", "dev", "rr", "root", *words)


def at_ip(rate):
    """What a kernel's rate, which counts Ethernet headers, is for IP."""
    return rate * PACKET / FRAME


def serve(ns):
    """pathrate_snd, once it listens."""
    server = ns.popen(program("pathrate/pathrate_snd"), "-i", "-q")
    end = time.monotonic() + 10
    while f":{PORT} " not in ns.tool("ss", "-Hltn"):
        assert server.popen.poll() is None, server
        assert time.monotonic() < end, "pathrate_snd does not listen"
        time.sleep(0.02)
    return server


def run(net, *options, timeout=60, **how):
    """pathrate_rcv to its end, from the right."""
    log = os.path.join(net.directory, "pathrate.log")
    return net.right.run(program("pathrate/pathrate_rcv"), "-s",
                         net.right.peer, "-o", log, *options,
                         timeout=timeout, **how)


def measure(net, *options, **how):
    """The object of --json, and how long the program ran, s."""
    begin = time.monotonic()
    done = run(net, "--json", *options, **how)
    doc = schema.load(done.out, "pathrate_rcv")
    assert doc["error"] is None
    assert doc["host"]["stamps"] == "kernel"
    return doc, time.monotonic() - begin


def mbps(doc, key="capacity_bps"):
    return doc["result"][key] / 1e6


def burn(ns, cores):
    """A process without a pause on each core."""
    return [ns.popen("sh", "-c", "while :; do :; done", core=core)
            for core in range(cores)]
