# SPDX-License-Identifier: GPL-2.0-only
"""The edits that a campaign declares, made by its own rules."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest

from pinlib.base.edit import declared
from pinlib.base.edit.declared import Declared
from pinlib.base.errors import RuleError
from pinlib.kernel.view import View
from pinlib.rewrite import apply, ledger
from pinlib.rewrite.ledger import LedgerMismatch
from pinlib.rewrite.rule_set import of_campaign

RULES = of_campaign("bvec")
TEXT = """\
static struct page *first(struct bio *bio)
{
\tstruct bio_vec *bv = bio->bi_io_vec;

\treturn bv->bv_page;
}
"""


def edit(text: str, file: str = "a.c", rule: str = "read", new: str = "bvec_page",
         nth: int = 0) -> Declared:
    """An edit of the nth member of a text."""
    at = -1
    for _ in range(nth + 1):
        at = text.index("bv_page", at + 1)
    return declared.declared(
        (file, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at) - 1,
         "bv_page"), rule or "rename", rule, new=new)


def made(top: Path, texts: dict[str, str],
         edits: Sequence[Declared]) -> dict[str, str]:
    """What edits make of files."""
    for file, text in texts.items():
        (top / file).write_text(text)
    return {file: data.decode() for file, data in apply.apply_each(
        View(top), "g", edits, RULES).items()}


def test_an_edit_in_a_plan() -> None:
    one = edit(TEXT)
    assert one.to_json() == {"op": "read", "file": "a.c", "line": 5, "column": 12,
                             "token": "bv_page", "new": "bvec_page"}
    assert declared.from_json(one.to_json(), {"read": "read"}) == one
    assert (one.does, one.needs, one.field("new"), one.field("old")) == (
        "read", ("read",), "bvec_page", "")
    assert edit(TEXT, rule="").needs == ()
    assert [path.name for path in RULES.needed([one])] == ["read.cocci"]
    assert set(ledger.operations(RULES.ledger)) == {*RULES.order, "rename"}


def test_each_file_by_itself(tmp_path: Path) -> None:
    """What makes x a type in one file says nothing of the next."""
    typed = "typedef struct bio_vec bv;\nbv all[4];\n" + TEXT.replace(
        "struct bio_vec *bv", "bv *x").replace("bv->", "x->")
    texts = {"a.c": typed, "b.c": TEXT, "c.h": TEXT}
    edits = [edit(texts[file], file) for file in texts]
    assert made(tmp_path, texts, edits) == {
        "a.c": typed.replace("x->bv_page", "bvec_page(x)"),
        **dict.fromkeys(("b.c", "c.h"), TEXT.replace(
            "bv->bv_page", "bvec_page(bv)"))}
    assert made(tmp_path, texts, edits[1:2]) == {
        "b.c": TEXT.replace("bv->bv_page", "bvec_page(bv)")}


def test_all_of_a_group_or_nothing(tmp_path: Path) -> None:
    wrong = dataclasses.replace(edit(TEXT, "b.c"), line=4)
    with pytest.raises(LedgerMismatch, match="b.c:4: the plan expects 'bv_page'"):
        made(tmp_path, {"a.c": TEXT, "b.c": TEXT}, [edit(TEXT), wrong])
    beyond = dataclasses.replace(edit(TEXT), line=400)
    with pytest.raises(LedgerMismatch, match="a.c:400: the plan expects"):
        made(tmp_path, {"a.c": TEXT}, [beyond])


def test_a_token_that_no_rule_can_stand_on(tmp_path: Path) -> None:
    text = "struct bio_vec {\n\tstruct page *bv_page;\t/* bv_page */\n};\n" + \
        "#define PAGE(bv) (bv)->bv_page\n" + TEXT
    edits = [edit(text, rule="", new="__page", nth=nth) for nth in (0, 2, 3)]
    assert made(tmp_path, {"a.c": text}, edits)["a.c"] == text.replace(
        "bv_page", "__page").replace("/* __page", "/* bv_page")
    with pytest.raises(RuleError, match="a.c: its places hold for one way"):
        made(tmp_path, {"a.c": text}, [*edits[:2], edit(text, nth=3)])


def test_a_mark_that_is_a_name(tmp_path: Path) -> None:
    text = TEXT.replace("bio", "q000000")
    with pytest.raises(RuleError, match="q000000 has a meaning of its own"):
        made(tmp_path, {"a.c": text}, [edit(text)])


def test_a_cast_and_a_short_body(tmp_path: Path) -> None:
    """Nothing is put between a cast and a call, and between an if and a call."""
    text = TEXT.replace("return bv", "if (bio) return (void *)bv")
    assert made(tmp_path, {"a.c": text}, [edit(text)])["a.c"] == text.replace(
        "bv->bv_page", "bvec_page(bv)")


def test_line_ends_stay(tmp_path: Path) -> None:
    text = TEXT.replace("\n", "\r\n")
    (tmp_path / "a.c").write_bytes(text.encode())
    assert apply.apply_each(View(tmp_path), "g", [edit(TEXT)], RULES) == {
        "a.c": text.replace("bv->bv_page", "bvec_page(bv)").encode()}


def test_an_object_without_an_address_is_refused(tmp_path: Path) -> None:
    text = TEXT.replace("bv->bv_page", "bio_iovec(bio).bv_page")
    with pytest.raises(LedgerMismatch, match="'object' would be read otherwise"):
        made(tmp_path, {"a.c": text}, [edit(text)])
