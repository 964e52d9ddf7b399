# SPDX-License-Identifier: GPL-2.0-only
"""Takes what is asked of each part of a tree; gives the answers, kept or new.

A part is the files of one folder that hold call sites. What one is decided by is
read by a program that has read nothing before: so all that an answer rests on is
known, and it serves again until a byte of that changes. A process works on several,
and what is kept between them outside of the program is worked out from text alone,
or audits that it is asked for.
"""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from sys import audit
from typing import Any

from pinlib.analysis.parts import forked, pickled
from pinlib.base.progress import Step
from pinlib.flow.call_sites import CallSite
from pinlib.kept import inputs
from pinlib.kept.answers import Answer, Answers, plain
from pinlib.kernel import effects
from pinlib.kernel.view import View
from pinlib.program.locations import Resolver
from pinlib.program.program import Program
from pinlib.program.structures import Common

# Takes a program that has read nothing, and files with call sites.
Ask = Callable[[Program, Resolver, list[str]], Any]


@dataclass
class Part(Answer):
    """What was found for one part.

    sources: the files whose functions were read. failed: those that could not be,
    with the reason.
    """

    sources: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


class Parts:
    """The answers to one question on all parts of a tree.

    common: what is common to them, of which the question tells.
    """

    def __init__(self, resolver: Resolver, kept: Answers,
                 common: Common) -> None:
        self._resolver = resolver
        self._kept = kept
        self._common = common

    def answers(self, step: Step, sites: Iterable[CallSite], jobs: int,
                ask: Ask) -> Iterator[Any]:
        """Yield the answer for each part, in no order; step counts the sites."""
        kept: list[Any] = []
        left: list[tuple[list[str], int]] = []

        def not_kept() -> Iterator[list[str]]:
            for files, count in _parts(self._resolver.program.tree, sites):
                known = self._kept.find(str(files), Part)
                if known is not None:
                    kept.append(self._taken(known))
                    step.update(step.done + count, files[0])
                    continue
                if not left:
                    self._common.macros.work_out()
                left.append((files, count))
                yield files

        # What was kept is read while the first that were not are worked out.
        for number, data in forked.answers(
                not_kept(), lambda files: self._answer(files, ask), jobs):
            files, count = left[number]
            answer: Part = plain(data)
            # Before it is kept: each file that it read is looked at for that.
            taken = self._taken(answer)
            # What failed may work at another time.
            if not answer.failed:
                self._kept.keep(str(files), answer)
            step.update(step.done + count, files[0])
            yield taken
        yield from kept

    def _taken(self, answer: Part) -> Any:
        """Return what was found, with what was read for it."""
        program = self._resolver.program
        program.files.failed |= answer.failed
        program.read_elsewhere.update(answer.sources)
        audit(inputs.ADDED, answer.read)
        return pickled.load(answer.made, self._resolver)

    def _answer(self, files: list[str], ask: Ask) -> bytes:
        """Answer for one part, in a process that started as a copy."""
        with self._recorder.recorded() as read:
            program = self._resolver.program.anew(self._common)
            resolver = Resolver(program)
            made = pickled.dump(ask(program, resolver, files), resolver)
        program.files.close()
        return pickle.dumps(Part(made, read, None, program.sources,
                                 program.files.failed))

    @functools.cached_property
    def _recorder(self) -> inputs.Recorder:
        """Return the one of this process, where nothing else is recorded."""
        audit(inputs.PARTED)
        return self._kept.recorder()


def _parts(tree: View,
           sites: Iterable[CallSite]) -> list[tuple[list[str], int]]:
    """Return the files of each part and how many sites they have.

    To follow iterators takes longest: such parts are first, so that no process
    works on one alone at the end.
    """
    found: dict[str, list[CallSite]] = {}
    for site in sites:
        found.setdefault(tree.home(site.file), []).append(site)
    return [(sorted({s.file for s in part}), len(part)) for part in sorted(
        found.values(), key=lambda part: not any(
            site.api in effects.EXTRACT for site in part))]
