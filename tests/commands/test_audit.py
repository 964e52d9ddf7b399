# SPDX-License-Identifier: GPL-2.0-only
"""The audit on small drivers, each kind of bug with a clean twin.

tests/trees/audit holds one kind a folder. `@code` marks the line of each
finding that there must be; there must be no other.
"""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest

from pinlib.audit import follow, known, page, record
from pinlib.decide.bugs.findings import Finding
from trees import lab

FILES = sorted(str(p.relative_to(lab.TREES / "audit"))
               for p in (lab.TREES / "audit/drivers").glob("*/*.c"))
# Somebody may hold the page's lock for another reason.
CONFIDENCE = {"dirtied-unlocked": "Moderate",
              "longterm-for-a-moment": "Moderate", "one-pin-of-many": "Moderate",
              "used-after-completion": "Moderate",
              "release-chosen-late": "Moderate", "offset-left-out": "Moderate"}
MARK = re.compile(r"/\* @([\w-]+) \*/")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All the drivers in one small tree."""
    return lab.make(tmp_path_factory.mktemp("audit") / "linux", None,
                    "audit")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same for one test, in a cache of its own."""
    monkeypatch.setenv("GUP2PIN_CACHE", lab.cold_cache(tmp_path / "cache"))
    return lab.make(tmp_path / "linux", None, "audit")


@pytest.fixture(scope="module")
def audited(tree: Path) -> follow.Audit:
    """One audit of it."""
    with pytest.MonkeyPatch.context() as patch:
        lab.share_cache(patch)
        return follow.read(tree, None, 2)


@pytest.fixture(scope="module")
def found(audited: follow.Audit) -> list[Finding]:
    """What it finds."""
    return audited.found()


@pytest.mark.parametrize("file", FILES)
def test_driver(tree: Path, found: list[Finding], file: str) -> None:
    rows = (tree / file).read_text().split("\n")
    wanted = {(number, code) for number, row in enumerate(rows, 1)
              for code in MARK.findall(row)}
    assert {(f.line, f.code) for f in found if f.file == file} == wanted
    for item in found:
        if item.file == file:
            other, _, line = item.other.rpartition(":")
            assert other == file and 0 < int(line) <= len(rows)
            assert item.confidence == CONFIDENCE.get(item.code, "High")


def _one(found: list[Finding], file: str, code: str) -> Finding:
    [item] = [f for f in found if f.file == f"drivers/{file}" and f.code == code]
    return item


def _steps(item: Finding) -> list[str]:
    return [f"{step.line}: {step.text}" for step in item.steps]


def test_steps_of_a_path(found: list[Finding]) -> None:
    """From the call, by each branch that is taken, to the exit."""
    item = _one(found, "error/main.c", "leak-error")
    assert _steps(item) == [
        "10: pin_user_pages_fast() takes pins: 1", "11: ret < 0 is false",
        "14: ret is true", "15: leaves with the pages held"]
    assert (item.takes, item.drops) == ("1", "0")
    assert item.fix == "unpin_user_page(page) before this exit"


def test_steps_through_what_keeps_the_pages(found: list[Finding]) -> None:
    """Each copy of a page on the way to the release is a step."""
    item = _one(found, "mismatch/kept.c", "mismatch")
    assert _steps(item) == [
        "25: pin_user_pages_fast() takes pins: 1",
        "29: page in kept_ring() goes into struct kept_doorbell.page",
        "12: struct kept_doorbell.page goes into last in kept_free()",
        "14: put_page(last)"]
    assert item.fix == "unpin_user_page(last) in place of put_page(last)"


def test_counts_have_the_names_of_the_code(found: list[Finding]) -> None:
    item = _one(found, "short_pin/main.c", "leak-short-pin")
    assert (item.takes, item.drops, item.fix) == (
        "ret of nr asked for", "0",
        "unpin_user_pages(pages, ret) before this exit, if ret is above 0")


def test_a_count_is_advised_where_it_still_is_one(found: list[Finding]) -> None:
    fixes = {f.function: f.fix for f in found if f.code == "leak-error"
             and f.file == "drivers/error/reused.c"}
    assert fixes == {
        "reused_bad": "",
        "reused_not": "unpin_user_pages(&table[1], got) before this exit"}


