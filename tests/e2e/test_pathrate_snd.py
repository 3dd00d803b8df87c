# SPDX-License-Identifier: BSD-2-Clause
"""pathrate_snd among receivers of both word widths, recorded ones and those
that are many, silent, gone or malicious. All on loopback."""

import concurrent.futures
import json
import os
import re
import socket
import struct
import subprocess
import time
import zlib

import pytest

from harness import free_port, program
from pathrate_peer import (
    ACK, CONTINUE, GAME_OVER, MAX_PCK_LEN, NEG_ACK, NO_TRAINS, PCK_LEN, RTT,
    SEND, SENT_TRAIN as SENT, SPACING, TRAIN_LEN)
from pathrate_receiver import (
    ANSWER, ASK, DATA_PORT, DEPARTED, NONCE, QUEUED, SENDER, SILENT,
    UNKNOWN, WAITING, LocalSender, Receiver)

VECTORS = os.path.join(os.environ.get("top_srcdir", "."),
                       "tests/vectors/pathrate")
DATE = r"\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}"
STARTS = rf"OK\n(Receiver \S+|Unknown receiver) starts measurements on {DATE}\n"
PROGRESS = "Measurements are in progress. Please wait..\n"


@pytest.fixture
def sender(tmp_path):
    """Starts senders; those with -i are there to the end of the test."""
    senders = []

    def start(*options, **more):
        senders.append(LocalSender(tmp_path, *options, **more))
        return senders[-1]

    yield start
    for one in senders:
        iterative = "-i" in one.popen.args
        assert not iterative or one.popen.poll() is None, one.err
        assert one.stop() in ([0] if iterative else [0, 255]), one.err
        assert "ERROR" not in one.err and "runtime error" not in one.err


def still_serves(one):
    with Receiver(one) as r:
        r.greet()
        assert len(r.train(2, 3)) == 4
        assert r.finish()


def records(name):
    with open(os.path.join(VECTORS, name), encoding="ascii") as f:
        return [json.loads(line) for line in f]


def play(r, recorded):
    """The receiver's part of a recorded session, its spacing apart; what the
    sender says has to be the recorded bytes."""
    length = 3
    for line in recorded:
        if "udp_train" in line:
            want = line["udp_train"]
            got = r.packets(length + 1)
            assert len(got) == want["n"]
            assert {len(p.data) for p in got} == {want["len"]}
            for packet, head in zip((got[0], got[-1]), want["hdr"]):
                assert packet.data[:12].hex() == head[:24]
                assert packet.data[12:16] == bytes(4)
        elif "hex" in line and line["dir"] == "S>R":
            assert r.bytes(r.width).hex() == line["hex"]
        elif "hex" in line:
            if line["code"] == "TRAIN_LEN":
                length = line["data"]
            r.tcp.sendall(r.word(SPACING, 0) if line["code"] ==
                          "TRAIN_SPACING" else bytes.fromhex(line["hex"]))


@pytest.mark.parametrize("width", [4, 8])
def test_recorded_session(sender, tmp_path, width):
    one = sender("-v", "-o", str(tmp_path / "log"))
    with Receiver(one, width) as r:
        play(r, records(f"session-w{width}-10mbit-Q.jsonl"))
        assert r.at_end()
    assert one.status() == 0
    with open(os.path.join(VECTORS, "samples", "sender-v-Q-10mbit.stdout.txt"),
              encoding="utf-8") as f:
        want = f.read().replace("500 msec", "0 msec")

    def plain(text):
        text = re.sub(r"(Receiver \S+|Unknown receiver) starts",
                      "R starts", text)
        return re.sub(f" on {DATE}\n", " on DATE\n", text)
    assert plain(one.out) == plain(want)
    assert (tmp_path / "log").read_text() == "\n\n" + one.out
    assert one.err == ""


def test_levels_of_text(sender, tmp_path):
    """-q has no word on standard output, and all of them in the log."""
    one = sender("-q", "-o", str(tmp_path / "log"))
    still_serves(one)
    assert one.status() == 0
    assert one.out == ""
    assert re.fullmatch(
        rf"\n\n{WAITING}{STARTS}{PROGRESS}Receiver terminates measurements on "
        rf"{DATE}\n", (tmp_path / "log").read_text())


