# SPDX-License-Identifier: BSD-2-Clause
"""What msak says of a path against what the emulator did to the packets.

    left            emulator              right
     l0 --- veth --- el linkem er --- veth --- r0
    clients                              msak-server

or, with nothing or a token bucket between them,

     l0 --------------- veth --------------- r0
"""

import socket
import statistics
import time

import pytest

import harness
from harness import RIGHT4, RIGHT_MAC, TRIES, Noise
from msak_link import (FORWARD, HTTP_PORT, REVERSE, TLS_PORT, Counters,
                       Server, clients, counted_bps, flows, latency_of,
                       median_ms, minimal, passed_bps, start_latency,
                       throughput, trips)
from msak_peer import LOCAL
from msak_peer import Server as LocalServer
from msak_stub import certificate

# By direction: where the bulk goes, and how linkem's truth names that.
WAYS = {"download": (REVERSE, "reverse"), "upload": (FORWARD, "forward")}
PAYLOAD, IP_PACKET, FRAME = 1448, 1500, 1514
RATE_REL = 0.01
# What may be between a stamp of the kernel at an end and the emulator's, ms.
STAMP_ABS = 0.05
# And what the echoing host adds on its own, woken from its sleep.
RTT_ABS = 0.15


def steady_rel(way, streams):
    """Between two measurements of the server, up to 400 ms, the streams of
    an upload share the link as they like."""
    return 0.02 if way == "upload" and streams > 1 else RATE_REL


def steady_span(result):
    """From when to when the steady rate is, all of it but a second and what
    is between two measurements."""
    begin, end = result["steady_begin_s"], result["steady_end_s"]
    assert 1 <= begin < 1.5 and 0 <= result["duration_s"] - end < 0.5, result
    return begin, end


def kept_busy(truth, direction, seconds):
    """A link without work is a sender that this host did not let run; it has
    a second for set-up, slow start, and the other direction's turn."""
    idle = truth[direction]["idle_s"] - seconds
    if idle > 1.5:
        raise Noise(f"the link had nothing to send for {idle} s")


def judge(compare, *args):
    """Within a run that may be repeated: a client that was woken late says
    another rate, as the time it began at is another. What the tool does wrong
    it does every time."""
    try:
        compare(*args)
    except AssertionError as why:
        raise Noise(" ".join(str(why).split())) from None


def kept_full(all_flows, streams, mbps, seconds):
    """Where programs were not let run the rate goes up and down, and no two
    spans of time have the same."""
    for way, some in zip(WAYS, (all_flows[:streams], all_flows[streams:])):
        bps = passed_bps(some, WAYS[way][0], 1.2, seconds - 0.1)
        if bps < 0.9 * mbps * 1e6 * PAYLOAD / FRAME:
            raise Noise(f"{way}: the link carried {bps / 1e6:.1f} of {mbps} "
                        "Mbit/s")


# Mbit/s, streams, port, delay, options
GOODPUT = [
    (4, 1, HTTP_PORT, "10ms", []),
    (4, 2, HTTP_PORT, "10ms", []),
    (50, 1, HTTP_PORT, "10ms", []),
    (50, 2, TLS_PORT, "10ms", []),
    (50, 3, HTTP_PORT, "1ms", ["-cc", "cubic"]),
    (200, 1, HTTP_PORT, "10ms", []),
    (200, 2, HTTP_PORT, "10ms", []),
    (200, 4, HTTP_PORT, "1ms", []),
]


@pytest.mark.parametrize("rate,streams,port,delay,options", GOODPUT, ids=[
    f"{g[0]}M-{g[1]}" + ("-wss" if g[2] == TLS_PORT else "") +
    "".join(g[4]) for g in GOODPUT])
def test_goodput(link, on_time, rate, streams, port, delay, options, tmp_path):
    _, cert = certificate(tmp_path, f"IP:{RIGHT4}")

    def compare(doc, all_flows):
        # Download first.
        for way, some in zip(WAYS, (all_flows[:streams], all_flows[streams:])):
            result, direction = doc["result"][way], WAYS[way][0]
            assert result["rate_bps"] == pytest.approx(
                passed_bps(some, direction, 0, result["duration_s"]),
                rel=RATE_REL)
            assert result["steady_rate_bps"] == pytest.approx(
                passed_bps(some, direction, *steady_span(result)),
                rel=steady_rel(way, streams))
            assert sum(s["rate_bps"] for s in result["streams"]) == \
                pytest.approx(result["rate_bps"], rel=RATE_REL)

    def once():
        # What waits behind a loss is on this side of the link, but not in
        # the program: 50 kB are 2 % of a slow test.
        with link(both=f"rate={rate}M,delay={delay},queue=1s",
                  trace=True) as net:
            Server(net, "-wss_addr", f":{TLS_PORT}", "-cert", cert, "-key",
                   tmp_path / "key.pem")
            doc = throughput(net, "-streams", streams, "-duration", "4s",
                             *options, port=port)
            truth = net.stop()
            for _, name in WAYS.values():
                kept_busy(truth, name, 4)
            all_flows = flows(net.trace(), port)
            kept_full(all_flows, streams, rate, 4)
            judge(compare, doc, all_flows)
            return truth, doc, all_flows

    _, doc, all_flows = on_time(once, late_us=300)
    assert doc["error"] is None and len(all_flows) == 2 * streams
    for way in WAYS:
        assert [s["clean_close"] for s in doc["result"][way]["streams"]] == \
            [True] * streams


