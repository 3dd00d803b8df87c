# SPDX-License-Identifier: BSD-2-Clause
"""The clients of msak against scripted servers."""

import contextlib
import fcntl
import json
import os
import pty
import re
import signal
import socket
import struct
import subprocess
import termios
import threading
import time
import urllib.parse

import pytest

import schema
from harness import free_port, program
from msak_stub import (BINARY, CLOSE, DEADLINE_S, Echoed, PING, PONG, Server,
                       Session, TEXT, certificate, close, frame, proxy_to,
                       run)

MEASUREMENT = b'{"CC":"reno","Application":{"BytesReceived":%d},' \
    b'"Network":{},"ElapsedTime":100000,"TCPInfo":{"RTT":1500,' \
    b'"MinRTT":1200,"BytesAcked":100000,"BytesSent":2000,' \
    b'"BytesRetrans":20}}'


def client(server, *args, **more):
    return run("msak-client", "-scheme", "ws", "-server", server.name,
               "-streams", "1", *args, **more)


def download(session):
    """A hundred kB, a measurement, the close, an orderly end."""
    session.accept(frame(BINARY, bytes(1000)))
    for _ in range(99):
        session.send(frame(BINARY, bytes(1000)))
    session.send(frame(TEXT, MEASUREMENT % 0) + close())
    got = session.until_close()
    assert got[-1] == (CLOSE, struct.pack(">H", 1000))
    assert session.conn.recv(1) == b""


def upload(session):
    """Say what came every 100 kB, close after a megabyte."""
    session.accept()
    total, said = 0, 0
    while total < 1000000:
        opcode, data = session.read_frame()
        assert opcode in (BINARY, TEXT)
        total += len(data)
        if total - said > 100000:
            said = total
            session.send(frame(TEXT, MEASUREMENT % total))
    session.send(frame(TEXT, MEASUREMENT % total) + close())
    assert session.until_close()[-1][0] == CLOSE


def both(session):
    if session.path.endswith("download"):
        download(session)
    else:
        upload(session)


def test_both_directions():
    with Server(both) as server:
        done = client(server)
    assert done.returncode == 0, done
    lines = done.stdout.splitlines()
    assert lines[0] == f"Starting download stream (server: {server.name})"
    assert lines[1].startswith(f"Connected to ws://{server.name}"
                               "/throughput/v1/download?bytes=0&cc=bbr&")
    assert re.search(r"^download rate: [0-9]+\.\d{6} Mb/s, rtt: \d+\.\d\d, "
                     r"minrtt: \d+\.\d\d$", done.stdout, re.M)
    assert re.search(r"^upload rate: [0-9]+\.\d{6} Mb/s, rtt: 1\.50, "
                     r"minrtt: ", done.stdout, re.M)
    assert "\n\nTest results:\n  download rate: " in done.stdout
    assert "\n  upload rate: " in done.stdout
    assert "complete" not in done.stdout


def test_request():
    with Server(both) as server:
        done = client(server, "-upload=false", "-mid", "a b", "-bytes", "7",
                      "-duration", "1500ms", "-cc", "reno")
    assert done.returncode == 0
    session, = server.sessions
    assert session.fields["Sec-WebSocket-Protocol"] == \
        "net.measurementlab.throughput.v1"
    assert session.fields["Host"] == server.name
    pairs = urllib.parse.parse_qsl(session.query)
    assert [k for k, _ in pairs] == sorted(k for k, _ in pairs)
    query = dict(pairs)
    assert (query["mid"], query["bytes"], query["duration"], query["cc"],
            query["streams"], query["client_name"],
            query["client_library_name"]) == \
        ("a b", "7", "1500", "reno", "1", "msak-client-go", "msak-client")
    assert "mid=a+b" in session.query


@pytest.mark.parametrize("threads,expected", [(1, 1), (3, 3), (64, 4),
                                             (0, min(4, os.cpu_count()))])
def test_threads(threads, expected):
    together, counts = threading.Barrier(4), []
    child, started = [], threading.Event()

    def script(session):
        started.wait(DEADLINE_S)
        if together.wait(DEADLINE_S) == 0:
            counts.append(len(os.listdir(f"/proc/{child[0].pid}/task")))
        together.wait(DEADLINE_S)
        download(session)

    with Server(script) as server:
        child.append(subprocess.Popen(
            [program("msak/msak-client"), "-server", server.name, "-scheme",
             "ws", "-streams", "4", "-upload=false", "-json", "-threads",
             str(threads)], stdout=subprocess.PIPE, text=True))
        started.set()
        out, _ = child[0].communicate(timeout=60)
    assert counts == [1 + expected]
    streams = json.loads(out)["result"]["download"]["streams"]
    # What the script sends, texts included.
    assert [s["size_bytes"] for s in streams] == \
        [100000 + len(MEASUREMENT % 0)] * 4
    assert child[0].returncode == 0


