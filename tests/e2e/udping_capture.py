# SPDX-License-Identifier: BSD-2-Clause
"""What arrives at an interface, frame by frame, with the kernel's stamps, and
a reader of udping's frames that is written from the specification alone."""

import ctypes
import os
import select
import socket
import struct
import time

CLONE_NEWNET = 0x40000000
ETH_P_ALL = 3
SOL_PACKET, PACKET_AUXDATA = 263, 8
SO_TIMESTAMPNS, SO_RCVBUFFORCE = 35, 33
VLAN_VALID = 0x10

_libc = ctypes.CDLL(None, use_errno=True)


def _setns(fd):
    if _libc.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def socket_in(ns, *how):
    """A socket of a namespace, for a process that is in another one."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open("/run/netns/" + ns.name, os.O_RDONLY)
    try:
        _setns(there)
        try:
            return socket.socket(*how)
        finally:
            _setns(home)
    finally:
        os.close(home)
        os.close(there)


class Frame:
    """One frame: stamp_ns (wall clock), raw bytes without a tag, vlan."""

    def __init__(self, data, control):
        self.raw = data
        self.vlan = None
        for level, kind, value in control:
            if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
                s, ns = struct.unpack("qq", value[:16])
                self.stamp_ns = s * 10**9 + ns
            elif (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
                status, = struct.unpack("I", value[:4])
                if status & VLAN_VALID:
                    self.vlan, = struct.unpack("H", value[16:18])

    @property
    def is_udp(self):
        return (self.raw[12:14] == b"\x08\x00" and self.raw[23] == 17) or (
            self.raw[12:14] == b"\x86\xdd" and self.raw[20] == 17)


class Capture:
    """From when it is made on."""

    def __init__(self, ns):
        self.sock = socket_in(ns, socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self.sock.bind((ns.dev, ETH_P_ALL))
        self.sock.setblocking(False)

    def udp(self, dports=(6000,), most=1 << 20):
        """The UDP frames to these ports that came so far."""
        got = []
        while len(got) < most:
            try:
                data, control, _, _ = self.sock.recvmsg(4096, 512)
            except BlockingIOError:
                break
            frame = Frame(data, control)
            if frame.is_udp and Packet(frame).dport in dports:
                got.append(frame)
        return got

    def wait(self, n, seconds=10):
        """The next frames, at least n."""
        got, end = [], time.monotonic() + seconds
        while len(got) < n:
            left = end - time.monotonic()
            assert left > 0, f"{len(got)} of {n} frames came"
            select.select([self.sock], [], [], left)
            got += self.udp()
        return got

    def close(self):
        self.sock.close()


def _sum(data):
    """RFC 1071: 0 when a checksum in it is right."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total >> 16) + (total & 0xffff)
    return ~total & 0xffff


class Packet:
    """The fields of a frame (spec 3.1, 3.2), and of spec 3.7 with first."""

    def __init__(self, frame, first=False):
        raw = frame.raw
        self.frame = frame
        self.dst_mac = raw[:6].hex(":")
        self.src_mac = raw[6:12].hex(":")
        ipv6 = raw[12:14] == b"\x86\xdd"
        self.ip = raw[14:54 if ipv6 else 34]
        udp = raw[54 if ipv6 else 34:]
        family = socket.AF_INET6 if ipv6 else socket.AF_INET
        ends = self.ip[8:] if ipv6 else self.ip[12:]
        half = len(ends) // 2
        self.src = socket.inet_ntop(family, ends[:half])
        self.dst = socket.inet_ntop(family, ends[half:])
        self.sport, self.dport, length, self.checksum = struct.unpack(
            ">4H", udp[:8])
        self.payload = udp[8:length]
        self.length_is_right = length == len(udp)
        self.checksums_are_right = _sum(
            ends + struct.pack(">II", length, 17) + udp) == 0 and (
                ipv6 or _sum(self.ip) == 0)
        if first:
            self._first()
        else:
            self._probe()

    def _probe(self):
        p = self.payload
        if len(p) < 72:
            return
        self.version = p[0]
        self.start, = struct.unpack("<q", p[8:16])
        self.guid = p[16:36].decode("latin-1")
        self.seq, = struct.unpack("<I", p[40:44])
        self.sent_s, self.sent_ns = struct.unpack("<qq", p[48:64])
        self.size, = struct.unpack("<I", p[64:68])
        self.padding_is_zero = not any(
            p[1:8] + p[36:40] + p[44:48] + p[68:])

    def _first(self):
        p = self.payload
        self.guid = p[:20].decode("latin-1")
        self.control, self.seq, self.count = struct.unpack("<iii", p[24:36])
        self.sent_s, self.sent_ns = struct.unpack("<qq", p[40:56])
        self.size, = struct.unpack("<i", p[56:60])
        self.padding_is_zero = not any(p[20:24] + p[36:40] + p[60:])
