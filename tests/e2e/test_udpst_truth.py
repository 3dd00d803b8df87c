# SPDX-License-Identifier: BSD-2-Clause
"""What udpst says of a path against what the emulator did to the packets.

    left            emulator              right
     l0 --- veth --- el linkem er --- veth --- r0
    udpst (client)                       udpst (server)

or, with nothing or a token bucket between them,

     l0 --------------- veth --------------- r0
"""

import os
import re
import statistics
import sys

import pytest

from harness import RIGHT_MAC
from udpst import (Receiver, algorithm_b, arrivals, datagrams, judge,
                   measure, serve, session)

# By option: where the load goes, and how linkem's trace numbers that.
DIRECTIONS = {"-u": ("forward", 0), "-d": ("reverse", 1)}
SECOND_SERVER = "10.77.0.3"
# Ethernet's header, which token buckets and counters of devices include.
ETHERNET = 14
# What is wanted: the share of a rate and us of a delay.
RATE_REL = 0.01
DELAY_ABS = 200


def add_second_server(net):
    net.right.ip("addr", "add", SECOND_SERVER + "/24", "dev", "r0")
    net.left.ip("neigh", "add", SECOND_SERVER, "lladdr", RIGHT_MAC, "dev",
                "l0", "nud", "permanent")
    return [net.right.addr, SECOND_SERVER]


def hosts_of(net, family, connections):
    if family == 6:
        return [net.right.addr6]
    return add_second_server(net) if connections > 1 else [net.right.addr]


# Rate (Mbit/s), direction, connections, family, size of IP packets, options
# of both ends and of the client. Several connections go to two servers.
MAXIMA = [
    (10, "-d", 1, 4, 1250, [], []),
    (10, "-u", 1, 4, 1250, ["--no-gro"], ["--no-gso"]),
    (50, "-d", 1, 6, 1250, [], []),
    (50, "-u", 1, 4, 1500, ["-T"], []),
    (100, "-d", 1, 4, 1250, [], ["-E", "l0", "-M"]),
    (100, "-u", 1, 4, 1250, ["-j"], ["-E", "l0"]),
    (500, "-d", 1, 4, 1250, [], []),
    (500, "-u", 1, 4, 1250, [], []),
    (100, "-d", 4, 4, 1250, [], ["-C", 4]),
    (100, "-u", 4, 4, 1250, [], ["-C", 4]),
    (500, "-d", 4, 4, 1250, [], ["-C", 4]),
    (500, "-u", 4, 4, 1250, [], ["-C", 4]),
]


@pytest.mark.parametrize(
    "rate,way,connections,family,size,both,client", MAXIMA,
    ids=[f"{m[0]}M{m[1]}-{m[2]}" + "".join(map(str, m[5] + m[6])) +
         ("-6" if m[3] == 6 else "") for m in MAXIMA])
def test_maximum(link, on_time, rate, way, connections, family, size, both,
                 client):
    def once():
        # As long as the queue of the recorded runs: it overflows before the
        # search thinks the delay too long.
        with link(**{DIRECTIONS[way][0]: f"rate={rate}M,queue=70ms"},
                  both="delay=5ms", ipv6=family == 6) as net:
            doc, others = session(
                net, way, "-t", 5, *both, *client, server=both,
                hosts=hosts_of(net, family, connections), fifo=True)
            return doc, others, net.stop()

    def check(doc):
        assert doc["ErrorStatus"] == 0, doc["ErrorMessage"]
        most = doc["Output"]["AtMax"]
        assert most["ActiveConnections"] == connections
        l3, l2 = most["MaxIPLayerCapacity"], most["MaxETHCapacityNoFCS"]
        assert l3 == pytest.approx(rate, rel=RATE_REL)
        # Add-ons of a row are smaller, which tells a little on Ethernet.
        assert 0.999 <= l2 * size / (size + ETHERNET) / l3 <= 1.005
        if "-E" in client:
            # Upstream the link drops a part of what the device sent.
            device = most["InterfaceEthMbps"] / l2
            assert device >= 1 - RATE_REL
            assert way == "-u" or device <= 1 + RATE_REL

    doc = judge(once, check)
    if "--no-gso" in client:
        assert doc["Host"]["GSOInUse"] is False
        assert doc["Host"]["PeerGROInUse"] is False


