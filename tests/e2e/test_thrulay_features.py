# SPDX-License-Identifier: BSD-2-Clause
"""What thrulay's options do, seen from outside: output, packets, processes.

    left            right
     l0 --- veth --- r0
    thrulay          thrulayd
"""

import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time

import pytest

import schema
from harness import program
from thrulay import CLIENT, SERVER, measure, serve

NUMBER = r" +-?\d+\.\d{3}"
# Known consumers take the last line and split it at white space.
TOTAL = re.compile(r"#\(\*\*\)" + NUMBER * 5)

SNIFF = """
import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
s.bind((sys.argv[1], 0))
print("ready", flush=True)
while True:
    p = s.recv(100)
    if p[0] >> 4 == 4:
        print(p[9], p[1], socket.inet_ntoa(p[16:20]), flush=True)
    elif p[0] >> 4 == 6:
        print(p[6], (p[0] << 4 | p[1] >> 4) & 255, "v6", flush=True)
"""


@pytest.fixture
def net(bare):
    with bare(ipv6=True) as net:
        yield net


def text(net, *options, **how):
    return net.left.run(program(CLIENT), *options, net.left.peer, **how).out


def sniffer(ns):
    sniff = ns.popen("/usr/bin/python3", "-c", SNIFF, ns.dev)
    sniff.wait_for("ready")
    return sniff


def seen(sniff, proto):
    """(class byte, destination) of the packets of a protocol."""
    rows = (line.split() for line in sniff.out.splitlines()[1:])
    return {(int(r[1]), r[2]) for r in rows if len(r) == 3
            and int(r[0]) == proto}


def test_tcp_text_is_for_gnuplot_and_ends_with_the_total(net):
    serve(net.right)
    lines = text(net, "-t", 2, "-m", 2).splitlines()
    assert lines[0].startswith("# local window = ")
    assert lines[2] == "# MTU: 1500B; MSS: 1448B; Topology guess: " \
        "Ethernet (or PPP)"
    assert lines[4] == "# test duration = 2s; reporting interval = 1s"
    body = lines[7:]
    assert [re.sub(NUMBER, "", line) for line in body] == [
        " ( 0)", " ( 1)", " ( 0)", " ( 1)", "#( 0)", "#( 1)", "#(**)"]
    assert TOTAL.fullmatch(lines[-1])
    total = [float(field) for field in lines[-1].split()[1:]]
    streams = [float(line.split()[4]) for line in lines[-3:-1]]
    assert total[2] == pytest.approx(sum(streams), rel=0.01)


def test_quiet_prints_results_alone(net):
    serve(net.right)
    out = text(net, "-t", 1, "-i", 0, "--quiet")
    assert TOTAL.fullmatch(out.rstrip("\n"))


def test_fractions_of_seconds(net):
    serve(net.right)
    doc = measure(net.left, "--duration", "700ms", "--interval", "0.2")
    assert len(doc["intervals"]) == 3
    total = doc["result"]["forward"]
    assert 0.7 <= total["end_s"] < 1.5
    assert total["size_bytes"] >= sum(i["size_bytes"]
                                      for i in doc["intervals"])


def test_json_lines_come_as_they_happen(net):
    serve(net.right)
    run = net.left.popen(program(CLIENT), "-t", 2, "--json-lines",
                         net.left.peer)
    run.wait_for('"event":"interval"')
    assert run.popen.poll() is None
    assert run.wait() == 0
    lines = schema.lines(run.out, "thrulay")
    assert [line.get("event") for line in lines] == \
        ["interval", "interval", "summary"]
    assert lines[-1]["error"] is None and "intervals" not in lines[-1]


def test_ipv6_and_ipv4_on_one_server(net):
    serve(net.right)
    for host, family in ((net.left.peer, "-4"), (net.left.peer6, "-6")):
        doc = measure(net.left, "-t", 1, family, host=host)
        assert doc["config"]["agreed"]["peer"] == host
        assert doc["result"]["forward"]["blocks"] > 0
        udp = measure(net.left, "-t", 1, "-u", "1M", family, host=host)
        assert udp["result"]["streams"][0]["udp"]["loss_pct"] == 0
    refused = net.left.run(program(CLIENT), "-6", net.left.peer, status=1)
    assert "getaddrinfo(): " in refused.err


