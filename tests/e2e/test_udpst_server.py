# SPDX-License-Identifier: BSD-2-Clause
"""udpst as a server among peers that are many, silent, gone or malicious. All
on loopback, or in a namespace's."""

import concurrent.futures
import json
import os
import random
import re
import select
import signal
import subprocess
import sys
import time

import pytest

from harness import Namespace, free_port, program
from udpst_peer import (DOWNSTREAM, LOAD, STATUS, UDPST, UPSTREAM, Client,
                        Udpst, checksum, derive, pending, sign,
                        signed_by, status, udp, udpst, wait_until)

VECTORS = os.path.join(os.environ["top_srcdir"], "tests/vectors/udpst")
FLOOD = os.path.join(os.path.dirname(__file__), "udpst_flood.py")
SHORT = ("--duration", "1", "-I", "10", "-s")


def vectors(name):
    with open(f"{VECTORS}/{name}", encoding="utf-8") as f:
        return json.load(f)


@pytest.fixture
def server(tmp_path):
    """Start servers; each is expected to end with 255 (a signal)."""
    servers = []

    def start(*options, **more):
        servers.append(Udpst(tmp_path, *options, **more))
        return servers[-1]

    yield start
    for one in servers:
        if one.popen.returncode is None:
            assert one.stop() == 255, one.log


@pytest.fixture
def space(namespaces, tmp_path):
    """A namespace with a loopback of its own."""
    ns = Namespace("lo", str(tmp_path))
    yield ns
    ns.close()


def run_client(one, *options, direction="-d", **more):
    return udpst(direction, *SHORT, "-p", one.port, *options, "127.0.0.1",
                 ns=one.ns, **more)


def still_serves(one, *options):
    done = run_client(one, *options)
    assert done.returncode == 0, done.stdout + one.log[-2000:]
    assert "Downstream Maximum" in done.stdout


# Recorded setup requests.

# What is answered otherwise than by the original, and why: see spec 3.1 and
# 7.2. The length of the answer and its code, None: silence.
OTHERWISE_9 = {
    "len52": (52, 1),                   # protocol 10 is served
    "cmdreq2-as-request": None,         # a response is no request
    "cmdrsp-nonzero-in-request": None,  # nor is a code reflected
}
OTHERWISE_8 = {
    "ver11-56": (56, 1),                # protocols 11 to 20 are served
    "ver10-56": (56, 2),
    "ver20-56": (56, 1),
    "version9+bad": (52, 7),            # authentication first, as 9.0
}
SIGNED_WITH = {
    "auth-k0-ok": "legacykey", "auth-k5-ok": "fivekey",
    "auth-cmdline-backup-unknown-id": "cmdline",
    "auth-cmdline-backup-id5": "cmdline", "auth-old-20s": "legacykey",
    "auth-future-4s": "legacykey", "auth-wrong": "wrong",
    "auth-ok-with-csum": "legacykey", "auth11-k5": "fivekey",
    "auth11-bad": "wrong", "auth20-ver21": "legacykey",
}
# Nothing else makes a difference in a reply.
PORT, TIME, DIGEST = slice(12, 14), slice(16, 20), slice(20, 52)
IDENT = slice(6, 8)


def masked(data, *parts):
    data = bytearray(data)
    for part in parts:
        data[part] = bytes(part.stop - part.start)
    return bytes(data)


def ask(one, data):
    """All that comes back for a control datagram."""
    sock = udp()
    sock.sendto(data, ("127.0.0.1", one.port))
    one.sentinel()
    got = pending(sock)
    sock.close()
    return got


def check_reply(case, got, otherwise, recorded):
    name = case["name"]
    if name in otherwise:
        want = otherwise[name]
        assert (want is None and got == []) or (
            got != [] and (len(got[0]), got[0][9]) == want), name
        return
    assert len(got) == len(recorded), name
    for mine, theirs in zip(got, recorded):
        parts = [PORT] if mine[:2] == b"\xac\xe1" else []
        if mine[:2] == b"\xac\xe1":
            # 9.0 signs with an empty key what nobody asked it to sign.
            parts += [DIGEST] + [TIME] * (mine[15] != 0)
        assert masked(mine, *parts) == masked(theirs, *parts), name
        if mine[:2] == b"\xac\xe1":
            assert (mine[9] == 1) == any(mine[PORT]), name


