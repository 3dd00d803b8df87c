# SPDX-License-Identifier: BSD-2-Clause
"""msak-server as a service: sockets handed over, what it tells the service
manager, what it reloads, which rights it keeps. All on loopback."""

import ctypes
import json
import os
import pwd
import re
import signal
import socket
import ssl
import subprocess
import sys

import pytest

from harness import free_port, program
from msak_peer import (LOCAL, SERVER, TEXT, Server, WebSocket,
                       path, wait_until)

# What a service manager does between fork and exec.
LAUNCHER = """
import os, sys
fds = [int(n) for n in sys.argv[1].split(",")]
high = [os.dup(fd) for fd in fds]
for i, fd in enumerate(high):
    os.dup2(fd, 3 + i)
    os.set_inheritable(3 + i, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(fds)))
os.execv(sys.argv[2], sys.argv[2:])
"""


class Launched:
    """msak-server with these sockets, by name."""

    def __init__(self, directory, sockets, *options):
        self.sockets = sockets
        for s in sockets.values():
            os.set_inheritable(s.fileno(), True)
        self.data = os.path.join(directory, "data")
        self.out = open(os.path.join(directory, "log"), "w+",
                        encoding="utf-8")
        self.popen = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER,
             ",".join(str(s.fileno()) for s in sockets.values()),
             program(SERVER), "-datadir", self.data, "-user", "root",
             *options], stderr=self.out, close_fds=False,
            env={**os.environ, "LISTEN_FDNAMES": ":".join(sockets)})
        wait_until(lambda: "Accepting UDP" in self.log or
                   self.popen.poll() is not None)
        assert self.popen.poll() is None, self.log

    @property
    def log(self):
        self.out.seek(0)
        return self.out.read()

    def end(self):
        self.popen.terminate()
        assert self.popen.wait(10) == 0, self.log
        self.out.close()
        for s in self.sockets.values():
            s.close()


def listening(kind=socket.SOCK_STREAM):
    s = socket.socket(socket.AF_INET, kind)
    s.bind((LOCAL, 0))
    if kind == socket.SOCK_STREAM:
        s.listen(10)
    return s


def download(port):
    w = WebSocket(port, path("download", bytes=1000))
    assert w.to_close()[0] == [1000]
    assert w.answer()
    w.close()


def ping(port, http):
    with socket.create_connection((LOCAL, http)) as s:
        s.sendall(b"GET /latency/v1/authorize?mid=m HTTP/1.1\r\n"
                  b"Host: x\r\n\r\n")
        assert s.recv(12) == b"HTTP/1.1 200"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(3)
        s.sendto(b'{"Type":"c2s","ID":"m","Seq":0}', (LOCAL, port))
        assert json.loads(s.recv(2048))["Type"] == "s2c"


@pytest.mark.parametrize("names", [("ws", "latency", "metrics"),
                                   ("a.socket", "b.socket", "metrics")])
def test_activation(tmp_path, names):
    """Its addresses are in use: only what it was given can serve."""
    given = dict(zip(names, (listening(), listening(socket.SOCK_DGRAM),
                             listening())))
    ws, latency, metrics = (s.getsockname()[1] for s in given.values())
    one = Launched(tmp_path, given, "-ws_addr", "192.0.2.1:1",
                   "-latency_addr", "192.0.2.1:1",
                   "-prometheusx.listen-address", "192.0.2.1:1")
    download(ws)
    ping(latency, ws)
    with socket.create_connection((LOCAL, metrics)) as s:
        s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        assert s.recv(12) == b"HTTP/1.1 200"
    one.end()


def test_activation_of_too_much(tmp_path):
    """What is not for it, or does not listen, is passed over."""
    dull = socket.socket()
    dull.bind((LOCAL, 0))
    given = {"x": dull, "ws": listening(), "y": listening(),
             "z": open("/dev/null", encoding="ascii")}
    one = Launched(tmp_path, given, "-latency_addr", f"{LOCAL}:0",
                   "-prometheusx.listen-address", f"{LOCAL}:0")
    download(given["ws"].getsockname()[1])
    assert "WARNING: more sockets were handed over than there is use for" \
        in one.log
    one.end()


def test_notifications(tmp_path):
    where = str(tmp_path / "notify")
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(where)
    manager.settimeout(5)
    os.environ["NOTIFY_SOCKET"] = where
    try:
        one = Server(str(tmp_path))
    finally:
        del os.environ["NOTIFY_SOCKET"]
    assert manager.recv(200) == b"READY=1"
    one.popen.send_signal(signal.SIGHUP)
    assert re.fullmatch(rb"RELOADING=1\nMONOTONIC_USEC=\d+",
                        manager.recv(200))
    assert manager.recv(200) == b"READY=1"
    one.popen.send_signal(signal.SIGTERM)
    assert manager.recv(200) == b"STOPPING=1"
    assert one.process.wait(5) == 0
    one.process.close()
    manager.close()


def certificate(directory, name):
    pem, key = (str(directory / (name + end)) for end in (".pem", ".key"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
         f"/CN={name}", "-keyout", key, "-out", pem], check=True,
        capture_output=True)
    return pem, key


