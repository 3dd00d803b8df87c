# SPDX-License-Identifier: BSD-2-Clause
"""udpst as a client of servers that reject, lose, forge, die or talk old
protocols, and its output under bad conditions. All on loopback. What mostly
waits is done at the same time: see waiting."""

import concurrent.futures
import fcntl
import json
import os
import random
import re
import signal
import subprocess
import time

import pytest

from harness import Namespace, free_port, program
from udpst_peer import (SETUP, UDPST, Server, Udpst, ahead,
                        derive, sign, signed_by, udp, udpst, wait_until)

VECTORS = os.path.join(os.environ["top_srcdir"], "tests/vectors/udpst")
UNAVAILABLE = "ERROR: Minimum required connections (1) unavailable"
ATTACHED = {}
F_SETPIPE_SZ = 1031


def waiting(function=None, **cases):
    """A test that mostly waits: it is run beside the others. With cases, once
    for each of them."""
    def attach(f):
        if not cases:
            ATTACHED[f.__name__] = f
        for name, arguments in cases.items():
            ATTACHED[f"{f.__name__}-{name}"] = \
                lambda arguments=arguments: f(*arguments)
        return f
    return attach(function) if function else attach


@pytest.fixture(scope="module")
def outcomes():
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        yield {name: pool.submit(f) for name, f in ATTACHED.items()}


def client(server, *options, direction="-d", duration="1", **more):
    return udpst(direction, "--duration", duration, *options, server.where,
                 **more)


def after_banner(done):
    lines = done.stdout.splitlines()
    assert lines[0] == "UDP Speed Test"
    assert lines[2].startswith("Mode: Client, ")
    return lines[3:]


def held_up(done):
    """One end had no processor for a second, and the other warned of it."""
    return done.returncode in (4, 5) and \
        "traffic has completely stopped" in done.stdout


def complete(done):
    assert done.returncode == 0 or held_up(done), done.stdout
    assert "stream Maximum Mbps(L3/IP): " in done.stdout


# Rejections.

REJECTIONS = {
    0: "ERROR: Unexpected CRSP (0) in setup response from server",
    2: "ERROR: Client protocol version (20) not accepted by server (20)",
    3: "ERROR: Client jumbo datagram size option does not match server",
    4: "ERROR: Authentication not configured on server",
    5: "ERROR: Authentication required by server",
    6: "ERROR: Authentication method does not match server",
    7: "ERROR: Authentication verification failed at server",
    8: "ERROR: Authentication time outside time window of server",
    9: "ERROR: Max bandwidth option required by server",
    10: "ERROR: Required max bandwidth exceeds available capacity on server",
    11: "ERROR: Client traditional MTU option does not match server",
    12: "ERROR: Multi-connection parameters rejected by server",
    13: "ERROR: Connection allocation failure on server",
    14: "ERROR: Unexpected CRSP (14) in setup response from server",
    255: "ERROR: Unexpected CRSP (255) in setup response from server",
}


def rejecting(code):
    def on_setup(server, data, _addr, _response):
        fields = SETUP.get(data)
        fields.update(cmdRequest=2, cmdResponse=code)
        return [SETUP.put(**fields)]
    return Server(on_setup=on_setup)


@pytest.mark.parametrize("code", REJECTIONS)
def test_rejections(code):
    status = 100 + (code if 0 < code < 14 else 0)
    with rejecting(code) as server:
        done = client(server)
        assert after_banner(done) == \
            [f"{REJECTIONS[code]} {server.where}", UNAVAILABLE]
        assert done.returncode == status
        assert done.stderr == ""
        done = client(server, "-f", "json")
        doc = json.loads(done.stdout)
        assert done.returncode == doc["ErrorStatus"] == status
        assert doc["ErrorMessage"] == UNAVAILABLE
        assert doc["ErrorMessage2"] == f"{REJECTIONS[code]} {server.where}"
        assert "Output" not in doc


def test_rejections_are_those_that_were_recorded():
    """But for 2, whose text changed after 8.1.0."""
    with open(f"{VECTORS}/8.1.0/client-rejections.txt",
              encoding="ascii") as f:
        recorded = dict(re.findall(
            r"^response code (\d+): exit \d+ \['(.*?) IP:PORT'", f.read(),
            re.M))
    for code, text in REJECTIONS.items():
        assert code == 2 or recorded[str(code)] == text


