# SPDX-License-Identifier: BSD-2-Clause
"""The page that msak-server -page serves, in Chromium.

    left            right
     l0 --- veth --- r0      50 Mbit/s both ways by the kernel's token bucket
    Chromium       msak-server

Where no figure is compared, both are on loopback.
"""

import json
import os
import re
import signal

import pytest

from browser import DOWN, ENTER, SPACE, TAB, Browser
from harness import program
from msak_peer import LOCAL, certificate, servers, wait_until

PAGE = os.path.join(os.environ["top_srcdir"], "share/plumbline/msak.html")
TOKENS = os.path.join(os.environ["top_srcdir"], "tests/vectors/msak/tokens")
RATE = 50e6
NARROW = {"width": 360, "height": 780, "deviceScaleFactor": 2, "mobile": True}


@pytest.fixture(name="browser")
def _browser(tmp_path):
    opened = []

    def start(url, **options):
        opened.append(Browser(str(tmp_path), **options))
        opened[-1].go(url)
        return opened[-1]

    yield start
    for one in opened:
        one.close()


@pytest.fixture(name="server")
def _server(tmp_path):
    yield from servers(tmp_path, "-page", PAGE)


@pytest.fixture(name="page")
def _page(browser, server):
    """The page of a server with these options: (browser, server)."""
    def start(*options):
        one = server(*options)
        return browser(f"http://{LOCAL}:{one.port}/"), one

    return start


def settings(page, **values):
    """As a user would leave them."""
    page.script("""
        for (const [id, value] of Object.entries(arguments[0])) {
            const e = document.getElementById(id);
            if (e.type === "checkbox")
                e.checked = value;
            else
                e.value = value;
        }""", values)


def state(page):
    return page.script("return document.body.dataset.state;")


def status(page):
    return page.script("return document.getElementById('status').textContent;")


def figure(page, name):
    """What the card says, and what is written below."""
    return page.script("""
        const card = document.getElementById(`card-${arguments[0]}`);
        return [card.querySelector(".figure").textContent,
            card.querySelector(".note").textContent];""", name)


def result(page, timeout=90):
    """The JSON, once the test has ended. The browser had no complaint."""
    page.wait_for("document.body.dataset.state != 'running'", timeout)
    return json.loads(page.script(
        "return document.getElementById('json').value;"))


def complaints(page):
    """Violations of the policy, failures of the script."""
    return page.ask("POST", "/se/log", {"type": "browser"})


def check_ways(result_, streams):
    """Every stream had a clean close; a server waits two seconds for one."""
    for way in ("download", "upload"):
        ends = [(s["close_code"], s["clean_close"], s["close_reason"])
                for s in result_[way]["streams"]]
        assert ends == [(1000, True, "Done sending")] * streams


def both_figures(net, browser, host):
    """Results of the page and of msak-client, one after the other."""
    page = browser(f"http://{host}/", ns=net.left)
    assert complaints(page) == []
    settings(page, cc="cubic")
    page.click("#go")
    doc = result(page)
    theirs = doc["result"]
    # So the browser does not load the host beside the other one.
    page.close()
    assert (doc["state"], doc["error"]) == ("finished", None)
    ours = json.loads(net.left.run(
        program("msak/msak-client"), "-server", host, "-scheme", "ws", "-cc",
        "cubic", "-json", core=None).out)["result"]
    return theirs, ours, doc["notes"]


def compare_figures(theirs, ours, notes):
    assert notes == []
    check_ways(theirs, 2)
    for way in ("download", "upload"):
        assert 0.8 * RATE < ours[way]["rate_bps"] < RATE
        assert theirs[way]["rate_bps"] == pytest.approx(
            ours[way]["rate_bps"], rel=0.1)
        assert theirs[way]["duration_s"] == pytest.approx(5, abs=0.5)
        # The bucket holds no more than 250 kB, 40 ms, and the sender's kernel
        # seldom lets it fill; the path itself takes next to nothing.
        loaded = theirs[way]["loaded_latency"]["rtt_ms"]["p50"]
        assert theirs["idle_latency"]["rtt_ms"]["p50"] + 2 < loaded < 60
        assert theirs[way]["rpm"] == pytest.approx(60000 / loaded, rel=0.01)
    assert theirs["idle_latency"]["rtt_ms"]["p50"] < 2


