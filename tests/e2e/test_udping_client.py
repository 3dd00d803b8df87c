# SPDX-License-Identifier: BSD-2-Clause
"""udping_client: frames as they arrive, next hops, privileges, errors.

        left                      right
         l0 10.77.0.1 --- veth --- r0 10.77.0.2
"""

import json
import os
import shutil
import signal
import socket
import tempfile
import time

import pytest

import schema
from harness import LEFT_MAC, RIGHT_MAC, program
from udping_capture import Capture, Packet, socket_in
from udping_client import (CLIENT, has_no_privilege, packets, status_of,
                           summary, words)


def test_frames(net, capture):
    """Every field of spec 3.1 and 3.2, and the turns of 3.4."""
    net.left.run(*words("--count", 400, "--quiet", s="5000,5007,5000",
                        a="02:00:00:77:00:02,02:00:00:77:00:03"))
    got = packets(capture, 400)
    assert len(got) == 400
    guids = {}
    for i, p in enumerate(got):
        assert p.src_mac == LEFT_MAC
        assert p.dst_mac == "02:00:00:77:00:0" + "23"[p.seq % 2]
        assert p.frame.vlan is None
        total = (20 + 8 + p.size).to_bytes(2, "big")
        assert p.ip[:10] == b"\x45\0" + total + b"\0\0\0\0\xff\x11"
        assert (p.src, p.dst) == ("10.77.0.1", "10.77.0.2")
        assert p.sport == (5000, 5007, 5000)[i % 3]
        assert p.length_is_right and p.checksums_are_right
        assert p.padding_is_zero and p.version == 1
        assert p.seq == i // 3
        assert 72 <= p.size == len(p.payload) < 200
        assert guids.setdefault(i % 3, p.guid) == p.guid
        assert 0 <= p.frame.stamp_ns - p.sent_s * 10**9 - p.sent_ns < 10**9
        assert 0 <= p.sent_s - p.start < 30
    assert len(set(guids.values())) == 3
    assert len({p.size for p in got}) > 30


def test_ipv6_dscp(bare):
    net = bare(ipv6=True)
    capture = Capture(net.right)
    net.left.run(*words("--ipv6", "--dscp", "EF", "--count", 50, r="fd77::2",
                        l="fd77::1"))
    for p in packets(capture, 50):
        assert p.ip[:4] == b"\x6b\x80\0\0" and p.ip[6:8] == b"\x11\xff"
        assert int.from_bytes(p.ip[4:6], "big") == 8 + p.size
        assert (p.src, p.dst) == ("fd77::1", "fd77::2")
        assert p.length_is_right and p.checksums_are_right
        assert p.checksum != 0
    capture.close()


def test_vlan_df(net, capture):
    net.left.run(*words("--vlan", 100, "--df", "--dscp", "CS1", "--count",
                        20))
    for p in packets(capture, 20):
        assert p.frame.vlan == 100
        assert p.ip[1] == 8 << 2 and p.ip[6:8] == b"\x40\0"
        assert p.checksums_are_right


def test_new_period_new_guid(net, capture):
    """GUIDs change where a multiple of -i begins, the rest goes on."""
    net.left.run(*words("--duration", "2.5", s="5000", d=5, i=1))
    got = packets(capture, 100)
    for a, b in zip(got, got[1:]):
        assert b.seq == a.seq + 1 and b.start == a.start
        if a.sent_s == b.sent_s:
            assert a.guid == b.guid
    assert len({p.guid for p in got}) in (3, 4)


def test_first_generation(net, capture):
    """Each period closes with what the next number would have been."""
    net.left.run(*words("--duration", "2.2", "--generation=1", s="5000",
                        d=5, i=1))
    got = packets(capture, 100, first=True)
    counts, controls = {}, {}
    for p in got:
        assert p.padding_is_zero and p.checksums_are_right
        assert p.size == len(p.payload)
        if p.control:
            assert (p.size, p.count, p.sent_s, p.sent_ns) == (64, 0, 0, 0)
            assert p.guid not in controls
            controls[p.guid] = p.seq
            continue
        assert p.guid not in controls
        assert p.count == 1 and p.size >= 65
        counts[p.guid] = counts.get(p.guid, 0) + 1
        assert p.seq == counts[p.guid]
    assert controls == {guid: n + 1 for guid, n in counts.items()}
    assert len(counts) >= 3