@pytest.mark.parametrize("words,text", [
    ([CONTINUE, GAME_OVER], f"Receiver terminates measurements on {DATE}\n"),
    ([], UNKNOWN),
    ([0x0a], UNKNOWN),
])
def test_one_session_and_no_more(sender, words, text):
    """Whatever ends it, the status is 0; others are refused meanwhile."""
    one = sender()
    with Receiver(one) as r:
        r.greet()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", one.port), 5)
        if words:
            r.put(*words)
            assert r.at_end()
    assert one.status() == 0
    assert re.fullmatch(WAITING + STARTS + PROGRESS + text, one.out), one.out


def test_quiet_about_what_makes_no_sense(sender):
    one = sender("-q")
    with Receiver(one) as r:
        r.greet()
        r.put(0x0a)
        assert r.at_end()
    assert one.status() == 0
    assert one.out == ""


def test_signal_before_the_session_is_over(sender):
    one = sender()
    with Receiver(one) as r:
        r.greet()
        begun = time.monotonic()
        assert one.stop() == 255
        assert time.monotonic() - begun < 5
        assert r.at_end()


def test_iterative(sender):
    """The text of session after session; no state goes from one to the
    next."""
    one = sender("-i")
    with Receiver(one) as r:
        r.greet()
        r.put((TRAIN_LEN, 1), (PCK_LEN, 99))
        assert len(r.train(2, 1)[0].data) == 99
        assert r.finish()
    with Receiver(one, 4) as r:
        r.greet()
        got = r.train(7, 3)
        assert {len(p.data) for p in got} == {1500}
        assert {p.train for p in got} == {1}
        assert r.finish()
    one.wait_to_wait()
    ended = f"Receiver terminates measurements on {DATE}\n"
    assert re.fullmatch(2 * (WAITING + STARTS + PROGRESS + ended) + WAITING,
                        one.out)


def lose_all(r):
    r.put((SEND, 5))
    for n in range(31):
        assert r.get() == (SENT, 0)
        r.put(NEG_ACK, *([(SEND, 5)] if n < 30 else []))


def test_thirty_one_lossy_trains(sender):
    one = sender("-v")
    with Receiver(one) as r:
        r.greet()
        r.put((TRAIN_LEN, 1))
        lose_all(r)
        assert r.get() == (GAME_OVER, 0)
        assert r.at_end()
    assert one.status() == 0
    assert one.out.endswith(
        "Too many losses..Aborting measurements to avoid congestion \n\n")


def test_a_lossy_train_comes_again_once(sender):
    """By itself for those who wait, at once for those who ask for it, and
    never twice."""
    one = sender("-i")
    with Receiver(one) as r:
        r.greet()
        assert {p.train for p in r.train(4, 3)} == {1}
        assert r.get() == (SENT, 0)
        begun = time.monotonic()
        r.put(NEG_ACK)
        assert {(p.train, p.round) for p in r.packets(4)} == {(2, 4)}
        assert time.monotonic() - begun > 0.1
        assert r.get() == (SENT, 0)
        r.put(NEG_ACK, (SEND, 4))
        assert {(p.train, p.round) for p in r.packets(4)} == {(3, 4)}
        assert r.get() == (SENT, 0)
        r.put(ACK)
        assert r.nothing_more(0.3)
        assert {p.train for p in r.train(5, 3)} == {4}


