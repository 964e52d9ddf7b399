# SPDX-License-Identifier: GPL-2.0-only
"""Put the tree into one state after the other, with its objects, above a base."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from pathlib import Path

from pinlib.build.mount_namespace import Namespace
from pinlib.build.objects import (Base, BuildState, Builder, Record, configure,
                                  must, parents)
from pinlib.prove.affected import State


def inputs(record: Record) -> set[str]:
    """Return the files of the tree that decide what a record says."""
    return {*record.deps, *(f"{folder}/{file}"
                            for folder in parents(record.object)
                            for file in ("Makefile", "Kbuild"))}


def differing(one: State, other: State) -> set[str]:
    """Return the files whose text is not the same in two states."""
    missing = object()
    return {name for name in one.keys() | other.keys()
            if one.get(name, missing) != other.get(name, missing)}


class Stage:
    """One configuration's objects under changes that leave the base clean."""

    def __init__(self, base: Base, kernel: Path, jobs: int) -> None:
        self.base = base
        self.kernel = kernel
        self.ns = Namespace(base.folder, kernel, both=True)
        self.builder = Builder(self.ns, base.flavour, jobs)
        self.state: State = {}
        self._records: dict[str, Record] = {}

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        self.ns.close()

    def switch(self, state: State) -> None:
        """Give the tree the files of state, and nothing else."""
        changed = differing(self.state, state)
        for name in sorted(changed):
            data = state[name] if name in state else self._original(name)
            self.ns.write(name, data)
        self.state = dict(state)
        self._records = {
            name: record for name, record in self._records.items()
            if record.state == BuildState.BUILT and not inputs(record) & changed}
        bases = {posixpath.basename(name) for name in changed}
        if bases & {"Makefile", "Kbuild"}:
            self.builder.forget_makefiles()
        if any(base.startswith("Kconfig") for base in bases):
            configure(self.builder)
            must(self.builder.make(["prepare"]), self.base.flavour,
                 "prepare")
            self.builder.forget_makefiles()
            self._records.clear()

    def need(self, objects: Iterable[str]) -> dict[str, Record]:
        """Return the records of objects in this state, building a few."""
        wanted = set(objects)
        for name in wanted - self._records.keys():
            kept = self._unaffected(name)
            if kept:
                self._records[name] = kept
        lacking = wanted - self._records.keys()
        if lacking:
            self._records.update(self.builder.build(lacking))
        return {name: self._records[name] for name in sorted(wanted)}

    def read(self, name: str) -> str | None:
        """Return the text of a file in this state."""
        try:
            return self.ns.path("src", name).read_text("utf-8", "replace")
        except OSError:
            return None

    def _unaffected(self, name: str) -> Record | None:
        """Return the base's record when none of its inputs has changed."""
        record = self.base.known(name)
        if record is None or record.state != BuildState.BUILT or \
                inputs(record) & self.state.keys():
            return None
        return record

    def _original(self, name: str) -> bytes | None:
        try:
            return (self.kernel / name).read_bytes()
        except FileNotFoundError:
            return None