def test_streams_and_delay():
    starts = []

    def script(session):
        starts.append(time.monotonic())
        session.accept()
        session.until_close()
        session.send(close(1000, b""))
    with Server(script) as server:
        done = client(server, "-streams", "3", "-delay", "700ms",
                      "-duration", "3s", "-upload=false")
    assert len(starts) == 3
    # 1.4 s, give or take what the script was late.
    assert max(starts) - min(starts) > 0.7
    # One end for all, counted from the first.
    assert done.stdout.count(f"complete (server {server.name})") == 3
    assert done.returncode == 0


def test_the_limit_of_bytes_is_exact():
    texts, sizes = [], []

    def script(session):
        session.accept()
        while sum(sizes) + sum(texts) < 150000:
            opcode, data = session.read_frame()
            (texts if opcode == TEXT else sizes).append(len(data))
        session.send(frame(TEXT, MEASUREMENT % 150000) + close())
        rest = session.until_close()
        assert not [op for op, _ in rest if op == BINARY]
    with Server(script) as server:
        done = client(server, "-download=false", "-bytes", "150000")
    assert done.returncode == 0, done
    assert sum(sizes) + sum(texts) == 150000
    assert sizes[0] == 1024


def test_a_ping_is_answered_and_the_last_measurement_comes():
    pongs = []

    def script(session):
        session.accept(frame(PING, b"hello"))
        got = session.until_close()
        pongs.extend(data for op, data in got if op == PONG)
        assert got[-1] == (CLOSE, struct.pack(">H", 1000) + b"Done sending")
        assert got[-2][0] == TEXT
        json.loads(got[-2][1])
        first = json.loads(next(d for op, d in got if op == TEXT))
        assert list(first)[:4] == ["CC", "UUID", "LocalAddr", "RemoteAddr"]
        session.send(close(1000, b""))
        assert session.conn.recv(1) == b""
    with Server(script) as server:
        done = client(server, "-upload=false", "-duration", "500ms")
    assert pongs == [b"hello"]
    assert done.returncode == 0, done
    assert f"Stream 0 complete (server {server.name})\n" in done.stdout


def test_refused():
    port = free_port()
    done = run("msak-client", "-scheme", "ws", "-server", f"127.0.0.1:{port}")
    line = f"dial tcp 127.0.0.1:{port}: connect: connection refused\n"
    assert line in done.stdout
    assert done.stdout.endswith("\n\nTest results:\n")
    assert done.returncode == 1


def test_no_such_host():
    done = run("msak-client", "-scheme", "ws", "-server", "nosuch.invalid",
               "-upload=false")
    assert re.search(r"^dial tcp: lookup nosuch\.invalid.*: ", done.stdout,
                     re.M)
    assert done.returncode == 1


def test_scheme():
    done = run("msak-client", "-scheme", "ftp", "-server", "h")
    assert "malformed ws or wss URL\n" in done.stdout
    assert done.returncode == 1


def raw(data):
    return lambda session: session.send(data)


def accepted(data):
    def script(session):
        session.accept(data)
        session.until_close()
    return script


@pytest.mark.parametrize("script, text", [
    (raw(b"HTTP/1.1 404 Not Found\r\n\r\n"), "websocket: bad handshake"),
    (raw(b"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
         b"Sec-WebSocket-Accept: AAAA\r\n\r\n"), "websocket: bad handshake"),
    (raw(b""), "unexpected EOF"),
    (accepted(frame(TEXT, b"x", 0xc0)), "websocket: RSV1 set"),
    (accepted(b"\x82\x81aaaab"), "websocket: bad MASK"),
    (accepted(close(1001, b"text")), r"websocket: close 1001.*: text"),
], ids=["404", "accept", "eof", "rsv1", "mask", "1001"])
def test_errors(script, text):
    with Server(script) as server:
        done = client(server, "-upload=false", "-duration", "2s")
    assert re.search(f"^{text}$", done.stdout, re.M), done


def test_the_end_without_close_is_an_error():
    def script(session):
        session.accept(frame(BINARY, bytes(5000)))
    with Server(script) as server:
        done = client(server, "-upload=false")
    assert "unexpected EOF\n" in done.stdout
    assert done.returncode == 1


