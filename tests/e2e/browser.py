# SPDX-License-Identifier: BSD-2-Clause
"""Chromium without a screen, driven by the W3C WebDriver protocol."""

import contextlib
import ctypes
import json
import os
import shutil
import tempfile
import urllib.error
import urllib.request

import pytest

from harness import Process, free_port
from msak_peer import LOCAL, wait_until

CLONE_NEWNET = 0x40000000
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
TAB, ENTER, SPACE, DOWN = "\ue004", "\ue007", " ", "\ue015"
OPTIONS = ["--headless=new", "--no-sandbox", "--disable-gpu",
           "--disable-dev-shm-usage", "--disable-background-networking",
           "--disable-component-update", "--no-first-run", "--no-proxy-server"]

_libc = ctypes.CDLL(None, use_errno=True)


def need():
    """Skip without a browser."""
    for name in ("chromium", "chromedriver"):
        if shutil.which(name) is None:
            pytest.skip(f"{name} is not installed")


def _enter(fd):
    if _libc.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


@contextlib.contextmanager
def inside(ns):
    """Sockets made here belong to the namespace (None: to this one)."""
    if ns is None:
        yield
        return
    with open("/proc/thread-self/ns/net") as ours, \
            open(f"/run/netns/{ns.name}") as theirs:
        _enter(theirs.fileno())
        try:
            yield
        finally:
            _enter(ours.fileno())


class Browser:
    """One window in a network namespace, and the driver it hangs on."""

    def __init__(self, directory, ns=None, width=1100, height=1000, more=()):
        need()
        self.ns = ns
        self.session = None
        # A path in it becomes the name of a socket, which has to be short.
        self._home = tempfile.TemporaryDirectory(prefix="pl-",
                                                 ignore_cleanup_errors=True)
        home = self._home.name
        with inside(ns):
            self.port = free_port()
        words = ["env", f"HOME={home}", f"TMPDIR={home}", "chromedriver",
                 f"--port={self.port}"]
        self.process = ns.popen(*words, core=None) if ns else Process(
            words, None, False, os.path.join(directory, "driver"))
        try:
            self.process.wait_for("started successfully", 30)
            self._begin(home, [f"--window-size={width},{height}", *more])
        except BaseException:
            self.close()
            raise

    def _begin(self, home, more):
        options = {"args": [*OPTIONS, f"--user-data-dir={home}/data", *more],
                   "binary": shutil.which("chromium")}
        got = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": {
            "acceptInsecureCerts": True, "goog:chromeOptions": options}}})
        self.session = got["sessionId"]

    def ask(self, method, path, body=None):
        """The value of the answer; an error of the driver fails the test."""
        base = f"/session/{self.session}" if self.session else ""
        request = urllib.request.Request(
            f"http://{LOCAL}:{self.port}{base}{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with inside(self.ns):
            try:
                with opener.open(request, timeout=60) as answer:
                    return json.load(answer)["value"]
            except urllib.error.HTTPError as error:
                pytest.fail(f"{method} {path}: {error.read().decode()}")

    def go(self, url):
        self.ask("POST", "/url", {"url": url})

    def script(self, text, *args):
        """What a function of this body returns, in the page."""
        return self.ask("POST", "/execute/sync",
                        {"script": text, "args": list(args)})

    def element(self, css):
        got = self.ask("POST", "/element", {"using": "css selector",
                                            "value": css})
        return got[ELEMENT]

    def click(self, css):
        self.ask("POST", f"/element/{self.element(css)}/click", {})

    def press(self, *keys):
        """Keys to whatever has the focus."""
        actions = [{"type": kind, "value": key} for key in keys
                   for kind in ("keyDown", "keyUp")]
        self.ask("POST", "/actions", {"actions": [
            {"type": "key", "id": "keyboard", "actions": actions}]})

    def focus(self):
        """The id of the element that has the focus."""
        return self.script("return document.activeElement.id;")

    def wait_for(self, text, timeout=30):
        """Until the expression is true in the page; its value."""
        return wait_until(lambda: self.script(f"return {text};"), timeout)

    def close(self):
        if self.session:
            with contextlib.suppress(Exception):
                self.ask("DELETE", "")
        self.session = None
        self.process.stop()
        self.process.close()
        self._home.cleanup()
