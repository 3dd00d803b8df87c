# SPDX-License-Identifier: BSD-2-Clause
"""thrulay against bare loops and iperf3."""

import json
import os
import re
import shutil
import socket
import sys

from programs import (HOST, PATIENCE, Process, asked, figures, free_port,
                      run_bare, wait_for_port)


class Thrulay:
    """How each program is called and where its figures are."""

    def __init__(self, builddir, seconds):
        self.seconds = seconds
        self.builddir = builddir
        self.client = os.path.join(builddir, "thrulay/thrulay")
        self.server = os.path.join(builddir, "thrulay/thrulayd")

    def run_bare(self, *argv):
        return run_bare(self.builddir, *argv)

    def start_server(self):
        port = free_port()
        server = Process(self.server, "-d", "-p", port)
        wait_for_port(port)
        return port, server

    def thrulay(self, *options):
        """Client and server; returns (result, cpu of either)."""
        port, server = self.start_server()
        client = Process(self.client, "-p", port, "-t", self.seconds,
                         "-i", 0, "--json", *options, HOST)
        out, cpu_client = client.finish()
        _, cpu_server = server.finish(stop=True)
        return json.loads(out), cpu_client, cpu_server

    def thrulay_tcp(self, block):
        doc, cpu_send, cpu_recv = self.thrulay("-l", block)
        total = doc["result"]["forward"]
        return figures(total["rate_bps"], total["size_bytes"] * 8, cpu_send,
                       cpu_recv)

    def bare_tcp(self, block):
        doc = self.run_bare("tcp", block, self.seconds)
        send, recv = doc["send"], doc["recv"]
        return {"value": send["rate_bps"],
                "cpu_send": send["cpu_s_per_gbit"],
                "cpu_recv": recv["cpu_s_per_gbit"]}

    def iperf_tcp(self, block):
        port = free_port()
        server = Process("iperf3", "-s", "-p", port)
        wait_for_port(port)
        client = Process("iperf3", "-c", HOST, "-p", port, "-t",
                         self.seconds, "-l", block, "-J")
        out, cpu_send = client.finish()
        _, cpu_recv = server.finish(stop=True)
        end = json.loads(out)["end"]["sum_received"]
        return figures(end["bits_per_second"], end["bytes"] * 8, cpu_send,
                       cpu_recv)

    def thrulay_pace(self, bps, size):
        doc, cpu_send, cpu_recv = self.thrulay("-u", bps, "-l", size)
        pacing = doc["result"]["streams"][0]["pacing"]
        return figures(pacing["reached_pps"] / pacing["wanted_pps"] * bps,
                       pacing["packets_sent"] * size * 8, cpu_send,
                       cpu_recv)

    def bare_pace(self, bps, size):
        doc = self.run_bare("udp", size - 28, self.seconds,
                            bps / size / 8)
        send, recv = doc["send"], doc["recv"]
        scale = (size - 28) / size
        return {"value": send["units_per_s"] * size * 8,
                "cpu_send": send["cpu_s_per_gbit"] * scale,
                "cpu_recv": recv["cpu_s_per_gbit"] * scale}

    def thrulay_flood(self, payload, *how):
        """The server's receiver under the bare sender."""
        port, server = self.start_server()
        packets = 3000000 * self.seconds
        with Session(port, payload + 28, packets) as session:
            doc = self.run_bare("flood", session.udp_port, payload,
                                self.seconds, session.nonce.hex(), *how)
            report = session.end(doc["send"]["units"])
        _, cpu_recv = server.finish(stop=True)
        sent = doc["send"]["units"]
        if sent > session.packets:
            sys.exit("more packets sent than the server agreed to count")
        loss = re.search(r"^Loss:\s+([\d.]+)%", report, re.M)
        got = sent * (1 - float(loss.group(1)) / 100)
        return figures(got / self.seconds, got * payload * 8,
                       doc["send"]["cpu_s"], cpu_recv)

    def bare_flood(self, payload, *how):
        doc = self.run_bare("udp", payload, self.seconds, 0, *how)
        send, recv = doc["send"], doc["recv"]
        return figures(recv["units_per_s"], recv["units"] * payload * 8,
                       send["cpu_s"], recv["cpu_s"])


class Session:
    """The control connection of a UDP test, as thrulay/2 has it."""

    def __init__(self, port, size, packets):
        self.sock = socket.create_connection((HOST, port))
        self.sock.settimeout(PATIENCE)
        self.read_until(lambda data: len(data) == 10)
        self.sock.sendall(b"thrulay/2:u:5004:%d:1000000000:%d+" %
                          (size, packets))
        data = self.read_until(self.complete)
        self.udp_port = int(data.split(b":")[0])
        self.packets = int(data.split(b":")[3])
        self.nonce = data[-9:-1]

    @staticmethod
    def complete(data):
        head = data.split(b":", 4)
        return len(head) == 5 and len(head[4]) >= 9

    def read_until(self, enough):
        data = b""
        while not enough(data):
            more = self.sock.recv(1)
            if not more:
                sys.exit("the server hung up: %r" % data)
            data += more
        return data

    def end(self, sent):
        self.sock.sendall(b"+%d:" % sent)
        text = b""
        while True:
            more = self.sock.recv(65536)
            if not more:
                return text.decode()
            text += more

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()


def make_rows(builddir, seconds):
    t = Thrulay(builddir, seconds)

    def tcp(block):
        refs = {"bare": lambda: t.bare_tcp(block)}
        if shutil.which("iperf3"):
            refs["iperf3"] = lambda: t.iperf_tcp(block)
        return refs

    return [
        ("tcp-64k", "Gbit/s", 1e9, (0.9, None),
         lambda: t.thrulay_tcp(65536), tcp(65536)),
        ("tcp-8k", "Gbit/s", 1e9, None,
         lambda: t.thrulay_tcp(8192), tcp(8192)),
        ("udp-send-1g", "Gbit/s", 1e9, (0.995, 1.005),
         lambda: t.thrulay_pace(10 ** 9, 1500),
         {"asked": lambda: asked(1e9),
          "bare": lambda: t.bare_pace(10 ** 9, 1500)}),
        ("udp-recv-small", "kpps", 1e3, (0.8, None),
         lambda: t.thrulay_flood(24), {"bare": lambda: t.bare_flood(24)}),
        ("udp-recv-small-gso", "kpps", 1e3, None,
         lambda: t.thrulay_flood(24, "gso"),
         {"bare": lambda: t.bare_flood(24, "gso")}),
    ]
