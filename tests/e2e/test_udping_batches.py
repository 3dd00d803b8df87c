# SPDX-License-Identifier: BSD-2-Clause
"""udping_server reads probes that come steadily in batches: seldom, and yet
nothing is told before all that has come is read. Probes come from this
process, over loopback."""

import json
import os
import signal
import socket
import time

from udping import GUID, Server, probe, sender

PAUSE_S = 0.005
SO_RCVBUFFORCE = 33
START = 200		# packets, until the server knows that they are steady


def steady(s, server, guid, first, n):
    """So many probes, some milliseconds apart; the next number."""
    for seq in range(first, first + n):
        s.sendto(probe(guid, seq), server.address)
        time.sleep(PAUSE_S)
    return first + n


def wakes(server):
    return int(server.status("voluntary_ctxt_switches"))


def naps(server):
    """Does it ever? It needs a buffer beyond the system's limit, which a
    portable build, without epoll, does not ask for."""
    with socket.socket(type=socket.SOCK_DGRAM) as s:
        try:
            s.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 20)
        except PermissionError:
            return False
    fds = f"/proc/{server.popen.pid}/fd"
    return any("eventpoll" in os.readlink(f"{fds}/{fd}")
               for fd in os.listdir(fds))


def test_seldom_woken():
    """Much less than once a packet. Where they come at half the pace it is
    woken for some of them, and a slow host is no judge."""
    n = 400
    with Server("-n", "--json", k=60) as server, sender(0) as s:
        able = naps(server)
        seq = steady(s, server, GUID % 1, 0, START)
        before, start = wakes(server), time.monotonic()
        seq = steady(s, server, GUID % 1, seq, n)
        woken, took = wakes(server) - before, time.monotonic() - start
        assert server.stop() == 0
        assert json.loads(server.out)["result"]["received"] == seq
    assert woken < n / 2 or took > 3 or not able, (woken, took)


def test_at_once():
    with Server("-n", "-v", "-q", "--batch-delay", "0", k=60) as server, \
            sender(0) as s:
        seq = steady(s, server, GUID % 2, 0, START)
        server.wait_for(lambda: server.out.count("\n") == seq)
        assert server.stop() == 0


def test_all_is_read_before_the_end():
    """Whatever of a nap is over when the signal comes."""
    with Server("-n", k=60) as server, sender(0) as s:
        seq = steady(s, server, GUID % 3, 0, START)
        assert server.stop() == 0
        assert [(r["count"], r["targetCount"]) for r in server.records] == [
            (str(seq), str(seq))]


def test_all_is_read_before_it_is_shown():
    with Server("-n", k=60) as server, sender(0) as s:
        seq = steady(s, server, GUID % 4, 0, START)
        for _ in range(5):
            seq = steady(s, server, GUID % 4, seq, 3)
            told = len(server.err)
            server.popen.send_signal(signal.SIGUSR1)
            server.wait_for(lambda: server.err[told:].count("\n") == 2)
            row = server.err[told:].splitlines()[1].split()
            assert row[2:5] == [str(seq), str(seq), "0"], row
        assert server.stop() == 0


def test_reported_when_it_is_over():
    with Server("-n") as server, sender(0) as s:
        seq = steady(s, server, GUID % 5, 0, START)
        server.wait_for(lambda: sum(int(r["count"])
                                    for r in server.records) == seq)
        assert server.stop() == 0


def test_a_burst_in_a_nap():
    """What comes at once while nobody reads has room in the buffer."""
    with Server("-n", "--json", k=60) as server, sender(0) as s:
        n = 5000 if naps(server) else 100
        seq = steady(s, server, GUID % 6, 0, START)
        burst = [probe(GUID % 6, i) for i in range(seq, seq + n)]
        for datagram in burst:
            s.sendto(datagram, server.address)
        assert server.stop() == 0
        doc = json.loads(server.out)
    assert doc["result"]["received"] == seq + n
    assert doc["result"]["lost"] == 0
    assert not doc["host"]["socket_drops"]