def test_extension(sender):
    """Asked for by the last RTT message, as by our own receiver."""
    one = sender("-i")
    port = free_port()
    with Receiver(one, udp_port=port) as r:
        assert r.greet(ASK) == ANSWER | 31
        r.put((DATA_PORT, port), (NONCE, 0x1234), (NONCE, 0xabcdef),
              (NONCE, 0x567890))
        nonce = (0x1234 << 48 | 0xabcdef << 24 | 0x567890) & 2**64 - 1
        got = r.train(2, 3)
        assert {p.data[12:20] for p in got} == {struct.pack(">Q", nonce)}
        code, departed_us = r.get()
        assert code == DEPARTED
        code, departure_us = r.get()
        assert code == SENT and 0 < departure_us < 5000000
        r.put(ACK)
        again = r.train(3, 3)
        code, later_us = r.get()
        passed_us = (again[0].time - got[0].time) * 1e6
        assert code == DEPARTED
        off_us = later_us - departed_us - passed_us
        assert abs((off_us + 2**22) % 2**23 - 2**22) < 1e6
    # an original's codes are all that others may use
    with Receiver(one) as r:
        assert r.greet(0xdeadbeef) == 0xdeadbeef
        r.put((DATA_PORT, port))
        assert r.at_end()


@pytest.mark.parametrize("length,payload", [
    (0, 1500), (1, 12), (1000, 1472), (1024, 16), (3000, 20), (48, 16384),
    (10, 65507),
])
def test_trains_of_any_size(sender, length, payload):
    one = sender("-i", "--max-train", "3000", "--max-payload", "65507")
    with Receiver(one) as r:
        r.greet()
        r.put((TRAIN_LEN, length), (PCK_LEN, payload))
        got = r.train(2, length)
        assert {len(p.data) for p in got} == {payload}
        assert {p.train for p in got} == {1}
        body = got[-1].data[16:]
        assert payload < 100 or len(zlib.compress(body)) > len(body)
        assert r.get() == (SENT, 0)
        r.put(ACK)


def test_dscp(sender):
    one = sender("-i", "--dscp", "EF")
    with Receiver(one) as r:
        r.greet()
        assert {p.tos for p in r.train(2, 3)} == {46 << 2}


def measure(one, trains, length):
    """A receiver's trains: when each began and when it was judged."""
    spans = []
    with Receiver(one) as r:
        r.greet()
        r.put((TRAIN_LEN, length), (SPACING, 5))
        for n in range(trains):
            got = r.train(2 + n, length)
            assert r.get() == (SENT, 0)
            spans.append((min(p.time for p in got), time.time()))
            r.put(ACK)
        r.put(GAME_OVER)
        assert r.at_end()
    return spans


def test_trains_of_many_receivers_never_overlap(sender):
    one = sender("-i")
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda _: measure(one, 20, 30), range(6)))
    # they were served side by side, not one after the other
    assert max(d[0][0] for d in done) < min(d[-1][1] for d in done)
    spans = sorted(span for d in done for span in d)
    assert len(spans) == 120
    for (_, judged), (begun, _) in zip(spans, spans[1:]):
        assert judged <= begun


def test_who_holds_the_turn_and_vanishes(sender):
    """Silent ones keep it for 2 seconds and what a modem would take, those
    who are gone not at all."""
    one = sender("-i")
    with Receiver(one) as silent, Receiver(one) as good:
        silent.greet()
        good.greet()
        silent.put((SPACING, 60000), (PCK_LEN, 100), (SEND, 2))
        assert len(silent.packets(4)) == 4
        begun = time.monotonic()
        good.train(2, 3)
        assert 1.5 < time.monotonic() - begun < 5
        assert good.get() == (SENT, 0)
        good.put(ACK)
        with Receiver(one) as gone:
            gone.greet()
            gone.put((SPACING, 60000), (SEND, 2))
            assert len(gone.packets(4)) == 4
            gone.reset()
        begun = time.monotonic()
        good.train(3, 3)
        assert time.monotonic() - begun < 1.5


def test_a_train_that_takes_long_is_waited_for(sender):
    """As long as a modem would take, then twice as long as the last one."""
    one = sender("-i")
    with Receiver(one) as slow, Receiver(one) as other:
        slow.greet()
        other.greet(ASK)
        slow.put((PCK_LEN, 9000))
        for n in range(2):
            slow.put((SEND, 2 + n))
            assert len(slow.packets(4)) == 4
            assert slow.get() == (SENT, 0)
            other.put((SEND, 2 + n))
            # not sent yet, and the receiver is told so
            assert other.get() == (QUEUED, 0)
            assert other.nothing_more()
            slow.put(ACK)
            assert len(other.packets(4)) == 4
            assert [other.get()[0], other.get()[0]] == [DEPARTED, SENT]
            other.put(ACK)


