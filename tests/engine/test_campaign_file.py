# SPDX-License-Identifier: GPL-2.0-only
"""What a campaign declares, and what is refused of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.base.codes import Code
from pinlib.base.errors import UsageError
from pinlib.engine import declared

GOOD = """
name = "mine"
title = "Something behind an accessor"
[counted]
member = "value"
struct = "thing"
header = "include/linux/thing.h"
[core]
files = ["include/linux/thing.h"]
[idioms.read]
rule = "cocci/campaigns/mine/read.cocci"
op = "read"
new = "thing_value"
[[kept]]
type = "other_t"
code = "other-type"
reason = "It is another."
[series]
order = ["accessors", "subsystems"]
[words]
accessors = "thing: add accessors"
plan = "Others come on top of it."
subject = "use accessors"
why = "It is hidden."
"""
WRONG = {
    "not TOML at all": ("name =", "not TOML"),
    "another name than the file's": (
        GOOD.replace('"mine"', '"yours"'), "name: 'yours' is not the file's name"),
    "a key that nobody reads": (
        GOOD + "[counting]\n", "counting: no such key; there are name, title"),
    "a key of a table that nobody reads": (
        GOOD.replace("struct =", "type ="), "counted.type: no such key"),
    "a key that is missing": (
        GOOD.replace('member = "value"', ""), "counted.member: is missing"),
    "a table that is missing": (
        GOOD.replace("[core]", "").replace('files = ["include/linux/thing.h"]', ""),
        "core: is missing"),
    "a number": (GOOD.replace('"thing_value"', "3"),
                 "idioms.read.new: wants a text that is not empty"),
    "an empty text": (GOOD.replace('"Something behind an accessor"', '""'),
                      "title: wants a text that is not empty"),
    "an idiom without a rule": (
        GOOD.replace('rule = "cocci/campaigns/mine/read.cocci"', ""),
        "idioms.read.rule: is missing"),
    "a text for a list": (
        GOOD.replace('["include/linux/thing.h"]', '"a.h"'),
        "core.files: wants texts, at least one"),
    "a code that is none": (
        GOOD.replace('"other-type"', '"no-such"'),
        "kept 1.code: no such code: no-such"),
    "kept for nothing": (GOOD.replace('type = "other_t"', ""),
                         "kept 1: wants either type or asks"),
    "kept for a question that is none": (
        GOOD.replace('type = "other_t"', 'asks = "size"'),
        "kept 1.asks: 'size' is none of layout"),
    "one table that is kept": (GOOD.replace("[[kept]]", "[kept]"),
                               "kept: wants tables, [[kept]]"),
    "a step that is none": (
        GOOD.replace('"subsystems"]', '"folders"]'),
        "series.order: 'folders' is none of accessors, subsystems, rename"),
}


def write(folder: Path, text: str) -> Path:
    (folder / "mine.toml").write_text(text)
    return folder


def test_what_is_declared_is_read(tmp_path: Path) -> None:
    made = declared.load("mine", write(tmp_path, GOOD))
    assert made.counted == declared.Counted(
        "value", "thing", "include/linux/thing.h")
    assert made.idioms["read"].fields == {"new": "thing_value"}
    kept = made.of_type("other_t")
    assert kept is not None and kept.code == Code.OTHER_TYPE
    assert made.other_types == {"other_t"}
    assert made.of_type("third_t") is None and made.asking("layout") is None
    assert made.rename is None


@pytest.mark.parametrize("text, said", WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_refused_by_file_and_key(tmp_path: Path, text: str,
                                                  said: str) -> None:
    with pytest.raises(UsageError) as error:
        declared.load("mine", write(tmp_path, text))
    assert str(error.value).startswith(f"{tmp_path / 'mine.toml'}: {said}")


def test_a_campaign_that_is_none_is_refused_with_those_there_are(
        tmp_path: Path) -> None:
    for name in ("yours", "pins", "../mine"):
        with pytest.raises(UsageError, match="no such campaign; there are "
                           "pins, mine$"):
            declared.load(name, write(tmp_path, GOOD))


@pytest.mark.parametrize("name", declared.names()[1:])
def test_those_of_the_tool_are_well_formed(name: str) -> None:
    made = declared.load(name)
    assert made.name == name and made.order[0] == "accessors"
    assert all(idiom.rule.startswith(f"cocci/campaigns/{name}/")
               for idiom in made.idioms.values())
