# SPDX-License-Identifier: BSD-2-Clause
"""What the fixtures of conftest.py are made of: namespaces, processes with a
deadline, and the topologies that join two namespaces."""

import ctypes
import errno
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import time

import pytest

LEFT4, RIGHT4 = "10.77.0.1", "10.77.0.2"
LEFT6, RIGHT6 = "fd77::1", "fd77::2"
LEFT_MAC, RIGHT_MAC = "02:00:00:77:00:01", "02:00:00:77:00:02"
OFFLOADS = ["tx", "off", "tso", "off", "gso", "off", "gro", "off"]
DEADLINE_S = 30
TRIES = 10                      # of on_time
PAUSE_S = 1                     # before its second; more before others
PR_SET_PDEATHSIG = 1

_numbers = itertools.count(1)
_ports = itertools.count(os.getpid() * 41)
_libc = ctypes.CDLL(None, use_errno=True)

# A shell's background commands, and what nohup starts, ignore some of these,
# and so would all that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Noise(Exception):
    """The emulator or the host spoilt a run; it says nothing of the tool."""


def program(name):
    """The path of a built program, such as "thrulay/thrulay"."""
    top = os.environ.get("top_builddir")
    if top is None:
        pytest.fail("top_builddir is not set: run this through make check, "
                    "or set it to the directory of the build")
    path = os.path.join(top, name)
    if not os.access(path, os.X_OK):
        pytest.fail(f"{path} is missing: make check builds it")
    return path


def free_port():
    """A port that nobody has now and that nobody gets by chance before the
    program that it is for: below those that the kernel gives to sockets
    without a wish, another one each time."""
    for n in _ports:
        port = 17000 + n % 7000
        try:
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                with socket.socket(socket.AF_INET6, kind) as s:
                    s.bind(("::", port))
            return port
        except OSError as why:
            if why.errno != errno.EADDRINUSE:
                raise
    raise AssertionError


