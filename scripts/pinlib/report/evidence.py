# SPDX-License-Identifier: GPL-2.0-only
"""Read the proofs of earlier runs from evidence.json, by tree id."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pinlib.base.errors import UsageError
from pinlib.base.files import read_json

Evidence = dict[str, dict[str, Any]]


def read_evidence(path: Path) -> Evidence:
    """Read the evidence of earlier runs, or say which entry is invalid."""
    again = "; remove the file, and it is made again"
    try:
        found = read_json(path)
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise UsageError(f"{path}: not evidence: {error}{again}") from error
    if not isinstance(found, dict):
        raise UsageError(f"{path}: not evidence: it wants an object{again}")
    for tree, entry in found.items():
        wrong = _not_evidence(tree, entry)
        if wrong:
            raise UsageError(f"{path}: entry {tree}: {wrong}{again}")
    return found


def _not_evidence(tree: str, entry: Any) -> str:
    """Return what is wrong with one entry, or ""."""
    if not re.fullmatch(r"[0-9a-f]{40}", tree):
        return "it is not named by a tree id"
    if not isinstance(entry, dict):
        return "it is not an object"
    mine = entry.get("mails", {})
    if not isinstance(mine, dict) or not all(
            isinstance(m, dict) and {"mail", "apply", "checkpatch"} <= set(m)
            for m in mine.values()):
        return "mails is of a wrong kind"
    known = {"apply", "checkpatch", "compile", "link", "sparse"}
    built = {"compile", "link", "sparse"} if "key" in entry else set()
    for name in sorted(known & set(entry) | built):
        part = entry.get(name)
        items = part if isinstance(part, list) else [part]
        if (name == "compile") != isinstance(part, list) or not all(
                isinstance(item, dict) and item.get("result") in (
                    "pass", "fail", "SKIPPED") for item in items):
            return f"{name} is missing or of a wrong kind"
    return ""