def test_reset():
    def script(session):
        session.accept(frame(BINARY, bytes(5000)))
        session.conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                struct.pack("ii", 1, 0))
    with Server(script) as server:
        done = client(server, "-upload=false")
    assert re.search(rf"^read tcp 127\.0\.0\.1:\d+->{server.name}: read: "
                     "connection reset by peer$", done.stdout, re.M), done
    assert done.returncode == 1


def test_silence_ends_at_the_duration():
    def script(session):
        session.accept()
        session.until_end()
    start = time.monotonic()
    with Server(script) as server:
        done = client(server, "-upload=false", "-duration", "500ms")
    assert 0.5 < time.monotonic() - start < 15
    assert (f"Stream 0 complete (server {server.name})\n"
            f"Stream 0 cut (server {server.name}): its close did not come in "
            "time\n") in done.stdout
    assert done.returncode == 0


def test_an_interrupt_tells_what_there_was():
    def script(session):
        session.accept(frame(BINARY, bytes(100000)))
        session.until_close()
        session.send(close(1000, b""))
    with Server(script) as server, subprocess.Popen(
            [program("msak/msak-client"), "-scheme", "ws", "-server",
             server.name, "-duration", "20s"], text=True,
            stdout=subprocess.PIPE) as process:
        while not process.stdout.readline().startswith("download rate"):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "\nTest results:\n  download rate: " in out
    assert "upload" not in out


def test_json():
    with Server(both) as server:
        done = client(server, "-json")
    result = schema.load(done.stdout, "msak-client")
    assert result["result"]["download"]["size_bytes"] >= 100000
    assert result["result"]["upload"]["size_bytes"] >= 1000000
    stream, = result["result"]["download"]["streams"]
    assert stream["cc"] == "reno"
    assert stream["tcp_retrans_bytes"] == 20
    assert stream["clean_close"] is True
    assert result["error"] is None


def kinds(done, name):
    """The events, of which each is as its schema says; and what is last."""
    docs = schema.lines(done.stdout, name, "event")
    assert docs[-1]["event"] == "summary"
    return {doc["event"] for doc in docs[:-1]}, docs[-1]


def test_events():
    with Server(both) as server:
        done = client(server, "-format", "json")
    events, last = kinds(done, "msak-client")
    assert events == {"starting", "connected", "interval"}
    assert last["error"] is None and "intervals" not in last
    with Server(lambda session: session.answer(400)) as server:
        done = client(server, "-format", "json")
    events, last = kinds(done, "msak-client")
    assert events == {"starting", "error"} and done.returncode == 1
    assert last["error"]["code"] == 1


MATRIX = ["-matrix.streams", "1,2", "-matrix.cc", "reno,cubic",
          "-upload=false"]


def test_matrix():
    with Server(both) as server:
        done = client(server, *MATRIX, "-quiet")
    assert done.stdout.count("Test results:") == 4
    assert [f"cc={cc}" in s.query for s, cc in zip(
        server.sessions, ["reno"] * 3 + ["cubic"] * 3)] == [True] * 6
    head, *rows = done.stdout.split("\nMatrix (", 1)[1].splitlines()[1:]
    assert head.split() == ["streams", "cc", "duration", "download", "again"]
    assert [row.split()[:3] for row in rows] == [
        [n, cc, "5.00s"] for cc in ("reno", "cubic") for n in "12"]
    assert all(float(row.split()[3]) > 0 and row.split()[4] == "1.00" and
               len(row) == len(head) for row in rows)
    assert done.returncode == 0


def test_matrix_in_json():
    with Server(both) as server:
        done = client(server, *MATRIX, "-json")
        matrix = schema.load(done.stdout, "msak-client")["matrix"]
        assert [(r["streams"], r["cc"], len(r["result"]["download"]
                                            ["streams"]), r["error"])
                for r in matrix] == [
            (n, cc, n, None) for cc in ("reno", "cubic") for n in (1, 2)]
        done = client(server, *MATRIX, "-format", "json")
    *events, last = schema.lines(done.stdout, "msak-client", "event")
    assert [e["streams"] for e in events if e["event"] == "run"] == \
        [1, 2, 1, 2]
    assert len(last["matrix"]) == 4 and last["error"] is None


def test_matrix_with_a_run_that_fails():
    def script(session):
        if "cc=reno" in session.query:
            session.answer(400)
        else:
            both(session)
    with Server(script) as server:
        done = client(server, *MATRIX, "-json")
    assert done.returncode == 1
    result = schema.load(done.stdout, "msak-client")
    assert [r["error"] and r["error"]["message"] for r in result["matrix"]] \
        == ["websocket: bad handshake"] * 2 + [None] * 2
    assert result["error"]["code"] == 1