def test_multipath(net, capture):
    """Without -a: each gateway of the route in its turn, their addresses
    found out, and followed when one changes.

        left l0 .1 --- r0 .2, .12, .13 right; to 192.0.2.0/24 by .12 and .13
    """
    for host in (12, 13):
        net.right.ip("addr", "add", f"10.77.0.{host}/24", "dev", "r0")
    net.left.ip("route", "add", "192.0.2.0/24", "nexthop", "via",
                "10.77.0.12", "nexthop", "via", "10.77.0.13")
    net.left.ip("neigh", "add", "10.77.0.13", "lladdr", "02:00:00:77:00:13",
                "dev", "l0", "nud", "permanent")
    client = net.left.popen(*words("--summary", r="192.0.2.9", a=None,
                                   s="5000"))
    client.wait_for("Next hop 10.77.0.12 is " + RIGHT_MAC)
    client.wait_for("Next hop 10.77.0.13 is 02:00:00:77:00:13")
    for p in packets(capture, 100):
        assert p.dst_mac == (RIGHT_MAC, "02:00:00:77:00:13")[p.seq % 2]
        assert p.dst == "192.0.2.9"
    net.left.ip("neigh", "replace", "10.77.0.13", "lladdr",
                "02:00:00:77:00:14", "dev", "l0", "nud", "permanent")
    client.wait_for("next hop 10.77.0.13 is 02:00:00:77:00:14")
    time.sleep(0.2)
    capture.udp()
    for p in packets(capture, 50):
        assert p.dst_mac == (RIGHT_MAC, "02:00:00:77:00:14")[p.seq % 2]
    assert client.stop() == 0
    assert "gateway: 10.77.0.12" in client.out


def test_neighbour_on_the_link(net, capture):
    net.left.ip("neigh", "del", "10.77.0.2", "dev", "l0")
    doc, process = summary(net.left, "--count", 20, a=None)
    hop, = doc["result"]["next_hops"]
    assert hop == {"gateway": "10.77.0.2", "mac": RIGHT_MAC,
                   "packets_sent": 20}
    assert all(p.dst_mac == RIGHT_MAC for p in packets(capture, 20))
    assert process.err == ""


@pytest.mark.parametrize("remote, why", [
    ("10.77.0.9", "no next hop to 10.77.0.9 answers"),
    ("192.0.2.1", "no route to 192.0.2.1 out of l0")])
def test_no_next_hop(net, remote, why):
    process = net.left.run(*words(r=remote, a=None), status=255)
    assert process.err == (
        f"udping_client: {why}\n"
        "You must specify one or more next-hop MAC addresses\n")


def test_privileges_are_dropped(net, capture, tmp_path):
    pidfile = tmp_path / "pid"
    client = net.left.popen(*words("--pidfile", pidfile))
    capture.wait(10)
    uid, = {*status_of(client, "Uid")}
    assert int(uid) != 0
    has_no_privilege(client)
    assert int(pidfile.read_text()) == client.popen.pid
    assert client.stop() == -signal.SIGTERM
    assert not pidfile.exists() or pidfile.read_text() == ""


@pytest.fixture
def public():
    """A copy of the client that every user can run."""
    directory = tempfile.mkdtemp(dir="/tmp")
    os.chmod(directory, 0o755)
    path = os.path.join(directory, "udping_client")
    shutil.copy(program(CLIENT), path)
    os.chmod(path, 0o755)
    yield path
    shutil.rmtree(directory)


def as_user(path, *capabilities):
    line = ["setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups"]
    for words_ in (("--inh-caps", "+net_raw"), ("--ambient-caps",
                                                "+net_raw")):
        line += words_ if capabilities else []
    return line + [path]


def test_capability_of_a_user(net, capture, public):
    """With CAP_NET_RAW alone frames are sent, and it is given up."""
    client = net.left.popen(*as_user(public, "net_raw"), *words()[1:])
    assert packets(capture, 10)[0].dst_mac == RIGHT_MAC
    has_no_privilege(client)
    assert client.stop(signal.SIGINT) == -signal.SIGINT


def test_must_be_root(net, public):
    """Who names a next hop without being able to reach it is told so."""
    for line in (words(), words("-z"), words("--vlan", 5, a=None)):
        process = net.left.run(*as_user(public), *line[1:], status=255)
        assert process.err == "udping_client must run as root\n"
        assert process.out == ""


def test_help_needs_no_root(net, public):
    process = net.left.run(*as_user(public), "--help")
    assert process.out.startswith("usage: udping_client -r HOST")


@pytest.mark.parametrize("asked", [True, False])
def test_unprivileged(net, capture, public, asked):
    """Ordinary sockets: the same probes, the kernel's frames around them."""
    more = ["--unprivileged"] if asked else []
    process = net.left.run(*as_user(public), *words(
        "--count", 60, *more, a=None, s="5000,5001,5000")[1:])
    assert process.err == ("" if asked else (
        "udping_client: raw sockets are not to be had: ordinary UDP sockets "
        "are used\n"))
    got = packets(capture, 60)
    assert len(got) == 60
    for i, p in enumerate(got):
        assert p.sport == (5000, 5001, 5000)[i % 3] and p.seq == i // 3
        assert p.padding_is_zero and p.size == len(p.payload)
        assert p.ip[8] == 255 and p.ip[6:8] == b"\0\0"


def test_to_this_host(net):
    """Frames to oneself would be dropped."""
    inbox = socket_in(net.left, socket.AF_INET, socket.SOCK_DGRAM)
    inbox.bind(("10.77.0.1", 6000))
    process = net.left.run(*words("--count", 5, r="10.77.0.1", a=None))
    assert "the destination is this host: ordinary UDP" in process.err
    inbox.settimeout(5)
    for _ in range(5):
        assert len(inbox.recv(2000)) >= 72
    inbox.close()


