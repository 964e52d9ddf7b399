# SPDX-License-Identifier: GPL-2.0-only
"""The campaign bvec on a small tree, whose lines say what becomes of each use.

`@read` and so on is an idiom by which a use is converted; any other word is a
disposition, with the code behind it unless it is the accessors' own.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pinlib.campaigns.bvec import idioms
from pinlib.engine import declared, found
from pinlib.engine.found import Found
from trees import lab

BVEC = lab.TREES / "bvec"
_MARK = re.compile(r"@(\w+)(?: ([a-z]+(?:-[a-z]+)+))?")


@pytest.fixture(scope="module", name="made")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Found:
    tree = lab.make(tmp_path_factory.mktemp("bvec") / "linux", None, "bvec")
    with pytest.MonkeyPatch.context() as patch:
        for file in tree.rglob("*.[ch]"):       # a mark is a comment in the way
            file.write_text(re.sub(r"[ \t]*/\* @.*?\*/", "", file.read_text()))
        lab.share_cache(patch)
        return found.find(tree, declared.load("bvec"), idioms.own)


def wanted(file: Path) -> list[tuple[int, str]]:
    """What the marks of a file say, by line and in their order."""
    marks = []
    for number, line in enumerate(file.read_text().splitlines(), 1):
        for word, code in _MARK.findall(line):
            if word in ("read", "store", "set", "init", "step"):
                marks.append((number, f"convert {word}"))
            else:
                marks.append((number, f"{word} {code or 'accessors-own'}"))
    return marks


@pytest.mark.parametrize("file", [str(path.relative_to(BVEC)) for path in
                                  sorted(BVEC.rglob("*.[ch]"))])
def test_every_use_is_what_its_line_says(made: Found, file: str) -> None:
    ops = {site: edit.operation for group in made.groups
           for site, edit in zip(group.sites, group.edits)}
    found_ = [(s.line, s.disposition, ops.get(s.id, s.code))
              for s in made.sites if s.file == file]
    assert [(line, f"{what} {how}") for line, what, how in found_] == wanted(
        BVEC / file)


def test_each_use_is_one_site_and_each_converted_one_edit(made: Found) -> None:
    assert len(made.sites) == len(made.tokens) == len({s.id for s in made.sites})
    converted = {s.id for s in made.sites if s.disposition == "convert"}
    assert converted == {site for group in made.groups for site in group.sites}
    assert len(converted) == sum(len(group.edits) for group in made.groups)
    assert all(s.group == f"bvec:{s.file}" and s.rule and s.rule.startswith(
        "cocci/campaigns/bvec/") for s in made.sites if s.id in converted)


def test_an_edit_has_what_its_rule_is_given(made: Found) -> None:
    edits = {e.operation: e for g in made.groups for e in g.edits}
    assert {op: edit.field("new") for op, edit in edits.items()} == {
        "read": "bvec_page", "store": "bvec_store_page", "set": "bvec_set_page",
        "init": "BVEC_INIT", "step": "bvec_store_page"}
    assert {edit.token for edit in edits.values()} == {"bv_page"}


def test_an_id_names_the_campaign_and_no_line(made: Found) -> None:
    first = next(s for s in made.sites if s.file.endswith("reads.c"))
    assert first.id == ("bvec:drivers/vec/reads.c:of_each_form:bv_page:"
                        "one.bv_page#1")
    second = [s for s in made.sites if s.function == "of_each_form"
              and s.id.endswith("one.bv_page#2")]
    assert [s.line for s in second] == [33]


def test_what_is_left_to_a_person_names_its_line(made: Found) -> None:
    for site in made.sites:
        if site.disposition == "manual":
            assert site.blocked_by and site.blocked_by.startswith(f"{site.file}:")
            assert re.fullmatch(r"[A-Z].*\.", site.reason)


def test_what_goes_on_naming_the_member_is_known(made: Found) -> None:
    assert "include/linux/bvec.h" in made.stays()
