# SPDX-License-Identifier: GPL-2.0-only
"""A patch changes no call that Coccinelle does not find, or says why it lacks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from pinlib.analysis import lost_code, second_opinion
from pinlib.analysis.whole_tree import Analysis
from pinlib.base.codes import Code
from pinlib.base.resources import COCCI
from pinlib.decide.decide import Decision
from pinlib.program.function import Function
from pinlib.rewrite import stand_ins
from pinlib.series import commits
from pinlib.spatch import runner
from trees import lab

DRIVER = """// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

int clear_NAME(unsigned long where, int count)
{
\tstruct page *held[8];
\tint got, k;

\tODD
\tgot = get_user_pages_fast(where, count, FOLL_WRITE, held);
\tif (got < 0)
\t\treturn got;
\tfor (k = 0; k < got; k++)
\t\tmemset(page_address(held[k]), 0, 4096);
\tfor (k = 0; k < got; k++) {
\t\tset_page_dirty_lock(held[k]);
\t\tput_page(held[k]);
\t}
\treturn 0;
}
"""
PLAIN = "k = 0;"
ODD = "typeof_unqual(count) most = count;"
UNREADABLE = "switch (count) { case 1: default: }"


def analysed(top: Path, monkeypatch: pytest.MonkeyPatch,
             **odd: str) -> tuple[Analysis, dict[str, Decision]]:
    """The decisions on drivers, each with one odd statement."""
    lab.share_cache(monkeypatch)
    found = lab.analyse(lab.make(top / "linux", {
        f"drivers/{name}/main.c": DRIVER.replace("NAME", name).replace(
            "ODD", text) for name, text in odd.items()}))
    return found, {name: lab.only(found, f"drivers/{name}/main.c")
                   for name in odd}


def test_what_has_a_stand_in_is_found(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, made = analysed(tmp_path, monkeypatch, plain=PLAIN, odd=ODD)
    for decision in made.values():
        assert (decision.disposition, decision.code, decision.only_read) == (
            "convert", "pin-short", [])
    # And what is found is what can be edited.
    groups = commits.make_plan(found)
    assert len(list(commits.convert(
        found.program.tree.root, tmp_path / "out", found, groups,
        None)[0].patches)) == 2


def test_a_call_that_nothing_explains_is_left(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account that does not come explains nothing."""
    monkeypatch.setattr(runner, "account", lambda path: "")
    _, made = analysed(tmp_path, monkeypatch, odd=UNREADABLE, plain=PLAIN)
    assert made["plain"].disposition == "convert"
    lacking = made["odd"]
    assert (lacking.disposition, lacking.code, lacking.blocked_by) == (
        "manual", "call-not-read", "drivers/odd/main.c:10")
    assert "does not find this call of get_user_pages_fast()" in \
        lacking.reason


def test_the_readers_word_stands_where_coccinelle_says_it_reads_nothing(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is counted; there can be no patch, which is said at once."""
    found, made = analysed(tmp_path, monkeypatch, odd=UNREADABLE)
    decision = made["odd"]
    assert decision.only_read == 2 * [lost_code.UNREADABLE]
    assert (decision.disposition, decision.code, decision.blocked_by) == (
        "manual", Code.EDITS_REFUSED, "drivers/odd/main.c:10")
    assert decision.reason.endswith(f"it stands in {lost_code.UNREADABLE}.")
    assert commits.make_plan(found) == []


def test_it_sees_the_functions_that_have_a_call(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it lacks there it is asked for once more, with all of the file."""
    other = "int beside(int count)\n{\n\treturn count + 12345;\n}\n\n"
    monkeypatch.setattr(sys.modules[__name__], "DRIVER", DRIVER.replace(
        "int clear", other + "int clear"))
    collect, seen = runner.collect, []

    def lacking(rules: str, names: list[str], files: list[Path],
                *more: Any) -> runner.Outcome:
        seen.extend(file.read_text() for file in files)
        return collect(rules, names, files, *more) if len(seen) > 1 else \
            runner.Outcome()

    monkeypatch.setattr(runner, "collect", lacking)
    _, made = analysed(tmp_path, monkeypatch, plain=PLAIN)
    assert ["12345" in text for text in seen] == [False, True]
    assert all("put_page(held[k])" in text for text in seen)
    assert [text.count("\n") for text in seen] == 2 * [DRIVER.count("\n")]
    assert made["plain"].disposition == "convert"


def test_a_release_whose_place_is_not_known_is_left(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That it is not looked for is no answer."""
    found, made = analysed(tmp_path, monkeypatch, plain=PLAIN)
    monkeypatch.setattr(Function, "position", lambda self, use: None)
    with second_opinion.asked(found.program.tree, [made["plain"]],
                              ["get_user_pages_fast"], 1,
                              tmp_path) as compare:
        compare()
    assert (made["plain"].disposition, made["plain"].code,
            made["plain"].blocked_by) == (
        "manual", "call-not-read", "drivers/plain/main.c:17")


LOSSES = """\
int in_arms(struct page *y, int n)
{
#ifdef CONFIG_X
\tif (put_page(y)) {\t\t/* nothing */
#else
\tif (put_page(y + 1)) {\t\t/* a later arm of an #if */
#endif
\t\tput_page(y + 2);\t/* nothing */
\t}
\treturn 0;
}

int in_arguments(struct page *y, int n)
{
\tEACH(n, put_page(y));\t\t/* nothing */
\tEACH(n, { put_page(y); });\t/* statements in an argument */
\tEACH(n, if (n) put_page(y));\t/* statements in an argument */
\tn = EACH(n, ({ put_page(y); 3; }));\t/* statements in an argument */
\treturn ({ put_page(y); n; });\t/* nothing */
}

int unread(struct page *y, int n)
{
\tput_page(y);\t/* code that it says it cannot read */
\tswitch (n) {
\tcase 1:
\tdefault:
\t}
\tput_page(y);\t/* code that it says it cannot read */
\treturn 0;
}

int behind(struct page *y)
{
\tput_page(y);\t\t/* nothing */
\tscoped_section(n, put_page(y))\t/* a scoped_*() block */
\t\tput_page(y);\t/* nothing */
\treturn 0;
}
"""


def test_each_loss_has_its_reason(tmp_path: Path,
                                  monkeypatch: pytest.MonkeyPatch) -> None:
    """And Coccinelle finds exactly what has none."""
    lab.share_cache(monkeypatch)
    file, copy = tmp_path / "a.c", tmp_path / "copy.c"
    file.write_text(LOSSES)
    [away] = stand_ins.find([file])
    copy.write_text(stand_ins.put(LOSSES, away))
    calls = runner.collect((COCCI / "find/release.cocci").read_text(), [],
                           [copy], 1, releases=["put_page"]).facts
    found = {fact["at"][0] for fact in calls}
    for number, line in enumerate(LOSSES.split("\n"), 1):
        if "put_page(" in line:
            wanted = line.partition("/* ")[2].partition(" */")[0]
            said = lost_code.explain(file, copy, away, number,
                                     line.index("put_page"))
            assert (said or "nothing") == wanted, line
            assert (number in found) == (wanted == "nothing"), line
