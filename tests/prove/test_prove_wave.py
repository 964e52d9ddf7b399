# SPDX-License-Identifier: GPL-2.0-only
"""Patches judged one by one although they are compiled together."""

from __future__ import annotations

import dataclasses
import types
from pathlib import Path
from typing import Any, cast

import pytest
from pinlib.base.records import Patch
from pinlib.build.configs import Flavour, default_flavours
from pinlib.build.objects import BuildState, Record
from pinlib.prove.affected import Scope, State
from pinlib.prove.assign import assign, conflict_free, merge_verdicts, tally
from pinlib.prove.stage import Stage
from pinlib.prove.wave import Step, Verdict, checked, compiled, foreign

STAGE = cast(Stage, cast(Any, types.SimpleNamespace(
    base=types.SimpleNamespace(flavour=default_flavours()[0]))))


def record(state: str = "built", **more: Any) -> Record:
    return Record("a/b.o", state, **more)


def step(slug: str, number: int, after: State,
         before: State | None = None) -> Step:
    patch = Patch("convert", slug, slug, [], [], [], [], "", "t", "p", "c")
    return Step(slug, number, patch, before or {}, after, Scope([], []))


@pytest.mark.parametrize("before,after,result,why", [
    (record(), record(), "pass", ""),
    (record("absent"), record(), "pass", ""),
    (record(), record(compiler=["a/b.c: warning: w"]), "fail", "new compiler"),
    (record(compiler=["w"]), record(compiler=["w"]), "pass", ""),
    (record(), record("failed", compiler=["a/b.c: error: e"], log="L"),
     "fail", "a/b.c: error: e"),
    (record("failed"), record("failed"), "SKIPPED", "before the patch"),
    (record(), record("absent"), "fail", "no longer built"),
    (record("absent"), record("absent"), "SKIPPED", "not built"),
])
def test_compile_verdicts(before: Record, after: Record, result: str,
                          why: str) -> None:
    found = compiled(STAGE, before, after)
    assert found["result"] == result
    assert why in found.get("reason", "")
    assert found["command"] == "make ARCH=x86_64 a/b.o"


def test_sparse_verdicts() -> None:
    old = {"a/b.o": record(sparse=["a", "b"])}
    same = checked(STAGE, old, {"a/b.o": record(sparse=["b"])})
    assert (same["result"], same["before"], same["after"]) == ("pass", 2, 1)
    worse = checked(STAGE, old, {"a/b.o": record(sparse=["a", "b", "a"])})
    assert worse["result"] == "fail" and worse["new"] == ["a"]
    none = checked(STAGE, old, {"a/b.o": record(sparse=None)})
    assert none["result"] == "SKIPPED" and "not installed" in none["reason"]
    nommu = next(f for f in default_flavours() if not f.sparse)
    other = checked(cast(Stage, cast(Any, types.SimpleNamespace(
        base=types.SimpleNamespace(flavour=nommu)))), old, {
            "a/b.o": record(sparse=None)})
    assert other["result"] == "SKIPPED" and "options" in other["reason"]
    unbuilt = checked(STAGE, old, {"a/b.o": record("failed")})
    assert unbuilt["result"] == "SKIPPED"


def test_files_of_other_series_are_seen() -> None:
    seen = record(deps={"include/x.h": "", "a/b.c": ""})
    own: State = {"a/b.c": b"1"}
    assert not foreign(seen, {"a/b.c": b"1", "c/d.c": b"2"}, own)
    assert foreign(seen, {"a/b.c": b"1", "include/x.h": b"2"}, own)
    assert foreign(seen, {"a/b.c": b"other"}, own)
    assert foreign(seen, {"a/b.c": b"1", "a/Makefile": b"2"}, own)
    assert foreign(seen, {"a/b.c": b"1", "z/Kconfig": b"2"}, own)
    assert not foreign(seen, {"a/b.c": b"1", "z/Makefile": b"2"}, own)


def test_series_that_disagree_go_apart() -> None:
    shared: State = {"lib/x.c": b"same"}
    one = step("one", 0, {**shared, "a.c": b"1"})
    two = step("two", 0, {**shared, "b.c": b"1"})
    other = step("other", 0, {"lib/x.c": b"else"})
    later = step("one", 1, {**shared, "a.c": b"2"}, one.after)
    groups = conflict_free([one, later, two, other])
    assert groups == [[one, later, two], [other]]


