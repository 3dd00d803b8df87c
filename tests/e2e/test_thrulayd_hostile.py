# SPDX-License-Identifier: BSD-2-Clause
"""thrulayd among peers that are many, slow, silent, gone or malicious. All on
loopback."""

import concurrent.futures
import json
import os
import re
import signal
import socket
import struct
import subprocess
import time

import pytest

from harness import free_port, program
from thrulay import CLIENT, LocalServer, read_all, read_exactly

LOG_TIME = r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d "
SHORT = ("--proposal-timeout", "1", "--idle-timeout", "1")


@pytest.fixture
def server(tmp_path):
    servers = []

    def start(*options):
        servers.append(LocalServer(tmp_path, *options))
        return servers[-1]

    yield start
    for one in servers:
        assert one.close() == 0, one.log


def run_client(server, *options, timeout=60):
    done = subprocess.run(
        [program(CLIENT), *options, "-p", str(server.port), "127.0.0.1"],
        text=True, capture_output=True, stdin=subprocess.DEVNULL,
        timeout=timeout)
    return done


def still_serves(server):
    done = run_client(server, "--duration", "200ms", "-i", "0")
    assert done.returncode == 0, done.stderr


def memory_kib(server):
    with open(f"/proc/{server.popen.pid}/status", encoding="ascii") as f:
        return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))


def test_two_hundred_clients_each_get_their_result(server):
    one = server()

    def client(i):
        kind = ["-u", "200k", "-l", "500"] if i % 2 else ["-l", "1000",
                                                         "-w", "8000"]
        return run_client(one, "--duration", "1", "--json", *kind)

    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        done = list(pool.map(client, range(200)))
    for i, run in enumerate(done):
        assert run.returncode == 0, run.stderr
        stream = json.loads(run.stdout)["result"]["streams"][0]
        if i % 2:
            assert stream["udp"]["packets_unique"] + \
                stream["udp"]["packets_lost"] == stream["udp"]["packets_sent"]
            assert stream["udp"]["packets_unique"] > 0
        else:
            assert stream["total"]["blocks"] > 0


def test_silent_and_half_said_proposals_end_in_bounded_time(server):
    one = server(*SHORT)
    conns = [one.connect() for _ in range(20)]
    for i, conn in enumerate(conns[10:]):
        conn.sendall(b"thrulay/2:u:5004:15"[:i + 5])
    begun = time.monotonic()
    still_serves(one)
    for conn in conns:
        assert read_all(conn) == b""
        conn.close()
    # One after the other they would have taken 20 s.
    assert time.monotonic() - begun < 10


def test_one_byte_at_a_time_is_a_proposal(server):
    one = server()
    with one.connect() as conn:
        for byte in b"thrulay/2:t:65536:8192+":
            conn.sendall(bytes([byte]))
            time.sleep(0.01)
        assert re.fullmatch(rb"\d+:8192\+", conn.recv(100))


def begin_tcp(server, block=65536, window=65536):
    conn = server.connect()
    conn.sendall(b"thrulay/2:t:%d:%d+" % (window, block))
    reply = b""
    while not reply.endswith(b"+"):
        reply += conn.recv(100)
    return conn


def test_a_client_that_reads_no_echo_is_ended_and_costs_nothing(server):
    """The original spins at 100 % of a core for ever."""
    one = server("--idle-timeout", "2")
    conn = begin_tcp(one, block=16, window=1500)
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    conn.settimeout(0.5)
    with pytest.raises((socket.timeout, ConnectionError)):
        while True:
            conn.sendall(bytes(65536))
    before = os.times().elapsed, cpu_s(one)
    memory = memory_kib(one)
    time.sleep(1)
    assert cpu_s(one) - before[1] < 0.2
    assert memory_kib(one) - memory < 1000
    one.wait_for("nothing moved")
    conn.close()
    still_serves(one)