@pytest.mark.parametrize("term, columns, has_bar", [
    ("xterm", 80, True), ("xterm", 40, False), ("dumb", 80, None),
], ids=["wide", "narrow", "dumb"])
def test_terminal(term, columns, has_bar):
    """A line that is written over: with a bar, without; none at all."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ,
                struct.pack("HHHH", 24, columns, 0, 0))
    with Server(download) as server:
        done = subprocess.run(
            [program("msak/msak-client"), "-scheme", "ws", "-server",
             server.name, "-streams", "1", "-upload=false"], stdout=slave,
            env={**os.environ, "TERM": term}, timeout=20, check=False)
    os.close(slave)
    text = b""
    with contextlib.suppress(OSError):
        while data := os.read(master, 65536):
            text += data
    os.close(master)
    assert done.returncode == 0
    lines = text.decode().replace("\r\n", "\n").split("\n")
    assert "Test results:" in lines
    over = [part for line in lines for part in line.split("\r")
            if part.endswith("\033[K")]
    if has_bar is None:
        assert not over
        assert any(line.startswith("download rate: ") for line in lines)
        return
    assert over
    for part in over:
        assert len(part) - len("\033[K") < columns
        assert part.startswith("download [" if has_bar else "download ")
        assert ("[#" in part or "[ " in part) is has_bar


def test_legacy_has_a_line_each_100_ms():
    """Also before the server of an upload has said anything."""
    def script(session):
        session.accept()
        begun, total = time.monotonic(), 0
        while time.monotonic() - begun < 1:
            total += len(session.read_frame()[1])
        session.send(frame(TEXT, MEASUREMENT % total))
        while time.monotonic() - begun < 1.6:
            session.read_frame()
        session.send(close())
        session.until_close()
    with Server(script) as server:
        done = client(server, "-format", "legacy", "-download=false")
    lines = [line for line in done.stdout.splitlines()
             if line.startswith("Elapsed")]
    assert re.fullmatch(r"Elapsed: 0\.[1-9]\ds, Goodput: 0\.000000 Mb/s, "
                        r"MinRTT: 0", lines[0])
    last = re.fullmatch(r"Elapsed: (\d+\.\d\d)s, Goodput: \d+\.\d{6} Mb/s, "
                        r"MinRTT: 1200", lines[-1])
    assert 3 <= len(lines) <= float(last[1]) / 0.1 + 1
    assert "results" not in done.stdout and done.returncode == 0


def test_the_silent_are_given_up():
    def script(session):
        session.until_end()
    with Server(script) as server:
        start = time.monotonic()
        done = client(server, "-upload=false")
        assert 4.5 < time.monotonic() - start < 15
    assert re.search(rf"^read tcp 127\.0\.0\.1:\d+->{server.name}: "
                     "i/o timeout$", done.stdout, re.M), done
    assert done.returncode == 1


# TLS.

@pytest.fixture(name="tls", scope="module")
def _tls(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("tls"),
                       "DNS:localhost,IP:127.0.0.1")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_tls(tls, host):
    context, cert = tls
    with Server(both, context) as server:
        done = run("msak-client", "-server", f"{host}:{server.port}",
                   "-streams", "2", "-4", "-json", "-duration", "20s",
                   env={"SSL_CERT_FILE": str(cert)})
    assert done.returncode == 0, done
    result = json.loads(done.stdout)["result"]
    assert result["upload"]["size_bytes"] >= 2000000


def test_tls_of_a_stranger(tls):
    with Server(both, tls[0]) as server:
        done = run("msak-client", "-server", server.name, "-upload=false")
        assert "x509: certificate signed by unknown authority\n" \
            in done.stdout
        assert done.returncode == 1
        done = run("msak-client", "-server", server.name, "-upload=false",
                   "-no-verify")
        assert done.returncode == 0


def test_tls_of_another(tls, tmp_path):
    context, cert = certificate(tmp_path, "DNS:other.example")
    with Server(both, context) as server:
        done = run("msak-client", "-server", f"localhost:{server.port}",
                   "-upload=false", env={"SSL_CERT_FILE": str(cert)})
    assert "x509: certificate is not valid for localhost\n" in done.stdout
    assert done.returncode == 1


def test_tls_where_there_is_none():
    def answer():
        conn, _ = listener.accept()
        with conn:
            conn.recv(4096)
            conn.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer)
        thread.start()
        done = run("msak-client", "-server",
                   "127.0.0.1:%d" % listener.getsockname()[1],
                   "-upload=false", "-streams", "1")
        thread.join()
    assert "tls: first record does not look like a TLS handshake\n" \
        in done.stdout
    assert done.returncode == 1


# Locate.

def locator(urls, status=200):
    answer = {"results": [{"machine": f"m{i}", "urls": u}
                          for i, u in enumerate(urls)]}

    def script(session):
        if session.path == "/v2/nearest/msak/throughput1" or \
                session.path == "/v2/nearest/msak/latency1":
            session.answer(status, json.dumps(answer))
        elif session.path == "/moved/msak/throughput1":
            session.answer(302, b"", [
                "Location: /v2/nearest/msak/throughput1?" + session.query])
        else:
            session.answer(404)
    return script


def targets(*names):
    return [{f"ws:///throughput/v1/{d}": f"ws://{n}/throughput/v1/{d}?"
             "access_token=TT&mid=theirs" for d in ("download", "upload")}
            for n in names]


@pytest.mark.parametrize("base", ["v2/nearest/", "moved"])
def test_locate_turns_to_the_next(base):
    dead = f"127.0.0.1:{free_port()}"
    with Server(both) as server, \
            Server(locator(targets(dead, server.name))) as locate:
        done = run("msak-client", "-scheme", "ws", "-streams", "1",
                   "-locate.url", f"http://{locate.name}/{base}?key=K")
    assert done.returncode == 0, done
    assert f"URL: ws://{dead}/throughput/v1/download" in done.stderr
    assert f"URL: ws://{server.name}/throughput/v1/upload" in done.stderr
    assert all(s.query == "key=K" for s in locate.sessions)
    query = dict(urllib.parse.parse_qsl(server.sessions[0].query))
    assert (query["access_token"], query["mid"], query["streams"]) == \
        ("TT", "theirs", "1")


@pytest.mark.parametrize("body, status, text", [
    ('{"error":{"title":"T","detail":"D"}}', 500, "T: D"),
    ("{}", 200, "no available M-Lab servers"),
    ('{"results":[]}', 200, "no targets available"),
], ids=["error", "none", "empty"])
def test_locate_without_a_server(body, status, text):
    with Server(lambda s: s.answer(status, body)) as locate:
        done = run("msak-client", "-scheme", "ws", "-upload=false",
                   "-locate.url", f"http://{locate.name}/")
    assert re.search(rf"^\d+/\d+/\d+ [\d:]+ {text}$", done.stderr, re.M)
    assert done.stdout == "\nTest results:\n"
    assert done.returncode == 1


def test_locate_in_chunks_through_a_proxy():
    def script(session):
        assert session.target == "http://locate.invalid/v2/msak/throughput1"
        session.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                     b"5\r\n{\"res\r\n8;x=y\r\nults\":[]\r\n1\r\n}\r\n"
                     b"0\r\n\r\n")
    with Server(script) as proxy:
        done = run("msak-client", "-scheme", "ws", "-upload=false",
                   "-locate.url", "http://locate.invalid/v2",
                   env={"HTTP_PROXY": f"http://{proxy.name}"})
    assert "no targets available\n" in done.stderr, done
    with Server(lambda s: s.answer(200)) as proxy:
        done = run("msak-client", "-scheme", "ws", "-upload=false",
                   "-locate.url", "http://locate.invalid/v2",
                   env={"HTTP_PROXY": f"http://{proxy.name}",
                        "NO_PROXY": "x.org,.invalid"})
    assert not proxy.sessions
    assert 'Get "http://locate.invalid/v2/msak/throughput1": dial tcp: ' \
        in done.stderr


def test_redirects_have_an_end():
    with Server(lambda s: s.answer(302, b"", ["Location: /again"])) as locate:
        done = run("msak-client", "-scheme", "ws", "-upload=false",
                   "-locate.url", f"http://{locate.name}/")
    assert f'Get "http://{locate.name}/again": stopped after 10 redirects\n' \
        in done.stderr
    assert len(locate.sessions) == 11


def test_locate_through_a_tunnel(tmp_path):
    context, cert = certificate(tmp_path, "DNS:locate.invalid")
    asked = []

    def script(session):
        assert (session.method, session.target) == \
            ("CONNECT", "locate.invalid:443")
        session.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with context.wrap_socket(session.conn, server_side=True) as conn:
            inner = Session(conn)
            asked.append(inner.target)
            inner.answer(200, '{"results":[]}')
    with Server(script) as proxy:
        done = run("msak-client", "-upload=false", "-locate.url",
                   "https://locate.invalid/",
                   env={"https_proxy": proxy.name,
                        "SSL_CERT_FILE": str(cert)})
    assert asked == ["/msak/throughput1"]
    assert "no targets available\n" in done.stderr, done
    with Server(lambda s: s.answer(403)) as proxy:
        done = run("msak-client", "-upload=false", "-locate.url",
                   "https://locate.invalid/", env={"https_proxy": proxy.name})
    assert 'Get "https://locate.invalid/msak/throughput1": X\n' \
        in done.stderr


NAME, PASSWORD = "n%40", "p:%2F"
USER = "n@:p:/"


def ask_by(variable, value, *args, scheme="http", **env):
    return run("msak-client", "-upload=false", "-locate.url",
               f"{scheme}://locate.invalid/", *args,
               env={variable: value, **env})


def test_a_proxy_that_wants_a_password():
    with Server(lambda s: s.answer(200, '{"results":[]}')) as locate, \
            Server(proxy_to(locate, USER)) as proxy:
        done = ask_by("http_proxy", f"http://{NAME}:{PASSWORD}@{proxy.name}/")
        assert "no targets available\n" in done.stderr, done
        assert [s.target for s in locate.sessions] == ["/msak/throughput1"]
        assert proxy.sessions[0].target == \
            "http://locate.invalid/msak/throughput1"
        done = ask_by("http_proxy", f"{NAME}:wrong@{proxy.name}")
        assert "unexpected end of JSON input\n" in done.stderr, done
        assert len(locate.sessions) == 1


def test_a_tunnel_that_wants_a_password(tmp_path):
    context, cert = certificate(tmp_path, "DNS:locate.invalid")
    with Server(lambda s: s.answer(200, '{"results":[]}'), context) \
            as locate, Server(proxy_to(locate, USER)) as proxy:
        done = ask_by("HTTPS_PROXY", f"{NAME}:{PASSWORD}@{proxy.name}",
                      scheme="https", SSL_CERT_FILE=str(cert))
        assert "no targets available\n" in done.stderr, done
        assert proxy.sessions[0].target == "locate.invalid:443"
        done = ask_by("HTTPS_PROXY", proxy.name, scheme="https")
        assert 'Get "https://locate.invalid/msak/throughput1": X\n' \
            in done.stderr
        assert len(locate.sessions) == 1


@pytest.mark.parametrize("variable, value, scheme, what", [
    ("HTTP_PROXY", "socks5://u:secret@127.0.0.1:1", "http",
     'HTTP_PROXY: a proxy of scheme "socks5" is not supported, only http'),
    ("https_proxy", "https://127.0.0.1:1", "https",
     'https_proxy: a proxy of scheme "https" is not supported, only http'),
    ("HTTPS_PROXY", "http://u:secret@h:x", "https",
     "HTTPS_PROXY: invalid proxy address"),
], ids=["socks5", "https", "bad"])
def test_proxies_of_another_kind(variable, value, scheme, what):
    done = ask_by(variable, value, scheme=scheme)
    assert done.stderr.endswith(
        f' Get "{scheme}://locate.invalid/msak/throughput1": {what}\n')
    assert done.stderr.count("\n") == 1 and "secret" not in done.stderr
    assert done.returncode == 1


def test_a_proxy_that_is_not_there():
    port = free_port()
    done = ask_by("http_proxy", f"u:secret@127.0.0.1:{port}")
    assert done.stderr.endswith(
        ' Get "http://locate.invalid/msak/throughput1": proxyconnect tcp: '
        f"dial tcp 127.0.0.1:{port}: connect: connection refused\n")


def test_latency_by_a_proxy():
    with Server(latency) as server, Server(proxy_to(server, USER)) as proxy:
        done = run("msak-latency", "-server", "//here.invalid", "-mid", "m",
                   env={"HTTP_PROXY":
                        f"http://{NAME}:{PASSWORD}@{proxy.name}"})
    assert [s.target for s in server.sessions] == \
        ["/latency/v1/authorize?mid=m"]
    assert "here.invalid" in done.stderr
    assert done.returncode == 1


# minimal-download.

def minimal(server, *args):
    return run("minimal-download", "-server.url",
               f"ws://{server.name}/throughput/v1/download?x=y", *args)


def test_minimal():
    with Server(download) as server:
        done = minimal(server, "-server.mid", "m")
    lines = done.stderr.splitlines()
    assert lines[0] == \
        f"Connecting: ws://{server.name}/throughput/v1/download?..."
    assert lines[1] == (
        "Download server #1 rate: 8.00 Mbps, rtt  1.50ms, elapsed 0.1000s, "
        "application r/w: 0/0, network r/w: 0/0 kernel* r/w: 0/100000")
    assert lines[2] == "------"
    size = 100000 + len(MEASUREMENT % 0)
    assert re.fullmatch(
        r"Download total average:  [\d.]+ Mbps, MinRTT  1.20ms, elapsed "
        rf"[\d.]+s, application r/w: 0/{size}", lines[3])
    assert len(lines) == 4 and done.stdout == "" and done.returncode == 0
    session, = server.sessions
    assert session.fields["User-Agent"] == "msak-minimal-download-go/v0.0.1"
    query = dict(urllib.parse.parse_qsl(session.query))
    assert (query["x"], query["mid"], query["client_library_name"]) == \
        ("y", "m", "msak-minimal-download-go-adhoc")


@pytest.mark.parametrize("streams,each", [(1, "interval"), (2, "progress")])
def test_minimal_events(streams, each):
    with Server(download) as server:
        done = minimal(server, "-format", "json", "-streams", streams)
    events, last = kinds(done, "minimal-download")
    assert events >= {"connecting", each} and done.returncode == 0
    assert last["result"]["total"]["size_bytes"] > 100000
    done = run("minimal-download", "-format", "json", "-server.url",
               f"ws://127.0.0.1:{free_port()}/x")
    events, last = kinds(done, "minimal-download")
    assert events == {"connecting", "skipping"} and last["result"] is None


def test_minimal_does_not_hang():
    port = free_port()
    done = run("minimal-download", "-server.url", f"ws://127.0.0.1:{port}/x",
               timeout=20)
    assert done.stderr.endswith(
        "skipping one stream; fialed to connect: dial tcp "
        f"127.0.0.1:{port}: connect: connection refused\n")
    assert done.returncode == 1


def test_minimal_by_locate():
    dead = f"127.0.0.1:{free_port()}"
    with Server(download) as server, \
            Server(locator(targets(dead, server.name))) as locate:
        done = run("minimal-download", "-locate.scheme", "ws", "-streams",
                   "2", "-locate.url", f"http://{locate.name}/v2/nearest")
        assert done.returncode == 0, done
        assert len(server.sessions) == 2
        done = run("minimal-download", "-locate.url",
                   f"http://{locate.name}/v2/nearest")
    assert (done.stderr, done.returncode) == ("no server\n", 1)


def test_minimal_has_a_longest_time():
    def script(session):
        session.accept()
        session.until_close()
        session.send(close(1000, b""))
    start = time.monotonic()
    with Server(script) as server:
        done = minimal(server, "-max-duration", "5s", "-streams", "2")
    assert 4.9 < time.monotonic() - start < 20
    assert "Download first average:  " in done.stderr
    assert done.returncode == 0


# latency1.

SUMMARY = json.dumps({
    "ID": "host_1_2", "StartTime": "2026-01-01T00:00:00Z",
    "RoundTrips": [{"RTT": 1000}, {"RTT": 0, "Lost": True}, {"RTT": 3000}],
    "PacketsSent": 3, "PacketsReceived": 2})


def latency(session):
    if session.path == "/latency/v1/authorize":
        session.answer(200, '{"Type":"c2s","ID":"m","Seq":0}')
    else:
        assert session.path == "/latency/v1/result"
        session.answer(200, SUMMARY)


def test_latency():
    with Server(latency) as server, Echoed(n=7, ignore=1) as udp:
        done = run("msak-latency", "-server", f"http://{server.name}",
                   "-mid", "m", "-latency_port", udp.port)
        assert len(udp.kickoffs) == 2
        assert udp.kickoffs[0] == b'{"Type":"c2s","ID":"m","Seq":0}'
        assert [json.loads(d)["Seq"] for d in udp.back] == list(range(7))
    assert [s.target for s in server.sessions] == [
        "/latency/v1/authorize?mid=m", "/latency/v1/result?mid=m"]
    assert re.fullmatch(
        rf"Attempting to connect to: http://{server.name}"
        r"/latency/v1/authorize\?mid=m\n\.{7}read error: read udp "
        rf"127\.0\.0\.1:\d+->127\.0\.0\.1:{udp.port}: i/o timeout\n\n"
        r"rtt min/avg/max: 1\.000/2\.000/3\.000 ms, loss: 0\.3\n"
        r"rtt p50/p90/p99: .*\n"
        r"packets sent/received/lost: 3/2/1 \(33\.33%\)\n", done.stdout)
    assert done.returncode == 0


def test_latency_events():
    with Server(latency) as server, Echoed() as udp:
        done = run("msak-latency", "-server", server.name, "-latency_port",
                   udp.port, "-format", "json")
    assert kinds(done, "msak-latency")[0] == {"connecting", "end"}


def test_latency_without_an_id():
    """What a server of one's own says then."""
    with Server(lambda session: session.answer(401)) as server:
        done = run("msak-latency", "-server", server.name)
    assert done.stderr.endswith("connection failed (error: no kickoff, HTTP "
                                "status 401 (no valid token, or no -mid))\n")
    assert done.returncode == 1


