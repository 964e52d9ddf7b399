# SPDX-License-Identifier: GPL-2.0-only
"""Keep what Coccinelle made of a group's files, by all that it was given.

Only what it wrote is kept. Every other step is made, and the ledger asked, each
time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from pinlib.base import own_digest
from pinlib.base.files import forget, read_json, to_json, write_json
from pinlib.kernel.kernel_tree import cache_folder

# Whole texts, of some release groups of some trees.
KEPT = 256


def edited(work: Path, given: Sequence[Path], results: Sequence[Path],
           run: Callable[[], None]) -> list[str]:
    """Return the texts of some files in work after a run that edits them.

    given: all that the run reads there.
    """
    kept = _file(work, given)
    try:
        texts = [str(text) for text in read_json(kept)]
        os.utime(kept)
    except (OSError, ValueError, TypeError):
        texts = []
    if len(texts) != len(results):
        run()
        texts = [path.read_bytes().decode("latin-1") for path in results]
        write_json(kept, texts)
    return texts


def _file(work: Path, given: Sequence[Path]) -> Path:
    """Return where the answer lies; the name of work says nothing."""
    made = hashlib.sha256(to_json([
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
