# SPDX-License-Identifier: BSD-2-Clause
"""pathrate_rcv against a scripted sender: what it sends, prints, writes and
returns, and that it ends."""

import csv
import os
import queue
import re
import signal
import socket
import subprocess
import time

import pytest

import schema
from harness import free_port, program
from pathrate_peer import (CONTINUE, End, GAME_OVER, HOST, NEG_ACK, PCK_LEN,
                           SEND, SENT_TRAIN, SPACING, TRAIN_LEN, Receiver,
                           Sender, receive)

VECTORS = os.path.join(os.environ["top_srcdir"], "tests/vectors/pathrate")
USAGE = ("usage: pathrate_rcv [-H|-h] [-Q] [-q|-v] [-o|-O <filename>] "
         "[-N <filename>] -s <sender>\n")
HEAD = (r"\tpathrate run from (\S+) to (\S+) on "
        r"\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\n")
RULE = "-" * 49
FINAL = re.compile(RULE + "\nFinal capacity estimate :  (\\S+) (.)bps  to "
                   " (\\S+) (.)bps  \n" + RULE + "\n$")
ULM = re.compile(r"DATE=\d{14}\.\d{6} HOST=\S+ PROG=pathrate LVL=Usage "
                 r"PATHRATE\.SNDR=\S+ PATHRATE\.CAPL=\d+\.\dMbps "
                 r"PATHRATE\.CAPH=\d+\.\dMbps\n")


def sample(name):
    with open(f"{VECTORS}/samples/{name}") as f:
        return f.read()


def shape(text):
    """A text without its figures, and without the names in its first line."""
    text = re.sub(HEAD, "HEAD\n", text)
    return re.sub(r"-?\d+(\.\d+)?( [kM]bps)?", "#", text)


def estimate(text):
    """Both ends in Mbit/s."""
    a, unit_a, b, unit_b = FINAL.search(text).groups()
    return [float(x) / (1000 if unit == "k" else 1)
            for x, unit in ((a, unit_a), (b, unit_b))]


def is_as_sent(r):
    """The estimate may be of packets as the sender's gaps allow. A busy host
    makes gaps longer and the interval wide, at both ends."""
    lo, hi = estimate(r.out)
    # Loopback takes the largest packets.
    most = 16412 * 8 / (r.sender.gap_s * 1e6)
    assert lo <= hi and lo < most and hi > most / 100


class W4(Sender):
    width = 4


class W8H8(Sender):
    layout = 8


class Slow(Sender):
    """Some 6 Mbit/s."""
    gap_s = 0.002


# Sessions that end well.

@pytest.mark.parametrize("kind", [Sender, W4, W8H8])
def test_dialects_and_both_methods(tmp_path, kind):
    class Bytewise(kind):
        bytewise = True

    runs = [(Receiver(tmp_path, "-Q", "-o", f"{i}.log", *words,
                      sender=sender), words)
            for i, (words, sender) in enumerate((
                ([], kind()), (["--classic", "-v"], kind()),
                (["-q"], Bytewise())))]
    for r, words in runs:
        assert r.end() == 0, r.err
        assert r.sender.over and r.sender.wrong == [], r.sender.words[-9:]
        assert [w[0] for w in r.sender.words[-2:]] == [CONTINUE, GAME_OVER]
        assert r.err == ""
        if "-q" in words:
            assert r.out == ""
            continue
        is_as_sent(r)
    spacings = [[a for c, a in r.sender.words if c == SPACING]
                for r, _ in runs]
    assert spacings == [[0], [500], [0]]


def test_texts_of_a_classic_run(tmp_path):
    normal, verbose = (Receiver(tmp_path, "-Q", "-N", "ulm", *words,
                                sender=Sender(),
                                env={"PLUMBLINE_PATHRATE_CLASSIC": "1"})
                       for words in (["-o", "a.log"], ["-v"]))
    for r, want in ((normal, "Q-option-10mbit.default.stdout.txt"),
                    (verbose, "Q-option-10mbit.v.stdout.txt")):
        assert r.end() == 0, r.err
        assert shape(r.out) == shape(sample(want))
        assert re.match(HEAD, r.out).group(1, 2) == (
            HOST, socket.gethostname())
    with open(tmp_path / "ulm") as f:
        lines = f.readlines()
    assert len(lines) == 2
    for line in lines:
        assert ULM.fullmatch(line), line
    assert ULM.fullmatch(sample("quick-termination-10mbit.ulm.txt"))


