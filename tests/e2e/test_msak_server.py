# SPDX-License-Identifier: BSD-2-Clause
"""msak-server among clients that are right, wrong, slow or hostile. All on
loopback."""

import contextlib
import ctypes
import json
import os
import pwd
import re
import signal
import socket
import ssl
import subprocess
import time

import pytest

from harness import Process, free_port, program
from msak_peer import (BINARY, CLOSE, CONTINUED, DONE, LOCAL, PING, PONG,
                       SERVER, TEXT, WebSocket, certificate, path,
                       servers, wait_until)

VECTORS = os.path.join(os.environ["top_srcdir"], "tests/vectors/msak")
PTRACE_SEIZE, PTRACE_INTERRUPT, WALL = 0x4206, 0x4207, 0x40000000
CLERK = 1           # the first thread that msak-server starts
FORM = "application/x-www-form-urlencoded"
RECORD = ["GitShortCommit", "Version", "Direction", "MeasurementID", "UUID",
          "Server", "Client", "CCAlgorithm", "StartTime", "EndTime",
          "ServerMeasurements", "ClientMeasurements", "ClientOptions",
          "ClientMetadata"]
LATENCY_RECORD = ["GitShortCommit", "Version", "ID", "UUID", "Client",
                  "Server", "StartTime", "EndTime", "RoundTrips",
                  "PacketsSent", "PacketsReceived"]


def vectors(name):
    with open(f"{VECTORS}/{name}", encoding="utf-8") as f:
        return json.load(f)


@pytest.fixture
def server(tmp_path):
    yield from servers(tmp_path)


def trusting(pem):
    return ssl.create_default_context(cafile=pem)


def ask(port, request):
    """A raw request; status line, header lines, body, whether it closed."""
    with socket.create_connection((LOCAL, port), timeout=5) as s:
        s.sendall(request)
        data = b""
        while not data.startswith(b"HTTP/1.1 101") or b"\r\n\r\n" not in data:
            got = s.recv(65536)
            if not got:
                break
            data += got
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin1").split("\r\n")
        return lines[0], [h for h in lines[1:] if not h.startswith("Date: ")
                          ], body


# HTTP.

def test_http_cases(server):
    one = server()
    cases = vectors("http_cases.json")["cases"]
    assert len(cases) == 39
    for case in cases:
        line, fields, body = ask(one.port, case["request"].encode("latin1"))
        want = [h for h in case["headers"] if not h.startswith("Date: ")]
        assert line == case["status_line"], case["name"]
        if case.get("body", "").startswith('{"ID"'):
            got = json.loads(body)
            assert list(got) == list(json.loads(case["body"]))
            assert got["RoundTrips"] == [] and got["PacketsSent"] == 0
            continue
        assert fields == want, case["name"]
        if "body" in case:
            assert body.decode() == case["body"], case["name"]


def test_head_in_pieces(server):
    """However it is cut, and behind it what belongs to the stream."""
    one = server()
    request = (f"GET {path('download', duration=5000)} HTTP/1.1\r\n"
               "Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
               "Sec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
               "Sec-WebSocket-Protocol: net.measurementlab.throughput.v1"
               "\r\n\r\n").encode()
    close = b"\x88\x82\x00\x00\x00\x00\x03\xe8"
    for step in (1, 7, 100, len(request) + 8):
        with socket.create_connection((LOCAL, one.port), timeout=5) as s:
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            everything = request + close
            for i in range(0, len(everything), step):
                s.sendall(everything[i:i + step])
            while s.recv(1 << 20):
                pass
    wait_until(lambda: one.counters().get(
        'msak_throughput1_tests_total{direction="download",status="ok"}') == 4)


