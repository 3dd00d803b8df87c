# SPDX-License-Identifier: BSD-2-Clause
"""Ends of UDPSTP that do what a test tells them: the messages as dicts, keys,
a client, a server, and udpst itself on loopback."""

import contextlib
import ctypes
import hashlib
import hmac
import itertools
import os
import random
import re
import select
import signal
import socket
import struct
import subprocess
import threading
import time

from harness import Process, free_port, program

UDPST = "udpst/udpst"
LOCAL = "127.0.0.1"
NO_SAMPLE = 0xffffffff
SEARCH = 0xffff
UPSTREAM, DOWNSTREAM = 1, 2
AUTH = "authMode authUnixTime authDigest keyId reserved checkSum"
ROW = ("txInterval1 udpPayload1 burstSize1 txInterval2 udpPayload2 "
       "burstSize2 udpAddon2")
SAVED = ("rxDatagrams rxBytes deltaTime sLoss sOoo sDup sMin sMax sSum sCnt "
         "sRttMin sRttMax accumTime")
TRIAL = ("loss ooo dup clockDeltaMin dvMin dvMax dvSum dvCnt rttMinimum "
         "rttVarSample delayMinUpd")
CLONE_NEWNET = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)
_idents = itertools.count(random.randrange(1, 30000))


class Layout:
    """A message: the format of struct and the names of its fields."""

    def __init__(self, form, names):
        self._struct = struct.Struct(">" + form)
        self.names = names.split()
        self.len = self._struct.size

    def put(self, **fields):
        assert set(fields) <= set(self.names), fields
        return self._struct.pack(*(
            fields.get(n, bytes(32) if n == "authDigest" else 0)
            for n in self.names))

    def get(self, data):
        return dict(zip(self.names, self._struct.unpack(data[:self.len])))


_SETUP = ("pduId protocolVer mcIndex mcCount mcIdent cmdRequest cmdResponse "
          "maxBandwidth testPort modifierBitmap ")
_ACT = ("pduId protocolVer cmdRequest cmdResponse lowThresh upperThresh "
        "trialInt testIntTime subIntPeriodS dscpEcn srIndexConf useOwDelVar "
        "highSpeedDelta slowAdjThresh seqErrThresh ignoreOooDup "
        "modifierBitmap rateAdjAlgo ecnCEThresh " + ROW)
_STATUS = "pduId testAction rxStopped spduSeqNo " + ROW + " subIntSeqNo "
_TIMES = " tiDeltaTime tiRxDatagrams tiRxBytes spduSec spduNsec"

SETUP = Layout("HHBBHBBHHBBI32sBBH", _SETUP + AUTH)
SETUP_10 = Layout("HHBBHBBHHBBI32s", _SETUP +
                  "authMode authUnixTime authDigest")
NULL = Layout("HHBBBBI32sBBH",
              "pduId protocolVer cmdRequest cmdResponse zero " + AUTH)
ACTIVATION = Layout("HHBBHHHHBBHBBHHBBBB7IHHHBBI32sBBH", _ACT +
                    " subIntPeriod zero srAdjSuppCount zero2 " + AUTH)
ACTIVATION_11 = Layout("HHBBHHHHBBHBBHHBBBB7IHH", _ACT + " zero checkSum")
ACTIVATION_10 = Layout("HHBBHHHHBBHBBHHBBBB7I", _ACT)
LOAD = Layout("HBBIHHIIIIHH", "pduId testAction rxStopped lpduSeqNo "
              "udpPayload spduSeqErr spduSec spduNsec lpduSec lpduNsec "
              "rttRespDelay checkSum")
STATUS = Layout("HBBI7IIIQ11I3Ii6IB3x3III3xB12xIIBBH14xH", _STATUS + SAVED +
                " " + TRIAL + _TIMES + " authMode tiRxCECount sisSavCECount "
                "zero modifierBitmap oldCheckSum checkSum")
STATUS_11 = Layout("HBBI7III4xQ11I4x3Ii6IBxHIIIII", _STATUS + SAVED + " " +
                   TRIAL + " checkSum" + _TIMES)

for _layout, _len in ((SETUP, 56), (SETUP_10, 52), (NULL, 48), (LOAD, 32),
                      (ACTIVATION, 104), (ACTIVATION_11, 60),
                      (ACTIVATION_10, 56), (STATUS, 204), (STATUS_11, 168)):
    assert _layout.len == _len