def test_log_is_detailed_whatever_is_printed(tmp_path):
    quiet, loud = (Receiver(tmp_path, "-Q", "--classic", "-o", name, word,
                            sender=Sender())
                   for name, word in (("q.log", "-q"), ("v.log", "-v")))
    for r, name in ((quiet, "q.log"), (loud, "v.log")):
        assert r.end() == 0, r.err
        log = r.log(name)
        argv = " ".join(r.popen.args) + " \n"
        assert log.startswith("\n\n" + argv + "\tpathrate run from ")
        lo, hi = re.search(r"estimate : (.*) to (.*)\n", log).groups()
        assert log.endswith(f"\n\n\n{RULE}\nFinal capacity estimate : {lo} "
                            f"to {hi}\n{RULE}\n\n")
    assert quiet.out == ""
    assert shape(quiet.log("q.log").split("\n", 3)[3]) == shape(
        loud.log("v.log").split("\n", 3)[3])
    # Nothing of standard output is missing in it, but for the last lines.
    body = loud.out[:loud.out.index(RULE)]
    for line in body.splitlines():
        assert line + "\n" in loud.log("v.log")


def test_log_is_added_to_or_replaced(tmp_path):
    for name, option, kept in (("pathrate.output", [], True),
                               ("O.log", ["-O", "O.log"], True),
                               ("o.log", ["-o", "o.log"], False)):
        with open(tmp_path / name, "w") as f:
            f.write("before\n")
        assert receive(tmp_path, *option).status == 255
        with open(tmp_path / name) as f:
            assert f.read() == ("before\n" if kept else "") + "\n\n"


def test_fast_text(tmp_path):
    r = receive(tmp_path, "-Q", "-v", "--histogram", sender=Slow())
    assert r.status == 0, r.err
    assert re.match(HEAD + r"\t--> Average round-trip time: \d+\.\dms\n\n"
                    r"-- Packet pairs and trains of 16412 bytes --\n\n"
                    r"\tTrain-1 \(scale\): 5 of 5 packets of 16412B -> ",
                    r.out)
    for text in ("\n-- Local modes --\n", "\t* Mode: ", "\t--> Verdict: ",
                 "\t--> Evidence: ", "\t--> Capacity: ",
                 "\t--> 95 % interval: "):
        assert text in r.out and text in r.log()
    is_as_sent(r)


