# SPDX-License-Identifier: GPL-2.0-only
"""Parse a guest's console: lines of kernel-overlay/boot/init.c, and failures."""

from __future__ import annotations

import dataclasses
import enum
import re

_LINE = re.compile(r"pins: (?P<name>\S+) (?P<what>begin|call|reaches|done|note|end)"
                   r"(?: (?P<rest>.*))?$")
_DONE = re.compile(r"(?P<result>pass|fail|skip|died) bytes=(?P<bytes>\d+) "
                   r"pages=(?P<pages>\d+) unequal=(?P<unequal>\d+) "
                   r"acquired=(?P<acquired>-?\d+) "
                   r"released=(?P<released>-?\d+) ?(?P<reason>.*)$")
_TROUBLE = re.compile(r"(?:WARNING: |BUG: |kernel BUG at |Kernel panic|"
                      r"Bad page state|INFO: task |general protection|"
                      r"refcount_t: )")


@dataclasses.dataclass(frozen=True)
class Call:
    """A caller that took or released pages, with the sums of its calls."""

    function: str
    kind: str           # of iterator, or "-"
    address: int        # where the call returns to
    calls: int
    pages: int
    pinned: int         # of these pages, at the end of the call
    failed: int         # calls that took nothing


class Ended(enum.StrEnum):
    """How a workload ended; lost: the guest stopped before it did."""

    PASS = "pass"
    FAIL = "fail"
    SKIP = "skip"
    DIED = "died"
    LOST = "lost"


@dataclasses.dataclass
class Workload:
    """One workload as the guest reported it."""

    name: str
    result: Ended = Ended.LOST
    bytes: int = 0
    pages: int = 0          # of buffers that were counted
    unequal: int = 0        # of these, with other counts at the end
    acquired: int = 0       # what /proc/vmstat counted
    released: int = 0
    reason: str = "the guest stopped before it ended"
    calls: list[Call] = dataclasses.field(default_factory=list)
    trouble: list[str] = dataclasses.field(default_factory=list)
    option: str = ""        # of a kernel in which it reaches these functions
    reaches: list[str] = dataclasses.field(default_factory=list)

    @property
    def uncounted(self) -> int:
        """Return the pins that were added without being counted as acquired."""
        def pages(name: str) -> int:
            return sum(c.pages for c in self.calls if c.function == name)
        # The overlay's helper calls the kernel's, and counts them itself.
        return max(pages("folio_add_pin") - pages("page_extract_add_pin"), 0)


@dataclasses.dataclass
class ConsoleLog:
    """Everything that a guest printed."""

    workloads: dict[str, Workload]
    ended: bool             # it reached the end of its list
    trouble: list[str]      # outside of any workload


def parse(text: str) -> ConsoleLog:
    """Read a console log; what is cut off counts as lost, never as passed."""
    said = ConsoleLog({}, False, [])
    current: Workload | None = None
    for line in text.splitlines():
        match = _LINE.search(line)
        if not match:
            found = _TROUBLE.search(line)
            if found:
                where = current.trouble if current else said.trouble
                where.append(line[found.start():].strip())
            continue
        name, what, rest = match["name"], match["what"], match["rest"] or ""
        if what == "end":
            said.ended = True
        elif what == "begin":
            current = said.workloads[name] = Workload(name)
        elif what == "call":
            call = _call(rest)
            if call and name in said.workloads:
                said.workloads[name].calls.append(call)
        elif what == "reaches":
            workload = said.workloads.setdefault(name, Workload(name))
            workload.option, _, functions = rest.partition(" ")
            workload.reaches = functions.split(",")
        elif what == "done":
            _done(said.workloads.setdefault(name, Workload(name)), rest)
            current = None
    return said


def _call(text: str) -> Call | None:
    words = text.split()
    if len(words) != 7:
        return None
    try:
        return Call(words[0], words[1], int(words[2], 16),
                    *map(int, words[3:]))
    except ValueError:
        return None


def _done(workload: Workload, text: str) -> None:
    match = _DONE.match(text)
    if not match:
        workload.reason = f"the guest said: {text}"
        return
    workload.result = Ended(match["result"])
    workload.reason = match["reason"]
    for name in ("bytes", "pages", "unequal", "acquired", "released"):
        setattr(workload, name, int(match[name]))
