# SPDX-License-Identifier: GPL-2.0-only
"""What the script rules of cocci/find print, and where they look.

Runs inside spatch's own Python. The query (a JSON file that the environment
names) maps each source file to the line ranges that facts are wanted from:
asking for a whole large file costs a hundred times more. Every run ends with
a count of the facts it printed, so that a lost line cannot pass unseen.
"""

from __future__ import annotations

import functools
import json
import os
from typing import Any


@functools.lru_cache(maxsize=None)
def _query() -> dict[str, Any]:
    with open(os.environ["GUP2PIN_QUERY"], encoding="latin-1") as stream:
        loaded: dict[str, Any] = json.load(stream)
        return loaded


def wanted(positions: Any) -> bool:
    """True when a match lies in a line range that the query asks for."""
    spans = _query()["spans"]
    return any(low <= int(p.line) <= high
               for p in positions for low, high in spans.get(p.file, ()))


def named(identifier: Any) -> bool:
    """True for a function that the query names."""
    return str(identifier) in _query()["names"]


@functools.lru_cache(maxsize=None)
def _counts() -> dict[str, int]:
    return {}


def finish() -> None:
    """Print how many facts were printed for each file."""
    print(json.dumps({"kind": "end", "counts": _counts()}, sort_keys=True))


def emit(kind: str, positions: Any, **fields: Any) -> None:
    """Print one fact a position, as one JSON object a line."""
    counts = _counts()
    for p in positions:
        fact = {"kind": kind, "file": p.file, "fn": p.current_element,
                "at": [int(p.line), int(p.column),
                       int(p.line_end), int(p.column_end)], **fields}
        counts[p.file] = counts.get(p.file, 0) + 1
        print(json.dumps(fact, sort_keys=True))
