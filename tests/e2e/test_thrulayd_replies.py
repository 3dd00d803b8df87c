# SPDX-License-Identifier: BSD-2-Clause
"""thrulayd's first reply to each proposal that the original was recorded
with, byte for byte where it is not random or the kernel's."""

import json
import os
import re
import socket
import time

import pytest

VECTORS = os.path.join(os.environ["top_srcdir"], "tests/vectors/thrulay")

# What the specification wants otherwise: the reply as a pattern, or None.
WANTED = {
    # 7.2: a proposal in two segments is one proposal.
    "split proposal": r"\d+:8192\+",
    "split proposal early": r"\d+:8192\+",
    # 3.6: packets that cannot hold a header, or that no IP packet can hold.
    "udp size 10": r"u:-",
    "udp size 70000": r"u:-",
}


def _cases():
    with open(f"{VECTORS}/server_replies.json") as f:
        return json.load(f)["cases"]


def _read(conn):
    conn.settimeout(15)
    try:
        return conn.recv(4096)
    except ConnectionResetError:
        return b""


def _send(conn, case):
    data = case["send"].encode("latin-1")
    if case["case"].startswith("split"):
        middle = 5 if "early" in case["case"] else 20
        conn.sendall(data[:middle])
        time.sleep(0.1)
        conn.sendall(data[middle:])
        return
    conn.sendall(data)
    if "close" in case["case"]:
        conn.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("case", _cases(), ids=lambda c: c["case"])
def test_recorded(case, thrulayd):
    with socket.create_connection(("127.0.0.1", thrulayd.port)) as conn:
        assert conn.recv(10).hex() == case["greeting_hex"]
        _send(conn, case)
        reply = _read(conn)
    _check(case, reply)


def _check(case, reply):
    text = reply.decode("latin-1")
    if case["case"] in WANTED:
        assert re.fullmatch(WANTED[case["case"]], text)
        return
    recorded = bytes.fromhex(case.get("reply_hex") or "")
    if not recorded:
        assert reply == b""
    elif case["send"].startswith("thrulay/2:t"):
        # The window is what this kernel makes of the request.
        assert re.fullmatch(r"\d+" + re.escape(
            recorded.decode().partition(":")[1] +
            recorded.decode().partition(":")[2]), text)
    else:
        # Port and nonce vary; the server repeats the rest.
        fields = recorded.split(b":", 4)
        assert re.fullmatch(
            rb"\d+:" + b":".join(fields[1:4]) + rb":.{8}\+", reply, re.S)


def test_windows_are_doubled_as_the_kernel_does(thrulayd):
    """Small windows, far below any limit, come back doubled on Linux."""
    for asked, given in ((1500, 3000), (65536, 131072), (0, 3000)):
        with socket.create_connection(("127.0.0.1", thrulayd.port)) as conn:
            conn.recv(10)
            conn.sendall(b"thrulay/2:t:%d:8192+" % asked)
            assert _read(conn) == b"%d:8192+" % given


def test_leading_zeros_are_answered_in_kind(thrulayd):
    with socket.create_connection(("127.0.0.1", thrulayd.port)) as conn:
        conn.recv(10)
        conn.sendall(b"thrulay/2:t:065536:08192+")
        assert _read(conn) == b"0131072:08192+"