def test_body_that_waits_to_be_asked_for(server):
    """RFC 9110 section 10.1.1: where the body is read, and only there."""
    one = server()

    def post(kind, version=1, more=b""):
        s = socket.create_connection((LOCAL, one.port), timeout=5)
        s.sendall(f"POST /latency/v1/authorize HTTP/1.{version}\r\n"
                  f"Host: x\r\nContent-Type: {kind}\r\n"
                  "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"
                  .encode() + more)
        return s

    s = post(FORM)
    assert s.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    s.sendall(b"mid=a")
    assert s.recv(12) == b"HTTP/1.1 401"	# a form holds no mid
    s.close()
    for s in (post("text/plain"), post(FORM, more=b"mid=a"),
              post(FORM, more=b"m", version=0)):
        s.sendall(b"id=a")
        assert s.recv(12)[9:] == b"401"
        s.close()


@pytest.mark.parametrize("request_line,more", [
    ("GET /latency/v1/authorize?mid=a HTTP/1.1", b""),
    ("GET /nowhere HTTP/1.0", b""),
    (f"GET {path('download')} HTTP/1.1", b""),
    ("POST /latency/v1/authorize HTTP/1.1", b"mid=a")])
def test_expectation_that_nobody_meets(server, request_line, more):
    """RFC 9110 section 10.1.1. Nothing else of the request counts then."""
    one = server()
    line, fields, body = ask(one.port, (
        f"{request_line}\r\nHost: x\r\nContent-Type: {FORM}\r\n"
        f"Content-Length: {len(more)}\r\nExpect: tea\r\n\r\n").encode() +
        more)
    assert line[8:] == " 417 Expectation Failed" and body == b""
    assert fields[0] == "Content-Length: 0"
    assert one.counters()["msak_latency1_sessions"] == 0


def test_large_head(server):
    one = server()
    line, _, _ = ask(one.port, b"GET / HTTP/1.1\r\nHost: x\r\nA: " +
                     b"a" * 20000)
    assert line == "HTTP/1.1 431 Request Header Fields Too Large"


def test_page(server, tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><title>x</title>")
    one = server("-page", str(page))
    assert one.get("/") == (200, page.read_bytes())
    assert one.get("/", "HEAD") == (200, b"")
    assert one.get("/", "POST")[0] == 405
    assert one.get("/other")[0] == 404


def test_metrics_and_nothing_else(server):
    one = server()
    assert one.get("/debug/pprof/", port=one.metrics)[0] == 404
    assert one.get("/", port=one.metrics)[0] == 404
    assert one.get("/metrics")[0] == 404
    assert one.counters()["msak_connections"] == 0


def test_tokens(server):
    where = f"{VECTORS}/tokens"
    keys = ",".join(f"{where}/{n}.pub.jwk.json"
                    for n in ("EdDSA", "ES256", "ES384", "RS256"))
    cases = vectors("tokens/cases.json")["cases"]
    assert len(cases) == 17
    one = server("-token.verify", "-token.machine", "m1", "-token.verify-key",
                 keys)
    for case in cases:
        want = case["http_status"], case["body"].encode()
        target = "/latency/v1/authorize"
        assert one.get(f"{target}?access_token={case['token']}") == want
        assert one.get(target, "POST", body=f"access_token={case['token']}",
                       headers={"Content-Type": FORM}) == want
    assert one.get("/latency/v1/authorize?mid=a") == (401, b"")
    assert one.get(path("download")) == (401, b"")
    assert one.get("/nosuch")[0] == 404
    assert one.get("/metrics", port=one.metrics)[1].count(
        b'{path="unknown",reason="unenforced-path",request="accepted"} 1') == 1
    one.popen.send_signal(signal.SIGHUP)
    one.process.wait_for("Keys reloaded number=4")
    assert one.get("/latency/v1/authorize?access_token=" +
                   cases[0]["token"])[0] == 200


# Throughput.

def test_download_by_bytes(server):
    one = server()
    w = WebSocket(one.port, path("download", bytes=20000, client_name="t"))
    sizes, texts, close = w.to_close()
    # Text that a tick put in between counts too.
    assert sizes == [1024] * 16 + [2048, 1568] or len(texts) > 1
    assert close == DONE
    assert texts[-1]["Application"] == {"BytesSent": 20000}
    first = texts[0]
    assert list(first)[:4] == ["CC", "UUID", "LocalAddr", "RemoteAddr"]
    assert first["LocalAddr"] == f"{LOCAL}:{one.port}"
    assert first["RemoteAddr"] == f"{LOCAL}:{w.s.getsockname()[1]}"
    assert w.answer()
    name, record = one.record()
    assert list(record) == RECORD
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/throughput1-download-\d{8}T\d{6}\."
                        r"\d{9}Z\." + re.escape(first["UUID"]) + r"\.json",
                        name)
    assert record["Direction"] == "download"
    assert record["MeasurementID"] == "m1"
    assert record["UUID"] == first["UUID"]
    assert record["CCAlgorithm"] == first["CC"]
    assert record["Client"] == first["RemoteAddr"]
    assert len(record["ServerMeasurements"]) == len(texts)
    assert record["ClientMeasurements"] is None
    assert record["ClientOptions"] == [{"Name": "streams", "Value": "1"},
                                       {"Name": "bytes", "Value": "20000"}]
    assert record["ClientMetadata"] == [
        {"Name": "bytes", "Value": "20000"}, {"Name": "client_name",
                                              "Value": "t"}]
    counters = one.counters()
    assert counters['msak_throughput1_tests_total{direction="download",'
                    'status="ok"}'] == 1
    assert counters['msak_throughput1_file_writes_total{direction="download",'
                    'status="ok"}'] == 1


