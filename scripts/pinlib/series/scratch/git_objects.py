# SPDX-License-Identifier: GPL-2.0-only
"""Write objects of a git repository; to start git for each takes far longer.

They are what git itself writes: loose, named by what is in them.
"""

from __future__ import annotations

import dataclasses
import hashlib
import zlib
from collections.abc import Mapping
from pathlib import Path

from pinlib.base.errors import Gup2pinError
from pinlib.base.files import write_bytes
from pinlib.base.git import SIGNATURE

FOLDER = "40000"


@dataclasses.dataclass(frozen=True)
class Entry:
    """One file of a commit: its git mode and the id of its blob."""

    mode: str
    blob: str


def write(repository: Path, kind: str, data: bytes) -> str:
    """Write an object that is not there yet; return its id."""
    data = b"%s %d\0%s" % (kind.encode(), len(data), data)
    name = hashlib.sha1(data).hexdigest()
    path = repository / "objects" / name[:2] / name[2:]
    if not path.exists():
        write_bytes(path, zlib.compress(data, 1))
        path.chmod(0o444)
    return name


def write_tree(repository: Path, files: Mapping[bytes, Entry]) -> str:
    """Write the tree of some files by their paths; return its id."""
    found: dict[bytes, Entry] = {}
    folders: dict[bytes, dict[bytes, Entry]] = {}
    for path, entry in files.items():
        name, below, rest = path.partition(b"/")
        if below:
            folders.setdefault(name, {})[rest] = entry
        else:
            found[name] = entry
    both = found.keys() & folders.keys()
    if both:
        raise Gup2pinError(f"{both.pop()!r} is a file and a folder")
    found |= {name: Entry(FOLDER, write_tree(repository, inside))
              for name, inside in folders.items()}
    return write(repository, "tree", b"".join(
        b"%s %s\0%s" % (entry.mode.encode(), name, bytes.fromhex(entry.blob))
        for name, entry in sorted(found.items(), key=_as_git_sorts)))


def _as_git_sorts(item: tuple[bytes, Entry]) -> bytes:
    name, entry = item
    return name + b"/" if entry.mode == FOLDER else name


def write_commit(repository: Path, tree: str, parent: str | None,
                 message: bytes) -> str:
    """Write a commit of gup2pin's own, with a message in ASCII; return its id."""
    lines = [f"tree {tree}", *([f"parent {parent}"] if parent else []),
             f"author {SIGNATURE}", f"committer {SIGNATURE}", "", ""]
    return write(repository, "commit", "\n".join(lines).encode() + message)
