# SPDX-License-Identifier: BSD-2-Clause
"""The link emulator against what a plain sender and receiver see.

Every test uses one of

    left            emulator              right
     l0 --- veth --- el linkem er --- veth --- r0    (backend "packet")
     l0 ----------------- linkem ----------------- r0    (backend "tun")

with numbered UDP packets from left to right. Counts are exact. What times may
be demanded of such an emulator on an ordinary kernel was measured once; the
tolerances below are those figures.
"""

import collections
import math
import statistics

import pytest

from harness import Noise, program

PROBE = "tests/linkem/probe"
PORT = 5000
UDP = 28
BOTH_ENDS = pytest.mark.parametrize("backend", ["packet", "tun"])

Arrival = collections.namedtuple("Arrival", "number payload sent stamp")


def quantile(values, p):
    """The order statistic number ceil(n * p)."""
    return sorted(values)[max(0, math.ceil(len(values) * p) - 1)]


def transmit(net, count, addr=None, size=1500, **how):
    """Send count packets from left to right; what arrived, in order."""
    more = [word for key, value in how.items()
            for word in ("--" + key, value)]
    receiver = net.right.popen(program(PROBE), "receive", PORT,
                               "--count", count, fifo=True)
    receiver.wait_for("ready")
    net.left.run(program(PROBE), "send", addr or net.right.addr, PORT,
                 "--count", count, "--size", size, *more, fifo=True)
    assert receiver.wait() == 0, receiver
    return [Arrival(*map(int, line.split(",")))
            for line in receiver.out.splitlines()]


def count_reordered(numbers):
    """RFC 4737 over the first arrival of each number."""
    seen, following, reordered = set(), 0, 0
    for number in numbers:
        if number in seen:
            continue
        seen.add(number)
        if number < following:
            reordered += 1
        else:
            following = number + 1
    return reordered


ROUGH = "delay=5ms,loss=1%,burst=0.5%:25%,dup=2%,late=3%:2ms"


@BOTH_ENDS
def test_counts_are_exact(link, on_time, backend):
    """Loss, bursts, copies, reordering and a full queue, to the unit."""
    count, size = 20000, 500

    def once():
        spec = ROUGH + (",rate=100M,queue=30000,cross=20M,cross-size=40+1500")
        with link(forward=spec, backend=backend, seed=5) as net:
            got = transmit(net, count, size=size, train=10, every="400us")
            return net.stop(), got

    truth, got = on_time(once, late_us=math.inf)
    udp = truth["forward"]["udp"]
    numbers = [a.number for a in got]
    for key in ("dropped_queue", "dropped_loss", "dropped_burst",
                "duplicated", "reordered"):
        assert udp[key] > 50, f"{key}: too few to prove anything"
    assert truth["forward"]["cross"]["dropped_queue"] > 50
    assert udp["packets_in"] == count
    assert udp["bytes_in"] == count * size
    assert udp["packets_out"] == len(numbers)
    assert udp["bytes_out"] == sum(a.payload + UDP for a in got)
    assert udp["duplicated"] == len(numbers) - len(set(numbers))
    assert udp["reordered"] == count_reordered(numbers)
    assert count - len(set(numbers)) == (
        udp["dropped_queue"] + udp["dropped_loss"] + udp["dropped_burst"])
    assert truth["reverse"]["udp"]["packets_in"] == 0


def test_seed_decides_on_both_back_ends(link, on_time):
    """The same seed loses, doubles and moves the same packets."""
    fates = {}
    for backend in ("packet", "tun"):
        def once():
            with link(forward=ROUGH, backend=backend, trace=True) as net:
                transmit(net, 3000, size=200, every="100us")
                return net.stop(), net.trace()

        _, trace = on_time(once, late_us=math.inf)
        fates[backend] = [(r["index"], r["fate"], r["copy"]) for r in trace]
    assert fates["packet"] == fates["tun"]
    assert len({fate for _, fate, _ in fates["tun"]}) == 3


def test_trace_is_what_happened(link, on_time):
    """Each line of the trace agrees with the receiver's packet."""
    def once():
        with link(forward=ROUGH, trace=True) as net:
            got = transmit(net, 2000, size=300, every="200us")
            return net.stop(), got, net.trace()

    _, got, trace = on_time(once, late_us=math.inf)
    sent = sorted((r for r in trace if r["fate"] == "sent"),
                  key=lambda r: r["out_index"])
    assert [r["index"] for r in sent] == [a.number for a in got]
    assert {(r["proto"], r["dport"], r["size"]) for r in trace} == {
        (17, PORT, 300)}
    for record, arrival in zip(sent, got):
        assert arrival.sent <= record["arrival_ns"]
        assert record["planned_ns"] <= record["real_ns"] <= arrival.stamp


@pytest.mark.parametrize("mbps, tolerance", [
    (10, 0.001), (100, 0.001), (500, 0.005), (1000, 0.012)])
