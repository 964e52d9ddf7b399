# SPDX-License-Identifier: GPL-2.0-only
"""The test of the test: patches broken on purpose, which the boot must notice.

Each mutant changes one thing that a generated patch added. Which ones are tried
is decided by a hash of the patch and the mutant, never by anybody's choice;
one that was drawn and cannot be tried counts as survived.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from . import boot, boot_sites, ctext
from .boot_build import Say
from .errors import ProofError
from .model import Patch, Series, Site, write_json
from .scratch import BASE_REF, Scratch

SECONDS = 2400

RELEASE = re.compile(r"\b(?:unpin_user_page(?:s(?:_dirty_lock)?)?|"
                     r"page_extract_release(?:_pages(?:_dirty_lock)?)?)\(")
WILL_PIN = re.compile(r"\biov_iter_extract_will_pin\(")
FLAG = re.compile(r"\bif \((?P<flag>[^()]*(?:pinned|need_unpin)[^()]*)\)")
DIRTY = re.compile(r"\bset_page_dirty(?:_lock)?\(")


@dataclasses.dataclass(frozen=True)
class Mutant:
    """One change to one file of a patched kernel."""

    patch: str          # the subject of the patch that is broken
    file: str
    line: int
    kind: str
    old: str
    new: str
    text: str           # the whole file
    order: str          # what decides whether it is drawn
    sites: tuple[str, ...]


@dataclasses.dataclass
class Result:
    """What became of a mutant."""

    mutant: Mutant
    killed: str         # what noticed, or ""
    reason: str         # how, or why it survived
    seconds: float


def mutants_of(patch: Patch, scratch: Scratch) -> Iterator[Mutant]:
    """Every mutant of one patch."""
    for file in patch.files:
        after = (scratch.read(patch.tree, file) or b"").decode(
            "utf-8", "surrogateescape")
        before = (scratch.read(patch.parent, file) or b"").decode(
            "utf-8", "surrogateescape")
        if not file.endswith((".c", ".h")):
            continue
        for kind, start, end, new in changes(before, after):
            text = after[:start] + new + after[end:]
            order = hashlib.sha256(
                f"{patch.tree} {file} {kind} {start}".encode()).hexdigest()
            yield Mutant(patch.subject, file, after.count("\n", 0, start) + 1,
                         kind, after[start:end], new, text, order,
                         tuple(patch.sites))


def changes(before: str, after: str
            ) -> Iterator[tuple[str, int, int, str]]:
    """What to break in a patched file: the kind, where, and what instead."""
    whole = ctext.CText(after)
    masked = whole.code
    added = _added(before, after)
    for match in RELEASE.finditer(masked):
        if not _within(match.start(), added):
            continue
        end = _statement_end(masked, match.end() - 1)
        if end is None:
            continue
        start, call = match.start(), after[match.start():end]
        yield "drop a release", start, end, ";"
        yield "double a release", start, end, f"do {{ {call} {call} }} while (0);"
        plain = put_page(match[0][:-1], arguments(call))
        if plain:
            yield "put_page() for a release", start, end, plain
        if "dirty_lock" in match[0]:
            yield ("drop a dirty", start, end,
                   last_argument(call, "false"))
        if match[0].startswith("page_extract"):
            number = 1 if match[0] == "page_extract_release(" else 2
            flag = arguments(call)[number]
            yield ("drop the flag's test", start, end,
                   replace_argument(call, number, "true"))
            yield ("invert the flag", start, end,
                   replace_argument(call, number, f"!({flag})"))
    yield from _flags(masked, after, added)
    yield from _dirties(whole, added)


def _flags(masked: str, after: str, added: list[tuple[int, int]]
           ) -> Iterator[tuple[str, int, int, str]]:
    for match in FLAG.finditer(masked):
        if _within(match.start(), added):
            start, end = match.span("flag")
            yield "drop the flag's test", start, end, "true"
            yield "invert the flag", start, end, f"!({after[start:end]})"
    for match in WILL_PIN.finditer(masked):
        if _within(match.start(), added):
            yield "invert the flag", match.start(), match.start(), "!"


def _dirties(whole: ctext.CText, added: list[tuple[int, int]]
             ) -> Iterator[tuple[str, int, int, str]]:
    """Calls that dirty a page, in functions with a release that was added."""
    lines = {whole.line_of(m.start()) for m in RELEASE.finditer(whole.code)
             if _within(m.start(), added)}
    blocks = [b for b in whole.spans
              if any(b.start <= line <= b.end for line in lines)]
    for match in DIRTY.finditer(whole.code):
        line = whole.line_of(match.start())
        end = _statement_end(whole.code, match.end() - 1)
        if end is not None and any(b.start <= line <= b.end for b in blocks):
            yield "drop a dirty", match.start(), end, ";"


def _added(before: str, after: str) -> list[tuple[int, int]]:
    """The spans of text in lines that the patch added."""
    old, new = before.splitlines(True), after.splitlines(True)
    starts = [0]
    for line in new:
        starts.append(starts[-1] + len(line))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [(starts[j1], starts[j2]) for tag, _, _, j1, j2
            in matcher.get_opcodes() if tag != "equal" and j2 > j1]


def _within(at: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)


def _statement_end(text: str, bracket: int) -> int | None:
    """Where the statement ends whose call's bracket opens there."""
    depth = 0
    for at in range(bracket, len(text)):
        if text[at] == "(":
            depth += 1
        elif text[at] == ")":
            depth -= 1
            if not depth:
                rest = re.match(r"\s*;", text[at + 1:])
                return at + 1 + rest.end() if rest else None
    return None