def test_reload(tmp_path):
    """Certificate and page are new for who comes next; bad files change
    nothing; a test that runs is left alone."""
    pem, key = certificate(tmp_path, "one")
    page = tmp_path / "page.html"
    page.write_text("first")
    one = Server(str(tmp_path), "-cert", pem, "-key", key, "-page", str(page),
                 tls=True)
    old = ssl.get_server_certificate((LOCAL, one.tls))
    running = WebSocket(one.port, path("upload", duration=20000))
    assert one.get("/") == (200, b"first")

    new_pem, new_key = certificate(tmp_path, "two")
    os.replace(new_pem, pem)
    os.replace(new_key, key)
    page.write_text("second")
    one.popen.send_signal(signal.SIGHUP)
    wait_until(lambda: one.get("/") == (200, b"second"))
    new = ssl.get_server_certificate((LOCAL, one.tls))
    assert new != old

    with open(pem, "w", encoding="ascii") as f:
        f.write("no certificate\n")
    page.unlink()
    one.popen.send_signal(signal.SIGHUP)
    one.process.wait_for("failed to reload the page")
    one.process.wait_for("failed to reload the certificate")
    assert one.get("/") == (200, b"second")
    assert ssl.get_server_certificate((LOCAL, one.tls)) == new
    assert running.frame()[1] == TEXT
    running.close()
    assert one.process.stop() == 0
    one.process.close()


def test_reload_of_keys(tmp_path):
    """A key that was replaced opens nothing any more; with a file that is
    none, the old ones stay."""
    top = os.path.join(os.environ["top_srcdir"], "tests/vectors/msak/tokens")
    with open(f"{top}/cases.json", encoding="utf-8") as f:
        tokens = {c["name"]: c["token"] for c in json.load(f)["cases"]}
    key = tmp_path / "key.json"

    def put(name):
        with open(f"{top}/{name}", encoding="ascii") as f:
            key.write_text(f.read())

    def statuses():
        return [one.get(f"/latency/v1/authorize?access_token={tokens[n]}")[0]
                for n in ("EdDSA valid, no exp", "ES256 valid, no exp")]

    put("EdDSA.pub.jwk.json")
    one = Server(str(tmp_path), "-token.verify", "-token.machine", "m1",
                 "-token.verify-key", str(key))
    assert statuses() == [200, 401]
    put("ES256.pub.jwk.json")
    assert statuses() == [200, 401]
    one.popen.send_signal(signal.SIGHUP)
    one.process.wait_for("Keys reloaded number=1")
    assert statuses() == [401, 200]
    put("rejected-oct.jwk.json")
    one.popen.send_signal(signal.SIGHUP)
    one.process.wait_for("failed to reload keys, the old ones stay")
    assert statuses() == [401, 200]
    assert one.process.stop() == 0
    one.process.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give up")
def test_rights(tmp_path):
    """Root, its groups and its capabilities are gone."""
    one = Server(str(tmp_path), "-user", "nobody")
    with open(f"/proc/{one.popen.pid}/status", encoding="ascii") as f:
        lines = dict(line.split(":", 1) for line in f)
    nobody = pwd.getpwnam("nobody")
    assert lines["Uid"].split() == [str(nobody.pw_uid)] * 4
    assert lines["Gid"].split() == [str(nobody.pw_gid)] * 4
    assert set(lines["Groups"].split()) <= {str(nobody.pw_gid)}
    for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(lines[kind], 16) == 0
    assert lines["NoNewPrivs"].strip() == "1"
    download(one.port)
    assert one.process.stop() == 0
    one.process.close()


def allowed():
    with open("/proc/sys/net/ipv4/tcp_allowed_congestion_control",
              encoding="ascii") as f:
        return f.read().split()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a capability to lose")
def test_congestion_control_that_is_not_allowed(tmp_path):
    """Said at the start, with what the system allows; the test then runs
    with the system's."""
    def lose_net_admin():
        ctypes.CDLL(None).prctl(24, 12, 0, 0, 0)	# PR_CAPBSET_DROP

    lost = [cc for cc in ("reno", "cubic", "bbr") if cc not in allowed()]
    port = free_port()
    with open(tmp_path / "log", "w+", encoding="utf-8") as log:
        one = subprocess.Popen(
            [program(SERVER), "-user", "root", "-ws_addr", f"{LOCAL}:{port}",
             "-latency_addr", f"{LOCAL}:0", "-prometheusx.listen-address",
             f"{LOCAL}:0", "-datadir", str(tmp_path / "data")], stderr=log,
            preexec_fn=lose_net_admin)
        said = wait_until(lambda: (tmp_path / "log").read_text().endswith(
            "Accepting UDP packets...\n") and (tmp_path / "log").read_text())
        warned = re.findall(r"WARNING: tests that ask for congestion control "
                            r"(\w+) get the system's: .*; net\.ipv4\."
                            r"tcp_allowed_congestion_control=(.*)", said)
        assert [w[0] for w in warned] == lost
        assert {w[1].strip('"') for w in warned} <= {" ".join(allowed())}
        for cc in ("reno", "cubic", "bbr"):
            w = WebSocket(port, path("download", bytes=1000, cc=cc))
            assert (w.to_close()[1][0]["CC"] == cc) == (cc not in lost)
            w.close()
        one.terminate()
        assert one.wait(10) == 0


def test_service_file():
    """Every option that the example gives is one of the program's."""
    done = subprocess.run([program(SERVER), "--help"], text=True,
                          capture_output=True, check=True)
    with open(os.path.join(os.environ["top_srcdir"],
                           "msak/msak-server.service.in"),
              encoding="ascii") as f:
        start = re.search(r"^ExecStart=(.*)$", f.read(), re.M)[1]
    assert start.startswith("@sbindir@/msak-server ")
    for option in re.findall(r" (-[a-z_.-]+)", start):
        assert re.search(rf"^  {re.escape(option)} ", done.stdout, re.M)