def test_nobody_listens(net):
    """Refusals of a host are no send errors."""
    doc, _ = summary(net.left, "--unprivileged", "--count", 200, a=None, d=1)
    assert doc["result"]["packets_sent"] == 200
    assert doc["result"]["send_errors"] == 0


def test_tun_has_no_frames(net):
    """An interface without a link-level address: no crash (B9)."""
    net.left.ip("tuntap", "add", "dev", "t0", "mode", "tun")
    net.left.ip("addr", "add", "10.78.0.1/24", "dev", "t0")
    net.left.ip("link", "set", "t0", "up")
    process = net.left.run(*words(l="10.78.0.1"), status=255)
    assert process.err == "udping_client: t0 takes no Ethernet frames\n"
    process = net.left.run(*words("--count", 1))
    assert "MAC address is " + LEFT_MAC in process.out


def test_sizes_fit_the_mtu(net, capture):
    """B6: nothing is refused, nothing is missing."""
    net.left.ip("link", "set", "l0", "mtu", "1000")
    doc, process = summary(net.left, "--count", 300, m=2000)
    assert process.err == ("udping_client: sizes are held to 972 bytes, "
                           "which MTU 1000 of l0 carries\n")
    assert doc["result"]["send_errors"] == 0
    got = packets(capture, 300)
    assert max(p.size for p in got) == 972
    assert [p.seq for p in got] == [i // 2 for i in range(300)]


def test_tiny_mtu(net):
    net.left.ip("link", "set", "l0", "mtu", "99")
    process = net.left.run(*words(), status=255)
    assert process.err == "udping_client: MTU 99 of l0 is too small\n"


def test_flood(net, capture):
    """Without pauses every packet still is there once, and in its turn."""
    doc, _ = summary(net.left, "--count", 20000, d=0, s="5000-5002", i=1)
    assert doc["result"]["packets_sent"] == 20000
    got = packets(capture, 20000)
    assert [(p.sport - 5000, p.seq) for p in got] == [
        (i % 3, i // 3) for i in range(20000)]
    assert all(p.checksums_are_right for p in got)


def test_link_down(net, capture):
    """B6: what could not be sent has no number."""
    client = net.left.popen(*words("--summary", "--json", d=2, s="5000"))
    first = packets(capture, 20)
    begin = time.monotonic()
    net.left.ip("link", "set", "l0", "down")
    client.wait_for("sendto failed: Network is down (10.77.0.2:6000 out of "
                    "l0)\n")
    time.sleep(0.1)
    first += [Packet(f) for f in capture.udp()]
    net.left.ip("link", "set", "l0", "up")
    again = packets(capture, 20)
    assert client.stop() == 0
    assert again[0].seq == first[-1].seq + 1
    assert json.loads(client.out)["result"]["send_errors"] > 0
    # Told at first, and once a second.
    assert client.err.count("\n") <= 2 + time.monotonic() - begin


@pytest.mark.parametrize("hop", [RIGHT_MAC, None])
def test_interface_goes_away(net, capture, hop):
    """A packet socket has lost it for good, so this is the end."""
    client = net.left.popen(*words("--summary", "--json", d=2, s="5000",
                                   a=hop))
    packets(capture, 20)
    net.left.ip("link", "del", "l0")
    assert client.wait() == 1
    assert client.err.endswith("udping_client: l0 is gone\n")
    doc = schema.load(client.out, "udping_client")
    assert doc["error"] == {"code": 1,
                            "message": "udping_client: l0 is gone"}
    assert doc["result"]["packets_sent"] >= 20


def test_summary(net, capture):
    doc, _ = summary(net.left, "--count", 500, s="5000,5001,5000",
                     a=f"{RIGHT_MAC},02:00:00:77:00:03")
    assert doc["tool"] == "udping_client" and doc["error"] is None
    result = doc["result"]
    assert result["packets_sent"] == 500
    assert [p["port"] for p in result["ports"]] == [5000, 5001, 5000]
    assert [p["packets_sent"] for p in result["ports"]] == [167, 167, 166]
    assert sum(h["packets_sent"] for h in result["next_hops"]) == 500
    delay = result["send_delay_us"]
    assert delay["count"] > 5
    assert 0 < delay["min"] <= delay["mean"] <= delay["max"]
    got = packets(capture, 500)
    took = got[-1].frame.stamp_ns - got[0].frame.stamp_ns
    assert abs(result["mean_gap_ms"] / (took / 499e6) - 1) < 0.05


def test_duration(net, capture):
    begin = time.monotonic()
    process = net.left.run(*words("--duration", "700ms", d=20))
    assert 0.7 <= time.monotonic() - begin < 5
    assert "packets_sent: " in process.out


def test_full_disk(net):
    process = net.left.run("sh", "-c", 'exec "$@" >/dev/full', "sh",
                           *words("--count", 2), status=1)
    assert "stdout: No space left on device" in process.err