LIMITS = [(PCK_LEN, 11), (PCK_LEN, 0), (PCK_LEN, 16385), (PCK_LEN, 0x800000),
          (TRAIN_LEN, 1001), (TRAIN_LEN, 0xffffff), (SPACING, 60001),
          (SPACING, 0xffffff), (RTT, 0), (SENT, 0), (0x0a, 0), (0xff, 0)]


def test_limits(sender):
    one = sender("-i")
    for code, argument in LIMITS:
        with Receiver(one) as r:
            r.greet()
            r.put((code, argument), (SEND, 2))
            assert r.at_end(), (code, argument)
            assert r.nothing_more(0.001)
    assert one.out.count(UNKNOWN) == len(LIMITS)
    still_serves(one)


def test_limits_by_option(sender):
    one = sender("-i", "--max-payload", "100", "--max-train", "5",
                 "--max-spacing", "50ms")
    for fine, bad in (((PCK_LEN, 100), (PCK_LEN, 101)),
                      ((TRAIN_LEN, 5), (TRAIN_LEN, 6)),
                      ((SPACING, 50), (SPACING, 51))):
        with Receiver(one) as r:
            r.greet()
            r.put((TRAIN_LEN, 5), (PCK_LEN, 100), fine, (MAX_PCK_LEN, 9999),
                  (NO_TRAINS, 7))
            r.train(2, 5)
            assert r.get() == (SENT, 0)
            r.put(ACK, bad)
            assert r.at_end()


def test_the_silent_and_the_slow_are_left(sender):
    """At each place of a session; nobody else is kept waiting."""
    one = sender("-i", "--idle-timeout", "1", "--max-duration", "3")
    begun = time.monotonic()
    said = Receiver(one)
    said.greet()
    asked = Receiver(one)
    asked.greet()
    asked.put((SEND, 2))
    half = Receiver(one)
    half.tcp.sendall(b"\0\0\0")
    word = Receiver(one)
    word.greet()
    word.tcp.sendall(b"\0\0")
    nothing = Receiver(one)
    long = Receiver(one)
    long.greet()
    for n in range(3):
        time.sleep(0.8)
        long.put(CONTINUE)
    for r in (said, asked, half, word, nothing):
        r.tcp.settimeout(0.01)
        while r.tcp.recv(100):
            pass
        r.close()
    assert long.at_end()
    assert 2.5 < time.monotonic() - begun < 6
    long.close()
    assert one.out.count(SILENT) == 6
    still_serves(one)


def test_words_in_pieces(sender):
    one = sender("-i")
    with Receiver(one) as r:
        r.greet()
        for byte in r.word(TRAIN_LEN, 9) + r.word(SEND, 2):
            r.tcp.sendall(bytes([byte]))
            time.sleep(0.002)
        assert len(r.packets(10)) == 10


def test_garbage_and_floods(sender):
    """Sessions end; what is sent in bulk is not taken in."""
    one = sender("-i")
    for n in range(20):
        with Receiver(one) as r:
            r.greet()
            r.tcp.sendall(os.urandom(1 + n * 37))
    with Receiver(one) as r:
        r.greet()
        r.put((SPACING, 60000), (SEND, 2))
        r.tcp.settimeout(0.3)
        with pytest.raises((socket.timeout, ConnectionError)):
            while True:
                r.tcp.sendall(r.word(CONTINUE) * 10000)
    still_serves(one)


def test_hundreds_of_connections(sender):
    one = sender("-i", "--max-sessions", "10")
    conns = [socket.create_connection(("127.0.0.1", one.port), 10)
             for _ in range(300)]
    refused = 0
    for conn in conns[10:]:
        refused += conn.recv(1) == b""
    assert refused == 290
    assert "127.0.0.1 rejected: too many sessions\n" in one.err
    for conn in conns:
        conn.close()
    one.wait_to_wait()
    still_serves(one)
    assert len(os.listdir(f"/proc/{one.popen.pid}/fd")) < 20


