# SPDX-License-Identifier: BSD-2-Clause
"""What udping_server says of loss, copies and order, against what the emulator
did to each packet: to the packet.

    left            emulator              right
     l0 --- veth --- el linkem er --- veth --- r0
    udping_client                        udping_server
"""

import collections
import itertools
import json
import math
import time

from udping import records_of, serve
from udping_capture import Capture, Packet
from udping_client import words

# Longer than any test, however slow the host makes a client: whether a period
# had been reported when the next one began decides whose the loss between them
# is. SHORT_S: so short that long outages end it.
KEEPALIVE_S, SHORT_S, PERIOD_S = 60, 2, 2
PORT, RESUMED = 6000, 6001	# RESUMED: of the server that has the latter

Sent = collections.namedtuple("Sent", "seq guid lost")


def client(net, ports, mean_ms, count, *more):
    return net.left.popen(*words("--count", count, "--json", *more, s=ports,
                                 i=PERIOD_S, m=100, d=mean_ms))


def finish(servers, clients, capture):
    """(records, summaries, packets sent by port)"""
    frames = []
    while any(c.popen.poll() is None for c in clients):
        frames += capture.udp((PORT, RESUMED))
        time.sleep(0.1)
    frames += capture.udp((PORT, RESUMED))
    capture.close()
    # What is on its way is let in.
    time.sleep(1)
    for server in servers:
        assert server.stop() == 0, server
    for c in clients:
        assert c.wait() == 0, c
    sent = collections.defaultdict(list)
    for frame in frames:
        packet = Packet(frame)
        sent[packet.sport].append(packet)
    records = sum(map(records_of, servers), [])
    return records, [json.loads(c.out) for c in clients], sent


def fates(trace, sent):
    """What became of the packets of each port, in order of their numbers."""
    rows = collections.defaultdict(list)
    for row in trace:
        if row["proto"] == 17 and row["dir"] == 0 and not row["copy"]:
            rows[row["sport"]].append(row["fate"] != "sent")
    assert {p: len(r) for p, r in rows.items()} == {
        p: len(s) for p, s in sent.items()}
    return {port: [Sent(p.seq, p.guid, lost)
                   for p, lost in zip(sent[port], rows[port])]
            for port in rows}


def by_guid(packets):
    """{GUID: (received, expected)}: what is lost between two periods is the
    earlier one's, and after the last one to come it is nobody's."""
    came = [p for p in packets if not p.lost]
    guids = list(dict.fromkeys(p.guid for p in came))
    heads = [0] + [next(p.seq for p in came if p.guid == g)
                   for g in guids[1:]] + [came[-1].seq + 1]
    return {g: (sum(p.guid == g for p in came), heads[i + 1] - heads[i])
            for i, g in enumerate(guids)}


def judge_port(packets, records):
    """The sums over all records of a port, which the server cannot miss."""
    came = [p.seq for p in packets if not p.lost]
    assert sum(r["expected"] for r in records) == came[-1] + 1
    assert sum(r["received"] for r in records) == len(came)
    assert sum(r["lost"] for r in records) == came[-1] + 1 - len(came)
    for key in ("duplicates", "reordered", "late", "implausible"):
        assert sum(r[key] for r in records) == 0, key


LENGTHS = (1, 7, 8, 9, 100)
SENT, LONG_SENT = 800, 12000


def outages():
    """Port: (outage, its length). Each length at the start of a run, over and
    over, which is within and at the edges of periods, and at its end."""
    table, port = {}, 5000
    for n in LENGTHS:
        for first, every in ((0, 0), (30, 2 * n), (SENT - n, 0)):
            table[port] = (f"outage={port}:{first}:{n}:{every}", n)
            port += 1
    for first in (0, 1000, LONG_SENT - 10000):
        table[port] = (f"outage={port}:{first}:10000", 10000)
        port += 1
    return table


def cut_tails(packets):
    """Numbers lost at the end of a period, of those that the next follows."""
    tails = []
    for _, group in itertools.groupby(packets, key=lambda p: p.guid):
        lost = [p.lost for p in group]
        tails.append(len(list(itertools.takewhile(bool, reversed(lost)))))
    return [n for n in tails[:-1] if n > 0]


