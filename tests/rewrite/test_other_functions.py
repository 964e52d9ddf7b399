# SPDX-License-Identifier: GPL-2.0-only
"""Coccinelle sees the functions that it edits, and its answers are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pinlib.base import own_digest
from pinlib.base.edits import Edit, from_json
from pinlib.base.errors import RuleError
from pinlib.kernel.view import View
from pinlib.rewrite import apply
from trees import lab

OTHERS = """\
static inline int more(struct page *p)
{
\tif (!p)
\t\treturn 0;
\treturn page_count(p);
}

static void named(struct page *p)
{
\tdebug("%p", p);
\tput_page(p);
}

static int arms(struct page *p)
{
#ifdef CONFIG_X
\tmark(p);
#endif
\treturn 1;
}
"""
EDITED = """\

static void drop(struct page *p, unsigned int n)
{
\tstruct page **all = p;
\tunsigned int i;

\tfor (i = 0; i < n; i++)
\t\tput_page(all[i]);
}
"""
SOURCE = OTHERS + EDITED


@pytest.fixture(autouse=True)
def cold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer is kept yet, and none stays."""
    monkeypatch.setenv("GUP2PIN_CACHE", lab.cold_cache(tmp_path / "cache"))


def unpin(text: str, what: str = "put_page(all", **more: Any) -> Edit:
    """The edit of a release in a text."""
    at = text.index(what)
    return from_json({
        "op": "unpin", "file": "a.c", "line": text.count("\n", 0, at) + 1,
        "column": at - text.rfind("\n", 0, at) - 1, "token": "put_page",
        "count": "n", **more})


class Runs:
    """What Coccinelle was given, each time that it was run."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fails: int = 0) -> None:
        self.given: list[str] = []
        real = apply.run_spatch

        def run(work: Path, files: list[str], group: str, timeout: int) -> None:
            self.given += [Path(file).read_text() for file in files]
            if len(self.given) <= fails:
                raise RuleError("not read")
            real(work, files, group, timeout)
        monkeypatch.setattr(apply, "run_spatch", run)


def applied(top: Path, text: str, *edits: Edit) -> str:
    """What edits make of a file."""
    (top / "a.c").write_text(text)
    return apply.apply_group(View(top), "g", edits or [unpin(text)])[
        "a.c"].decode()


def test_other_bodies_are_left_out_and_come_back(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """But not one that names what is edited, or that has a directive."""
    runs = Runs(monkeypatch)
    made = applied(tmp_path, SOURCE)
    assert made.startswith(OTHERS)
    assert made.endswith("\tstruct page **all = p;\n\n"
                         "\tunpin_user_pages(all, n);\n}\n")
    [given] = runs.given
    assert "static inline int more(struct page *p)\n{\n\t/*" in given
    assert "page_count" not in given and "return 0" not in given
    assert given[given.index("static void named"):] == \
        SOURCE[SOURCE.index("static void named"):]
    assert [len(line) for line in given.split("\n")] == [
        len(line) for line in SOURCE.split("\n")]


def test_a_failure_is_tried_with_all_of_the_file(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = applied(tmp_path, SOURCE + "\n")
    runs = Runs(monkeypatch, fails=1)
    assert applied(tmp_path, SOURCE) + "\n" == alone
    assert "page_count" not in runs.given[0]
    assert runs.given[1:] == [SOURCE]


def test_what_fails_both_ways_is_refused(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs(monkeypatch, fails=2)
    with pytest.raises(RuleError, match="not read"):
        applied(tmp_path, SOURCE)
    assert len(runs.given) == 2


def test_an_answer_is_kept(tmp_path: Path,
                           monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs(monkeypatch)
    first = applied(tmp_path, SOURCE)
    assert applied(tmp_path, SOURCE) == first
    assert len(runs.given) == 1


@pytest.mark.parametrize("what", ["edited", "other", "plan", "tool", "spatch"])
def test_a_kept_answer_is_for_the_very_same_question(
        what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text that Coccinelle does not see is asked by the rules' Python."""
    applied(tmp_path, SOURCE)
    runs = Runs(monkeypatch)
    text = {"edited": SOURCE.replace("struct page **all = p;",
                                     "struct page **all = q;"),
            "other": SOURCE.replace("page_count", "page_mapped")}.get(
                what, SOURCE)
    edit = unpin(text, lacks="unpin_user_pages") if what == "plan" \
        else unpin(text)
    if what in ("tool", "spatch"):
        monkeypatch.setattr(own_digest, {
            "tool": "digest", "spatch": "spatch"}[what], lambda: "another")
    made = applied(tmp_path, text, edit)
    assert len(runs.given) == 1
    assert ("unpin_user_page(all[i])" in made) == (what == "plan")
    assert ("page_mapped" in made) == (what == "other")


def test_an_answer_that_was_refused_is_not_kept(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(work: Path, files: list[str], group: str, timeout: int) -> None:
        """Leave the files as they are."""

    with monkeypatch.context() as patch, pytest.raises(RuleError):
        patch.setattr(apply, "run_spatch", nothing)
        applied(tmp_path, SOURCE)
    assert "unpin_user_pages(all, n)" in applied(tmp_path, SOURCE)


def test_a_kept_answer_is_held_against_the_plan(tmp_path: Path) -> None:
    """The ledger is asked about it as about any other."""
    applied(tmp_path, SOURCE)
    [kept] = (tmp_path / "cache" / "edits").iterdir()
    kept.write_text(kept.read_text().replace("static void drop",
                                             "static int drop"))
    assert applied(tmp_path, SOURCE).count("static void drop") == 1


def test_only_the_loop_that_is_there_is_asked_for(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = []
    real = apply.run_spatch

    def run(work: Path, files: list[str], group: str, timeout: int) -> None:
        rules.append((work / "rules.cocci").read_text())
        real(work, files, group, timeout)
    monkeypatch.setattr(apply, "run_spatch", run)
    dirty = SOURCE.replace("\t\tput_page(all[i]);\n", """\
\t{
\t\tset_page_dirty_lock(all[i]);
\t\tput_page(all[i]);
\t}
""")
    assert "unpin_user_pages(all, n)" in applied(tmp_path, SOURCE)
    assert "unpin_user_pages_dirty_lock(all, n, true)" in applied(
        tmp_path, dirty)
    assert ["@loop_counted@" in r for r in rules] == [True, False]
    assert ["@dirty_loop_counted@" in r for r in rules] == [False, True]
