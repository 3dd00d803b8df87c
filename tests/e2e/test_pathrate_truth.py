# SPDX-License-Identifier: BSD-2-Clause
"""What pathrate says of a link against what the link is.

The emulator's rate is exact, its cross traffic seeded. Everything here is one
run; PLUMBLINE_PATHRATE_RUNS=5 in the environment makes it so many.
"""

import os
import re

import pytest

from harness import Noise
from pathrate import RouterNet, at_ip, burn, mbps, measure, run, serve

RUNS = int(os.environ.get("PLUMBLINE_PATHRATE_RUNS", "1"))
FINAL = re.compile(r"-{49}\n"
                   r"Final capacity estimate : ( [\d.]+ [kM]bps ) to "
                   r"( [\d.]+ [kM]bps ) \n-{49}\n\Z")


def in_time(took, most_s):
    """A busy host makes a run longer: that is repeated."""
    if took >= most_s:
        raise Noise(f"took {took:.1f} s")


def emulated(link, on_time, spec, most_s, *options, late_us=100,
             verdict=None):
    """Measure an emulated link in less than most_s; the object. Another
    verdict is that of a host which was busy with other things."""
    def once():
        with link(forward=spec, both="delay=1ms") as net:
            serve(net.left)
            doc, took = measure(net, *options)
            in_time(took, most_s)
            said = doc["result"]["verdict"]
            if verdict not in (None, said):
                raise Noise(f"verdict {said}")
            return net.stop(), doc

    return on_time(once, late_us)[1]


def holds(doc, truth, part):
    """The estimate is right to a part of the truth."""
    assert mbps(doc) == pytest.approx(truth, rel=part), doc["result"]
    assert mbps(doc, "low_bps") <= mbps(doc) <= mbps(doc, "high_bps")


# Mbit/s, what the estimate may be off by.
IDLE = [(1, 0.01), (10, 0.01), (50, 0.01), (100, 0.01), (500, 0.03),
        (1000, 0.05)]


@pytest.mark.parametrize("rate,part", IDLE)
def test_idle(link, on_time, rate, part):
    for _ in range(RUNS):
        doc = emulated(link, on_time, f"rate={rate}M,queue=1s", 5,
                       verdict="idle")
        holds(doc, rate, part)
        assert not doc["result"]["lower_bound"]


# Every kind once at one rate or another.
LOADED = [(10, 0.5, "64+576+1500", "poisson"), (100, 0.3, "64", "poisson"),
          (100, 0.5, "576", "onoff"), (100, 0.5, "1500", "poisson"),
          (500, 0.5, "64+576+1500", "onoff")]