@waiting(d=("-d",), u=("-u",))
def activation_is_rejected(direction):
    with Server(activation_code=2) as server:
        done = client(server, direction=direction)
        assert done.returncode == 152
        assert after_banner(done) == [
            "ERROR: Requested test parameter(s) rejected by server "
            f"{server.where}", UNAVAILABLE]
    with Server(activation_code=77) as server:
        done = client(server, direction=direction)
        assert done.returncode == 150
        assert after_banner(done)[0] == (
            "ERROR: Unexpected CRSP (77) in test activation response from "
            f"server {server.where}")


@waiting(old=(11,), new=(20,))
def an_activation_that_makes_no_test(version):
    """Times of zero, or beyond what any server may make of a request."""
    bad = [{"trialInt": 0}, {"trialInt": 251}, {"testIntTime": 0},
           {"testIntTime": 3601}]
    bad += [{"subIntPeriod": 0}, {"subIntPeriod": 10001}] if version >= 20 \
        else [{"subIntPeriodS": 0}, {"subIntPeriodS": 11}]
    servers = [Server(speaks=(version,), on_activation=lambda s, data, _,
                      more=fields: [s.activation_response(data, **more)])
               for fields in bad]
    with concurrent.futures.ThreadPoolExecutor(len(servers)) as pool:
        runs = list(pool.map(lambda s: client(
            s, "--protocol", version, direction="-u"), servers))
    for done, server in zip(runs, servers):
        assert done.returncode == 200, done.stdout
        assert "ALERT: Received invalid test activation response" in \
            done.stdout
        server.close()


# Silence and loss.

@waiting
def a_silent_server():
    with udp() as nobody:
        port = nobody.getsockname()[1]
        begun = time.monotonic()
        done = udpst("-d", f"127.0.0.1:{port}")
        assert 2.9 < time.monotonic() - begun < 8
        assert done.returncode == 200
        assert after_banner(done) == [
            f"WARNING: Timeout awaiting response from server "
            f"127.0.0.1:{port}", UNAVAILABLE]


@waiting
def a_silent_server_in_json():
    with udp() as nobody:
        done = udpst("-u", "-f", "json",
                     f"127.0.0.1:{nobody.getsockname()[1]}")
    doc = json.loads(done.stdout)
    assert done.returncode == doc["ErrorStatus"] == 200
    assert doc["ErrorMessage"] == UNAVAILABLE
    assert doc["ErrorMessage2"].startswith("WARNING: Timeout awaiting ")


@waiting
def a_server_that_is_silent_after_the_setup():
    with Server(lose={"activation": 99}) as server:
        begun = time.monotonic()
        done = client(server)
        assert 2.9 < time.monotonic() - begun < 8
        assert done.returncode == 200
        lines = after_banner(done)
        assert lines[0].startswith("WARNING: Timeout awaiting response from ")
        assert lines[1:] == [UNAVAILABLE]
        # None of the repetitions is another request.
        assert len({a[:28] for a in server.activations}) == 1
        assert 3 < len(server.activations) < 7


@waiting(**{f"{d}-{kind}-{n}": (d, kind, n) for d in "du"
            for kind in ("setup", "activation") for n in (1, 2, 3)})
def lost_requests_are_sent_again(direction, kind, n):
    with Server(lose={kind: n}) as server:
        complete(client(server, direction="-" + direction))
        assert len({s[:52] for s in server.setups if len(s) == 56}) == 1


@waiting
def a_lost_activation_response_and_load_that_comes_anyway():
    """What servers of other making do; downstream that is enough."""
    with Server(on_activation=lambda *_: []) as server:
        complete(client(server))


@waiting
def both_requests_are_lost_with_a_key():
    with Server(key="k", lose={"setup": 2, "activation": 2}) as server:
        complete(client(server, "-a", "k"))


# Versions.

@waiting(**{f"{version}-{d}": (version, d) for version in (10, 11, 20)
            for d in "du"})
def a_server_of_one_version(version, direction):
    with Server(speaks=(version,)) as server:
        complete(client(server, direction="-" + direction))
        assert server.version == version