@pytest.mark.parametrize("limit", [1, 1000, 1025, 1_000_001])
def test_download_limits_are_exact(server, limit):
    one = server()
    w = WebSocket(one.port, path("download", bytes=limit))
    sizes, texts, _ = w.to_close()
    assert texts[-1]["Application"]["BytesSent"] == limit
    # Text that a tick put in between counts too.
    assert sum(sizes) == limit or len(texts) > 1


@pytest.mark.parametrize("host", [LOCAL, "::1"])
def test_download_by_time(server, host):
    one = server()
    began = time.monotonic()
    w = WebSocket(one.port, path("download", duration=700), host=host)
    sizes, texts, close = w.to_close()
    took = time.monotonic() - began
    assert 0.65 < took < 10
    assert close == DONE
    assert sum(sizes) > 1 << 20 and max(sizes) <= 1 << 20
    assert 1 <= len(texts) <= 2 + 10 * took
    # Text counts, but not the message that says so.
    assert texts[-1]["Application"]["BytesSent"] >= sum(sizes)
    elapsed = [t["ElapsedTime"] for t in texts]
    assert elapsed == sorted(elapsed) and 690000 <= elapsed[-1] < took * 1e6
    assert w.answer()
    _, record = one.record()
    assert len(record["ServerMeasurements"]) == len(texts)
    assert record["ServerMeasurements"][-1]["Application"] == \
        texts[-1]["Application"]


def test_pings_while_sending(server):
    one = server()
    w = WebSocket(one.port, path("download", duration=600))
    w.send(PING, b"hello")
    pongs, last = [], 0
    while True:
        _, opcode, payload = w.frame()
        if opcode == PONG:
            pongs.append(payload)
        if opcode == CLOSE:
            break
        last = opcode
    assert pongs == [b"hello"] and last == TEXT


def upload(w, total, piece):
    """total bytes in messages of fragments of at most piece bytes."""
    block = os.urandom(piece)
    for at in range(0, total, piece):
        n = min(piece, total - at)
        w.send(BINARY if at == 0 else CONTINUED, block[:n], at + n == total)
        if at == 0:
            w.send(PING, b"between")


@pytest.mark.parametrize("total,piece", [(100000, 4096), (3 << 20, 1 << 20),
                                         (9 << 20, 9 << 20)])