def setup_layout(version):
    return SETUP_10 if version <= 10 else SETUP


def activation_layout(version):
    return (ACTIVATION if version >= 20 else
            ACTIVATION_11 if version > 10 else ACTIVATION_10)


def status_layout(version):
    return STATUS if version >= 20 else STATUS_11


def checksum(data):
    """One's complement of the one's complement sum of 16-bit words."""
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def derive(key, when, server):
    """The half of a test's key material that this side signs with."""
    def block(i):
        return hmac.new(key.encode(), struct.pack(">I", i) + b"UDPSTP\0" +
                        str(when).encode() + struct.pack(">I", 512),
                        hashlib.sha256).digest()
    return block(2 if server else 1)


def _digest_at(data):
    return {0xace1: 20, 0xdead: 12, 0xace2: 68}[data[0] << 8 | data[1]]


def _digest(secret, data):
    at = _digest_at(data)
    blank = bytearray(data)
    blank[at:at + 32] = bytes(32)
    if len(data) != 52:
        blank[-2:] = bytes(2)
    return hmac.new(secret, blank, hashlib.sha256).digest()


def sign(data, secret):
    at = _digest_at(data)
    return data[:at] + _digest(secret, data) + data[at + 32:]


def signed_by(data, secret):
    at = _digest_at(data)
    return hmac.compare_digest(data[at:at + 32], _digest(secret, data))


def wall():
    """Unix time as a message has it."""
    now = time.time_ns()
    return now // 10**9, now % 10**9


def udp(addr=LOCAL, port=0, ns=None):
    """A bound socket, in a namespace if given."""
    with inside(ns):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((addr, port))
    s.settimeout(3)
    return s


@contextlib.contextmanager
def inside(ns):
    """This thread makes sockets in a namespace of the harness."""
    if ns is None:
        yield
        return
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    other = os.open(f"/run/netns/{ns.name}", os.O_RDONLY)
    try:
        assert _libc.setns(other, CLONE_NEWNET) == 0
        yield
    finally:
        assert _libc.setns(own, CLONE_NEWNET) == 0
        os.close(own)
        os.close(other)


def pending(sock, wait=0.0):
    """What has come, in datagrams; the first is waited for."""
    got = []
    while select.select([sock], [], [], 0 if got else wait)[0]:
        try:
            got.append(sock.recv(65536))
        except ConnectionRefusedError:
            break
    return got


