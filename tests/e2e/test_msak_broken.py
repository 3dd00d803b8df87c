# SPDX-License-Identifier: BSD-2-Clause
"""msak over lines that are slow or break, and with clients that are stopped,
interrupted and killed: each end lets go in bounded time, and in good order
where it can.

     left            right
      l0 --- veth --- r0
    clients         msak-server, and a client on its loopback
"""

import re
import signal
import sys

import pytest

import schema
from harness import Process, program
from msak_link import HTTP_PORT, Server, throughput
from msak_peer import wait_until

METRICS_PORT = 9990
COUNTERS = f"""
import urllib.request
print(urllib.request.urlopen(
    "http://127.0.0.1:{METRICS_PORT}/metrics").read().decode())
"""


def counter(net, name):
    """Of the server; 0 where it has not counted."""
    text = net.right.run(sys.executable, "-c", COUNTERS).out
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)
    return float(found[1]) if found else 0


def start_client(net, duration="20s"):
    """msak-client for a download, once it has received something."""
    run = net.left.popen(program("msak/msak-client"), "-scheme", "ws",
                         "-server", f"{net.right.addr}:{HTTP_PORT}",
                         "-upload=false", "-duration", duration, core=None)
    run.wait_for("download rate:")
    return run


def works(net):
    """A test of somebody whom all this does not concern."""
    run = net.right.run(program("msak/msak-client"), "-scheme", "ws",
                        "-server", f"127.0.0.1:{HTTP_PORT}", "-duration",
                        "500ms", "-json", core=None)
    doc = schema.load(run.out, "msak-client")
    for way in ("download", "upload"):
        assert all(s["clean_close"] for s in doc["result"][way]["streams"])


def test_the_device_of_its_own_namespace(bare, tmp_path):
    """Where what is mounted at /sys is another namespace's."""
    with bare() as net:
        net.right.ip("link", "set", "r0", "down")
        net.right.ip("link", "set", "r0", "name", "pl-msak")
        server = Process(["nsenter", f"--net=/run/netns/{net.right.name}",
                          program("msak/msak-server"), "-user", "root",
                          "-datadir", tmp_path / "data",
                          "-txcontroller.device", "pl-msak",
                          "-txcontroller.max-rate", "1"], None, False,
                         str(tmp_path / "server"))
        server.wait_for("Accepting UDP packets...")
        assert "tx controller is disabled" not in server.err
        assert counter(net, "msak_txcontroller_rate_bits_per_second") == 0
        assert server.stop() == 0
        server.close()


@pytest.mark.parametrize("way,other", [("download", "upload"),
                                       ("upload", "download")])
def test_a_slow_line(bare, way, other):
    """What is on its way when the time is over takes seconds to arrive, and
    the close is behind it."""
    with bare() as net:
        net.shape("512kbit", limit=32000)
        server = Server(net)
        doc = throughput(net, f"-{other}=false", "-duration", "3s")
        records = server.records("throughput1")
    assert doc["error"] is None and doc["result"][way]["rate_bps"] > 100000
    assert [s["clean_close"] for s in doc["result"][way]["streams"]] == \
        [True] * 2
    assert server.process.err.count("Connection closed normally") == 2
    assert len(records) == 2


def test_the_line_breaks(bare):
    """Both ends end on their own, a few seconds after their time."""
    with bare() as net:
        Server(net, "-max-duration", "6s")
        run = start_client(net, "6s")
        net.left.ip("link", "set", "l0", "down")
        works(net)
        assert run.wait() == 0 and "Test results:\n  download" in run.out
        wait_until(lambda: counter(net, "msak_connections") == 0, 30)
        works(net)


def test_a_client_that_stops(bare):
    """As long as it does not go on, it holds its own connections."""
    with bare() as net:
        Server(net, "-max-duration", "3s")
        run = start_client(net)
        run.popen.send_signal(signal.SIGSTOP)
        works(net)
        wait_until(lambda: counter(net, "msak_connections") == 0, 30)
        works(net)
        run.popen.send_signal(signal.SIGCONT)
        assert run.wait() == 0 and "Test results:\n  download" in run.out


def test_a_client_that_is_interrupted(bare):
    with bare() as net:
        Server(net)
        run = start_client(net)
        assert run.stop(signal.SIGINT) == 130
        assert "Test results:\n  download rate:" in run.out
        wait_until(lambda: counter(net, "msak_connections") == 0)
        assert counter(net, "msak_throughput1_tests_total"
                       '{direction="download",status="ok"}') == 2
        works(net)


def test_a_client_that_is_killed(bare):
    with bare() as net:
        Server(net)
        run = start_client(net)
        run.kill()
        wait_until(lambda: counter(net, "msak_connections") == 0)
        works(net)
