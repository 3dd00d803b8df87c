# SPDX-License-Identifier: BSD-2-Clause
"""The harness itself: it must not judge noise, hang, or count wrongly."""

import os
import subprocess
import time

import pytest

import harness
from harness import TRIES, Noise, command, sweep

HERE = os.path.dirname(__file__)

THREE_TESTS = """
import pytest

def test_good():
    print("not ok 99 - in captured output")

def test_bad():
    assert 1 == 2

def test_skipped():
    pytest.skip("no reason")
"""

SPOILT_ONCE = """
import pytest

made = []

@pytest.fixture(scope="module")
def shared():
    made.append(1)
    if len(made) == 1:
        raise OSError("broken")
    yield len(made)

def test_first(shared):
    assert shared == 2

def test_second(shared):
    assert shared == 2

def test_third(shared):
    assert shared == 3
"""


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(harness, "PAUSE_S", 0)


def good_truth():
    port = dict.fromkeys(("socket_drops", "device_rx_dropped",
                          "device_tx_dropped", "cut", "read_errors"), 0)
    flow = {"all": {"overrun": 0, "failed": 0, "pending": 0,
                    "lateness_us": {"p95": 10}}}
    return {"left": dict(port), "right": dict(port), "unrecorded": 0,
            "host": {"clock_step_ms": 0, "fifo": True},
            "forward": flow, "reverse": {"all": dict(flow["all"])}}


def test_late_runs_are_repeated(on_time):
    late = [30, 21, 20]

    def once():
        truth = good_truth()
        truth["reverse"]["all"]["lateness_us"] = {"p95": late.pop(0)}
        return truth

    assert on_time(once, late_us=20)["reverse"]["all"]["lateness_us"] == {
        "p95": 20}
    assert late == []


@pytest.mark.parametrize("where, key", [
    ("left", "socket_drops"), ("right", "device_rx_dropped"),
    ("right", "device_tx_dropped"), ("left", "cut"),
    ("host", "clock_step_ms")])
def test_spoilt_runs_are_never_judged(on_time, where, key):
    runs = []

    def once():
        runs.append(1)
        truth = good_truth()
        truth[where][key] = 6
        return truth

    with pytest.raises(pytest.fail.Exception,
                       match=f"too noisy in {TRIES} runs"):
        on_time(once, late_us=20)
    assert len(runs) == TRIES


def test_own_noise_is_repeated(on_time):
    runs = []

    def once():
        runs.append(1)
        if len(runs) < 3:
            raise Noise("starved")
        return good_truth(), len(runs)

    assert on_time(once, late_us=20)[1] == 3


def test_deadlines_and_statuses(bare):
    with bare() as net:
        start = time.monotonic()
        with pytest.raises(pytest.fail.Exception, match="still running"):
            net.left.run("sleep", "60", timeout=0.2)
        assert time.monotonic() - start < 5
        with pytest.raises(pytest.fail.Exception, match="status 3"):
            net.left.run("sh", "-c", "exit 3")
        assert net.left.run("sh", "-c", "echo x; exit 3",
                            status=3).out == "x\n"


def test_nothing_is_left_behind(bare):
    net = bare(ipv6=True)
    name, process = net.left.name, net.left.popen("sleep", "60")
    assert os.path.exists(f"/run/netns/{name}")
    net.close()
    assert process.popen.poll() is not None
    assert not os.path.exists(f"/run/netns/{name}")


def test_killed_runs_are_swept(namespaces):
    dead = subprocess.Popen(["true"])
    dead.wait()
    names = [f"pl{pid}-0-test" for pid in (dead.pid, os.getpid())]
    for name in names:
        command("ip", "netns", "add", name)
    sweep()
    left = command("ip", "netns", "list")
    command("ip", "netns", "del", names[1])
    assert names[0] not in left
    assert names[1] in left


def tap(directory, text):
    """The exit status of pytest on that text, its lines without comments, and
    with them."""
    (directory / "test_it.py").write_text(text)
    done = subprocess.run(
        ["sh", "-c", 'exec pytest-3 -p no:cacheprovider -p tapline "$1" '
         "3>&1 >/dev/null", "sh", str(directory)],
        env={**os.environ, "PYTHONPATH": HERE}, text=True,
        capture_output=True, timeout=60)
    return done.returncode, [line for line in done.stdout.splitlines()
                             if line[0] != "#"], done.stdout


def test_tap_lines(tmp_path):
    status, lines, whole = tap(tmp_path, THREE_TESTS)
    assert lines == ["1..3", "ok 1 - test_it.py::test_good",
                     "not ok 2 - test_it.py::test_bad",
                     "ok 3 - test_it.py::test_skipped # SKIP no reason"]
    assert "assert 1 == 2" in whole
    assert status == 1


def test_one_more_attempt(tmp_path):
    """With what the test shared with others made anew, and told of."""
    status, lines, whole = tap(tmp_path, SPOILT_ONCE)
    assert lines == ["1..3", "ok 1 - test_it.py::test_first",
                     "ok 2 - test_it.py::test_second",
                     "ok 3 - test_it.py::test_third"]
    assert [line for line in whole.splitlines() if "# again:" in line] == \
        ["# again: test_it.py::test_first", "# again: test_it.py::test_third"]
    assert "assert 2 == 3" in whole and "OSError: broken" in whole
    assert status == 0


def test_no_further_attempts_when_many_fail(tmp_path):
    status, lines, whole = tap(
        tmp_path, "import pytest\n@pytest.mark.parametrize('n', range(9))\n"
        "def test_bad(n):\n    assert 0\n")
    assert len(lines) == 10 and sum("not ok" in line for line in lines) == 9
    assert whole.count("# again:") == 3
    assert status == 1
