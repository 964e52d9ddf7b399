# SPDX-License-Identifier: GPL-2.0-only
"""The audit finds of tests/recall what docs/recall.md says, and no more.

There is a fixture in the shape of each fix of docs/recall.toml, and beside it the
same mended, of which nothing may be said. `@code` marks what is found.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import recall_table
from pinlib.audit import follow
from pinlib.decide.bugs.findings import Finding
from trees import kernels, lab

RECALL = Path(__file__).resolve().parents[1] / "recall"
MARK = re.compile(r"/\* @([\w-]+) \*/")
RESULTS = recall_table.results()


@pytest.fixture(scope="module")
def found() -> dict[str, list[Finding]]:
    """Audit each kind's fixtures as one module of Linux 6.1; by file."""
    said: dict[str, list[Finding]] = {}
    kernel = kernels.tree("6.1")
    with pytest.MonkeyPatch.context() as patch:
        lab.share_cache(patch)
        for kind in recall_table.KINDS:
            for item in follow.look(kernel, RECALL / kind, 1, "all")[1]:
                said.setdefault(f"{kind}/{item.file}", []).append(item)
    return said


@pytest.mark.parametrize("fix", recall_table.fixes(), ids=lambda f: f["name"])
def test_fixture(found: dict[str, list[Finding]],
                 fix: recall_table.Row) -> None:
    path = RECALL / fix["kind"] / f"{fix['name']}.c"
    rows = path.read_text(encoding="utf-8").split("\n")
    marks = {(number, code) for number, row in enumerate(rows, 1)
             for code in MARK.findall(row)}
    result = RESULTS[fix["name"]]
    said = {(f.line, f.code) for f in found.get(f"{fix['kind']}/{path.name}", ())}
    assert said >= marks
    assert (result["fixture"] == "found") == bool(marks)
    assert {code for _, code in marks} <= {result.get("code")}
    # Of a bug that is not found, nothing is claimed by another's words.
    assert result.get("code") in {None, *(code for _, code in said)}


@pytest.mark.parametrize("fix", recall_table.fixes(), ids=lambda f: f["name"])
def test_mended(found: dict[str, list[Finding]],
                fix: recall_table.Row) -> None:
    name = f"{fix['kind']}/{fix['name']}-fixed.c"
    assert (RECALL / name).exists() and not found.get(name)


def test_nothing_else_lies_there() -> None:
    names = {f"{fix['kind']}/{fix['name']}{end}" for fix in
             recall_table.fixes() for end in (".c", "-fixed.c")}
    assert names == {f"{p.parent.name}/{p.name}" for p in RECALL.glob("*/*.c")}
