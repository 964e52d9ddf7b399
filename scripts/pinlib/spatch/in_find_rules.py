# SPDX-License-Identifier: GPL-2.0-only
"""What the script rules of cocci/find print.

Runs inside spatch's own Python. The query (a JSON file that the environment
names) lists the functions whose calls are asked for: those that take pages,
and those that drop them. Every run ends with a count of the facts it printed,
so that a lost line cannot pass unseen.
"""

from __future__ import annotations

import functools
import json
import os
from typing import Any


@functools.lru_cache(maxsize=None)
def _query() -> dict[str, Any]:
    with open(os.environ["GUP2PIN_QUERY"], encoding="ascii") as stream:
        loaded: dict[str, Any] = json.load(stream)
        return loaded


def named(identifier: Any) -> bool:
    """Return true for a function that the query names."""
    return str(identifier) in _query()["names"]


def drops(identifier: Any) -> bool:
    """Return true for a function that the query names as a release."""
    return str(identifier) in _query()["releases"]


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