def test_dscp_is_on_the_packets_of_both_kinds(net):
    serve(net.right)
    sniff = sniffer(net.right)
    measure(net.left, "-t", 1, "-D", "0x2e")
    measure(net.left, "-t", 1, "-u", "1M", "--dscp", "AF41")
    measure(net.left, "-t", 1, "--dscp", "EF", host=net.left.peer6)
    time.sleep(0.2)
    assert (46 << 2, net.left.peer) in seen(sniff, 6)
    assert {(34 << 2, net.left.peer)} == \
        {s for s in seen(sniff, 17) if s[1] == net.left.peer}
    assert (46 << 2, "v6") in seen(sniff, 6)


def test_multicast_reaches_the_group_that_the_server_joined(net):
    for ns in (net.left, net.right):
        ns.ip("route", "add", "224.0.0.0/4", "dev", ns.dev)
    serve(net.right, "-j", "239.1.2.3")
    sniff = sniffer(net.right)
    doc = measure(net.left, "-t", 1, "-u", "1M", "-g", "239.1.2.3", "-T", 4)
    udp = doc["result"]["streams"][0]["udp"]
    assert udp["packets_unique"] == udp["packets_sent"] > 0
    assert (0, "239.1.2.3") in seen(sniff, 17)
    plain = text(net, "-t", 1, "-u", "1M", "-g", "239.9.9.9")
    assert "Loss:\t\t 100.000%\n" in plain


def test_a_wrong_group_is_a_warning(net):
    server = serve(net.right, "-j", "192.0.2.1")
    assert "Wrong multicast address given: 192.0.2.1" in server.err


def test_reports_of_the_server_in_every_style(net):
    serve(net.right, "-v", "--report", "both")
    out = text(net, "-t", 1, "-u", "1M")
    assert re.search(r"^Delay:\t\t +-?\d+\.\d{3}ms$", out, re.M)
    assert re.search(r"^50th quantile of delay \(ignoring clock offset\): "
                     r"-?\d+\.\d{3}ms$", out, re.M)
    hd = text(net, "-t", 1, "-u", "1M", "--style", "hd")
    assert hd.startswith("# client buffer size = ")
    assert "# (0) remote UDP port = 5003\n" in hd
    assert hd.endswith("no reordering\n") and "Delay:" not in hd


def test_hd_text_of_tcp(net):
    serve(net.right)
    lines = text(net, "-t", 1, "--style", "hd").splitlines()
    assert "# block size = 8192B" in lines
    assert lines[-3] == "SID begin,s end,s Mb/s RTT,ms: min avg max"
    assert re.fullmatch(r"\(0\)" + NUMBER * 6, lines[-2])
    assert re.fullmatch(r"\(0\)#" + NUMBER * 6, lines[-1])


def test_what_was_asked_of_the_kernel(net):
    serve(net.right)
    doc = measure(net.left, "-t", 1, "--cc", "reno", "--bind", net.left.addr,
                  "--bind-dev", "l0")
    assert doc["config"]["agreed"]["congestion_control"] == "reno"
    assert doc["config"]["agreed"]["local"] == net.left.addr
    for wrong in (["--cc", "nosuch"], ["--bind", "192.0.2.77"],
                  ["--bind-dev", "nosuch0"]):
        failed = net.left.run(program(CLIENT), "-t", 1, *wrong,
                              net.left.peer, status=1)
        assert "could not establish connection" in failed.err


@pytest.mark.parametrize("spacing,low,high", [
    ("poisson", 0.85, 1.15), ("constant", 0, 0.35)])
def test_spacing_on_the_wire(net, spacing, low, high):
    """Busy waiting, 500 packets a second: the gaps are those promised."""
    serve(net.right)
    values = []
    for _ in range(5):
        doc = measure(net.left, "-t", 3, "-u", "6M", "-b", "--spacing",
                      spacing)
        values.append(doc["result"]["streams"][0]["pacing"]["gap_cv"])
        if low <= values[-1] <= high:
            return
    pytest.fail(f"coefficient of variation {values}")


