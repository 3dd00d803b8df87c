# SPDX-License-Identifier: BSD-2-Clause
"""udping_client's command lines against those recorded of the original:
status, standard output and standard error.

        left                      right
         l0 10.77.0.1 --- veth --- r0 10.77.0.2
"""

import re
import signal
import time

import pytest

from harness import LEFT_MAC, RIGHT_MAC, BareNet, program
from udping import recorded, vector

USAGE = recorded("usage_client.txt")
NO_PORTS = (255, "No ports defined\n")
NO_INTERFACE = "Couldn't find interface for IP {}\ngetIfInfo failed\n"

# What is wanted otherwise: (changed arguments, status, standard error).
WANTED = {
    "-p 65536": (255, USAGE + "Port number is out of range 1024-65532\n"),
    "-s ": NO_PORTS,
    "-s ,": NO_PORTS,
    "-l 0.0.0.0": (255, NO_INTERFACE.format("0.0.0.0")),
    "-l 2.0.0.0": (255, NO_INTERFACE.format("2.0.0.0")),
    "-m 2000": (None, "udping_client: sizes are held to 1472 bytes, which "
                      "MTU 1500 of l0 carries\n"),
}


def _cases():
    for case in vector("cli_client.json"):
        # In every program (design, One face); users: test_must_be_root.
        if case["args"] != ["--help"] and case["uid"] == "root":
            yield case


def _name(case):
    return " ".join(case["args"])


@pytest.fixture(scope="module")
def net(namespaces, tmp_path_factory):
    with BareNet(str(tmp_path_factory.mktemp("cli"))) as net:
        yield net


def _wanted(case):
    args = case["args"]
    for key, value in WANTED.items():
        letter, _, argument = key.partition(" ")
        if letter in args and args[args.index(letter) + 1] == argument:
            return value
    return case["exit"], case["stderr"].replace("{USAGE}", USAGE)


def _ports(case):
    """What -v adds: all of it where the recording left lines out."""
    got = re.findall(r"Adding port (\d+)\n", case["stdout"])
    if "stdout_elided" in case:
        got = range(int(got[0]), int(got[-1]) + 1)
    return "".join(f"Adding port {port}\n" for port in got)


def _stdout(case, status, err):
    """The original left its output in a buffer when it was killed."""
    args = case["args"]
    if status == 1 or USAGE in err or "-l" not in args:
        return ""
    text = f"Getting interface info for {args[args.index('-l') + 1]}\n"
    if "getIfInfo" in err:
        return text
    own = "lo", "00:00:00:00:00:00", 1
    if "127.0.0.1" not in args:
        own = "l0", LEFT_MAC, None
    name, mac, index = own
    text += f"The interface is named {name}\nMAC address is {mac}\n"
    text += f"Index is {index or '{INDEX}'}\n"
    if "-a" not in args:
        return text + f"Next hop 10.77.0.2 is {RIGHT_MAC}\n"
    return text + _ports(case)


def _run(net, args):
    # argv[0] by itself, as it stands in getopt's messages.
    return net.left.popen("bash", "-c", 'exec -a udping_client "$@"', "bash",
                          program("udping/udping_client"), *args)


def _check_running(process, wanted):
    """It is there, and has said what it should."""
    end = time.monotonic() + 10
    while process.out != wanted and time.monotonic() < end:
        time.sleep(0.005)
    assert process.out == wanted
    assert process.popen.poll() is None
    assert process.stop() == -signal.SIGTERM


@pytest.mark.parametrize("case", _cases(), ids=_name)
def test_recorded(net, case):
    status, err = _wanted(case)
    if err.endswith("one or more next-hop MAC addresses\n"):
        status, err = None, ""		# -a is optional
    index = net.left.ip("-o", "link", "show", "l0").split(":")[0]
    out = _stdout(case, status, err).replace("{INDEX}", index)
    process = _run(net, case["args"])
    if status is None:
        _check_running(process, out)
        assert process.err == err
        return
    assert process.wait() == status
    assert process.out == out
    if "nosuchhost" in _name(case):
        # What a resolver says depends on where it is asked.
        assert re.fullmatch("udping_client: getaddrinfo: .*\n: .*\n",
                            process.err)
        return
    assert process.err == err


def test_all_were_tried():
    assert len(list(_cases())) == 108
