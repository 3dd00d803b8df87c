# SPDX-License-Identifier: BSD-2-Clause
"""Running udping_server in tests, and probes from Python."""

import json
import os
import signal
import socket
import struct
import subprocess
import tempfile
import time

from harness import free_port, program

SERVER = "udping/udping_server"
VECTORS = os.path.join(os.environ["top_srcdir"], "tests/vectors/udping")
GUID = "0123456789abcdef%04x"


def recorded(name):
    """A text of the vectors."""
    with open(os.path.join(VECTORS, name), encoding="utf-8") as f:
        return f.read()


def vector(name):
    return json.loads(recorded(name))


def probe(guid, seq, size=72, start=1700000000, sent_ns=None):
    """The payload of a probe as it is sent by default."""
    sent_ns = time.time_ns() if sent_ns is None else sent_ns
    head = struct.pack("<B7xq20s4xI4xqqI4x", 1, start, guid.encode(), seq,
                       sent_ns // 10**9, sent_ns % 10**9, size)
    return head + bytes(size - len(head))


def first_generation(guid, seq, control=False):
    sent_ns = 0 if control else time.time_ns()
    size = 64 if control else 65
    head = struct.pack("<20s4xiiI4xqqI4x", guid.encode(), int(control), seq,
                       int(not control), sent_ns // 10**9, sent_ns % 10**9,
                       size)
    return head + bytes(size - len(head))


def sender(port, address="127.0.0.1"):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((address, port))
    return s


def status_of(popen, key):
    """A line of /proc/PID/status."""
    with open(f"/proc/{popen.pid}/status", encoding="ascii") as f:
        return dict(line.rstrip("\n").split(":\t", 1)
                    for line in f)[key].strip()


def until_ready(process, timeout=15):
    """Until a harness.Process that is a server waits for signals, with its
    port open and its clock read; or is gone."""
    end = time.monotonic() + timeout
    while process.popen.poll() is None:
        try:
            blocked = int(status_of(process.popen, "SigBlk"), 16)
        except FileNotFoundError:
            break
        if blocked >> signal.SIGUSR1 - 1 & 1:
            break
        assert time.monotonic() < end, process
        time.sleep(0.005)


def serve(net, k, port=6000, **how):
    """A server at the right end that has all its records written at length;
    clients started from now on are known from their first packet."""
    server = net.right.popen(
        program(SERVER), "-l", "10.77.0.2", "-p", port, "-k", k, "-n",
        "--json-lines", **how)
    until_ready(server)
    # Their start is known by the whole second.
    time.sleep(1.1)
    return server


def records_of(server):
    """What serve's server wrote, without the summary."""
    return [line for line in map(json.loads, server.out.splitlines())
            if line["event"] == "record"]


class Server:
    """udping_server on 127.0.0.1, ready. Its output goes to files; .manager is
    the socket of what takes it for the service manager."""

    def __init__(self, *options, k=1, listen="127.0.0.1", wrap=()):
        self._dir = tempfile.TemporaryDirectory(prefix="udping-")
        self.port = free_port()
        self.address = (listen, self.port)
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = os.path.join(self._dir.name, "manager")
        self.manager.bind(path)
        # For whom root becomes.
        os.chmod(self._dir.name, 0o711)
        os.chmod(path, 0o777)
        self.manager.settimeout(10)
        self._out = open(os.path.join(self._dir.name, "out"), "w+b")
        self._err = open(os.path.join(self._dir.name, "err"), "w+b")
        self.popen = subprocess.Popen(
            [*wrap, program(SERVER), "-l", listen, "-p", str(self.port), "-k",
             str(k), *options], stdin=subprocess.DEVNULL, stdout=self._out,
            stderr=self._err, env={**os.environ, "NOTIFY_SOCKET": path})
        try:
            assert self.manager.recv(100) == b"READY=1"
        except TimeoutError:
            self.popen.kill()
            raise AssertionError(f"not ready: {self.err}") from None

    @staticmethod
    def _text(f):
        return os.pread(f.fileno(), 1 << 28, 0).decode()

    @property
    def out(self):
        return self._text(self._out)

    @property
    def err(self):
        return self._text(self._err)

    @property
    def records(self):
        return [json.loads(line) for line in self.out.splitlines()
                if line.startswith("{")]

    def status(self, key):
        return status_of(self.popen, key)

    def wait_for(self, what, timeout=15):
        """Until what() is true."""
        end = time.monotonic() + timeout
        while not what():
            assert time.monotonic() < end and self.popen.poll() is None, \
                f"{self.out}\n{self.err}"
            time.sleep(0.02)

    def stop(self, signo=signal.SIGTERM):
        """The exit status."""
        self.popen.send_signal(signo)
        return self.popen.wait(15)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.popen.poll() is None:
            self.popen.kill()
            self.popen.wait()
        for f in (self._out, self._err, self.manager):
            f.close()
        self._dir.cleanup()
