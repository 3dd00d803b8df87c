# SPDX-License-Identifier: BSD-2-Clause
"""msak between two namespaces: the server right, the clients left. And what
the emulator's trace says of the packets of both protocols."""

import collections
import glob
import os
import statistics
import sys

import schema
from harness import program

HTTP_PORT, TLS_PORT, UDP_PORT = 8080, 4443, 1053
TCP, UDP = 6, 17
FORWARD, REVERSE = 0, 1         # as traces number them
# Of IPv4 and of TCP with time stamps; with the options of a SYN.
HEADERS, SYN = 20 + 32, 20 + 40
ETHERNET = 14


class Server:
    """msak-server in the namespace on the right, ready."""

    def __init__(self, net, *options):
        self._data = os.path.join(net.directory, f"data{id(self)}")
        self.process = net.right.popen(
            program("msak/msak-server"), "-user", "root", "-datadir",
            self._data, *options)
        self.process.wait_for("Accepting UDP packets...")

    def records(self, datatype):
        """What it archived, once it has been told to end."""
        assert self.process.stop() == 0, self.process
        found = glob.glob(f"{self._data}/{datatype}/**/*.json",
                          recursive=True)
        records = []
        for path in sorted(found):
            with open(path, encoding="utf-8") as f:
                records.append(schema.load(f.read(),
                                           f"msak-server-{datatype}"))
        return records


def throughput(net, *options, port=HTTP_PORT):
    """msak-client's document."""
    scheme = ["wss", "-no-verify"] if port == TLS_PORT else ["ws"]
    run = net.left.run(program("msak/msak-client"), "-scheme", *scheme,
                       "-server", f"{net.right.addr}:{port}", "-json",
                       *options, timeout=60)
    return schema.load(run.out, "msak-client")


def minimal(net, *options):
    """minimal-download's document."""
    url = f"ws://{net.right.addr}:{HTTP_PORT}/throughput/v1/download"
    run = net.left.run(program("msak/minimal-download"), "-server.url", url,
                       "-json", *options, timeout=60)
    return schema.load(run.out, "minimal-download")


def start_latency(net, mid="m", host=None):
    """msak-latency, for latency_of."""
    return net.left.popen(program("msak/msak-latency"), "-server",
                          f"http://{host or net.right.addr}:{HTTP_PORT}",
                          "-mid", mid, "-json")


def latency_of(run):
    """What it found, when it has ended."""
    assert run.wait() == 0, run
    return schema.load(run.out, "msak-latency")["result"]["latency"]


Trip = collections.namedtuple("Trip", "path_ns whole_ns")


def clients(trace):
    """The clients' UDP ports, in the order of their first packet."""
    ports = [r["sport"] for r in trace
             if r["proto"] == UDP and r["dport"] == UDP_PORT]
    return list(dict.fromkeys(ports))


def _in_order(rows):
    """What came out of the link, as it did."""
    return sorted((r for r in rows if r["fate"] == "sent"),
                  key=lambda r: r["out_index"])


def trips(trace, port):
    """A session's round trips, as the emulator saw them, by Seq; None: lost.
    path_ns is the time on the link, whole_ns from the server back to it."""
    pings = [r for r in trace if r["proto"] == UDP and
             r["dir"] == REVERSE and r["dport"] == port]
    arrived = _in_order(pings)
    seqs = list(dict.fromkeys(r["index"] for r in pings))
    found = dict.fromkeys(seqs)
    if not arrived:
        return list(found.values())
    # What went before is kickoffs; the client sends back what comes, in order.
    echoes = [r for r in trace if r["proto"] == UDP and
              r["dir"] == FORWARD and r["sport"] == port and
              r["arrival_ns"] > arrived[0]["real_ns"]]
    sent = list(dict.fromkeys(r["index"] for r in echoes))
    # Not what comes after it has left.
    assert len(sent) <= len(arrived)
    ping_of = dict(zip(sent, arrived))
    first = {r["index"]: r["arrival_ns"] for r in reversed(pings)}
    for echo in _in_order(echoes):
        ping = ping_of[echo["index"]]
        if found[ping["index"]] is not None:
            continue
        path = ping["real_ns"] - ping["arrival_ns"] + \
            echo["real_ns"] - echo["arrival_ns"]
        found[ping["index"]] = Trip(
            path, echo["real_ns"] - first[ping["index"]])
    return list(found.values())


