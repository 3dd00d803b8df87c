# SPDX-License-Identifier: BSD-2-Clause
"""msak-server among crowds: in bounded memory, and each in time."""

import resource

import pytest

from msak_crowd import MIB, Taker, memory, serve_takers, works
from msak_peer import DONE, path, servers, wait_until


@pytest.fixture
def server(tmp_path):
    yield from servers(tmp_path)


def test_thousand_connections(server):
    """500 that are silent and 500 that read slowly, in less than 64 MiB."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    one = server("-max-duration", "2m")
    takers = [Taker(one.port, path("upload", duration=100000))
              for _ in range(500)]
    takers += [Taker(one.port, path("download", duration=100000), 4096)
               for _ in range(500)]
    # A turn takes at most 256 KiB from each that has something.
    serve_takers(takers, 5, pause=0.2)
    assert all(t.started_at for t in takers)
    assert one.counters()["msak_connections"] == 1000
    works(one)
    print(f"# 1000 connections: {memory(one) / MIB:.1f} MiB, at most "
          f"{memory(one, 'VmHWM') / MIB:.1f} MiB")
    assert memory(one, "VmHWM") < 64 * MIB
    for t in takers:
        t.s.close()
    wait_until(lambda: one.counters()["msak_connections"] == 0)
    works(one)


def test_two_hundred_end_in_time(server):
    """Ten seconds of 200 streams; each close within 1 s of its time, unless
    this process is late itself in every one of several runs."""
    one = server()
    for _ in range(5):
        takers = [Taker(one.port, path("download" if i % 2 else "upload",
                                       duration=10000)) for i in range(200)]
        assert serve_takers(takers, 30) == 0
        late = [t.closed_at - t.asked_at - 10 for t in takers]
        print(f"# 200 streams: closed {min(late):.3f} to {max(late):.3f} s "
              "after their time")
        assert all(t.body == DONE for t in takers)
        assert min(late) > -0.01
        for t in takers:
            t.s.close()
        if max(late) < 1:
            break
    assert max(late) < 1