def test_figures_of_msak_client(bare, browser):
    net = bare()
    net.shape("50mbit")
    server = net.right.popen(
        program("msak/msak-server"), "-page", PAGE, "-datadir",
        os.path.join(net.directory, "data"), "-user", "root", core=None)
    server.wait_for("Accepting UDP packets...")
    # A browser that was not let run in time measures this host.
    for again in (True, True, True, False):
        theirs, *others = both_figures(net, browser, f"{net.left.peer}:8080")
        assert theirs["download"]["streams"][0]["cc"] == "cubic"
        try:
            compare_figures(theirs, *others)
            break
        except AssertionError:
            if not again:
                raise


def test_tls(browser, server, tmp_path):
    pem, key = certificate(str(tmp_path), "server")
    one = server("-cert", pem, "-key", key, tls=True)
    page = browser(f"https://localhost:{one.tls}/")
    settings(page, duration="1")
    for again in (True, True, True, False):
        page.click("#go")
        doc = result(page)
        assert doc["state"] == "finished" and doc["config"]["scheme"] == "wss"
        try:
            check_ways(doc["result"], 2)
            break
        except AssertionError:
            if not again:
                raise
    assert complaints(page) == []


def test_the_keyboard_alone(page):
    """Only latency is left to measure, in the settings; ENTER starts."""
    window, _ = page()
    order = []
    for key in (TAB, TAB, ENTER, TAB, TAB, TAB, TAB, TAB, TAB):
        window.press(key)
        order.append(window.focus())
    assert order == ["go", "", "", "with-download", "with-upload",
                     "with-latency", "streams", "duration", "cc"]
    assert window.script("return document.getElementById('settings')"
                         ".closest('details').open;")
    window.press(DOWN)
    window.script("document.getElementById('with-download').focus();")
    window.press(SPACE, TAB, SPACE, TAB, TAB, TAB, ENTER)
    assert state(window) == "running"
    doc = result(window)
    assert doc["state"] == "finished"
    assert doc["config"]["cc"] == "bbr"
    assert doc["result"]["download"] is doc["result"]["upload"] is None
    assert doc["result"]["idle_latency"]["requests_failed"] == 0
    assert figure(window, "download") == ["– Mbit/s", "not measured"]


def test_stop(page):
    """A second press ends it; all connections are closed in order."""
    window, server = page()
    settings(window, **{"with-latency": False, "duration": "20"})
    window.press(TAB, ENTER)
    window.wait_for("document.getElementById('card-download')"
                    ".textContent.includes('MB in')")
    assert window.focus() == "go"
    window.press(ENTER)
    doc = result(window, 15)
    assert (state(window), status(window)) == ("aborted", "Stopped.")
    assert doc["state"] == "aborted" and doc["result"]["upload"] is None
    assert doc["result"]["download"]["rate_bps"] > 0
    assert {s["close_code"] for s in doc["result"]["download"]["streams"]
            } == {1000}
    wait_until(lambda: server.counters().get(
        'msak_throughput1_tests_total{direction="download",status="ok"}') == 2)
    # And once more.
    settings(window, duration="1")
    window.press(ENTER)
    assert result(window)["state"] == "finished"


def refusal(window, **values):
    settings(window, **{"with-latency": False, **values})
    window.click("#go")
    doc = result(window)
    assert (state(window), doc["state"]) == ("failed", "failed")
    assert doc["error"] == {"code": 1, "message": status(window)}
    assert doc["result"]["download"] is None
    return status(window)


def test_refused_without_a_token(page):
    """And with the one in its address it goes on."""
    window, server = page("-token.verify-key", f"{TOKENS}/EdDSA.pub.jwk.json",
                          "-token.machine", "m1", "-token.verify")
    assert refusal(window) == ("Download: the server wants an access token "
                               "(status 401).")
    with open(f"{TOKENS}/cases.json", encoding="utf-8") as f:
        token = json.load(f)["cases"][0]["token"]
    window.go(f"http://{LOCAL}:{server.port}/?access_token={token}")
    settings(window, duration="1")
    window.click("#go")
    assert result(window)["state"] == "finished"


