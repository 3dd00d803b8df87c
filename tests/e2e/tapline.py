# SPDX-License-Identifier: BSD-2-Clause
"""A pytest plugin: one line of TAP a test, on descriptor 3.

The programs run beside whatever else this machine does, and a moment without
the processor can spoil any of these tests. One that failed is therefore judged
once more, with fixtures of its own, and must pass then; the log keeps what the
first attempt said below a line "# again:". Not so when many fail."""

import os

from _pytest.runner import runtestprotocol

TAP_FD = 3
SECOND_ATTEMPTS = 3             # of one script


def _comment(text):
    return "".join(f"# {line}\n" for line in text.splitlines())


class Tap:
    """Collects the three reports of each test and writes its line."""

    def __init__(self):
        # Not for the programs that tests start.
        os.set_inheritable(TAP_FD, False)
        self.out = os.fdopen(TAP_FD, "w", buffering=1)
        self.number = 0
        self.reports = []
        self.attempts = SECOND_ATTEMPTS

    def pytest_collectreport(self, report):
        if report.failed:
            self.out.write(_comment(report.longreprtext))
            self.out.write(f"Bail out! {report.nodeid} cannot be read\n")

    def pytest_collection_finish(self, session):
        self.out.write(f"1..{len(session.items)}\n")

    def pytest_runtest_protocol(self, item, nextitem):
        ids = {"nodeid": item.nodeid, "location": item.location}
        item.ihook.pytest_runtest_logstart(**ids)
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        failed = [r for r in reports if r.failed]
        if failed and self.attempts > 0:
            self.attempts -= 1
            self.out.write(f"# again: {item.nodeid}\n")
            for report in failed:
                self.out.write(_comment(report.longreprtext))
            # Whatever the first attempt shared with others may be broken.
            item.session._setupstate.teardown_exact(None)
            item._initrequest()
            reports = runtestprotocol(item, log=False, nextitem=nextitem)
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(**ids)
        return True

    def pytest_runtest_logreport(self, report):
        self.reports.append(report)

    def pytest_runtest_logfinish(self, nodeid):
        reports, self.reports = self.reports, []
        self.number += 1
        name = nodeid.split("/")[-1].replace("#", "")
        failed = [r for r in reports if r.failed]
        skipped = [r for r in reports if r.skipped]
        line = f"{'not ok' if failed else 'ok'} {self.number} - {name}"
        if skipped and not failed:
            why = skipped[0].longrepr[2].removeprefix("Skipped: ")
            line += f" # SKIP {' '.join(why.split())}"
        self.out.write(line + "\n")
        for report in failed:
            self.out.write(_comment(report.longreprtext))


def pytest_configure(config):
    config.pluginmanager.register(Tap(), "tap")
