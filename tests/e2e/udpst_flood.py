# SPDX-License-Identifier: BSD-2-Clause
"""Setup requests from many sources, as fast as this machine sends them:

    udpst_flood.py PORT SECONDS HEX...

Each of the datagrams HEX in turn, from 127.1.0.0 and following addresses,
until SIGTERM at the latest. Prints that it begins, and how many were sent."""

import ctypes
import signal
import socket
import struct
import sys
import time

BATCH = 1024
SOURCES = 60000


class IOVec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]


class MsgHdr(ctypes.Structure):
    _fields_ = [("name", ctypes.c_void_p), ("namelen", ctypes.c_uint32),
                ("iov", ctypes.POINTER(IOVec)), ("iovlen", ctypes.c_size_t),
                ("control", ctypes.c_void_p),
                ("controllen", ctypes.c_size_t), ("flags", ctypes.c_int)]


class MMsgHdr(ctypes.Structure):
    _fields_ = [("hdr", MsgHdr), ("len", ctypes.c_uint)]


def source(n):
    """A control message that makes n the source: IP_PKTINFO."""
    address = struct.pack(">I", 0x7f010000 + n)
    return struct.pack("@Lii", 28, socket.IPPROTO_IP, 8) + \
        struct.pack("@i4s4s", 0, address, address) + bytes(4)


def batch(requests, first, keep):
    messages = (MMsgHdr * BATCH)()
    for i in range(BATCH):
        data = ctypes.create_string_buffer(requests[i % len(requests)])
        control = ctypes.create_string_buffer(
            source((first + i) % SOURCES), 32)
        iov = IOVec(ctypes.addressof(data), len(data) - 1)
        keep += [data, control, iov]
        hdr = messages[i].hdr
        hdr.iov, hdr.iovlen = ctypes.pointer(iov), 1
        hdr.control, hdr.controllen = ctypes.addressof(control), 32
    return messages


def main():
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    requests = [bytes.fromhex(word) for word in sys.argv[3:]]
    libc = ctypes.CDLL(None, use_errno=True)
    keep = []
    batches = [batch(requests, BATCH * n, keep) for n in range(16)]
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect(("127.0.0.1", port))
    sent = n = 0
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    print("flooding", flush=True)
    end = time.monotonic() + seconds
    while time.monotonic() < end and not stopped:
        got = libc.sendmmsg(sock.fileno(), batches[n % len(batches)], BATCH,
                            0)
        if got > 0:
            sent += got
        n += 1
    print(sent, flush=True)


main()
