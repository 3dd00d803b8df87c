# SPDX-License-Identifier: BSD-2-Clause
"""Options of udping_client and udping_server about this host: interfaces,
gateways, users, syslog.

        left                      right
         l0 10.77.0.1 --- veth --- r0 10.77.0.2
"""

import os
import socket
from pwd import getpwnam

import pytest

import schema
from harness import RIGHT_MAC, command, program
from udping import Server, sender, until_ready
from udping_capture import Capture
from udping_client import (has_no_privilege, packets, status_of, summary,
                           words)


@pytest.mark.parametrize("remote, gateway", [
    ("fd77::2", "fd77::2"), ("2001:db8:9::9", "fe80::2"),
    ("192.0.2.9", "fe80::2")])
def test_ipv6_gateway(bare, remote, gateway):
    """Without -a: on the link, by a link-local gateway, and an IPv4 route by
    such a one (RTA_VIA). The neighbour is asked for.

        left l0 fd77::1 --- r0 fd77::2, fe80::2 right
    """
    net = bare(ipv6=True)
    net.left.ip("neigh", "flush", "dev", "l0", "nud", "permanent")
    for ns, dev, host in ((net.left, "l0", 1), (net.right, "r0", 2)):
        ns.ip("addr", "add", f"fe80::{host}/64", "dev", dev, "nodad")
    net.left.ip("route", "add", "2001:db8:9::/64", "via", "fe80::2", "dev",
                "l0")
    net.left.ip("route", "add", "192.0.2.0/24", "via", "inet6", "fe80::2",
                "dev", "l0")
    capture = Capture(net.right)
    how = {"r": remote, "a": None}
    if ":" in remote:
        how["l"] = "fd77::1"
    doc, process = summary(net.left, "--count", 20,
                           *(["--ipv6"] if "l" in how else []), **how)
    assert process.err == ""
    assert doc["result"]["next_hops"] == [
        {"gateway": gateway, "mac": RIGHT_MAC, "packets_sent": 20}]
    for p in packets(capture, 20):
        assert (p.dst_mac, p.dst) == (RIGHT_MAC, remote)
    capture.close()


def test_named_interface(net, capture):
    """--bind-dev: out of r1, whoever owns -l; frames, and sockets too.

        left l0 10.77.0.1 --- r0 right
             l1           --- r1
    """
    command("ip", "link", "add", "l1", "address", "02:00:00:77:00:21",
            "netns", net.left.name, "type", "veth", "peer", "name", "r1",
            "netns", net.right.name)
    for ns, dev in ((net.left, "l1"), (net.right, "r1")):
        ns.ip("link", "set", dev, "up")
    net.left.ip("route", "add", "10.77.0.0/24", "dev", "l1", "metric", "9")
    net.left.ip("neigh", "add", "10.77.0.2", "lladdr", RIGHT_MAC, "dev", "l1",
                "nud", "permanent")
    net.right.dev = "r1"
    there = Capture(net.right)
    for more in ([], ["--unprivileged"]):
        process = net.left.run(*words("--bind-dev", "l1", "--count", 20,
                                      *more, a=None))
        assert "The interface is named l1\n" in process.out
        for p in packets(there, 20):
            assert (p.src_mac, p.src) == ("02:00:00:77:00:21", "10.77.0.1")
    assert capture.udp() == []
    there.close()
    process = net.left.run(*words("--bind-dev", "none0"), status=255)
    assert process.err == ("udping_client: none0: No such device\n"
                           "getIfInfo failed\n")


def test_qdisc_is_bypassed(net, capture):
    """A queueing discipline that drops all does not see the frames."""
    net.left.tool("tc", "qdisc", "add", "dev", "l0", "root", "tbf", "rate",
                  "8bit", "burst", "60", "limit", "60")
    process = net.left.run(*words("--duration", "0.3"))
    assert "sendto failed: No buffer space available" in process.err
    assert capture.udp() == []
    net.left.run(*words("--count", 20, "--qdisc-bypass"))
    assert len(packets(capture, 20)) == 20


def test_busy(net, capture):
    """Awake for a tenth of the time, instead of asleep."""
    shares = [summary(net.left, "--count", 1500, *more)[0]["host"]["cpu_share"]
              for more in ([], ["--busy"])]
    assert shares[1] > 1.3 * shares[0]


def test_other_user(net, capture):
    client = net.left.popen(*words("--user", "daemon"))
    capture.wait(10)
    assert {*status_of(client, "Uid")} == {str(getpwnam("daemon").pw_uid)}
    assert {*status_of(client, "Gid")} == {str(getpwnam("daemon").pw_gid)}
    has_no_privilege(client)
    client.stop()
    process = net.left.run(*words("--user", "no-such-user"), status=255)
    assert process.err.endswith("Couldn't change userid to no-such-user.  "
                                "Terminating client\n")


