# SPDX-License-Identifier: GPL-2.0-only
"""Each kind of edit has its rules, its JSON, and its tokens in the ledger."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest

from pinlib.base import edits
from pinlib.base.edits import Edit, Op, Pages, Refusal
from pinlib.base.errors import RuleError
from pinlib.base.resources import COCCI
from pinlib.kernel import effects
from pinlib.rewrite import ledger
from pinlib.rewrite.ledger import Checked
from pinlib.spatch import in_convert_rules

SOURCE = """\
struct job {
\tstruct page **pages;
};
static void drop(struct job *job, struct page *page)
{
\tif (page_count(page) < 2)
\t\treturn;
\tjob->iter = iter;
\tget_user_pages_fast(addr, n, FOLL_GET, job->pages);
\tiov_iter_get_pages2(iter, job->pages, len, n, &off);
\tiov_iter_get_pages_alloc2(iter, &job->pages, len, &off);
\trelease_pages(job->pages, n);
\tput_page(page);
\tdrop(job, page);
\tiov_iter_get_pages(iter, job->pages, len, n, &off, all);
\tunpin_user_pages(job->pages, most);
\tset_page_dirty(last);
\tunpin_user_page(last);
}
"""
TAKE, GET, ALLOC = ("get_user_pages_fast", "iov_iter_get_pages2",
                    "iov_iter_get_pages_alloc2")
DROP = ("a.c", 13, 1, "put_page")
CALL = ("a.c", 14, 1, "drop")
WAY = Refusal("iov_iter_is_kvec(iter)", "", "got", "job->pages")
# An edit of each kind, the JSON that it always was, and what it makes of
# the text: (old, new), every one of which the ledger must ask for.
SAMPLES: list[tuple[Edit, str, list[tuple[str, str]]]] = [
    (edits.Pin("a.c", 9, 1, TAKE, "pin_user_pages_fast", 2, 4, False),
     '{"file": "a.c", "line": 9, "column": 1, "token": "get_user_pages_fast", '
     '"new": "pin_user_pages_fast", "op": "pin", "flags": 2, "args": 4, '
     '"longterm": false}',
     [("get_user_pages_fast", "pin_user_pages_fast"), ("FOLL_GET", "0")]),
    (edits.Pin("a.c", 9, 1, TAKE, "pin_user_pages_fast", 2, 4, True, True),
     '{"file": "a.c", "line": 9, "column": 1, "token": "get_user_pages_fast", '
     '"new": "pin_user_pages_fast", "op": "pin", "flags": 2, "args": 4, '
     '"longterm": true, "spliced": true}',
     [("get_user_pages_fast", "pin_user_pages_fast"),
      ("FOLL_GET", "FOLL_LONGTERM")]),
    (edits.Lasting(*CALL, 1, 2),
     '{"file": "a.c", "line": 14, "column": 1, "token": "drop", "op": '
     '"lasting", "flags": 1, "args": 2}',
     [("drop(job, page);", "drop(job, page | FOLL_LONGTERM);")]),
    (edits.Extract("a.c", 10, 1, GET, "iov_iter_extract_pages",
                   Pages.POINTER),
     '{"file": "a.c", "line": 10, "column": 1, "token": '
     '"iov_iter_get_pages2", "new": "iov_iter_extract_pages", "op": '
     '"extract", "pages": "pointer"}',
     [("iov_iter_get_pages2(iter, job->pages, len, n, &off)",
       "iov_iter_extract_pages(iter, &job->pages, len, n, 0, &off)")]),
    (edits.Extract("a.c", 10, 1, GET, "iov_iter_extract_pages", Pages.OTHER,
                   "pages", "job->pinned", WAY),
     '{"file": "a.c", "line": 10, "column": 1, "token": '
     '"iov_iter_get_pages2", "new": "iov_iter_extract_pages", "op": '
     '"extract", "pages": "other", "local": "pages", "flag": "job->pinned", '
     '"refuse": "iov_iter_is_kvec(iter)", "leave": "", "result": "got", '
     '"clear": "job->pages"}',
     [("\tif (page_count", "\tstruct page **pages;\n\tif (page_count"),
      ("iov_iter_get_pages2(iter, job->pages, len, n, &off)",
       "job->pinned = iov_iter_extract_will_pin(iter); pages = job->pages; "
       "job->pages = NULL; if (iov_iter_is_kvec(iter)) got = -EFAULT; else "
       "iov_iter_extract_pages(iter, &pages, len, n, 0, &off)")]),
    (edits.ExtractFlags("a.c", 15, 1, "iov_iter_get_pages",
                        "iov_iter_extract_pages", Pages.POINTER),
     '{"file": "a.c", "line": 15, "column": 1, "token": '
     '"iov_iter_get_pages", "new": "iov_iter_extract_pages", "op": '
     '"extract-flags", "pages": "pointer"}',
     [("iov_iter_get_pages(iter, job->pages, len, n, &off, all)",
       "iov_iter_extract_pages(iter, &job->pages, len, n, all, &off)")]),
    (edits.ExtractAlloc("a.c", 11, 1, ALLOC, "iov_iter_extract_pages_alloc"),
     '{"file": "a.c", "line": 11, "column": 1, "token": '
     '"iov_iter_get_pages_alloc2", "new": "iov_iter_extract_pages_alloc", '
     '"op": "extract-alloc"}',
     [("iov_iter_get_pages_alloc2", "iov_iter_extract_pages_alloc")]),
    (edits.Unpin(*DROP),
     '{"file": "a.c", "line": 13, "column": 1, "token": "put_page", '
     '"op": "unpin"}', [("put_page", "unpin_user_page")]),
    (edits.UnpinIf(*DROP, "job->pinned"),
     '{"file": "a.c", "line": 13, "column": 1, "token": "put_page", '
     '"op": "unpin-if", "flag": "job->pinned"}',
     [("put_page", "if (job->pinned) unpin_user_page")]),
    (edits.Unpin(*DROP, "unpin_user_pages", "job->n"),
     '{"file": "a.c", "line": 13, "column": 1, "token": "put_page", '
     '"op": "unpin", "lacks": "unpin_user_pages", "count": "job->n"}',
     [("put_page", "unpin_user_page")]),
    (edits.UnpinIf(*DROP, "job->pinned", count="job->n"),
     '{"file": "a.c", "line": 13, "column": 1, "token": "put_page", '
     '"op": "unpin-if", "flag": "job->pinned", "count": "job->n"}',
     [("put_page", "if (job->pinned) unpin_user_page")]),
    (edits.UnpinTold(*DROP, "page_extract_release", "true"),
     '{"file": "a.c", "line": 13, "column": 1, "token": "put_page", '
     '"op": "unpin-told", "new": "page_extract_release", "flag": "true"}',
     [("put_page(page)", "page_extract_release(page, true)")]),
    (edits.UnpinPages("a.c", 12, 1, "release_pages"),
     '{"file": "a.c", "line": 12, "column": 1, "token": "release_pages", '
     '"op": "unpin-pages"}', [("release_pages", "unpin_user_pages")]),
    (edits.Drop(*DROP),
     '{"op": "drop", "file": "a.c", "line": 13, "column": 1, '
     '"token": "put_page"}', [("\tput_page(page);\n", "")]),
    (edits.Fewer("a.c", 6, 5, "page_count", "1"),
     '{"op": "fewer", "file": "a.c", "line": 6, "column": 5, '
     '"token": "page_count", "limit": "1"}', [("< 2", "< 1")]),
    (edits.MarkRange("a.c", 16, 1, "unpin_user_pages"),
     '{"op": "mark-range", "file": "a.c", "line": 16, "column": 1, '
     '"token": "unpin_user_pages"}', [
         ("unpin_user_pages(", "unpin_user_pages_dirty_lock("),
         ("most)", "most, true)")]),
    (edits.MarkLocked("a.c", 17, 1, "set_page_dirty"),
     '{"op": "mark-locked", "file": "a.c", "line": 17, "column": 1, '
     '"token": "set_page_dirty"}', [("set_page_dirty(", "set_page_dirty_lock(")]),
    (edits.MarkPage("a.c", 18, 1, "unpin_user_page"),
     '{"op": "mark-page", "file": "a.c", "line": 18, "column": 1, '
     '"token": "unpin_user_page"}', [
         ("last);\n}", "last, 1, true);\n}"), ("(last, 1", "(&last, 1"),
         ("unpin_user_page(", "unpin_user_pages_dirty_lock(")]),
    (edits.DropTaken("a.c", 16, 1, "unpin_user_pages", "got", True),
     '{"op": "drop-taken", "file": "a.c", "line": 16, "column": 1, '
     '"token": "unpin_user_pages", "count": "got", "maybe": true}', [
         ("\tunpin_user_pages", "\tif (got > 0) unpin_user_pages"),
         ("most", "got")]),
    (edits.GiveBack("a.c", 7, 2, "return", "job->pages", "n"),
     '{"op": "give-back", "file": "a.c", "line": 7, "column": 2, '
     '"token": "return", "array": "job->pages", "count": "n"}', [
         ("return;", "{ unpin_user_pages(job->pages, n); return; }")]),
    (edits.Ask(*CALL, "pinned"),
     '{"op": "ask", "file": "a.c", "line": 14, "column": 1, '
     '"token": "drop", "flag": "pinned"}',
     [("\tdrop(job", "\tif (pinned) drop(job")]),
    (edits.Set(*CALL, "pinned", "iter"),
     '{"op": "set", "file": "a.c", "line": 14, "column": 1, "token": "drop", '
     '"flag": "pinned", "iterator": "iter"}',
     [("\tdrop(job", "\tpinned = iov_iter_extract_will_pin(iter); drop(job")]),
    (edits.Parameter("a.c", 4, 12, "drop", "pinned"),
     '{"op": "parameter", "file": "a.c", "line": 4, "column": 12, '
     '"token": "drop", "name": "pinned"}',
     [("*job, struct page *page", "*job, struct page *page, bool pinned")]),
    (edits.Argument(*CALL, "job->pinned"),
     '{"op": "argument", "file": "a.c", "line": 14, "column": 1, '
     '"token": "drop", "state": "job->pinned"}',
     [("drop(job, page)", "drop(job, page, job->pinned)")]),
    (edits.State("a.c", 8, 1, "job", "job->iter", "job->pinned", "iter"),
     '{"op": "state", "file": "a.c", "line": 8, "column": 1, '
     '"token": "job", "target": "job->iter", "flag": "job->pinned", '
     '"iterator": "iter"}',
     [("iter = iter;", "iter = iter; job->pinned = "
       "iov_iter_extract_will_pin(iter);")]),
    (edits.Member("a.c", 2, 15, "job", "job", "pages", "pinned"),
     '{"op": "member", "file": "a.c", "line": 2, "column": 15, '
     '"token": "job", "struct": "job", "after": "pages", "name": "pinned"}',
     [("**pages;", "**pages;\n\tbool pinned;")]),
    (edits.Comment("a.c", 9, 0, "", "/* a */", "/* b */"),
     '{"op": "comment", "file": "a.c", "line": 9, "column": 0, "token": "", '
     '"old": "/* a */", "new": "/* b */"}', []),
    (edits.Message("a.c", 9, 0, TAKE, TAKE, "pin_user_pages_fast"),
     '{"op": "message", "file": "a.c", "line": 9, "column": 0, '
     '"token": "get_user_pages_fast", "old": "get_user_pages_fast", '
     '"new": "pin_user_pages_fast"}', []),
    (edits.Include("a.c", 0, 0, "", "linux/uio.h"),
     '{"op": "include", "file": "a.c", "line": 0, "column": 0, '
     '"token": "", "header": "linux/uio.h"}', []),
    (edits.Alias("a.c", 0, 0, "", "5.6", "unpin_user_page=put_page"),
     '{"op": "alias", "file": "a.c", "line": 0, "column": 0, "token": "", '
     '"before": "5.6", "names": "unpin_user_page=put_page"}', [])]
EACH = pytest.mark.parametrize("edit, text, changes", SAMPLES, ids=[
    str(edit.op) for edit, *_ in SAMPLES])


@EACH
def test_the_json_of_a_plan(edit: Edit, text: str,
                            changes: list[tuple[str, str]]) -> None:
    """Byte for byte as posted plans have it, and back."""
    assert json.dumps(edit.to_json()) == text
    assert edits.from_json(json.loads(text)) == edit


@EACH
def test_what_the_ledger_asks_for(edit: Edit, text: str,
                                  changes: list[tuple[str, str]]) -> None:
    """All of the change, and nothing less."""
    wanted = SOURCE
    for old, new in changes:
        assert wanted.count(old) == 1
        wanted = wanted.replace(old, new)
    ledger.check(Checked("a.c", SOURCE, wanted, [edit]))
    for old, new in changes:
        with pytest.raises(ledger.LedgerMismatch):
            ledger.check(Checked("a.c", SOURCE, wanted.replace(new, old)
                                 if new else SOURCE, [edit]))


def test_no_kind_of_edit_is_left_out() -> None:
    kinds = set(edits.KINDS.values())
    assert set(edits.KINDS) == set(Op) == {e.op for e, *_ in SAMPLES}
    assert kinds == {type(edit) for edit, *_ in SAMPLES}
    assert set(ledger.operations()) == {
        op for op, kind in edits.KINDS.items() if kind.rules}


def test_the_ledger_names_what_an_edit_says() -> None:
    """A field that no edit has would never be there."""
    own = {"anchor", *(f"arg{n}" for n in range(10))}
    parts = re.split(r"^op (.*)\n", re.sub(
        r"^\tform.*?^\tmake.*?$", "", ledger.RULES.read_text(),
        flags=re.M | re.S), flags=re.M)
    assert len(parts) > 9
    for op, text in zip(parts[1::2], parts[2::2]):
        text = re.split(r"^(?:part|#)", text, flags=re.M)[0]
        named = set(re.findall(r"\$(\w+)", text)) | {
            name for when in re.findall(r"when ([^:]*):", text)
            for name in re.findall(r"(\w+)(?: = \w+)?(?:, !?|$)", when)}
        kind = edits.KINDS[Op(op)]
        fields = {f.name for f in dataclasses.fields(kind)}
        if "refusal" in fields:
            fields |= {"refuse", "leave", "result", "clear"}
        assert named - own <= fields, op


def test_the_ledger_and_what_is_known_of_functions() -> None:
    """Neither reads the other, and both say the same."""
    names = ledger.operations()
    assert set(names["pin"]) == set(effects.PIN_OF)
    assert names["unpin"] == names["unpin-if"] == effects.DROPS
    assert set(names["fewer"]) == set(effects.COUNTS)
    assert {*names["extract"], *names["extract-alloc"]} == set(effects.EXTRACT)


def test_a_kind_that_the_ledger_does_not_know() -> None:
    @dataclasses.dataclass(frozen=True)
    class Leak(Edit):
        """Nobody has written down which tokens it changes."""

        op = "leak"     # type: ignore[assignment]

        def to_json(self) -> dict[str, str | int]:
            return {**edits.Unpin(*DROP).to_json(), "op": "leak"}

    with pytest.raises(ledger.LedgerMismatch, match="nothing is known"):
        ledger.check(Checked("a.c", SOURCE, SOURCE, [Leak(*DROP)]))


def test_every_rule_file_is_of_an_edit() -> None:
    """Two come with others: the marks, and the refusal of a kvec."""
    files = {path.stem for path in (COCCI / "convert").glob("*.cocci")}
    rules = {name for kind in edits.KINDS.values() for name in kind.rules}
    assert len(edits.ORDER) == len(set(edits.ORDER))
    assert set(edits.ORDER) == files == rules | {"mark", "refuse"}
    assert {op for op, kind in edits.KINDS.items() if not kind.rules} == {
        Op.MESSAGE, Op.COMMENT, Op.INCLUDE, Op.ALIAS}


def test_what_the_rules_say_twice() -> None:
    """They run where nothing but csource can be imported."""
    assert set(in_convert_rules.CALLS) == set(Op) - {
        Op.PARAMETER, Op.STATE, Op.MEMBER, Op.MESSAGE, Op.COMMENT,
        Op.INCLUDE, Op.ALIAS, Op.GIVE_BACK}
    assert in_convert_rules.DROPS == effects.DROPS


@pytest.mark.parametrize("change, why", [
    ({"op": "leak"}, "a.c: no rule does 'leak'"),
    ({"flags": 1}, "a.c: unpin: .*'flags'"),
    ({"op": "fewer"}, "a.c: fewer: .*'limit'")])
def test_json_that_is_no_edit(change: dict[str, object], why: str) -> None:
    with pytest.raises(RuleError, match=why):
        edits.from_json({**edits.Unpin(*DROP).to_json(), **change})
