# SPDX-License-Identifier: BSD-2-Clause
"""Fixtures of the end-to-end tests.

To run them alone, as root, in a build directory after `make check TESTS=`:

    top_builddir=$PWD pytest-3 -p no:cacheprovider SRCDIR/tests/e2e -k name

A test asks for one of these and gets two namespaces, net.left and net.right,
that are gone when the test ends, with all that ran in them:

    link(both="rate=100M,queue=50ms,delay=10ms", reverse="loss=1%", seed=7,
         backend="packet" or "tun", ipv6=False, trace=False)
        the link emulator between them (`linkem --help` lists the keys).
        net.stop() ends the link and returns its truth, net.trace() what
        became of each packet.
    bare(ipv6=False)
        a veth pair and nothing else; net.shape("100mbit", kind="tbf" or
        "htb", burst=15000) adds a token bucket to both ends.

        net.left.addr, .peer, .addr6, .peer6, .dev
        net.left.run(program, args..., timeout=30, status=0)
            to its end; .out and .err are its output. Another status or a
            passed deadline is a failure.
        net.left.popen(program, args...)
            in the background; .wait_for("text"), .wait(), .stop(signal).

Programs run on core 0, the emulator on core 1, both ahead of other processes;
core=None and fifo=True change that for one program. program("thrulay/thrulay") is
the path of a built program.

What the emulator itself spoilt says nothing of the tool. A test that compares
times goes through on_time, which repeats such a run up to ten times, after
longer and longer pauses, and
fails with "the host was too noisy" when none was good:

    def test_rtt(link, on_time):
        def once():
            with link(both="delay=10ms") as net:
                ...
                return net.stop(), figure
        truth, figure = on_time(once, late_us=100)
        assert ...

so that assertions on measured values stand behind on_time, not inside once.
once may raise Noise for reasons of its own. Truth by protocol is in
truth["forward"]["udp"], ["tcp"], ["other"] and ["all"].
"""

import fcntl
import os
import subprocess
import time

import pytest

import harness
from harness import TRIES, BareNet, EmulatedNet, Noise, check_truth, sweep
from thrulay import LocalServer
from udping_capture import Capture


def _cannot():
    """Why namespaces cannot be had here, or None."""
    name = f"pl{os.getpid()}-try"
    try:
        made = subprocess.run(["ip", "netns", "add", name], text=True,
                              capture_output=True, timeout=10)
    except OSError as why:
        return f"ip is needed: {why}"
    if made.returncode != 0:
        return f"no network namespaces: {made.stderr.strip()}"
    subprocess.run(["ip", "netns", "del", name], check=True, timeout=10)
    for tool in ("ethtool", "tc", "sysctl"):
        if subprocess.run(["sh", "-c", f"command -v {tool}"],
                          stdout=subprocess.DEVNULL).returncode != 0:
            return f"{tool} is not installed"
    return None


@pytest.fixture(scope="session")
def namespaces():
    """Skip where namespaces are not permitted. Another run on this machine
    is waited for: two emulators at once keep each other from the cores."""
    why = _cannot()
    if why is not None:
        pytest.skip(why)
    with open("/run/plumbline-e2e.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sweep()
        yield


def _maker(kind, directory):
    nets = []

    def make(**options):
        net = kind(str(directory), **options)
        nets.append(net)
        return net

    yield make
    for net in nets:
        net.close()


@pytest.fixture
def link(namespaces, tmp_path):
    yield from _maker(EmulatedNet, tmp_path)


@pytest.fixture
def bare(namespaces, tmp_path):
    yield from _maker(BareNet, tmp_path)


@pytest.fixture
def on_time():
    def repeat(once, late_us):
        reasons = []
        for n in range(TRIES):
            # A bad time of the host lasts for seconds.
            time.sleep(n * harness.PAUSE_S)
            try:
                result = once()
                truth = result[0] if isinstance(result, tuple) else result
                check_truth(truth, late_us)
                return result
            except Noise as why:
                reasons.append(str(why))
        pytest.fail(f"the host was too noisy in {TRIES} runs: "
                    + "; ".join(reasons))

    return repeat


@pytest.fixture
def net(bare):
    """Two namespaces with nothing between them."""
    return bare()


@pytest.fixture
def capture(net):
    """The frames that arrive at its right end."""
    capture = Capture(net.right)
    yield capture
    capture.close()


@pytest.fixture
def thrulayd(tmp_path):
    """thrulayd on loopback, on a port of its own."""
    server = LocalServer(tmp_path)
    yield server
    assert server.close() == 0, server.log