def test_latency_refused():
    port = free_port()
    done = run("msak-latency", "-server", f"127.0.0.1:{port}")
    assert ("connection failed (error: Get \"http://127.0.0.1:"
            f"{port}/latency/v1/authorize?mid=\": dial tcp 127.0.0.1:{port}: "
            "connect: connection refused)\n") in done.stderr
    assert done.returncode == 1


def test_latency_by_locate():
    dead = f"127.0.0.1:{free_port()}"
    with Server(latency) as server, Echoed() as udp:
        urls = [{f"http:///latency/v1/{p}": f"http://{n}/latency/v1/{p}?a=b"
                 for p in ("authorize", "result")}
                for n in (dead, server.name)]
        with Server(locator(urls)) as locate:
            done = run("msak-latency", "-locate.url",
                       f"http://{locate.name}/v2/nearest", "-latency_port",
                       udp.port)
    assert f"failed to connect to http://{dead}/latency/v1/authorize?a=b\n" \
        in done.stdout
    assert done.returncode == 0


def test_latency_under_load():
    def script(session):
        if "latency" in session.path:
            latency(session)
        else:
            session.accept(frame(BINARY, bytes(100000)))
            session.until_close()
            session.send(close(1000, b""))
    with Server(script) as server, Echoed() as udp:
        done = client(server, "-latency", "-latency_port", udp.port, "-json",
                      "-upload=false", "-duration", "1s")
    result = schema.load(done.stdout, "msak-client")["result"]
    assert result["idle_latency"]["rtt_ms"]["p50"] == 1
    assert result["download"]["loaded_latency"] is not None
    assert done.returncode == 0


