# SPDX-License-Identifier: GPL-2.0-only
"""Code that Coccinelle cannot read is converted, and comes out as it was."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from pinlib.base.edits import Edit, from_json
from pinlib.kernel.view import View
from pinlib.reader import build
from pinlib.rewrite import apply, stand_ins
from pinlib.rewrite.ledger import LedgerMismatch
from pinlib.csource.arms import Known
from pinlib.rewrite.stand_ins import Edited, StandIn
from trees import lab


class Case(NamedTuple):
    """A function that Coccinelle loses, and the text that stands in."""

    code: str
    stand_in: str


# One function for each construct; each drops the page p once.
CASES = {
    "__free": Case("""\
static int copy(struct page *p, int n)
{
\tchar *name __free(put_page) = kstrdup(p->name, GFP_KERNEL);

\tif (!name)
\t\tput_page(p);
\treturn n;
}
""", "char *name /*0 */ = kstrdup"),
    "cleanup": Case("""\
static int copy(struct page *p)
{
\tstruct work *w __attribute__((cleanup(end_work))) = NULL;

\tput_page(p);
\treturn 0;
}
""", "struct work *w /*0 */ = NULL;"),
    "lock annotation": Case("""\
static void drop(struct page *p)
\t__must_hold_shared(&p->lock)
\t__context_unsafe(/* why */)
{
\tput_page(p);
}
""", "\t/*1 */\n\t/*0 */\n{"),
    "lock annotation of two lines": Case("""\
static void drop(struct page *p) __cond_acquires(true,
\t\t\t\t\t\t &p->lock)
{
\tput_page(p);
}
""", "/*0 \n */\n{"),
    "attribute before the name": Case("""\
static void __checked(2) drop(struct page *p, int n)
{
\tput_page(p);
}
""", "static void /*0 */ drop("),
    "case range": Case("""\
static int drop(struct page *p, int n)
{
\tswitch (n) {
\tcase FIRST...LAST:
\t\tput_page(p);
\t\treturn 1;
\t}
\treturn 0;
}
""", "case FIRST/*0 */:"),
    "typeof_unqual": Case("""\
static int drop(struct page *p, const int n)
{
\ttypeof_unqual(n) more = n;

\tput_page(p);
\treturn more + 1;
}
""", "typeof/*0 */(n) more"),
    "asm goto": Case("""\
static int drop(struct page *p)
{
\tasm goto("1: jmp %l[out]" : : "r" (p) : "memory" : out);
\tasm volatile goto ("nop" : : : : out);
\tput_page(p);
out:
\treturn 0;
}
""", "asm/*0*/(\"1: jmp"),
    "asm inline": Case("""\
static int drop(struct page *p)
{
\tasm __inline volatile("nop" : : "r" (p));
\tput_page(p);
\treturn 0;
}
""", "asm/*0 */ volatile("),
    "computed goto": Case("""\
static int drop(struct page *p, void **to, int n)
{
\tput_page(p);
\tgoto *to[n];
}
""", "\t;/*0 */\n}"),
    "scoped block": Case("""\
static int drop(struct page *p, int n)
{
\tscoped_section(p, if (n) return -EAGAIN)
\t\tput_page(p);
\treturn 0;
}
""", "\tif(1)/*0 */\n"),
    "scoped block of two lines": Case("""\
static int drop(struct page *p, int n)
{
\tscoped_section(p,
\t\t       return -EAGAIN) {
\t\tput_page(p);
\t}
\treturn 0;
}
""", "\tif(1)/*0 \n */ {"),
    "block of a macro that may return": Case("""\
static int drop(struct page *p, int n)
{
\tclaim_scoped(return -EBUSY, p)
\t\tput_page(p);
\treturn 0;
}
""", "\tif(1)/*0 */\n"),
    "type that a macro makes": Case("""\
static int drop(struct page *p, int n)
{
\tKEY_PADDED(key) k;

\tput_page(p);
\treturn use(&k, n);
}
""", "\tint/*0 */ k;"),
    "compat system call": Case("""\
COMPAT_SYSCALL_DEFINE2(drop_one, struct page *, p, int, n)
{
\tput_page(p);
\treturn 0;
}
""", "int f0(void)/*0 */\n{"),
    "function that a macro makes": Case("""\
