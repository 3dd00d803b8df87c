# SPDX-License-Identifier: BSD-2-Clause
"""Running udpst between namespaces, and what its receiver of load has to
count of the packets that the emulator recorded."""

import bisect
import collections
import os
import resource
import time

import pytest

import schema
from harness import Noise, check_truth, program

UDPST = "udpst/udpst"
CONTROL_PORT = 24601
# Null request, activation and figures: IP packets on a test's ports that are
# neither load nor status.
OTHER_SIZES = (48 + 28, 104 + 28, 132 + 28)
RING = 32
TRIES = 8
QUIET = 0.05            # share of core 0 to others


def serve(ns, *options, **more):
    """A udpst server in a namespace, ready."""
    server = ns.popen(program(UDPST), "-v", *options, **more)
    server.wait_for("Awaiting setup requests")
    return server


def measure(ns, *options, hosts=None, timeout=60, **more):
    """The JSON document of a udpst run against the other namespace."""
    run = ns.run(program(UDPST), *options, "-f", "json",
                 *(hosts or [ns.peer]), timeout=timeout, **more)
    return schema.load(run.out, "udpst")


def _core_seconds(pids):
    """What others than these processes and children that have ended used of
    core 0, plus a constant: time that it did not idle, the hypervisor's too.
    The kernel measures that, while it samples the rest of /proc/stat."""
    tick = os.sysconf("SC_CLK_TCK")
    with open("/proc/stat", encoding="ascii") as f:
        idle, iowait = map(int, f.readlines()[1].split()[4:6])
    used = time.monotonic() - (idle + iowait) / tick
    for pid in pids:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            used -= sum(map(int, f.read().rsplit(")", 1)[1].split()[11:13])
                        ) / tick
    mine = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used - mine.ru_utime - mine.ru_stime


def session(net, *options, server=(), hosts=None, fifo=False):
    """A test between the namespaces of a net: its JSON document and the
    share of the tools' core that others took meanwhile."""
    hosts = hosts or [net.right.addr]
    servers = [serve(net.right, *server, h, fifo=fifo) for h in hosts]
    pids = [s.popen.pid for s in servers]
    begin, used = time.monotonic(), _core_seconds(pids)
    doc = measure(net.left, *options, hosts=hosts, fifo=fifo)
    used = _core_seconds(pids) - used
    return doc, used / (time.monotonic() - begin)


def judge(once, check, late_us=300):
    """Repeat a run that check() refuses, but only while the host is to
    blame: then others had a part of the tools' core, or the emulator says
    so. once() gives (document, others' share, truth or None)."""
    reasons = []
    for _ in range(TRIES):
        doc, others, truth = once()
        try:
            check(doc)
            return doc
        except AssertionError as why:
            if others <= QUIET:
                if truth is None:
                    raise
                try:
                    check_truth(truth, late_us)
                except Noise as noise:
                    reasons.append(str(noise))
                    continue
                raise
            reasons.append(f"others had {others:.1%} of the core: {why}")
    pytest.fail(f"the host was too noisy in {TRIES} runs: "
                + "; ".join(reasons))


Arrival = collections.namedtuple("Arrival", "seq sent_ns real_ns")


def _rows(trace, direction):
    """Load or status PDUs of a trace. Row 0 has sizes at random, which may
    look like another message; then the run is of no use."""
    rows = [r for r in trace if r["proto"] == 17 and r["dir"] == direction
            and CONTROL_PORT not in (r["sport"], r["dport"])]
    if sum(r["size"] in OTHER_SIZES for r in rows[:10]) > 2:
        raise Noise("a load PDU of another message's size")
    return [r for r in rows if r["size"] not in OTHER_SIZES]


def _delivered(rows):
    return sorted((r for r in rows if r["fate"] == "sent"),
                  key=lambda r: r["out_index"])


def arrivals(trace, direction):
    """What came out of the link in that direction in its order. The times
    are the emulator's, of taking a packet over and of handing it on."""
    rows = _rows(trace, direction)
    seq = {}
    for row in rows:
        seq.setdefault(row["index"], len(seq) + 1)
    return [Arrival(seq[r["index"]], r["arrival_ns"], r["real_ns"])
            for r in _delivered(rows)]


class Minimum:
    """Variation as the specification has it: above the least so far."""

    def __init__(self):
        self.least = None

    def add(self, value):
        self.least = value if self.least is None else min(self.least, value)
        return value - self.least


class Receiver:
    """A receiver's statistics from the load's arrivals and those of statuses
    at the sender. The lists have an entry for each datagram of load."""

    def __init__(self, load, statuses):
        self._load, self._statuses = load, statuses
        self._status_ns = [s.real_ns for s in statuses]
        self._last_status = -1
        self._owd, self._rtt = Minimum(), Minimum()
        self.kinds = []         # "new", "ooo" or "dup"
        self.gaps = []          # numbers that it shows to be missing
        self.owd, self.rtt = [], []             # variation, ns, or None
        self.owd_least, self.rtt_least = [], []         # so far, ns
        ring, highest = collections.deque(maxlen=RING), 0
        for a in load:
            newest = a.seq > highest
            self.gaps.append(a.seq - highest - 1 if newest else 0)
            if newest:
                highest, kind = a.seq, "new"
            else:
                kind = "dup" if a.seq in ring else "ooo"
            if kind != "dup":
                ring.append(a.seq)
            self.kinds.append(kind)
            self._delays(a, newest)

    def _delays(self, a, newest):
        first = self._owd.least is None
        owd = self._owd.add(a.real_ns - a.sent_ns) if newest else None
        self.owd.append(None if first else owd)
        self.rtt.append(self._round_trip(a) if newest else None)
        self.owd_least.append(self._owd.least)
        self.rtt_least.append(self._rtt.least)

    def _round_trip(self, a):
        last = bisect.bisect_right(self._status_ns, a.sent_ns) - 1
        if last == self._last_status:
            return None
        self._last_status = last
        status = self._statuses[last]
        # Between our ends the time that the status was held goes off to
        # the ns.
        return self._rtt.add(a.real_ns - a.sent_ns +
                             status.real_ns - status.sent_ns)

    def before_first_status(self):
        """How many datagrams came before it was sent."""
        first = self._statuses[0].sent_ns
        return sum(a.real_ns < first for a in self._load)

    def counts(self, begin, end):
        """(loss, out of order, duplicates) of a sub-interval: a late one
        takes a loss back that is of the same sub-interval."""
        loss = 0
        for i in range(begin, end):
            loss += self.gaps[i]
            if self.kinds[i] == "ooo" and loss > 0:
                loss -= 1
        kinds = self.kinds[begin:end]
        return loss, kinds.count("ooo"), kinds.count("dup")


def datagrams(item):
    """How many datagrams a sub-interval received, from its ratio of loss,
    which has nine decimals: exact while there is some loss."""
    return round(item["LossCount"] / item["LossRatio"]) - item["LossCount"]


def algorithm_b(index, slow, errors, rtt):
    """The next (row, slow) of the search with default options; rtt in ms,
    -1 when there was no sample."""
    if errors > 10 or rtt > 90:
        slow += 1
        if index < 1000 and slow == 3:
            return max(index - 30, 0), slow
        return max(index - 1, 0), slow
    if rtt < 0 or rtt >= 30:
        return index, slow
    if index < 1000 and slow < 3:
        return min(index + 10, 1000), 0
    return min(index + 1, 1152), slow