@pytest.mark.parametrize("kind,way,size,both", [
    ("tbf", "-u", 1250, []), ("htb", "-d", 1500, ["-T"]),
])
def test_maximum_behind_a_token_bucket(bare, kind, way, size, both):
    def once():
        with bare() as net:
            net.shape("100mbit", kind=kind, limit=875000)
            return *session(net, way, "-t", 5, *both, server=both), None

    def check(doc):
        most = doc["Output"]["AtMax"]
        assert most["MaxIPLayerCapacity"] == pytest.approx(
            100 * size / (size + ETHERNET), rel=RATE_REL)
        assert most["MaxETHCapacityNoFCS"] == pytest.approx(
            100, rel=RATE_REL)

    judge(once, check)


@pytest.mark.parametrize("row", [100, 1000])
@pytest.mark.parametrize("way", ["-d", "-u"])
def test_fixed_rate_on_a_busy_host(bare, way, row):
    """The other core never halts; row n is n Mbit/s."""
    if os.cpu_count() < 2:
        pytest.skip("one core")

    def once():
        with bare() as net:
            hog = net.left.popen("sh", "-c", "while :; do :; done", core=1)
            result = session(net, way, "-I", row, "--duration", 3)
            assert hog.popen.poll() is None
            return *result, None

    def check(doc):
        out = doc["Output"]
        for item in out["IncrementalResult"]:
            assert item["IPLayerCapacity"] == pytest.approx(
                row, rel=RATE_REL)
        assert out["AtMax"]["MaxIPLayerCapacity"] == pytest.approx(
            row, rel=RATE_REL)

    judge(once, check)


def first_datagram(receiver, items):
    """At which datagram the first sub-interval began: the statistics say
    how many were in each, not how many came before the first status. Of
    what fits all counts the nearest to the emulator's time of that status."""
    def fits(at):
        for item in items:
            end = at + datagrams(item)
            if receiver.counts(at, end) != (
                    item["LossCount"], item["ReorderedCount"],
                    item["ReplicatedCount"]):
                return False
            at = end
        return True

    near = receiver.before_first_status()
    fitting = [n for n in range(max(near - 20, 0), near + 20) if fits(n)]
    return min(fitting, key=lambda n: abs(n - near), default=None)


def us(values):
    return [v / 1000 for v in values if v is not None]


def check_delays(items, least, variation, least_key, key):
    """Against the emulator's: least is that since the test began, variation
    a list for each sub-interval."""
    over = []
    for item, minimum, some in zip(items, least, variation):
        assert item[least_key] == pytest.approx(minimum, abs=DELAY_ABS)
        assert item[key + "MinUs"] == pytest.approx(min(some),
                                                    abs=DELAY_ABS)
        assert item[key + "AvgUs"] == pytest.approx(statistics.mean(some),
                                                    abs=DELAY_ABS)
        over.append(item[key + "MaxUs"] - max(some))
    # A host may hold up any one packet before the emulator sees it.
    assert min(over) >= -DELAY_ABS
    assert statistics.median(over) <= DELAY_ABS


# Bursts of cross traffic make a delay that varies from one datagram to the
# next by less than 0.05 ms, so that it does not matter which one answers a
# status. Late ones are 50 datagrams late, more than a receiver remembers.
LOAD_LINK = ("rate=150M,queue=50ms,cross=30M,cross-model=onoff,"
             "loss=1%,dup=0.5%,late=0.5%:5ms")


