# SPDX-License-Identifier: BSD-2-Clause
"""pathrate_snd as a service: in the background, its pid file, what it tells
the service manager and gets from it, which rights it keeps."""

import os
import pwd
import re
import signal
import socket
import subprocess
import time

import pytest

from harness import free_port, program
from pathrate_receiver import SENDER, LocalSender, Receiver

LISTEN_FDS_START = 3


def serves(sender):
    with Receiver(sender) as r:
        r.greet()
        assert len(r.train(2, 3)) == 4
        assert r.finish()


class Background:
    """What Receiver wants of a sender."""

    def __init__(self):
        self.port = free_port()

    def run(self, *options):
        """The status and what is on standard error, once it lets go."""
        done = subprocess.run(
            [program(SENDER), "--port", str(self.port), *options], text=True,
            stdin=subprocess.DEVNULL, capture_output=True, timeout=10)
        assert done.stdout == ""
        return done.returncode, done.stderr


def gone(pid):
    end = time.monotonic() + 10
    while os.path.exists(f"/proc/{pid}") and time.monotonic() < end:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            if f.read().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        time.sleep(0.01)
    return not os.path.exists(f"/proc/{pid}")


def rights(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return dict(line.split(":", 1) for line in f)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give up")
def test_daemon(tmp_path):
    """Ready when the command returns; one at a time; root is gone."""
    one, pidfile, log = Background(), tmp_path / "pid", tmp_path / "log"
    options = ("--daemon", "--pidfile", str(pidfile), "-o", str(log))
    assert one.run(*options) == (0, "")
    pid = int(pidfile.read_text())
    try:
        serves(one)
        assert Background().run(*options) == \
            (255, f"pathrate_snd: {pidfile}: another server holds it\n")
        assert one.run("--daemon") == \
            (255, "bind(sock_tcp):: Address already in use\n")
        nobody = pwd.getpwnam("nobody")
        lines = rights(pid)
        assert lines["Uid"].split() == [str(nobody.pw_uid)] * 4
        assert lines["Gid"].split() == [str(nobody.pw_gid)] * 4
        for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            assert int(lines[kind], 16) == 0
    finally:
        os.kill(pid, signal.SIGTERM)
    assert gone(pid)
    assert not pidfile.exists() or pidfile.read_text() == ""
    assert "terminates measurements" in log.read_text()


def test_daemon_that_cannot_start(tmp_path):
    where = str(tmp_path / "no" / "pid")
    status, said = Background().run("--daemon", "--pidfile", where)
    assert status == 255
    assert said == f"{where}: No such file or directory\n"
    status, said = Background().run("--user", "no-such-user")
    assert status == 255 and "no-such-user: " in said


def test_notifications(tmp_path, monkeypatch):
    where = f"pathrate_snd-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + where)
        manager.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + where)
        one = LocalSender(tmp_path, "-i", "-q")
        assert manager.recv(200) == b"READY=1"
        assert one.stop() == 0
        assert manager.recv(200) == b"STOPPING=1"


def test_activation(tmp_path):
    """Its address is none of ours: only what it was given can serve."""
    one = Background()
    listener = socket.create_server(("127.0.0.1", one.port))

    def hand_over():
        os.dup2(listener.fileno(), LISTEN_FDS_START)
        os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")

    with open(tmp_path / "err", "wb") as err:
        popen = subprocess.Popen(
            [program(SENDER), "-i", "-q", "--bind", "192.0.2.1"],
            stdin=subprocess.DEVNULL, stderr=err, close_fds=False,
            preexec_fn=hand_over)
    listener.close()
    try:
        serves(one)
    finally:
        popen.terminate()
        assert popen.wait(10) == 0, (tmp_path / "err").read_text()


def test_service_file():
    """Every option that the example gives is one of the program's."""
    done = subprocess.run([program(SENDER), "--help"], text=True,
                          capture_output=True, check=True)
    with open(os.path.join(os.environ["top_srcdir"],
                           "pathrate/pathrate_snd.service.in"),
              encoding="ascii") as f:
        start = re.search(r"^ExecStart=(.*)$", f.read(), re.M)[1]
    assert start.startswith("@sbindir@/pathrate_snd ")
    options = re.findall(r" (--?[a-z-]+)", start)
    assert options == ["-i", "-q", "--syslog"]
    for option in options:
        assert re.search(rf"^ +(-\w, )?{option}\b", done.stdout, re.M)
