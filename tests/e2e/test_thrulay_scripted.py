# SPDX-License-Identifier: BSD-2-Clause
"""thrulay against the scripted peers that the original was recorded with: what
it sends, prints and returns."""

import json
import os
import re
import socket
import subprocess
import threading
import time

import pytest

import schema
from harness import program

VECTORS = os.path.join(os.environ["top_srcdir"], "tests/vectors/thrulay")
MALFORMED = ("During test: fatal: malformed session response from server\n")
NO_RESULT = "During test: fatal: could not recv session results\n"
BROKEN = "During test: fatal: every stream ended before its time\n"

# A peer that takes whatever comes may well let the client use up its core.
LIMITED = re.compile(r"warning: this host was the limit, not the path: .*\n")

# What the specification wants otherwise: status and standard error, which may
# be a regular expression. The reason stands beside each.
WANTED = {
    # 3.3: negative numbers are malformed, not an assertion.
    "tcp resp negative": (1, MALFORMED),
    # 7.2: a response in two segments is read to its end; the peer then echoes
    # blocks of a size that was never agreed.
    "tcp resp split": (None, None),
    "udp resp split": (1, NO_RESULT),
    # 7.2: a test that broke, or brought nothing, is no success.
    "tcp server closes midway":
        (1, r"(read|send): .*\nwarning: premature end of test\n"
            + re.escape(BROKEN)),
    "tcp server sinks, never echoes": (1, "During test: fatal: .*\n"),
    "tcp server stalls": (1, "During test: fatal: .*\n"),
    "udp resp ok empty report": (1, NO_RESULT),
    "udp resp size 28": (1, NO_RESULT),
    "udp resp size 65535": (1, NO_RESULT),
    "udp resp nonce with colon/nul": (1, NO_RESULT),
    # 7.2: rate 0 is malformed, the original hangs.
    "udp resp rate 0": (1, MALFORMED),
}


def _cases():
    with open(f"{VECTORS}/client_vs_scripted_server.json") as f:
        return json.load(f)["cases"]


def _echo(conn, block, seconds):
    """Send back the first 16 of each block bytes."""
    end = time.monotonic() + seconds
    conn.settimeout(0.2)
    pos = 0
    while time.monotonic() < end:
        try:
            data = conn.recv(65536)
        except socket.timeout:
            continue
        if not data:
            return
        back = bytearray()
        for i in range(0, len(data)):
            if pos < 16:
                back.append(data[i])
            pos = (pos + 1) % block
        if back:
            conn.sendall(back)


def _drain(conn, seconds):
    end = time.monotonic() + seconds
    conn.settimeout(0.2)
    while time.monotonic() < end:
        try:
            if not conn.recv(1 << 20):
                return
        except socket.timeout:
            pass


class Peer(threading.Thread):
    """Plays a recorded script on each connection in turn."""

    def __init__(self, script):
        super().__init__(daemon=True)
        self.script = script
        self.sent = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(15)
        self.port = self.listener.getsockname()[1]
        self.start()

    def _play(self, conn, steps):
        conn.settimeout(10)
        for op, arg in steps:
            if op == "send":
                conn.sendall(arg.encode("latin-1"))
            elif op == "recv":
                self.sent.append(conn.recv(65536).decode("latin-1"))
            elif op == "sleep":
                time.sleep(arg)
            elif op == "echo":
                _echo(conn, arg, 3)
            else:
                _drain(conn, arg)

    def run(self):
        players = []
        for steps in self.script:
            try:
                conn, _ = self.listener.accept()
            except socket.timeout:
                break
            player = threading.Thread(target=self._one, args=(conn, steps))
            player.start()
            players.append(player)
        for player in players:
            player.join()

    def _one(self, conn, steps):
        with conn:
            try:
                self._play(conn, steps)
            except OSError:
                pass


def _run(case, *more):
    peer = Peer(case["server_script"])
    got = subprocess.run(
        [program("thrulay/thrulay"), *case["client_args"], *more, "-p",
         str(peer.port), "127.0.0.1"], text=True, capture_output=True,
        stdin=subprocess.DEVNULL, timeout=40)
    peer.join(20)
    assert not peer.is_alive()
    return got, peer


def _recorded_sent(case):
    """What the original sent, without what its own end did to the script."""
    return [s for s in case["client_sent"] if "Error(" not in s]


@pytest.mark.parametrize("case", _cases(), ids=lambda c: c["case"])
def test_recorded(case):
    got, peer = _run(case)
    status, stderr = WANTED.get(case["case"], (case["rc"], case["stderr"]))
    if status is not None:
        assert got.returncode == status, got.stderr
        said = LIMITED.sub("", got.stderr)
        assert said == stderr or (
            case["case"] in WANTED and re.fullmatch(stderr, said)), said
    if case["case"] not in ("udp resp split", "udp resp rate 0"):
        assert peer.sent[:len(_recorded_sent(case))] == _recorded_sent(case)
    if got.returncode == 0 and case["stdout"]:
        _same_shape(got.stdout, case["stdout"])


def _same_shape(got, recorded):
    """Equal but for measured figures."""
    number = re.compile(r"-?\d+(\.\d+)?")
    shape = [re.sub(r"\s+", " ", number.sub("N", text))
             for text in (got, recorded)]
    assert shape[0] == shape[1]


def test_every_deviation_is_a_recorded_case():
    assert set(WANTED) <= {c["case"] for c in _cases()}


@pytest.mark.parametrize("case", [c for c in _cases() if c["rc"] == 1],
                         ids=lambda c: c["case"])
def test_failures_are_json_too(case):
    got, _ = _run(case, "--json")
    assert got.returncode == 1
    doc = schema.load(got.stdout, "thrulay")
    assert doc["error"]["code"] > 0
    assert doc["error"]["message"] in got.stderr