def test_departure_rate(link, on_time, mbps, tolerance):
    """Offered 15 % more than the link carries, for two seconds."""
    size, train = 1500, max(1, mbps // 50)
    wire_ns = size * 8000 / mbps
    count = int(1.15 * 2e9 / wire_ns)

    def once():
        with link(forward=f"rate={mbps}M,queue=40ms") as net:
            got = transmit(net, count, train=train,
                           every=f"{int(train * wire_ns / 1.15)}ns")
            truth = net.stop()
        if truth["forward"]["idle_s"] > 1:
            raise Noise("the sender was starved")
        if truth["forward"]["udp"]["packets_out"] != len(got):
            raise Noise("packets lost at the receiver")
        return truth, got

    # Where a starved sender left the link idle, that is no fault of it.
    truth, got = on_time(once, late_us=200)
    elapsed = got[-1].stamp - got[0].stamp
    busy = elapsed - truth["forward"]["idle_s"] * 1e9
    assert busy == pytest.approx((len(got) - 1) * wire_ns, rel=tolerance)


@pytest.mark.parametrize("mbps, mean_off, share, pair_off, late_us", [
    (10, 0.005, 0.95, 0.02, 60), (50, 0.005, 0.95, 0.04, 25),
    (100, 0.005, 0.90, 0.06, 20), (500, 0.02, 0.80, None, 10)])
def test_train_gaps(link, on_time, mbps, mean_off, share, pair_off, late_us):
    """Trains of 50 leave with the spacing of the link."""
    length, wire_ns = 50, 1500 * 8000 / mbps
    trains = 20 if mbps == 10 else 100

    heads = range(0, trains * length, length)

    def once():
        with link(forward=f"rate={mbps}M,delay=2ms", trace=True) as net:
            got = transmit(net, trains * length, train=length,
                           every=f"{int(length * wire_ns * 1.2 + 4e6)}ns")
            truth, trace = net.stop(), net.trace()
        if len(got) != trains * length:
            raise Noise("packets lost at the receiver")
        # From the hand-over to the stamp, on a core that was idle or not.
        took = [a.stamp - r["real_ns"] for a, r in zip(got, trace)]
        longer = statistics.median(took[i] - took[i + 1] for i in heads)
        # 1 % of the gap is no matter to the tolerances of pairs.
        if longer > max(7000, 0.01 * wire_ns):
            raise Noise(f"the first stamp takes {longer} ns longer")
        return truth, got

    _, got = on_time(once, late_us)
    stamps = [a.stamp for a in got]
    gaps = [b - a for i in heads
            for a, b in zip(stamps[i:], stamps[i + 1:i + length])]
    means = [(stamps[i + length - 1] - stamps[i]) / (length - 1)
             for i in heads]
    near = sum(abs(g - wire_ns) <= wire_ns / 4 for g in gaps)
    assert statistics.median(means) == pytest.approx(wire_ns, rel=mean_off)
    assert near / len(gaps) >= share
    if pair_off is not None:
        pairs = [stamps[i + 1] - stamps[i] for i in heads]
        assert statistics.median(pairs) == pytest.approx(wire_ns,
                                                         rel=pair_off)


@BOTH_ENDS
@pytest.mark.parametrize("every, count", [("10ms", 250), ("1ms", 2000)])
def test_delay(link, on_time, backend, every, count):
    """From the sender's call to the kernel's stamp at the receiver."""
    def once():
        with link(both="delay=10ms", backend=backend) as net:
            got = transmit(net, count, every=every)
            truth = net.stop()
        delays = [(a.stamp - a.sent) / 1e6 for a in got]
        # A stall of the host as a whole is in nobody's lateness.
        if quantile(delays, 0.99) > 10.5:
            raise Noise(f"p99 of the delay {quantile(delays, 0.99)} ms")
        return truth, delays

    truth, delays = on_time(once, late_us=100)
    median = quantile(delays, 0.5)
    # TUN has no stamp of the kernel's on arrival.
    slack = 0.1 if backend == "packet" else 0.2
    assert len(delays) == count
    assert 10 <= median <= 10 + slack
    assert truth["forward"]["udp"]["planned_ms"]["max"] == 10
    assert median - truth["forward"]["udp"]["delay_ms"]["p50"] <= slack


@pytest.mark.parametrize("kind, reach_ms", [("jitter", 2), ("normal", 8)])
def test_jitter(link, on_time, kind, reach_ms):
    """The receiver finds the distribution that the truth reports."""
    def once():
        with link(forward=f"delay=20ms,{kind}=2ms,overtake=yes") as net:
            got = transmit(net, 2000, size=200, every="500us")
            return net.stop(), got

    truth, got = on_time(once, late_us=100)
    delays = [(a.stamp - a.sent) / 1e6 for a in got]
    udp = truth["forward"]["udp"]
    for name, p in (("min", 0), ("p5", 0.05), ("p50", 0.5), ("p95", 0.95)):
        assert quantile(delays, p) == pytest.approx(
            udp["delay_ms"][name], abs=0.2), name
    assert 20 - reach_ms <= udp["planned_ms"]["min"] < 18.5
    assert 21.5 < udp["planned_ms"]["max"] <= 20 + reach_ms
    assert udp["reordered"] == count_reordered([a.number for a in got]) > 100


def test_cross_traffic_and_packets_fill_the_link(link, on_time):
    """60 Mbit/s offered beside 60 virtual ones on 100."""
    def once():
        spec = "rate=100M,queue=20ms,cross=60M,cross-size=40+576+1500"
        with link(forward=spec) as net:
            transmit(net, 10000, every="200us")
            truth = net.stop()
        udp = truth["forward"]["udp"]
        if udp["last_out_s"] - udp["first_out_s"] > 1.05 * 2:
            raise Noise("the sender was starved")
        return truth

    truth = on_time(once, late_us=200)
    udp, cross = truth["forward"]["udp"], truth["forward"]["cross"]
    elapsed = udp["last_out_s"] - udp["first_out_s"]
    carried = udp["bytes_out"] * 8 / elapsed / 1e6
    assert udp["dropped_queue"] > 0 and cross["dropped_queue"] > 0
    assert 40 <= carried <= 60
    assert cross["bytes"] * 8 / truth["duration_s"] == pytest.approx(
        60e6, rel=0.05)


TCP_SINK = """
import socket, sys, time
s = socket.create_server(("", 5001))
print("ready", flush=True)
c, _ = s.accept()
total, marks = 0, []
while data := c.recv(1 << 18):
    total += len(data)
    marks.append((time.monotonic(), total))
# The first second belongs to slow start.
first = next(m for m in marks if m[0] > marks[0][0] + 1)
last = marks[-1]
print((last[1] - first[1]) * 8 / (last[0] - first[0]))
"""
TCP_SOURCE = """
import socket, sys, time
c = socket.create_connection((sys.argv[1], 5001))
end, block = time.monotonic() + 4, bytes(1 << 16)
while time.monotonic() < end:
    c.sendall(block)
"""


@BOTH_ENDS
def test_tcp_fills_the_link(link, on_time, backend):
    """100 Mbit/s, 20 ms, a queue of one bandwidth-delay product; 96.53 is
    what is left after headers."""
    def once():
        with link(both="rate=100M,delay=10ms,queue=250000",
                  backend=backend) as net:
            sink = net.right.popen("/usr/bin/python3", "-c", TCP_SINK,
                                   fifo=True)
            sink.wait_for("ready")
            net.left.run("/usr/bin/python3", "-c", TCP_SOURCE,
                         net.right.addr, fifo=True)
            assert sink.wait() == 0, sink
            truth = net.stop()
        # Slow start alone leaves it idle for some 0.12 s.
        if truth["forward"]["idle_s"] > 0.2:
            raise Noise("the sender was starved")
        return truth, float(sink.out.split()[-1]) / 1e6

    truth, goodput = on_time(once, late_us=200)
    assert goodput == pytest.approx(96.53, rel=0.02)
    assert truth["forward"]["tcp"]["packets_in"] > 20000
    assert truth["forward"]["udp"]["packets_in"] == 0


@BOTH_ENDS
def test_ipv6(link, on_time, backend):
    def once():
        with link(both="delay=2ms,loss=2%", ipv6=True,
                  backend=backend) as net:
            got = transmit(net, 1000, addr=net.right.addr6)
            return net.stop(), got

    truth, got = on_time(once, late_us=math.inf)
    udp = truth["forward"]["udp"]
    assert udp["packets_in"] == 1000
    assert udp["packets_out"] == len(got) == 1000 - udp["dropped_loss"]


@pytest.mark.parametrize("kind", ["tbf", "htb"])
def test_shaped_pair(bare, kind):
    """The harness' shaper, Ethernet counted. A packet at a time it waits for
    a timer that may come late and never early: the fastest run counts.

        left            right
         l0 --- veth --- r0     10 Mbit/s both ways
    """
    rates = []
    while len(rates) < 5 and not any(rate > 9.9e6 for rate in rates):
        with bare() as net:
            net.shape("10mbit", kind=kind, burst=1600, limit=2000000)
            got = transmit(net, 1000, every="0")
        rates.append((len(got) - 1) * 1514 * 8e9
                     / (got[-1].stamp - got[0].stamp))
    assert max(rates) == pytest.approx(10e6, rel=0.01), rates


def test_bad_link_is_refused(namespaces, link):
    for spec, why in (("rate=fast", "invalid"), ("loss=2", "share"),
                      ("speed=1", "unknown key"), ("late=1%", "SHARE:TIME"),
                      ("queue=9000", "rate comes before")):
        with pytest.raises(pytest.fail.Exception) as caught:
            link(forward=spec)
        assert why in str(caught.value)