static FILTER_CALL_2(drop_one, struct page *, p, int, n)
{
\tput_page(p);
\treturn 0;
}
""", "static int f0(void)/*0 */\n{"),
}


def unpin(text: str, name: str = "put_page(p)") -> Edit:
    """The edit of the one release in a text."""
    at = text.index(name)
    return from_json({
        "op": "unpin", "file": "a.c", "line": text.count("\n", 0, at) + 1,
        "column": at - text.rfind("\n", 0, at) - 1, "token": "put_page",
        "count": "n"})


def applied(top: Path, text: str, *edits: Edit) -> str:
    """What edits make of a file."""
    (top / "a.c").write_text(text)
    return apply.apply_group(View(top), "g", edits)["a.c"].decode()


@pytest.mark.parametrize("name", CASES)
def test_a_construct_that_is_not_read_is_converted(
        name: str, tmp_path: Path) -> None:
    text = CASES[name].code
    assert applied(tmp_path, text, unpin(text)) == text.replace(
        "put_page(p)", "unpin_user_page(p)")


@pytest.mark.parametrize("name", sorted(set(CASES)))
def test_a_stand_in_has_the_length_and_the_lines_of_the_construct(
        name: str, tmp_path: Path) -> None:
    text = CASES[name].code
    (tmp_path / "a.c").write_text(text)
    [found] = stand_ins.find([tmp_path / "a.c"])
    made = stand_ins.put(text, found)
    assert CASES[name].stand_in in re.sub(" +", " ", made)
    assert [len(line) for line in made.split("\n")] == [
        len(line) for line in text.split("\n")]
    assert stand_ins.taken_out("a.c", made, found) == text


@pytest.mark.parametrize("name", CASES)
def test_without_a_stand_in_it_is_not_read(
        name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else nobody would notice that one is not needed any more."""
    def none(paths: Sequence[Path], known: Known,
             edited: Sequence[Edited]) -> list[list[StandIn]]:
        return [[] for _ in paths]

    monkeypatch.setattr(stand_ins, "find", none)
    text = CASES[name].code
    with pytest.raises(LedgerMismatch, match="was not made"):
        applied(tmp_path, text, unpin(text))


def test_all_constructs_in_one_file(tmp_path: Path) -> None:
    """What frees a variable is no type in the functions behind it."""
    text = "\n".join(case.code.replace("(p)", f"(p{number})")
                     for number, case in enumerate(CASES.values()))
    edits = [unpin(text, f"put_page(p{number})")
             for number in range(len(CASES))]
    assert applied(tmp_path, text, *edits) == text.replace(
        "put_page(p", "unpin_user_page(p")


NOT_CODE = """\
/* case A ... B: scoped_section(p) */
#define DROP(p) do { void *q __free(kfree) = p; goto *q; } while (0)
#define WHY "__free(x) typeof_unqual(y)"
static int drop(struct page *p, void *scoped_section, int n)
{
\tpr_debug("asm goto(), case 1 ... 2");\t// goto *p;
\tscoped_section(p);
\tput_page(p);
\tgoto out;
out:
\treturn n;
}
SYSCALL_DEFINE1(drop, int, n)
{
\treturn n;
}
"""