@pytest.fixture
def dev_log(tmp_path):
    """A socket, and the words before a command whose /dev/log it is."""
    path, own = str(tmp_path / "log"), (
        "mount --make-rprivate / && mount -t tmpfs none /dev && "
        'mknod -m 666 /dev/null c 1 3 && ln -s "$0" /dev/log && exec "$@"')
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind(path)
    os.chmod(path, 0o777)
    for directory in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        directory.chmod(0o711)
    log.settimeout(10)
    yield log, ("unshare", "-m", "sh", "-c", own, path)
    log.close()


def test_syslog_of_client(net, dev_log):
    log, wrap = dev_log
    client = net.left.popen(*wrap, *words("--syslog"))
    client.wait_for("Index is")
    net.left.ip("link", "set", "l0", "down")
    line = log.recv(1000).decode()
    assert "udping_client" in line
    assert line.endswith("sendto failed: Network is down "
                         "(10.77.0.2:6000 out of l0)")
    client.stop()
    assert client.err == ""


def test_syslog_and_user_of_server(dev_log):
    log, wrap = dev_log
    with Server("--syslog", "--user", "daemon", wrap=wrap) as server:
        assert {*server.status("Uid").split()} == {
            str(getpwnam("daemon").pw_uid)}
        s = sender(0)
        s.sendto(bytes(10), server.address)
        line = log.recv(1000).decode()
        assert "udping_server" in line
        assert line.endswith("Malformed packet - size 10 is less than header "
                             "size 72")
        s.close()
        assert server.stop() == 0
        assert server.err == ""


LOCAL = ["-l", "127.0.0.1"]


@pytest.mark.parametrize("options, status, why", [
    (["-l", "nosuch.invalid"], 1, "nosuch.invalid: "),
    (["-l", "9.9.9.9"], 255, "Couldn't find interface for IP 9.9.9.9"),
    ([*LOCAL, "-s", ","], 255, "No ports defined"),
    ([*LOCAL, "--user", "no-such-user"], 255, "Couldn't change userid to no-"),
    ([*LOCAL, "--pidfile", "/nowhere/at/all"], 1,
     "udping_client: /nowhere/at/all: No such file or directory"),
])
def test_client_that_cannot_start(net, options, status, why):
    """--json: an object all the same."""
    run = net.left.popen(program("udping/udping_client"), "-r", "127.0.0.1",
                         "-p", 6000, "-d", 1, "-s", 5000, "-i", 60, "-m", 100,
                         "--count", 1, "--json", *options)
    assert run.wait() == status
    doc = schema.load(run.out, "udping_client")
    assert doc["error"]["code"] == status
    assert doc["error"]["message"].startswith(why)
    assert doc["result"]["packets_sent"] == 0
    assert run.err != ""


@pytest.mark.parametrize("options, status, why", [
    (["-l", "nosuch.invalid"], 1, "nosuch.invalid: "),
    (["-l", "9.9.9.9"], 1, "Problem binding: "),
    ([*LOCAL, "-s", "nosuch.invalid"], 1, "nosuch.invalid: "),
    ([*LOCAL, "--user", "no-such-user"], 255, "Couldn't change userid to no-"),
    ([*LOCAL, "--pidfile", "/nowhere/at/all"], 255, "/nowhere/at/all: No such"),
    ([*LOCAL, "--prometheus", "9.9.9.9:99"], 1, "--prometheus 9.9.9.9:99: "),
])
@pytest.mark.parametrize("form", ["--json", "--json-lines"])
def test_server_that_cannot_start(net, form, options, status, why):
    run = net.left.popen(program("udping/udping_server"), "-p", 6000, "-k", 1,
                         "-n", form, *options)
    assert run.wait() == status
    doc = schema.load(run.out, "udping_server")
    assert doc["error"]["code"] == status
    assert (doc.get("event") == "summary") == (form == "--json-lines")
    assert doc["error"]["message"].startswith(why)
    assert doc["result"]["packets"] == 0
    assert run.err != ""


@pytest.mark.parametrize("form", ["--json", "--json-lines"])
def test_full_disk_of_server(net, form):
    run = net.left.popen("sh", "-c", 'exec "$@" >/dev/full', "sh",
                         program("udping/udping_server"), *LOCAL, "-p", 6000,
                         "-k", 60, "-n", form)
    until_ready(run)
    assert run.stop() == 1
    assert run.err == "udping_server: stdout: No space left on device\n"