def cpu_s(server):
    with open(f"/proc/{server.popen.pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_silent_tcp_test_is_ended(server):
    one = server(*SHORT)
    with begin_tcp(one) as conn:
        begun = time.monotonic()
        assert read_all(conn) == b""
        assert 0.9 < time.monotonic() - begun < 8


def test_early_echo_five_bytes_in_five_bytes_out(server):
    one = server()
    with begin_tcp(one, block=100) as conn:
        conn.sendall(b"ABCDE")
        assert conn.recv(100) == b"ABCDE"
        conn.sendall(b"FGHIJKLMNOP" + bytes(84) + b"xyz")
        assert read_exactly(conn, 14) == b"FGHIJKLMNOPxyz"


def begin_udp(server, packets=10, size=60, rate=100000):
    conn = server.connect()
    conn.sendall(b"thrulay/2:u:5004:%d:%d:%d+" % (size, rate, packets))
    reply = conn.recv(100)
    port, size, rate, packets, rest = reply.split(b":", 4)
    assert len(rest) == 9 and rest.endswith(b"+")
    return conn, int(port), rest[:8]


def packet(nonce, sequence):
    now = time.time() + 2208988800
    return nonce + struct.pack(">QII", sequence, int(now) % 2**32,
                               int(now % 1 * 2**32)) + bytes(8)


def wait_until_read(port):
    """Nothing waits at the UDP port any more."""
    waiting = re.compile(rf"^ *\d+: [0-9A-F]+:{port:04X} \S+ \S+ "
                         r"[0-9A-F]+:(?!00000000)", re.M)
    end = time.monotonic() + 10
    while True:
        tables = ""
        for name in ("udp", "udp6"):
            with open(f"/proc/net/{name}", encoding="ascii") as f:
                tables += f.read()
        if not waiting.search(tables):
            return
        assert time.monotonic() < end, tables
        time.sleep(0.01)


def end_udp(conn, message):
    conn.sendall(message)
    return read_all(conn).decode()


def test_foreign_forged_and_cut_datagrams_count_for_nothing(server):
    one = server("-v")
    conn, port, nonce = begin_udp(one)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as foreign:
        foreign.bind(("127.0.0.2", 0))
        foreign.sendto(packet(nonce, 0), ("127.0.0.1", port))
        own.sendto(packet(bytes(8), 1), ("127.0.0.1", port))
        own.sendto(packet(nonce, 2)[:23], ("127.0.0.1", port))
        own.sendto(b"", ("127.0.0.1", port))
        own.sendto(packet(nonce, 10), ("127.0.0.1", port))
        own.sendto(packet(nonce, 2**63), ("127.0.0.1", port))
        for sequence in (3, 4, 5):
            own.sendto(packet(nonce, sequence), ("127.0.0.1", port))
        wait_until_read(port)
        report = end_udp(conn, b"+10:")
    conn.close()
    assert "Server received 3 unique packets\n" in report
    assert "Loss:\t\t 70.000%\n" in report
    one.wait_for(r"nonce does not match \(1 packets\)")
    still_serves(one)


@pytest.mark.parametrize("end,wanted", [
    (b"-", ""), (b"+abc:", ""), (b"hello", "Loss"), (b"+3", "Loss:"),
])
def test_ends_of_a_udp_test(server, end, wanted):
    one = server()
    conn, _, _ = begin_udp(one)
    report = end_udp(conn, end)
    conn.close()
    assert wanted in report and (wanted != "" or report == "")


def test_split_end_is_read_whole(server):
    one = server("-v")
    conn, _, _ = begin_udp(one)
    conn.sendall(b"+1")
    time.sleep(0.1)
    report = end_udp(conn, b"0:")
    conn.close()
    assert "Client said it sent 10 packets\n" in report
    assert report.splitlines()[5].startswith("Delay:")


def test_vanished_udp_client_leaves_nothing(server):
    one = server()
    conn, port, _ = begin_udp(one)
    conn.close()
    one.wait_for("UDP test duration")
    # The port is free again.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("0.0.0.0", port))


def test_huge_packet_counts_are_cut_and_memory_stays_bounded(server):
    one = server("--max-packets", "1000000", "--max-memory", "20M")
    before = memory_kib(one)
    conns = []
    for _ in range(40):
        conn = one.connect()
        conn.sendall(b"thrulay/2:u:5004:60:1000000:18446744073709551615+")
        conns.append((conn, conn.recv(100)))
    answers = [reply for _, reply in conns]
    given = [r for r in answers if r != b"u:-"]
    assert given and b"u:-" in answers
    for reply in given:
        assert reply.split(b":")[3] == b"1000000"
    assert memory_kib(one) - before < 20 * 1024
    for conn, _ in conns:
        conn.close()
    still_serves(one)


def test_sessions_are_limited_with_a_reason(server):
    one = server("--max-sessions", "5")
    conns = [one.connect() for _ in range(5)]
    done = run_client(one, "-t", "1")
    assert done.returncode == 1
    assert "server said: too many sessions" in done.stderr
    for conn in conns:
        conn.close()
    one.wait_for("nothing transfered")
    time.sleep(0.2)
    still_serves(one)


def test_denied_addresses_get_not_a_byte(server):
    one = server("-a", "192.0.2.0/24", "-a", "2001:db8::/32")
    with socket.create_connection(("127.0.0.1", one.port)) as conn:
        assert read_all(conn) == b""
    one.wait_for("Access denied for host 127.0.0.1")


@pytest.mark.parametrize("allow", ["127.0.0.1", "127.9.9.9/8", "0.0.0.0/0"])
def test_allowed_addresses_match_although_the_socket_is_ipv6(server, allow):
    still_serves(server("-a", allow))


def test_a_flood_of_garbage_is_logged_at_a_bounded_rate(server):
    one = server()
    stop = time.monotonic() + 2

    def garbage(seed):
        n = 0
        while time.monotonic() < stop:
            with socket.create_connection(("127.0.0.1", one.port)) as conn:
                conn.sendall(bytes((seed + n * i) % 256 for i in range(64)))
            n += 1
        return n

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        floods = [pool.submit(garbage, i) for i in range(4)]
        still_serves(one)
        count = sum(f.result() for f in floods)
    assert count > 500
    assert one.log.count("\n") < 3 * 150 + 20
    still_serves(one)


def test_log_lines_are_those_of_the_original(server):
    one = server()
    still_serves(one)
    one.wait_for(LOG_TIME + r"thrulayd started, listening on port "
                 rf"{one.port} with window size \d+\n")
    one.wait_for(LOG_TIME + r"connection from 127\.0\.0\.1\n")
    one.wait_for(LOG_TIME + r"TCP test duration = \d+\.\d{3}s, average "
                 r"throughput = \d+\.\d{3}Mb/s, "
                 r"CPU user/sys time = \d+\.\d{3}/\d+\.\d{3}s\n")


def test_sighup_is_no_packet_and_no_end(server):
    one = server("-v")
    conn, port, nonce = begin_udp(one)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.sendto(packet(nonce, 0), ("127.0.0.1", port))
        wait_until_read(port)
        os.kill(one.popen.pid, signal.SIGHUP)
        one.wait_for("got SIGHUP, don't know what do do")
    report = end_udp(conn, b"+1:")
    conn.close()
    assert "Server received 1 total packets\n" in report


def test_reverse_udp_goes_only_where_the_control_connection_came_from(server):
    """Whoever knows the nonce still cannot aim the server at somebody else:
    a request from another address is ignored."""
    one = server()
    conn = one.connect()
    conn.sendall(b"thrulay/2:u:05004:060:01000000:0100+")
    reply = conn.recv(100)
    nonce, port = reply[-9:-1], int(reply.split(b":")[0])
    text = b"type=request\ndirection=reverse\n"
    conn.sendall(b"x:%d:%s+" % (len(text), text))
    assert b"ok=1" in conn.recv(200)
    hello = nonce + b"\xff" * 8 + bytes(8)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as foreign, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        foreign.bind(("127.0.0.2", 0))
        foreign.settimeout(0.5)
        foreign.sendto(hello, ("127.0.0.1", port))
        with pytest.raises(socket.timeout):
            foreign.recv(100)
        own.settimeout(10)
        own.sendto(hello, ("127.0.0.1", port))
        assert own.recv(100)[:8] == nonce
    conn.close()


@pytest.mark.parametrize("junk", [
    b"x:", b"x:99999:a+", b"x:3:abc", b"x:-1:+", b"y", b"x:5:k=v\n\n+",
    b"x:0:+", b"x:8:ok=1\n=\n\n+", bytes(range(256)) * 8,
])
def test_malformed_extension_messages_end_the_session_alone(server, junk):
    one = server(*SHORT)
    with one.connect() as conn:
        conn.sendall(b"thrulay/2:t:065536:08192+")
        conn.recv(100)
        conn.sendall(junk)
        read_all(conn)
    still_serves(one)


def begin_extended(server, proposal, *lines):
    """A session whose request with these lines was granted."""
    conn = server.connect()
    conn.sendall(proposal)
    assert conn.recv(100)[:1] == b"0"
    text = "".join(f"{line}\n" for line in ("type=request",) + lines).encode()
    conn.sendall(b"x:%d:%s+" % (len(text), text))
    verdict = b"x:18:type=verdict\nok=1\n+"
    assert read_exactly(conn, len(verdict)) == verdict
    return conn


MARKED_TCP = b"thrulay/2:t:065536:065536+"
MARKED_UDP = b"thrulay/2:u:05004:060:010000:010+"


def test_times_that_a_peer_names_do_not_overflow(server):
    """A sum past the end of time would be due at once."""
    one = server()
    with begin_extended(one, MARKED_TCP, "direction=reverse",
                        "duration_ms=9223372036854") as conn:
        time.sleep(0.3)
        assert len(read_exactly(conn, 65536)) == 65536
    with begin_extended(one, MARKED_UDP,
                        "feedback_ms=9223372036854") as conn:
        conn.settimeout(0.3)
        with pytest.raises(socket.timeout):
            conn.recv(1)
    still_serves(one)


def test_a_client_that_reads_no_reverse_data_is_ended(server):
    one = server(*SHORT)
    with begin_extended(one, MARKED_TCP, "direction=reverse",
                        "duration_ms=3600000"):
        one.wait_for("nothing moved")
    still_serves(one)


def test_an_overlong_extension_message_is_logged(server):
    one = server()
    with one.connect() as conn:
        conn.sendall(MARKED_TCP)
        conn.recv(100)
        conn.sendall(b"x:2000:" + b"a" * 2000)
        read_all(conn)
    one.wait_for("incomplete extension message")
    still_serves(one)


def auth_file(path, text, mode=0o600):
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def test_authentication(server, tmp_path):
    keys = auth_file(tmp_path / "server", "# who\nalice secret\nbob other\n")
    good = auth_file(tmp_path / "good", "alice secret\n")
    bad = auth_file(tmp_path / "bad", "alice wrong\nmallory secret\n")
    one = server("--auth-file", keys, "--require-auth")
    short = ("--duration", "300ms", "-i", "0")
    assert run_client(one, *short, "--auth-file", good).returncode == 0
    assert run_client(one, *short, "--auth-file", good, "-u",
                      "1M").returncode == 0
    for name in ("alice", "mallory"):
        refused = run_client(one, *short, "--auth-file", bad, "--auth-name",
                             name)
        assert refused.returncode == 1
        assert "server said: not authorised" in refused.stderr
    plain = run_client(one, *short)
    assert plain.returncode == 1
    assert "server closed connection after proposal" in plain.stderr
    assert "secret" not in one.log


def test_an_auth_file_that_others_may_read_is_refused(tmp_path):
    keys = auth_file(tmp_path / "open", "alice secret\n", 0o644)
    for argv in (["thrulay/thrulayd", "-d", "--auth-file", keys],
                 ["thrulay/thrulay", "--auth-file", keys, "127.0.0.1"]):
        done = subprocess.run([program(argv[0]), *argv[1:]], text=True,
                              capture_output=True, timeout=10)
        assert done.returncode == 1
        assert keys in done.stderr or "file" in done.stderr


def test_root_is_given_up(server):
    if os.geteuid() != 0:
        pytest.skip("not root")
    one = server()
    with open(f"/proc/{one.popen.pid}/status", encoding="ascii") as f:
        status = dict(line.split(":\t", 1) for line in f if ":\t" in line)
    assert "0" not in status["Uid"].split()
    assert status["Groups"].split() in ([], [status["Gid"].split()[0]])
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0
    assert status["NoNewPrivs"].strip() == "1"
    still_serves(one)


def test_slow_readers_of_a_report_delay_nobody(server):
    one = server("-v")
    slow = [begin_udp(one)[0] for _ in range(20)]
    for conn in slow:
        conn.sendall(b"+10:")
    still_serves(one)
    for conn in slow:
        assert b"Delay" in read_all(conn)
        conn.close()


def test_clients_killed_in_the_middle_leave_no_session(server):
    one = server("-v")
    runs = [subprocess.Popen(
        [program(CLIENT), "-t", "20", *kind, "-p", str(one.port),
         "127.0.0.1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for kind in ([], ["-u", "1M"], ["--reverse"],
                     ["-u", "1M", "--reverse"])]
    one.wait_for("(?s)" + ".*".join(["connection from"] * len(runs)))
    time.sleep(0.7)
    for run in runs:
        run.kill()
        run.wait()
    for kind in ("TCP", "UDP"):
        one.wait_for(f"(?s){kind} test duration.*{kind} test duration",
                     timeout=15)
    files = os.listdir(f"/proc/{one.popen.pid}/fd")
    assert len(files) < 12, files


def test_a_server_that_cannot_start_says_what_is_taken(server, tmp_path):
    pidfile = str(tmp_path / "pid")
    one = server("--pidfile", pidfile)
    free = free_port()
    for port, complaint in (
            (one.port, f"any port {one.port}: Address already in use"),
            (free, f"{pidfile}: another server holds it")):
        done = subprocess.run(
            [program("thrulay/thrulayd"), "-d", "-p", str(port), "--pidfile",
             pidfile], text=True, capture_output=True, timeout=10)
        assert done.returncode == 1
        assert done.stderr.splitlines()[0] == f"thrulayd: {complaint}"


def test_closed_standard_descriptors_are_no_sockets():
    port = free_port()
    server = subprocess.Popen(
        ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh",
         program("thrulay/thrulayd"), "-d", "-p", str(port)])
    try:
        end = time.monotonic() + 5
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                assert time.monotonic() < end
                time.sleep(0.02)
        assert {os.readlink(f"/proc/{server.pid}/fd/{n}")
                for n in range(3)} == {"/dev/null"}
    finally:
        server.terminate()
        assert server.wait(5) == 0