def test_upload_by_bytes(server, total, piece):
    one = server()
    # What comes behind the server's close counts if it comes soon.
    for n in range(1, 6):
        w = WebSocket(one.port, path("upload", bytes=total, cc="cubic"))
        upload(w, total, piece)
        sizes, texts, close = w.to_close()
        assert sizes == [] and close == DONE
        assert texts[-1]["Application"]["BytesReceived"] == total
        with contextlib.suppress(ConnectionError):
            w.send(TEXT, b'{"CC":"reno","Application":{"BytesSent":7},'
                         b'"Extra":1}')
        assert w.answer()
        wait_until(lambda: len(one.records()) == n)
        _, record = one.records()[-1]
        if record["ClientMeasurements"]:
            break
    assert record["Direction"] == "upload"
    assert record["CCAlgorithm"] == "reno"
    assert record["ClientMeasurements"] == [
        {"Application": {"BytesSent": 7}, "Network": {}}]
    assert record["ServerMeasurements"][-1]["Application"][
        "BytesReceived"] == total


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        return f.read().split()


def status(pid, *keys):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        lines = dict(line.split(":", 1) for line in f)
    return [lines[key].split() for key in keys]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give up")
def test_congestion_control_without_root(server):
    """A server that gave root up sets what root could. At most one process
    has kept a capability for that; it ends with the server."""
    with open("/proc/sys/net/ipv4/tcp_available_congestion_control",
              encoding="ascii") as f:
        names = {"reno", "cubic", "bbr"} & set(f.read().split())
    one = server("-user", "nobody")
    for cc in sorted(names):
        w = WebSocket(one.port, path("download", bytes=5000, cc=cc))
        _, texts, _ = w.to_close()
        assert texts[0]["CC"] == cc
        w.close()
    helpers = children(one.popen.pid)
    assert len(helpers) <= 1
    for pid in helpers:
        uid = str(pwd.getpwnam("nobody").pw_uid)
        assert status(pid, "Uid", "CapPrm", "CapEff", "NoNewPrivs") == [
            [uid] * 4, ["0000000000001000"], ["0000000000001000"], ["1"]]
    assert status(one.popen.pid, "CapPrm", "CapEff", "NoNewPrivs") == [
        ["0000000000000000"], ["0000000000000000"], ["1"]]
    assert one.process.stop() == 0
    for pid in helpers:
        assert not os.path.exists(f"/proc/{pid}")


@pytest.mark.parametrize("payload,status", [
    (DONE, "ok"), (b"\x0f\xa1", "close-error"), (b"", "close-error")])
def test_client_closes(server, payload, status):
    one = server()
    w = WebSocket(one.port, path("upload", duration=9000))
    w.send(CLOSE, payload)
    _, texts, close = w.to_close()
    assert close == payload[:2]
    assert w.is_closed()
    wait_until(lambda: one.counters().get(
        'msak_throughput1_tests_total{direction="upload",'
        f'status="{status}"}}') == 1)


def test_protocol_error(server):
    one = server()
    w = WebSocket(one.port, path("upload", duration=9000))
    w.s.sendall(b"\x82\x01x")		# unmasked
    _, _, close = w.to_close()
    assert close == b"\x03\xeabad MASK"
    assert w.is_closed()
    _, record = one.record()
    assert record["ClientMeasurements"] is None


def test_wss(server, tmp_path):
    pem, key = certificate(tmp_path, "one")
    one = server("-cert", pem, "-key", key, tls=True)
    w = WebSocket(one.tls, path("download", bytes=3000000), trusting(pem))
    assert w.s.cipher()[0] == "TLS_AES_128_GCM_SHA256"
    sizes, texts, close = w.to_close()
    assert sum(sizes) <= 3000000 and close == DONE
    assert texts[-1]["Application"]["BytesSent"] == 3000000
    assert texts[-1]["Network"]["BytesSent"] >= 3000000
    assert w.answer()
    # A new certificate without a new server.
    other, _ = certificate(tmp_path, "two")
    os.replace(other, pem)
    os.replace(other[:-4] + ".key", key)
    with pytest.raises(ssl.SSLError):
        WebSocket(one.tls, path("download", bytes=1), trusting(pem))
    one.popen.send_signal(signal.SIGHUP)
    one.process.wait_for("Certificate reloaded")
    w = WebSocket(one.tls, path("download", bytes=1), trusting(pem))
    assert w.to_close()[0] == [1]