def median_ms(found, name):
    """Of the trips that came back: their path_ns or whole_ns."""
    return statistics.median(getattr(t, name) for t in found
                             if t is not None) / 1e6


# Prints time, bytes and packets received, and sent, of r0; ends with its
# standard output.
SAMPLER = """
import time
while True:
    with open("/proc/net/dev") as f:
        line = next(l for l in f if l.lstrip().startswith("r0:"))
    n = line.split(":")[1].split()
    print(time.monotonic_ns(), n[0], n[1], n[8], n[9], flush=True)
    time.sleep(0.01)
"""


class Counters:
    """TCP payload that r0 has received or sent, at any time. The packets are
    all of this protocol; those without data are as long as headers."""

    def __init__(self, net):
        self._process = net.right.popen(sys.executable, "-c", SAMPLER,
                                        core=1)
        self._process.wait_for("\n")

    def stop(self):
        self._process.kill()
        lines = self._process.out.splitlines()
        return [list(map(int, line.split())) for line in lines[:-1]]


def counted_bps(samples, direction, skip_s, duration_s):
    """As passed_bps, from samples of the counters. The first data was the
    request."""
    at = 1 if direction == FORWARD else 3
    data = [(s[0], s[at] - s[at + 1] * (HEADERS + ETHERNET))
            for s in samples]
    start = next(s[0] for s in samples if s[1] - samples[0][1] > 300)

    def bytes_at(ns):
        i = next(i for i, d in enumerate(data) if d[0] >= ns)
        (t0, b0), (t1, b1) = data[i - 1], data[i]
        return b0 + (b1 - b0) * (ns - t0) / (t1 - t0)

    bits = 8 * (bytes_at(start + duration_s * 1e9) -
                bytes_at(start + skip_s * 1e9))
    return bits / (duration_s - skip_s)


class Flow:
    """A TCP connection in a trace, by its client's port; the server sends in
    the direction REVERSE."""

    def __init__(self, trace, port, tls):
        self._rows = [r for r in trace if r["proto"] == TCP and
                      port in (r["sport"], r["dport"])]
        # When the client gets the 101, behind the answer to its hello.
        self.connected_ns = self._answered(0)
        if tls:
            self.connected_ns = self._answered(self.connected_ns)

    def data(self, direction):
        return [r for r in self._rows if r["dir"] == direction and
                r["size"] > SYN]

    def _next(self, direction, after_ns):
        return next(r["real_ns"] for r in self.data(direction)
                    if r["fate"] == "sent" and r["arrival_ns"] > after_ns)

    def _answered(self, after_ns):
        """When the answer came to what the client said after that time."""
        return self._next(REVERSE, self._next(FORWARD, after_ns))

    def passed(self, direction, begin_ns, end_ns):
        """Bytes of TCP payload that came out of the link in that time."""
        return sum(r["size"] - HEADERS for r in self.data(direction)
                   if r["fate"] == "sent" and
                   begin_ns <= r["real_ns"] < end_ns)


def flows(trace, port=HTTP_PORT):
    """Connections to that port in the order of their first packet."""
    ports = [r["sport"] for r in trace
             if r["proto"] == TCP and r["dport"] == port]
    return [Flow(trace, p, port == TLS_PORT) for p in dict.fromkeys(ports)]


def passed_bps(some, direction, skip_s, duration_s):
    """What the link carried for these flows, bit/s of TCP payload, from so
    long after the first was connected until the end of the duration."""
    first = min(f.connected_ns for f in some)
    begin, end = first + int(skip_s * 1e9), first + int(duration_s * 1e9)
    bits = 8 * sum(f.passed(direction, begin, end) for f in some)
    return bits / (duration_s - skip_s)
