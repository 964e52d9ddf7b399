# SPDX-License-Identifier: GPL-2.0-only
"""Find which objects a patch can affect, from the tree's text.

The changed .c files themselves, the files that include a changed .c, and the
files that name a changed function or member. Where headers change, only files
that include one of them, directly or not, can see it.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import posixpath
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from pinlib.base.errors import Gup2pinError

# More holders than this and the name is a common word: the nearest are taken.
MOST_HOLDERS = 120

_INCLUDE = r'^[ \t]*#[ \t]*include[ \t]*[<"][^>"\n]+[>"]'
_INCLUDE_SOURCE = r'^[ \t]*#[ \t]*include[ \t]*[<"][^>"\n]+\.c[>"]'
_EXPORT = (r"EXPORT_(?:PER_CPU_|TRACEPOINT_)?SYMBOL(?:_NS)?(?:_GPL|_FOR_\w+)?"
           r'\s*\(\s*\w+(?:\s*,\s*["\w]+)?')
_EXPORTERS = ("*.c", "*.S", "*.h", "!/tools/", "!/Documentation/")
_EXPORT_PARTS = re.compile(r"EXPORT_(\w*)\s*\(\s*(\w+)(?:\s*,\s*\"?(\w+))?")
_TRACEPOINT = ("__tracepoint_", "__traceiter_", "__SCK__tp_func_",
               "__SCT__tp_func_")
_WORD = re.compile(r"[A-Za-z_]\w*")


# The new text of every file that differs from the tree; None: not there.
State = dict[str, bytes | None]

# The base name of an included file: which files include it, and how.
Includes = dict[str, list[tuple[str, str]]]


@dataclasses.dataclass(frozen=True)
class Export:
    """One EXPORT_SYMBOL of the tree: where it is and whom it allows."""

    file: str
    gpl: bool
    namespace: str


@dataclasses.dataclass
class Scope:
    """The objects to build for a patch, and how many were left out and why."""

    changed: list[str]
    holders: list[str]
    left_out: int = 0
    reason: str = ""


class TreeText:
    """Text search over one kernel tree, which is only read."""

    def __init__(self, kernel: Path) -> None:
        self.kernel = kernel
        self._direct: dict[str, set[str]] = {}

    def _rg(self, args: list[str]) -> str:
        done = subprocess.run(
            ["rg", "--no-config", "--no-ignore", "--hidden", "--no-messages",
             "-a", "-g", "!.git", *args, "./"], cwd=self.kernel,
            stdin=subprocess.DEVNULL, capture_output=True)
        if done.returncode > 1:
            text = done.stderr.decode("utf-8", "replace").strip()
            if text:
                raise Gup2pinError(f"text search: {text.splitlines()[0]}")
        return os.fsdecode(done.stdout)

    def naming(self, words: Iterable[str], globs: tuple[str, ...]
               ) -> set[str]:
        """Return the files that hold one of words as a whole word."""
        patterns = [a for w in sorted(set(words)) for a in ("-e", w)]
        if not patterns:
            return set()
        chosen = [a for g in globs for a in ("-g", g)]
        out = self._rg(["-l", "-0", "-w", "-F", *patterns, *chosen])
        return {n.removeprefix("./") for n in out.split("\0") if n}

    def _matches(self, pattern: str, globs: tuple[str, ...]
                 ) -> list[tuple[str, str]]:
        chosen = [a for g in globs for a in ("-g", g)]
        out = self._rg(["-o", "-N", "-H", "-0", "--no-heading", "-e",
                        pattern, *chosen])
        found = re.findall(r"([^\0]+)\0([^\n]*)\n", out)
        return [(n.removeprefix("./"), text) for n, text in found]

    @functools.cached_property
    def exports(self) -> dict[str, list[Export]]:
        """Return every exported symbol with its exports."""
        found: dict[str, list[Export]] = {}
        for file, text in self._matches(_EXPORT, _EXPORTERS):
            add_exports(found, file, text)
        return found

    @functools.cached_property
    def _all_includes(self) -> Includes:
        """Return every #include of the tree."""
        return self._included(_INCLUDE)

    @functools.cached_property
    def _source_includes(self) -> Includes:
        """Return every #include of a .c file, which is much less."""
        return self._included(_INCLUDE_SOURCE)

    def _included(self, pattern: str) -> Includes:
        found: Includes = {}
        for file, text in self._matches(pattern, ("*.[ch]",)):
            name = re.split(r'[<"]', text, maxsplit=1)[1][:-1]
            found.setdefault(posixpath.basename(name), []).append(
                (file, name))
        return found

    def direct_includers(self, target: str) -> set[str]:
        """Return the files with an #include that can mean target."""
        if target not in self._direct:
            self._direct[target] = self._including(target)
        return self._direct[target]

    def _including(self, target: str) -> set[str]:
        includes = self._source_includes if target.endswith(".c") \
            else self._all_includes
        found = set()
        for file, name in includes.get(posixpath.basename(target), []):
            beside = posixpath.normpath(
                posixpath.join(posixpath.dirname(file), name))
            if beside == target or (f"/{target}".endswith(f"/{name}") and
                                    not (self.kernel / beside).exists()):
                found.add(file)
        return found

    def includers(self, headers: Iterable[str]) -> set[str]:
        """Return the files that include one of headers, directly or not."""
        seen: set[str] = set()
        todo = list(headers)
        while todo:
            for file in self.direct_includers(todo.pop()):
                if file not in seen:
                    seen.add(file)
                    todo.append(file)
        return seen


