# SPDX-License-Identifier: BSD-2-Clause
"""Error lines and exit statuses of the clients of msak, one by one."""

import re
import signal
import socket
import struct
import subprocess
import time

import pytest

import schema
from harness import free_port, program
from msak_stub import BINARY, Server, frame, run

DATE = r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d "
USAGE = r"\nUsage of (.|\n)*"
STREAMS = "Invalid configuration: the number of streams must be between 1 " \
    "and 4\\."
NO_SENSE = "Invalid configuration: please check streams, delay and " \
    "duration and make sure they make sense\\."
REFUSED = r"dial tcp 127\.0\.0\.1:DEAD: connect: connection refused"
COLON = "first path segment in URL cannot contain colon"
BAD_WS = "malformed ws or wss URL"


def stream(error, way="download", server=".*"):
    """What msak-client prints for a stream that fails at once."""
    return rf"Starting {way} stream \(server: {server}\)\n{error}\n"


def one(error, **more):
    return stream(error, **more) + "\nTest results:\n"


def located(name, error, url="http://127.0.0.1:DEAD/", lead=DATE):
    return rf'{lead}Get "{re.escape(url)}msak/{name}": {error}\n'


ONE = ["-upload=false", "-streams", "1"]
WS = ["-scheme", "ws"]

# Program, words, status, standard output and error; DEAD is a port that
# nobody listens on.
CASES = [
    # Command lines.
    ("msak-client", ["-nosuch"], 2, "",
     "flag provided but not defined: -nosuch" + USAGE),
    ("minimal-download", ["-streams", "x"], 2, "",
     'invalid value "x" for flag -streams: parse error' + USAGE),
    ("msak-latency", ["---x"], 2, "", "bad flag syntax: ---x" + USAGE),
    ("msak-latency", ["-server", ":80"], 2, "",
     'invalid value ":80" for flag -server: parse ":80": missing protocol '
     "scheme" + USAGE),
    ("generate-schema", ["-latency1"], 2, "",
     "flag needs an argument: -latency1" + USAGE),
    ("msak-client", ["-h"], 0, "", "Usage of .*(.|\n)*"),
    ("msak-client", ["-streams", "5"], 1, "", DATE + STREAMS + "\n"),
    ("msak-client", ["-streams", "5", "-delay", "2s"], 1, "",
     DATE + NO_SENSE + "\n"),
    ("msak-client", ["-streams", "1", "-duration", "0"], 1, "",
     DATE + NO_SENSE + "\n"),
    ("minimal-download", ["-streams", "0"], 1, "", STREAMS + "\n"),
    ("minimal-download", ["-server.url", "127.0.0.1:8180"], 1, "",
     f'parse "127.0.0.1:8180": {COLON}\n'),
    # Nothing asked for, nothing wrong.
    ("msak-client", ["-server", "h", "-download=false", "-upload=false"], 0,
     "\nTest results:\n", ""),
    # Connecting.
    ("msak-client", [*ONE, *WS, "-server", "127.0.0.1:DEAD"], 1,
     one(REFUSED), ""),
    ("msak-client", [*WS, "-server", "127.0.0.1:DEAD", "-streams", "1"], 1,
     stream(REFUSED) + one(REFUSED, way="upload"), ""),
    ("msak-client", [*ONE, *WS, "-server", "127.0.0.1:DEAD", "-quiet"], 1,
     REFUSED + "\n\nTest results:\n", ""),
    ("msak-client", [*ONE, *WS, "-server", "nosuch.invalid"], 1,
     one(r"dial tcp: lookup nosuch\.invalid: .+", server="nosuch.invalid"),
     ""),
    ("msak-client", [*ONE, "-scheme", "ftp", "-server", "h"], 1,
     one(BAD_WS, server="h"), ""),
    ("msak-client", [*ONE, "-scheme", "", "-server", "h"], 1,
     one(BAD_WS, server="h"), ""),
    ("msak-client", [*ONE, *WS, "-server", "u:p@h"], 1, one(BAD_WS), ""),
    ("msak-client", [*ONE, *WS, "-server", "h:99999"], 1,
     "\nTest results:\n", DATE + "dial tcp: address 99999: invalid port\n"),
    ("msak-client", [*ONE, *WS, "-server", "h:x"], 1, "\nTest results:\n",
     DATE + r'parse "ws://h:x/throughput/v1/download": invalid port ":x" '
     "after host\n"),
    ("minimal-download", ["-server.url", "ws://127.0.0.1:DEAD/x"], 1, "",
     r"Connecting: ws://127\.0\.0\.1:DEAD/x\?\.\.\.\n"
     f"skipping one stream; fialed to connect: {REFUSED}\n"),
    ("minimal-download", ["-server.url", "http://h/x", "-quiet"], 1, "",
     f"skipping one stream; fialed to connect: {BAD_WS}\n"),
    ("msak-latency", ["-server", "//127.0.0.1:DEAD", "-mid", "m", "-quiet"],
     1, "", rf"{DATE}connection failed \(error: Get "
     rf'"http://127\.0\.0\.1:DEAD/latency/v1/authorize\?mid=m": {REFUSED}\)'
     "\n"),
    ("msak-latency", ["-server", "", "-quiet"], 1, "",
     DATE + r'connection failed \(error: Get "http:///latency/v1/authorize'
     r'\?mid=": http: no Host in request URL\)' "\n"),
    ("msak-latency", ["-server", "//h", "-scheme", "x", "-quiet"], 1, "",
     DATE + r'connection failed \(error: Get "x://h/latency/v1/authorize'
     r'\?mid=": unsupported protocol scheme "x"\)' "\n"),
    # Locate. What comes behind the first word that is no flag is ignored.
    ("msak-client", [*ONE, "-locate.url", "http://127.0.0.1:DEAD/", "x",
                     "-server", "h"], 1, "\nTest results:\n",
     located("throughput1", REFUSED)),
    ("msak-client", ["-locate.url", "http://127.0.0.1:DEAD/"], 1,
     "\nTest results:\n", 2 * located("throughput1", REFUSED)),
    ("msak-client", [*ONE, "-locate.url", "ftp://h/"], 1,
     "\nTest results:\n", located(
         "throughput1", 'unsupported protocol scheme "ftp"', "ftp://h/")),
    ("msak-client", [*ONE, "-locate.url", "http://h:99999/"], 1,
     "\nTest results:\n", DATE + "dial tcp: address 99999: invalid port\n"),
    ("minimal-download", ["-locate.url", "http://127.0.0.1:DEAD/"], 1, "",
     located("throughput1", REFUSED, lead="")),
    ("minimal-download", ["-locate.url", "127.0.0.1:80"], 1, "",
     f'parse "127.0.0.1:80/msak/throughput1": {COLON}\n'),
    ("msak-latency", ["-locate.url", "http://127.0.0.1:DEAD/", "-quiet"], 1,
     "", DATE + r'cannot get server list from locate \(error: Get '
     rf'"http://127\.0\.0\.1:DEAD/msak/latency1": {REFUSED}\)' "\n"),
    # Schemas.
    ("generate-schema", ["-latency1", "/nonexistent/x", "-throughput1",
                         "/dev/null"], 1, "",
     DATE + r"failed to write latency1 schema \(error: open /nonexistent/x: "
     r"no such file or directory\)" "\n"),
]


