# SPDX-License-Identifier: GPL-2.0-only
"""Read the files of a tree as text, of which only the code is looked at."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

from pinlib.csource.written import comments
from pinlib.csource.written.heard import Code, LOOKED_FOR
from pinlib.csource.arms import Known, NOTHING
from pinlib.csource.masking import CText


@functools.lru_cache(maxsize=64)
def _load(path: str, mtime: int, size: int, known: Known) -> CText:
    # With Latin-1 a column is the byte that the reader counts.
    with open(Code(path), encoding="latin-1", newline="") as stream:
        return CText(stream.read(), known, path)


def code_of(path: Path) -> str:
    """Return the text of a file with blanks in place of its comments."""
    with open(Code(path), encoding="latin-1", newline="") as stream:
        return comments.blanked(stream.read())


def load(path: Path, known: Known = NOTHING) -> CText:
    """Return the masked text of a file, read once while it does not change."""
    stat = path.stat()
    # Who records what is read hears of it, be it kept or not.
    sys.audit(LOOKED_FOR, Code(path))
    return _load(str(path), stat.st_mtime_ns, stat.st_size, known)
