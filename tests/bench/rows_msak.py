# SPDX-License-Identifier: BSD-2-Clause
"""msak against bare loops and iperf3: bulk data of a WebSocket stream.

Both ends of everything use cubic. "bare" drops what it receives in the kernel,
as our ends do in the clear; "copy" reads it. The ends may run on any core.
"""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time

from programs import (HOST, Process, asked, figures, free_port, run_bare,
                      wait_for_port)

CC = "cubic"
SUITE = "TLS_AES_128_GCM_SHA256"	# what our server prefers
PACED_RATE = 1e6			# bit/s of a paced download
PACED_TICK = 0.1			# s
PROTOCOL = "net.measurementlab.throughput.v1"


def together(calls):
    """All at once; their results."""
    results = [None] * len(calls)

    def one(i):
        results[i] = calls[i]()

    threads = [threading.Thread(target=one, args=(i,))
               for i in range(len(calls))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return results


def sum_bare(docs):
    """Of pairs that ran at the same time."""
    rate = sum(d["recv"]["rate_bps"] for d in docs)
    bits = 8 * sum(d["recv"]["units"] for d in docs)
    cpu = [sum(d[end]["cpu_s"] for d in docs) for end in ("send", "recv")]
    return figures(rate, bits, *cpu)


class Paced:
    """Downloads by a client that takes so much of each and no more."""

    def __init__(self, port, streams, seconds):
        request = (f"GET /throughput/v1/download?mid=paced&streams={streams}"
                   f"&duration={(seconds + 5) * 1000} HTTP/1.1\r\n"
                   "Host: localhost\r\nConnection: Upgrade\r\n"
                   "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                   f"Sec-WebSocket-Protocol: {PROTOCOL}\r\n\r\n").encode()
        self.seconds = seconds
        self.sockets = [socket.create_connection((HOST, port))
                        for _ in range(streams)]
        for s in self.sockets:
            s.sendall(request)
            s.recv(1, socket.MSG_PEEK)
            s.setblocking(False)

    def _take(self, n):
        """At most n of each, what is there."""
        got = 0
        for s in self.sockets:
            try:
                got += len(s.recv(n))
            except BlockingIOError:
                pass
        return got

    def run(self):
        """Bit/s of all, by the clock."""
        share = int(PACED_RATE * PACED_TICK / 8)
        ticks = int(self.seconds / PACED_TICK)
        got, begin = 0, time.monotonic()
        for i in range(1, ticks + 1):
            time.sleep(max(0, begin + i * PACED_TICK - time.monotonic()))
            got += self._take(share)
        rate = got * 8 / (time.monotonic() - begin)
        for s in self.sockets:
            s.close()
        return rate


class Msak:
    """How the programs are called and where their figures are."""

    def __init__(self, builddir, seconds):
        self.builddir = builddir
        self.seconds = seconds
        self.files = tempfile.TemporaryDirectory()
        self.cert = os.path.join(self.files.name, "cert.pem")
        self.key = os.path.join(self.files.name, "key.pem")

    def certificate(self):
        """For localhost, made when it is first wanted."""
        if not os.path.exists(self.cert):
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                 "/CN=localhost", "-keyout", self.key, "-out", self.cert],
                check=True, capture_output=True)
        return self.cert, self.key

    def program(self, name):
        return os.path.join(self.builddir, "msak", name)

    def start_server(self, tls):
        """Its clear and its TLS port, and itself."""
        clear, secure = free_port(), free_port()
        options = ["-ws_addr", f"{HOST}:{clear}", "-wss_addr",
                   f"{HOST}:{secure}", "-latency_addr",
                   f"{HOST}:{free_port(socket.SOCK_DGRAM)}",
                   "-prometheusx.listen-address", f"{HOST}:{free_port()}",
                   "-datadir", os.path.join(self.files.name, "data"),
                   "-user", "root" if os.getuid() == 0 else ""]
        if tls:
            cert, key = self.certificate()
            options += ["-cert", cert, "-key", key]
        server = Process(self.program("msak-server"), *options)
        wait_for_port(secure if tls else clear)
        return clear, secure, server

    def client(self, port, way, streams, tls):
        other = {"download": "upload", "upload": "download"}[way]
        return Process(self.program("msak-client"), "-server",
                       f"{HOST}:{port}", "-scheme", "wss" if tls else "ws",
                       "-no-verify", "-streams", streams, "-cc", CC,
                       "-duration", f"{self.seconds}s", f"-{other}=false",
                       "-json")

    def test(self, way, streams, tls=False):
        """One direction; bit/s of payload."""
        clear, secure, server = self.start_server(tls)
        client = self.client(secure if tls else clear, way, streams, tls)
        out, cpu_client = client.finish()
        _, cpu_server = server.finish(stop=True)
        got = json.loads(out)["result"][way]
        cpu = [cpu_server, cpu_client]
        if way == "upload":
            cpu.reverse()
        # The last measurement of an upload is older than its end.
        return figures(got["rate_bps"], got["rate_bps"] * self.seconds, *cpu)

    def paced(self, streams, beside=None):
        """Paced downloads, beside "ws" or "wss" as fast as it goes."""
        tls = beside == "wss"
        clear, secure, server = self.start_server(tls)
        paced = Paced(clear, streams, self.seconds)
        if beside:
            fast = self.client(secure if tls else clear, "download", 1, tls)
        rate = paced.run()
        if beside:
            fast.finish()
        _, cpu = server.finish(stop=True)
        return figures(rate, rate * self.seconds, cpu, 0)

    def bare(self, streams, *how):
        return sum_bare(together(
            [lambda: run_bare(self.builddir, "stream", self.seconds,
                              *how)] * streams))

    def bare_tls(self):
        out, _ = Process(os.path.join(self.builddir, "tests/bare_tls"),
                         self.seconds, *self.certificate(), SUITE).finish()
        return sum_bare([json.loads(out)])

    def iperf(self, streams):
        port = free_port()
        server = Process("iperf3", "-s", "-p", port)
        wait_for_port(port)
        client = Process("iperf3", "-c", HOST, "-p", port, "-t",
                         self.seconds, "-P", streams, "-C", CC, "-J")
        out, cpu_send = client.finish()
        _, cpu_recv = server.finish(stop=True)
        end = json.loads(out)["end"]["sum_received"]
        return figures(end["bits_per_second"], end["bytes"] * 8, cpu_send,
                       cpu_recv)