def resigned(case, now):
    """The request with a digest of today, and its setup time."""
    data = bytearray.fromhex(case["request_hex"])
    answer = bytes.fromhex(case["replies"][0]["hex"])
    skew = int.from_bytes(data[TIME], "big") - \
        int.from_bytes(answer[TIME], "big")
    when = now + skew
    data[TIME] = when.to_bytes(4, "big")
    # Of several that differ in nothing else all but one would be copies.
    data[IDENT] = list(SIGNED_WITH).index(case["name"]).to_bytes(2, "big")
    summed = any(data[54:56])
    data[54:56] = bytes(2)
    key = SIGNED_WITH[case["name"]]
    secret = derive(key, when, False) if data[3] >= 20 else key.encode()
    data = bytearray(sign(bytes(data), secret))
    if summed:
        data[54:56] = checksum(data).to_bytes(2, "big")
    return bytes(data), key, when


def check_signed(case, one):
    now = int(time.time())
    request, key, when = resigned(case, now)
    got = ask(one, request)
    recorded = case["replies"]
    assert len(got) == len(recorded), case["name"]
    assert got[0][9] == recorded[0]["cmdResponse"], case["name"]
    assert got[0][2:4] == bytes.fromhex(recorded[0]["hex"])[2:4]
    if request[3] < 20 or key == "wrong":
        assert not any(got[0][DIGEST]), case["name"]
        return
    if request[3] > 20:
        return
    for reply in got:
        assert signed_by(reply, derive(key, when, True)), case["name"]
    assert abs(int.from_bytes(got[0][TIME], "big") - now) <= 1


def test_recorded_setup_requests(server, tmp_path):
    keys = tmp_path / "keys"
    keys.write_text("0,legacykey\n5,fivekey\n255,abc\n")
    plain = server("-v", "-B", "1000")
    keyed = server("-v", "-K", keys, "-a", "cmdline")
    seen = set()
    for case in vectors("hostile-setup.json"):
        one = keyed if case["name"].startswith("auth-") or \
            case["name"][:6] in ("auth11", "auth20") else plain
        seen.add(case["name"])
        if case["name"] in SIGNED_WITH:
            check_signed(case, one)
            continue
        got = ask(one, bytes.fromhex(case["request_hex"]))
        check_reply(case, got, OTHERWISE_9,
                    [bytes.fromhex(r["hex"]) for r in case["replies"]])
    assert set(OTHERWISE_9) | set(SIGNED_WITH) <= seen
    assert len(seen) == 47


def test_recorded_setup_requests_of_protocol_10(server):
    servers = {(): server("-v"), ("-B", "100"): server("-v", "-B", "100"),
               ("-a", "kk"): server("-v", "-a", "kk", "--auth-window", "150")}
    seen = set()
    for case in vectors("8.1.0/setup-replies.json"):
        request = bytes.fromhex(case["request_hex"])
        seen.add(case["name"])
        if request[15] == 1 and case["server_options"]:
            when = int(time.time())
            if case["name"] == "time-151":
                when -= 152
            request = masked(request, TIME, DIGEST)
            request = request[:16] + when.to_bytes(4, "big") + request[20:]
            if "bad" not in case["name"]:
                request = sign(request, b"kk")
        got = ask(servers[tuple(case["server_options"])], request)
        recorded = [bytes.fromhex(r) for r in case["replies"]]
        if request[15] == 1:
            recorded = [masked(r, TIME) for r in recorded]
            got = [masked(r, TIME) for r in got]
        check_reply(case, got, OTHERWISE_8, recorded)
    assert set(OTHERWISE_8) <= seen


# Lengths that 9.0 answers although no version has them (spec 7.2.11).
SILENCED = {"len103", "len60-on-v20", "len80-on-v20", "v11-len104", "v15-104"}


def test_recorded_activation_requests(server):
    one = server("-v", "-t", "20", "-m", "40", "-I", "500")
    cases = vectors("hostile-testact.json")
    for case in cases:
        with one.client(version=case["ver"]) as c:
            assert c.setup()["cmdResponse"] == 1
            c.sock.sendto(bytes.fromhex(case["request_hex"]), c.test)
            one.sentinel()
            got = [d for d in pending(c.sock) if d[:2] == b"\xac\xe2"]
        if case["response_hex"] is None or case["name"] in SILENCED:
            assert got == [], case["name"]
            continue
        want = bytes.fromhex(case["response_hex"])
        if case["name"] == "authmode1-nokeys":
            # Signed, by the original, with a key of zeros.
            assert masked(got[0], slice(64, 100)) == \
                masked(want, slice(64, 100))
            continue
        assert got == [want], case["name"]
    assert SILENCED <= {c["name"] for c in cases}


# Reflection and amplification.