def test_allow_list(sender):
    """Who is not on it gets no byte, and is no session."""
    one = sender("--allow", "127.7.7.0/24", "--allow", "::1")
    with Receiver(one) as r:
        assert r.at_end()
        one.wait_for(f"{r.host} rejected: not allowed\n")
    assert one.out == WAITING
    with Receiver(one, host="127.7.7.7") as r:
        r.greet()
        r.put(GAME_OVER)
        assert r.at_end()
    assert one.status() == 0


def test_nothing_comes_of_udp(sender):
    """Neither at the control port nor at the one that trains come from."""
    one = sender("-i")
    with Receiver(one) as r, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.9.9.9", 0))
        r.greet()
        origin = r.train(2, 3)[0].origin
        assert origin[0] == "127.0.0.1"
        for packet in (b"", bytes(12), r.word(SEND, 3), os.urandom(1400)):
            other.sendto(packet, origin)
            other.sendto(packet, ("127.0.0.1", one.port))
            r.udp.sendto(packet, origin)
        assert r.get() == (SENT, 0)
        r.put(ACK)
        assert {p.origin for p in r.train(3, 3)} == {origin}
        assert r.get() == (SENT, 0)
        assert r.nothing_more()
        other.settimeout(0.05)
        with pytest.raises((socket.timeout, ConnectionRefusedError)):
            other.recv(100)


def test_packets_nobody_takes(sender):
    """A closed UDP port at the receiver is its own affair."""
    one = sender("-i")
    with Receiver(one) as r:
        r.greet()
        r.udp.close()
        for n in range(3):
            r.put((SEND, 2 + n))
            assert r.get() == (SENT, 0)
            r.put(ACK)
        r.put(GAME_OVER)
        assert r.at_end()
    assert one.err == ""


@pytest.mark.parametrize("options,yes,no", [
    ((), ("127.0.0.1", "::1"), ()),
    (("-4",), ("127.0.0.1",), ("::1",)),
    (("-6",), ("::1",), ("127.0.0.1",)),
    (("--bind", "127.0.0.9"), ("127.0.0.9",), ("127.0.0.1", "::1")),
    (("--bind", "::1"), ("::1",), ("127.0.0.1",)),
])
def test_families_and_addresses(sender, options, yes, no):
    """Packets leave from the address that was connected to."""
    one = sender("-i", *options)
    for host in yes:
        with Receiver(one, host=host if ":" in host else None, to=host) as r:
            r.greet()
            assert {p.origin[0] for p in r.train(2, 3)} == {host}
    for host in no:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, one.port), 5)


def start_fails(*options, **more):
    done = subprocess.run([program(SENDER), *options], text=True,
                          stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          timeout=10, **more)
    assert done.returncode == 255
    return done.stderr


def test_what_cannot_start(sender, tmp_path):
    one = sender("-i")
    busy = ("--port", str(one.port))
    log = tmp_path / "log"
    log.write_text("kept")
    assert start_fails(*busy, "-o", str(log), stdout=subprocess.DEVNULL) == \
        "bind(sock_tcp):: Address already in use\n"
    assert log.read_text() == "kept"
    gone = str(tmp_path / "no" / "log")
    assert start_fails("-o", gone) == f"{gone}: No such file or directory\n"
    assert start_fails("--bind", "192.0.2.1") == \
        "bind(sock_tcp):: Cannot assign requested address\n"
    assert start_fails("--bind", "nowhere") == \
        "bind(sock_tcp):: Cannot assign requested address\n"
    for family, other in (("-4", "::1"), ("-6", "127.0.0.1")):
        assert start_fails(family, "--bind", other) == \
            "bind(sock_tcp):: Address family not supported by protocol\n"


def test_output_that_cannot_be_written(sender):
    with open("/dev/full", "wb") as full:
        one = sender("-o", "/dev/full", stdout=full)
    still_serves(one)
    assert one.status() == 255
    # said once of each
    assert [line.rsplit(": ", 1)[0] for line in one.err.splitlines()] == \
        ["pathrate_snd: stdout", "pathrate_snd: /dev/full"]