class Client:
    """A client's socket: setup(), activate(), then whatever is sent."""

    def __init__(self, port, version=20, host=LOCAL, source=LOCAL, key=None,
                 key_id=0, ns=None, ident=None):
        self.version, self.key, self.key_id = version, key, key_id
        self.control = (host, port)
        self.test = None
        self.sock = udp(source, ns=ns)
        self.ident = next(_idents) if ident is None else ident
        self.setup_time = int(time.time())
        self.seq = 0

    def setup_request(self, **fields):
        layout = setup_layout(self.version)
        auth = {}
        if self.key is not None:
            auth = {"authMode": 1, "authUnixTime": self.setup_time}
            if self.version > 10:
                auth["keyId"] = self.key_id
        data = layout.put(**{
            "pduId": 0xace1, "protocolVer": self.version, "mcCount": 1,
            "mcIdent": self.ident, "cmdRequest": 1, "modifierBitmap": 1,
            **auth, **fields})
        return data if self.key is None else sign(data, self._secret())

    def _secret(self):
        if self.version < 20:
            return self.key.encode()
        return derive(self.key, self.setup_time, False)

    def receive(self, pdu_id, timeout=3.0):
        """The next message of a kind, or None; others are dropped."""
        end = time.monotonic() + timeout
        while True:
            self.sock.settimeout(max(end - time.monotonic(), 0.001))
            try:
                data = self.sock.recv(65536)
            except (socket.timeout, ConnectionRefusedError):
                return None
            if data[:2] == struct.pack(">H", pdu_id):
                return data

    def setup(self, timeout=3.0, **fields):
        """The response's fields, or None."""
        self.sock.sendto(self.setup_request(**fields), self.control)
        data = self.receive(0xace1, timeout)
        if data is None:
            return None
        response = setup_layout(self.version).get(data)
        if response["cmdResponse"] == 1:
            self.test = (self.control[0], response["testPort"])
        return response

    def activation_request(self, direction=DOWNSTREAM, **fields):
        layout = activation_layout(self.version)
        own = {"subIntPeriod": 1000} if self.version >= 20 else \
            {"subIntPeriodS": 1}
        if self.key is not None and self.version >= 20:
            own.update(authMode=1, authUnixTime=int(time.time()),
                       keyId=self.key_id)
        data = layout.put(**{
            "pduId": 0xace2, "protocolVer": self.version,
            "cmdRequest": direction, "lowThresh": 30, "upperThresh": 90,
            "trialInt": 50, "testIntTime": 10, "srIndexConf": SEARCH,
            "highSpeedDelta": 10, "slowAdjThresh": 3, "seqErrThresh": 10,
            "ignoreOooDup": 1, **own, **fields})
        if self.key is not None and self.version >= 20:
            data = sign(data, self._secret())
        return data

    def activate(self, direction=DOWNSTREAM, timeout=3.0, **fields):
        self.sock.sendto(self.activation_request(direction, **fields),
                         self.test)
        data = self.receive(0xace2, timeout)
        return data and activation_layout(self.version).get(data)

    def status(self, **fields):
        self.seq += 1
        self.sock.sendto(status(self.version, self.seq, **fields), self.test)

    def load(self, size=1222, **fields):
        self.seq += 1
        self.sock.sendto(load(self.seq, size, **fields), self.test)

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def status(version, seq, **fields):
    sec, nsec = wall()
    return status_layout(version).put(**{
        "pduId": 0xfeed, "spduSeqNo": seq, "dvMin": NO_SAMPLE,
        "rttMinimum": NO_SAMPLE, "rttVarSample": NO_SAMPLE,
        "spduSec": sec, "spduNsec": nsec, **fields})


def load(seq, size=1222, **fields):
    sec, nsec = wall()
    return LOAD.put(**{
        "pduId": 0xbeef, "lpduSeqNo": seq, "udpPayload": size,
        "lpduSec": sec, "lpduNsec": nsec, **fields}) + bytes(size - 32)