@pytest.mark.parametrize("name, words, status, out, err", CASES, ids=[
    f"{name} {' '.join(words)}" for name, words, *_ in CASES])
def test_line(name, words, status, out, err):
    dead = str(free_port())
    done = run(name, *(w.replace("DEAD", dead) for w in words))
    assert re.fullmatch(out.replace("DEAD", dead), done.stdout), done
    assert re.fullmatch(err.replace("DEAD", dead), done.stderr), done
    assert done.returncode == status


# minimal-download against servers that go wrong.

def minimal(server, *args):
    return run("minimal-download", "-server.url",
               f"ws://{server.name}/throughput/v1/download", *args)


def error_line(server, text):
    return rf"^error read tcp 127\.0\.0\.1:\d+->{server.name}: {text}$"


def test_minimal_reset():
    def script(session):
        session.accept(frame(BINARY, bytes(5000)))
        session.read_frame()
        session.conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                struct.pack("ii", 1, 0))
    with Server(script) as server:
        done = minimal(server)
    assert re.search(error_line(server, "read: connection reset by peer"),
                     done.stderr, re.M), done
    assert "Download total average: " in done.stderr
    assert done.returncode == 0


def test_minimal_stalled():
    """The longest time is over, and even the close has no answer."""
    def script(session):
        session.accept(frame(BINARY, bytes(5000)))
        session.until_end()
    with Server(script) as server:
        begun = time.monotonic()
        done = minimal(server, "-max-duration", "5s")
        assert 4.9 < time.monotonic() - begun < 20
    assert re.search(error_line(server, "i/o timeout"), done.stderr, re.M), \
        done
    assert done.stderr.index("error ") < done.stderr.index("------")
    assert done.returncode == 0


