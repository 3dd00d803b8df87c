# SPDX-License-Identifier: BSD-2-Clause
"""A pathrate_rcv 2.4.1 that does what its test says, and pathrate_snd itself
on loopback. Each receiver has an address of its own in 127.0.0.0/8, as all
take packets at one UDP port."""

import os
import re
import socket
import struct
import subprocess
import time
from dataclasses import dataclass

from harness import free_port, program
from pathrate_peer import (ACK, CONTINUE, GAME_OVER, SEND,
                           SENT_TRAIN as SENT)

SENDER = "pathrate/pathrate_snd"
NONCE, DATA_PORT, QUEUED, DEPARTED = 0x20, 0x21, 0x22, 0x23
UDP_PORT = 48698
ASK, ANSWER = 0x504c4201, 0xafb3bd00
SO_RCVBUFFORCE, SO_TIMESTAMPNS = 33, 35
UNKNOWN = "Unknown control message.. aborting\n"
SILENT = "No control message from receiver.. aborting\n"
WAITING = "\n\nWaiting for receiver to establish control stream => "


class LocalSender:
    """pathrate_snd on a port of its own, ready."""

    def __init__(self, directory, *options, stdout=None):
        self.port = free_port()
        self.paths = [directory / f"{self.port}.{n}" for n in ("out", "err")]
        with open(self.paths[0], "wb") as out, \
                open(self.paths[1], "wb") as err:
            self.popen = subprocess.Popen(
                [program(SENDER), "--port", str(self.port), *options],
                stdin=subprocess.DEVNULL, stdout=stdout or out, stderr=err)
        end = time.monotonic() + 10
        while not self._answers():
            assert self.popen.poll() is None and time.monotonic() < end, \
                self.err
            time.sleep(0.01)

    def _answers(self):
        """Is there a listener? Asked of the kernel, not of the sender."""
        with open("/proc/net/tcp", encoding="ascii") as v4, \
                open("/proc/net/tcp6", encoding="ascii") as v6:
            return re.search(f":{self.port:04X} [0:]* 0A ",
                             v4.read() + v6.read()) is not None

    @property
    def out(self):
        return self.paths[0].read_text(encoding="utf-8")

    @property
    def err(self):
        return self.paths[1].read_text(encoding="utf-8")

    def wait_for(self, text, timeout=10):
        """Until that has been printed or logged."""
        end = time.monotonic() + timeout
        while text not in self.out and text not in self.err:
            assert time.monotonic() < end, \
                f"never said {text!r}:\n{self.out}\n{self.err}"
            time.sleep(0.005)

    def wait_to_wait(self, timeout=10):
        """Until nobody is served any more, and it says so: that is after a
        connection was closed."""
        end = time.monotonic() + timeout
        while not self.out.endswith(WAITING):
            assert time.monotonic() < end, self.out
            time.sleep(0.005)

    def status(self, timeout=10):
        """Its exit status when it ends by itself."""
        return self.popen.wait(timeout)

    def stop(self):
        if self.popen.poll() is None:
            self.popen.terminate()
        return self.popen.wait(10)


@dataclass
class Packet:
    """One of a train: its ids, all of it, where from, and when (Unix)."""

    pack: int
    train: int
    round: int
    data: bytes
    origin: tuple
    time: float
    tos: int


class Receiver:
    """A control connection and the UDP socket that belongs to it."""

    _next = 2

    def __init__(self, sender, width=8, host=None, udp_port=UDP_PORT,
                 to="127.0.0.1"):
        if host is None:
            host = f"127.0.{os.getpid() % 250}.{Receiver._next}"
            Receiver._next = Receiver._next % 250 + 1
        self.host, self.width = host, width
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.udp = socket.socket(family, socket.SOCK_DGRAM)
        self.udp.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
        self.udp.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        if family == socket.AF_INET:
            self.udp.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
        self.udp.bind((host, udp_port))
        self.tcp = socket.create_connection((to, sender.port), 10, (host, 0))
        self.tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.tcp.close()
        self.udp.close()

    def reset(self):
        """Vanish with an RST."""
        self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack("ii", 1, 0))
        self.close()

    def word(self, code, argument=0):
        return struct.pack(">I", argument << 8 & 0xffffffff | code) + \
            bytes(self.width - 4)

    def put(self, *words):
        """(code, argument) or a code each, in one segment."""
        self.tcp.sendall(b"".join(
            self.word(*(w if isinstance(w, tuple) else (w,)))
            for w in words))

    def bytes(self, n):
        data = b""
        while len(data) < n:
            more = self.tcp.recv(n - len(data))
            if not more:
                raise EOFError(data)
            data += more
        return data

    def get(self):
        """A word: (code, argument)."""
        value, = struct.unpack(">I", self.bytes(self.width)[:4])
        return value & 0xff, value >> 8

    def at_end(self, timeout=10):
        """Has the sender closed, saying nothing more?"""
        self.tcp.settimeout(timeout)
        try:
            return self.tcp.recv(1) == b""
        except ConnectionResetError:
            return True

    def greet(self, last=0):
        """The ten RTT messages; the answer to the last one."""
        for value in [0] * 9 + [last]:
            self.tcp.sendall(struct.pack(">I", value) + bytes(self.width - 4))
            answer, = struct.unpack(">I", self.bytes(self.width)[:4])
        return answer

    def packets(self, n, timeout=5):
        """So many packets, or as many as come."""
        got = []
        self.udp.settimeout(timeout)
        while len(got) < n:
            try:
                data, ancillary, _, origin = self.udp.recvmsg(65536, 128)
            except socket.timeout:
                break
            ids = struct.unpack(">3I", data[:12])
            packet = Packet(*ids, data, origin, 0, 0)
            for level, kind, value in ancillary:
                if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
                    s, ns = struct.unpack("qq", value)
                    packet.time = s + ns * 1e-9
                elif level == socket.IPPROTO_IP:
                    packet.tos = value[0]
            got.append(packet)
        return got

    def train(self, round_, length, timeout=10):
        """Ask for a train and take it: its packets, all of them there."""
        self.put((SEND, round_))
        got = self.packets(length + 1, timeout)
        assert [p.pack for p in got] == list(range(length + 1))
        assert {p.round for p in got} == {round_}
        return got

    def finish(self):
        """The last train was fine, and that was all."""
        assert self.get() == (SENT, 0)
        self.put(ACK, CONTINUE, GAME_OVER)
        return self.at_end()

    def nothing_more(self, timeout=0.02):
        return not self.packets(1, timeout)