class Server(threading.Thread):
    """A server for one client at a time that does as it is told.

    speaks: the versions of setup requests that are understood by size and
    answered; others get code 2 (of 56 bytes) or nothing.
    lose: how many requests of each kind ("setup", "activation") are lost.
    on_setup(server, data, addr, response) and on_activation(...) return the
    datagrams to send instead of the response; None: the response.
    stop_after: seconds until testAction is 2, None: never. quiet_after: until
    nothing is sent any more. tamper(data): what is sent instead of a load or
    status message.
    """

    ROW = {"txInterval1": 1000, "udpPayload1": 1222, "burstSize1": 1}

    def __init__(self, speaks=(20,), key=None, key_id=0, port=0, addr=LOCAL,
                 ns=None, code=1, lose=None, on_setup=None,
                 on_activation=None, stop_after=2.5, quiet_after=None,
                 tamper=None, row=None, activation_code=1):
        super().__init__(daemon=True)
        self.speaks, self.key, self.key_id = speaks, key, key_id
        self.code, self.activation_code = code, activation_code
        self.on_setup, self.on_activation = on_setup, on_activation
        self.lose = dict(lose or {})
        self.stop_after, self.quiet_after = stop_after, quiet_after
        self.tamper = tamper or (lambda data: data)
        self.row = row or self.ROW
        self.control = udp(addr, port, ns)
        self.test = udp(addr, 0, ns)
        self.port = self.control.getsockname()[1]
        self.addr = addr
        self.setups, self.activations, self.received = [], [], []
        self.peer_stopped = False
        self.version = self.begun = None
        self.client = self.load_from = None
        self._done = False
        self.start()

    @property
    def where(self):
        return f"{self.addr}:{self.port}"

    def close(self):
        self._done = True
        self.join(5)
        assert not self.is_alive()
        self.control.close()
        self.test.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _lost(self, kind):
        if self.lose.get(kind, 0) == 0:
            return False
        self.lose[kind] -= 1
        return True

    def secret(self):
        return derive(self.key, self.setup_time, True)

    def seal(self, data):
        if self.key is None or (self.version or 0) < 20:
            return data
        return sign(data, self.secret())

    def setup_response(self, data, code=None, version=None, **more):
        """The request as the response that it becomes."""
        layout = SETUP if len(data) == 56 else SETUP_10
        fields = layout.get(data)
        fields.update(cmdRequest=2, cmdResponse=code or self.code,
                      testPort=self.test.getsockname()[1], **more)
        if version is not None:
            fields["protocolVer"] = version
        if self.key is not None and fields["protocolVer"] >= 20:
            fields["authUnixTime"] = int(time.time())
        fields["authDigest"] = bytes(32)
        return self.seal(layout.put(**fields))

    def _setup(self, data, addr):
        self.setups.append(data)
        if self._lost("setup") or len(data) not in (52, 56):
            return
        fields = (SETUP if len(data) == 56 else SETUP_10).get(data)
        version = fields["protocolVer"]
        if version in self.speaks:
            self.version, self.setup_time = version, fields["authUnixTime"]
        else:
            if len(data) in {setup_layout(v).len for v in self.speaks}:
                self.control.sendto(self.setup_response(
                    data, 2, max(self.speaks)), addr)
            return
        response = self.setup_response(data)
        out = self.on_setup and self.on_setup(self, data, addr, response)
        for one in [response] if out is None else out:
            self.control.sendto(one, addr)
        if self.version >= 20 and self.code == 1 and out is None:
            self.test.sendto(self.seal(NULL.put(
                pduId=0xdead, protocolVer=self.version, cmdRequest=1)), addr)

    def activation_response(self, data, **more):
        layout = activation_layout(self.version)
        fields = layout.get(data)
        fields["cmdResponse"] = self.activation_code
        if fields["cmdRequest"] == UPSTREAM:
            fields.update(self.row)
        if self.key is not None and self.version >= 20:
            fields["authUnixTime"] = int(time.time())
            fields["authDigest"] = bytes(32)
        fields.update(more)
        return self.seal(layout.put(**fields))

    def _activation(self, data, addr):
        if self.begun is not None and self.activation_code == 1:
            return
        self.activations.append(data)
        if self._lost("activation"):
            return
        fields = activation_layout(self.version).get(data)
        self.direction = fields["cmdRequest"]
        self.trial_s = fields["trialInt"] / 1000
        self.period_s = (fields["subIntPeriod"] / 1000 if
                         self.version >= 20 else fields["subIntPeriodS"])
        response = self.activation_response(data)
        out = self.on_activation and self.on_activation(self, data, response)
        for one in [response] if out is None else out:
            self.test.sendto(one, addr)
        if self.activation_code != 1:
            return
        self.client = addr
        self.begun = self._due = time.monotonic()
        self._seq = self._subint = 0
        self._counted = (0, 0)
        self._status_time = (0, 0)

    def _pdu(self, data):
        self.received.append(data)
        if data[2] != 0:
            self.peer_stopped = True
            self.begun = None
        elif data[:2] == b"\xfe\xed":
            fields = status_layout(self.version).get(data)
            self._status_time = fields["spduSec"], fields["spduNsec"]
        elif data[:2] == b"\xbe\xef":
            n, size = self._counted
            self._counted = n + 1, size + len(data)

    def _send(self, now):
        """What is due: load each 5 ms, status each trial interval."""
        elapsed = now - self.begun
        if self.quiet_after is not None and elapsed >= self.quiet_after:
            return
        action = 2 if self.stop_after is not None and \
            elapsed >= self.stop_after else 0
        self._seq += 1
        if self.direction == DOWNSTREAM:
            self._due = now + 0.005
            data = load(self._seq, testAction=action,
                        spduSec=self._status_time[0],
                        spduNsec=self._status_time[1])
        else:
            self._due = now + self.trial_s
            data = self._status(elapsed, action)
        data = self.tamper(data)
        if data is not None:
            self.test.sendto(data, self.client)

    def _status(self, elapsed, action):
        if elapsed >= (self._subint + 1) * self.period_s:
            self._subint += 1
            self._saved = {
                "rxDatagrams": self._counted[0], "rxBytes": self._counted[1],
                "deltaTime": int(self.period_s * 1e6), "sMin": NO_SAMPLE,
                "sRttMin": NO_SAMPLE,
                "accumTime": int(self._subint * self.period_s * 1000)}
            self._counted = (0, 0)
        return status(self.version, self._seq, testAction=action,
                      subIntSeqNo=self._subint, **self.row,
                      **(self._saved if self._subint else {}))

    def run(self):
        while not self._done:
            for s in select.select([self.control, self.test], [], [],
                                   0.002)[0]:
                try:
                    data, addr = s.recvfrom(65536)
                except OSError:
                    continue
                if s is self.control:
                    self._setup(data, addr)
                elif data[:2] == b"\xac\xe2":
                    self._activation(data, addr)
                elif self.begun is not None:
                    self._pdu(data)
            if self.begun is not None and time.monotonic() >= self._due:
                try:
                    self._send(time.monotonic())
                except OSError:
                    self.begun = None