def command(*words):
    """Run a set-up command; its complaint is the exception's text."""
    done = subprocess.run([str(w) for w in words], text=True,
                          capture_output=True, timeout=DEADLINE_S)
    if done.returncode != 0:
        raise OSError(f"{' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stdout


class Process:
    """A program in the background; its output goes to files."""

    def __init__(self, words, core, fifo, path):
        self.words = [str(w) for w in words]
        self._out = open(path + ".out", "w+b")
        self._err = open(path + ".err", "w+b")
        self._closed = None
        self.popen = subprocess.Popen(
            self.words, stdin=subprocess.DEVNULL, stdout=self._out,
            stderr=self._err, preexec_fn=lambda: self._prepare(core, fifo))

    @staticmethod
    def _prepare(core, fifo):
        # Not to outlive pytest, whatever becomes of it.
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if core is not None and core < os.cpu_count():
            os.sched_setaffinity(0, {core})
        # Ahead of whatever else this machine is busy with.
        try:
            os.setpriority(os.PRIO_PROCESS, 0, -20)
            if fifo:
                os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
        except PermissionError:
            pass

    def _texts(self):
        if self._closed is not None:
            return self._closed
        return [os.pread(f.fileno(), 1 << 28, 0).decode(errors="replace")
                for f in (self._out, self._err)]

    @property
    def out(self):
        return self._texts()[0]

    @property
    def err(self):
        return self._texts()[1]

    def __str__(self):
        return (f"{' '.join(self.words)}: status {self.popen.poll()}\n"
                f"{self.out}\n{self.err}")

    def wait_for(self, text, timeout=10):
        """Until the text is on its standard output or error."""
        end = time.monotonic() + timeout
        while text not in self.out and text not in self.err:
            if self.popen.poll() is not None or time.monotonic() > end:
                pytest.fail(f"never said {text!r}: {self}")
            time.sleep(0.005)

    def wait(self, timeout=DEADLINE_S):
        """Its exit status; it is a failure to run longer."""
        try:
            return self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            pytest.fail(f"still running after {timeout} s: {self}")

    def stop(self, signo=signal.SIGTERM, timeout=10):
        """Send the signal; the exit status."""
        if self.popen.poll() is None:
            self.popen.send_signal(signo)
        return self.wait(timeout)

    def kill(self):
        if self.popen.poll() is None:
            self.popen.kill()
            self.popen.wait()

    def close(self):
        self.kill()
        self._closed = self._texts()
        self._out.close()
        self._err.close()


def sweep():
    """Delete the namespaces of test runs that were killed."""
    for line in command("ip", "netns", "list").splitlines():
        name = line.split()[0]
        owner = re.match(r"pl(\d+)-", name)
        if owner and not os.path.exists(f"/proc/{owner[1]}"):
            command("ip", "netns", "del", name)


class Namespace:
    """A network namespace with its own name, and what runs in it."""

    def __init__(self, role, directory):
        self.name = f"pl{os.getpid()}-{next(_numbers)}-{role}"
        self.directory = directory
        self.addr = self.peer = self.addr6 = self.peer6 = self.dev = None
        self._processes = []
        command("ip", "netns", "add", self.name)
        self.ip("link", "set", "lo", "up")

    def ip(self, *words):
        return command("ip", "-n", self.name, *words)

    def tool(self, *words):
        """A set-up command inside, such as ethtool or sysctl."""
        return command("ip", "netns", "exec", self.name, *words)

    def popen(self, *words, core=0, fifo=False):
        """Start a program inside, on a core (None: any); with fifo at
        real-time priority, for programs that leave the core idle."""
        words = ["ip", "netns", "exec", self.name, *words]
        path = os.path.join(self.directory, f"{next(_numbers)}")
        process = Process(words, core, fifo, path)
        self._processes.append(process)
        return process

    def run(self, *words, timeout=DEADLINE_S, status=0, **more):
        """Run a program inside to its end. Another exit status than the
        expected one (None: any) is a failure."""
        process = self.popen(*words, **more)
        got = process.wait(timeout)
        if status is not None and got != status:
            pytest.fail(str(process))
        return process

    def quiet(self, ipv6):
        """No chatter of the kernel's own on devices made from now on."""
        for which in ("all", "default"):
            base = f"net.ipv6.conf.{which}."
            self.tool("sysctl", "-qw", f"{base}disable_ipv6={int(not ipv6)}",
                      f"{base}router_solicitations=0",
                      f"{base}addr_gen_mode=1")

    def configure(self, dev, sides, ipv6, static):
        """Addresses of this side: sides is (own, peer) of (v4, v6, mac)."""
        (self.addr, self.addr6, _), (self.peer, self.peer6, mac) = sides
        self.dev = dev
        if not ipv6:
            self.addr6 = self.peer6 = None
        self.ip("addr", "add", self.addr + "/24", "dev", dev)
        if ipv6:
            self.ip("addr", "add", self.addr6 + "/64", "dev", dev, "nodad")
        self.ip("link", "set", dev, "up")
        if not static:
            return
        for peer in filter(None, (self.peer, self.peer6)):
            self.ip("neigh", "add", peer, "lladdr", mac, "dev", dev,
                    "nud", "permanent")

    def close(self):
        for process in self._processes:
            process.close()
        command("ip", "netns", "del", self.name)


class Net:
    """Two namespaces, left and right, and what joins them."""

    LEFT, RIGHT = (LEFT4, LEFT6, LEFT_MAC), (RIGHT4, RIGHT6, RIGHT_MAC)

    def __init__(self, directory, ipv6=False):
        self.directory = directory
        self.ipv6 = ipv6
        self._open = []
        try:
            self.left = self._namespace("left", ipv6)
            self.right = self._namespace("right", ipv6)
            self._join()
        except BaseException:
            self.close()
            raise

    def _namespace(self, role, ipv6):
        ns = Namespace(role, self.directory)
        self._open.append(ns)
        ns.quiet(ipv6)
        return ns

    def _join(self):
        raise NotImplementedError

    def _veth(self, ns, dev, mac, peer_ns, peer_dev):
        command("ip", "link", "add", dev, "address", mac, "netns", ns.name,
                "type", "veth", "peer", "name", peer_dev, "netns",
                peer_ns.name)

    def _addresses(self, static):
        self.left.configure("l0", (self.LEFT, self.RIGHT), self.ipv6, static)
        self.right.configure("r0", (self.RIGHT, self.LEFT), self.ipv6, static)

    def close(self):
        while self._open:
            self._open.pop().close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class BareNet(Net):
    """
        left            right
         l0 --- veth --- r0
    """

    def _join(self):
        self._veth(self.left, "l0", LEFT_MAC, self.right, "r0")
        self.right.ip("link", "set", "r0", "address", RIGHT_MAC)
        self._addresses(static=True)

    def shape(self, rate, burst=15000, limit=250000, kind="tbf"):
        """Hold both directions to a rate (bit/s, with 14 bytes of Ethernet a
        packet) by the kernel's token bucket; good for long-run rates."""
        for ns in (self.left, self.right):
            for dev in ("tx", "tso", "gso"):
                ns.tool("ethtool", "-K", ns.dev, dev, "off")
            if kind == "tbf":
                ns.tool("tc", "qdisc", "add", "dev", ns.dev, "root", "tbf",
                        "rate", rate, "burst", burst, "limit", limit)
                continue
            ns.tool("tc", "qdisc", "add", "dev", ns.dev, "root", "handle",
                    "1:", "htb", "default", "1")
            ns.tool("tc", "class", "add", "dev", ns.dev, "parent", "1:",
                    "classid", "1:1", "htb", "rate", rate, "burst", burst)


class EmulatedNet(Net):
    """
        left             emulator              right
         l0 --- veth --- el linkem er --- veth --- r0    (backend "packet")
         l0 ----------------- linkem ----------------- r0    (backend "tun")
    """

    def __init__(self, directory, both=None, forward=None, reverse=None,
                 seed=1, backend="packet", ipv6=False, trace=False, more=()):
        self.backend = backend
        self.truth = None
        base = os.path.join(directory, f"link{next(_numbers)}")
        self._truth_path = base + ".json"
        self._trace_path = base + ".csv" if trace else None
        self._options = ["--seed", seed, "--truth", self._truth_path, *more]
        for name, value in (("--both", both), ("--forward", forward),
                            ("--reverse", reverse),
                            ("--trace", self._trace_path)):
            if value is not None:
                self._options += [name, value]
        super().__init__(directory, ipv6)

    def _join(self):
        self._emulator = self._namespace("emu", False)
        if self.backend == "packet":
            self._join_packet()
        else:
            self._join_tun()

    def _start(self, left, right):
        self._linkem = self._emulator.popen(program("tests/linkem/linkem"),
                                            *self._options, left, right,
                                            core=None)
        self._linkem.wait_for("ready")

    def _join_packet(self):
        emulator = self._emulator
        self._veth(self.left, "l0", LEFT_MAC, emulator, "el")
        self._veth(self.right, "r0", RIGHT_MAC, emulator, "er")
        for ns, dev in ((self.left, "l0"), (self.right, "r0"),
                        (emulator, "el"), (emulator, "er")):
            ns.tool("ethtool", "-K", dev, *OFFLOADS)
        for dev in ("el", "er"):
            emulator.ip("link", "set", dev, "up")
        self._start("packet:el", "packet:er")
        self._addresses(static=True)

    def _join_tun(self):
        if not os.path.exists("/dev/net/tun"):
            pytest.skip("/dev/net/tun is missing")
        self._start(f"tun:l0@{self.left.name}", f"tun:r0@{self.right.name}")
        self._addresses(static=False)

    def stop(self):
        """End the link and return its truth (the JSON as a dict)."""
        if self.truth is None:
            if self._linkem.stop() != 0:
                pytest.fail(str(self._linkem))
            with open(self._truth_path, encoding="utf-8") as f:
                self.truth = json.load(f)
        return self.truth

    def trace(self):
        """The records of all packets in order of arrival, as dicts; numbers
        are int, what is unknown is None. After stop()."""
        with open(self._trace_path, encoding="utf-8") as f:
            names = f.readline().strip().split(",")
            return [{n: v if n == "fate" else int(v) if v else None
                     for n, v in zip(names, line.strip().split(","))}
                    for line in f]


def check_truth(truth, late_us):
    """Raise Noise when the emulator did not do what was asked of it: late,
    packets lost outside the model, or a clock that moved."""
    for name in ("left", "right"):
        for key in ("socket_drops", "device_rx_dropped", "device_tx_dropped",
                    "cut", "read_errors"):
            if truth[name][key] != 0:
                raise Noise(f"{name}: {key} {truth[name][key]}")
    if truth["unrecorded"] != 0:
        raise Noise(f"{truth['unrecorded']} packets not recorded")
    host = truth["host"]
    if abs(host["clock_step_ms"]) > 5:
        raise Noise(f"clock moved by {host['clock_step_ms']} ms")
    for name in ("forward", "reverse"):
        all_ = truth[name]["all"]
        for key in ("overrun", "failed", "pending"):
            if all_[key] != 0:
                raise Noise(f"{name}: {key} {all_[key]}")
        late = all_["lateness_us"]
        if late is not None and late["p95"] > late_us:
            raise Noise(f"{name}: p95 of lateness {late['p95']} us, "
                        f"tolerance {late_us}, real-time priority "
                        f"{'had' if host['fifo'] else 'not permitted'}")