def test_a_seed_repeats_a_schedule(net):
    serve(net.right)
    runs = [measure(net.left, "-t", 1, "-u", "3M", "--seed", seed)
            for seed in (7, 7, 8)]
    wanted = [r["result"]["streams"][0]["pacing"]["wanted_pps"]
              for r in runs]
    assert wanted[0] == wanted[1] != wanted[2]


@pytest.mark.parametrize("options,expect", [
    (["-t", 20], TOTAL), (["-t", 20, "--reverse"], TOTAL),
    (["-t", 20, "-u", "1M"], re.compile(r"Delay:.*Loss:\t\t 0\.000%", re.S)),
    (["-t", 20, "-u", "1M", "--reverse"],
     re.compile(r"Delay:.*Loss:\t\t 0\.000%", re.S)),
], ids=["tcp", "reverse", "udp", "udp reverse"])
def test_an_interrupt_keeps_what_was_measured(net, options, expect):
    serve(net.right)
    run = net.left.popen(program(CLIENT), *options, net.left.peer)
    time.sleep(1.5)
    begun = time.monotonic()
    assert run.stop(signal.SIGINT) == 130
    assert time.monotonic() - begun < 8
    assert expect.search(run.out), run


def test_interrupted_json_is_whole_and_says_so(net):
    serve(net.right)
    run = net.left.popen(program(CLIENT), "-t", 20, "--json", net.left.peer)
    time.sleep(1)
    assert run.stop(signal.SIGTERM) == 143
    assert json.loads(run.out)["result"]["interrupted"] is True


@pytest.mark.parametrize("options", [["-t", 2], ["-t", 2, "-u", "1M"],
                                     ["-t", 2, "--json"]],
                         ids=["tcp", "udp", "json"])
def test_a_full_disk_is_no_success(net, options):
    serve(net.right)
    done = net.left.run("sh", "-c", '"$@" >/dev/full', "sh",
                        program(CLIENT), *options, net.left.peer, status=1)
    assert "standard output: No space left on device" in done.err


def test_the_server_dying_in_the_middle_is_an_error(net):
    for options in (["-t", 20], ["-t", 20, "-u", "1M"],
                    ["-t", 20, "--reverse"]):
        server = serve(net.right)
        run = net.left.popen(program(CLIENT), *options, net.left.peer)
        time.sleep(0.7)
        server.stop(signal.SIGKILL)
        assert run.wait(10) == 1
        assert "premature end of test" in run.err


def test_daemon(net, tmp_path):
    pidfile = tmp_path / "pid"
    tmp_path.chmod(0o755)
    ns, words = net.right, ("--pidfile", pidfile)
    begun = ns.run(program(SERVER), *words)
    assert begun.out == "" and begun.err == ""
    pid = int(pidfile.read_text())
    try:
        assert os.readlink(f"/proc/{pid}/cwd") == "/"
        assert {os.readlink(f"/proc/{pid}/fd/{n}") for n in range(3)} == \
            {"/dev/null"}
        assert measure(net.left, "-t", 1)["error"] is None
        second = ns.run(program(SERVER), status=1)
        assert second.err.endswith(
            "warning: unable to start server\n"
            "Server listen failed: fatal: unable to start server "
            "(bind failed)\n")
    finally:
        os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + 5
    while os.path.exists(f"/proc/{pid}") and time.monotonic() < end:
        time.sleep(0.02)
    assert not os.path.exists(f"/proc/{pid}")


@pytest.fixture
def public_dir():
    """A directory that a server without privileges can reach."""
    with tempfile.TemporaryDirectory() as path:
        os.chmod(path, 0o755)
        yield path


def test_ready_is_told_to_the_service_manager(net, public_dir):
    path = f"{public_dir}/notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        os.chmod(path, 0o777)
        manager.settimeout(5)
        server = subprocess.Popen(
            ["ip", "netns", "exec", net.right.name, program(SERVER), "-d"],
            env={**os.environ, "NOTIFY_SOCKET": path},
            stderr=subprocess.DEVNULL)
        try:
            assert manager.recv(100) == b"READY=1"
            assert measure(net.left, "-t", 1)["error"] is None
        finally:
            server.terminate()
        assert manager.recv(100) == b"STOPPING=1"
        assert server.wait(5) == 0
