# SPDX-License-Identifier: BSD-2-Clause
"""What thrulay says of a path against what the emulator did to the packets.

    left            emulator              right
     l0 --- veth --- el linkem er --- veth --- r0
    thrulay                              thrulayd
"""

import pytest

from harness import Noise
from thrulay import measure, serve

# 100 Mbit/s, 10 ms either way, a queue of one bandwidth-delay product.
LINK = "rate=100M,queue=250000,delay=10ms"
# IP packets of 1500 bytes carry 1448 of TCP payload.
CEILING = 100e6 * 1448 / 1500
# What the emulator and two hosts add to a round trip, ms (its table).
RTT_SLACK = 0.3


# Before the load come set-up and a few idle round trips, s.
SETTING_UP = 0.6


def kept_busy(truth, direction, seconds):
    """A link without work is a sender that this host did not let run: not for
    long in a test that lasts, and then the run says nothing of goodput."""
    idle = truth[direction]["idle_s"]
    if idle > SETTING_UP + 0.015 * seconds:
        raise Noise(f"the link had nothing to send for {idle} s")
    return truth


def min_rtt(truth):
    """The emulated round trip at its shortest, ms."""
    return sum(truth[d]["tcp"]["delay_ms"]["min"]
               for d in ("forward", "reverse"))


@pytest.mark.parametrize("options,direction", [
    ([], "forward"), (["--reverse"], "reverse"), (["-m", "4"], "forward"),
], ids=["forward", "reverse", "four streams"])
def test_tcp_goodput_and_rtt(link, on_time, options, direction):
    def once():
        with link(both=LINK) as net:
            serve(net.right)
            doc = measure(net.left, "-t", 8, "-w", "500k", *options)
            return kept_busy(net.stop(), direction, 8), doc

    truth, doc = on_time(once, late_us=300)
    total = doc["result"][direction]
    assert total["rate_bps"] == pytest.approx(CEILING, rel=0.02)
    shortest = min_rtt(truth)
    for figure in (doc["config"]["agreed"]["idle_rtt_ms"],
                   total["kernel"]["min_rtt_ms"]):
        # The kernel's may be rounded to its clock.
        assert figure == pytest.approx(shortest, abs=RTT_SLACK)
    # A block is never back before the link could carry it.
    assert total["rtt_ms"]["min"] >= shortest
    assert doc["error"] is None


def test_tcp_rtt_under_load_is_the_queue(link, on_time):
    """A queue of 25 ms that TCP keeps full shows as added RTT, and the block
    RTT agrees with the kernel's when little waits in the send buffer."""
    def once():
        with link(both="rate=50M,queue=312500,delay=5ms") as net:
            serve(net.right)
            doc = measure(net.left, "-t", 5, "--cc", "cubic",
                          "--notsent-lowat", "64k", "-l", "8k")
            return net.stop(), doc

    truth, doc = on_time(once, late_us=300)
    total = doc["result"]["forward"]
    queue = truth["forward"]["tcp"]["delay_ms"]["p50"] + \
        truth["reverse"]["tcp"]["delay_ms"]["p50"]
    # Twice 64 KiB, unsent before and in the last send, are 21 ms here.
    assert queue <= total["rtt_ms"]["p50"] <= queue + 24
    assert total["kernel"]["rtt_ms"] == pytest.approx(queue, rel=0.5)
    idle = doc["config"]["agreed"]["idle_rtt_ms"]
    assert total["rtt_added_ms"] == pytest.approx(
        total["rtt_ms"]["p50"] - idle, abs=1e-5)


UDP_LINK = "delay=10ms,jitter=1ms,loss=1%,dup=0.5%,late=1%:3ms"


def lost(udp):
    return sum(udp[f"dropped_{why}"] for why in ("queue", "loss", "burst"))


def udp_counts(udp):
    """What the emulator did to the packets of the test, by our names."""
    return {
        "packets_sent": udp["packets_in"],
        "packets_received": udp["packets_out"],
        "packets_lost": lost(udp),
        "duplicates": udp["duplicated"],
        "reordered": udp["reordered"],
    }


