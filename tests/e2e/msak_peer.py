# SPDX-License-Identifier: BSD-2-Clause
"""Ends of throughput1 and latency1 that do what a test tells them, and
msak-server itself on loopback."""

import http.client
import json
import os
import re
import socket
import struct
import subprocess
import time

import pytest

import schema
from harness import Process, free_port, program

SERVER = "msak/msak-server"
LOCAL = "127.0.0.1"
PROTOCOL = "net.measurementlab.throughput.v1"
CONTINUED, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
DONE = struct.pack(">H", 1000) + b"Done sending"


def wait_until(what, timeout=10):
    """Until what() is true; its value."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        got = what()
        if got:
            return got
        time.sleep(0.01)
    pytest.fail(f"not within {timeout} s")


def certificate(directory, name):
    """A new one for localhost; its files."""
    pem, key = (os.path.join(directory, name + end) for end in (".pem", ".key"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
         key, "-out", pem], check=True, capture_output=True)
    return pem, key


class Server:
    """msak-server on ports of its own."""

    def __init__(self, directory, *options, tls=False, wrapper=()):
        self.data = os.path.join(directory, "data")
        self.port, self.metrics = free_port(), free_port()
        self.tls = free_port() if tls else None
        self.udp = free_port()
        words = [*wrapper, program(SERVER), "-ws_addr", f":{self.port}",
                 "-latency_addr", f":{self.udp}", "-prometheusx.listen-address",
                 f"{LOCAL}:{self.metrics}", "-datadir", self.data, "-debug",
                 "-user", "root"]
        if tls:
            words += ["-wss_addr", f":{self.tls}"]
        self.process = Process([*words, *options], None, False,
                               os.path.join(directory, f"s{self.port}"))
        self.popen = self.process.popen
        self.process.wait_for("Accepting UDP packets...")

    @property
    def log(self):
        return self.process.err

    def get(self, path, method="GET", port=None, **more):
        """Status and body."""
        c = http.client.HTTPConnection(LOCAL, port or self.port, timeout=10)
        try:
            c.request(method, path, **more)
            r = c.getresponse()
            return r.status, r.read()
        finally:
            c.close()

    def counters(self):
        """The metrics page as {"name{labels}": value}."""
        status, text = self.get("/metrics", port=self.metrics)
        assert status == 200
        return {m[1]: float(m[2]) for m in re.finditer(
            r"^([a-z_0-9]+(?:\{.*\})?) (\S+)$", text.decode(), re.M)}

    def records(self, datatype="throughput1"):
        """The archive's files as [(path under its folder, object)]."""
        found = []
        top = os.path.join(self.data, datatype)
        for where, _, names in sorted(os.walk(top)):
            for name in sorted(names):
                path = os.path.join(where, name)
                if name.startswith("."):
                    continue
                with open(path, encoding="utf-8") as f:
                    found.append((os.path.relpath(path, top), json.load(f)))
        return found

    def record(self, datatype="throughput1"):
        """The one there is."""
        found = wait_until(lambda: self.records(datatype))
        assert len(found) == 1
        schema.check(found[0][1], f"msak-server-{datatype}")
        return found[0]


def servers(directory, *always):
    """A generator for a fixture: it gives a function that starts servers with
    these options, and more. Each must end with 0 when told to."""
    started = []

    def start(*options, **more):
        started.append(Server(str(directory), *always, *options, **more))
        return started[-1]

    yield start
    for one in started:
        if one.popen.returncode is None:
            # There may be 10,000 records to write.
            assert one.process.stop(timeout=60) == 0, one.log[-2000:]
        one.process.close()


class WebSocket:
    """A client's end. A frame is (fin, opcode, payload)."""

    def __init__(self, port, path, tls=None, host=LOCAL, rcvbuf=None):
        self.s = socket.socket(socket.AF_INET6 if ":" in host else
                               socket.AF_INET)
        self.s.settimeout(30)
        if rcvbuf:
            self.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        self.s.connect((host, port))
        if tls:
            self.s = tls.wrap_socket(self.s, server_hostname="localhost")
        self.data = b""
        self.s.sendall(
            f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Sec-WebSocket-Protocol: {PROTOCOL}\r\n\r\n".encode())
        while b"\r\n\r\n" not in self.data:
            self.more()
        head, self.data = self.data.split(b"\r\n\r\n", 1)
        self.head = head.decode()
        assert self.head.startswith("HTTP/1.1 101 "), self.head

    def more(self):
        got = self.s.recv(262144)
        if not got:
            raise EOFError
        self.data += got

    def take(self, n):
        while len(self.data) < n:
            self.more()
        got, self.data = self.data[:n], self.data[n:]
        return got

    def frame(self):
        first, size = self.take(2)
        assert not size & 0x80, "servers do not mask"
        if size == 126:
            size, = struct.unpack(">H", self.take(2))
        elif size == 127:
            size, = struct.unpack(">Q", self.take(8))
        return bool(first & 0x80), first & 0x7f, self.take(size)

    def send(self, opcode, payload=b"", fin=True, key=b"\x11\x22\x33\x44"):
        n = len(payload)
        head = bytes([fin << 7 | opcode])
        if n < 126:
            head += bytes([0x80 | n])
        elif n < 65536:
            head += b"\xfe" + struct.pack(">H", n)
        else:
            head += b"\xff" + struct.pack(">Q", n)
        mask = (key * (n // 4 + 1))[:n]
        masked = (int.from_bytes(payload, "big") ^
                  int.from_bytes(mask, "big")).to_bytes(n, "big")
        self.s.sendall(head + key + masked)

    def to_close(self):
        """Everything up to the close frame: sizes of the binary messages,
        measurements, payload of the close."""
        sizes, texts = [], []
        while True:
            fin, opcode, payload = self.frame()
            assert fin
            if opcode == BINARY:
                sizes.append(len(payload))
            elif opcode == TEXT:
                texts.append(json.loads(payload))
            elif opcode == CLOSE:
                return sizes, texts, payload

    def is_closed(self):
        """The server ends the connection within a moment: by FIN, unless it
        had been waiting for what this process said."""
        self.s.settimeout(10)
        try:
            self.more()
        except (EOFError, ConnectionResetError):
            return True
        return False

    def answer(self):
        """The server's close, which is in order; then it ends the connection,
        or has done so where this process came late."""
        try:
            self.send(CLOSE, DONE[:2])
        except ConnectionError:
            return True
        return self.is_closed()

    def close(self):
        self.s.close()


def path(direction, **query):
    query = {"mid": "m1", "streams": 1, **query}
    return f"/throughput/v1/{direction}?" + "&".join(
        f"{k}={v}" for k, v in query.items())
