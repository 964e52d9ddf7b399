# SPDX-License-Identifier: GPL-2.0-only
"""Find which call site each recorded call came from, and what it shows."""

from __future__ import annotations

import dataclasses
import difflib
import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from pinlib.base.errors import Gup2pinError
from pinlib.base.records import Disposition, Site
from pinlib.boot.console import Call, Ended, Workload

# The callers of these are call sites; the other functions drop pages.
TAKES = frozenset({
    "iov_iter_get_pages2", "iov_iter_get_pages_alloc2",
    "iov_iter_extract_pages", "iov_iter_extract_pages_alloc",
    "iov_iter_extract_bvecs",
    "get_user_pages_fast", "pin_user_pages_fast"})
# Iterators whose pages an extraction pins.
PINNED_KINDS = ("user", "pipe")


@dataclasses.dataclass(frozen=True)
class Frame:
    """A place that an address belongs to; inlined functions come first."""

    function: str
    file: str
    line: int


@dataclasses.dataclass
class Seen:
    """What the workloads did at one call site."""

    workloads: list[str] = dataclasses.field(default_factory=list)
    failed: list[str] = dataclasses.field(default_factory=list)
    pages: int = 0          # of user memory and pipes
    pinned: int = 0         # of these
    kernel: int = 0         # pages of other iterators
    bytes: int = 0          # moved by these workloads


def resolve(image: Path, addresses: Iterable[int]) -> dict[int, list[Frame]]:
    """Return the chain of inlined functions at each return address."""
    wanted = sorted(set(addresses))
    if not wanted:
        return {}
    # The call is before its return address.
    done = subprocess.run(
        ["addr2line", "-a", "-f", "-i", "-e", os.fspath(image)],
        input="".join(f"{a - 1:x}\n" for a in wanted), check=False,
        capture_output=True, text=True)
    if done.returncode:
        raise Gup2pinError(f"addr2line: {done.stderr.strip()}")
    found: dict[int, list[Frame]] = {}
    lines = done.stdout.splitlines()
    current: list[Frame] = []
    k = 0
    while k < len(lines):
        if lines[k].startswith("0x"):
            current = found.setdefault(int(lines[k], 16) + 1, [])
            k += 1
            continue
        file, _, line = lines[k + 1].split(" (")[0].rpartition(":")
        current.append(Frame(lines[k], _inside(file),
                             int(line) if line.isdigit() else 0))
        k += 2
    return found


def _inside(path: str) -> str:
    """Return a path relative to the tree, whatever folder it was built in."""
    parts = os.path.normpath(path).split("/src/")
    return parts[-1].removeprefix("./")


def mapped(old: str, new: str, line: int) -> int:
    """Return where a line of the old text, or its replacement, is in the new."""
    matcher = difflib.SequenceMatcher(
        None, old.splitlines(), new.splitlines(), autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if i1 < line <= i2:
            shift = line - 1 - i1
            return j1 + 1 + (shift if tag == "equal"
                             else min(shift, max(j2 - j1 - 1, 0)))
    return line


def site_of(frames: list[Frame], sites: list[Site],
            lines: dict[str, int]) -> Site | None:
    """Return the site of a call; lines gives the line of each in this kernel."""
    for frame in frames:
        here = [s for s in sites if s.file == frame.file
                and s.function == frame.function]
        if here:
            return min(here, key=lambda s: abs(lines[s.id] - frame.line))
    return None


def seen(workloads: Iterable[Workload], places: dict[int, list[Frame]],
         sites: list[Site], lines: dict[str, int]) -> dict[str, Seen]:
    """Return what was seen at each site, by its id."""
    found: dict[str, Seen] = {}
    for workload in workloads:
        mine: set[str] = set()
        for call in workload.calls:
            site = site_of(places.get(call.address, []), sites, lines) \
                if call.function in TAKES else None
            if site is None:
                continue
            entry = found.setdefault(site.id, Seen())
            _add(entry, call)
            if call.pages or call.failed:
                mine.add(site.id)
        for name in mine:
            entry = found[name]
            entry.workloads.append(workload.name)
            entry.bytes += workload.bytes
            if workload.result != Ended.PASS or workload.trouble:
                entry.failed.append(workload.name)
    return found


def _add(entry: Seen, call: Call) -> None:
    if call.kind in PINNED_KINDS:
        entry.pages += call.pages
        entry.pinned += call.pinned
    else:
        entry.kernel += call.pages


def taken_away(workloads: Mapping[str, Workload], sites: Iterable[Site],
               options: Mapping[str, str]) -> list[str]:
    """Return what no workload could drive of the functions that a series changes.

    options are those of the kernel: without the one that a workload wants, it
    does not get there on this machine.
    """
    changed = {name: site for site in sites
               if site.disposition == Disposition.CONVERT
               for name in (site.function, *(r.function for r in site.releases))}
    ran = {name for w in workloads.values() if w.result != Ended.SKIP
           for name in w.reaches}
    return [f"{w.name}: skipped, and nothing else drives {name}(), which "
            f"{changed[name].file}:{changed[name].line} needs: {w.reason}"
            for w in workloads.values() for name in w.reaches
            if name in changed and name not in ran
            and options.get(w.option, "n") != "n"]


def lines_in(kernel: Path, changes: dict[str, bytes | None],
             sites: Iterable[Site]) -> dict[str, int]:
    """Return the line of each site in the kernel that the changes make."""
    found = {}
    for site in sites:
        new = changes.get(site.file)
        found[site.id] = site.line if new is None else mapped(
            (kernel / site.file).read_text("utf-8", "surrogateescape"),
            new.decode("utf-8", "surrogateescape"), site.line)
    return found


def verdict(site: Site, here: Seen | None, control: Seen | None,
            compared: bool = True, machine: str = "UML") -> tuple[str, str]:
    """Return pass, fail or SKIPPED for one site, with the reason.

    compared asks that the control took the same pages without a pin.
    """
    if here is None or not here.pages + here.kernel:
        return "SKIPPED", f"no workload reaches it under {machine}"
    if here.failed:
        return "fail", f"{here.failed[0]} failed"
    if site.disposition in (Disposition.CONVERT, Disposition.CONVERTED):
        if here.pinned != here.pages:
            return "fail", (f"{here.pages} pages of user memory were taken "
                            f"and {here.pinned} of them pinned")
        if not here.pages:
            return "SKIPPED", "no workload reaches it with user memory"
    elif here.pinned and site.disposition in (
            Disposition.KEEP, Disposition.BLOCKED):
        return "fail", f"{here.pinned} pages were pinned"
    if site.disposition == Disposition.CONVERT and compared:
        if control is None or not control.pages:
            return "fail", "the unconverted kernel did not get there"
        if control.pinned:
            return "fail", (f"{control.pinned} pages were pinned in the "
                            "unconverted kernel already")
        if control.failed:
            return "fail", (f"{control.failed[0]} failed in the unconverted "
                            "kernel")
    return "pass", ""


def failures(workload: Workload) -> str:
    """Return why a workload that ran did not pass, or ''."""
    if workload.result not in (Ended.PASS, Ended.SKIP):
        why = [*workload.trouble, workload.reason][0]
        return f"{workload.result}: {why}"
    if workload.trouble:
        return workload.trouble[0]
    if workload.unequal:
        return workload.reason
    if workload.acquired + workload.uncounted != workload.released:
        return (f"{workload.acquired} pins were acquired, "
                f"{workload.uncounted} added and {workload.released} released")
    return ""
