# SPDX-License-Identifier: GPL-2.0-only
"""Keep what Coccinelle made of a group's files, by all that it was given.

Only what it wrote is kept, once the ledger has accepted it. Every other step is
made, and the ledger asked, each time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from pinlib.base import own_digest
from pinlib.base.files import forget, packed, read_json, write_json
from pinlib.kernel.kernel_tree import cache_folder

# Whole texts, of some release groups of some trees.
KEPT = 256


class Answer:
    """What becomes of files in a folder, by all that is read there."""

    def __init__(self, work: Path, given: Sequence[Path]) -> None:
        self._file = _file(work, given)

    def known(self, count: int) -> list[str]:
        """Return the texts of so many files, or none."""
        try:
            texts = [str(text) for text in read_json(self._file)]
            os.utime(self._file)
            return texts if len(texts) == count else []
        except (OSError, ValueError, TypeError):
            return []

    def keep(self, texts: Sequence[str]) -> None:
        """Keep the texts of the files, in order."""
        write_json(self._file, list(texts))


def _file(work: Path, given: Sequence[Path]) -> Path:
    """Return where the answer lies; the name of work says nothing."""
    made = hashlib.sha256(packed([
        own_digest.digest(), own_digest.spatch()]).encode())
    for path in given:
        text = path.read_bytes().replace(os.fsencode(work), b"")
        made.update(b"%s %d\0" % (
            os.fsencode(path.relative_to(work)), len(text)))
        made.update(text)
    return _folder() / made.hexdigest()


def forget_old() -> None:
    """Remove what was not asked for in a long time."""
    forget(_folder(), KEPT)


def _folder() -> Path:
    return cache_folder() / "edits"