def test_json_and_csv(tmp_path):
    fast, classic = (Receiver(tmp_path, "-Q", "--json", "--csv", name, *words,
                              sender=Sender())
                     for name, words in (("f.csv", []),
                                         ("c.csv", ["--classic"])))
    for r, method, name in ((fast, "fast", "f.csv"),
                            (classic, "classic", "c.csv")):
        assert r.end() == 0, r.err
        doc = schema.load(r.out, "pathrate_rcv")
        assert doc["error"] is None
        assert doc["config"]["method"] == method
        assert doc["path"]["extended"] is False
        assert doc["path"]["rtt_ms"] >= 0
        got = doc["result"]
        assert got["low_bps"] <= got["capacity_bps"] <= got["high_bps"]
        # A portable build cannot tell.
        assert doc["host"]["socket_drops"] in (0, None)
        trains = [a for c, a in r.sender.words if c == SEND]
        with open(tmp_path / name) as f:
            rows = list(csv.DictReader(f))
        assert sorted({int(row["round"]) for row in rows}) == trains
        assert {row["payload_bytes"] for row in rows} == {
            str(a) for c, a in r.sender.words if c == PCK_LEN} or \
            method == "fast"
        gaps = [float(row["gap_us"]) for row in rows if row["gap_us"]]
        assert sorted(gaps)[len(gaps) // 2] > 300
    assert fast.out.count('"kind"') == len(
        [c for c, _ in fast.sender.words if c == SEND])


class Sleepy(Sender):
    """The receiver's process is stopped while trains come."""

    def __init__(self):
        super().__init__()
        self.receiver = queue.Queue()
        self.pid = None

    def train(self, round_id):
        self.pid = self.pid or self.receiver.get()
        os.kill(self.pid, signal.SIGSTOP)
        super().train(round_id)
        os.kill(self.pid, signal.SIGCONT)


def test_stamps_are_the_kernels_from_the_first_packet_on(tmp_path):
    """It reads each train at once, long after; with stamps of its own the
    packets would seem to have come so."""
    r = Receiver(tmp_path, "-Q", "--json", "--csv", "a.csv", sender=Sleepy())
    r.sender.receiver.put(r.popen.pid)
    assert r.end(30) == 0, r.err
    assert schema.load(r.out, "pathrate_rcv")["host"]["stamps"] == "kernel"
    with open(tmp_path / "a.csv") as f:
        gaps = [float(row["gap_us"]) for row in csv.DictReader(f)
                if row["gap_us"]]
    assert len(gaps) > 20
    assert min(gaps) > 250


def test_progress_on_a_terminal(tmp_path):
    ours, theirs = os.openpty()
    r = Receiver(tmp_path, "-Q", "-q", sender=Sender(), stderr=theirs)
    os.close(theirs)
    said = b""
    try:
        while piece := os.read(ours, 4096):
            said += piece
    except OSError:
        pass
    os.close(ours)
    assert r.end() == 0
    pieces = said.decode().split("\r\x1b[K")
    assert pieces[0] == pieces[-1] == ""
    assert all(re.fullmatch(r"\d+\.\d s, \d+ trains(, about .*bit/s)?", p)
               for p in pieces[1:-1])
    assert len(pieces) > 20


def test_extension_and_ipv6(tmp_path):
    port = free_port()
    sender = subprocess.Popen([program("pathrate/pathrate_snd"), "-i",
                               "--port", str(port)], stdout=subprocess.PIPE)
    try:
        said = b""
        while b"=>" not in said:
            said += os.read(sender.stdout.fileno(), 200)
            assert sender.poll() is None
        r = receive(tmp_path, "-Q", "--json", "-s", "::1", "--port", port,
                    "--udp-port", free_port())
        assert (r.status, r.err) == (0, "")
        doc = schema.load(r.out, "pathrate_rcv")
        assert doc["path"]["extended"] is True
        assert doc["result"]["capacity_bps"] > 1e8
        assert doc["config"]["max_payload_bytes"] == 16384
    finally:
        sender.terminate()
        sender.wait(10)
        sender.stdout.close()


# Trains that do not arrive as they should.

@pytest.mark.parametrize("words", [[], ["--classic"]])
def test_lossy_trains(tmp_path, words):
    class Lossy(Sender):
        lossy = range(3, 300, 6)

    r = receive(tmp_path, "-Q", "-q", *words, sender=Lossy(), timeout=30)
    assert r.status == 0, r.err
    assert r.sender.over and r.sender.wrong == []
    lost = [c for c, _ in r.sender.words].count(NEG_ACK)
    # The default method uses what came, the classic one asks again: by the
    # verdict alone, since the sender retransmits by itself.
    assert lost == 0 if not words else lost > 0
    rounds = [a for c, a in r.sender.words if c == SEND]
    assert rounds == sorted(set(rounds))


class Strange(Sender):
    """Before each packet come some that must not count, as noise() says."""

    def noise(self, i, round_id):
        raise NotImplementedError

    def train(self, round_id):
        self.train_id += 1
        for i in range(self.train_len + 1):
            self.noise(i, round_id)
            self.udp.sendto(self.packet(i, round_id), self.to)
            time.sleep(self.gap_s)
        self.noise(i + 1, round_id)


class Foreign(Strange):
    """From another host, and of a newer train."""

    def noise(self, i, round_id):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.2", 0))
            s.sendto(self.packet(i, round_id, self.train_id + 1), self.to)


class WrongSize(Strange):
    def noise(self, i, round_id):
        for size in (0, 1, 11, self.payload - 1, self.payload + 1, 40000):
            self.udp.sendto(self.packet(i, round_id,
                                        self.train_id + 1)[:size].ljust(
                                            size, b"y"), self.to)


class TooMany(Strange):
    """Duplicates, numbers beyond the last one, and trains of the past."""

    def noise(self, i, round_id):
        if i > 0:
            self.udp.sendto(self.packet(i - 1, round_id), self.to)
        for pack_id in (self.train_len + 1, 1000, 0x7fffffff, 0xffffffff):
            self.udp.sendto(self.packet(pack_id, round_id), self.to)


@pytest.mark.parametrize("kind", [Foreign, WrongSize, TooMany])
def test_packets_that_do_not_count(tmp_path, kind):
    runs = [Receiver(tmp_path, "-Q", "-o", "/dev/null", *words,
                     sender=kind()) for words in ([], ["--classic"])]
    for r in runs:
        assert r.end(30) == 0, r.err
        assert r.sender.over and r.sender.wrong == []
        is_as_sent(r)


# Senders that do not do their part: the end, its time and its text.

class Silent(Sender):
    def session(self):
        self.conn.recv(4096)
        while self.conn.recv(4096):
            pass


class Garbage(Sender):
    def session(self):
        self.conn.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        while self.conn.recv(4096):
            pass


class ClosesAtOnce(Sender):
    def session(self):
        pass


class ClosesInRtt(Sender):
    def session(self):
        for _ in range(4):
            self.put(self.get())


class ClosesInTrain(Sender):
    def verdict(self, round_id):
        raise End


class NeverSent(Sender):
    """The train comes, the word that ends it does not."""

    def verdict(self, round_id):
        self.word()


class NoPackets(Sender):
    def train(self, round_id):
        pass


class Flood(Sender):
    """Packets without end, and no word."""

    def verdict(self, round_id):
        end = time.monotonic() + 5
        self.conn.setblocking(False)
        while time.monotonic() < end:
            self.udp.sendto(self.packet(1, round_id), self.to)
            try:
                if not self.conn.recv(64):
                    return
            except BlockingIOError:
                pass


class Terminates(Sender):
    def verdict(self, round_id):
        self.put(GAME_OVER if self.train_id > 2 else SENT_TRAIN)
        self.word()


class ClosesHalfWay(Sender):
    def verdict(self, round_id):
        if self.train_id == 20:
            raise End
        super().verdict(round_id)


class TerminatesHalfWay(Sender):
    def verdict(self, round_id):
        if self.train_id < 20:
            super().verdict(round_id)
        else:
            self.put(GAME_OVER)
            self.word()


@pytest.mark.parametrize("kind", [ClosesHalfWay, TerminatesHalfWay])
def test_what_came_before_a_failure_is_kept(tmp_path, kind):
    """In the object; no text claims that it is the estimate."""
    r = receive(tmp_path, "--json", sender=kind())
    assert r.status == 255
    doc = schema.load(r.out, "pathrate_rcv")
    assert doc["error"]["code"] == 255
    assert doc["result"]["capacity_bps"] > 1e6
    assert len(doc["result"]["trains"]) > 10
    assert "Final capacity" not in r.log()


NO_TRAIN = "No train arrived; this sender may not know --udp-port\n"
LOST = "recv control message failed: "
NOTHING = "Insufficient number of packet dispersion estimates.\n"
BAD = [
    (Silent, LOST + "the sender is silent\n", "", 1),
    (Garbage, LOST + "what answers there is no pathrate_snd\n", "", 0),
    (ClosesAtOnce, LOST + "the sender closed the connection\n", "", 0),
    (ClosesInRtt, LOST + "the sender closed the connection\n", "", 0),
    (ClosesInTrain, LOST + "the sender closed the connection\n", "", 0),
    (Terminates, "", "\n\nSender sent terminate signal. Exiting...\n", 0),
    (NeverSent, (NO_TRAIN, ""), ("", NOTHING), 1),
    (NoPackets, (NO_TRAIN, ""), ("", NOTHING), 1),
    (Flood, (NO_TRAIN, ""), ("", NOTHING), 1),
]


@pytest.mark.parametrize("kind,err,out,lasts_s", BAD,
                         ids=[b[0].__name__ for b in BAD])
def test_bad_senders(tmp_path, kind, err, out, lasts_s):
    runs = [Receiver(tmp_path, "--timeout", "1", "-N", f"{i}.ulm", "-o",
                     f"{i}.log", *words, sender=kind())
            for i, words in enumerate(([], ["--classic"], ["--json"]))]
    for i, r in enumerate(runs):
        assert r.end() == 255
        assert lasts_s - 0.2 <= r.took_s < 4
        want_err, want_out = ((x[i % 2] if isinstance(x, tuple) else x)
                              for x in (err, out))
        assert r.err == want_err
        assert os.path.getsize(tmp_path / f"{i}.ulm") == 0
        assert "Final capacity" not in r.log(f"{i}.log")
        if i == 2:
            doc = schema.load(r.out, "pathrate_rcv")
            assert doc["error"]["code"] == 255
            assert want_err.strip() in doc["error"]["message"]
            continue
        assert r.out.endswith(want_out)
        assert re.match(HEAD, r.out)
        assert want_out in r.log(f"{i}.log") or kind == Terminates


# A run that is ended.

def wait_for_trains(sender, n):
    end = time.monotonic() + 10
    while sender.train_id < n and time.monotonic() < end:
        time.sleep(0.01)
    assert sender.train_id >= n


@pytest.mark.parametrize("words", [[], ["--classic"]])
@pytest.mark.parametrize("signo", [signal.SIGINT, signal.SIGTERM])
def test_signals(tmp_path, words, signo):
    sender = Slow()
    r = Receiver(tmp_path, "--json", *words, sender=sender)
    wait_for_trains(sender, 9)
    r.popen.send_signal(signo)
    assert r.end() == 128 + signo
    assert sender.over and [c for c, _ in sender.words[-2:]] == [
        CONTINUE, GAME_OVER]
    doc = schema.load(r.out, "pathrate_rcv")
    assert doc["result"]["capacity_bps"] > 1e6
    assert doc["error"] == {"code": 128 + signo, "message": "interrupted"}
    assert "Final capacity estimate" in r.log()


def test_signal_while_connecting(tmp_path):
    sender = Silent()
    r = Receiver(tmp_path, "--json", sender=sender)
    time.sleep(0.3)
    r.popen.send_signal(signal.SIGTERM)
    assert r.end() == 128 + signal.SIGTERM
    doc = schema.load(r.out, "pathrate_rcv")
    assert doc["result"] is None
    assert doc["error"]["code"] == 128 + signal.SIGTERM


@pytest.mark.parametrize("words", [[], ["--classic"]])
def test_budgets(tmp_path, words):
    bytes_, time_ = (Receiver(tmp_path, *limit, *words, sender=Slow())
                     for limit in (["--max-bytes", "600k"],
                                   ["--timeout", "2"]))
    for r in (bytes_, time_):
        assert r.end() == 0, r.err
        assert r.took_s < 4
        assert r.sender.over and r.sender.wrong == []
        estimate(r.out)
    size = length = total = 0
    for code, argument in bytes_.sender.words:
        if code == PCK_LEN:
            size = argument
        elif code == TRAIN_LEN:
            length = argument
        elif code == SEND:
            total += (length + 1) * (size + 28)
    assert 0 < total <= 600 * 1024


# Before there is a session.

def test_usage(tmp_path):
    missing = "Need to specify sender's hostname!\n"
    for words, err, log in (
            ([], missing + USAGE, True),
            (["-s"], "{0}: option requires an argument -- 's'\n" + missing +
             USAGE, True),
            (["-z", "-s", "x"], "{0}: invalid option -- 'z'\n" + USAGE, True),
            (["--timeout", "x", "-s", "x"],
             "pathrate_rcv: --timeout is invalid: x\n", False)):
        directory = tmp_path / f"{len(words)}{log}{words[:1]}"
        directory.mkdir()
        r = receive(directory, *words)
        assert (r.status, r.out) == (255, "")
        assert r.err == err.format(r.popen.args[0])
        assert os.listdir(directory) == (["pathrate.output"] if log else [])
        if log:
            assert r.log() == "\n\n"


def test_names_and_listeners(tmp_path):
    closed = free_port()
    busy = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    busy.bind(("0.0.0.0", 0))
    for words, err, head in (
            (["-s", "999.1.1.1"], "999.1.1.1: unknown host\n", False),
            (["-s", "no.such.invalid"], "no.such.invalid: unknown host\n",
             False),
            (["-4", "-s", "::1"], "::1: unknown host\n", False),
            (["-s", HOST, "--port", closed], "Make sure that pathrate_snd "
             "runs at sender:: Connection refused\n", True),
            (["-s", "::1", "--port", closed], "Make sure that pathrate_snd "
             "runs at sender:: Connection refused\n", True),
            (["-s", HOST, "--udp-port", busy.getsockname()[1]],
             "bind(sock_udp):: Address already in use\n", True),
            (["-s", HOST, "--bind", "192.0.2.1"],
             "bind(sock_udp):: Cannot assign requested address\n", True)):
        text, doc = (receive(tmp_path, "-o", "log", *words, *more)
                     for more in ([], ["--json"]))
        assert (text.status, doc.status) == (255, 255)
        assert text.err == doc.err == err
        assert bool(re.fullmatch(HEAD, text.out)) is head
        assert head or (text.out == "" and text.log("log") == "\n\n")
        got = schema.load(doc.out, "pathrate_rcv")
        assert got["error"] == {"code": 255, "message": err.strip()}
        assert got["result"] is None
    busy.close()


def test_files_that_cannot_be(tmp_path):
    os.mkdir(tmp_path / "pathrate.output")
    default = Receiver(tmp_path, "-Q", sender=Sender())
    assert default.end() == 0
    assert default.err == ("pathrate_rcv: pathrate.output: Is a directory\n")
    estimate(default.out)
    for words in (["-o", "no/log"], ["-O", "no/log"], ["-N", "no/log"],
                  ["--csv", "no/log"]):
        r = receive(tmp_path, "-s", HOST, *words)
        assert (r.status, r.out) == (255, "")
        assert r.err.endswith("pathrate_rcv: no/log: No such file or "
                              "directory\n")


def test_full_disk(tmp_path):
    runs = [Receiver(tmp_path, "-Q", "-o", "log", *words, sender=Sender())
            for words in (["-o", "/dev/full"], ["-N", "/dev/full"],
                          ["--csv", "/dev/full"])]
    with open("/dev/full", "w") as full:
        runs += [Receiver(tmp_path, "-Q", "-o", "log", *words,
                          sender=Sender(), stdout=full)
                 for words in ([], ["--json"])]
    for r in runs:
        assert r.end() == 255
        assert re.fullmatch(r"pathrate_rcv: (/dev/full|stdout): .*\n",
                            r.err), r.err


# Recorded runs.

@pytest.mark.parametrize("name", ["replay-full-100mbit",
                                  "replay-phase1-aborted-1gbit",
                                  "replay-quick-10mbit-x50"])
def test_replay(tmp_path, name):
    file = os.path.abspath(f"{VECTORS}/{name}.jsonl")
    r = receive(tmp_path, "--classic", "-v", "--replay", file, "-o", "log")
    assert (r.status, r.err) == (0, "")
    want = sample(name + ".v.stdout.txt")
    assert r.out.split("\n", 1)[1] == want.split("\n", 1)[1]
    if name == "replay-full-100mbit":
        log = sample(name + ".pathrate.output.txt")
        body = "\t--> Average"
        assert r.log("log").split(body)[1] == log.split(body)[1]
    fast = receive(tmp_path, "--json", "--replay", file)
    assert (fast.status, fast.err) == (0, "")
    doc = schema.load(fast.out, "pathrate_rcv")
    assert doc["config"]["replay"] == file
    assert os.listdir(tmp_path) == ["log"]
    # What the links of the first two were is in the description of the
    # vectors; nothing is to be known of the third.
    truth = {"replay-quick-10mbit-x50": (9.5e6, 10.1e6),
             "replay-full-100mbit": (80e6, 101e6)}.get(name)
    if truth:
        assert truth[0] < doc["result"]["capacity_bps"] < truth[1]


def test_replay_of_nonsense(tmp_path):
    param = ('{"type":"param","min_possible_delta":3,"max_payload":1460,'
             '"rtt_ms":0.08,"min_spacing_ms":500}\n')
    train = ('{"type":"train","round":2,"train_len":2,"bad":0,'
             '"arrival_us":[0,2310,3534]}\n')
    for text, err in (
            ("", "{0}: no param\n"),
            ("# no JSON\n", "{0}:1: not a flat JSON object in range\n"),
            (train, "{0}: a train before param\n"),
            (param + param, "{0}: a second param\n"),
            (param + train.replace("2,\"bad", "3,\"bad"),
             "{0}:2: not as many arrivals as packets\n"),
            ("\n" + param + "\n\n#\n",
             "{0}:5: not a flat JSON object in range\n"),
            (param, "No train arrived\n"),
            (param + train, "Too few packets arrived\n")):
        with open(tmp_path / "run.jsonl", "w") as f:
            f.write(text)
        r = receive(tmp_path, "--json", "--replay", "run.jsonl")
        assert r.status == 255
        assert r.err == err.format("run.jsonl")
        doc = schema.load(r.out, "pathrate_rcv")
        assert doc["error"]["message"] == r.err.strip()
    with open(tmp_path / "run.jsonl", "w") as f:
        f.write(param + train + train)
    r = receive(tmp_path, "--classic", "--replay", "run.jsonl")
    assert (r.status, r.err) == (
        255, "run.jsonl: round 2 has 2 packets where --classic asks for 3\n")
    assert receive(tmp_path, "--replay", "none").err == (
        "none: No such file or directory\n")