@pytest.mark.parametrize("rate,load,size,model", LOADED)
def test_cross_traffic(link, on_time, rate, load, size, model):
    spec = (f"rate={rate}M,queue=1s,cross={rate * load}M,"
            f"cross-size={size},cross-model={model}")
    runs, wrong = 0, []
    # Nine in ten; one run alone says nothing when it is the tenth.
    while runs < RUNS or (wrong and runs < 3):
        doc = emulated(link, on_time, spec, 20)
        runs += 1
        if mbps(doc) != pytest.approx(rate, rel=0.03):
            wrong.append(doc["result"])
    assert len(wrong) <= max(1, runs // 10), wrong


def test_loss(link, on_time):
    """Lost packets neither stop nor mislead it."""
    doc = emulated(link, on_time, "rate=100M,queue=1s,loss=2%", 5)
    holds(doc, 100, 0.01)


def test_quick(link, on_time):
    doc = emulated(link, on_time, "rate=10M,queue=1s", 2, "-Q")
    holds(doc, 10, 0.05)


def test_closing_lines(link, on_time):
    """Scripts read the last three lines, with blanks and all."""
    def once():
        with link(forward="rate=100M,queue=1s", both="delay=1ms") as net:
            serve(net.left)
            out = run(net, "-Q").out
            if "Verdict: idle" not in out:
                raise Noise(out)
            return net.stop(), out

    _, out = on_time(once, late_us=100)
    ends = FINAL.search(out)
    assert ends, out
    for text in ends.groups():
        assert 98 <= float(text.split()[0]) <= 102
        assert text.endswith(" Mbps ")
    assert "\t--> Verdict: idle path\n" in out


def test_busy_host(link, on_time):
    """A process that never rests on every core: right to a tenth, or said."""
    def once():
        with link(forward="rate=100M,queue=1s", both="delay=1ms") as net:
            serve(net.left)
            burn(net.left, os.cpu_count())
            doc, took = measure(net)
            in_time(took, 21)
            return net.stop(), doc

    _, doc = on_time(once, late_us=1000)
    if doc["result"]["verdict"] != "host-limited":
        holds(doc, 100, 0.1)


@pytest.fixture
def router(namespaces, tmp_path):
    with RouterNet(str(tmp_path)) as net:
        yield net


@pytest.mark.parametrize("kind", ["tbf", "htb"])
def test_narrow_link_of_a_router(router, kind):
    """10 Mbit/s with a bucket of one packet: no bucket to be seen."""
    if kind == "tbf":
        router.shape("tbf", "rate", "10mbit", "burst", 1600, "limit", 300000)
    else:
        router.shape("handle", "1:", "htb", "default", "1")
        router.router.tool("tc", "class", "add", "dev", "rr", "parent", "1:",
                           "classid", "1:1", "htb", "rate", "10mbit",
                           "burst", 1600, "cburst", 1600, "quantum", 1514)
    serve(router.left)
    doc, _ = measure(router)
    holds(doc, at_ip(10), 0.03)
    assert doc["result"]["verdict"] in ("idle", "loaded")


def test_token_bucket(router):
    """10 Mbit/s after 100 KB at whatever the host can do."""
    router.shape("tbf", "rate", "10mbit", "burst", 100000, "limit", 1000000)
    serve(router.left)
    doc, _ = measure(router)
    result = doc["result"]
    assert result["verdict"] == "shaped", result
    assert mbps(doc, "sustained_bps") == pytest.approx(at_ip(10), rel=0.05)
    assert result["bucket_bytes"] == pytest.approx(100000, rel=0.15)
    # The peak is that of this host, no link's: not the answer.
    assert result["peak_is_lower_bound"]
    assert mbps(doc) == pytest.approx(at_ip(10), rel=0.05)


def test_token_bucket_with_a_peak(router):
    """The same behind a peak rate, slow enough for the kernel's timers to
    keep it: both rates are named."""
    router.shape("tbf", "rate", "5mbit", "burst", 100000, "limit", 1000000,
                 "peakrate", "20mbit", "mtu", 1600)
    serve(router.left)
    doc, _ = measure(router)
    result = doc["result"]
    assert result["verdict"] == "shaped", result
    assert mbps(doc, "sustained_bps") == pytest.approx(at_ip(5), rel=0.05)
    assert mbps(doc, "peak_bps") == pytest.approx(at_ip(20), rel=0.05)
    assert not result["peak_is_lower_bound"]


@pytest.mark.parametrize("first,last", [(10, 50), (50, 10)])
def test_two_links_in_series(link, on_time, first, last):
    """The narrow one first, then last; the other is the left's own."""
    def once():
        with link(forward=f"rate={last}M,queue=1s", both="delay=1ms") as net:
            net.left.tool("tc", "qdisc", "add", "dev", "l0", "root", "tbf",
                          "rate", f"{first}mbit", "burst", 1600, "limit",
                          1000000)
            serve(net.left)
            doc, took = measure(net)
            in_time(took, 5)
            return net.stop(), doc

    _, doc = on_time(once, late_us=100)
    narrow = at_ip(first) if first < last else last
    holds(doc, narrow, 0.03)


def no_link(doc):
    result = doc["result"]
    assert result["verdict"] in ("virtual-link", "host-limited"), result
    assert result["lower_bound"]
    assert doc["asked_bytes"] <= 100e6
    # Any host can do that much.
    assert mbps(doc) > 100


def test_bare_veth(bare):
    with bare() as net:
        serve(net.left)
        doc, _ = measure(net)
        no_link(doc)
        text = run(net, "-Q").out
    assert "no narrow link visible; host-limited" in text


def test_loopback(bare):
    with bare() as net:
        serve(net.left)
        net.right = net.left
        net.right.peer = "127.0.0.1"
        doc, _ = measure(net)
        no_link(doc)
