# SPDX-License-Identifier: GPL-2.0-only
"""Takes questions about a tree; gives the answers, kept or new.

An answer is kept with all that was read for it, and serves again until a byte of
that changes.
"""

from __future__ import annotations

import enum
import hashlib
import io
import os
import pickle
from collections.abc import Callable, Container, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from sys import audit
from typing import Any, TypeVar

from pinlib.base import own_digest
from pinlib.base.files import packed, write_bytes
from pinlib.kept import inputs
from pinlib.kernel.view import View

# As many answers stay: a kernel has 50 parts.
KEPT = 2000
_DIGEST = hashlib.sha256().digest_size
Made = TypeVar("Made")


@dataclass
class Answer:
    """What was found, as bytes, and what was read for it."""

    made: bytes
    read: inputs.Inputs
    snapshot: dict[str, Any] | None = None


Kind = TypeVar("Kind", bound=Answer)


class Answers:
    """The answers that were kept for a tree.

    asked: what tells the questions and what they rest on, the tree's code aside,
    from any other. told: as inputs.Now.holds() has it.
    """

    def __init__(self, cache: Path, tree: View, now: inputs.Now,
                 asked: str = "", told: Container[str] = frozenset()) -> None:
        self._cache = cache
        self._trees = [tree.root, *([tree.kernel] if tree.kernel else [])]
        self._now = now
        self.indexes = now.indexes
        self._told = told
        self._asked = f"{own_digest.digest()} {_of_view(tree)} {asked}"

    def recorder(self) -> inputs.Recorder:
        """Return what records what an answer rests on."""
        return inputs.Recorder([self._cache], self._trees)

    def once(self, question: str, make: Callable[[], Made]) -> Made:
        """Return what is made, or what was when all that was read was the same.

        make: reads itself what it needs, and knows nothing that was read before.
        """
        known = self.find(question, Answer)
        if known is None:
            with self.recorder().recorded() as read:
                made = make()
            known = Answer(pickle.dumps(made), read)
            self.keep(question, known)
            return made
        audit(inputs.ADDED, known.read)
        found: Made = plain(known.made)
        return found

    def find(self, question: str, kind: type[Kind]) -> Kind | None:
        """Return an answer that was kept, if all it rests on is as it was."""
        for file in self._files(question):
            known = _read(file)
            if isinstance(known, kind) and known.snapshot is not None and \
                    self._now.holds(known.snapshot, self._told):
                with suppress(FileNotFoundError):
                    os.utime(file)
                return replace(known, read=known.read.as_now(self._now))
        return None

    def keep(self, question: str, answer: Answer) -> None:
        """Keep an answer, unless it cannot be known what it rests on.

        The one before stays as well: what was changed is often changed back.
        """
        answer.snapshot = answer.read.snapshot(self._now)
        if answer.snapshot is None:
            return
        last, before = self._files(question)
        with suppress(FileNotFoundError):
            os.replace(last, before)
        data = pickle.dumps(answer)
        write_bytes(last, hashlib.sha256(data).digest() + data)

    def _files(self, question: str) -> tuple[Path, Path]:
        """Return where the last answer is, and the one before."""
        name = hashlib.sha256(f"{self._asked} {question}".encode(
            "utf-8", "surrogateescape")).hexdigest()
        folder = self._cache / "parts"
        return folder / name, folder / f"{name}.before"


def _read(file: Path) -> Any:
    """Return what was kept in a file, or None."""
    try:
        kept = file.read_bytes()
    except OSError:
        return None
    digest, data = kept[:_DIGEST], kept[_DIGEST:]
    return plain(data) if hashlib.sha256(data).digest() == digest else None


def _of_view(tree: View) -> str:
    """Return what tells a view from others, the code of the checkout aside."""
    return packed([os.path.realpath(tree.root), str(tree.mirror), tree.files,
                   str(tree.kernel), tree.known.version, tree.known.macros,
                   dict(tree.macros)])


def _member(kind: Any, name: str) -> Any:
    """Return a member of an enumeration, which some Pythons write as getattr()."""
    if not isinstance(kind, enum.EnumType):
        raise pickle.UnpicklingError(f"{kind} is no enumeration")
    return kind[name]


_PLAIN: Mapping[str, Any] = {"set": set, "frozenset": frozenset,
                             "getattr": _member}


class Own(pickle.Unpickler):
    """Makes objects of gup2pin's own classes and no others."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a class that may be made."""
        if module == "builtins" and name in _PLAIN:
            return _PLAIN[name]
        if module.startswith("pinlib."):
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is none of gup2pin's")


def plain(data: bytes) -> Any:
    """Return what was pickled of gup2pin's own classes; it may be from a cache."""
    return Own(io.BytesIO(data)).load()
