# SPDX-License-Identifier: GPL-2.0-only
"""Show a tree as it is analysed, with other texts for some of its files.

Those are as a preparatory patch leaves them, while the checkout itself is only
read. A module's folder is a tree of its own, which reads in the kernel's headers
what it does not define itself.
"""

from __future__ import annotations

import difflib
import functools
import hashlib
import re
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Mapping

from pinlib.base.files import write_file
from pinlib.csource.arms import Known, NOTHING
from pinlib.csource.macro_function import OpenedFile
from pinlib.csource.written.heard import is_file, LOOKED_FOR

# The folders with what code outside the kernel may include.
HEADERS = ("include", "arch/x86/include")


@dataclass(frozen=True)
class View:
    """A tree with other texts for some files, which are below mirror.

    kernel: the tree whose headers are read beside a tree outside of it.
    known: what decides which #if arms the kernel compiles.
    macros: the files, among others, in which macros are written as functions;
    plain is the view before that.
    """

    root: Path
    mirror: Path | None = None
    files: frozenset[str] = frozenset()
    kernel: Path | None = None
    known: Known = NOTHING
    macros: Mapping[str, OpenedFile] = field(default_factory=dict, hash=False)
    before: View | None = None
    _files: dict[Path, bool] = field(default_factory=dict, compare=False,
                                     repr=False)

    @property
    def plain(self) -> View:
        """Return the view in which macros are macros."""
        return self.before or self

    @property
    def opened(self) -> frozenset[tuple[str, str]]:
        """Return file and name of the macros that are written as functions."""
        return frozenset((file, one.name) for file, known
                         in self.macros.items() for one in known.macros)

    def anew(self) -> View:
        """Return the same, which has not looked for any file yet."""
        return replace(self, _files={},
                       before=self.before and self.before.anew())

    def path(self, file: str) -> Path:
        """Return where the text of a file is."""
        if self.mirror is not None and file in self.files:
            return self.mirror / file
        if self.kernel is not None and self.is_kernel(file):
            return self.kernel / file
        return self.root / file

    def has(self, file: str) -> bool:
        """Say whether there is a file of this name."""
        return self._is_file(self.path(file))

    def is_kernel(self, file: str) -> bool:
        """Say whether a file is of the kernel a module is built for."""
        return self.kernel is not None and not self._is_file(
            self.root / file) and self._is_file(self.kernel / file)

    def _is_file(self, path: Path) -> bool:
        """Say whether there is a file; who records what is read hears of it."""
        if path not in self._files:
            self._files[path] = is_file(path)
        return self._files[path]

    def home(self, file: str) -> str:
        """Return how the names of all files of a driver or subsystem begin.

        A module's folder is one driver; in a kernel it is the folder.
        """
        return "" if self.kernel is not None else folder(file)

    def original(self, file: str, line: int) -> int:
        """Return the line of the checkout that a line comes from, or follows."""
        if self.before is not None:
            return self.before.original(file, line)
        if file not in self.files:
            return line
        known = self._lines(file)
        while line > 1 and line not in known:
            line -= 1
        return known.get(line, 1)

    def column(self, file: str, line: int, column: int) -> int:
        """Return the column that one has where macros are macros."""
        known = self.macros.get(file)
        return known.column(line, column) if known else column

    def is_new(self, file: str, line: int) -> bool:
        """Say whether a preparatory patch added this line."""
        if self.before is not None:
            return self.before.is_new(file, line)
        return file in self.files and line not in self._lines(file)

    def in_text(self, text: str) -> str:
        """Return a sentence with each file:line as it is in the checkout."""
        return re.sub(r"([\w./+-]+\.[chS]):(\d+)", lambda m: (
            f"{m.group(1)}:{self.original(m.group(1), int(m.group(2)))}"),
            text)

    def _lines(self, file: str) -> Mapping[int, int]:
        old, new = self.root / file, self.path(file)
        # Who records what is read hears of it, be it kept or not.
        for path in (old, new):
            sys.audit(LOOKED_FOR, str(path))
        return _same_lines(old, new)


@functools.lru_cache(maxsize=64)
def _same_lines(old: Path, new: Path) -> dict[int, int]:
    """Return lines of new that are lines of old, from 1."""
    before, after = (p.read_text(encoding="latin-1").split("\n")
                     for p in (old, new))
    matcher = difflib.SequenceMatcher(None, before, after, False)
    return {b + k + 1: a + k + 1 for a, b, n in matcher.get_matching_blocks()
            for k in range(n)}


def folder(file: str) -> str:
    """Return the folder of a file with its closing slash; "" at the top."""
    return file[:file.rfind("/") + 1]


def with_functions(view: View, macros: Mapping[str, OpenedFile],
                   cache: Path) -> View:
    """Return a view in which some macros are written as functions."""
    texts: dict[str, str | None] = {
        file: view.path(file).read_bytes().decode("latin-1")
        if view.path(file).is_file() else None for file in view.files}
    texts |= {file: one.opened() for file, one in macros.items()}
    return replace(prepared(view.root, texts, cache, view.kernel, view.known),
                   macros=macros, before=view)


def prepared(root: Path, texts: Mapping[str, str | None],
             cache: Path, kernel: Path | None = None,
             known: Known = NOTHING) -> View:
    """Return a view of a tree with other texts for some files; None is no file."""
    if not texts:
        return View(root, kernel=kernel, known=known)
    digest = hashlib.sha256(repr(sorted(texts.items())).encode()).hexdigest()
    mirror = cache / "prepared" / digest[:24]
    for file, text in texts.items():
        if text is not None and not (mirror / file).is_file():
            # Latin-1 keeps every byte; write_file writes UTF-8.
            write_file(mirror / file, text.encode("latin-1").decode(
                "utf-8", "surrogateescape"))
    return View(root, mirror, frozenset(texts), kernel, known)