@pytest.mark.parametrize("way", DIRECTIONS)
def test_counts_and_delays(link, on_time, way):
    direction, number = DIRECTIONS[way]
    other = "reverse" if direction == "forward" else "forward"

    def once():
        with link(both="delay=20ms", trace=True,
                  **{direction: LOAD_LINK, other: "jitter=2ms"}) as net:
            doc, _ = session(net, way, "-I", 100, "--duration", 3, "-P", 500,
                             "-F", 10, fifo=True)
            truth, trace = net.stop(), net.trace()
            return truth, doc, Receiver(arrivals(trace, number),
                                        arrivals(trace, 1 - number))

    truth, doc, receiver = on_time(once, late_us=200)
    items = doc["Output"]["IncrementalResult"]
    assert len(items) == 6
    first = first_datagram(receiver, items)
    assert first is not None
    ends = [first + sum(datagrams(i) for i in items[:n + 1])
            for n in range(6)]
    spans = list(zip([first] + ends, ends))
    check_delays(items, us(receiver.owd_least[e - 1] for e in ends),
                 [us(receiver.owd[b:e]) for b, e in spans],
                 "OneWayDelayMinUs", "OneWayDelayVar")
    check_delays(items, us(receiver.rtt_least[e - 1] for e in ends),
                 [us(receiver.rtt[b:e]) for b, e in spans],
                 "RoundTripMinUs", "RoundTripVar")
    total = doc["Output"]["Summary"]
    for key in ("LossCount", "ReorderedCount", "ReplicatedCount"):
        assert total[key] == sum(i[key] for i in items)
    assert total["LossCount"] > 200 and total["ReorderedCount"] > 50


ADJUSTED = re.compile(r"DEBUG Rate Adjustment \[Loss/OoO/Dup: (\d+)/\d+/\d+, "
                      r"OWDVar\(ms\): [\d/]+, RTTVar\(ms\): (-?\d+)\] "
                      r"SRIndex: (\d+)")


def test_search_on_an_unloaded_link(bare):
    """Each row follows from the one before and from the status; without
    trouble it is ten more each time."""
    with bare() as net:
        server = serve(net.right, "-D")
        doc = measure(net.left, "-d", "-t", 5)
        steps = [tuple(map(int, m)) for m in ADJUSTED.findall(server.out)]
    assert doc["ErrorStatus"] == 0
    assert len(steps) >= 90
    index, slow = 0, 0
    for loss, rtt, got in steps:
        index, slow = algorithm_b(index, slow, loss, rtt)
        assert got == index
    rows = [0] + [got for _, _, got in steps]
    assert sum(b - a == 10 for a, b in zip(rows, rows[1:])) >= 60


def test_jumbo_rows_over_an_ordinary_mtu(bare):
    """Datagrams of 1625 bytes on devices with 1500: in fragments, which no
    segmentation offload makes."""
    with bare() as net:
        serve(net.right)
        doc = measure(net.left, "-u", "-I", 1003, "--duration", 2)
    assert doc["ErrorStatus"] == 0, doc["ErrorMessage"]
    assert doc["Output"]["AtMax"]["MaxIPLayerCapacity"] > 0
    assert doc["Host"]["GSOInUse"] is False


# Prints 64 bytes of load from behind its header.
SNIFF = """
import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
s.bind(("l0", 0))
print("ready", flush=True)
while True:
    p = s.recv(65536)
    if p[23] == 17 and len(p) > 1000 and p[42:44] == b"\\xbe\\xef":
        print(p[200:264].hex(), flush=True)
        break
"""


@pytest.mark.parametrize("options", [[], ["-X"]])
def test_payload(bare, options):
    with bare() as net:
        serve(net.right, *options)
        sniffer = net.left.popen(sys.executable, "-c", SNIFF)
        sniffer.wait_for("ready")
        doc = measure(net.left, "-d", "-I", 20, "--duration", 1, *options)
        assert sniffer.wait() == 0
        body = bytes.fromhex(sniffer.out.split()[1])
    random = options == ["-X"]
    assert doc["Input"]["UDPPayloadContent"] == \
        ("random" if random else "zeroes")
    assert (len(set(body)) > 20) == random
    assert random or not any(body)