def test_an_activation_from_elsewhere_moves_nothing(server):
    """Neither another address nor another port may have a test sent to it;
    the original sends 7 MB to it (spec 7.2.1)."""
    one = server("-v")
    with one.client() as c:
        assert c.setup()["cmdResponse"] == 1
        request = c.activation_request(srIndexConf=20, modifierBitmap=1)
        own = c.sock.getsockname()[1]
        others = [udp("127.0.0.2", own), udp("127.0.0.1"), udp("127.0.0.2")]
        for other in others:
            for _ in range(3):
                other.sendto(request, c.test)
        one.sentinel()
        time.sleep(0.3)
        for other in others:
            assert pending(other) == []
            other.close()
        assert [d[:2] for d in pending(c.sock)] == [b"\xde\xad"]
        assert c.activate(srIndexConf=0)["cmdResponse"] == 1


@pytest.mark.parametrize("index,most", [(20, 400_000), (1152, 3_000_000)])
def test_load_without_any_feedback_is_bounded(server, index, most):
    one = server("-v")
    with one.client() as c:
        assert c.setup()["cmdResponse"] == 1
        begun = time.monotonic()
        assert c.activate(srIndexConf=index,
                          modifierBitmap=1)["cmdResponse"] == 1
        size = last = 0
        while time.monotonic() - begun < 3.6:
            # By sequence numbers: not all of it may get here.
            for data in pending(c.sock, 0.05):
                if data[:2] == b"\xbe\xef":
                    last = max(last, LOAD.get(data)["lpduSeqNo"])
                    size = max(size, len(data))
    sent = last * size
    print(f"{sent} bytes without feedback at row {index}")
    assert 0 < sent < most
    one.wait_for(r"\[2\]End time reached", timeout=3)


def test_repeated_setup_requests_are_one(server):
    one = server("-v")
    with one.client() as c:
        ports = {c.setup()["testPort"] for _ in range(3)}
        assert len(ports) == 1
        # Answered a few times, not for ever.
        for _ in range(20):
            c.sock.sendto(c.setup_request(), c.control)
        one.sentinel()
        assert len(pending(c.sock)) < 12
        assert c.activate(srIndexConf=0)["cmdResponse"] == 1
        # So is an activation response.
        assert c.activate(srIndexConf=0)["cmdResponse"] == 1
    one.sentinel()
    assert len(re.findall(r"\[2\]Connection created", one.log)) == 1
    assert "[3]Connection created" not in one.log


@pytest.mark.parametrize("version", [10, 11, 20])
def test_a_copied_request_is_nobody_elses(server, version):
    one = server("-a", "secret")
    with one.client(version=version, key="secret") as c:
        request = c.setup_request()
        assert c.setup()["cmdResponse"] == 1
        own = c.sock.getsockname()[1]
        for thief in udp("127.0.0.2", own), udp("127.0.0.1"):
            thief.sendto(request, c.control)
            one.sentinel("secret")
            assert [(d[:2], d[9]) for d in pending(thief)] == \
                [(b"\xac\xe1", 7)]
            thief.close()
        # The same from the same address is a repetition.
        assert c.setup()["cmdResponse"] == 1


# Many.

class Crowd(list):
    """Clients whose server is not to give them up, however slow this is."""

    due = 0.0

    def stay(self):
        if time.monotonic() >= self.due:
            self.due = time.monotonic() + 0.25
            for c in self:
                c.status()

    def serve_for(self, seconds):
        """How much load each got."""
        by_fd = {c.sock.fileno(): c for c in self}
        got = dict.fromkeys(by_fd, 0)
        poll = select.epoll()
        for fd in by_fd:
            poll.register(fd, select.EPOLLIN)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.stay()
            for fd, _ in poll.poll(0.01):
                self.stay()
                for data in pending(by_fd[fd].sock):
                    got[fd] += len(data)
        poll.close()
        return list(got.values())


def test_254_tests_at_once_and_not_one_more(server):
    one = server("-v", "-s")
    clients = Crowd()
    for _ in range(254):
        c = one.client()
        assert c.setup()["cmdResponse"] == 1
        assert c.activate(srIndexConf=0, trialInt=250)["cmdResponse"] == 1
        clients.append(c)
        clients.stay()
    got = clients.serve_for(1)
    assert min(got) > 500
    with one.client() as late:
        clients.stay()
        assert late.setup()["cmdResponse"] == 13
    one.wait_for("ERROR: Max connections exceeded in setup request from")
    for c in clients:
        c.close()
    wait_until(lambda: one.log.count("]End time reached") == 254)
    clients = [one.client() for _ in range(254)]
    assert {c.setup()["cmdResponse"] for c in clients} == {1}
    for c in clients:
        c.close()


