# SPDX-License-Identifier: BSD-2-Clause
"""Many clients of one msak-server, and what they cost it."""

import os
import selectors
import socket
import time

from msak_peer import CLOSE, DONE, LOCAL, PROTOCOL, WebSocket, path

MIB = 1 << 20


def memory(one, key="VmRSS"):
    """Resident bytes; VmHWM: the most so far."""
    with open(f"/proc/{one.popen.pid}/status", encoding="ascii") as f:
        for line in f:
            if line.startswith(key + ":"):
                return int(line.split()[1]) * 1024
    raise AssertionError(key)


def descriptors(one):
    return len(os.listdir(f"/proc/{one.popen.pid}/fd"))


def works(one):
    """A whole test, as if nobody else were there."""
    w = WebSocket(one.port, path("download", bytes=300000))
    _, texts, close = w.to_close()
    assert texts[-1]["Application"]["BytesSent"] >= 300000 and close == DONE
    assert w.answer()
    w.close()


def connect(port, rcvbuf=None):
    s = socket.socket()
    if rcvbuf:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
    s.settimeout(10)
    s.connect((LOCAL, port))
    return s


def upgrade(where):
    return (f"GET {where} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Sec-WebSocket-Protocol: {PROTOCOL}\r\n\r\n").encode()


class Taker:
    """A client that throws payload away and notes when the close came."""

    def __init__(self, port, where, rcvbuf=65536):
        self.s = connect(port, rcvbuf)
        self.asked_at = time.monotonic()
        self.s.sendall(upgrade(where))
        self.head, self.skip, self.opcode = b"", 0, None
        self.body, self.closed_at, self.started_at = b"", None, None

    def take(self):
        """False once the connection has ended."""
        data = self.s.recv(262144)
        if not data:
            return False
        if self.started_at is None:
            self.head += data
            if b"\r\n\r\n" not in self.head:
                return True
            assert self.head.startswith(b"HTTP/1.1 101 "), self.head
            data = self.head.split(b"\r\n\r\n", 1)[1]
            self.head, self.started_at = b"", time.monotonic()
        self._frames(memoryview(data))
        return True

    def _frames(self, data):
        while len(data):
            if self.skip:
                n = min(self.skip, len(data))
                if self.opcode == CLOSE:
                    self.body += data[:n]
                data, self.skip = data[n:], self.skip - n
                if self.skip == 0 and self.opcode == CLOSE:
                    self.closed_at = time.monotonic()
                    self.s.sendall(b"\x88\x82\0\0\0\0\x03\xe8")
                continue
            self.head += bytes(data[:1])
            data = data[1:]
            size = self.head[1] if len(self.head) > 1 else 0
            want = 2 + {126: 2, 127: 8}.get(size, 0)
            if len(self.head) == want:
                self.opcode = self.head[0] & 15
                self.skip = size if size < 126 else int.from_bytes(
                    self.head[2:], "big")
                self.head = b""


def serve_takers(takers, seconds, pause=0.0):
    """Read from all until they have ended or the time is over; who has not."""
    sel = selectors.DefaultSelector()
    for t in takers:
        sel.register(t.s, selectors.EVENT_READ, t)
    left, end = len(takers), time.monotonic() + seconds
    while left and time.monotonic() < end:
        for key, _ in sel.select(0.1):
            if not key.data.take():
                sel.unregister(key.fileobj)
                left -= 1
        time.sleep(pause)
    sel.close()
    return left