@pytest.mark.parametrize("options,direction", [
    ([], "forward"),
    (["--spacing", "constant"], "forward"),
    (["--reverse"], "reverse"),
], ids=["poisson", "constant", "reverse"])
def test_udp_counts_and_delay(link, on_time, options, direction):
    def once():
        with link(**{direction: UDP_LINK, "trace": True}) as net:
            serve(net.right)
            doc = measure(net.left, "-t", 5, "-u", "20M", *options)
            truth = net.stop()
            return truth, doc, net.trace()

    truth, doc, trace = on_time(once, late_us=200)
    got = doc["result"]["streams"][0]["udp"]
    udp = truth[direction]["udp"]
    if direction == "forward":
        assert {k: got[k] for k in udp_counts(udp)} == udp_counts(udp)
    else:
        # The client's requests went the other way.
        assert got["packets_lost"] == lost(udp)
        assert got["duplicates"] == udp["duplicated"]
    assert got["loss_pct"] == pytest.approx(
        100 * lost(udp) / udp["packets_in"], abs=1e-5)
    for name in ("min", "p50", "p95"):
        assert got["delay_ms"][name] == pytest.approx(
            udp["delay_ms"][name], abs=0.2), name
    assert got["kernel_stamps"]
    assert got["loss_periods"] == loss_periods(trace, direction)


def loss_periods(trace, direction):
    """Runs of packets lost one after the other (RFC 3357)."""
    runs, lost_before = 0, False
    wanted = 0 if direction == "forward" else 1
    for row in trace:
        if row["proto"] != 17 or row["dir"] != wanted or row["copy"]:
            continue
        lost = row["fate"] in ("loss", "burst", "queue")
        runs += lost and not lost_before
        lost_before = lost
    return runs


def test_udp_above_capacity_loses_what_does_not_fit(link, on_time):
    """20 Mbit/s into 10: the report's loss is the emulator's queue drops."""
    def once():
        with link(forward="rate=10M,queue=20ms") as net:
            serve(net.right)
            doc = measure(net.left, "-t", 3, "-u", "20M")
            return net.stop(), doc

    truth, doc = on_time(once, late_us=300)
    got = doc["result"]["streams"][0]["udp"]
    udp = truth["forward"]["udp"]
    assert got["packets_lost"] == lost(udp) > 0
    assert got["loss_period_max"] >= 1
    # 20 ms of queue, the packet in service, and the schedule's own truth.
    assert got["delay_ms"]["max"] == pytest.approx(
        udp["delay_ms"]["max"], abs=0.5)


def test_udp_feedback_adds_up(link, on_time):
    """The intervals of a running test sum to its result."""
    def once():
        with link(forward="delay=5ms,loss=2%") as net:
            serve(net.right)
            doc = measure(net.left, "-t", 3, "-u", "5M", "--interval",
                          "500ms", "--udp-streams", 2)
            return net.stop(), doc

    truth, doc = on_time(once, late_us=500)
    streams = doc["result"]["streams"]
    assert len(streams) == 2
    missing = sum(s["udp"]["packets_lost"] for s in streams)
    assert missing == lost(truth["forward"]["udp"])
    for stream in streams:
        mine = [i for i in doc["intervals"]
                if i["stream"] == stream["stream"]]
        assert len(mine) >= 5
        received = sum(i["packets_received"] for i in mine)
        # What came after the last full interval is in the result alone.
        assert 0 <= stream["udp"]["packets_received"] - received <= \
            stream["udp"]["packets_received"] * 0.3
        for i in mine:
            assert 5 <= i["delay_ms"]["p50"] <= 5.4


def test_both_directions_at_once(link, on_time):
    def once():
        with link(both=LINK) as net:
            serve(net.right)
            doc = measure(net.left, "-t", 6, "-w", "500k", "--bidir")
            truth = net.stop()
            for direction in ("forward", "reverse"):
                if doc["result"][direction]["rate_bps"] < CEILING * 0.85:
                    kept_busy(truth, direction, 6)
            return truth, doc

    _, doc = on_time(once, late_us=300)
    for direction in ("forward", "reverse"):
        rate = doc["result"][direction]["rate_bps"]
        # Acknowledgements share the link with the other direction's data.
        assert CEILING * 0.85 <= rate <= CEILING
    assert doc["result"]["broken_streams"] == 0