def flood(one, seconds, *requests):
    flooding = one.ns.popen(sys.executable, FLOOD, one.port, seconds,
                            *(r.hex() for r in requests), core=1)
    flooding.wait_for("flooding")
    return flooding


@pytest.mark.parametrize("kind", ["unsigned", "forged"])
def test_a_flood_of_setup_requests_keeps_nobody_out(server, space, kind):
    """From 60000 addresses, with wrong digests or none: a client that has the
    key is served, memory and log do not grow."""
    one = server("-a", "secret", ns=space)
    still_serves(one, "-a", "secret")
    key = "wrong" if kind == "forged" else None
    requests = []
    for _ in range(64):
        with one.client(key=key) as c:
            requests.append(c.setup_request())
    before = one.memory_kib
    lines = one.log.count("\n")
    begun = time.monotonic()
    flooding = flood(one, 60, *requests)
    # What the kernel drops is sent again, four times in all; then by the user.
    runs = []
    while 0 not in runs and len(runs) < 8:
        runs.append(run_client(one, "-a", "secret").returncode)
    assert flooding.popen.poll() is None
    assert 0 in runs, one.log[-2000:]
    assert flooding.stop() == 0
    seconds = time.monotonic() - begun
    sent = int(flooding.out.split()[1])
    print(f"{sent / seconds:.0f} {kind} requests a second, clients: {runs}")
    assert one.memory_kib - before < 2048
    assert one.log.count("\n") - lines < (seconds + 2) * 150
    still_serves(one, "-a", "secret")


def test_a_flood_that_fills_all_slots_lets_clients_in_again(server, space):
    """Nobody has a key: half-open sessions give way after a second."""
    one = server(ns=space)
    with one.client() as c:
        request = c.setup_request()
    before = one.memory_kib
    assert flood(one, 2, request).wait() == 0
    # 254 sessions, and not a byte a request.
    assert one.memory_kib < before + 4096
    still_serves(one)


# Garbage.

def garbage(rng):
    size = rng.choice([0, 1, 2, 3, 31, 32, 48, 52, 55, 56, 57, 104, 168, 204,
                       205, 1472, 9000, rng.randrange(3000), 65507])
    data = bytearray(rng.randbytes(size))
    if rng.random() < 0.7:
        data[:2] = rng.choice([b"\xac\xe1", b"\xac\xe2", b"\xbe\xef",
                               b"\xfe\xed", b"\xde\xad", b"\x7f\xe1"])
    if rng.random() < 0.5:
        data[2:4] = rng.choice([b"\0\x14", b"\0\x0b", b"\0\0", b"\2\1"])
    return bytes(data[:size])


@pytest.mark.parametrize("direction", [UPSTREAM, DOWNSTREAM])
def test_garbage_at_every_port(server, direction):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    one = server("-v")
    begun = time.monotonic()
    with one.client() as c:
        assert c.setup()["cmdResponse"] == 1
        for _ in range(300):
            c.sock.sendto(garbage(rng), c.control)
            c.sock.sendto(garbage(rng), c.test)
            pending(c.sock)
        one.sentinel()
    with one.client() as c:
        assert c.setup()["cmdResponse"] == 1
        assert c.activate(direction, srIndexConf=0)["cmdResponse"] == 1
        before = one.memory_kib
        for _ in range(1500):
            c.sock.sendto(garbage(rng), c.test)
            pending(c.sock)
        one.sentinel()
        assert one.memory_kib - before < 2048
    assert one.popen.poll() is None
    # 100 lines a second are allowed to strangers.
    assert one.log.count("invalid") < 150 + 100 * (time.monotonic() - begun)
    assert re.search(r"^\[\d\]WARNING: Received invalid (load|status) PDU "
                     r"\(\d+,0x....:0x..:0x..,0x....\)$", one.log, re.M)
    still_serves(one)


