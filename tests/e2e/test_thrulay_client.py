# SPDX-License-Identifier: BSD-2-Clause
"""thrulay among servers that are silent, gone or malicious, and interrupted by
its user. All on loopback."""

import signal
import socket
import subprocess
import threading
import time

import pytest

import schema
from harness import program
from thrulay import CLIENT, LocalServer

GREETING = b"thrulay/2+"


class FakeServer:
    """Plays one function on the first connection, then holds it open."""

    def __init__(self, play):
        self._play = play
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.reached = threading.Event()
        self._done = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        conn, _ = self._listener.accept()
        with conn:
            try:
                self._play(conn)
                self.reached.set()
                self._done.wait(60)
            except OSError:
                pass

    def close(self):
        self._done.set()
        self._listener.close()


def start(port, *options):
    return subprocess.Popen(
        [program(CLIENT), "--json", *options, "-p", str(port), "127.0.0.1"],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL)


def end(popen, timeout=20):
    out, err = popen.communicate(timeout=timeout)
    return schema.load(out, "thrulay"), err


def silent(conn):
    pass


def greets(conn):
    conn.sendall(GREETING)
    conn.recv(1000)


def answers_tcp(conn):
    greets(conn)
    conn.sendall(b"8388608:65536+")


def answers_udp(conn):
    conn.sendall(GREETING)
    fields = conn.recv(1000).rstrip(b"+").split(b":")
    assert fields[1] == b"u"
    conn.sendall(b"9:%s:%s:%s:12345678+" % tuple(fields[3:6]))


@pytest.mark.parametrize("signo", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("play", [silent, greets])
def test_a_signal_in_the_handshake_is_told_as_such(play, signo):
    server = FakeServer(play)
    run = start(server.port, "-t", "1")
    assert server.reached.wait(10)
    time.sleep(0.1)
    run.send_signal(signo)
    doc, err = end(run)
    server.close()
    assert run.returncode == 128 + signo
    assert doc["error"]["code"] == 111
    assert "interrupted" in doc["error"]["message"]
    assert err.count("\n") == 1 and "interrupted" in err


def test_the_second_signal_does_not_wait_for_the_report():
    server = FakeServer(answers_udp)
    run = start(server.port, "-t", "1", "-u", "100k")
    assert server.reached.wait(10)
    time.sleep(1.5)
    for _ in range(2):
        run.send_signal(signal.SIGINT)
        time.sleep(0.2)
    doc, _ = end(run)
    server.close()
    assert run.returncode == 130
    assert doc["error"]["code"] == 111
    assert doc["result"]["interrupted"] is True


def test_echoes_of_what_was_never_sent_are_no_goodput():
    """Such a peer takes nothing, but answers without end."""
    def floods(conn):
        answers_tcp(conn)
        stop = time.monotonic() + 3
        while time.monotonic() < stop:
            conn.sendall(bytes(65536))

    server = FakeServer(floods)
    run = start(server.port, "--duration", "500ms")
    doc, _ = end(run)
    server.close()
    # Both socket buffers and what was in flight.
    assert doc["result"]["forward"]["size_bytes"] < 64 << 20


def test_a_window_beyond_every_kernel_is_not_negative():
    def answers(conn):
        greets(conn)
        conn.sendall(b"9223372036854775807:65536+")

    server = FakeServer(answers)
    run = start(server.port, "--duration", "200ms")
    doc, _ = end(run)
    server.close()
    assert doc["config"]["agreed"]["remote_window_bytes"] == (1 << 31) - 1


@pytest.mark.parametrize("options", [
    ["--reverse"], ["--reverse", "-u", "1M"], ["--bidir", "-u", "1M"],
])
def test_a_server_that_dies_leaves_what_was_received(tmp_path, options):
    server = LocalServer(tmp_path)
    run = start(server.port, "-t", "10", *options)
    server.wait_for("connection from")
    time.sleep(1.2)
    server.popen.kill()
    doc, err = end(run)
    server.popen.wait(5)
    assert run.returncode == 1
    assert doc["error"]["code"] == 105
    assert doc["result"]["reverse"]["size_bytes"] > 50000
    assert "connection closed by server" in err or "reset by peer" in err


@pytest.mark.parametrize("options, complaint", [
    (["--bind", "192.0.2.1"], "bind: Cannot assign requested address\n"),
    (["--bind-dev", "none-such"], "interface: No such device\n"),
    (["--cc", "none-such"], "congestion control: No such file or directory\n"),
])
def test_an_option_that_cannot_be_had_is_named(options, complaint):
    server = FakeServer(silent)
    run = start(server.port, *options)
    doc, err = end(run)
    server.close()
    assert run.returncode == 1 and doc["error"]["code"] == 11
    assert err.startswith(complaint)


def test_a_drawn_seed_is_a_double_too(thrulayd):
    """Readers of JSON that know no other numbers lose none of its bits."""
    doc, _ = end(start(thrulayd.port, "-t", "1", "-u", "1M"))
    assert 0 < doc["config"]["agreed"]["seed"] < 1 << 53