def test_goodput_of_a_long_path(link, on_time):
    """The line's rate has slow start and delays in it, the other has not."""
    def compare(doc, all_flows):
        for way, some in zip(WAYS, (all_flows[:2], all_flows[2:])):
            result, direction = doc["result"][way], WAYS[way][0]
            duration = result["duration_s"]
            # The server's measurement is 50 ms old when it comes.
            old = 0.05 if way == "upload" else 0
            assert result["rate_bps"] * duration == pytest.approx(
                passed_bps(some, direction, 0, duration - old) *
                (duration - old), rel=RATE_REL)
            assert result["steady_rate_bps"] == pytest.approx(
                passed_bps(some, direction, *steady_span(result)),
                rel=steady_rel(way, 2))

    def once():
        with link(both="rate=50M,delay=50ms,queue=200ms",
                  trace=True) as net:
            Server(net)
            doc = throughput(net, "-streams", 2)
            truth, all_flows = net.stop(), flows(net.trace())
            kept_full(all_flows, 2, 50, 5)
            judge(compare, doc, all_flows)
            return truth, doc

    _, doc = on_time(once, late_us=300)
    for result in (doc["result"][way] for way in WAYS):
        assert result["rate_bps"] < 0.98 * result["steady_rate_bps"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("rate,burst", [(4, 3000), (50, 15000), (200, 30000)])
def test_goodput_behind_a_token_bucket(bare, rate, burst, way):
    """What the device counted is the truth, its rate not: the link may have
    had nothing to do."""
    def once(streams):
        with bare() as net:
            net.shape(f"{rate}mbit", burst=burst, limit=1000000)
            Server(net)
            counters = Counters(net)
            doc = throughput(net, "-streams", streams, "-duration", "4s", *(
                f"-{other}=false" for other in WAYS if other != way))
            samples = counters.stop()
        result, direction = doc["result"][way], WAYS[way][0]
        duration = result["duration_s"]
        assert result["rate_bps"] == pytest.approx(
            counted_bps(samples, direction, 0, duration), rel=RATE_REL)
        assert result["steady_rate_bps"] == pytest.approx(
            counted_bps(samples, direction, *steady_span(result)),
            rel=steady_rel(way, streams))

    for streams in (1, 2):
        for n in range(TRIES):
            # A bad time of the host lasts for seconds.
            time.sleep(n * harness.PAUSE_S)
            try:
                once(streams)
                break
            except AssertionError:
                if n + 1 == TRIES:
                    raise


@pytest.mark.parametrize("streams", [1, 3])
def test_average_of_minimal_download(link, on_time, streams):
    def compare(result, some):
        # It lasts until the streams have closed.
        assert 4 <= result["total"]["duration_s"] < 5
        for part in ("total", "first", "center")[:1 if streams == 1 else 3]:
            average = result[part]
            assert average["rate_bps"] == pytest.approx(passed_bps(
                some, REVERSE, 0, average["duration_s"]), rel=RATE_REL), part

    def once():
        with link(both="rate=50M,delay=10ms,queue=100ms",
                  trace=True) as net:
            Server(net)
            doc = minimal(net, "-duration", "4s", "-streams", streams)
            truth = net.stop()
            kept_busy(truth, "reverse", 0)
            judge(compare, doc["result"], flows(net.trace()))
            return truth, doc

    truth, doc = on_time(once, late_us=300)
    result = doc["result"]
    assert result["total"]["min_rtt_ms"] == pytest.approx(
        min_rtt(truth), abs=0.2)


def min_rtt(truth):
    """The emulated round trip at its shortest, ms."""
    return sum(truth[d]["tcp"]["delay_ms"]["min"]
               for d in ("forward", "reverse"))


def same_trips(got, found):
    """The server's record of round trips against the emulator's: which are
    lost, and the times of all others."""
    assert [t["RTT"] == 0 and t.get("Lost", False) for t in got] == \
        [t is None for t in found]
    off = [g["RTT"] / 1e3 - t.whole_ns / 1e6
           for g, t in zip(got, found) if t is not None]
    assert min(off) >= -0.001
    assert statistics.median(off) <= STAMP_ABS


@pytest.mark.parametrize("delay", [1, 10, 50])
def test_latency(link, on_time, delay):
    def once():
        with link(both=f"delay={delay}ms", trace=True) as net:
            server = Server(net)
            doc = latency_of(start_latency(net))
            record, = server.records("latency1")
            truth, trace = net.stop(), net.trace()
            port, = clients(trace)
            return truth, doc, record, trips(trace, port)

    _, got, record, found = on_time(once, late_us=100)
    same_trips(record["RoundTrips"], found)
    assert got["packets_sent"] == got["packets_received"] == len(found) >= 200
    assert got["packets_lost"] == 0
    assert got["rtt_ms"]["p50"] == pytest.approx(
        median_ms(found, "path_ns"), abs=RTT_ABS)
    assert got["rtt_ms"]["p50"] == pytest.approx(2 * delay, abs=RTT_ABS)
    assert got["rtt_ms"]["min"] >= 2 * delay


@pytest.mark.parametrize("what", [
    "loss=1%", "loss=5%", "loss=1%,dup=2%,late=3%:60ms",
])
def test_latency_and_loss(link, on_time, what):
    """Loss in both directions counts, and copies or being late do not."""
    def once():
        with link(both="delay=10ms," + what, trace=True, seed=3) as net:
            server = Server(net)
            doc = latency_of(start_latency(net))
            record, = server.records("latency1")
            truth, trace = net.stop(), net.trace()
            port, = clients(trace)
            return truth, doc, record, trips(trace, port)

    truth, got, record, found = on_time(once, late_us=100)
    same_trips(record["RoundTrips"], found)
    assert got["packets_sent"] == len(found) >= 200
    assert got["packets_lost"] == found.count(None) > 0
    if "late" in what:
        for way in ("forward", "reverse"):
            assert truth[way]["udp"]["duplicated"] > 0
            assert truth[way]["udp"]["reordered"] > 0


def test_no_false_loss(bare):
    """Twenty at once on a path without delay."""
    with bare() as net:
        Server(net)
        runs = [start_latency(net, f"m{i}") for i in range(20)]
        docs = [latency_of(run) for run in runs]
    for doc in docs:
        assert doc["packets_lost"] == 0
        assert doc["packets_received"] == doc["packets_sent"] >= 200


def loaded_of(found):
    """Without the pings that had no time to come back."""
    found = list(found)
    while found and found[-1] is None:
        found.pop()
    return found


def same_latency(got, found, late_ms):
    assert got["packets_sent"] == len(found)
    assert got["packets_lost"] == found.count(None)
    assert got["rtt_ms"]["p50"] == pytest.approx(
        median_ms(found, "path_ns"), abs=late_ms)


@pytest.mark.parametrize("options", [[], ["-streams", 1, "-cc", "cubic"]],
                         ids=["bbr", "cubic"])
def test_latency_under_load(link, on_time, options):
    """A queue of 100 ms that the streams fill."""
    def once():
        with link(both="rate=20M,delay=5ms,queue=100ms", trace=True) as net:
            Server(net)
            doc = throughput(net, "-latency", *options)
            truth, trace = net.stop(), net.trace()
            return truth, doc["result"], [loaded_of(trips(trace, port))
                                          for port in clients(trace)]

    _, result, (idle, *loaded) = on_time(once, late_us=300)
    same_latency(result["idle_latency"], idle, 1)
    assert len(idle) >= 80
    for way, found in zip(WAYS, loaded):
        got = result[way]["loaded_latency"]
        same_latency(got, found, 1)
        median = got["rtt_ms"]["p50"]
        assert len(found) >= 200 and median > 20
        assert result[way]["rpm"] == pytest.approx(60000 / median, abs=0.01)
        assert result[way]["added_rtt_ms"] == pytest.approx(
            median - result["idle_latency"]["rtt_ms"]["p50"], abs=1e-5)
    if "cubic" in options:
        assert result["download"]["added_rtt_ms"] > 50


@pytest.mark.parametrize("delay", [1, 10, 50])
def test_rtt_of_an_idle_link(link, on_time, delay):
    """Of a test that fits into the first window."""
    def once():
        with link(both=f"delay={delay}ms") as net:
            Server(net)
            doc = throughput(net, "-streams", 1, "-bytes", 10000)
            truth = net.stop()
            judge(compare, truth, doc["result"])
            return truth

    def compare(truth, result):
        for way in WAYS:
            for key in ("rtt_ms", "min_rtt_ms"):
                assert result[way][key] == pytest.approx(
                    min_rtt(truth), abs=0.2), (way, key)

    on_time(once, late_us=100)


def test_retransmission(link, on_time):
    """Each that the link lost is sent again, and little else."""
    def once():
        with link(both="rate=100M,delay=5ms,queue=100ms,loss=1%",
                  trace=True) as net:
            Server(net)
            doc = throughput(net, "-streams", 2, "-duration", "4s")
            return net.stop(), doc["result"], flows(net.trace())

    _, result, all_flows = on_time(once, late_us=300)
    for i, flow in enumerate(all_flows):
        way = "download" if i < 2 else "upload"
        stream = result[way]["streams"][i % 2]
        rows = flow.data(WAYS[way][0])
        lost = sum(r["size"] for r in rows if r["fate"] != "sent")
        pct = 100 * lost / sum(r["size"] for r in rows)
        assert len(rows) > 2000
        assert stream["retrans_pct"] == pytest.approx(pct, abs=0.2)


@pytest.mark.parametrize("rate", [4, 100])
def test_byte_limit(link, on_time, rate):
    limit = 150000

    def once():
        with link(both=f"rate={rate}M,delay=10ms,queue=200ms",
                  trace=True) as net:
            server = Server(net)
            doc = throughput(net, "-streams", 1, "-bytes", limit)
            records = {r["Direction"]: r["ServerMeasurements"][-1]
                       for r in server.records("throughput1")}
            return net.stop(), doc, records, flows(net.trace())

    _, doc, records, (down, up) = on_time(once, late_us=300)
    assert doc["error"] is None
    down_said = records["download"]["Application"]["BytesSent"]
    up_said = records["upload"]["Application"]["BytesReceived"]
    # Measurements count in what is sent; the server's last is behind it.
    assert up_said == doc["result"]["upload"]["size_bytes"] == limit
    assert down_said == limit
    assert 0 < doc["result"]["download"]["size_bytes"] - limit < 1500
    for way, flow in (("download", down), ("upload", up)):
        result, (direction, _) = doc["result"][way], WAYS[way]
        # Request or answer, frames, the close.
        passed = flow.passed(direction, 0, 1 << 63)
        assert 0 < passed - result["size_bytes"] < 1000
        # From the 101 until the last measurement: there when all is.
        last = max(r["real_ns"] for r in flow.data(REVERSE))
        assert result["duration_s"] == pytest.approx(
            (last - flow.connected_ns) / 1e9, abs=0.002)
        assert result["streams"][0]["clean_close"]


def test_longest_duration(link, on_time):
    """What the server has above 25 s it cuts, in order."""
    def once():
        with link(both="rate=4M,delay=10ms,queue=100ms") as net:
            server = Server(net)
            doc = throughput(net, "-duration", "30s", "-streams", 1,
                             "-upload=false")
            record, = server.records("throughput1")
            return net.stop(), doc, record

    _, doc, record = on_time(once, late_us=300)
    result = doc["result"]["download"]
    assert result["streams"][0]["clean_close"]
    # The message under way, at most 1 MiB, comes before the close.
    assert 25 <= result["duration_s"] < 28
    assert result["rate_bps"] == pytest.approx(4e6 * PAYLOAD / IP_PACKET,
                                               rel=RATE_REL)
    assert record["ServerMeasurements"][-1]["ElapsedTime"] == \
        pytest.approx(26e6, abs=1.5e6)


@pytest.mark.parametrize("second,bits", [("10.77.0.3", 24), ("fd77::3", 64)])
def test_server_with_two_addresses(bare, second, bits):
    """A client takes packets only from the one it sent to, and routes would
    choose the same for both."""
    with bare(ipv6=True) as net:
        net.right.ip("addr", "add", f"{second}/{bits}", "dev", "r0",
                     *(["nodad"] if bits == 64 else []))
        # Neighbours are static.
        net.left.ip("neigh", "add", second, "lladdr", RIGHT_MAC, "dev", "l0",
                    "nud", "permanent")
        Server(net)
        hosts = [f"[{net.right.addr6}]", f"[{second}]"] if bits == 64 else \
            [net.right.addr, second]
        runs = [start_latency(net, f"m{i}", host)
                for i, host in enumerate(hosts)]
        docs = [latency_of(run) for run in runs]
    for doc in docs:
        assert doc["packets_received"] == doc["packets_sent"] >= 200


def test_kickoff_in_the_name_of_another(tmp_path):
    """20 packets to whom did not ask, three more for one that comes back."""
    server = LocalServer(str(tmp_path))
    status, kickoff = server.get("/latency/v1/authorize?mid=m")
    assert status == 200
    got = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.2", 0))
        other.settimeout(1.5)
        other.sendto(kickoff, (LOCAL, server.udp))
        for most in (20, 23):
            with pytest.raises(TimeoutError):
                while True:
                    got.append(other.recv(2000))
            assert len(got) == most
            other.sendto(got[0], (LOCAL, server.udp))
            # A second echo of the same brings nothing.
            time.sleep(0.01)
    assert server.process.stop() == 0
    server.process.close()