def test_many_streams(server):
    one = server("-threads", "2")
    many = [WebSocket(one.port, path("upload", duration=5000))
            for _ in range(200)]
    assert one.counters()["msak_connections"] == 200
    for w in many:
        _, texts, close = w.to_close()
        assert close == DONE and texts
        assert w.answer()
    wait_until(lambda: len(one.records()) == 200)
    wait_until(lambda: one.counters()["msak_connections"] == 0)


# Limits.

def answer(port):
    """The status, 0 where there is none."""
    with socket.create_connection((LOCAL, port), timeout=5) as s:
        try:
            s.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            return int(s.recv(100)[9:12] or 0)
        except ConnectionError:
            return 0


@pytest.mark.parametrize("limit,status", [("-max-per-address", 429),
                                          ("-max-sessions", 503)])
def test_limits(server, limit, status):
    one = server(limit, "2")
    held = [socket.create_connection((LOCAL, one.port)) for _ in range(2)]
    wait_until(lambda: one.counters()["msak_connections"] == 2)
    assert answer(one.port) == status
    held.pop().close()
    wait_until(lambda: one.counters()["msak_connections"] == 1)
    assert answer(one.port) == 404
    assert one.counters()["msak_connections_refused_total"] == 1


def test_many_texts(server):
    """Neither one text without end nor texts without end fill memory."""
    one = server()
    w = WebSocket(one.port, path("upload", duration=9000))
    w.send(TEXT, b'{"a":"' + bytes(5_000_000) + b'"}')
    assert w.to_close()[2][:2] == b"\x03\xf1"		# 1009
    w = WebSocket(one.port, path("upload", duration=9000))
    for _ in range(20000):
        w.send(TEXT, b'{"Application":{"BytesSent":7}}')
    w.send(CLOSE, DONE[:2])
    w.to_close()
    assert w.is_closed()
    kept = max(len(r["ClientMeasurements"] or ())
               for _, r in wait_until(lambda: len(one.records()) == 2 and
                                      one.records()))
    assert 2000 < kept < 5000


def test_allow(server):
    one = server("-allow", "192.0.2.0/24")
    assert answer(one.port) == 0
    assert one.counters()["msak_connections_refused_total"] == 1


def test_memory(server):
    """Streams that would take more than the limit are refused."""
    one = server("-max-memory", "1048576")
    many = []
    with pytest.raises((AssertionError, OSError, EOFError),
                       match="503|reset|^$"):
        while len(many) < 100:
            many.append(WebSocket(one.port, path("upload", duration=9000)))
    assert 20 < len(many) < 100
    for w in many:
        w.close()
    wait_until(lambda: one.counters()["msak_connections"] == 0)
    wait_until(lambda: len(one.records()) == len(many))
    assert WebSocket(one.port, path("upload", duration=0)).to_close()[1]


@pytest.mark.parametrize("flag,served,other", [("-4", LOCAL, "::1"),
                                               ("-6", "::1", LOCAL)])
def test_families(tmp_path, flag, served, other):
    port = free_port()
    options = ["-ws_addr", f":{port}", "-latency_addr", ":0", "-user", "root",
               "-prometheusx.listen-address", ":0", "-datadir",
               str(tmp_path / "data"), flag]
    process = Process([program(SERVER), *options], None, False,
                      str(tmp_path / "one"))
    process.wait_for("Accepting UDP packets...")
    socket.create_connection((served, port), timeout=5).close()
    with pytest.raises(OSError):
        socket.create_connection((other, port), timeout=5)
    assert process.stop() == 0
    process.close()