@waiting
def a_pinned_version_is_the_only_one():
    with Server(speaks=(11,)) as server:
        complete(client(server, "--protocol", "11"))
        assert {s[3] for s in server.setups} == {11}
    with Server(speaks=(20,)) as server:
        done = client(server, "--protocol", "11")
        assert done.returncode == 102
        assert after_banner(done)[0] == (
            f"ERROR: Client protocol version (11) not accepted by server "
            f"(20) {server.where}")


def test_versions_at_either_port(namespaces, tmp_path):
    """Without a port in the command line."""
    ns = Namespace("lo", str(tmp_path))

    def one(number, version, port):
        addr = f"127.0.1.{number}"
        with Server(speaks=(version,), addr=addr, port=port,
                    ns=ns) as server:
            complete(udpst("-d", "--duration", "1", addr, ns=ns))
            assert server.version == version

    try:
        cases = [(v, p) for v in (10, 11, 20) for p in (24601, 25000)
                 if (v, p) != (10, 24601)]
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            for run in [pool.submit(one, n + 1, *case)
                        for n, case in enumerate(cases)]:
                run.result()
    finally:
        ns.close()


@waiting
def no_downgrade_with_a_key():
    with Server(speaks=(11,)) as server:
        done = client(server, "-a", "k")
        assert done.returncode == 102
        assert after_banner(done) == [
            f"ERROR: Client protocol version (20) not accepted by server "
            f"(11) {server.where}", UNAVAILABLE]
        assert {s[3] for s in server.setups} == {20}
    with Server(speaks=(10,)) as server:
        assert client(server, "-a", "k").returncode == 200
        assert {len(s) for s in server.setups} == {56}


@waiting(v10=(10,), v11=(11,))
def a_downgrade_that_is_allowed(version):
    with Server(speaks=(version,), key="k") as server:
        complete(client(server, "-a", "k", "--allow-downgrade"))
        old = [s for s in server.setups if s[3] == version]
        assert old and all(signed_by(s, b"k") for s in old)


# Forgeries.

@waiting
def a_response_with_a_wrong_digest():
    with Server(key="other") as server:
        done = client(server, "-a", "k")
        assert done.returncode == 107
        assert after_banner(done)[0] == (
            "ERROR: Authentication failure of setup response from server "
            + server.where)


def stale(seconds):
    """A signed setup response of another time."""
    def on_setup(server, _data, _addr, response):
        fields = SETUP.get(response)
        fields["authUnixTime"] = int(time.time()) - seconds
        return [sign(SETUP.put(**fields), server.secret())]
    return on_setup


@waiting
def a_response_of_another_time():
    with Server(key="k", on_setup=stale(20)) as server:
        done = client(server, "-a", "k")
        assert done.returncode == 108
        assert "Authentication time invalid in setup response" in done.stdout
        complete(client(server, "-a", "k", "--auth-window", "30"))


@waiting
def an_activation_response_with_a_wrong_digest():
    def on_activation(server, data, _response):
        return [sign(server.activation_response(data),
                     derive("other", server.setup_time, True))]
    with Server(key="k", on_activation=on_activation) as server:
        done = client(server, "-a", "k")
        assert done.returncode == 157
        assert "Authentication failure of test activation response" in \
            done.stdout


@waiting
def an_activation_response_of_another_time():
    def on_activation(server, data, _response):
        return [server.activation_response(
            data, authUnixTime=int(time.time()) - 20)]
    with Server(key="k", on_activation=on_activation) as server:
        assert client(server, "-a", "k").returncode == 158


def forged_first(code, version=20, **more):
    """A rejection that anybody can write comes before the answer."""
    def on_setup(_server, data, _addr, response):
        fields = SETUP.get(data)
        fields.update(cmdRequest=2, cmdResponse=code, protocolVer=version,
                      authDigest=bytes(32), **more)
        return [SETUP.put(**fields), response]
    return on_setup


@waiting(version=(2, 11), lower=(2, 10), newer=(2, 21), no_key=(4,),
         key_wrong=(7,), needed=(5,), capacity=(10,), full=(13,), none=(0,),
         unknown=(99,))
def a_forged_rejection_before_the_true_answer(code, version=20):
    with Server(key="k", on_setup=forged_first(code, version)) as server:
        complete(client(server, "-a", "k"))
    with Server(key="k", on_setup=forged_first(code, version)) as server:
        complete(client(server, "-a", "k", "--allow-downgrade"))
        assert server.version == 20


