# SPDX-License-Identifier: GPL-2.0-only
"""What text searches find in a tree, kept for the next run.

One list of the tree's files, with size, times and inode of each, says which
of them changed since; only those are searched again. A file that changed
within the clock's grain of a run is never taken for known, for it could
change once more and look the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Callable, Iterable

from pinlib.base.files import write_file
from pinlib.csource import types
from pinlib.kernel import text_search, typedefs, word_index
from pinlib.kernel.view import HEADERS, View

GRAIN = 2.0
MOST_CHANGED = 1000
KEPT = 16
# Trees of fewer files are searched faster than an index of them is made.
LARGE = 2000
# Files of one search: their names are arguments.
AT_ONCE = 5000
# Inside of other structures too; a comment is told from one by who asks.
STRUCTS = (r"\b(?:struct|union)\s+(?:__\w+(?:\s*\([^;{}]*\)\s*|\s+))?\w+\s*\{",
           r"^\s*(?:typedef\s+)?(?:struct|union)\s+\w+\s*$")
_LAST = re.compile(r"\w+")
HEAD = r"^(?:[A-Za-z_][\w \t*]*[ \t*])?%s[ \t]*\("

# What was asked for, to the lines that answer, by file.
Places = dict[str, dict[str, list[int]]]


class Hits:
    """Answers text searches of one tree, from the last run where it can.

    under: the folders of the tree that are searched.
    """

    def __init__(self, view: View, cache: Path,
                 under: tuple[str, ...] = (".",)) -> None:
        self.tree = tree = view.root
        self._under = under
        self._files = view.files
        # What stands for some files is a small tree of its own.
        self._over = Hits(View(view.mirror), cache) if view.mirror else None
        # A module's kernel is asked what is defined, not what uses it.
        headers = tuple(h for h in HEADERS if view.kernel and
                        (view.kernel / h).is_dir())
        self._kernel = View(view.kernel) if view.kernel else None
        self._below = Hits(self._kernel, cache, headers) \
            if self._kernel and headers else None
        self._whole: Hits | None = None
        self._cache = cache
        self._began = time.time()
        self._listing = _list_files(tree, under)
        self._file = cache / "hits" / f"{_key(tree, under)}.json"
        self._state: dict[str, str] = {}
        self._known: dict[str, Places] | None = None
        self._heads: Path | None = None
        self._index: word_index.WordIndex | None = None
        self._work = tempfile.TemporaryDirectory(prefix="gup2pin-")
        self._from_cache = False
        self._dirty = False

    def words(self, words: set[str]) -> Places:
        """Return every line that names each word, once for each time."""
        return self._answer("words", words)

    def heads(self, names: set[str]) -> Places:
        """Return unindented lines that may start a definition of a name."""
        return self._with_kernel(self._answer("heads", names),
                                 lambda kernel: kernel.heads(names))

    def kernel_heads(self, names: set[str]) -> Places:
        """Return the same for a module's whole kernel, which is slow."""
        if self._kernel and not self._whole:
            self._whole = Hits(self._kernel, self._cache)
        return self._whole.heads(names) if self._whole else {}

    def structs(self) -> Places:
        """Return lines that may start a structure, by tag."""
        return self._all("structs")

    def typedefs(self) -> Places:
        """Return lines that start a typedef of a structure, by name."""
        return self._all("typedefs")

    def _all(self, kind: str) -> Places:
        known = self._load()[kind]
        if not known:
            self._search(kind, {""})
        if self._over:
            known = self._merged(known, self._over._all(kind))
        return self._with_kernel(
            {tag: places for tag, places in known.items() if places},
            lambda kernel: kernel._all(kind))

    def _with_kernel(self, found: Places,
                     ask: Callable[[Hits], Places]) -> Places:
        """The answers, and what the kernel's headers say beside them."""
        kernel = ask(self._below) if self._below else {}
        return {name: {**kernel.get(name, {}), **found.get(name, {})}
                for name in found.keys() | kernel.keys()}

    def _answer(self, kind: str, names: set[str]) -> Places:
        known = self._load()[kind]
        missing = names - known.keys()
        if missing:
            self._search(kind, missing)
        found = {n: known[n] for n in names}
        return self._merged(found, self._over._answer(
            kind, names)) if self._over else found

    def _merged(self, below: Places, above: Places) -> Places:
        """Return the answers, but for files that others stand for."""
        return {name: {**{f: lines for f, lines in
                          below.get(name, {}).items()
                          if f not in self._files}, **above.get(name, {})}
                for name in below.keys() | above.keys()}

    def _search(self, kind: str, names: set[str],
                under: Iterable[str] = ()) -> None:
        """Search for names, and add what is found to what is known."""
        under = under or self._under
        known = self._load()[kind]
        self._dirty = True
        if kind == "typedefs":
            for name, places in typedefs.find(self.tree, under).items():
                for file, lines in places.items():
                    known.setdefault(name, {})[file] = lines
            known.setdefault("", {})
            return
        if kind != "structs":
            for name in names:
                known.setdefault(name, {})
        for hit in self._grep(kind, names, under):
            name = hit.text
            if kind == "heads":
                name = name.rstrip("( \t").split()[-1].lstrip("*")
            elif kind == "structs":
                name = _LAST.findall(name)[-1]
            if name in names or kind == "structs" and name:
                known.setdefault(name, {}).setdefault(hit.file, []).append(
                    hit.line)

    def _grep(self, kind: str, names: set[str],
              under: Iterable[str]) -> list[text_search.Hit]:
        if kind == "words":
            return self._grep_words(names, under)
        if kind == "structs":
            return text_search.grep(self.tree, STRUCTS, words=False, under=under)
        if self._from_cache:
            return text_search.grep(self.tree, [HEAD % n for n in names],
                                    words=False, under=under)
        # Nothing is known yet and all is asked for in turn: list the heads
        # of the whole tree once, and search that list.
        if self._heads is None:
            self._heads = Path(self._work.name) / "heads"
            text_search.save(self.tree, [HEAD % r"\w+"], self._heads, self._under)
        return text_search.saved(self._heads, [
            rf"[ \t*:]{n}[ \t]*\($" for n in names])

    def _grep_words(self, names: set[str],
                    under: Iterable[str]) -> list[text_search.Hit]:
        """Search for words, in a large tree only where the index has them."""
        if under != self._under or len(self._state) < LARGE or not all(
                _LAST.fullmatch(name) for name in names):
            return text_search.grep(self.tree, names, under=under)
        if self._index is None:
            self._index = word_index.of(self.tree, self._cache, hashlib.sha256(
                os.fsencode(self.tree.resolve())).hexdigest())
        if self._index is None:
            return text_search.grep(self.tree, names, under=under)
        files = [f for f in self._index.files(names) if f in self._state]
        return [hit for first in range(0, len(files), AT_ONCE) for hit in
                text_search.grep(self.tree, names,
                                 under=files[first:first + AT_ONCE])]

    def _load(self) -> dict[str, Places]:
        """Return what is known of the tree as it is now."""
        if self._known is not None:
            return self._known
        self._known = {"words": {}, "heads": {}, "structs": {}, "typedefs": {}}
        self._state = _read_listing(self._listing)
        try:
            digest, _, body = self._file.read_text("ascii").partition("\n")
            if hashlib.sha256(body.encode()).hexdigest() != digest:
                raise ValueError
            stored = json.loads(body)
        except (OSError, ValueError):
            return self._known
        changed = {f for f, _ in stored["state"].items() ^
                   self._state.items()}
        if len(changed) > MOST_CHANGED:
            return self._known
        self._known = stored["known"]
        self._from_cache = True
        if changed:
            self._renew(changed)
        return self._load()

    def _renew(self, changed: set[str]) -> None:
        """Search changed files again for all that was ever asked."""
        there = sorted(changed & self._state.keys())
        for kind, known in self._load().items():
            for places in known.values():
                for file in changed & places.keys():
                    del places[file]
            if there and known:
                self._search(kind, set(known), there)
        self._dirty = True

    def save(self) -> None:
        """Keep what is known; a cache that cannot be written is no loss."""
        for other in (self._over, self._below, self._whole):
            if other:
                other.save()
        self._work.cleanup()
        if not self._dirty or self._known is None:
            return
        known_since = {f: s for f, s in self._state.items()
                       if float(s.split()[2]) < self._began - GRAIN}
        # What is not known to be the same file next time has no places: it
        # may be gone by then, and nothing would say that it changed.
        known = {kind: {name: {f: lines for f, lines in places.items()
                               if f in known_since}
                        for name, places in found.items()}
                 for kind, found in self._known.items()}
        body = json.dumps({"state": known_since, "known": known},
                          separators=(",", ":"))
        digest = hashlib.sha256(body.encode()).hexdigest()
        try:
            write_file(self._file, f"{digest}\n{body}")
            kept = sorted(self._file.parent.glob("*.json"),
                          key=lambda p: p.stat().st_mtime)
            for old in kept[:-KEPT]:
                old.unlink(missing_ok=True)
        except OSError:
            pass


def _key(tree: Path, under: tuple[str, ...]) -> str:
    """Names a tree, and the searches as this version makes them."""
    seed = hashlib.sha256(os.fsencode(tree.resolve()))
    seed.update("\0".join(under).encode())
    for source in (__file__, text_search.__file__, types.__file__,
                   typedefs.__file__):
        seed.update(Path(source).read_bytes())
    return seed.hexdigest()


def _list_files(tree: Path,
                under: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """Start to list the files that a text search reads, with their stamps."""
    names: list[str] = []
    for glob in text_search.SOURCES:
        names += ["-o", "-name", glob]
    return subprocess.Popen(
        ["find", *under, "-mindepth", "1", "-type", "d", "-name", ".*",
         "-prune", "-o", "-type", "f", "(", *names[1:], ")", "-printf",
         r"%p\0%s %T@ %C@ %i\0"], cwd=tree, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def _read_listing(listing: subprocess.Popen[bytes]) -> dict[str, str]:
    parts = os.fsdecode(listing.communicate()[0]).split("\0")
    return dict(zip((p.removeprefix("./") for p in parts[::2]), parts[1::2]))