def test_unwritable_archive(server, tmp_path):
    (tmp_path / "data").write_text("a file, not a folder")
    one = server()
    w = WebSocket(one.port, path("download", bytes=1000))
    assert w.to_close()[0] == [1000]
    assert w.answer()
    wait_until(lambda: one.counters().get(
        'msak_throughput1_file_writes_total{direction="download",'
        'status="error"}') == 1)
    assert "failed to write throughput1 result uuid=" in one.log


# Latency.

def kickoff(one, mid):
    status, body = one.get(f"/latency/v1/authorize?mid={mid}")
    assert status == 200
    assert body == b'{"Type":"c2s","ID":"%s","Seq":0}' % mid.encode()
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.connect((LOCAL, one.udp))
    s.settimeout(2)
    s.send(body)
    return s


def echo(s, seconds):
    """What was echoed for so long."""
    seqs, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        data = s.recv(2048)
        s.send(data)
        seqs.append(json.loads(data)["Seq"])
    return seqs


def test_latency(server):
    one = server()
    s = kickoff(one, "l1")
    assert one.counters()["msak_latency1_sessions"] == 1
    seqs = echo(s, 1)
    assert seqs == list(range(len(seqs))) and 10 <= len(seqs) <= 100
    time.sleep(0.005)
    status, body = one.get("/latency/v1/result?mid=l1")
    assert status == 200
    got = json.loads(body)
    assert list(got) == ["ID", "StartTime", "RoundTrips", "PacketsSent",
                         "PacketsReceived"]
    # No false loss: the last pings may still be under way.
    assert got["PacketsSent"] >= len(seqs)
    assert got["PacketsReceived"] == len(seqs)
    assert not any("Lost" in t for t in got["RoundTrips"][:len(seqs)])
    assert one.get("/latency/v1/result?mid=l1")[0] == 404
    name, record = one.record("latency1")
    assert list(record)[:11] == LATENCY_RECORD
    assert record["ID"] == got["ID"]
    assert record["Client"] == "%s:%d" % s.getsockname()
    assert re.search(r"/latency1-application-\d{8}T", name)


def test_latency_whole_and_forged(server):
    """A session to its end, among datagrams that would have hurt it."""
    one = server("-latency_ttl", "6s")
    s = kickoff(one, "l2")
    other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    other.connect((LOCAL, one.udp))
    for seq in (-1, 0, 1 << 40, "x"):
        for sender in (s, other):
            sender.send(json.dumps({"Type": "s2c", "ID": "l2",
                                    "Seq": seq}).encode())
    for junk in (b"", b"{", b"null", b"x" * 3000):
        other.send(junk)
    seqs = echo(s, 4.9)
    s.settimeout(1)
    with pytest.raises(TimeoutError):
        while True:
            s.send(s.recv(2048))
            seqs.append(0)
    assert 100 <= len(seqs) <= 280
    _, record = one.record("latency1")
    assert record["PacketsSent"] == record["PacketsReceived"] == len(seqs)
    assert one.counters()["msak_latency1_sessions"] == 0


# The end.

def test_sigterm_finishes(server):
    one = server()
    w = WebSocket(one.port, path("download", duration=20000))
    assert w.frame()[1] == BINARY
    s = kickoff(one, "l3")
    s.recv(2048)
    one.popen.send_signal(signal.SIGTERM)
    _, texts, close = w.to_close()
    assert texts and close == DONE
    assert w.answer()
    assert one.process.wait(5) == 0
    assert len(one.record()[1]["ServerMeasurements"]) == len(texts)
    assert one.record("latency1")[1]["PacketsSent"] >= 1


def test_sigterm_cuts(server):
    """A client that reads nothing holds nobody up."""
    one = server("-stop-timeout", "700ms")
    w = WebSocket(one.port, path("download", duration=20000), rcvbuf=4096)
    time.sleep(0.3)
    began = time.monotonic()
    assert one.process.stop() == 0
    assert time.monotonic() - began < 9
    assert one.record()[1]["Direction"] == "download"
    w.close()