def test_advice_fits_every_way_to_its_line(found: list[Finding]) -> None:
    """Nothing is advised that drops or marks pages which others have."""
    fixes = {f.function: f.fix for f in found
             if f.file.startswith("drivers/advised/")}
    assert fixes == {
        "advised_round": "", "advised_pointer": "",
        "advised_plain": "unpin_user_pages(table, got) before this exit",
        "both_drop": "", "chosen_fill": "", "stepped_fill": "",
        "always_fill": "unpin_user_pages_dirty_lock(table, got, true), where it "
                       "may sleep"}
    assert _one(found, "mismatch/both.c", "mismatch").fix == ""


def test_every_call_is_told_of(audited: follow.Audit, tmp_path: Path) -> None:
    """One is clean, or has findings, or says where it was lost."""
    record.write(tmp_path / "audit.json", "6.1", audited, known.Accepted({}))
    made = json.loads((tmp_path / "audit.json").read_text())
    ids = {f["id"] for f in made["findings"]}
    assert len(ids) == len(made["findings"]) == len(audited.found())
    assert {name for c in made["calls"] for name in c["findings"]} == ids
    text = page.render("6.1", audited, known.Accepted({}))
    clean = [c for c in made["calls"] if not c["lost"] and not c["findings"]]
    assert f" {len(clean)} calls are clean" in " ".join(text.split())
    for call in made["calls"]:
        place = f"{call['file']}:{call['line']} {call['api']}()"
        assert (place in text.partition("Not followed")[2]) == bool(call["lost"])


def test_what_is_kept_is_what_is_found(made: Path) -> None:
    """A second audit finds the same, and what was changed since."""
    before = follow.read(made, None, 1)
    assert follow.read(made, None, 1).found() == before.found()
    bad = made / "drivers/error/main.c"
    bad.write_text(bad.read_text().replace("goto out;", "return ret;", 1))
    after = follow.read(made, None, 1).found()
    new = [f for f in after if f not in before.found()]
    assert {f.code for f in new} == {"leak-error"} and len(new) >= 1


def test_what_is_accepted_is_no_finding(audited: follow.Audit,
                                        found: list[Finding]) -> None:
    item = _one(found, "error/main.c", "leak-error")
    accepted = known.Accepted({f"{item.id}#1": "On purpose.", "x a.c f#1": "Old."})
    assert accepted.others(found) == [f for f in found if f != item]
    assert accepted.of(found) == [(item, "On purpose.")]
    assert accepted.stale(found) == ["x a.c f#1"]
    text = page.render("6.1", audited, accepted)
    assert "On purpose." in text.partition("\nAccepted\n")[2]
    assert f"{len(found) - 1} findings" in " ".join(text.split())


def test_every_kind_has_a_driver(found: list[Finding]) -> None:
    assert {f.code for f in found} == {
        "mismatch", "leak-error", "leak-short-pin", "double-release",
        "release-after-move", "not-dirtied", "negative-count",
        "count-not-taken", "count-too-small", "one-pin-of-many",
        "not-longterm", "no-pages",
        "short-pin-as-full",
        "dirtied-after-put", "dirtied-unlocked", "dirtied-read-only",
        "longterm-for-a-moment", "unconditional-unpin",
        "used-after-completion", "release-chosen-late",
        "offset-left-out"}


def test_page(audited: follow.Audit, found: list[Finding]) -> None:
    """audit.txt has every finding, the surest first, in 80 columns."""
    doubtful = Finding("a.c", 3, "f", "leak-error", "Low", "a.c:1", "Why.")
    text = page.render("6.1", dataclasses.replace(audited, calls=[
        *audited.calls, follow.Call("a.c:f", "a.c", 1, "g", [doubtful], "")]),
        known.Accepted({}))
    assert max(map(len, text.split("\n"))) <= 80
    assert text.index("\nHigh\n----") < text.index("\nLow\n---")
    sure = sum(f.code not in CONFIDENCE for f in found)
    counts = f"{sure} High, {len(found) - sure} Moderate, 1 Low"
    assert counts in " ".join(text.split())
    for item in found:
        assert f"{item.file}:{item.line} {item.function}()" in text
        assert item.other in text