def test_what_is_read_or_no_code_has_no_stand_in(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text(NOT_CODE)
    assert stand_ins.find([tmp_path / "a.c"]) == [[]]


def test_the_arms_of_an_if_are_not_hidden(tmp_path: Path) -> None:
    """A directive in a stand-in would be gone."""
    text = """\
static int drop(struct page *p, int n)
{
\tscoped_section(p,
#ifdef CONFIG_X
\t\t       n,
#endif
\t\t       p)
\t\tput_page(p);
\treturn 0;
}
"""
    (tmp_path / "a.c").write_text(text)
    assert stand_ins.find([tmp_path / "a.c"]) == [[]]
    with pytest.raises(LedgerMismatch, match="was not made"):
        applied(tmp_path, text, unpin(text))


def test_a_number_that_a_comment_has_is_not_given(tmp_path: Path) -> None:
    """It would be put back there as well."""
    text = CASES["asm goto"].code + "/*0*/ /*12*/\n"
    (tmp_path / "a.c").write_text(text)
    [found] = stand_ins.find([tmp_path / "a.c"])
    assert [one.new for one in found] == ["/*2*/", "/*3*/"]
    assert stand_ins.taken_out("a.c", stand_ins.put(text, found),
                               found) == text


def test_a_construct_without_room_stays(tmp_path: Path) -> None:
    """There are 62 numbers of one digit, and the least room holds no more."""
    lines = "".join(f'\tasm goto("{n}" : : : : out);\n' for n in range(63))
    text = f"void drop(void)\n{{\n{lines}out:\n\treturn;\n}}\n"
    (tmp_path / "a.c").write_text(text)
    [found] = stand_ins.find([tmp_path / "a.c"])
    assert [one.line for one in found] == list(range(3, 65))
    assert found[-1].new == "/*Z*/"


@pytest.mark.parametrize("count, why", [(0, "gone"), (2, "there 2 times")])
def test_a_stand_in_that_is_lost_or_doubled_is_refused(
        count: int, why: str, tmp_path: Path) -> None:
    text = CASES["__free"].code
    (tmp_path / "a.c").write_text(text)
    [found] = stand_ins.find([tmp_path / "a.c"])
    made = stand_ins.put(text, found)
    with pytest.raises(LedgerMismatch, match=f"a.c:3: an attribute: .*{why}"):
        stand_ins.taken_out("a.c", made.replace(
            found[0].new, found[0].new * count), found)


def test_a_stand_in_that_has_moved_is_refused(tmp_path: Path,
                                              monkeypatch: pytest.MonkeyPatch
                                              ) -> None:
    """The ledger holds the result against the text as it was."""
    def moves(work: Path, files: list[str], group: str, timeout: int) -> None:
        copy = Path(files[0])
        text = copy.read_text()
        at = text.index("/*0")
        comment = text[at:text.index("*/", at) + 2]
        copy.write_text(text.replace(f" {comment}", "").replace(
            "return n", f"return {comment} n").replace(
            "put_page(p)", "unpin_user_page(p)"))

    monkeypatch.setenv("GUP2PIN_CACHE", lab.cold_cache(tmp_path / "cache"))
    monkeypatch.setattr(apply, "run_spatch", moves)
    text = CASES["__free"].code
    with pytest.raises(LedgerMismatch, match="a.c:3: .*__free"):
        applied(tmp_path, text, unpin(text))


LOOP = """\
static int drop(struct page **p, unsigned int n)
{
\tunsigned int i;

\tfor (i = 0; i < n; i++)
\t\tput_page(p[i]);
\tscoped_section(p, i == n)
\t\tn = 0;
\treturn n;
}
"""


def test_what_a_stand_in_hides_is_still_seen(tmp_path: Path) -> None:
    """The loop stays where its index is read behind it, and only there."""
    edit = unpin(LOOP, "put_page(p[i])")
    assert applied(tmp_path, LOOP, edit) == LOOP.replace(
        "put_page", "unpin_user_page")
    free = LOOP.replace("i == n", "p == n")
    assert "\tunpin_user_pages(p, n);\n\tscoped_section(p, p == n)\n" in \
        applied(tmp_path, free, edit)


HEADS = {
    "annotation": "static ssize_t take(struct holder *h)\n"
                  "\t__must_hold_shared(&h->lock)",
    "macro": "COMPAT_SYSCALL_DEFINE2(take, struct holder *, h, int, n)"}


@pytest.mark.parametrize("name", HEADS)
def test_a_local_is_added_to_a_function_with_a_stand_in(
        name: str, tmp_path: Path) -> None:
    """Its head is looked for in the text that Coccinelle is given."""
    text = f"""\
{HEADS[name]}
{{
\tsize_t offset;
\tssize_t n;

\tn = iov_iter_get_pages2(&h->iter, h->pages, SZ_4K, 4, &offset);
\treturn n;
}}
"""
    line = text.count("\n", 0, text.index("iov_iter")) + 1
    new = applied(tmp_path, text, from_json({
        "op": "extract", "file": "a.c", "line": line, "column": 5,
        "token": "iov_iter_get_pages2", "new": "iov_iter_extract_pages",
        "pages": "other", "local": "pages"}))
    assert new.startswith(f"{HEADS[name]}\n{{\n\tstruct page **pages;\n")
    assert "\tpages = h->pages;\n" in new
    assert "iov_iter_extract_pages(&h->iter, &pages, SZ_4K, 4, 0," in new


def test_a_reader_that_fails_costs_the_conversion_alone(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Coccinelle reads is edited; what it loses is refused."""
    broken = tmp_path / "reader"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setattr(build, "ensure", lambda cache: build.Reader(
        broken, ""))
    text = CASES["__free"].code
    with pytest.raises(LedgerMismatch, match="was not made"):
        applied(tmp_path, text, unpin(text))
    assert "unpin_user_page(p)" in applied(
        tmp_path, "void drop(struct page *p)\n{\n\tput_page(p);\n}\n",
        unpin("void drop(struct page *p)\n{\n\tput_page(p);\n}\n"))