def clear_row(t, way, streams):
    target = {"bare": (0.95, None), "cpu copy": (0, 1)}
    refs = {"bare": lambda: t.bare(streams),
            "copy": lambda: t.bare(streams, "read")}
    if shutil.which("iperf3"):
        target["iperf3"] = (1.5, None)
        refs["iperf3"] = lambda: t.iperf(streams)
    return (f"msak-ws-{way}-{streams}", "Gbit/s", 1e9, target,
            lambda: t.test(way, streams), refs)


def tls_row(t, way):
    return (f"msak-wss-{way}", "Gbit/s", 1e9, (0.85, None),
            lambda: t.test(way, 1, tls=True), {"bare": t.bare_tls})


def paced_row(t, streams, beside=None):
    """Slow readers get what they would take, whoever else is there."""
    name = f"msak-paced-{streams}" + (f"-beside-{beside}" if beside else "")
    return (name, "Mbit/s", 1e6, (0.99, 1.01),
            lambda: t.paced(streams, beside),
            {"asked": lambda: asked(streams * PACED_RATE)})


def make_rows(builddir, seconds):
    t = Msak(builddir, seconds)
    ways = ("download", "upload")
    return [clear_row(t, way, n) for way in ways for n in (1, 2)] + \
        [tls_row(t, way) for way in ways] + \
        [paced_row(t, 500)] + \
        [paced_row(t, 20, beside) for beside in ("ws", "wss")]
