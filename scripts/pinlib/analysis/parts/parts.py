# SPDX-License-Identifier: GPL-2.0-only
"""Takes what is asked of each part of a tree; gives the answers, kept or new.

A part is the files of one folder that hold call sites. What one is decided by is
read in a process of its own, which has read nothing before: so all that an answer
rests on is known, and it serves again until a byte of that changes.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from sys import audit
from typing import Any

from pinlib.analysis.parts import forked, pickled
from pinlib.base import own_digest
from pinlib.base.files import to_json, write_bytes
from pinlib.base.progress import Step
from pinlib.flow.call_sites import CallSite
from pinlib.kernel import inputs
from pinlib.kernel.view import View
from pinlib.program.locations import Resolver
from pinlib.program.macros import KernelMacros
from pinlib.program.program import Program

# As many answers of one kind stay: a kernel has 50 parts.
KEPT = 2000
_DIGEST = hashlib.sha256().digest_size

# Takes a program that has read nothing, and files with call sites.
Ask = Callable[[Program, Resolver, list[str]], Any]


@dataclass
class Answer:
    """What was found for one part.

    made: as pickled. sources: the files whose functions were read. failed: those
    that could not be, with the reason.
    """

    made: bytes
    sources: list[str]
    failed: dict[str, str]
    read: inputs.Inputs
    snapshot: dict[str, Any] | None = None


class Parts:
    """The answers to one question on all parts of a tree.

    asked: what tells the question and what it rests on, the tree's code aside,
    from any other. told: as inputs.Now has it.
    """

    def __init__(self, resolver: Resolver, cache: Path, asked: str,
                 told: Container[str]) -> None:
        self._resolver = resolver
        self._cache = cache
        self._now = inputs.Now(resolver.program.searches.indexes, told)
        self._asked = f"{own_digest.digest()} " \
            f"{_of_view(resolver.program.tree)} {asked}"

    def answers(self, step: Step, sites: Iterable[CallSite], jobs: int,
                ask: Ask) -> Iterator[Any]:
        """Yield the answer for each part, in no order; step counts the sites."""
        parts = _parts(self._resolver.program.tree, sites)
        done = 0
        left = []
        for files, count in parts:
            known = self._find(files)
            if known is None:
                left.append((files, count))
                continue
            done += count
            step.update(done, files[0])
            yield self._taken(known)
        macros = self._kernel_macros() if len(left) > 1 else None
        for number, data in forked.answers([
                self._asking(files, ask, macros) for files, _ in left], jobs):
            files, count = left[number]
            answer = pickled.plain(data)
            self._keep(files, answer)
            done += count
            step.update(done, files[0])
            yield self._taken(answer)

    def _taken(self, answer: Answer) -> Any:
        """Return what was found, with what was read for it."""
        program = self._resolver.program
        program.files.failed |= answer.failed
        program.read_elsewhere.update(answer.sources)
        audit(inputs.ADDED, answer.read)
        return pickled.load(answer.made, self._resolver)

    def _recorded(self) -> AbstractContextManager[inputs.Inputs]:
        tree = self._resolver.program.tree
        return inputs.recorded([self._cache], [
            tree.root, *([tree.kernel] if tree.kernel else [])])

    def _kernel_macros(self) -> KernelMacros:
        """Return what would be worked out for each part again."""
        with self._recorded() as read:
            made = self._resolver.program.anew().macros.kernel
            made.work_out(read)
        return made

    def _asking(self, files: list[str], ask: Ask,
                macros: KernelMacros | None) -> Callable[[], bytes]:
        def answer() -> bytes:
            with self._recorded() as read:
                program = self._resolver.program.anew(macros)
                resolver = Resolver(program)
                made = pickled.dump(ask(program, resolver, files), resolver)
            program.files.close()
            return pickle.dumps(Answer(made, program.sources,
                                       program.files.failed, read))
        return answer

    def _find(self, files: list[str]) -> Answer | None:
        """Return the answer that was kept, if all it rests on is as it was."""
        file = self._file(files)
        try:
            kept = file.read_bytes()
        except OSError:
            return None
        digest, data = kept[:_DIGEST], kept[_DIGEST:]
        if hashlib.sha256(data).digest() != digest:
            return None
        known: Answer = pickled.plain(data)
        if known.snapshot is None or not self._now.holds(known.snapshot):
            return None
        with suppress(FileNotFoundError):
            os.utime(file)
        return replace(known, read=known.read.as_now(self._now))

    def _keep(self, files: list[str], answer: Answer) -> None:
        """Keep an answer, unless it cannot be known what it rests on."""
        answer.snapshot = answer.read.snapshot(self._now)
        # What failed may work at another time.
        if answer.snapshot is not None and not answer.failed:
            data = pickle.dumps(answer)
            write_bytes(self._file(files),
                        hashlib.sha256(data).digest() + data)

    def _file(self, files: list[str]) -> Path:
        name = hashlib.sha256(f"{self._asked} {files}".encode(
            "utf-8", "surrogateescape")).hexdigest()
        return self._cache / "parts" / name


def _parts(tree: View,
           sites: Iterable[CallSite]) -> list[tuple[list[str], int]]:
    """Return the files of each part and how many sites they have."""
    found: dict[str, list[str]] = {}
    for site in sites:
        found.setdefault(tree.home(site.file), []).append(site.file)
    return [(sorted(set(files)), len(files)) for files in found.values()]


def _of_view(tree: View) -> str:
    """Return what tells a view from others, the code of the checkout aside."""
    return to_json([os.path.realpath(tree.root), str(tree.mirror), tree.files,
                    str(tree.kernel), tree.known.version, tree.known.macros,
                    dict(tree.macros)])
