# SPDX-License-Identifier: BSD-2-Clause
"""A pathrate_snd 2.4.1 that does what its test says, over loopback; and how
the tests run pathrate_rcv against it."""

import os
import socket
import struct
import subprocess
import threading
import time

from harness import free_port, program

(RTT, TRAIN_LEN, NO_TRAINS, GAME_OVER, ACK, PCK_LEN, MAX_PCK_LEN, SEND,
 CONTINUE, SPACING) = range(10)
SENT_TRAIN, NEG_ACK = 0x10, 0x11
HOST = "127.0.0.1"


class End(Exception):
    """The script ends the session."""


class Sender(threading.Thread):
    """One session. Tests override what they want otherwise. words has what
    the receiver said after the RTT messages, as (code, argument); wrong, what
    no original would have understood."""

    width, layout = 8, 4
    gap_s = 0.0003
    lossy = ()                  # numbers of trains that lose a packet
    bytewise = False            # control words in pieces

    def __init__(self):
        super().__init__(daemon=True)
        self.words, self.wrong = [], []
        self.train_id, self.train_len, self.payload = 0, 3, 1500
        self.over = self.closed = False
        self.listener = socket.create_server((HOST, 0))
        self.listener.settimeout(15)
        self.port = self.listener.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind((HOST, 0))
        self.to = (HOST, free_port())
        self.start()

    # What the receiver hears.

    def put(self, value):
        data = struct.pack(">I", value)
        if self.width == 8:
            data += bytes(4)
        for piece in ([bytes([b]) for b in data] if self.bytewise
                      else [data]):
            self.conn.sendall(piece)

    def head(self, pack_id, round_id, train_id):
        ids = (pack_id, train_id, round_id)
        if self.layout == 8:
            return b"".join(struct.pack(">II", i, 0x5a5a5a5a) for i in ids)
        return struct.pack(">IIII", *ids, 0)

    def packet(self, pack_id, round_id, train_id=None, size=None):
        head = self.head(pack_id, round_id, train_id or self.train_id)
        return head.ljust(size or self.payload, b"x")

    def train(self, round_id):
        self.train_id += 1
        lost = self.train_len // 2 if self.train_id in self.lossy else None
        for i in range(self.train_len + 1):
            if i != lost:
                self.udp.sendto(self.packet(i, round_id), self.to)
            time.sleep(self.gap_s)

    # What it says.

    def get(self):
        data = b""
        while len(data) < self.width:
            piece = self.conn.recv(self.width - len(data))
            if not piece:
                self.closed = True
                raise End
            data += piece
        return struct.unpack(">I", data[:4])[0]

    def word(self):
        value = self.get()
        self.words.append((value & 0xff, value >> 8))
        return self.words[-1]

    def echoes(self):
        for _ in range(10):
            self.put(self.get())

    def verdict(self, round_id):
        """Until the train is acknowledged; a lossy one goes out again."""
        while True:
            self.put(SENT_TRAIN)
            code, _ = self.word()
            if code != NEG_ACK:
                if code != ACK:
                    self.wrong.append(self.words[-1])
                return
            self.train(round_id)

    def command(self, code, argument):
        if code == TRAIN_LEN:
            self.train_len = argument
        elif code == PCK_LEN:
            self.payload = argument
        elif code == SEND:
            self.train(argument)
            self.verdict(argument)
        elif code == GAME_OVER:
            self.over = True
            raise End
        elif code not in (MAX_PCK_LEN, SPACING, CONTINUE):
            self.wrong.append((code, argument))
            raise End

    def session(self):
        self.echoes()
        while True:
            self.command(*self.word())

    def run(self):
        try:
            self.conn, _ = self.listener.accept()
            self.conn.settimeout(15)
            with self.conn:
                self.session()
        except (End, OSError):
            pass
        finally:
            self.listener.close()
            self.udp.close()


class Receiver:
    """pathrate_rcv in a directory of its own, in the background."""

    def __init__(self, directory, *words, sender=None, env=None, stdout=None,
                 stderr=None):
        argv = [program("pathrate/pathrate_rcv"), *map(str, words)]
        if sender is not None:
            argv += ["-s", HOST, "--port", str(sender.port), "--udp-port",
                     str(sender.to[1])]
        self.sender, self.directory = sender, directory
        self.began = time.monotonic()
        self.popen = subprocess.Popen(
            argv, cwd=directory, text=True, stdin=subprocess.DEVNULL,
            stdout=stdout or subprocess.PIPE, stderr=stderr or subprocess.PIPE,
            env={**os.environ, "TZ": "UTC", **(env or {})})

    def end(self, timeout=15):
        """Its exit status; out, err and took_s are known then."""
        try:
            self.out, self.err = self.popen.communicate(timeout=timeout)
        finally:
            self.popen.kill()
        self.took_s = time.monotonic() - self.began
        if self.sender is not None:
            self.sender.join(10)
        return self.popen.returncode

    def log(self, name="pathrate.output"):
        with open(os.path.join(self.directory, name)) as f:
            return f.read()


def receive(directory, *words, sender=None, timeout=15, **more):
    r = Receiver(directory, *words, sender=sender, **more)
    r.status = r.end(timeout)
    return r