def hostile_statuses(rng, version):
    """Numbers at their limits, where a sender of load gets its row from."""
    fields = {}
    for name in STATUS.names[2:]:
        if name in ("authMode", "checkSum", "oldCheckSum") or \
                rng.random() < 0.5:
            continue
        top = {"rxBytes": 2**64 - 1, "clockDeltaMin": 2**31 - 1}.get(
            name, 1 if name == "rxStopped" else
            255 if name in ("zero", "modifierBitmap", "delayMinUpd") else
            2**32 - 1)
        if name in STATUS.names:
            fields[name] = rng.choice([0, 1, top, top // 2, top - 1])
    fields.pop("spduSeqNo", None)
    return status(version, rng.randrange(2**32), **fields)


def test_hostile_statuses_and_loads_of_a_running_test(server):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    one = server("-v")
    with one.client() as down, one.client() as up:
        for c, direction in ((down, DOWNSTREAM), (up, UPSTREAM)):
            assert c.setup()["cmdResponse"] == 1
            assert c.activate(direction, srIndexConf=0)["cmdResponse"] == 1
        for _ in range(500):
            down.sock.sendto(hostile_statuses(rng, 20), down.test)
            up.load(rng.choice([32, 1222]),
                    udpPayload=rng.choice([0, 31, 65535]),
                    **{n: rng.choice([0, 1, 2**31, 2**32 - 1]) for n in
                       ("spduSec", "spduNsec", "lpduSec", "lpduNsec")})
            pending(down.sock)
            pending(up.sock)
            if rng.random() < 0.1:
                time.sleep(0.002)
    assert one.popen.poll() is None
    still_serves(one)


def test_a_claimed_size_counts_no_more_than_what_came(server):
    """The original counts 65000 bytes for 32 (spec 7.2.19)."""
    one = server()
    with one.client() as c:
        assert c.setup()["cmdResponse"] == 1
        assert c.activate(UPSTREAM, srIndexConf=0)["cmdResponse"] == 1
        for _ in range(20):
            c.load(64, udpPayload=65000)
        seen = 0
        for data in pending(c.sock, 0.3):
            if data[:2] == b"\xfe\xed":
                seen += STATUS.get(data)["tiRxBytes"]
    assert 0 < seen <= 20 * 64


# Idleness and ends.

def test_an_idle_server_costs_nothing(server, tmp_path):
    one = server()
    counting = server("-G", tmp_path / "stats", "--prometheus",
                      tmp_path / "prom", "--threads", "4")
    still_serves(one)
    still_serves(counting)
    time.sleep(0.7)
    used = []
    for _ in range(3):
        before = one.ticks, counting.ticks
        time.sleep(5)
        used.append((one.ticks - before[0], counting.ticks - before[1]))
        if used[-1][0] <= 1 and used[-1][1] <= 2:
            return
    pytest.fail(f"ticks of 10 ms in 5 s: {used}")


def test_once(server):
    good, bad = server("-1"), server("-1")
    with bad.client() as c:
        assert c.setup()["cmdResponse"] == 1
        begun = time.monotonic()
        assert bad.popen.wait(10) == 255
        assert time.monotonic() - begun > 2.5
    done = run_client(good)
    assert done.returncode == 0, done.stdout
    assert good.popen.wait(5) == 0


def running_tests(one):
    """A client of each direction in the middle of its test."""
    down, up = one.client(), one.client()
    for c, direction in ((down, DOWNSTREAM), (up, UPSTREAM)):
        assert c.setup()["cmdResponse"] == 1
        assert c.activate(direction, srIndexConf=0)["cmdResponse"] == 1
    end = time.monotonic() + 0.6
    while time.monotonic() < end:
        up.load()
        down.status()
        time.sleep(0.02)
    return down, up


@pytest.mark.parametrize("signo", [signal.SIGTERM, signal.SIGINT,
                                   signal.SIGQUIT, signal.SIGTSTP,
                                   signal.SIGHUP])
def test_a_server_that_is_ended_tells_its_clients(server, tmp_path, signo):
    stats = tmp_path / "stats"
    one = server("-G", stats)
    down, up = running_tests(one)
    pending(down.sock)
    pending(up.sock)
    one.popen.send_signal(signo)
    for c, pdu_id in ((down, b"\xbe\xef"), (up, b"\xfe\xed")):
        while (last := c.receive(int.from_bytes(pdu_id, "big"))) is not None:
            if last[2] != 0:
                break
        assert last is not None and last[2] == 2
        # The client confirms.
        if c is down:
            c.status(testAction=2)
        else:
            c.load(testAction=2)
    assert one.close(5) == 255
    check_statistics(stats)


@pytest.mark.parametrize("direction", ["-d", "-u"])
def test_a_client_says_that_its_server_was_ended(server, direction):
    one = server("-v")
    run = subprocess.Popen(
        [program(UDPST), direction, "-I", "10", "-p", str(one.port),
         "127.0.0.1"], text=True, stdout=subprocess.PIPE)
    one.wait_for("Test activation response")
    time.sleep(1.6)
    assert one.stop() == 255
    out, _ = run.communicate(timeout=8)
    # With the graceful end of the original.
    assert run.returncode == 0
    assert re.search(r"^WARNING: Test ended early by server, after \d\.\d of "
                     r"10 s \[Server 127\.0\.0\.1:\d+\]$", out, re.M), out
    assert "stream Maximum" in out


def test_a_server_that_is_ended_does_not_wait_for_the_dead(server):
    one = server()
    down, up = running_tests(one)
    down.close()
    up.close()
    begun = time.monotonic()
    assert one.stop() == 255
    assert time.monotonic() - begun < 8


def shape(value):
    """Keys in their order, and kinds of values."""
    if isinstance(value, dict):
        return {k: shape(v) for k, v in value.items()}
    if isinstance(value, list):
        return [shape(v) for v in value[:1]]
    return "number" if isinstance(value, (int, float)) else type(value)


def check_statistics(path):
    """A file with the keys of the recorded one, in the same order."""
    with open(path, encoding="ascii") as f:
        text = f.read()
    mine, theirs = json.loads(text), vectors(
        "outputs/server-stats-file-9.0.0.json")
    assert mine["data_record_count"] == len(mine["data_records"]) > 0
    ours = shape(mine), shape(theirs)
    assert ours[0] == ours[1]
    assert json.dumps(ours[0], default=str) == \
        json.dumps(ours[1], default=str)
    return mine


def test_statistics_count_what_was_done(server, tmp_path):
    stats, prom = tmp_path / "stats", tmp_path / "prom"
    one = server("-G", stats, "--prometheus", prom)
    still_serves(one)
    ask(one, b"garbage")
    assert one.stop() == 255
    doc = check_statistics(stats)
    assert doc["control_port"] == one.port
    text = prom.read_text()
    assert re.search(r"^udpst_\w+(\{[^}]*\})? \d+$", text, re.M)
    assert text.count("# HELP") == text.count("# TYPE") > 5
    assert not (tmp_path / "stats.tmp").exists()


def test_statistics_that_cannot_be_written(server, tmp_path):
    done = udpst("-p", free_port(), "-G", tmp_path / "no" / "stats",
                 "127.0.0.1", timeout=10)
    assert done.returncode == 75
    assert done.stdout.splitlines()[-1] == \
        f"ERROR: {tmp_path}/no/stats: No such file or directory"
    (tmp_path / "there").mkdir()
    one = server("-G", tmp_path / "there" / "stats")
    still_serves(one)		# so it has tried the file
    (tmp_path / "there").rmdir()
    assert one.stop() == 255
    assert one.final.splitlines()[-1] == \
        f"OPEN ERROR: <{tmp_path}/there/stats> No such file or directory"


def test_a_quiet_server_has_no_banner(server):
    one = server("--quiet")
    still_serves(one)
    assert one.stop() == 255
    assert one.final == ""


# In the background.

class Daemon:
    """udpst -x, whose process is found by its pid file."""

    def __init__(self, tmp_path, *options):
        self.pidfile = tmp_path / "pid"
        self.log = tmp_path / "log"
        self.port = free_port()
        self.done = udpst("-x", "-p", self.port, "--pidfile", self.pidfile,
                          "-l", self.log, *options, "127.0.0.1", timeout=10)

    @property
    def pid(self):
        return int(self.pidfile.read_text())

    def alive(self):
        return os.path.exists(f"/proc/{self.pid}") and \
            open(f"/proc/{self.pid}/stat").read().split()[2] != "Z"


@pytest.fixture
def daemon(tmp_path):
    started = []

    def start(*options):
        started.append(Daemon(tmp_path, *options))
        return started[-1]

    yield start
    for one in started:
        if one.pidfile.exists():
            os.kill(one.pid, signal.SIGTERM)
            wait_until(lambda: not one.pidfile.exists())


def test_a_daemon_serves_when_its_parent_has_gone(daemon):
    one = daemon("-v")
    assert one.done.returncode == 0, one.done.stdout
    assert one.done.stdout == one.done.stderr == ""
    with Client(one.port) as c:
        assert c.setup()["cmdResponse"] == 1
    pid = one.pid
    assert os.getsid(pid) == pid
    assert {os.readlink(f"/proc/{pid}/fd/{n}") for n in range(3)} == \
        {"/dev/null"}
    lines = one.log.read_text().splitlines()
    assert lines[0] == "UDP Speed Test"
    assert lines[1].startswith("Software Ver: ")
    stamp = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d "
    for line in lines[3:]:
        assert re.match(stamp, line), line
    assert re.fullmatch(stamp + r"\[1\]Setup request \(0\.\d+, Ver: 20, "
                        r"MaxBW: 0, KeyID: 0\) received from 127\.0\.0\.1:"
                        r"\d+", lines[5])
    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not one.pidfile.exists())


def test_a_daemon_that_cannot_bind_says_so(daemon, server, tmp_path):
    """The parent of the original exits with 0 (spec 7.2.18)."""
    one = server()
    log = tmp_path / "log"
    done = udpst("-x", "-p", one.port, "-l", log, "127.0.0.1")
    assert done.returncode == 75
    assert f"BIND ERROR: Address already in use (127.0.0.1:{one.port})" in \
        log.read_text()
    assert "Address already in use" in done.stdout + done.stderr


def test_a_daemon_whose_log_cannot_be_opened(tmp_path):
    path = tmp_path / "missing" / "log"
    done = udpst("-x", "-p", free_port(), "-l", path)
    assert done.returncode == 75
    assert done.stdout == f"OPEN ERROR: <{path}> No such file or directory\n"


def test_a_log_is_rotated(daemon):
    one = daemon("-v", "-k", "10")
    for _ in range(60):
        with Client(one.port) as c:
            assert c.setup()["cmdResponse"] == 1
    old = one.log.with_name("log.old")
    assert old.exists()
    assert old.stat().st_size < 10_500
    assert one.log.stat().st_size < 10_500
    lines = (old.read_text() + one.log.read_text()).splitlines()
    assert all(re.match(r"\d{4}-", line) for line in lines[-50:])


def test_a_log_that_was_moved_away(daemon):
    one = daemon("-v")
    moved = one.log.with_name("log.1")
    one.log.rename(moved)
    os.kill(one.pid, signal.SIGHUP)
    wait_until(one.log.exists)
    with Client(one.port) as c:
        assert c.setup()["cmdResponse"] == 1
    wait_until(lambda: "[1]Setup response" in one.log.read_text())
    assert "[1]Setup" not in moved.read_text()


# Privileges.

def status_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return dict(line.strip().split(":\t", 1) for line in f
                    if ":\t" in line)


@pytest.mark.parametrize("options", [[], ["--user", "daemon"]])
def test_root_is_given_up(server, options):
    if os.geteuid() != 0:
        pytest.skip("not root")
    one = server(*options)
    with one.client() as c:
        assert c.setup()["cmdResponse"] == 1
    seen = status_of(one.popen.pid)
    assert "0" not in seen["Uid"].split()
    assert int(seen["CapEff"], 16) == int(seen["CapPrm"], 16) == 0
    assert seen["NoNewPrivs"].strip() == "1"
    still_serves(one)


def test_no_such_user(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("not root")
    done = udpst("-p", free_port(), "--user", "no-such-user", "127.0.0.1")
    assert done.returncode == 75
    assert "no-such-user" in done.stdout


# Limits.

def test_allowed_addresses(server):
    one = server("--allow", "127.0.0.2", "--allow", "127.9.0.0/16")
    for source, allowed in (("127.0.0.1", False), ("127.0.0.2", True),
                            ("127.9.8.7", True), ("127.8.0.1", False)):
        with one.client(source=source) as c:
            assert (c.setup(timeout=10 if allowed else 0.3) is not
                    None) == allowed, source


def test_a_device_is_the_only_one(server):
    if os.geteuid() != 0:
        pytest.skip("not root: SO_BINDTODEVICE")
    one = server("--bind-dev", "lo")
    assert run_client(one).returncode == 0
    done = udpst("-p", free_port(), "--bind-dev", "nosuchdev0", timeout=10)
    assert done.returncode == 75
    assert done.stdout.splitlines()[-1] == \
        "BIND ERROR: No such device (nosuchdev0)"


def test_only_ipv6_means_it(server):
    for operands in ((), ("::",)):
        one = server("-6", operands=operands)
        with one.client() as c:
            assert c.setup(timeout=0.3) is None
        assert udpst("-d", "--probe", f"[::1]:{one.port}").returncode == 0
        assert one.stop() == 255


def test_only_one_protocol(server):
    one = server("--protocol", "20", "-a", "secret")
    assert "Protocol Ver: 20, " in one.log
    for version in (10, 11, 19):
        with one.client(version=version, key="secret") as c:
            answer = c.setup()
            assert (answer["cmdResponse"], answer["protocolVer"]) == (2, 20)
    still_serves(one, "-a", "secret")


def test_sessions_are_limited(server):
    one = server("--max-sessions", "3")
    clients = [one.client() for _ in range(4)]
    assert [c.setup()["cmdResponse"] for c in clients] == [1, 1, 1, 13]
    done = run_client(one)
    assert done.returncode == 113
    assert "ERROR: Connection allocation failure on server" in done.stdout
    for c in clients:
        c.close()


def test_sessions_of_a_source_are_limited(server):
    one = server("--max-per-source", "2")
    clients = [one.client(source=s) for s in
               ("127.0.0.1", "127.0.0.2", "127.0.0.1", "127.0.0.1",
                "127.0.0.2")]
    assert [c.setup()["cmdResponse"] for c in clients] == [1, 1, 1, 13, 1]
    for c in clients:
        c.close()


def test_ports_of_tests(server):
    first, last = free_port(), free_port()
    one = server("--port-range", f"{first}-{last}")
    clients = [one.client() for _ in range(3)]
    answers = [c.setup() for c in clients]
    assert [a["cmdResponse"] for a in answers] == [1, 1, 13]
    assert {a["testPort"] for a in answers[:2]} == {first, last}
    for c in clients:
        c.close()


def test_bandwidth_is_given_back(server):
    one = server("-B", "100", "-v")
    with one.client() as a, one.client() as b, one.client() as c:
        assert a.setup(maxBandwidth=60)["cmdResponse"] == 1
        # A repetition takes nothing (spec 7.2.21).
        assert a.setup(maxBandwidth=60)["cmdResponse"] == 1
        assert b.setup(maxBandwidth=41)["cmdResponse"] == 10
        assert c.setup(maxBandwidth=0x8000 | 100)["cmdResponse"] == 1
    one.wait_for(r"End time reached \(New USBW: 0, DSBW: 0\)")
    with one.client() as c:
        assert c.setup(maxBandwidth=100)["cmdResponse"] == 1


def test_both_ports_unless_one_is_named(server, space):
    both = server(ns=space, port=None)
    for port in (24601, 25000):
        with Client(port, ns=space) as c:
            assert c.setup()["cmdResponse"] == 1
        with Client(port, version=10, ns=space) as c:
            assert c.setup()["cmdResponse"] == 1
    assert both.stop() == 255
    for port, other in ((24601, 25000), (25000, 24601)):
        one = server(ns=space, port=port)
        with Client(port, ns=space) as c, Client(other, ns=space) as d:
            assert c.setup()["cmdResponse"] == 1
            assert d.setup(timeout=0.2) is None
        assert one.stop() == 255


@pytest.mark.parametrize("threads", [1, 4])
def test_clients_at_once(server, threads):
    one = server("--threads", threads)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        runs = [pool.submit(run_client, one, "-I", "5",
                            direction="-u" if n % 2 else "-d")
                for n in range(8)]
        runs = [r.result() for r in runs]
    for n, done in enumerate(runs):
        assert done.returncode == 0, done.stdout
        rate = re.search(r"Maximum Mbps\(L3/IP\): ([\d.]+)", done.stdout)
        assert 0.5 < float(rate[1]) < 8, done.stdout
    if threads > 1:
        assert one.threads >= threads + 1
    still_serves(one)


def test_threads_end_with_their_tests(server):
    one = server("--threads", "4")
    down, up = running_tests(one)
    begun = time.monotonic()
    assert one.stop() == 255
    assert time.monotonic() - begun < 8
    for c in (down, up):
        assert any(d[2] == 2 for d in pending(c.sock)
                   if d[:2] in (b"\xbe\xef", b"\xfe\xed"))
        c.close()


def test_bind_errors(server):
    one = server()
    done = udpst("-p", one.port, "127.0.0.1")
    assert done.returncode == 75
    assert done.stdout.splitlines()[3] == \
        f"BIND ERROR: Address already in use (127.0.0.1:{one.port})"
    for words in (("-4", "::1"), ("-6", "127.0.0.1")):
        done = udpst("-p", free_port(), *words)
        assert done.returncode == 75
        assert done.stdout.splitlines()[3] == \
            "ERROR: Specified IP address does not match address family"
    done = udpst("-p", free_port(), "192.0.2.1")
    assert done.returncode == 75
    assert done.stdout.splitlines()[3].startswith(
        "BIND ERROR: Cannot assign requested address (192.0.2.1:")
    done = udpst("-p", free_port(), "no-such-name.invalid")
    assert done.returncode == 75
    assert done.stdout.splitlines()[3].startswith(
        "GETADDRINFO ERROR[no-such-name.invalid]: ")
