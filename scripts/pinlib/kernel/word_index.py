# SPDX-License-Identifier: GPL-2.0-only
"""Takes a tree and words; gives the files that may have them.

scripts/index writes which files of a tree have which words, from their bytes
alone, and reads again only what changed; index.h has the format. What a few files
have now is beside what all had before. It shares nothing with what parses C. A
file that is given may lack the word, since a hash stands for it; none that has it
is left out.
"""

from __future__ import annotations

import bisect
import contextlib
import enum
import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile
import weakref
from array import array
from collections.abc import Iterable
from pathlib import Path

from pinlib.base import host_program
from pinlib.base.errors import Gup2pinError
from pinlib.base.files import forget
from pinlib.base.resources import SCRIPTS

SOURCES = (SCRIPTS / "index",)
# Indexes of as many trees stay: that of a kernel has 100 MB.
KEPT = 4
# The audit event of a question: the tree, the question and what answered it.
ASKED = "pinlib.word_index"
_MAGIC = 0x35584449504e4950
_HEAD = struct.Struct("=4Q")
_FILE_SIZE = 32
_BUCKET_BITS, _FILE_BITS = 20, 18
_REST_BITS = 32 - _FILE_BITS
_MASK = (1 << 64) - 1
_FACTOR = 0x9e3779b97f4a7c15


class Mark(enum.IntEnum):
    """Where a word stands, as words.h has it; NONE is anywhere."""

    NONE = 0
    HEAD = 1
    STRUCT = 2
    TYPEDEF = 3
    MACRO = 4
    PASTED = 5
    SUFFIX = 6
    DEFINED = 7


class _Written:
    """An index as it was written."""

    def __init__(self, file: Path) -> None:
        # Little of it is ever asked for: mapped, it would pass for memory.
        self._stream = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._stream)
        magic, files, postings, paths = _HEAD.unpack(self._read(0, _HEAD.size))
        if magic != _MAGIC:
            raise Gup2pinError(f"{file}: not an index")
        self._bucket = _HEAD.size + _FILE_SIZE * files
        buckets = 4 * ((1 << _BUCKET_BITS) + 1)
        self._posting = self._bucket + buckets + -buckets % 8
        self.paths = self._read(
            self._posting + 4 * postings + -4 * postings % 8,
            paths).split(b"\0")[:-1]

    def _read(self, at: int, size: int) -> bytes:
        return os.pread(self._stream, size, at)

    def _bucket_of(self, number: int) -> array[int]:
        """Return the postings of a bucket, in rising order."""
        low, high = array("I", self._read(self._bucket + 4 * number, 8))
        return array("I", self._read(self._posting + 4 * low,
                                     4 * (high - low)))

    def find(self, words: Iterable[str], mark: Mark,
             below: str) -> set[bytes]:
        """Return the files that may have any of some words there."""
        prefix = os.fsencode(below)
        # Files are numbered in the order of their paths.
        begin = bisect.bisect_left(self.paths, prefix)
        end = bisect.bisect_left(self.paths, prefix + b"\xff") \
            if prefix else len(self.paths)
        found: set[int] = set()
        for word in words:
            bucket, rest = divmod(_hash(word.encode("ascii"), mark) >> (
                64 - _BUCKET_BITS - _REST_BITS), 1 << _REST_BITS)
            postings = self._bucket_of(bucket)
            first = bisect.bisect_left(postings, rest << _FILE_BITS | begin)
            last = bisect.bisect_left(
                postings, (rest << _FILE_BITS) + end, first)
            found.update(posting & ((1 << _FILE_BITS) - 1)
                         for posting in postings[first:last])
        return {self.paths[n] for n in found}


class WordIndex:
    """Which files of a tree have which words, as it is now."""

    def __init__(self, tree: Path, file: Path, program: Path) -> None:
        self._tree = os.path.realpath(tree)
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="gup2pin-") as work:
            changes = Path(work, "changes")
            done = subprocess.run(
                [program, tree, file, str(min(os.cpu_count() or 1, 64)),
                 changes], check=False, capture_output=True)
            if done.returncode:
                raise Gup2pinError(
                    done.stderr.decode("utf-8", "replace").strip())
            self._all = _Written(file)
            self._changes = _Written(changes) if changes.exists() else None
        self._changed = frozenset(
            self._changes.paths if self._changes else ())

    def files(self, words: Iterable[str], mark: Mark = Mark.NONE,
              below: str = "") -> list[str]:
        """Return the files that may have any of some words there, sorted.

        below: how their paths begin.
        """
        wanted = sorted(set(words))
        found = self._find(wanted, mark, below)
        sys.audit(ASKED, self._tree, json.dumps([wanted, mark, below]),
                  _digest(found))
        # They are kept for many words.
        return [sys.intern(os.fsdecode(path)) for path in found]

    def answer(self, question: str) -> str:
        """Return a digest of what answers a question, as ASKED has them."""
        words, mark, below = json.loads(question)
        return _digest(self._find(words, Mark(mark), below))

    def _find(self, words: Iterable[str], mark: Mark,
              below: str) -> list[bytes]:
        found = self._all.find(words, mark, below)
        if self._changes:
            found -= self._changed
            found |= self._changes.find(words, mark, below)
        return sorted(found)


def _digest(paths: Iterable[bytes]) -> str:
    return hashlib.sha256(b"\0".join(paths)).hexdigest()


def _hash(word: bytes, mark: Mark) -> int:
    """Return the hash that words.c computes."""
    made = len(word)
    for at in range(0, len(word) - 7, 8):
        made = ((made ^ int.from_bytes(word[at:at + 8], "little"))
                * _FACTOR) & _MASK
        made ^= made >> 29
    rest = word[len(word) - len(word) % 8:]
    made = ((made ^ int.from_bytes(rest, "little")) * _FACTOR) & _MASK
    made ^= made >> 32
    if mark:
        made = ((made ^ mark) * _FACTOR) & _MASK
        made ^= made >> 32
    return made


def of(tree: Path, cache: Path) -> WordIndex:
    """Return the index of a tree as it is now, from the last one kept."""
    program = host_program.build("index", SOURCES, cache)
    name = hashlib.sha256(program.digest.encode() + os.fsencode(
        tree.resolve())).hexdigest()
    file = cache / "words" / name
    try:
        made = WordIndex(tree, file, program.path)
    except FileNotFoundError:
        # Another run has just taken it for an old one.
        made = WordIndex(tree, file, program.path)
    # A kernel stays, however many modules for it are looked at.
    with contextlib.suppress(FileNotFoundError):
        os.utime(file)
    forget(file.parent, KEPT)
    return made


class Indexes:
    """The indexes of the trees of a run, each as the tree was when first asked."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self._known: dict[Path, WordIndex] = {}

    def of(self, tree: Path) -> WordIndex:
        """Return the index of a tree."""
        if tree not in self._known:
            self._known[tree] = of(tree, self.cache)
        return self._known[tree]
