# SPDX-License-Identifier: GPL-2.0-only
"""Takes decisions; gives bytes, and the decisions again in another process.

Functions go by file, name and line, so that what they consist of is read where
it is asked for; the tree's own objects are those of whoever reads the bytes.
"""

from __future__ import annotations

import contextlib
import io
import pickle
import sys
from collections.abc import Iterator
from typing import Any

from pinlib.csource.masking import CText
from pinlib.kept.answers import Own
from pinlib.program.function import Function
from pinlib.program.locations import Resolver
from pinlib.program.program import Program


# A node of an expression takes six levels.
_DEPTH = 6000


def dump(made: object, resolver: Resolver) -> bytes:
    """Return what load() makes the same of."""
    stream = io.BytesIO()
    with _deep():
        _Writer(stream, resolver).dump(made)
    return stream.getvalue()


def load(data: bytes, resolver: Resolver) -> Any:
    """Return what was dumped, as if it had been found here."""
    with _deep():
        return _Reader(io.BytesIO(data), resolver).load()


@contextlib.contextmanager
def _deep() -> Iterator[None]:
    """Let trees be written that are as deep as others can handle them."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class _Writer(pickle.Pickler):
    """Writes references in place of what each process has of its own."""

    def __init__(self, stream: io.BytesIO, resolver: Resolver) -> None:
        super().__init__(stream, protocol=pickle.HIGHEST_PROTOCOL)
        self._resolver = resolver

    def persistent_id(self, obj: Any) -> Any:
        """Return what stands for an object, or None if it is written itself."""
        if isinstance(obj, Function):
            return obj.file, obj.name, obj.line
        if obj is self._resolver:
            return "resolver"
        if obj is self._resolver.program:
            return "program"
        if isinstance(obj, (Program, Resolver, CText)):
            raise pickle.PicklingError(f"{type(obj)} is no part of a decision")
        return None


class _Reader(Own):
    """Puts what this process has in the place of references."""

    def __init__(self, stream: io.BytesIO, resolver: Resolver) -> None:
        super().__init__(stream)
        self._resolver = resolver
        self._functions: dict[Any, Function] = {}

    def persistent_load(self, pid: Any) -> Any:
        """Return what a reference stands for."""
        if pid == "resolver":
            return self._resolver
        if pid == "program":
            return self._resolver.program
        if pid not in self._functions:
            self._functions[pid] = self._resolver.program.promised(*pid)
        return self._functions[pid]
