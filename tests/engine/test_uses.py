# SPDX-License-Identifier: GPL-2.0-only
"""Every token of a member is of one kind, and none is lost."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from pinlib.engine import census, declared, found
from pinlib.engine.census import Token
from pinlib.engine.declared import Campaign, Idiom
from pinlib.engine.found import Found
from pinlib.engine.verdicts import Case, Verdict
from trees import lab

HEADER = """struct thing {
    long value;
};
"""
USES = """int plain(struct thing *t, struct thing u)
{
    long *p = &t->value;

    t->value = u.value;
    t->value += 2;
    --t->value;
    (u.value)++;
    *p = sizeof(t->value);
    return (t)->value;
}
struct thing made = { .value = 3 };
long at = offsetof(struct thing, value);
#define VALUE(t) ((t)->value)
#if 0
long dead(struct thing *t) { return t->value; }
#endif
/* value */
const char *said = "value";
"""
LOST = """int lost(struct thing *t)
{
    return t->value @ 3;
}
int kept(struct thing *t)
{
    return t->value;
}
"""
THINGS = dataclasses.replace(
    declared.load("bvec"), name="things", core=("include/linux/thing.h",), kept=(),
    counted=declared.Counted("value", "thing", "include/linux/thing.h"),
    idioms={name: Idiom(name, f"{name}.cocci", name, {"new": f"thing_{name}"})
            for name in ("read", "store", "step")})


def nothing(_campaign: Campaign, _cases: object) -> dict[Token, Verdict]:
    return {}


def made(folder: Path, **files: str) -> Found:
    tree = lab.make(folder / "linux", {"include/linux/thing.h": HEADER} | {
        f"drivers/{name}.c": "#include <linux/thing.h>\n" + text
        for name, text in files.items()})
    with pytest.MonkeyPatch.context() as patch:
        lab.share_cache(patch)
        return found.find(tree, THINGS, nothing)


def test_each_token_has_one_kind(tmp_path: Path) -> None:
    found_ = made(tmp_path, uses=USES)
    assert [(t.line - 1, t.kind.value) for t in found_.tokens
            if t.file == "drivers/uses.c"] == [
        (3, "address"), (5, "store"), (5, "read"), (6, "step"), (7, "step"),
        (8, "step"), (9, "read"), (10, "read"), (12, "initialiser"),
        (13, "layout"), (14, "macro"), (16, "disabled")]
    counts = census.counted(found_.tokens)
    assert counts["declaration"] == 1 and sum(counts.values()) == 13
    assert found_.counts() == {"tokens": 13, "accounted": 13}


def test_a_step_up_is_a_store_of_what_is_read(tmp_path: Path) -> None:
    steps = [e for g in made(tmp_path, uses=USES).groups for e in g.edits
             if e.operation == "step"]
    assert [e.line - 1 for e in steps] == [6, 8]


def test_a_campaign_may_know_no_idiom_for_a_use(tmp_path: Path) -> None:
    sites = {s.line - 1: s for s in made(tmp_path, uses=USES).sites
             if s.file == "drivers/uses.c"}
    assert (sites[12].disposition, sites[12].code) == ("manual", "no-form")
    assert (sites[13].disposition, sites[13].code) == ("manual", "no-form")


def test_code_that_is_not_read_costs_its_own_token(tmp_path: Path) -> None:
    found_ = made(tmp_path, lost=LOST)
    kinds = [t.kind.value for t in found_.tokens if t.file == "drivers/lost.c"]
    assert kinds == ["unread", "read"]
    assert found_.counts() == {"tokens": 3, "accounted": 2}
    assert [(r["file"], r["line"] <= 4 <= r["end"], r["tokens"])
            for r in found_.unparsed] == [("drivers/lost.c", True, 1)]
    site = next(s for s in found_.sites if s.code == "token-not-read")
    assert site.disposition == "manual" and site.blocked_by == "drivers/lost.c:4"


def test_a_member_of_another_structure_is_another(tmp_path: Path) -> None:
    found_ = made(tmp_path, other="struct own { int value; };\n"
                  "int f(struct own *o) { return o->value; }\n"
                  "int g(struct thing *t) { return t->value; }\n"
                  "int h(void) { return what()->value; }\n")
    assert [(s.disposition.value, s.code.value) for s in found_.sites
            if s.file == "drivers/other.c"] == [
        ("keep", "other-type"), ("keep", "other-type"), ("convert", "accessor"),
        ("manual", "type-unknown")]


def test_what_a_campaign_says_itself_comes_first(tmp_path: Path) -> None:
    tree = lab.make(tmp_path / "linux", {
        "include/linux/thing.h": HEADER,
        "drivers/a.c": "int f(struct thing *t) { return t->value; }\n"})

    def own(_campaign: Campaign, cases: object) -> dict[Token, Verdict]:
        assert isinstance(cases, list)
        return {case.token: Verdict("keep", "only-read", "Mine.")  # type: ignore
                for case in cases if isinstance(case, Case)}
    with pytest.MonkeyPatch.context() as patch:
        lab.share_cache(patch)
        sites = found.find(tree, THINGS, own).sites
    assert [(s.file, s.reason) for s in sites if s.code == "only-read"] == [
        ("drivers/a.c", "Mine.")]
