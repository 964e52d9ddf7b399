# SPDX-License-Identifier: GPL-2.0-only
"""Find names in a tree, from its index and the text of the files it gives."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator

from pinlib.csource.masking import CText
from pinlib.csource.written.heard import Code, WRITTEN
from pinlib.kernel import typedefs
from pinlib.kernel.view import HEADERS, View
from pinlib.kernel.word_index import Indexes, Mark, WordIndex

# What stands before and behind the name where a function's definition may start.
_BEFORE = re.compile(rb"(?:[A-Za-z_][\w\x80-\xff \t*]*[ \t*])?")
_AFTER = re.compile(rb"[ \t]*\(")
# Inside of other structures too; a comment is told from one by who asks.
_STRUCT = (r"\b(?:struct|union)\s+(?:__\w+(?:\s*\([^;{}]*\)\s*|\s+))?"
           r"%s(?:\s*\{|\s*$)")
_DEFINE = re.compile(rb"[ \t]*#[ \t]*define[ \t]+")
# The path is only looked at: an include may be in what passes for another's.
_INCLUDE = re.compile(rb'[ \t]*#[ \t]*include\s*["<](?=([^">]*)[">])')

_IDENTIFIER = re.compile(r"\b[A-Za-z_]\w*", re.ASCII)

# Lines, by file.
Places = dict[str, list[int]]


class Searches:
    """Answers what is named and defined where, from the tree as it is now.

    A module's kernel is asked what its headers define, and not what uses it.
    """

    def __init__(self, view: View, indexes: Indexes) -> None:
        self._view = view
        self.indexes = indexes
        self._own = indexes.of(view.root)
        # What stands for some files is a small tree of its own.
        self._over = indexes.of(view.mirror) if view.mirror else None
        self._kernel = indexes.of(view.kernel) if view.kernel else None
        self._naming: dict[str, frozenset[str]] = {}
        self._counts: dict[tuple[str, str], int] = {}
        self._includes: dict[str, frozenset[str]] = {}
        self._typedefs: dict[str, dict[str, list[int]]] = {}

    def anew(self, view: View) -> Searches:
        """Return one for a tree of these that has looked for nothing yet."""
        return Searches(view, self.indexes)

    def naming(self, word: str) -> frozenset[str]:
        """Return the files that name a word, in comments too."""
        if word not in self._naming:
            # A member without a name goes by its type, `struct foo`.
            parts = [self._files(part, Mark.NONE)
                     for part in _IDENTIFIER.findall(word)]
            self._naming[word] = frozenset[str](parts[0]).intersection(
                *parts[1:]) if parts else frozenset()
        return self._naming[word]

    def often(self, word: str, limit: int) -> bool:
        """Say whether a word occurs more often than a limit."""
        files = self.naming(word)
        count = 0
        for file in sorted(files) if len(files) <= limit else ():
            count += self.count(file, word)
            if count > limit:
                break
        return len(files) > limit or count > limit

    def count(self, file: str, word: str) -> int:
        """Return how often a file names a word, comments included."""
        if (file, word) not in self._counts:
            count = sum(1 for _ in _occurrences(self._bytes(file), word))
            sys.audit(WRITTEN, str(self._view.path(file)), f"#{word}", str(count))
            self._counts[file, word] = count
        return self._counts[file, word]

    def lines(self, word: str) -> Places:
        """Return every line that names a word, once for each time."""
        return self._places(self.naming(word), lambda text: _occurrences(
            text, word))

    def heads(self, name: str) -> Places:
        """Return unindented lines that may start a function's definition."""
        return self._heads(name, self._defining(name, Mark.HEAD))

    def kernel_heads(self, name: str) -> Places:
        """Return the same for a module's whole kernel."""
        return self._heads(name, self._of_kernel(name, Mark.HEAD))

    def _heads(self, name: str, files: Iterable[str]) -> Places:
        return self._places(files, lambda text: (
            at for at in _occurrences(text, name)
            if _AFTER.match(text, at + len(name)) and _BEFORE.fullmatch(
                text, text.rfind(b"\n", 0, at) + 1, at)))

    def kernel_macros(self, name: str) -> Places:
        """Return lines of the kernel's headers that define a macro."""
        index = self._kernel or self._own
        return self._macros(name, (
            f for folder in HEADERS for f in index.files(
                (name,), below=f"{folder}/"))) if name.isascii() else {}

    def structs(self, tag: str) -> Places:
        """Return lines that may start the definition of a structure."""
        return self.matches(self._defining(tag, Mark.STRUCT), _STRUCT % tag)

    def typedefs(self, name: str) -> Places:
        """Return lines that start a typedef of a structure."""
        found = {}
        for file in self._defining(name, Mark.TYPEDEF):
            if file not in self._typedefs:
                self._typedefs[file] = typedefs.given(CText(
                    self._bytes(file).decode("latin-1"), self._view.known))
            if name in self._typedefs[file]:
                found[file] = self._typedefs[file][name]
        return found

    def macros(self, name: str) -> Places:
        """Return lines that define a macro, in a kernel's headers as well.

        Those that make it one number may be left out: it is called nowhere.
        """
        return self._macros(name, self._defining(name, Mark.DEFINED))

    def _macros(self, name: str, files: Iterable[str]) -> Places:
        """Return the lines of some files that define a macro."""
        return self._places(files, lambda text: (
            at for at in _occurrences(text, name) if _DEFINE.fullmatch(
                text, text.rfind(b"\n", 0, at) + 1, at)))

    def including(self, files: Iterable[str], name: str) -> set[str]:
        """Return those of some files that include a header, by its name."""
        return {file for file in files if name in self._included(file)}

    def _included(self, file: str) -> frozenset[str]:
        """Return the names, without folders, of what a file includes."""
        if file not in self._includes:
            self._includes[file] = frozenset(
                path.rpartition(b"/")[2].decode("latin-1")
                for path in _included(self._bytes(file)))
        return self._includes[file]

    def pasting(self, words: Iterable[str]) -> list[str]:
        """Return the files that paste one of some words to another, sorted."""
        return sorted({f for word in words
                       for f in self._files(word, Mark.PASTED)})

    def quoting_suffix(self, suffix: str) -> list[str]:
        """Return the files that quote the name of a file, by its suffix."""
        return self._files(suffix, Mark.SUFFIX)

    def headers(self, below: str, words: Iterable[str],
                pattern: str) -> list[str]:
        """Return the tree's own headers below a folder that match a pattern.

        words: those in macros, of which it wants one.
        """
        found = [f for f in _headers(self._own, words, below)
                 if f not in self._view.files]
        if self._over:
            found += _headers(self._over, words, below)
        return sorted(self.matches(found, pattern))

    def kernel_headers(self, words: Iterable[str], pattern: str) -> list[str]:
        """Return the same for what code outside of the kernel may include."""
        index = self._kernel or self._own
        return sorted(self.matches((
            f for folder in HEADERS
            for f in _headers(index, words, f"{folder}/")), pattern))

    def _files(self, word: str, mark: Mark) -> list[str]:
        """Return the files of the tree that may have a word, sorted.

        The index has words of ASCII: any other is defined nowhere.
        """
        if not word.isascii():
            return []
        found = self._own.files((word,), mark)
        if self._over:
            found = sorted({f for f in found if f not in self._view.files}
                           | set(self._over.files((word,), mark)))
        return found

    def _of_kernel(self, word: str, mark: Mark) -> list[str]:
        """Return the same of a module's kernel, without what the module has."""
        return [f for f in self._kernel.files((word,), mark)
                if self._view.is_kernel(f)] \
            if self._kernel and word.isascii() else []

    def _defining(self, word: str, mark: Mark) -> list[str]:
        """Return the files of the tree, and those headers, that may define it."""
        return self._files(word, mark) + [
            f for f in self._of_kernel(word, mark) if f.startswith(
                tuple(f"{folder}/" for folder in HEADERS))]

    def matches(self, files: Iterable[str], pattern: str) -> Places:
        """Return the lines of some files on which a pattern begins to match."""
        known = re.compile(pattern.encode("latin-1"), re.M)
        return self._places(files, lambda text: (
            m.start() for m in known.finditer(text)))

    def _places(self, files: Iterable[str],
                offsets: Callable[[bytes], Iterable[int]]) -> Places:
        """Return the lines of some offsets of each file that has any."""
        found = {}
        for file in sorted(files):
            text = self._bytes(file)
            lines = _lines(text, offsets(text))
            if lines:
                found[file] = lines
        return found

    def _bytes(self, file: str) -> bytes:
        # It is read at once, for which Path has too much to do.
        with open(Code(self._view.path(file)), "rb", buffering=0) as stream:
            return stream.readall()


def _headers(index: WordIndex, words: Iterable[str],
             below: str) -> list[str]:
    return [f for f in index.files(words, Mark.MACRO, below)
            if f.endswith(".h")]


def _included(text: bytes) -> Iterator[bytes]:
    """Yield the paths that a text includes."""
    at = text.find(b"include")
    while at >= 0:
        found = _INCLUDE.match(text, text.rfind(b"\n", 0, at) + 1)
        if found:
            yield found[1]
            at = text.find(b"\n", found.end())
        at = text.find(b"include", at + 1) if at >= 0 else -1


def _occurrences(text: bytes, word: str) -> Iterator[int]:
    """Yield where a word stands."""
    wanted = word.encode("latin-1")
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        end = at + len(wanted)
        if not (_is_word(text[at - 1:at]) or _is_word(text[end:end + 1])):
            yield at
        at = text.find(wanted, end)


def _is_word(byte: bytes) -> bool:
    return byte.isalnum() or byte == b"_"


def _lines(text: bytes, offsets: Iterable[int]) -> list[int]:
    """Return the lines of some offsets, which rise."""
    found = []
    line, last = 1, 0
    for offset in offsets:
        line += text.count(b"\n", last, offset)
        last = offset
        found.append(line)
    return found
