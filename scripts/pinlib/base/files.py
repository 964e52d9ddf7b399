# SPDX-License-Identifier: GPL-2.0-only
"""Read and write files and JSON, for every stage."""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
from pathlib import Path
from typing import Any


def to_json(value: Any) -> str:
    """Render dataclasses, lists and dicts in one form, for stable bytes."""
    return json.dumps(value, default=_plain, indent=1, ensure_ascii=False) + "\n"


def packed(value: Any) -> str:
    """Render the same for nobody to read, which takes a third of the time."""
    return json.dumps(value, default=_plain, ensure_ascii=False)


def _plain(item: Any) -> Any:
    if dataclasses.is_dataclass(item) and not isinstance(item, type):
        return {field.name: getattr(item, field.name)
                for field in dataclasses.fields(item)}
    if isinstance(item, (set, frozenset)):
        return sorted(item)
    raise TypeError(f"cannot write {type(item).__name__}")


def write_file(path: Path, text: str) -> None:
    """Write a whole file of text or nothing."""
    write_bytes(path, text.encode("utf-8", "surrogateescape"))


def write_bytes(path: Path, data: bytes) -> None:
    """Write a whole file or nothing: a temporary name, then a rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def write_json(path: Path, value: Any) -> None:
    """Write value as JSON, whole or not at all."""
    write_file(path, to_json(value))


def forget(folder: Path, most: int) -> None:
    """Remove the files of a cache that were not used for longest, but for some."""
    def last_used(file: Path) -> float:
        try:
            return file.stat().st_mtime
        except FileNotFoundError:
            return 0        # another run has just removed it
    kept = sorted(folder.iterdir(), key=last_used) if folder.is_dir() else []
    for old in kept[:-most]:
        old.unlink(missing_ok=True)


def read_json(path: Path) -> Any:
    """Read one JSON file that an earlier stage wrote."""
    with open(path, encoding="utf-8", errors="surrogateescape") as stream:
        return json.load(stream)
