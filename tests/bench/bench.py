#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Speed of the finished tools against bare loops, in the same run.

Each row alternates our tool and its references, several times, and compares
the medians: other load on the host hits all alike. Run on an idle host.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HOST = "127.0.0.1"
PATIENCE = 30			# seconds beyond the test itself


def free_port():
    with socket.socket() as s:
        s.bind((HOST, 0))
        return s.getsockname()[1]


class Process:
    """A program under measurement: its output and the CPU it used."""

    def __init__(self, *argv):
        self.argv = [str(a) for a in argv]
        self.out = tempfile.TemporaryFile("w+")
        self.err = tempfile.TemporaryFile("w+")
        self.proc = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL,
                                     stdout=self.out, stderr=self.err)

    def finish(self, stop=False):
        """Wait (after asking it to go, with stop); returns (stdout, cpu)."""
        if stop:
            self.proc.send_signal(signal.SIGTERM)
        _, status, usage = os.wait4(self.proc.pid, 0)
        self.proc.returncode = os.waitstatus_to_exitcode(status)
        self.out.seek(0)
        self.err.seek(0)
        if self.proc.returncode != 0 and not stop:
            sys.exit("%s: status %d\n%s" % (" ".join(self.argv),
                                            self.proc.returncode,
                                            self.err.read()))
        return self.out.read(), usage.ru_utime + usage.ru_stime


def listens(port):
    """Asked without connecting: a server may take one client only."""
    pattern = re.compile(r"^ *\d+: \w+:%04X \w+:0000 0A " % port, re.M)
    tables = (f"/proc/net/{name}" for name in ("tcp", "tcp6"))
    return any(os.path.exists(table) and pattern.search(open(table).read())
               for table in tables)


def wait_for_port(port):
    end = time.monotonic() + PATIENCE
    while not listens(port):
        if time.monotonic() > end:
            sys.exit("nobody listens on port %d" % port)
        time.sleep(0.01)


def figures(value, bits, cpu_send, cpu_recv):
    """One measurement: the value compared, CPU seconds a Gbit per end."""
    gbit = bits / 1e9
    return {"value": value,
            "cpu_send": cpu_send / gbit if gbit else 0,
            "cpu_recv": cpu_recv / gbit if gbit else 0}


class Tools:
    """How each program is called and where its figures are."""

    def __init__(self, builddir, seconds):
        self.seconds = seconds
        self.bare = os.path.join(builddir, "tests/bare")
        self.client = os.path.join(builddir, "thrulay/thrulay")
        self.server = os.path.join(builddir, "thrulay/thrulayd")

    def run_bare(self, *argv):
        out, _ = Process(self.bare, *argv).finish()
        return json.loads(out)

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


def make_rows(t):
    """name, unit, scale, target ratio, ours, {reference: call}."""
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
         {"asked": lambda: {"value": 1e9, "cpu_send": 0, "cpu_recv": 0},
          "bare": lambda: t.bare_pace(10 ** 9, 1500)}),
        ("udp-recv-small", "kpps", 1e3, (0.8, None),
         lambda: t.thrulay_flood(24), {"bare": lambda: t.bare_flood(24)}),
        ("udp-recv-small-gso", "kpps", 1e3, None,
         lambda: t.thrulay_flood(24, "gso"),
         {"bare": lambda: t.bare_flood(24, "gso")}),
    ]


def median(samples):
    return {key: statistics.median(s[key] for s in samples)
            for key in samples[0]}


def verdict(target, ratio):
    if target is None:
        return "reported"
    low, high = target
    return "ok" if ratio >= low and (high is None or ratio <= high) \
        else "MISSED"


def measure(row, runs):
    name, unit, _, target, ours, refs = row
    samples = {"ours": [], **{ref: [] for ref in refs}}
    for _ in range(runs):
        samples["ours"].append(ours())
        for ref, call in refs.items():
            samples[ref].append(call())
    medians = {who: median(s) for who, s in samples.items()}
    first = next(iter(refs))
    ratio = medians["ours"]["value"] / medians[first]["value"]
    return {"name": name, "unit": unit, "target": target,
            "verdict": verdict(target, ratio), "ratio": ratio,
            "medians": medians, "samples": samples}


def show(row, result):
    scale = row[2]
    print("%s (%s)  %s" % (result["name"], result["unit"],
                           result["verdict"]))
    ours = result["medians"]["ours"]["value"]
    for who, m in result["medians"].items():
        print("  %-8s %10.3f  ratio %6.3f   CPU s/Gbit: send %8.4f  "
              "receive %8.4f" % (who, m["value"] / scale,
                                 ours / m["value"], m["cpu_send"],
                                 m["cpu_recv"]))
    sys.stdout.flush()


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--builddir", default=".")
    p.add_argument("--seconds", type=int, default=3, help="of one run")
    p.add_argument("--runs", type=int, default=3, help="of each program")
    p.add_argument("--only", help="rows whose name matches this")
    p.add_argument("--json", metavar="FILE", default="bench.json")
    args = p.parse_args()

    results = []
    for row in make_rows(Tools(args.builddir, args.seconds)):
        if args.only and not re.search(args.only, row[0]):
            continue
        results.append(measure(row, args.runs))
        show(row, results[-1])
    with open(args.json, "w") as f:
        json.dump({"seconds": args.seconds, "runs": args.runs,
                   "rows": results}, f, indent=2)
        f.write("\n")
    return 1 if any(r["verdict"] == "MISSED" for r in results) else 0


if __name__ == "__main__":
    sys.exit(main())