def wait_until(what, timeout=10.0, step=0.02):
    """Until what() is true; its value."""
    end = time.monotonic() + timeout
    while True:
        value = what()
        if value:
            return value
        assert time.monotonic() < end, f"never {what}"
        time.sleep(step)


def ahead():
    """A process of ours is not to wait for what else this machine does."""
    # pylint: disable=protected-access
    Process._prepare(None, False)


class Udpst:
    """udpst as a server, on loopback and a port of its own unless ns."""

    def __init__(self, directory, *options, ns=None, port=True,
                 operands=(), wrap=()):
        self.port = free_port() if port is True else port
        self._log = open(directory / f"udpst-{next(_idents)}.log", "w+b")
        words = [*wrap, program(UDPST), *map(str, options)]
        if self.port:
            words += ["-p", str(self.port)]
        if ns is not None:
            words = ["ip", "netns", "exec", ns.name, *words]
        self.ns = ns
        self.popen = subprocess.Popen(
            [*words, *operands], stdin=subprocess.DEVNULL,
            stdout=self._log, stderr=subprocess.STDOUT,
            preexec_fn=ahead)
        for port in [self.port] if self.port else [24601, 25000]:
            wait_until(lambda: self.popen.poll() is not None or
                       self._bound(port))
        assert self.popen.poll() is None, self.log

    def _bound(self, port):
        # Not by a bind(2) of ours, which would be in the way of the server's.
        for table in ("udp", "udp6"):
            with open(f"/proc/{self.popen.pid}/net/{table}",
                      encoding="ascii") as f:
                if re.search(rf"^ *\d+: [0-9A-F]+:{port:04X} ", f.read(),
                             re.M):
                    return True
        return False

    @property
    def log(self):
        with open(self._log.name, encoding="utf-8", errors="replace") as f:
            return f.read()

    def wait_for(self, pattern, timeout=10):
        return wait_until(lambda: re.search(pattern, self.log), timeout)

    def client(self, *args, **more):
        return Client(self.port, *args, ns=self.ns, **more)

    def sentinel(self, key=None):
        """All that came before has been dealt with."""
        for _ in range(2):
            with self.client(key=key) as c:
                assert c.setup(mcCount=0)["cmdResponse"] == 12

    def _status(self, key):
        with open(f"/proc/{self.popen.pid}/status", encoding="ascii") as f:
            return re.search(rf"{key}:\s+(.*)", f.read()).group(1)

    @property
    def memory_kib(self):
        return int(self._status("VmRSS").split()[0])

    @property
    def threads(self):
        return int(self._status("Threads"))

    @property
    def ticks(self):
        """CPU time used so far, in ticks of 10 ms."""
        return process_ticks(self.popen.pid)

    def stop(self, signo=signal.SIGTERM, timeout=10):
        if self.popen.poll() is None:
            self.popen.send_signal(signo)
        return self.close(timeout)

    def close(self, timeout=10):
        try:
            return self.popen.wait(timeout)
        finally:
            self.popen.kill()
            self.final = self.log
            self._log.close()


def process_ticks(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def udpst(*words, ns=None, timeout=40, **more):
    """A run of udpst to its end."""
    command = [program(UDPST), *map(str, words)]
    if ns is not None:
        command = ["ip", "netns", "exec", ns.name, *command]
    more = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
            "preexec_fn": ahead, **more}
    return subprocess.run(command, text=True, stdin=subprocess.DEVNULL,
                          timeout=timeout, **more)