@pytest.mark.parametrize("streams", [1, 3])
def test_minimal_the_longest_time_counts_for_connecting(streams):
    with Server(lambda s: s.until_end()) as server:
        begun = time.monotonic()
        done = minimal(server, "-max-duration", "2s", "-streams", streams)
        assert 1.9 < time.monotonic() - begun < 15
    assert len(re.findall(
        r"^skipping one stream; fialed to connect: read tcp 127\.0\.0\.1:"
        rf"\d+->{server.name}: i/o timeout$", done.stderr, re.M)) == streams
    assert done.returncode == 1


def test_minimal_the_longest_time_counts_for_locate():
    with Server(lambda s: s.until_end()) as server:
        begun = time.monotonic()
        done = run("minimal-download", "-max-duration", "2s",
                   "-locate.url", f"http://{server.name}/")
        assert 1.9 < time.monotonic() - begun < 15
    assert done.stderr == (f'Get "http://{server.name}/msak/throughput1": '
                           "context deadline exceeded\n")
    assert done.returncode == 1


# What the Locate service may answer: to msak-client, to minimal-download.

@pytest.mark.parametrize("status, body, fields, text, minimal_text", [
    (200, "<html>", [], "invalid character '<' looking for beginning of "
     "value", None),
    (200, "", [], "unexpected end of JSON input", None),
    (500, '{"error":{"title":"T","detail":"D"}}', [], "T: D", "no server"),
    (200, "{}", [], "no available M-Lab servers", "no server"),
    (200, '{"results":[]}', [], "no targets available", "no server"),
    (200, '{"results":[{"urls":{}}]}', [], "no targets available",
     "no server"),
    (200, "x", ["Content-Encoding: gzip"],
     'Get "URL": the body is encoded', None),
    (302, "", ["Location: http://h:x/"],
     'Get "URL": failed to parse Location header "http://h:x/": '
     'parse "http://h:x/": invalid port ":x" after host', None),
    (302, "", ["Location: ftp://h/"],
     'Get "ftp://h/": unsupported protocol scheme "ftp"', None),
], ids=["html", "empty", "error", "nothing", "none", "useless", "gzip",
        "redirect", "ftp"])
def test_locate(status, body, fields, text, minimal_text):
    with Server(lambda s: s.answer(status, body, fields)) as server:
        base = f"http://{server.name}/"
        done = run("msak-client", *ONE, "-locate.url", base)
        assert re.sub(DATE, "", done.stderr) == \
            text.replace("URL", base + "msak/throughput1") + "\n"
        assert (done.stdout, done.returncode) == ("\nTest results:\n", 1)
        done = run("minimal-download", "-locate.url", base)
        assert done.stderr == (minimal_text or text).replace(
            "URL", base + "msak/throughput1") + "\n"
        assert (done.stdout, done.returncode) == ("", 1)


# Names.

NAME_SERVER = "127.77.0.1"
RESOLV_CONF = f"nameserver {NAME_SERVER}\noptions timeout:30 attempts:5\n"
NAMED = {
    "msak-client": ["-scheme", "ws", "-streams", "1", "-upload=false",
                    "-server", "host.example"],
    "minimal-download": ["-server.url",
                         "ws://host.example/throughput/v1/download"],
    "msak-latency": ["-server", "host.example", "-mid", "m"],
}


class Silent:
    """A name server that says nothing, and who asks only this one."""

    def __init__(self, directory):
        self._conf = directory / "resolv.conf"
        self._conf.write_text(RESOLV_CONF)
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self.sock.bind((NAME_SERVER, 53))
        except OSError as why:
            pytest.skip(f"{NAME_SERVER}: {why}")
        self.sock.settimeout(20)

    def start(self, name, *words):
        mounted = "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\""
        start = ["unshare", "-m", "sh", "-c", mounted, self._conf]
        if subprocess.run([*start, "true"], capture_output=True,
                          check=False).returncode != 0:
            pytest.skip("no mount namespaces")
        return subprocess.Popen([*start, program(f"msak/{name}"), *words],
                                text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)


@pytest.fixture
def silent(tmp_path):
    it = Silent(tmp_path)
    yield it
    it.sock.close()


@pytest.mark.parametrize("name", NAMED)
def test_interrupted_while_a_name_is_looked_up(silent, name):
    with silent.start(name, *NAMED[name], "-json") as process:
        assert b"example" in silent.sock.recv(2048)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert schema.load(out, name)["error"] == {"code": 130,
                                               "message": "interrupted"}


def test_a_name_has_no_more_time_than_the_rest(silent):
    start = time.monotonic()
    with silent.start("msak-client", *NAMED["msak-client"]) as process:
        out, _ = process.communicate(timeout=25)
    assert time.monotonic() - start >= 4.9
    assert re.fullmatch(one(r"dial tcp: lookup host\.example: i/o timeout",
                            server=r"host\.example"), out)
    assert process.returncode == 1