def unreached(session):
    if session.path.startswith("/latency"):
        session.answer(200, '{"Type":"c2s","ID":"m","Seq":0}' if
                       session.path.endswith("authorize") else json.dumps(
                           {"ID": "h", "StartTime": "2026-01-01T00:00:00Z",
                            "RoundTrips": [], "PacketsSent": 0,
                            "PacketsReceived": 0}))
    else:
        both(session)


def test_latency_to_another_port():
    """The session is there, but nothing of it comes to the server."""
    port = free_port()
    with Server(unreached) as server:
        done = run("msak-latency", "-server", server.name, "-mid", "m",
                   "-latency_port", port, "-quiet")
    assert re.fullmatch(rf"\S+ \S+ no packet reached the server's UDP port "
                        rf"{port}\n", done.stderr)
    assert done.stdout == "rtt min/avg/max: 0.000/0.000/0.000 ms, loss: 0.0\n"
    assert done.returncode == 1


def test_latency_under_load_to_another_port():
    port = free_port()
    with Server(unreached) as server:
        done = client(server, "-latency", "-latency_port", port,
                      "-upload=false")
    assert re.search(rf"^latency: read udp 127\.0\.0\.1:\d+->127\.0\.0\.1:"
                     rf"{port}: read: connection refused$", done.stdout,
                     re.M), done
    assert "  download rate: " in done.stdout and done.returncode == 0


# generate-schema.

def test_schema(tmp_path):
    vectors = os.path.join(os.environ["top_srcdir"],
                           "tests/vectors/msak/schema")
    done = run("generate-schema", "-throughput1", tmp_path / "throughput1",
               "-latency1", tmp_path / "latency1")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    for name in ("throughput1", "latency1"):
        with open(f"{vectors}/{name}.json", "rb") as f:
            assert (tmp_path / name).read_bytes() == f.read()
    done = run("generate-schema", "-throughput1", "/nonexistent/x")
    assert done.stderr.endswith("failed to write throughput1 schema (error: "
                                "open /nonexistent/x: no such file or "
                                "directory)\n")
    assert done.returncode == 1
