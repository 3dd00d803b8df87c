# SPDX-License-Identifier: BSD-2-Clause
"""Scripted servers for the clients of msak: HTTP, WebSocket and latency1, all
on loopback."""

import base64
import contextlib
import hashlib
import json
import os
import socket
import ssl
import struct
import subprocess
import threading
import urllib.parse

from harness import command, program

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
DEADLINE_S = 20


def read_exactly(conn, n):
    data = bytearray()
    while len(data) < n:
        more = conn.recv(n - len(data))
        if not more:
            raise EOFError(f"{len(data)} of {n} bytes")
        data += more
    return bytes(data)


def frame(opcode, payload=b"", first=0x80):
    """A server's frame."""
    n = len(payload)
    head = bytes([first | opcode])
    if n < 126:
        head += bytes([n])
    elif n < 65536:
        head += b"\x7e" + struct.pack(">H", n)
    else:
        head += b"\x7f" + struct.pack(">Q", n)
    return head + payload


def close(code=1000, reason=b"Done sending"):
    return frame(CLOSE, struct.pack(">H", code) + reason)


class Session:
    """A connection whose request has been read."""

    def __init__(self, conn):
        self.conn = conn
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            more = conn.recv(1)
            if not more:
                raise EOFError
            head += more
        first, *lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, self.version = first.split(" ")
        self.path, _, self.query = self.target.partition("?")
        self.fields = dict(line.split(": ", 1) for line in lines if line)

    def send(self, data):
        self.conn.sendall(data)

    def answer(self, status, body=b"", fields=()):
        if isinstance(body, str):
            body = body.encode()
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}",
                 "Connection: close", *fields]
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def accept(self, more=b""):
        """The 101, and more in the same segment."""
        key = self.fields["Sec-WebSocket-Key"].encode()
        proof = base64.b64encode(hashlib.sha1(key + GUID).digest())
        self.send(b"HTTP/1.1 101 Switching Protocols\r\n"
                  b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
                  b"Sec-WebSocket-Accept: " + proof + b"\r\n\r\n" + more)

    def read_frame(self):
        """Of a client: opcode, payload unmasked. It has to be masked."""
        first, second = read_exactly(self.conn, 2)
        assert second & 0x80, "not masked"
        n = second & 0x7f
        if n == 126:
            n, = struct.unpack(">H", read_exactly(self.conn, 2))
        elif n == 127:
            n, = struct.unpack(">Q", read_exactly(self.conn, 8))
        key = read_exactly(self.conn, 4)
        data = read_exactly(self.conn, n)
        if first & 0x0f == BINARY or first & 0x0f == 0:
            return first & 0x0f, data
        return first & 0x0f, bytes(b ^ key[i % 4]
                                   for i, b in enumerate(data))

    def until_close(self):
        """All frames to the client's close, which is the last."""
        got = []
        while not got or got[-1][0] != CLOSE:
            got.append(self.read_frame())
        return got

    def until_end(self):
        """Say nothing more until the client is gone."""
        while self.conn.recv(65536):
            pass


class Server:
    """Calls script with the Session of each connection, a thread each. What a
    script raises fails the test that closes the server."""

    def __init__(self, script, tls=None):
        self.script = script
        self.tls = tls
        self.sessions = []
        self.failures = []
        self.threads = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.name = f"127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(conn,),
                                      daemon=True)
            self.threads.append(thread)
            thread.start()

    def _serve(self, conn):
        with conn, contextlib.suppress(EOFError, ConnectionError,
                                       ssl.SSLError):
            try:
                conn.settimeout(DEADLINE_S)
                if self.tls is not None:
                    conn = self.tls.wrap_socket(conn, server_side=True)
                session = Session(conn)
                self.sessions.append(session)
                self.script(session)
            except AssertionError as e:
                self.failures.append(e)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        for thread in self.threads:
            thread.join(DEADLINE_S)
        assert not self.failures, self.failures


def relay(a, b):
    """All that comes from a goes to b."""
    with contextlib.suppress(OSError):
        while data := a.recv(65536):
            b.sendall(data)
        b.shutdown(socket.SHUT_WR)


def proxy_to(server, user):
    """The script of a proxy for which every name is that of server; user is
    "name:password"."""
    token = "Basic " + base64.b64encode(user.encode()).decode()

    def script(session):
        if session.fields.get("Proxy-Authorization") != token:
            session.answer(407)
            return
        with socket.create_connection(("127.0.0.1", server.port)) as out:
            if session.method == "CONNECT":
                session.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                url = urllib.parse.urlsplit(session.target)
                assert url.netloc == session.fields["Host"]
                path = url._replace(scheme="", netloc="").geturl()
                out.sendall(f"GET {path} HTTP/1.1\r\nHost: {url.netloc}\r\n"
                            "Connection: close\r\n\r\n".encode())
            back = threading.Thread(target=relay, args=(out, session.conn))
            back.start()
            relay(session.conn, out)
            back.join()
    return script


def certificate(directory, names):
    """A context with a fresh certificate that signs itself, and its file."""
    cert, key = directory / "cert.pem", directory / "key.pem"
    command("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=localhost", "-addext", f"subjectAltName={names}", "-keyout",
            key, "-out", cert)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context, cert


class Echoed:
    """The UDP side of latency1: after the kickoff number ignore it sends n
    packets and counts what comes back."""

    def __init__(self, n=5, ignore=0):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.sock.settimeout(DEADLINE_S)
        self.port = self.sock.getsockname()[1]
        self.kickoffs = []
        self.back = []
        self.n, self.ignore = n, ignore
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        try:
            while len(self.kickoffs) <= self.ignore:
                data, peer = self.sock.recvfrom(2048)
                self.kickoffs.append(data)
            for seq in range(self.n):
                ping = json.dumps({"Type": "s2c", "ID": "m", "Seq": seq})
                self.sock.sendto(ping.encode(), peer)
            while True:
                data = self.sock.recv(2048)
                if b"c2s" not in data:
                    self.back.append(data)
        except OSError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()


def run(name, *args, env=None, timeout=40):
    """A client to its end."""
    clean = {k: v for k, v in os.environ.items()
             if not k.upper().endswith("_PROXY")}
    return subprocess.run(
        [program(f"msak/{name}"), *map(str, args)], text=True,
        capture_output=True, stdin=subprocess.DEVNULL, timeout=timeout,
        check=False, env={**clean, **(env or {})})