def test_refused_while_busy(bare, browser):
    """The page itself was more than the one bit in a second."""
    net = bare()
    server = net.right.popen(
        program("msak/msak-server"), "-page", PAGE, "-datadir",
        os.path.join(net.directory, "data"), "-user", "root",
        "-txcontroller.device", "r0", "-txcontroller.max-rate", 1)
    server.wait_for("Accepting UDP packets...")
    window = browser(f"http://{net.left.peer}:8080/", ns=net.left)
    assert refusal(window) == ("Download: the server is busy; try again later "
                               "(status 503).")


def test_no_connection(page):
    window, server = page()
    assert server.process.stop() == 0
    assert refusal(window) == (
        "Download: the server takes no connection; it is down, or has as many "
        "as it may have.")
    assert refusal(window, **{"with-latency": True}) == (
        "Latency: the server does not answer HTTP requests; it is down, or "
        "has as many connections as it may have.")


def test_more_streams_than_allowed(page):
    """Some are refused; the others go on, and the page says so. Browsers
    have a connection or two in reserve, so it may be more than one."""
    window, _ = page("-max-per-address", "3")
    settings(window, **{"with-latency": False, "streams": "4",
                        "with-upload": False, "duration": "1"})
    window.click("#go")
    doc = result(window)
    assert doc["state"] == "finished", doc
    refused = re.match(r"Finished\. Note: download: (\d) of 4 streams could "
                       "not be opened: ", status(window))
    assert int(refused[1]) + len(doc["result"]["download"]["streams"]) == 4


def test_broken_off(page):
    window, server = page()
    settings(window, **{"with-latency": False})
    window.click("#go")
    window.wait_for("document.getElementById('card-download')"
                    ".textContent.includes('MB in')")
    server.process.stop(signal.SIGKILL)
    doc = result(window)
    assert doc["state"] == "failed"
    assert status(window).startswith("Download: stream 1 broke off after ")
    assert "(close code 1006)" in doc["error"]["message"]
    assert doc["result"]["download"]["rate_bps"] > 0


def test_a_small_screen(page):
    window, _ = page()
    window.ask("POST", "/goog/cdp/execute", {
        "cmd": "Emulation.setDeviceMetricsOverride", "params": NARROW})
    settings(window, **{"with-upload": False, "duration": "1"})
    window.click("#go")
    assert result(window)["state"] == "finished"
    width, all_ = window.script("""
        for (const e of document.querySelectorAll("details"))
            e.open = true;
        return [innerWidth, document.documentElement.scrollWidth];""")
    assert width == all_ == 360


def test_what_is_read_aloud(page):
    """The figures are announced, and the plot has a text."""
    window, _ = page()
    settings(window, duration="3")
    window.click("#go")
    doc = result(window)
    assert doc["state"] == "finished"
    assert window.script("return [...document.querySelectorAll('[aria-live], "
                         "[role=status]')].map(e => e.id);") == \
        ["status", "spoken", "copied"]
    for name in ("spoken", "plot-text"):
        text = window.script("return document.getElementById(arguments[0])"
                             ".textContent;", name)
        for part in ("Download ", "Upload ", "idle latency ",
                     "loaded latency "):
            assert part in text
    unnamed = window.script("""
        return [...document.querySelectorAll("input, select, textarea")]
            .filter(e => e.labels.length === 0).map(e => e.id);""")
    assert unnamed == []


def test_copy(page):
    window, _ = page()
    settings(window, **{"with-download": False, "with-upload": False})
    window.click("#go")
    assert result(window)["state"] == "finished"
    window.script("document.getElementById('json').closest('details').open"
                  " = true;")
    window.click("#copy")
    window.wait_for("document.getElementById('copied').textContent "
                    "== 'Copied.'")