def test_outages(link, on_time):
    """1 to 10,000 packets in a row, anywhere, within a run."""
    table = outages()
    short = [p for p, (_, n) in table.items() if n != 10000]
    long = [p for p, (_, n) in table.items() if n == 10000]

    def once():
        with link(forward=",".join(o for o, _ in table.values()),
                  trace=True) as net:
            servers = [serve(net, KEEPALIVE_S), serve(net, SHORT_S, RESUMED)]
            capture = Capture(net.left)
            clients = [client(net, f"{short[0]}-{short[-1]}", 1,
                              SENT * len(short))]
            clients += [client(net, p, 1, LONG_SENT, "-p", RESUMED)
                        for p in long]
            done = finish(servers, clients, capture)
            return net.stop(), net.trace(), done

    _, trace, (records, summaries, sent) = on_time(once, late_us=math.inf)
    assert sum(s["result"]["packets_sent"] for s in summaries) == sum(
        map(len, sent.values()))
    tails = set()
    for port, packets in fates(trace, sent).items():
        n = table[port][1]
        mine = [r for r in records if r["from_port"] == port]
        judge_port(packets, mine)
        at_end = packets[-1].lost
        if not at_end:
            assert max(r["longest_loss_burst"] for r in mine) >= n
        if n < 10000:
            assert {r["guid"]: (r["received"], r["expected"])
                    for r in mine} == by_guid(packets)
            tails.update(cut_tails(packets[:SENT - n]))
    # They did come at the ends of periods, short and long.
    assert tails & set(range(1, 9)) and tails - set(range(9))


def far_from_an_edge(seconds):
    """A period that lasts so much longer."""
    return next(i for i in range(900, 600, -1)
                if int(time.time()) % i < i - seconds)


def test_control_packets_tell_the_end(link, on_time):
    """The last packets of a run of the first generation are lost, all but the
    control packet, which comes before -k is over."""
    lost = {5000 + i: n for i, n in enumerate((1, 9, 100, 300))}

    def once():
        with link(forward=",".join(
                f"outage={p}:{SENT - n}:{n}" for p, n in lost.items()),
                trace=True) as net:
            server, capture = serve(net, KEEPALIVE_S), Capture(net.left)
            clients = [client(net, "5000-5003", 1, SENT * len(lost),
                              "--generation=1", "-i", far_from_an_edge(60))]
            done = finish([server], clients, capture)
            return net.stop(), done

    _, (records, _, _) = on_time(once, late_us=math.inf)
    assert {r["from_port"]: (r["received"], r["expected"], r["lost"],
                             r["longest_loss_burst"]) for r in records} == {
        p: (SENT - n, SENT, n, n) for p, n in lost.items()}


def reordered(numbers):
    """RFC 4737, of the first arrival of each number."""
    seen, following, count = set(), 0, 0
    for n in numbers:
        if n in seen:
            continue
        seen.add(n)
        count += n < following
        following = max(following, n + 1)
    return count


def test_random(link, on_time):
    """1 % lost, 1 % twice, 3 % late, and jitter that lets them overtake."""
    spec = "delay=5ms,jitter=2ms,overtake=yes,loss=1%,dup=1%,late=3%:9ms"
    ports = range(5000, 5004)

    def once():
        with link(forward=spec, seed=11, trace=True) as net:
            server, capture = serve(net, KEEPALIVE_S), Capture(net.left)
            done = finish([server], [client(net, "5000-5003", 1, 8000)],
                          capture)
            return net.stop(), net.trace(), done

    _, trace, (records, _, sent) = on_time(once, late_us=math.inf)
    for port in ports:
        rows = [r for r in trace if r["sport"] == port]
        number = {}
        for row in rows:
            number.setdefault(row["index"], len(number))
        arrived = [number[r["index"]] for r in sorted(
            (r for r in rows if r["fate"] == "sent"),
            key=lambda r: r["out_index"])]
        mine = [r for r in records if r["from_port"] == port]
        assert len(number) == len(sent[port])
        assert {k: sum(r[k] for r in mine)
                for k in ("received", "duplicates", "lost", "reordered",
                          "late", "implausible")} == {
            "received": len(arrived),
            "duplicates": len(arrived) - len(set(arrived)),
            "lost": max(arrived) + 1 - len(set(arrived)),
            "reordered": reordered(arrived), "late": 0, "implausible": 0}
        assert reordered(arrived) > 20 and len(set(arrived)) < max(arrived)
