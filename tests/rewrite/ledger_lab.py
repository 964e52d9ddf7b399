# SPDX-License-Identifier: GPL-2.0-only
"""The ledger, asked about small texts with rules of their own."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from pinlib.base import host_program
from pinlib.kernel.kernel_tree import cache_folder
from pinlib.rewrite import ledger

# An old text, a new one, and edits: each its fields.
Case = tuple[str, str, list[dict[str, str]]]


def program() -> Path:
    """The program as gup2pin itself runs it."""
    return host_program.build("ledger", ledger.SOURCES, cache_folder()).path


def plan_of(edits: Sequence[dict[str, str]]) -> bytes:
    """A plan as the program reads it."""
    return "".join("".join(f"{name}\0{value}\0" for name, value
                           in edit.items()) + "\0"
                   for edit in edits).encode("latin-1")


def record(case: Case) -> bytes:
    """One check as the program reads it."""
    old, new, edits = case
    parts = [old.encode("latin-1"), new.encode("latin-1"), plan_of(edits)]
    return b"check %d %d %d\n" % tuple(map(len, parts)) + b"".join(parts)


def run(rules: Path, text: bytes, binary: Path | None = None,
        ) -> subprocess.CompletedProcess[bytes]:
    """Run the program on what stands on its input."""
    return subprocess.run([binary or program(), rules], input=text,
                          capture_output=True, check=False, timeout=120)


def ask(rules: Path, *cases: Case) -> list[str]:
    """The answers, one for each case."""
    done = run(rules, b"".join(map(record, cases)))
    assert not done.stderr
    answers = done.stdout.decode("latin-1").splitlines()
    assert done.returncode == any(a != "yes" for a in answers)
    assert len(answers) == len(cases)
    return answers


def edit_at(old: str, token: str, nth: int = 0, op: str = "change",
            **fields: str) -> dict[str, str]:
    """An edit of the nth place where a token stands."""
    at = -1
    for _ in range(nth + 1):
        at = old.index(token, at + 1)
    return {"op": op, "line": str(old.count("\n", 0, at) + 1),
            "column": str(at - old.rfind("\n", 0, at) - 1), "token": token,
            **fields}


def rules_text(lines: Sequence[str]) -> str:
    """Rules with these lines behind the version."""
    return "ledger 1\n" + "\n".join(lines) + "\n"


def rules_of(folder: Path, lines: Sequence[str]) -> Path:
    """A file of such rules."""
    path = folder / "rules.txt"
    path.write_text(rules_text(lines))
    return path
