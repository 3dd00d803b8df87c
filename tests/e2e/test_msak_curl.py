# SPDX-License-Identifier: BSD-2-Clause
"""msak-server and clients of others that speak HTTP and TLS: curl, and
`openssl s_client`. On loopback."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess

import pytest

from msak_peer import LOCAL, PROTOCOL, certificate, path, servers

TOP = os.environ["top_srcdir"]
PAGE = os.path.join(TOP, "share/plumbline/msak.html")
TOKENS = os.path.join(TOP, "tests/vectors/msak/tokens")
PLAIN = "text/plain; charset=utf-8"
AUTHORIZE, RESULT = "/latency/v1/authorize", "/latency/v1/result"
WEBSOCKET = ["-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H",
             "Sec-WebSocket-Version: 13", "-H",
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "-H",
             f"Sec-WebSocket-Protocol: {PROTOCOL}"]


def run(*words, status=0, text=""):
    done = subprocess.run([str(w) for w in words], input=text, text=True,
                          capture_output=True, errors="replace", timeout=20)
    assert done.returncode == status, done
    return done


@pytest.fixture(name="server")
def _server(tmp_path):
    yield from servers(tmp_path)


@pytest.fixture(name="served")
def _served(server):
    """One with a page."""
    return server("-page", PAGE)


@pytest.fixture(name="tls")
def _tls(server, tmp_path):
    pem, key = certificate(str(tmp_path), "one")
    one = server("-cert", pem, "-key", key, tls=True)
    one.pem = pem
    return one


class Answer:
    """What curl had: status line, fields by their lower-case names, body, and
    its own figures."""

    def __init__(self, port, target, *options, host=LOCAL, scheme="http"):
        done = run("curl", "-s", "-i", "-o", "-", "-w",
                   "\n%{time_total} %{num_connects}", "--max-time", 10,
                   "--noproxy", "*", *options,
                   f"{scheme}://{host}:{port}{target}")
        text, self.figures = done.stdout.rsplit("\n", 1)
        self.interim = 0
        # subprocess made one line end of CR LF.
        head, self.body = text.split("\n\n", 1)
        while head.split(" ")[1] == "100":
            self.interim += 1
            head, self.body = self.body.split("\n\n", 1)
        self.line, *fields = head.split("\n")
        self.status = int(self.line.split(" ")[1])
        self.fields = {k.lower(): v for k, v in
                       (f.split(": ", 1) for f in fields)}
        assert len(self.fields) == len(fields), "a field that came twice"

    @property
    def seconds(self):
        return float(self.figures.split()[0])


# Statuses and fields of everything there is.

def cases(port, metrics):
    """(port, target, status, type, body or its beginning)."""
    yield port, path("download"), 400, None, ""
    yield port, path("upload"), 400, None, ""
    yield port, "/throughput/v1/download", 400, None, ""
    yield port, AUTHORIZE, 401, None, ""
    yield port, f"{AUTHORIZE}?mid=a", 200, PLAIN, \
        '{"Type":"c2s","ID":"a","Seq":0}'
    yield port, RESULT, 400, None, ""
    yield port, f"{RESULT}?mid=a", 200, PLAIN, '{"ID":"'
    yield port, f"{RESULT}?mid=a", 404, None, ""
    yield port, "/", 200, "text/html; charset=utf-8", "<!doctype html>"
    yield port, "/?x", 200, "text/html; charset=utf-8", "<!doctype html>"
    yield port, "/no", 404, PLAIN, "404 page not found\n"
    yield port, "/throughput/v1/download/", 404, PLAIN, \
        "404 page not found\n"
    yield port, "/metrics", 404, PLAIN, "404 page not found\n"
    yield metrics, "/metrics", 200, \
        "text/plain; version=0.0.4; charset=utf-8", "# HELP "
    yield metrics, "/", 404, PLAIN, "404 page not found\n"
    yield metrics, "/debug/pprof/", 404, PLAIN, "404 page not found\n"


def check_common(answer):
    assert answer.fields["connection"] == "close"
    assert re.fullmatch(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} "
                        r"\d\d:\d\d:\d\d GMT", answer.fields["date"])


def test_statuses(served):
    for port, target, status, type_, body in cases(served.port,
                                                   served.metrics):
        got = Answer(port, target)
        assert (got.line.split(" ")[0], got.status) == ("HTTP/1.1", status), \
            target
        check_common(got)
        assert got.fields.get("content-type") == type_, target
        assert got.body.startswith(body), target
        assert int(got.fields["content-length"]) == len(got.body.encode())
        assert body or not got.body, target


def test_head(served):
    """The fields of a GET and no body. It counts as one, too."""
    for port, target, status, type_, _ in cases(served.port, served.metrics):
        got = Answer(port, target, "-I")
        assert got.status == status, target
        check_common(got)
        assert got.fields.get("content-type") == type_, target
        assert got.body == ""


def test_a_path_that_is_not_clean(served):
    got = Answer(served.port, "//throughput/../?a=b", "--path-as-is")
    assert (got.status, got.fields["location"]) == (301, "/?a=b")
    assert got.body == '<a href="/?a=b">Moved Permanently</a>.\n\n'


def test_each_connection_has_one_request(served):
    url = f"http://{LOCAL}:{served.port}{AUTHORIZE}?mid=m"
    done = run("curl", "-sv", "--noproxy", "*", "-w", "%{num_connects}\n",
               "-o", os.devnull, url, "-o", os.devnull, url)
    assert done.stdout == "1\n1\n"
    assert done.stderr.count("* Closing connection") == 2


def test_http_1_0(served):
    got = Answer(served.port, f"{AUTHORIZE}?mid=m", "--http1.0")
    assert (got.line, got.body) == ("HTTP/1.0 200 OK",
                                    '{"Type":"c2s","ID":"m","Seq":0}')
    assert "connection" not in got.fields
    got = Answer(served.port, "/", "--http1.0", "-H", "Host:")
    assert got.line == "HTTP/1.0 200 OK"
    assert got.body.endswith("</html>\n")


@pytest.mark.parametrize("method", ["DELETE", "OPTIONS", "POST", "PUT",
                                    "BREW"])
def test_methods(served, method):
    def status(target, *more):
        got = Answer(served.port, target, "-X", method, *more)
        return got.status, got.body

    assert status("/") == (405, "Method Not Allowed\n")
    assert status(path("download")) == (400, "")
    assert status(path("upload"), *WEBSOCKET) == (405, "Method Not Allowed\n")
    assert status("/no") == (404, "404 page not found\n")
    # The original does not look at it here.
    assert status(f"{AUTHORIZE}?mid=m") == (
        200, '{"Type":"c2s","ID":"m","Seq":0}')


def test_a_method_that_is_no_word(served):
    got = Answer(served.port, "/", "-X", "G(T")
    assert (got.line, got.body) == ("HTTP/1.1 400 Bad Request",
                                    "400 Bad Request")


@pytest.mark.parametrize("expect", [[], ["-H", "Expect: 100-continue"]],
                         ids=["at once", "when told to"])
@pytest.mark.parametrize("extra", [0, 8000], ids=["short", "long"])
def test_a_token_in_a_form(server, expect, extra):
    """curl waits a second for the 100 unless it comes."""
    one = server("-token.verify", "-token.machine", "m1",
                 "-token.verify-key", f"{TOKENS}/EdDSA.pub.jwk.json")
    with open(f"{TOKENS}/cases.json", encoding="utf-8") as f:
        case = json.load(f)["cases"][0]
    form = f"access_token={case['token']}&x={'x' * extra}"
    got = Answer(one.port, AUTHORIZE, "-d", form, *expect)
    assert (got.status, got.body) == (200, case["body"])
    assert got.interim == (1 if expect else 0)
    assert got.seconds < 0.9
    got = Answer(one.port, AUTHORIZE, "-d", "access_token=x", *expect)
    assert (got.status, got.body) == (401, "")
    assert got.seconds < 0.9


def test_websocket(served):
    """curl reads what a download of no time has to say."""
    got = Answer(served.port, path("download", duration=0), *WEBSOCKET)
    assert got.line == "HTTP/1.1 101 Switching Protocols"
    assert got.fields == {
        "upgrade": "websocket", "connection": "Upgrade",
        "sec-websocket-accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        "sec-websocket-protocol": PROTOCOL}
    assert got.seconds < 3


# The page.

def test_fields_of_the_page(served):
    got = Answer(served.port, "/").fields
    for name in ("connection", "date", "content-length"):
        del got[name]
    assert got == {
        "cache-control": "no-cache",
        "content-security-policy":
            "default-src 'none'; script-src 'unsafe-inline'; style-src "
            "'unsafe-inline'; img-src data:; connect-src 'self'; base-uri "
            "'none'; form-action 'none'; frame-ancestors 'none'",
        "content-type": "text/html; charset=utf-8",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff"}


def test_the_page_pins_itself():
    """Its own policy has the hashes of its style and its script, its version
    is ours, and it names nothing elsewhere."""
    with open(PAGE, encoding="utf-8") as f:
        page = f.read()
    for kind in ("style", "script"):
        inside, = re.findall(rf"<{kind}>(.*?)</{kind}>", page, re.S)
        digest = hashlib.sha256(inside.encode()).digest()
        assert (f"{kind}-src 'sha256-{base64.b64encode(digest).decode()}'"
                in page), f"the hash of the {kind}"
    version = run(os.path.join(os.environ["top_builddir"],
                               "msak/msak-client"), "-version").stdout
    assert re.search(r"\(plumbline\) (\S+)", version)[1] == re.search(
        r'content="plumbline (\S+)"', page)[1]
    assert set(re.findall(r"https?://[^/'\"]+", page)) == {
        "http://www.w3.org"}	# the name of SVG
    assert not re.search(r"\b(eval|innerHTML|document\.write)\b", page)


# TLS.

def s_client(port, *options, text="", **more):
    return run("openssl", "s_client", "-connect", f"{LOCAL}:{port}",
               "-servername", "localhost", *options, text=text, **more)


@pytest.mark.parametrize("option,name", [("-tls1_2", "TLSv1.2"),
                                         ("-tls1_3", "TLSv1.3")])
def test_tls_versions(tls, option, name):
    """Also a request over it; and TLS itself is ended in order."""
    done = s_client(tls.tls, option, "-quiet", "-CAfile", tls.pem,
                    "-verify_return_error",
                    text=f"GET {AUTHORIZE}?mid=m HTTP/1.1\r\nHost: x\r\n\r\n")
    head, body = done.stdout.split("\n\n", 1)
    assert head.startswith("HTTP/1.1 200 OK\n")
    assert body == '{"Type":"c2s","ID":"m","Seq":0}'
    assert "unexpected eof" not in done.stderr
    done = s_client(tls.tls, option, "-brief")
    assert f"Protocol version: {name}\n" in done.stderr


# Security level 0, or OpenSSL itself would not ask.
OLD = ["-cipher", "ALL:@SECLEVEL=0"]


@pytest.mark.parametrize("option", ["-tls1", "-tls1_1"])
def test_old_tls_is_refused(tls, option):
    done = s_client(tls.tls, option, *OLD, status=1)
    assert "alert protocol version" in done.stderr


def test_old_tls_when_wanted(server, tmp_path):
    pem, key = certificate(str(tmp_path), "one")
    one = server("-cert", pem, "-key", key, "-tls.min-version", "1.0",
                 tls=True)
    done = s_client(one.tls, "-tls1_1", "-brief", *OLD)
    assert "Protocol version: TLSv1.1\n" in done.stderr


def test_curl_over_tls(tls):
    got = Answer(tls.tls, f"{AUTHORIZE}?mid=m", "--cacert", tls.pem,
                 host="localhost", scheme="https")
    assert (got.status, got.line.split(" ")[0]) == (200, "HTTP/1.1")
    done = run("curl", "-sS", "--noproxy", "*",
               f"https://localhost:{tls.tls}/", status=60)
    assert "certificate" in done.stderr


# Metrics.

SAMPLE = re.compile(r'([a-z_0-9]+)(\{(?:[a-z_]+="[^"]*",?)+\})? '
                    r"([0-9.e+-]+|NaN)")


def check_metrics(text):
    """What promtool looks for, where it is not installed: each family has
    HELP and TYPE before its samples, which stand together and are unique;
    names of counters end in _total, and no others."""
    families, samples, current = [], set(), None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            current = line.split(" ")[2]
            assert line.split(" ", 3)[3], line
            assert current not in families, line
            families.append(current)
        elif line.startswith("# TYPE "):
            name, kind = line.split(" ")[2:]
            assert name == current and kind in ("counter", "gauge"), line
            assert (kind == "counter") == name.endswith("_total"), line
        else:
            name, labels, _ = SAMPLE.fullmatch(line).groups()
            assert name == current and (name, labels) not in samples, line
            samples.add((name, labels))
    assert "process_cpu_seconds_total" in families


def test_metrics(served):
    """Once nothing has been counted, and with every counter that there is."""
    for _ in range(2):
        text = Answer(served.metrics, "/metrics").body
        check_metrics(text)
        if shutil.which("promtool"):
            done = run("promtool", "check", "metrics", text=text)
            assert done.stdout == done.stderr == ""
        Answer(served.port, path("download", duration=0), *WEBSOCKET)
        for port, target, *_ in cases(served.port, served.metrics):
            Answer(port, target)
    assert "msak_throughput1_client_websocket_upgrades_total" in text