def test_a_header_of_all_the_kernel_goes_apart(tmp_path: Path) -> None:
    (tmp_path / "include/linux").mkdir(parents=True)
    (tmp_path / "include/linux/x.h").write_text("")
    header = step("one", 0, {"include/linux/x.h": b"1"})
    new = step("two", 0, {"include/linux/new.h": b"1"})
    own = step("three", 0, {"drivers/a/x.h": b"1"})
    assert conflict_free([header, new, own], tmp_path) == [[header], [new, own]]
    assert conflict_free([header, new, own]) == [[header, new, own]]


def test_verdicts_of_configurations_are_joined() -> None:
    ok = {"command": "c1", "seconds": 1.0, "result": "pass", "before": 1,
          "after": 1, "new": []}
    bad = {"command": "c2", "seconds": 2.0, "result": "fail", "before": 1,
           "after": 2, "new": ["n"], "reason": "1 new: n"}
    link = {"command": "nm", "seconds": 0.0, "result": "pass", "symbols": []}
    one = step("s", 0, {})
    one.unbuilt = {"ia64.o": "no compiler"}
    one.scope = Scope([], [], 7, "a common word")
    merged = merge_verdicts(one, [Verdict([], link, ok),
                                  Verdict([], link, bad)])
    assert merged["sparse"] == {
        "command": "c1; c2", "seconds": 3.0, "result": "fail", "new": ["n"],
        "before": 2, "after": 3, "reason": "1 new: n"}
    assert [c["reason"] for c in merged["compile"]] == ["no compiler",
                                                        "a common word"]
    nothing = merge_verdicts(one, [])
    assert nothing["link"]["result"] == "SKIPPED"


def test_tally_counts_and_names_failures() -> None:
    counts, failures = tally(
        {"t": {"apply": {"result": "pass"},
               "compile": [{"result": "fail", "object": "a.o",
                            "reason": "why"}, {"result": "SKIPPED"}]}},
        {"t": "slug/1: subject"})
    assert counts["compile"] == {"pass": 0, "fail": 1, "SKIPPED": 1}
    assert counts["apply"]["pass"] == 1
    assert failures == ["slug/1: subject: compile failed: a.o: why"]


@dataclasses.dataclass
class BuiltBase:
    """A configuration in which every object is built."""

    flavour: Flavour

    def records(self, objects: set[str]) -> dict[str, Record]:
        return {name: Record(name, BuildState.BUILT) for name in objects}


@pytest.mark.parametrize("has", [True, False])
def test_a_patch_may_ask_for_a_configuration_besides(tmp_path: Path,
                                                     has: bool) -> None:
    """A tree may not have it; that is said, and stops nothing."""
    usual = Flavour("usual", "x86_64", "", "allmodconfig", None, None)
    other = Flavour("nommu", "riscv", "", "nommu_virt_defconfig", None, None, True)
    (tmp_path / "mm").mkdir()
    (tmp_path / "mm/gup.c").write_text("")
    if has:
        configs = tmp_path / "arch/riscv/configs"
        configs.mkdir(parents=True)
        (configs / other.goal).write_text("")
    patches = [Patch("overlay", "g", "s", [], ["mm/gup.c"], [], [], "", "t",
                     "p", "c", also_in=name) for name in ("nommu", "")]
    asking, plain = [Step("s", 0, patch, {}, {}, Scope(["mm/gup.o"], []))
                     for patch in patches]
    bases = assign(tmp_path, [usual, other], [asking, plain],
                   lambda flavour: BuiltBase(flavour))
    assert plain.objects == {"usual": ["mm/gup.o"]} and not plain.unbuilt
    assert asking.objects["usual"] == ["mm/gup.o"]
    assert asking.objects.get("nommu") == (["mm/gup.o"] if has else None)
    assert asking.unbuilt == ({} if has else {
        "mm/gup.o (nommu)": "riscv nommu_virt_defconfig: the tree does not "
        "have it"})
    assert sorted(bases) == (["nommu", "usual"] if has else ["usual"])