@contextlib.contextmanager
def stopped_thread(pid, n):
    """The nth thread of a process does nothing, as in a disk that hangs, until
    the process has ended, which it has to do within the context."""
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    tid = int(os.listdir(f"/proc/{pid}/task")[n])   # the oldest first
    if ptrace(PTRACE_SEIZE, tid, None, None) == -1:
        pytest.skip(f"ptrace: {os.strerror(ctypes.get_errno())}")
    try:
        ptrace(PTRACE_INTERRUPT, tid, None, None)
        assert os.waitpid(tid, WALL)[0] == tid
        yield
        # Its end is told to nobody else; the process cannot end before.
        wait_until(lambda: os.waitpid(tid, WALL | os.WNOHANG)[0] == tid, 30)
    except BaseException:
        os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(tid, WALL)
        raise


def test_sigterm_and_a_disk_that_hangs(server):
    """Records that cannot be written hold nobody up for ever."""
    # What looks for leaks wants to stop all threads itself.
    one = server("-stop-timeout", "0s",
                 wrapper=["env", "ASAN_OPTIONS=detect_leaks=0"])
    with stopped_thread(one.popen.pid, CLERK):
        for _ in range(2):
            w = WebSocket(one.port, path("download", bytes=1))
            assert w.to_close()[2] == DONE and w.answer()
        assert one.get("/latency/v1/authorize?mid=m")[0] == 200
        one.popen.send_signal(signal.SIGTERM)
    assert one.process.wait(20) == 0
    assert one.log.endswith(
        "Stopped before all records were written missing=3\n")
    assert one.records() == [] and one.records("latency1") == []


def fails(*options):
    done = subprocess.run([program(SERVER), "-prometheusx.listen-address",
                           f"{LOCAL}:0", "-ws_addr", f"{LOCAL}:0",
                           "-latency_addr", f"{LOCAL}:0", *options],
                          text=True, capture_output=True, timeout=10)
    assert done.returncode == 1
    return done.stderr.splitlines()[-1][20:]


def test_failures_to_start(server, tmp_path):
    one = server()
    used = f"{LOCAL}:{one.metrics}"
    end = f"listen tcp {used}: bind: address already in use)"
    assert fails("-prometheusx.listen-address", used) == \
        "Could not start metric server (error: " + end
    assert fails("-ws_addr", used) == \
        "failed to create listener (error: " + end
    assert fails("-ws_addr", f":{one.port}") == (
        f"failed to create listener (error: listen tcp :{one.port}: "
        "bind: address already in use)")
    assert fails("-ws_addr", "nonsense") == (
        "failed to create listener (error: listen tcp: address nonsense: "
        "missing port in address)")
    assert fails("-ws_addr", "[::1]80") == (
        "failed to create listener (error: listen tcp: address [::1]80: "
        "missing port in address)")
    assert fails("-ws_addr", "[::1]:80:90") == (
        "failed to create listener (error: listen tcp: address [::1]:80:90: "
        "too many colons in address)")
    assert fails("-ws_addr", f"{LOCAL}:-1") == (
        "failed to create listener (error: listen tcp: address -1: "
        "invalid port)")
    assert fails("-latency_addr", "nonsense") == (
        "failed to resolve latency endpoint address (error: address "
        "nonsense: missing port in address)")
    assert fails("-latency_addr", f":{one.udp}") == (
        "cannot start latency UDP server (error: listen udp "
        f":{one.udp}: bind: address already in use)")
    assert fails("-cert", "nofile", "-key", "nofile", "-wss_addr",
                 f"{LOCAL}:{free_port()}") == (
        "Could not start cleartext server (error: open nofile: no such file "
        "or directory)")
    assert fails("-token.verify", "-token.machine", "m", "-token.verify-key",
                 f"{VECTORS}/http_cases.json") == (
        "Failed to load verifier (error: invalid JSON web key)")
