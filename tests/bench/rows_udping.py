# SPDX-License-Identifier: BSD-2-Clause
"""udping_client against a bare loop on a packet socket, over a veth pair whose
other end drops what comes: its own cost is the same for both. udping_server
against a bare loop on a UDP socket, with udping_client at full speed as the
sender of both, each end on a core of its own.

    namespace: b0 10.77.0.1 --- veth --- b1 10.77.0.2 :namespace

That sender is slower than either receiver, so the CPU time of a datagram has
a target too.

And what both use of a core at a hundred packets a second, as they run all day:
compared with the two simplest programs that sleep, send and receive, which is
what waking up costs on this machine, and with the share asked for.
"""

import atexit
import json
import os
import subprocess
import time

from programs import Process, asked, figures, wait_for_port

PAYLOAD = 72
FRAME = PAYLOAD + 42
PORT = 6000
SERVER = "02:00:00:00:00:02"
NOBODY = "02:00:00:00:00:99"
SEND, RECEIVE = 0, 1			# cores
GAP_MS = 10
SHARE = 0.5				# % of a core, at such gaps
LONG = 10				# seconds, for a share that small


def ip(*words):
    subprocess.run(["ip", *words], check=True)


class Udping:
    def __init__(self, builddir, seconds):
        self.builddir = builddir
        self.seconds = seconds
        self.spaces = None

    def make_spaces(self):
        self.spaces = [f"plbench{os.getpid()}{x}" for x in "ab"]
        for ns in self.spaces:
            ip("netns", "add", ns)
            atexit.register(ip, "netns", "del", ns)
        ip("-n", self.spaces[0], "link", "add", "b0", "type", "veth", "peer",
           "name", "b1", "address", SERVER, "netns", self.spaces[1])
        for i, ns in enumerate(self.spaces):
            ip("-n", ns, "addr", "add", f"10.77.0.{i + 1}/24", "dev", f"b{i}")
            ip("-n", ns, "link", "set", f"b{i}", "up")

    def inside(self, space, program, *argv, core=None):
        """Run in a namespace; they are made at the first call."""
        if self.spaces is None:
            self.make_spaces()
        return Process("ip", "netns", "exec", self.spaces[space],
                       os.path.join(self.builddir, program), *argv, core=core)

    def sender(self, ports, mac, gap_ms, *more, core=None):
        return self.inside(
            0, "udping/udping_client", "-r", "10.77.0.2", "-p", PORT, "-l",
            "10.77.0.1", "-s", 5000, "-n", ports, "-i", 60, "-m", PAYLOAD,
            "-a", mac, "-d", gap_ms, "--json", *more, core=core)

    def receiver(self, core=None):
        return self.inside(1, "udping/udping_server", "-l", "10.77.0.2", "-p",
                           PORT, "-k", 60, "-n", "--json", core=core)

    def flood(self, ports, mac, core=None):
        """The result of a client at full speed, and its CPU time."""
        out, cpu = self.sender(ports, mac, 0, "--duration", self.seconds,
                               core=core).finish()
        return json.loads(out)["result"], cpu

    def client(self, ports):
        result, cpu = self.flood(ports, NOBODY)
        return figures(result["packets_per_s"],
                       result["packets_sent"] * FRAME * 8, cpu, 0)

    def bare(self):
        out, cpu = self.inside(0, "tests/bare", "packet", "b0", FRAME,
                               self.seconds).finish()
        sent = json.loads(out)["send"]
        return figures(sent["units_per_s"], sent["units"] * FRAME * 8, cpu, 0)

    def taken(self, ports, stop, receiver):
        """What a receiver says that it took, at the rate of the sender."""
        wait_for_port(PORT, udp=True, pid=receiver.proc.pid)
        sent, _ = self.flood(ports, SERVER, core=SEND)
        out, cpu = receiver.finish(stop=stop)
        doc = json.loads(out)
        packets = doc["result"]["packets"] if "result" in doc else \
            doc["recv"]["units"]
        return figures(packets * sent["packets_per_s"] / sent["packets_sent"],
                       packets * FRAME * 8, 0, cpu)

    def server(self, ports):
        return self.taken(ports, True, self.receiver(RECEIVE))

    def bare_receive(self, ports):
        return self.taken(ports, False, self.inside(
            1, "tests/bare", "receive", PORT, core=RECEIVE))

    def share_of(self, receiver, make_sender):
        """Of a core, in %: both ends, once they are under way."""
        wait_for_port(PORT, udp=True, pid=receiver.proc.pid)
        ends = receiver, make_sender()
        time.sleep(1)
        start, used = time.monotonic(), sum(e.cpu_so_far() for e in ends)
        time.sleep(LONG)
        used = sum(e.cpu_so_far() for e in ends) - used
        took = time.monotonic() - start
        for end in ends:
            end.finish(stop=True)
        return asked(100 * used / took)

    def share(self):
        return self.share_of(self.receiver(),
                             lambda: self.sender(1, SERVER, GAP_MS))

    def bare_share(self):
        return self.share_of(
            self.inside(1, "tests/bare", "receive", PORT),
            lambda: self.inside(0, "tests/bare", "pace", "10.77.0.2", PORT,
                                PAYLOAD, GAP_MS, 2 * LONG))


def rows_of(u, name, ports, share):
    """share: of the speed of a bare receiver, what the server is to have."""
    yield ("udping-send" + name, "kpps", 1e3, (0.85, None),
           lambda: u.client(ports), {"bare": u.bare})
    yield ("udping-receive" + name, "kpps", 1e3,
           {"bare": (share, None), "cpu bare": (0, 1 / share)},
           lambda: u.server(ports), {"bare": lambda: u.bare_receive(ports)})


def make_rows(builddir, seconds):
    u = Udping(builddir, seconds)
    return [*rows_of(u, "", 1, 0.8), *rows_of(u, "-5000", 5000, 0.4),
            ("udping-share", "% of a core", 1,
             {"bare": (0, 1.25), "asked": (0, 1)}, u.share,
             {"bare": u.bare_share, "asked": lambda: asked(SHARE)})]