def arguments(call: str) -> list[str]:
    """The arguments of a call statement."""
    inner = call[call.index("(") + 1:call.rindex(")")]
    found, depth = [""], 0
    for char in inner:
        depth += (char in "([{") - (char in ")]}")
        if char == "," and not depth:
            found.append("")
        else:
            found[-1] += char
    return [text.strip() for text in found]


def replace_argument(call: str, number: int, new: str) -> str:
    """The call with one argument changed."""
    found = arguments(call)
    found[number] = new
    return f"{call[:call.index('(')]}({', '.join(found)});"


def last_argument(call: str, new: str) -> str:
    """The call with its last argument changed."""
    return replace_argument(call, len(arguments(call)) - 1, new)


def put_page(name: str, args: list[str]) -> str:
    """A release by plain references in place of a release of pins."""
    if name in ("unpin_user_page", "page_extract_release"):
        return f"put_page({args[0]});"
    return f"release_pages({args[0]}, {args[1]});"


class Lab:
    """Builds and boots mutants of one converted kernel."""

    def __init__(self, machine: boot.Boot, changed: dict[str, bytes | None],
                 good: boot.Guest, sites: list[Site],
                 build: Callable[[str, bytes], Path]) -> None:
        self.machine = machine
        self.build = build
        self.changed = changed
        self.good = good
        self.sites = sites

    def names(self, mutant: Mutant) -> list[str]:
        """The workloads that reach the mutant's sites."""
        return sorted({w for s in mutant.sites if s in self.good.seen
                       and self.good.seen[s].pages + self.good.seen[s].kernel
                       for w in self.good.seen[s].workloads})

    def attempt(self, number: int, mutant: Mutant) -> Result:
        """Build, boot and judge one mutant."""
        start = time.monotonic()
        only = self.names(mutant)
        if not only:
            return Result(mutant, "", "no workload reaches it under UML", 0)
        text = mutant.text.encode("utf-8", "surrogateescape")
        try:
            image = self.build(mutant.file, text)
            guest = self.machine.guest(
                f"mutant-{number}", image, {**self.changed, mutant.file: text},
                self.sites, only)
            killed, reason = self._judge(mutant, guest)
        except ProofError as error:
            killed, reason = "compiler", str(error).split(";", 1)[0]
        return Result(mutant, killed, reason, time.monotonic() - start)

    def _judge(self, mutant: Mutant, guest: boot.Guest) -> tuple[str, str]:
        if guest.failures:
            return "boot", guest.failures[0].split("; see ")[0]
        for site in self.sites:
            if site.id not in mutant.sites or site.id not in self.good.seen:
                continue
            result, reason = boot_sites.verdict(
                site, guest.seen.get(site.id), self.good.seen[site.id],
                compared=False)
            if result != "pass":
                return "boot", reason
        return "", "no workload noticed it"


def run(kernel: Path, out: Path, jobs: int, series: list[Series],
        sites: list[Site], which: str, say: Say) -> None:
    """Draw, try and judge mutants; fails if too many survive."""
    scratch = Scratch(out / "scratch.git")
    if scratch.resolve(BASE_REF) is None:
        raise ProofError("mutants: there is no series")
    drawn = sorted((m for one in series for p in one.patches
                    if p.kind == "convert" for m in mutants_of(p, scratch)),
                   key=lambda m: m.order)
    results: list[Result] = []
    machine = boot.Boot(kernel, out, jobs, say)
    try:
        changed = boot.series_files(out, series)
        good = machine.guest("converted", machine.kernels.image(changed),
                             changed, sites)
        if good.failures:
            raise ProofError(f"mutants: {good.failures[0]}")
        with machine.kernels.variants(changed) as build:
            lab = Lab(machine, changed, good, sites, build)
            start = time.monotonic()
            for number, mutant in enumerate(drawn, 1):
                if which != "all" and time.monotonic() - start > SECONDS:
                    break
                results.append(lab.attempt(number, mutant))
                say(line(results[-1]))
    finally:
        machine.close()
    _report(out, results, len(drawn), say)


def line(result: Result) -> str:
    """One mutant and what became of it."""
    m = result.mutant
    end = f"killed by {result.killed}: {result.reason}" if result.killed \
        else f"SURVIVED: {result.reason}"
    return f"{m.file}:{m.line} {m.kind}: {end} ({result.seconds:.0f} s)"


def _report(out: Path, results: list[Result], drawn: int, say: Say) -> None:
    """Print the table and keep it; fail if fewer than nine in ten died."""
    table: dict[str, dict[str, int]] = {}
    for result in results:
        row = table.setdefault(result.mutant.kind, {"killed": 0,
                                                    "survived": 0})
        row["killed" if result.killed else "survived"] += 1
    say(f"{'':28}killed survived")
    for kind, row in sorted(table.items()):
        say(f"{kind:28}{row['killed']:6} {row['survived']:8}")
    killed = sum(row["killed"] for row in table.values())
    say(f"{'all':28}{killed:6} {len(results) - killed:8}")
    say(f"mutants: {len(results)} of {drawn} drawn by hash")
    write_json(out / "mutants.json", [_plain(r) for r in results])
    reached = [r for r in results if "no workload reaches" not in r.reason]
    alive = [r for r in reached if not r.killed]
    if not reached or len(alive) * 10 > len(reached):
        raise ProofError(f"mutants: {len(alive)} of {len(reached)} that UML "
                         "reaches survived")


def _plain(result: Result) -> dict[str, Any]:
    found = dataclasses.asdict(result)
    found["mutant"].pop("text")
    return found
