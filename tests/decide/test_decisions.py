# SPDX-License-Identifier: GPL-2.0-only
"""The file of reviewed answers: what is refused, and what is used."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from pinlib.base.errors import UsageError
from pinlib.decide import reviewed_answers
from pinlib.flow.call_sites import CallSite
from pinlib.series import commits
from trees import lab

SITE = ("drivers/same_entry/main.c:same_take:get_user_pages_fast:"
        "get_user_pages_fast(addr,1,FOLL_WRITE,&ctx->page)#1")
GOOD = {"kernel": "6.1", "site": SITE, "question": "longterm",
        "answer": "long", "reason": "Kept until the second ioctl.",
        "who": "A. Reader", "when": "2026-01-02"}


def entry(**changes: str | None) -> str:
    """One entry as TOML; a value of None leaves the key out."""
    fields = {**GOOD, **changes}
    return "[[decision]]\n" + "".join(
        f'{k} = "{v}"\n' for k, v in fields.items() if v is not None)


def load(tmp_path: Path, text: str,
         version: str = "6.1.99") -> reviewed_answers.Decisions:
    """What the file says for a kernel."""
    path = tmp_path / "decisions.toml"
    path.write_text(text)
    return reviewed_answers.load(path, version)


def named(site: str) -> CallSite:
    """A call site of which no more than the id is asked for."""
    return cast(CallSite, SimpleNamespace(id=site))


def test_no_file_no_answers() -> None:
    assert reviewed_answers.load(None, "6.1").answer(
        named(SITE), "longterm") is None


@pytest.mark.parametrize("text, words", [
    (entry() + entry(question="harmless"), ["entry 2", "harmless"]),
    (entry(answer="forever"), ["entry 1", "long or short"]),
    (entry(who=None), ["entry 1", "who"]),
    (entry(reason=""), ["entry 1", "reason"]),
    (entry(extra="x"), ["entry 1"]),
    (entry().replace('"6.1"', "6.1"), ["entry 1"]),
    ("decision = 3\n", ["[[decision]]"]),
    ("[[answer]]\n", ["[[decision]]"]),
    ("decision = [1]\n", ["entry 1"]),
    ("[[decision]\n", ["line 1"]),
    (entry(site="\\q"), ["line 3"])])
def test_a_bad_entry_is_named(tmp_path: Path, text: str,
                              words: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}/decisions.toml: ")
    assert "\n" not in message
    for word in words:
        assert word in message


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        reviewed_answers.load(tmp_path / "none.toml", "6.1")
    with pytest.raises(UsageError, match="directory"):
        reviewed_answers.load(tmp_path, "6.1")
    (tmp_path / "decisions.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="decisions.toml"):
        reviewed_answers.load(tmp_path / "decisions.toml", "6.1")


@pytest.mark.parametrize("kernel, version, applies", [
    ("6.1", "6.1.99", True), ("6.1", "6.1", True), ("6.1.99", "6.1.99", True),
    ("6.1", "6.12.3", False), ("6.1.9", "6.1.99", False)])
def test_entries_of_another_kernel(tmp_path: Path, kernel: str, version: str,
                                   applies: bool) -> None:
    found = load(tmp_path, entry(kernel=kernel), version)
    assert (found.answer(named(SITE), "longterm") is not None) == applies


def test_two_answers_to_one_question(tmp_path: Path) -> None:
    # The later one must not win in silence.
    with pytest.raises(UsageError, match="entry 2"):
        load(tmp_path, entry() + entry(answer="short"))
    with pytest.raises(UsageError, match="answered twice"):
        load(tmp_path, entry() + entry(kernel="6.1.99"))
    # For two kernels, two answers: only one of them ever applies.
    load(tmp_path, entry() + entry(kernel="6.12", answer="short"))
    # For two pieces of code as well.
    load(tmp_path, entry(code="a") + entry(code="b", answer="short"))
    with pytest.raises(UsageError, match="answered twice for this code"):
        load(tmp_path, entry(code="a") + entry(kernel="6.12", code="a"))


def test_what_was_used_is_listed(tmp_path: Path) -> None:
    found = load(tmp_path, entry() + entry(site="other"))
    assert not found.used()
    found.answer(named(SITE), "longterm")
    assert [a.site for a in found.used()] == [SITE]
    with pytest.raises(UsageError, match="no call site has the id other"):
        found.check({SITE})
    found.check({SITE, "other"})


@pytest.mark.parametrize("answer, longterm, code, case", [
    ("long", True, "pin-longterm", 2), ("short", False, "pin-short", 1)])
def test_an_answer_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                           answer: str, longterm: bool, code: str,
                           case: int) -> None:
    # Structure leaves it open (see test_analysis): the answer settles it,
    # and is quoted with its author.
    lab.share_cache(monkeypatch)
    tree = lab.make(tmp_path / "linux", None, "idioms")
    path = tmp_path / "decisions.toml"
    path.write_text(entry(answer=answer))
    found = lab.analyse(tree, path)
    decision = lab.only(found, "drivers/same_entry/main.c")
    assert (decision.disposition, decision.code) == ("convert", code)
    assert (decision.longterm, decision.case) == (longterm, case)
    assert decision.reviewed
    assert "A. Reader" in decision.reviewed.said()
    assert decision.reviewed.said().endswith(GOOD["reason"])
    assert [a.site for a in found.answers.used()] == [SITE]


MAIN = "drivers/same_entry/main.c"


@pytest.mark.parametrize("same", [True, False])
def test_until_when_pages_are_held_is_said_of_the_code_that_was_read(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, same: bool) -> None:
    # It decides nothing: how long stays open beside it, or is answered.
    lab.share_cache(monkeypatch)
    tree = lab.make(tmp_path / "linux", None, "idioms")
    site = lab.only(lab.analyse(tree), MAIN).site
    code = reviewed_answers.code_of(site, "stated") if same else "0" * 16
    path = tmp_path / "decisions.toml"
    path.write_text(entry(question="until", answer="stated", code=code,
                          reason="It is held until it is read."))
    assert lab.only(lab.analyse(tree, path), MAIN).disposition == "manual"
    path.write_text(path.read_text() + entry())
    found = lab.analyse(tree, path)
    group, = [g for g in commits.make_plan(found) if g.decisions == [
        lab.only(found, MAIN)]]
    assert group.facts == ["It is held until it is read."] * same + [
        GOOD["reason"]]
    assert [a.question for a in found.answers.used()] == [
        "longterm"] + ["until"] * same


@pytest.mark.parametrize("answer, old, new, holds", [
    ("long", "", "", True), ("short", "", "", True),
    # Comments and blanks say nothing.
    ("long", "ctx->dma =", "/* A remark. */\n\n\tctx->dma  =", True),
    # The function that takes the page, the one that releases it, another.
    ("long", "-EFAULT", "-ENOMEM", False),
    ("long", "put_page(ctx->page);", "put_page(ctx->page); mb();", False),
    ("long", "-EINVAL", "-ENOTTY", True),
    ("short", "put_page(ctx->page);", "put_page(ctx->page); mb();", False)])
def test_an_answer_holds_for_its_code(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, old: str,
        new: str, holds: bool) -> None:
    lab.share_cache(monkeypatch)
    tree = lab.make(tmp_path / "linux", None, "idioms")
    site = lab.only(lab.analyse(tree), MAIN).site
    # The version that it was given for does not matter then.
    path = tmp_path / "decisions.toml"
    path.write_text(entry(kernel="5.4", answer=answer,
                          code=reviewed_answers.code_of(site, answer)))
    text = (tree / MAIN).read_text()
    assert old in text
    (tree / MAIN).write_text(text.replace(old, new))
    decision = lab.only(lab.analyse(tree, path), MAIN)
    assert (decision.disposition == "convert") == holds
    if not holds:
        assert f"`{answer}` was given for other code, in Linux 5.4" in \
            decision.reason


def test_an_answer_to_no_site(tmp_path: Path,
                              monkeypatch: pytest.MonkeyPatch) -> None:
    lab.share_cache(monkeypatch)
    tree = lab.make(tmp_path / "linux", {"drivers/a.c": "int a;\n"})
    path = tmp_path / "decisions.toml"
    path.write_text(entry())
    with pytest.raises(UsageError, match="no call site has the id"):
        lab.analyse(tree, path)