@waiting(ident={"mcIdent": 1}, index={"mcIndex": 7},
         request={"cmdRequest": 1})
def somebody_elses_rejection(*names):
    more = {"mcIdent": 1} if "mcIdent" in names else \
        {"mcIndex": 7} if "mcIndex" in names else {"cmdRequest": 1}

    def on_setup(_server, data, _addr, response):
        fields = SETUP.get(data)
        fields.update(cmdRequest=2, cmdResponse=5)
        fields.update(more)
        return [SETUP.put(**fields), response]
    with Server(on_setup=on_setup) as server:
        complete(client(server))


@waiting
def a_rejection_signed_with_the_key():
    def on_setup(server, data, _addr, _response):
        return [server.setup_response(data, code=10)]
    with Server(key="k", on_setup=on_setup) as server:
        begun = time.monotonic()
        done = client(server, "-a", "k")
        assert done.returncode == 110
        # It does not wait for a better answer.
        assert time.monotonic() - begun < 2.5


@waiting
def garbage_before_the_answer():
    rng = random.Random(7)

    def on_setup(_server, data, _addr, response):
        junk = [rng.randbytes(n) for n in (0, 1, 2, 51, 52, 56, 57, 9000)]
        return junk + [data[:2] + rng.randbytes(54), response]
    with Server(on_setup=on_setup) as server:
        complete(client(server))


# Servers that stop, and that do not.

@waiting
def a_server_that_dies_downstream():
    """As recorded of the original, but with what was measured so far."""
    with Server(quiet_after=2.3, stop_after=None) as server:
        begun = time.monotonic()
        done = client(server, duration="10")
        assert 4.8 < time.monotonic() - begun < 10
    assert done.returncode == 200
    lines = after_banner(done)
    assert lines[0].startswith("Downstream Test Int(sec): 10, ")
    end = lines.index(UNAVAILABLE)
    warning = lines.index(
        "LOCAL WARNING: Incoming traffic has completely stopped "
        f"[Server {server.where}]")
    # Recorded: after the third of five sub-intervals.
    assert 4 <= warning < end
    numbers = [int(x[1]) for x in map(
        re.compile(r"Sub-Interval\[(\d+)\]").match, lines[2:end]) if x]
    assert numbers == list(range(1, len(numbers) + 1))
    assert 4 <= len(numbers) <= 6, done.stdout
    assert "Downstream Summary Delivered(%): 100.00" in done.stdout
    assert float(re.search(r"Maximum Mbps\(L3/IP\): ([\d.]+)",
                           done.stdout)[1]) > 0


@waiting
def a_server_that_dies_upstream():
    with Server(quiet_after=2.3, stop_after=None) as server:
        done = client(server, "-f", "json", direction="-u", duration="10")
    doc = json.loads(done.stdout)
    assert done.returncode == doc["ErrorStatus"] == 200
    assert doc["ErrorMessage"] == UNAVAILABLE
    assert doc["ErrorMessage2"] == (
        "LOCAL WARNING: Incoming traffic has completely stopped "
        f"[Server {server.where}]")
    assert doc["Output"]["Status"] == "Error_Other"
    assert len(doc["Output"]["IncrementalResult"]) >= 1
    assert doc["Output"]["AtMax"]["MaxIPLayerCapacity"] > 0.5


@waiting(d=("-d",), u=("-u",))
def a_server_that_never_stops(direction):
    with Server(stop_after=None) as server:
        begun = time.monotonic()
        done = client(server, direction=direction)
        # The original gives it 3.5 s more than the test takes.
        assert 4 < time.monotonic() - begun < 9
        assert "stream Summary" in done.stdout
        assert "Sub-Interval[2]" not in done.stdout


def test_hostile_rows():
    """A server that wants everything at once does not get it."""
    rng = random.Random(11)
    names = ("txInterval1", "udpPayload1", "burstSize1", "txInterval2",
             "udpPayload2", "burstSize2", "udpAddon2")
    tame = 0

    def tamper(data):
        nonlocal tame
        tame += 1
        if tame % 4 == 0:
            return data
        row = [rng.choice([0, 1, 31, 99, 0x7fffffff, 0x80000000, 0xffffffff,
                           65536, 8973]) for _ in names]
        return data[:8] + b"".join(v.to_bytes(4, "big") for v in row) + \
            data[36:]
    with Server(tamper=tamper) as server:
        done = client(server, direction="-u")
        assert done.returncode in (0, 4, 5, 200), done.stdout
        assert "Upstream Maximum" in done.stdout


