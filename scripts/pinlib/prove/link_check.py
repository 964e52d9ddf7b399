# SPDX-License-Identifier: GPL-2.0-only
"""Check whether objects can still be linked: what they newly need, and lost.

modpost would say so after a build of every module. Here the objects that define
and export the few symbols concerned are built and checked.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any

from pinlib.build.objects import BuildState, Record, parents
from pinlib.prove.affected import (Export, State, TreeText, exports_with,
                                   object_of)
from pinlib.prove.stage import Stage

# Added by the compiler; the kernel's linker scripts and start files have
# them without a plain EXPORT_SYMBOL.
_COMPILER = re.compile(
    r"_(?:save|rest)(?:32)?(?:gpr|fpr|vr)\w*|__fentry__|_?mcount|"
    r"__x86_(?:indirect|return)_thunk\w*|__stack_chk_\w+|\.TOC\.|"
    r"_GLOBAL_OFFSET_TABLE_|__this_module")

_GPL = {"GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL",
        "Dual MIT/GPL", "Dual MPL/GPL"}
_LICENSE = re.compile(r'MODULE_LICENSE\s*\(\s*"([^"]*)"')
_IMPORT = re.compile(r'MODULE_IMPORT_NS\s*\(\s*"?(\w+)')

_MOST_DEFINERS = 8


class Linker:
    """The resolution of symbols in one state of the tree and one configuration."""

    def __init__(self, stage: Stage, text: TreeText, own: State,
                 records: dict[str, Record]) -> None:
        """Prepare for a patch; own is its view, without exports that others add."""
        self.stage = stage
        self.text = text
        self.records = dict(records)
        self._own = own
        self._exports: dict[str, list[Export]] | None = None

    def check(self, before: dict[str, Record], after: dict[str, Record]
              ) -> tuple[list[str], list[str]]:
        """Return the symbols looked at and the problems found."""
        pairs: set[tuple[str, str]] = set()
        lost: set[str] = set()
        for name, record in after.items():
            old = before.get(name, Record(name, BuildState.ABSENT))
            if record.state != BuildState.BUILT:
                continue
            pairs |= {(name, symbol) for symbol in
                      set(record.undefined) - set(old.undefined)}
            lost |= set(old.defined) - set(record.defined)
            lost |= set(old.exported) - set(record.exported)
        pairs |= {(name, symbol) for name, record in after.items()
                  for symbol in lost & set(record.undefined)}
        pairs = {(name, symbol) for name, symbol in pairs
                 if not _COMPILER.fullmatch(symbol)
                 and not self._beside(after[name], symbol)}
        looked_at = sorted({symbol for _, symbol in pairs})
        # One make run for all of them.
        self.records.update(self.stage.need(
            {object_of(e.file) for s in looked_at for e in self._exported(s)
             } - self.records.keys()))
        problems = [f"{name}: {why}" for name, symbol in sorted(pairs)
                    if (why := self.resolve(after[name], symbol))]
        return looked_at, problems

    def _exported(self, symbol: str) -> list[Export]:
        """Return the exports of symbol that this configuration may build."""
        if self._exports is None:
            self._exports = exports_with(self.text, self._own)
        return [e for e in self._exports.get(symbol, ())
                if e.file.endswith((".c", ".S"))
                and self.stage.base.flavour.covers(e.file)]

    def _starts_image(self, file: str) -> bool:
        """Say whether a Makefile links a file into every image."""
        folder, _, name = file.rpartition("/")
        makefile = self.stage.base.kernel / folder / "Makefile"
        if not makefile.is_file():
            return False
        stem = re.escape(name.rpartition(".")[0])
        stem = re.sub(r"(?:32|64)$", r"(?:\\d+|\\$\\(BITS\\))", stem)
        return bool(re.search(rf"^(?:obj|extra)-y.*\b{stem}\.o",
                              makefile.read_text(encoding="latin-1"), re.M))

    def resolve(self, user: Record, symbol: str) -> str:
        """Return why user cannot have symbol, '' if it can."""
        if self._beside(user, symbol):
            return ""
        why = f"{symbol} is not exported to modules" if user.module \
            else f"{symbol} is not defined in the kernel image"
        for export in self._exported(symbol):
            if not user.module and self._starts_image(export.file):
                return ""
            found = self._object(object_of(export.file))
            if found.state != BuildState.BUILT or symbol not in found.exported:
                why = (f"{symbol} is exported by {export.file} only, which "
                       "this configuration does not build")
                continue
            if user.module is None:
                if found.module is None:
                    return ""
                why = f"{symbol} is defined in module {found.module}"
                continue
            why = self._allowed(user, symbol, export)
            if not why:
                return ""
        self._build_definers(user, symbol)
        return "" if self._beside(user, symbol) else why

    def _beside(self, user: Record, symbol: str) -> bool:
        """Say whether a known object of the same module defines symbol."""
        return any(r.state == BuildState.BUILT and r.module == user.module
                   and symbol in r.defined for r in self.records.values())

    def _object(self, name: str) -> Record:
        if name not in self.records:
            self.records.update(self.stage.need([name]))
        return self.records[name]

    def _build_definers(self, user: Record, symbol: str) -> None:
        """Build the likeliest definers of a symbol that is not exported."""
        named = {f for f in self.text.naming([symbol], ("*.c", "*.S"))
                 if self.stage.base.flavour.covers(f)
                 and not f.startswith(("tools/", "Documentation/"))}
        named |= {f for f, data in self._own.items()
                  if data and f.endswith(".c") and symbol.encode() in data}
        defines = re.compile(rf"^[A-Za-z_][^;=\n]*\b{re.escape(symbol)}\b",
                             re.MULTILINE)
        likely = [f for f in sorted(
            named, key=lambda f: (-_shared(f, user.object), f))
            if defines.search(self.stage.read(f) or "")]
        for file in likely[:_MOST_DEFINERS]:
            self._object(object_of(file))
            if self._beside(user, symbol):
                return

    def _allowed(self, user: Record, symbol: str, export: Export) -> str:
        """Return why an exported symbol is not for user's module."""
        texts = self._module_texts(user)
        if export.gpl:
            found = {name for t in texts for name in _LICENSE.findall(t)}
            if not found or not found <= _GPL:
                said = ", ".join(sorted(found)) or "not found"
                return (f"{symbol} is for GPL modules only; license of "
                        f"{user.module}: {said}")
        if export.namespace and export.namespace not in {
                name for t in texts for name in _IMPORT.findall(t)}:
            return (f"{symbol} is in namespace {export.namespace}, which "
                    f"{user.module} does not import")
        return ""

    def _module_texts(self, user: Record) -> list[str]:
        """Return the sources that state the license of user's module.

        Its own file when that does, else those of the nearest folder.
        """
        own = self.stage.read(f"{user.object[:-2]}.c") or ""
        if _LICENSE.search(own):
            return [own]
        for folder in parents(user.object):
            files = self.stage.ns.path("src", folder).glob("*.c")
            texts = [f.read_text("utf-8", "replace") for f in sorted(files)]
            if any(_LICENSE.search(text) for text in texts):
                return [text for text in texts if _LICENSE.search(text)
                        or _IMPORT.search(text)] + [own]
        return [own]


def _shared(one: str, other: str) -> int:
    """Return how much of their paths two files share."""
    return len(posixpath.commonpath([one, other]))


def evidence(command: str, seconds: float, symbols: list[str],
             problems: list[str]) -> dict[str, Any]:
    """Return the link check's part of a patch's evidence."""
    found: dict[str, Any] = {
        "command": command, "seconds": seconds, "symbols": symbols,
        "result": "fail" if problems else "pass"}
    if problems:
        found["reason"] = "; ".join(problems)
    return found
