# SPDX-License-Identifier: BSD-2-Clause
"""udping_server: its command line, what it writes and sends, and how it takes
abuse. Probes come from this process, over loopback."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import pytest

import schema
from harness import free_port, program
from udping import (GUID, SERVER, Server, first_generation, probe, recorded,
                    sender, until_ready, vector)

USAGE = recorded("usage_server.txt")
# Where the original is wrong, or refuses what is new (spec 7 B14, 9.13).
REFUSED_PORT = ["-l", "10.77.0.2", "-p", "65536", "-k", "2"]
IPV6 = ["-l", "::", "-p", "6000", "-k", "2"]


def _run(ns, case):
    wrap = [] if case["uid"] == "root" else [
        "setpriv", "--reuid", str(case["uid"]), "--clear-groups"]
    return ns.popen(*wrap, program(SERVER), *case["args"])


def _accepted(run, args):
    until_ready(run)
    assert run.popen.poll() is None, run
    assert run.stop() == 0
    assert (run.out, run.err) == ("", ""), args


def _refused(run, case):
    assert run.wait() == case["exit"], run
    assert run.out == case["stdout"]
    want = case["stderr"].replace("{USAGE}", USAGE)
    if "getaddrinfo" in want:
        # Which of its errors a resolver gives depends on the host.
        assert re.fullmatch(r"udping_server: getaddrinfo: .+\n: .+\n",
                            run.err), run
    else:
        # getopt(3) names the program as it was started.
        assert run.err.replace(program(SERVER), "udping_server") == want


def test_recorded_command_lines(bare):
    cases = vector("cli_server.json")
    assert len(cases) == 44
    # right: 10.77.0.2, where the original was recorded
    with bare() as net:
        for case in cases:
            run = _run(net.right, case)
            if case["args"] == REFUSED_PORT:
                assert run.wait() == 255
                assert run.err == USAGE + \
                    "Port number is out of range 1024-65532\n"
            elif case["exit"] is None or case["args"] == IPV6:
                _accepted(run, case["args"])
            else:
                _refused(run, case)
            run.close()


@pytest.mark.parametrize("args, status, said", [
    (["-4", "-6"], 255, "--ipv4 and --ipv6 exclude each other"),
    (["--json", "--json-lines"], 255, "exclude each other"),
    (["--top"], 255, "--top needs a terminal"),
    (["--allow", "300.1.1.1"], 255, "--allow"),
    (["--statsd-level", "all"], 255, "--statsd-level is invalid: all"),
    (["--batch-delay", "101ms"], 255, "--batch-delay is too large: 101ms"),
    (["--next-hops", "65"], 255, "--next-hops is too large: 65"),
    (["--user", "no-such-user-here"], 255, "Couldn't change userid"),
    (["--ipv6"], 1, "getaddrinfo"),
    (["--pidfile", "/nowhere/at/all"], 255, "/nowhere/at/all"),
    (["--nonsense"], 255, "unrecognized option '--nonsense'"),
])
def test_new_options_refused(args, status, said):
    run = subprocess.run(
        [program(SERVER), "-l", "127.0.0.1", "-p", "6000", "-k", "1", *args],
        capture_output=True, text=True, timeout=10, check=False)
    assert run.returncode == status
    assert said in run.stderr
    assert run.stdout == ""


def test_address_in_use():
    with Server() as server:
        run = subprocess.run(
            [program(SERVER), "-l", "127.0.0.1", "-p", str(server.port), "-k",
             "1"], capture_output=True, text=True, timeout=10, check=False)
    assert run.returncode == 1
    assert run.stderr == \
        "udping_server: Problem binding: Address already in use\n"


def _line(server, record, sport):
    return {"from_host": "127_0_0_1", "from_port": str(sport),
            "to_host": "127_0_0_1", "to_port": str(server.port), **record}


def test_line_and_verbose():
    with Server("-v", "-n") as server, sender(0) as s:
        sport = s.getsockname()[1]
        sent_ns = time.time_ns() // 10**9 * 10**9 + 42
        for seq in (0, 1, 3):
            s.sendto(probe(GUID % 1, seq, sent_ns=sent_ns), server.address)
        server.wait_for(lambda: server.records)
        lines = server.out.splitlines()
        (record,) = server.records
        assert server.stop() == 0
        assert server.err == ""
    # Nanoseconds are not padded.
    assert lines[:3] == [
        f"{GUID % 1}:1700000000:{seq} - {sent_ns // 10**9}:42"
        for seq in (0, 1, 3)]
    assert record == _line(server, {
        "guid": GUID % 1, "count": "3", "targetCount": "4",
        "sum": record["sum"], "sumOfSquares": record["sumOfSquares"],
        "max": record["max"]}, sport)
    assert lines[3].startswith('{"from_host":"127_0_0_1","from_port":"')
    assert re.fullmatch(r"\d+\.\d{6}", record["sum"])
    # Up to a second, and what this host took.
    assert 0 <= float(record["max"]) <= 60000
    assert float(record["max"]) <= float(record["sum"])


def _sink():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 0))
    s.settimeout(10)
    return s, f"127.0.0.1:{s.getsockname()[1]}"


def _figures(record):
    return [("count", record["count"], "c"),
            ("targetCount", record["targetCount"], "c"),
            ("sum", f"{float(record['sum']):g}", "c"),
            ("sos", f"{float(record['sumOfSquares']):g}", "c"),
            ("max", f"{float(record['max']):g}", "g")]


def _is(datagram, names, record, after=""):
    """Numbers of 6 digits, made of those with 6 decimals: nearly the same."""
    lines = datagram.recv(2000).decode().split("\n")
    assert lines.pop() == ""
    for line, (figure, value, kind) in zip(lines, _figures(record),
                                           strict=True):
        name = names.replace("FIGURE", figure) + ":"
        assert line.startswith(name)
        number, tail = line.removeprefix(name).split("|", 1)
        assert tail == kind + after
        if figure in ("count", "targetCount"):
            assert number == value
        else:
            assert number == f"{float(number):g}"
            assert float(number) == pytest.approx(float(value), rel=1e-5,
                                                  abs=2e-6)


def test_statsd():
    plain, to_plain = _sink()
    tags, to_tags = _sink()
    with plain, tags, sender(0) as s:
        with Server("-s", to_plain, "-t", to_tags, "-m", "x y|z", "-r",
                    "edge.example.net", "-n") as server:
            sport = s.getsockname()[1]
            for seq in range(5):
                s.sendto(probe(GUID % 2, seq), server.address)
            server.wait_for(lambda: server.records)
            (record,) = server.records
            _is(plain, f"127_0_0_1.{sport}.edge_example_net.{server.port}"
                ".FIGURE", record)
            _is(tags, f"x y|z.FIGURE,from_host=127_0_0_1,from_port={sport},"
                f"to_host=edge_example_net,to_port={server.port}", record)
            assert record["to_host"] == "edge_example_net"


@pytest.mark.parametrize("level, datagrams", [
    ("host-port", ["127_0_0_1.{sport}.127_0_0_1.{port}.FIGURE"]),
    ("host", ["127_0_0_1.127_0_0_1.FIGURE"]),
    ("both", ["127_0_0_1.{sport}.127_0_0_1.{port}.FIGURE",
              "127_0_0_1.127_0_0_1.FIGURE"])])
def test_statsd_levels(level, datagrams):
    plain, to_plain = _sink()
    with plain, sender(0) as s, Server("-s", to_plain, "-n", "--statsd-level",
                                       level) as server:
        s.sendto(probe(GUID % 3, 7), server.address)
        server.wait_for(lambda: server.records)
        (record,) = server.records
        for names in datagrams:
            _is(plain, names.format(sport=s.getsockname()[1],
                                    port=server.port), record)
        plain.settimeout(0.1)
        with pytest.raises(TimeoutError):
            plain.recv(2000)


def test_nobody_takes_statsd():
    """Reports go on, and say nothing of it."""
    with sender(0) as s, Server("-s", "127.0.0.1:1", "-t", "127.0.0.1:1",
                                "-n") as server:
        for i in (1, 2, 3):
            s.sendto(probe(GUID % i, 0), server.address)
        server.wait_for(lambda: len(server.records) == 3)
        assert server.stop() == 0
        assert server.err == ""


def test_dogstatsd():
    tags, to_tags = _sink()
    with tags, sender(0) as s, Server("-t", to_tags, "-n",
                                      "--dogstatsd") as server:
        s.sendto(probe(GUID % 3, 7), server.address)
        server.wait_for(lambda: server.records)
        (record,) = server.records
        _is(tags, "udping.FIGURE", record, "|#from_host:127_0_0_1,"
            f"to_host:127_0_0_1,from_port:{s.getsockname()[1]},"
            f"to_port:{server.port}")


def test_json_lines():
    with Server("--json-lines", "--next-hops", "2", "-n") as server, \
            sender(0) as s:
        for seq in [*range(0, 40, 2), 5, 5, 41]:
            s.sendto(probe(GUID % 4, seq), server.address)
        server.wait_for(lambda: server.records)
        s.sendto(b"x", server.address)
        s.sendto(probe(GUID % 5, 50), server.address)
        server.wait_for(lambda: "Malformed" in server.err)
        time.sleep(0.1)
        assert server.stop() == 0
        record, last, summary = schema.lines(server.out, "udping_server",
                                             "record")
    assert record["event"] == "record" and last["event"] == "record"
    assert record["guid"] == GUID % 4 and record["layout"] == "lp64"
    # 41 follows 38; the next period begins at 50, and came too late.
    assert (record["received"], record["expected"], record["lost"]) == \
        (23, 42, 20)
    assert (record["duplicates"], record["reordered"]) == (1, 1)
    assert record["loss_ratio"] == pytest.approx(20 / 42, abs=1e-6)
    assert (record["loss_bursts"], record["longest_loss_burst"]) == (19, 2)
    assert record["next_hops"] == [
        {"received": 20, "expected": 21, "lost": 1},
        {"received": 2, "expected": 21, "lost": 19}]
    lat = record["latency_ms"]
    assert 0 <= lat["min"] <= lat["p50"] <= lat["p90"] <= \
        lat["p95"] <= lat["p99"] <= lat["p99_9"] <= lat["max"]
    assert set(record["clock"]) == {"synchronised", "estimated_error_ms",
                                    "maximum_error_ms"}
    assert (last["received"], last["expected"], last["lost"]) == (1, 9, 8)
    assert summary["event"] == "summary" and summary["error"] is None
    assert summary["result"]["records"] == 2
    assert summary["result"]["malformed"] == 1
    assert summary["result"]["lost"] == 28


def test_json_at_the_end():
    with Server("--json") as server, sender(0) as s:
        s.sendto(probe(GUID % 6, 3), server.address)
        time.sleep(0.2)
        assert server.stop(signal.SIGINT) == 0
        result = schema.load(server.out, "udping_server")
    assert result["tool"] == "udping_server"
    assert result["result"]["received"] == 1
    assert result["config"]["port"] == server.port


def test_first_generation():
    with Server("-n", k=3) as server, sender(0) as s:
        for seq in range(1, 6):
            s.sendto(first_generation(GUID % 7, seq), server.address)
        start = time.monotonic()
        s.sendto(first_generation(GUID % 7, 6, control=True), server.address)
        server.wait_for(lambda: server.records)
        assert time.monotonic() - start < 3	# at once, not after -k
        s.sendto(first_generation(GUID % 8, 1), server.address)
        server.wait_for(lambda: len(server.records) == 2)
        assert [(r["count"], r["targetCount"]) for r in server.records] == \
            [("5", "5"), ("1", "0")]


def test_signals():
    with Server("-n", k=60) as server, sender(0) as s:
        s.sendto(probe(GUID % 9, 0), server.address)
        s.sendto(probe(GUID % 9, 1), server.address)
        time.sleep(0.2)
        assert server.out == ""
        server.popen.send_signal(signal.SIGUSR1)
        server.wait_for(lambda: "127_0_0_1" in server.err)
        assert server.out == ""
        assert server.stop() == 0
        assert [r["count"] for r in server.records] == ["2"]


def test_ipv6_and_mapped():
    with Server("-n", listen="::") as server, sender(0) as s, \
            socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as six:
        six.sendto(probe(GUID % 10, 0), ("::1", server.port))
        s.sendto(probe(GUID % 11, 0), ("127.0.0.1", server.port))
        time.sleep(0.2)
        server.stop()
        assert [r["from_host"] for r in server.records] == ["::1",
                                                            "127_0_0_1"]


def test_allow():
    with Server("-n", "--allow", "127.0.0.2", "--allow", "127.0.1.0/24",
                "--json") as server:
        for address in ("127.0.0.1", "127.0.0.2", "127.0.1.9"):
            with sender(0, address) as s:
                s.sendto(probe(GUID % 12, 0), server.address)
        time.sleep(0.2)
        server.stop()
        result = json.loads(server.out)["result"]
    assert (result["records"], result["not_allowed"]) == (2, 1)


def test_prometheus_file():
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o777)
        path = os.path.join(directory, "udping.prom")
        with Server("-n", "--prometheus", path) as server, sender(0) as s:
            s.sendto(probe(GUID % 13, 0), server.address)
            s.sendto(probe(GUID % 13, 4), server.address)
            time.sleep(0.2)
            server.stop()
            assert server.err == ""
        with open(path, encoding="ascii") as f:
            text = f.read()
        assert os.listdir(directory) == ["udping.prom"]
    assert "\nudping_lost_total 3\n" in text
    assert "# TYPE udping_lost_total counter\n" in text


def test_stdout_closed():
    read, write = os.pipe()
    port = free_port()
    with subprocess.Popen(
            [program(SERVER), "-l", "127.0.0.1", "-p", str(port), "-k", "1"],
            stdout=write, stderr=subprocess.PIPE, text=True) as server:
        os.close(write)
        os.close(read)
        with sender(0) as s:
            end = time.monotonic() + 15
            while server.poll() is None and time.monotonic() < end:
                s.sendto(probe(GUID % 14, 0), ("127.0.0.1", port))
                time.sleep(2.2)
        assert server.wait(1) == 1
        assert server.stderr.read() == "udping_server: stdout: Broken pipe\n"


def test_privileges_are_gone():
    if os.getuid() != 0:
        pytest.fail("to be run as root")
    with Server() as server:
        assert set(server.status("Uid").split()) == {"65534"}
        assert server.status("Groups") in ("", "65534")
        assert int(server.status("CapEff"), 16) == 0
        assert int(server.status("CapPrm"), 16) == 0
        assert server.status("NoNewPrivs") == "1"


def test_a_million_guids():
    """Memory is bounded, and a client that was there goes on."""
    start = time.monotonic()
    with Server("-q", "-n", "--max-sessions", "20000", k=60) as server, \
            sender(0) as honest:
        honest.sendto(probe(GUID % 15, 0), server.address)
        payload = bytearray(probe(GUID % 0, 0))
        socks = [sender(0) for _ in range(50)]
        for s in socks:
            s.connect(server.address)
        for i in range(1000000):
            payload[16:36] = b"%020x" % (i * 2654435761)
            socks[i % 50].send(payload)
        honest.sendto(probe(GUID % 15, 1), server.address)
        time.sleep(0.5)
        assert int(server.status("VmRSS").split()[0]) < 40000
        lines = server.err.splitlines()
        assert any("No room for another period" in line for line in lines)
        for s in socks:
            s.close()
        assert server.stop() == 0
        took = time.monotonic() - start
        assert len(server.err.splitlines()) <= 102 * (took + 2)


def test_malformed_is_logged_at_a_bounded_rate():
    with Server("-n", "--json") as server, sender(0) as s:
        start = time.monotonic()
        bad = [b"", b"x" * 71, probe(GUID % 1, 0)[:-1] + b"\0\0",
               probe("Z" * 20, 0), b"\2" + probe(GUID % 1, 0)[1:],
               b'{"a":"\n' * 20]
        for i in range(30000):
            s.sendto(bad[i % len(bad)], server.address)
            if i % 100 == 0:
                time.sleep(0.002)
        # What was kept back is told with the next message.
        time.sleep(1.1)
        s.sendto(bad[0], server.address)
        server.wait_for(lambda: "messages suppressed" in server.err)
        server.stop()
        took = time.monotonic() - start
        assert json.loads(server.out)["result"]["malformed"] > 20000
        lines = server.err.splitlines()
    assert len(lines) <= 102 * (took + 2)
    for want in ("size 0 is less than header size 72",
                 "size 71 is less than header size 72",
                 "expected 72, got 73",
                 "Incorrect protocol version.  Expected 1, got 2",
                 "the GUID is not 20 hexadecimal digits"):
        assert any(want in line for line in lines), want


def test_service_manager_is_told():
    """When the port is open, as Server knows, and when it ends."""
    with Server(k=9) as server, sender(0) as s:
        s.sendto(probe(GUID % 1, 0), server.address)
        server.popen.terminate()
        assert server.manager.recv(100) == b"STOPPING=1"
        assert server.popen.wait(10) == 0
        assert [r["count"] for r in server.records] == ["1"]


def service_file():
    with open(os.path.join(os.environ["top_srcdir"],
                           "udping/udping_server.service.in"),
              encoding="ascii") as f:
        return f.read()


def test_service_file(tmp_path):
    """It starts the server, which needs no capability for it; and systemd
    finds it safe, where it can be asked."""
    text = service_file()
    assert re.search(r"^ExecStart=@sbindir@/udping_server "
                     r"\$UDPING_SERVER_OPTIONS$", text, re.M)
    options = re.search(r'^Environment="UDPING_SERVER_OPTIONS=(.*)"$', text,
                        re.M)[1].split()
    run = subprocess.run([program(SERVER), *options, "--top"],
                         capture_output=True, text=True, timeout=10,
                         check=False)
    assert run.stderr == "udping_server: --top needs a terminal\n"
    assert "\nCapabilityBoundingSet=\n" in text
    assert "\nDynamicUser=yes\n" in text
    if shutil.which("systemd-analyze"):
        unit = tmp_path / "udping_server.service"
        unit.write_text(text.replace("@sbindir@", "/usr/sbin"))
        said = subprocess.run(
            ["systemd-analyze", "security", "--offline=yes", "--no-pager",
             str(unit)], capture_output=True, text=True, check=True).stdout
        level = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
        assert float(level[1]) <= 2.0, said
