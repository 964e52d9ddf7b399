# SPDX-License-Identifier: GPL-2.0-only
"""Takes decisions that rest on the reader; holds them against Coccinelle.

Coccinelle makes the edits, and it loses code in silence: it is asked once more
where the calls are that a patch would change. It is given what it will be given
for the edits, with stand-ins for what it cannot read. A file where it lacks a
call is run again alone, since what it holds for a type in one file it holds for
one in the files after it.

Where its own account of the file explains the loss, the reader's word stands: the
call was read, only no edit can be made there. Where nothing does, it counts as a
call that was not read.

As with the edits, it first sees only the functions that have a call, which takes
half of its time. Alone a file is run as a whole.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pinlib.analysis import lost_code
from pinlib.base import own_digest
from pinlib.base.codes import Code
from pinlib.base.files import packed, read_json, write_json
from pinlib.base.records import Disposition
from pinlib.base.resources import COCCI
from pinlib.base.why_not import WhyNot
from pinlib.csource.written.text_files import code_of
from pinlib.decide.decide import Decision
from pinlib.flow.graph import Event
from pinlib.kernel import effects
from pinlib.kernel.view import View
from pinlib.program.function import Use
from pinlib.rewrite import stand_ins
from pinlib.rewrite.stand_ins import Edited, StandIn
from pinlib.spatch import runner

# What Coccinelle starts with takes as long as reading some files.
BATCH = 10
RULES = ("acquire", "release")


# File, line from 1, and column from 0, or -1 where the text does not show it.
Place = tuple[str, int, int]


@dataclass(frozen=True)
class Call:
    """A call that a patch would change."""

    name: str
    place: Place


@contextlib.contextmanager
def asked(tree: View, made: list[Decision], names: Iterable[str],
          jobs: int, cache: Path) -> Iterator[Callable[[], None]]:
    """Ask Coccinelle while the block runs; what is given compares the answer.

    It leaves to a person what would change a call that Coccinelle lacks.
    """
    wanted = {decision: list(_changed(decision)) for decision in made
              if decision.disposition == Disposition.CONVERT
              and decision.core is None}
    calls = [call for calls in wanted.values() for call in calls]
    takes = sorted({*names, *effects.COUNTS} - effects.RELEASES)
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as work, \
            concurrent.futures.ThreadPoolExecutor(1) as pool:
        copies = _Copies(tree, calls, Path(work), cache / "second")
        first = pool.submit(copies.calls, takes, copies.short, jobs, BATCH)

        def compare() -> None:
            found = first.result()
            again = sorted({c.place[0] for c in calls if c.place not in found})
            found |= copies.calls(takes, {
                file: copies.whole[file] for file in again}, jobs, 1)
            for decision, own in wanted.items():
                _compare(decision, [c for c in own if c.place not in found],
                         copies)

        yield compare


def _compare(decision: Decision, lacking: list[Call],
             copies: _Copies) -> None:
    """Leave a decision where calls are lacking; name one without a reason."""
    if not lacking:
        return
    reasons = [copies.explain(*call.place) for call in lacking]
    decision.only_read = [why for why in reasons if why]
    worst = reasons.index("") if "" in reasons else 0
    call, why = lacking[worst], reasons[worst]
    decision.leave(WhyNot(
        Code.EDITS_REFUSED if why else Code.CALL_NOT_READ,
        f"Coccinelle does not find this call of {call.name}(), which a patch "
        f"would change{why and f': it stands in {why}'}.",
        "{}:{}".format(*call.place)))


def _changed(decision: Decision) -> Iterator[Call]:
    """Yield the acquisition and the releases that a patch changes."""
    site = decision.site
    yield Call(site.api, (site.file, site.line, site.column))
    events = list(decision.releases)
    if decision.redundant:
        events += [event for event, _ in decision.redundant.counts]
    for event in events:
        place = _place(event) or (event.statement.line, -1)
        yield Call(event.detail, (event.function.file, *place))


def _place(event: Event) -> tuple[int, int] | None:
    """Return where the name of a function stands that is called."""
    if event.call is None:
        return None
    return event.function.position(Use(event.statement, event.call.kids[0]))


class _Copies:
    """The files of the plan, in the form in which Coccinelle reads them.

    calls: those that are asked for. short: each file with nothing but heads of
    the functions that have none of them.
    """

    def __init__(self, tree: View, calls: list[Call], work: Path,
                 kept: Path) -> None:
        lines: dict[str, set[int]] = {}
        for call in calls:
            lines.setdefault(call.place[0], set()).add(call.place[1])
        self._known = tree.known
        self._work = work
        self._kept = kept
        self._originals: dict[str, Path] = {}
        for number, file in enumerate(sorted(lines)):
            # What a comment says is nothing that Coccinelle is asked about.
            path = work / f"o{number}{Path(file).suffix}"
            path.write_bytes(code_of(tree.path(file)).encode("latin-1"))
            self._originals[file] = path
        self.short, _ = self._copied("s", [
            Edited(frozenset(lines[file]), frozenset())
            for file in self._originals])

    @cached_property
    def _whole(self) -> tuple[dict[str, Path], dict[str, list[StandIn]]]:
        return self._copied("f", [])

    @property
    def whole(self) -> dict[str, Path]:
        """Return a copy of all of each file."""
        return self._whole[0]

    def _copied(self, name: str, edited: Sequence[Edited]) -> tuple[
            dict[str, Path], dict[str, list[StandIn]]]:
        """Return copies with stand-ins, and these."""
        away = dict(zip(self._originals, stand_ins.find(
            [*self._originals.values()], self._known, edited)))
        paths = {file: self._work / f"{name}{number}{Path(file).suffix}"
                 for number, file in enumerate(self._originals)}
        for file, path in paths.items():
            text = self._originals[file].read_bytes().decode("latin-1")
            path.write_bytes(stand_ins.put(text, away[file]).encode("latin-1"))
        return paths, away

    def calls(self, takes: list[str], copies: dict[str, Path], jobs: int,
              batch: int) -> set[Place]:
        """Return where Coccinelle finds calls in copies of some files."""
        rules = "\n".join((COCCI / "find" / f"{name}.cocci").read_text()
                          for name in RULES)
        files = sorted(copies)
        batches = [{file: copies[file] for file in files[first:first + batch]}
                   for first in range(0, len(files), batch)]
        known = [self._found(takes, one) for one in batches]
        left = [one for one, places in zip(batches, known) if places is None]
        names = {str(path): file for one in left for file, path in one.items()}
        outcome = runner.collect(rules, takes, [Path(n) for n in names], jobs,
                                 batch, sorted(effects.RELEASES))
        found = {(names[fact["file"]], fact["at"][0], fact["at"][1])
                 for fact in outcome.facts}
        for one in left:
            if not {*map(str, one.values())} & outcome.failed.keys():
                write_json(self._file(takes, one), sorted(
                    place for place in found if place[0] in one))
        return found.union(*(places for places in known if places))

    def _found(self, takes: list[str],
               copies: dict[str, Path]) -> set[Place] | None:
        """Return what was found when the same texts were read together."""
        try:
            file = self._file(takes, copies)
            found = {(str(name), int(line), int(column))
                     for name, line, column in read_json(file)}
            os.utime(file)
            return found
        except (OSError, ValueError, TypeError):
            return None

    def _file(self, takes: list[str], copies: dict[str, Path]) -> Path:
        made = hashlib.sha256(packed([own_digest.digest(), takes]).encode())
        for file, path in copies.items():
            made.update(os.fsencode(file) + b"\0")
            made.update(hashlib.sha256(path.read_bytes()).digest())
        return self._kept / made.hexdigest()

    def explain(self, file: str, line: int, column: int) -> str:
        """Return in what a call is lost, or "" if nothing explains it."""
        paths, away = self._whole
        return "" if column < 0 else lost_code.explain(
            self._originals[file], paths[file], away[file], line, column)