def add_exports(found: dict[str, list[Export]], file: str,
                text: str) -> None:
    """Add the EXPORT_SYMBOLs of text to found."""
    for macro, name, space in _EXPORT_PARTS.findall(text):
        names = [name]
        if macro.startswith("TRACEPOINT"):
            names = [f"{prefix}{name}" for prefix in _TRACEPOINT]
        for each in names:
            found.setdefault(each, []).append(Export(
                file, "_GPL" in macro, space if "_NS" in macro else ""))


def exports_with(tree: TreeText, changes: State) -> dict[str, list[Export]]:
    """Return the exports of the tree once changes are made to it."""
    found = {name: [e for e in exports if e.file not in changes]
             for name, exports in tree.exports.items()}
    for file, data in changes.items():
        if data is not None and file.endswith((".c", ".S", ".h")):
            add_exports(found, file, data.decode("utf-8", "replace"))
    return found


def symbol_words(symbols: Iterable[str]) -> set[str]:
    """Return the identifier to search for of each symbol or member."""
    words = set()
    for symbol in symbols:
        found = _WORD.findall(symbol)
        if found:
            words.add(found[-1])
    return words


def words_of(data: bytes | None) -> set[str]:
    """Return every identifier in a source text."""
    return set(_WORD.findall((data or b"").decode("utf-8", "replace")))


def object_of(name: str) -> str:
    """Return the object that kbuild makes of a source file."""
    return posixpath.splitext(name)[0] + ".o"


def find_scope(tree: TreeText, files: list[str], symbols: list[str],
               state: State) -> Scope:
    """Return the objects that a change of files and symbols can affect.

    state holds the new texts of all files that differ from the tree.
    """
    sources = {f for f in files if f.endswith((".c", ".S"))}
    for name in sorted(sources):
        if name.endswith(".c"):
            sources |= {f for f in tree.direct_includers(name)
                        if f.endswith(".c")}
    words = symbol_words(symbols)
    holders = tree.naming(words, ("*.c",)) - set(state)
    headers = [f for f in files if f.endswith(".h")]
    if headers:
        holders &= tree.includers(headers)
    for name, data in state.items():
        if name.endswith(".c") and words & words_of(data):
            holders.add(name)
    holders -= sources
    scope = Scope(sorted(map(object_of, sources)), [])
    if len(holders) > MOST_HOLDERS:
        folders = {posixpath.dirname(f) for f in files}
        near = {f for f in holders if posixpath.dirname(f) in folders}
        scope.left_out = len(holders) - len(near)
        scope.reason = (f"{len(holders)} files name {', '.join(sorted(words))}"
                        "; built are those beside the changed files")
        holders = near
    scope.holders = sorted(map(object_of, holders))
    return scope