@waiting(d=("-d",), u=("-u",))
def garbage_during_the_test(direction):
    rng = random.Random(5)
    count = 0

    def tamper(data):
        nonlocal count
        count += 1
        if count % 3:
            return data
        junk = bytearray(rng.randbytes(rng.choice([1, 31, 32, 204, 1222])))
        junk[:2] = rng.choice([data[:2], b"\x7f\xe1", b"\xde\xad"])
        if len(junk) > 3 and rng.random() < 0.5:
            # Not taken for the end.
            junk[2:4] = b"\3\2"
        elif len(junk) > 3:
            junk[2] = 0
        return bytes(junk[:max(len(junk), 1)])
    with Server(tamper=tamper) as server:
        done = client(server, direction=direction)
        # Whatever it was that it warned of last.
        assert done.returncode in (0, 2, 3, 4, 5, 6, 200), done.stdout
        assert done.stdout.count("WARNING: Received invalid") <= 10


@waiting
def an_invalid_pdu_is_status_6():
    count = 0

    def tamper(data):
        nonlocal count
        count += 1
        return data[:31] if count == 20 else data
    with Server(tamper=tamper) as server:
        done = client(server)
        assert done.returncode == 6 or held_up(done)
        assert re.search(r"^WARNING: Received invalid load PDU \(31,0xBEEF:"
                         r"0x00:0x00,0x....\) \[Server 127.0.0.1:\d+\]$",
                         done.stdout, re.M)
        assert "Downstream Maximum" in done.stdout


# Signals.

def started(server, *options, direction="-d", text="Test Int", **more):
    """A client in the middle of its test."""
    run = subprocess.Popen(
        [program(UDPST), direction, *options, server.where], text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, preexec_fn=ahead, **more)
    end = time.monotonic() + 10
    while server.begun is None and time.monotonic() < end:
        time.sleep(0.01)
    assert server.begun is not None
    return run


@waiting(**{f"{signal.Signals(s).name}-{d}": (s, d) for s in (
    signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGTSTP,
    signal.SIGHUP)
    for d in "du"})
def a_signal_in_the_middle(signo, direction):
    """The original prints nothing then (spec 7.2.7)."""
    with Server(stop_after=None) as server:
        run = started(server, "-f", "json", direction="-" + direction)
        time.sleep(1.9)
        run.send_signal(signo)
        begun = time.monotonic()
        out, err = run.communicate(timeout=10)
        assert time.monotonic() - begun < 3
        wait_until(lambda: server.peer_stopped)
    doc = json.loads(out)
    assert run.returncode == doc["ErrorStatus"] == 255
    assert err == ""
    assert doc["Output"]["Status"] == "Error_Other"
    assert 1 <= len(doc["Output"]["IncrementalResult"]) <= 3
    assert doc["Output"]["Summary"]["IPLayerCapacitySummary"] > 0.1


@waiting
def a_signal_in_text_mode():
    with Server(stop_after=None) as server:
        run = started(server)
        for line in run.stdout:
            if line.startswith("Sub-Interval[1]"):
                break
        run.send_signal(signal.SIGINT)
        out, _ = run.communicate(timeout=10)
    assert run.returncode == 255
    assert "Downstream Summary" in out and "Downstream Maximum" in out


