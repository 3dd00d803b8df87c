# SPDX-License-Identifier: BSD-2-Clause
"""Running thrulay and thrulayd in tests."""

import json
import re
import socket
import subprocess
import time

from harness import free_port, program

CLIENT = "thrulay/thrulay"
SERVER = "thrulay/thrulayd"


def serve(ns, *options):
    """thrulayd in a namespace, ready."""
    server = ns.popen(program(SERVER), "-d", *options)
    server.wait_for("thrulayd started")
    return server


def measure(ns, *options, host=None, timeout=60):
    """The JSON document of a thrulay run against the other namespace."""
    run = ns.run(program(CLIENT), *options, "--json", host or ns.peer,
                 timeout=timeout)
    return json.loads(run.out)


class LocalServer:
    """thrulayd on loopback, on a port of its own."""

    def __init__(self, directory, *options):
        self._log = open(directory / "thrulayd.log", "w+b")
        self.port = free_port()
        self.popen = subprocess.Popen(
            [program(SERVER), "-d", "-p", str(self.port), *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=self._log)
        self.wait_for("thrulayd started")

    @property
    def log(self):
        with open(self._log.name, encoding="utf-8", errors="replace") as f:
            return f.read()

    def wait_for(self, pattern, timeout=10):
        """Until the log has it; the match."""
        end = time.monotonic() + timeout
        while True:
            found = re.search(pattern, self.log)
            if found:
                return found
            assert time.monotonic() < end and self.popen.poll() is None, \
                f"never logged {pattern!r}:\n{self.log}"
            time.sleep(0.01)

    def connect(self):
        """A control connection, its greeting read."""
        conn = socket.create_connection(("127.0.0.1", self.port))
        conn.settimeout(10)
        assert read_exactly(conn, 10) == b"thrulay/2+"
        return conn

    def close(self):
        self.popen.terminate()
        try:
            status = self.popen.wait(10)
        finally:
            self.popen.kill()
            self._log.close()
        return status


def read_exactly(conn, n):
    data = b""
    while len(data) < n:
        more = conn.recv(n - len(data))
        assert more, f"only {data!r}"
        data += more
    return data


def read_all(conn):
    """Everything until the peer closes."""
    data = b""
    while True:
        try:
            more = conn.recv(65536)
        except ConnectionResetError:
            return data
        if not more:
            return data
        data += more
