# SPDX-License-Identifier: BSD-2-Clause
"""udping_server's counters over HTTP, for those who ask and for those who
would rather disturb."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

from harness import free_port, program
from udping import GUID, SERVER, Server, probe, sender

LOCAL = "127.0.0.1"
GET = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"


class Scraped(Server):
    def __init__(self, *options, **kw):
        self.at = (LOCAL, free_port())
        super().__init__("-n", "--prometheus", "%s:%d" % self.at, *options,
                         **kw)

    def page(self):
        c = http.client.HTTPConnection(*self.at, timeout=10)
        c.request("GET", "/metrics")
        answer = c.getresponse()
        text = answer.read().decode("ascii")
        c.close()
        assert answer.status == 200
        assert answer.headers["Content-Type"] == \
            "text/plain; version=0.0.4; charset=utf-8"
        assert int(answer.headers["Content-Length"]) == len(text)
        return text

    def value(self, name):
        return int(re.search(rf"^udping_{name} (\d+)$", self.page(),
                             re.M).group(1))

    def ask(self, request):
        """The answer to these bytes, until the server has said all."""
        with socket.create_connection(self.at, 10) as s:
            s.sendall(request)
            said = b""
            while piece := s.recv(65536):
                said += piece
            return said

    def connect(self):
        return socket.create_connection(self.at, 10)


def check_page(text):
    """promtool's rules, in short; and promtool, where it is installed."""
    names = re.findall(r"^# TYPE (\S+) (?:counter|gauge)$", text, re.M)
    assert names and len(set(names)) == len(names)
    assert re.findall(r"^# HELP (\S+) \S.*$", text, re.M) == names
    assert re.findall(r"^(\w+) \d+$", text, re.M) == names
    assert all(n.endswith("_total") for n in names if n != "udping_sessions")
    if shutil.which("promtool"):
        done = subprocess.run(["promtool", "check", "metrics"], input=text,
                              capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_page():
    with Scraped() as server, sender(0) as s:
        for seq in (0, 1, 4):
            s.sendto(probe(GUID % 1, seq), server.address)
        s.sendto(b"x", server.address)
        server.wait_for(lambda: server.value("packets_total") == 4)
        text = server.page()
        check_page(text)
        assert "\nudping_malformed_total 1\n" in text
        # On a slow host it is over by now.
        done = "\nudping_records_total 1\n" in text
        assert f"\nudping_sessions {int(not done)}\n" in text
        server.wait_for(lambda: server.value("records_total") == 1)
        assert server.value("lost_total") == 2
        assert server.stop() == 0


@pytest.mark.parametrize("request_, status", [
    (b"GET / HTTP/1.1\r\n\r\n", 404),
    (b"POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", 405),
    (b"GET /metrics HTTP/3.1\r\n\r\n", 505),
    (b"\x16\x03\x01\x02\x00\x01\x00", 400),
    (b"GET /metrics HTTP/1.1\r\nA: " + b"a" * 5000, 431),
    # More than is read must not cost the answer.
    (GET + b"x" * 100000, 200),
], ids=["path", "method", "version", "tls", "long", "more"])
def test_requests(request_, status):
    with Scraped() as server:
        said = server.ask(request_)
        assert said.startswith(b"HTTP/1.1 %d " % status)
        head, _, body = said.partition(b"\r\n\r\n")
        assert b"\r\nContent-Length: %d\r\n" % len(body) in head + b"\r\n"
        assert b"\r\nConnection: close" in head
        assert (b"\r\nAllow: GET" in head) == (status == 405)


def test_hostile_peers():
    """Some say nothing, some dribble, some hang up, some never read: the page
    is there for the next one, and no probe is lost."""
    with Scraped("--json", k=60) as server, sender(0) as s:
        peers = [server.connect() for _ in range(30)]
        for i, peer in enumerate(peers):
            if i % 3 == 0:
                peer.sendall(b"GET /met")
            elif i % 3 == 1:
                peer.shutdown(socket.SHUT_RDWR)
        for seq in range(1000):
            s.sendto(probe(GUID % 2, seq), server.address)
            if seq % 100 == 0:
                with server.connect() as c:
                    c.sendall(GET[:seq // 40 + 1])
        server.wait_for(lambda: server.value("packets_total") == 1000)
        fds = os.listdir(f"/proc/{server.popen.pid}/fd")
        assert len(fds) < 25
        for peer in peers:
            peer.close()
        assert server.stop() == 0
        result = json.loads(server.out)["result"]
    assert (result["received"], result["lost"]) == (1000, 0)


def test_silent_peers_are_ended():
    with Scraped() as server:
        start = time.monotonic()
        silent, asked = server.connect(), server.connect()
        asked.sendall(GET)
        while asked.recv(65536):
            pass
        # It does not close: so the server does, in the end.
        assert silent.recv(1) == b""
        assert 4 < time.monotonic() - start < 20
        silent.close()
        asked.close()
        server.wait_for(lambda: len(os.listdir(
            f"/proc/{server.popen.pid}/fd")) < 12)


def test_out_of_descriptors():
    """Then nobody is answered, but the processor is not worn out."""
    limit = ["prlimit", "--nofile=12:12"]
    with Scraped(wrap=limit) as server, sender(0) as s:
        peers = [server.connect() for _ in range(12)]
        time.sleep(0.5)
        before = cpu_s(server)
        time.sleep(1)
        assert cpu_s(server) - before < 0.3
        s.sendto(probe(GUID % 3, 0), server.address)
        server.wait_for(lambda: len(server.records) == 1)
        for peer in peers:
            peer.close()
        server.wait_for(lambda: server.value("records_total") == 1)
        assert server.stop(signal.SIGINT) == 0


def cpu_s(server):
    with open(f"/proc/{server.popen.pid}/schedstat", encoding="ascii") as f:
        return int(f.read().split()[0]) / 1e9


def test_address_in_use():
    with socket.socket() as s:
        s.bind((LOCAL, 0))
        s.listen()
        port = s.getsockname()[1]
        run = subprocess.run(
            [program(SERVER), "-l", LOCAL, "-p", "16000", "-k", "1",
             "--prometheus", f"{LOCAL}:{port}"],
            capture_output=True, text=True, timeout=10, check=False)
    assert run.returncode == 1
    assert run.stderr == f"udping_server: --prometheus {LOCAL}:{port}: " \
        "Address already in use\n"
    assert run.stdout == ""