@waiting
def a_signal_before_the_test():
    with udp() as nobody:
        for options in ([], ["-f", "json"]):
            run = subprocess.Popen(
                [program(UDPST), "-d", *options,
                 f"127.0.0.1:{nobody.getsockname()[1]}"], text=True,
                stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
            nobody.recv(100)
            run.send_signal(signal.SIGINT)
            out, _ = run.communicate(timeout=5)
            assert run.returncode == 255
        doc = json.loads(out)
        assert doc["ErrorStatus"] == 255
        assert "Output" not in doc


def test_a_signal_frees_the_server(real):
    run = subprocess.Popen([program(UDPST), "-u", "-s", "-I", "10",
                            real.where], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
    real.wait_for(r"Test activation response .* sent")
    time.sleep(0.5)
    run.send_signal(signal.SIGINT)
    assert run.wait(5) == 255
    # Before the watchdog, that is.
    real.wait_for(r"\[2\]Test stop received", timeout=2.5)
    real.wait_for(r"\[2\]End time reached")


# Output.

@pytest.fixture
def real(tmp_path):
    """A server of ours, verbose."""
    server = Udpst(tmp_path, "-v")
    server.where = f"127.0.0.1:{server.port}"
    yield server
    assert server.stop() == 255, server.log


@waiting(text=([],), json=(["-f", "json"],), lines=(["--json-lines"],),
         jsonf=(["-f", "jsonf"],), probe=(["--probe"],))
def a_full_disk_is_no_success(options):
    with Server() as server, open("/dev/full", "w") as full:
        done = client(server, *options, stdout=full)
        assert done.returncode not in (0, None)
        assert "No space left on device" in done.stderr


@waiting(text=([],), json=(["-f", "json"],))
def a_closed_standard_output_is_no_success(options):
    with Server() as server:
        done = subprocess.run(
            ["sh", "-c", 'exec "$@" >&-', "sh", program(UDPST), "-d",
             "--duration", "1", *options, server.where], text=True,
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=20)
        assert done.returncode != 0
        assert done.stderr.startswith("udpst: ")


@pytest.mark.parametrize("options", [["--help"], ["--version"], ["-S"]])
def test_other_output_to_a_full_disk(options):
    with open("/dev/full", "w") as full:
        done = udpst(*options, stdout=full)
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1


@waiting
def json_through_a_slow_pipe_is_complete():
    """The original cuts it at what the pipe holds (spec 2.4)."""
    with Server(stop_after=2.3) as server:
        run = started(server, "-f", "jsonf", "-P", "100", "--duration", "2")
        fcntl.fcntl(run.stdout, F_SETPIPE_SZ, 4096)
        wait_until(lambda: server.peer_stopped)
        time.sleep(0.5)
        out = ""
        while True:
            more = os.read(run.stdout.fileno(), 1000)
            if not more:
                break
            out += more.decode()
            time.sleep(0.01)
        assert run.wait(5) in (0, 4)
    assert len(out) > 2 * 4096
    doc = json.loads(out)
    assert 10 <= len(doc["Output"]["IncrementalResult"]) <= 20
    assert doc["ErrorStatus"] == run.returncode


@waiting
def formats_of_json():
    def get(style):
        with Server() as server:
            done = client(server, "-f", style)
            assert done.returncode == 0 and done.stderr == ""
            assert done.stdout.endswith("}\n")
            return done.stdout, json.loads(done.stdout)
    text, full = get("json")
    assert text.count("\n") == 1
    assert list(full)[:8] == [
        "IPLayerMaxConnections", "IPLayerMaxIncrementalResult",
        "IPLayerCapSupported", "Input", "Output", "ErrorStatus",
        "ErrorMessage", "ErrorMessage2"]
    assert full["ErrorStatus"] == 0
    assert full["Output"]["Status"] == "Complete"
    text, brief = get("JSONB")
    assert text.count("\n") == 1
    assert list(brief) == list(full)[4:8]
    text, formatted = get("jsonf")
    assert '\n\t"Output":\t{\n' in text
    assert list(formatted) == list(full)
    assert list(formatted["Output"]) == list(full["Output"])


@waiting
def lines_of_json():
    with Server(stop_after=4.2) as server:
        run = started(server, "--json-lines", "--duration", "4")
        first = json.loads(run.stdout.readline())
        assert run.poll() is None
        rest = [json.loads(line) for line in run.stdout]
        assert run.wait(5) in (0, 4)
    assert first["Interval"] == 1
    assert rest[0]["Interval"] == 2
    assert rest[-1]["ErrorStatus"] == run.returncode
    assert "Summary" in rest[-1]["Output"]


@waiting
def progress_is_on_standard_error():
    with Server() as server:
        done = client(server, "--progress", "-f", "json")
        assert done.returncode == 0
        assert json.loads(done.stdout)["ErrorStatus"] == 0
        assert "Sub-Interval[1]" in done.stderr


@waiting
def quiet_is_results_only():
    with Server() as server:
        done = client(server, "--quiet")
        assert done.returncode == 0
        assert "UDP Speed Test" not in done.stdout
        assert "Downstream Maximum" in done.stdout


@waiting
def probe():
    with Server() as server:
        begun = time.monotonic()
        done = client(server, "--probe")
        assert time.monotonic() - begun < 2.5
        assert done.returncode == 0
        assert re.fullmatch(rf"{server.where} reachable: protocol 20, "
                            r"round-trip time \d+\.\d{3} ms\n", done.stdout)
        done = client(server, "--probe", "-f", "json")
        doc = json.loads(done.stdout)
        assert doc["Reachable"] is True
        assert doc["ControlProtocolVersion"] == 20
        assert doc["Plumbline"] is False
        assert server.activations == []
    with Server(speaks=(10,)) as server:
        assert "protocol 10" in client(server, "--probe").stdout
    with udp() as nobody:
        where = f"127.0.0.1:{nobody.getsockname()[1]}"
        done = udpst("-d", "--probe", where)
    assert done.returncode == 200
    assert done.stdout.splitlines() == [
        f"WARNING: Timeout awaiting response from server {where}"]


@waiting
def probe_asks_every_server():
    with rejecting(3) as strict, Server() as server:
        done = udpst("-d", "--probe", strict.where, server.where)
        assert done.returncode == 103
        assert sorted(line.split(" ")[0] for line in
                      done.stdout.splitlines()) == sorted([
                          "ERROR:", server.where])
        done = udpst("-d", "--probe", "-C", "3", server.where)
        assert done.returncode == 0
        assert len(done.stdout.splitlines()) == 1
    with Server() as server, udp() as nobody:
        done = udpst("-d", "--probe", server.where,
                     f"127.0.0.1:{nobody.getsockname()[1]}")
        assert done.returncode == 200


def test_probe_of_one_of_ours(real):
    doc = json.loads(client(real, "--probe", "-f", "json").stdout)
    assert doc["Plumbline"] is True


# Files.

def test_exports(real, tmp_path):
    part = tmp_path / "part.csv"
    done = client(real, "-I", "5", "-O", part)
    assert done.returncode == 0, done.stdout
    name = tmp_path / "all-#i-#c-#M#D-#p-#H-%Y.csv"
    done = client(real, "-I", "5", "-O", f"+{name}")
    assert done.returncode == 0, done.stdout
    whole = tmp_path / (f"all-0-1-CD-{real.port}-127.0.0.1-"
                        f"{time.strftime('%Y')}.csv")
    done = client(real, "-I", "5", "--csv", tmp_path / "long.csv")
    with open(f"{VECTORS}/outputs/export-all-9.0.0.csv",
              encoding="ascii") as f:
        header = f.readline()
    # Some 20 statuses and 500 datagrams, where the host keeps up.
    for path, least in ((part, 3), (whole, 50),
                        (tmp_path / "long.csv", 50)):
        lines = path.read_text().splitlines(keepends=True)
        assert lines[0] == header
        assert len(lines) > least
        assert {line.count(",") for line in lines} == {12}
    assert all(not line.endswith(",,,,,\n")
               for line in part.read_text().splitlines(keepends=True))


def test_an_export_that_cannot_be_written(real, tmp_path):
    done = client(real, "-I", "5", "-O", tmp_path / "missing" / "x")
    assert f"FOPEN ERROR: <{tmp_path}/missing/x> No such file" in done.stdout
    done = client(real, "-I", "5", "--csv", "/dev/full")
    assert "WRITE ERROR: No space left on device (/dev/full)" in done.stdout


def test_key_files(tmp_path):
    keys, one, bad = (tmp_path / n for n in ("keys", "one", "bad"))
    keys.write_text("# all\n0,zero\n0x10 sixteen\n")
    one.write_text("16,sixteen\n")
    bad.write_text("16,seventeen\n")
    server = Udpst(tmp_path, "-K", keys)
    server.where = f"127.0.0.1:{server.port}"
    try:
        complete(client(server, "-K", keys, "-I", "5"))
        complete(client(server, "-K", keys, "-y", "16", "-I", "5"))
        complete(client(server, "-K", one, "-I", "5"))
        done = client(server, "-K", bad)
        assert done.returncode == 107
        assert after_banner(done)[0] == (
            f"ERROR: Authentication verification failed at server "
            f"{server.where}")
        done = client(server)
        assert done.returncode == 105
        done = client(server, "-K", keys, "-y", "3")
        assert done.returncode == 51
        assert done.stdout == ("ERROR: Authentication key ID (3) not found "
                               "in key file\n")
        done = client(server, "-K", tmp_path / "none")
        assert done.returncode == 51
    finally:
        assert server.stop() == 255
    assert "zero" not in server.final and "sixteen" not in server.final


def shows_secret(pid):
    with open(f"/proc/{pid}/cmdline", "rb") as f:
        shown = f.read()
    # It has none for a moment while the program is loaded.
    return b"udpst" not in shown or b"secret" in shown or b"very" in shown


@pytest.mark.parametrize("words", [["-a", "very-secret"], ["-avery-secret"]])
def test_a_key_is_not_shown_by_ps(words):
    with udp() as nobody:
        port = nobody.getsockname()[1]
        for mode in (["-d", f"127.0.0.1:{port}"],
                     ["-p", str(free_port()), "127.0.0.1"]):
            run = subprocess.Popen([program(UDPST), *words, *mode],
                                   stdout=subprocess.DEVNULL)
            try:
                if mode[0] == "-d":
                    nobody.recv(100)
                wait_until(lambda pid=run.pid: not shows_secret(pid))
            finally:
                run.kill()
                run.wait()


# Addresses.

def test_a_name_that_does_not_resolve():
    name = "no-such-name.invalid"
    done = udpst("-d", name)
    assert done.returncode == 75
    lines = after_banner(done)
    assert len(lines) == 1
    assert lines[0].startswith(f"GETADDRINFO ERROR[{name}]: ")
    done = udpst("-d", "-f", "json", name)
    doc = json.loads(done.stdout)
    assert done.returncode == doc["ErrorStatus"] == 255
    assert doc["ErrorMessage"] == lines[0]


def test_no_way_to_the_server(namespaces, tmp_path):
    """It ends at once, as the original does, and says why."""
    ns = Namespace("lo", str(tmp_path))
    try:
        done = udpst("-d", "192.0.2.1", ns=ns)
        assert done.returncode == 75
        reason = "SEND/SENDTO ERROR: Network is unreachable"
        assert after_banner(done) == [reason, UNAVAILABLE]
        done = udpst("-u", "-f", "json", "192.0.2.1", ns=ns)
        doc = json.loads(done.stdout)
        assert done.returncode == doc["ErrorStatus"] == 255
        assert doc["ErrorMessage2"] == reason
    finally:
        ns.close()


@pytest.mark.parametrize("words", [
    ["-4", "::1"], ["-6", "127.0.0.1"], ["127.0.0.1", "::1"],
    ["::1", "127.0.0.1"]])
def test_addresses_of_the_wrong_family(words):
    done = udpst("-d", *words)
    assert done.returncode == 75
    assert after_banner(done) == [
        "ERROR: Specified IP address does not match address family"]


def test_source_address(real):
    done = client(real, "-I", "5", "--bind", "127.0.0.3")
    complete(done)
    assert re.search(r"received from 127\.0\.0\.3:", real.log)
    done = client(real, "--bind", "192.0.2.1")
    assert done.returncode == 75
    assert "Cannot assign requested address" in done.stdout
    assert client(real, "--bind", "::1").returncode not in (0, None)


def test_source_device(real):
    if os.geteuid() != 0:
        pytest.skip("not root: SO_BINDTODEVICE")
    complete(client(real, "-I", "5", "--bind-dev", "lo"))
    done = client(real, "--bind-dev", "nosuchdev0")
    assert done.returncode == 75
    assert "No such device" in done.stdout


# Several connections.

def test_a_rejected_connection_is_no_failure_while_enough_are_left(tmp_path):
    server = Udpst(tmp_path, "--max-sessions", "2")
    server.where = f"127.0.0.1:{server.port}"
    try:
        done = client(server, "-C", "2-3", "-I", "5")
        assert "ERROR: Connection allocation failure on server" in \
            done.stdout
        complete(done)
        assert "Active Connections: 2" in done.stdout
        done = client(server, "-C", "3", "-I", "5")
        assert done.returncode == 113
        assert "ERROR: Minimum required connections (3) unavailable" in \
            done.stdout
    finally:
        assert server.stop() == 255


@pytest.mark.parametrize("name", ATTACHED)
def test_waiting(outcomes, name):
    outcomes[name].result()
