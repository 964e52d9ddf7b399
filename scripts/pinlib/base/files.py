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
    def plain(item: Any) -> Any:
        if dataclasses.is_dataclass(item) and not isinstance(item, type):
            return dataclasses.asdict(item)
        if isinstance(item, (set, frozenset)):
            return sorted(item)
        raise TypeError(f"cannot write {type(item).__name__}")
    return json.dumps(value, default=plain, indent=1, ensure_ascii=False) + "\n"


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


def read_json(path: Path) -> Any:
    """Read one JSON file that an earlier stage wrote."""
    with open(path, encoding="utf-8", errors="surrogateescape") as stream:
        return json.load(stream)
