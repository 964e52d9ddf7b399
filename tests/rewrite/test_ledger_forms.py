# SPDX-License-Identifier: GPL-2.0-only
"""What a release may become together with the statements around it.

The rules are those of the conversion to pins. Each text is a function's body; of
each the ledger takes the first ones, and none of the others.
"""

from __future__ import annotations

import pytest

import ledger_lab as lab
from pinlib.rewrite import ledger

HEAD = """\
static void drop(struct job *job, struct page **pages, int n, bool dirty)
{
"""
UNPIN = "the planned unpin of put_page() was not made"
LOOP = "\tint i;\n\n\tfor (i = 0; i < n; i++)\n\t\tput_page(pages[i]);\n"
CALL = "\tunpin_user_pages(pages, n);\n"
PLAIN = LOOP.replace("put_page", "unpin_user_page")
DIRTY = """\
\tfor (i = 0; i < n; i++) {
\t\tif (dirty)
\t\t\tset_page_dirty_lock(pages[i]);
\t\tput_page(pages[i]);
\t}
"""
ONE = "\tif (dirty)\n\t\tset_page_dirty_lock(p);\n\tput_page(p);\n"
ALL = "\tset_page_dirty_lock(job->page);\n\tput_page(job->page);\n"


def dirtied(of: str) -> str:
    """The call that dirties too."""
    return f"\tunpin_user_pages_dirty_lock({of});\n"


FORMS: dict[str, tuple[str, list[str], list[tuple[str, str]]]] = {
    "a loop": (LOOP, [PLAIN, CALL], [
        (LOOP, UNPIN), ("\tint i;\n" + CALL, "drop() leaves 'i' unused"),
        ("\tint i;\n" + CALL + "\ti++;\n", "plan at '}'"),
        (PLAIN.replace("\tint i;\n", ""), "leaves 'i' unused or undeclared"),
        (CALL.replace("n)", "i)"), UNPIN), (CALL + CALL, "plan at '}'")]),
    "with braces": (LOOP.replace("i++)", "i++) {").rstrip("\n") + "\n\t}\n", [
        CALL], [("\t{" + CALL + "\t}\n", UNPIN)]),
    "another step": (LOOP.replace("i++", "i += 1"), [CALL], []),
    "an index beside others": (
        LOOP.replace("int i", "int k = 0, i, *at"),
        ["\tint k = 0, *at;\n" + CALL],
        [("\tint k = 0, i, *at;\n" + CALL, "'i' unused"),
         ("\tint k = 0, i;\n" + CALL, "plan at ','"),
         (CALL, "plan at 'int'")]),
    "an index beside what is changed": (
        "\tint i, k = get_user_pages_fast(0, 1, 0, pages);\n" + LOOP.partition(
            "\tint i;\n")[2],
        ["\tint k = get_user_pages_fast(0, 1, 0, pages);\n" + CALL],
        [("\tint k = get_user_pages(0, 1, 0, pages);\n" + CALL,
          "plan at 'get_user_pages_fast'")]),
    "the first of several": (LOOP.replace("int i", "int i, k"), [
        "\tint k;\n" + CALL], []),
    "an index that is used": (
        LOOP + "\ti = n;\n", ["\tint i;\n" + CALL + "\ti = n;\n"],
        [(CALL + "\ti = n;\n", "undeclared")]),
    "a member of that name": (LOOP + "\tjob->i = n;\n", [
        CALL + "\tjob->i = n;\n"], []),
    "an array with a guard": (
        LOOP.replace("i < n", "pages && i < n"),
        ["\tif (pages)\n\t" + CALL], [(CALL, UNPIN)]),
    "a guard in a body": (
        "\tint i;\n\tif (n)\n\t\tfor (i = 0; pages && i < n; i++)\n"
        "\t\t\tput_page(pages[i]);\n\telse\n\t\treturn;\n",
        ["\tif (n) {\n\t\tif (pages)\n\t\t" + CALL + "\t} else\n\t\treturn;\n"],
        [("\tif (n)\n\t\tif (pages)\n\t\t" + CALL + "\telse\n\t\treturn;\n",
          UNPIN)]),
    "a count with a guard": (
        "\tint i;\n\tif (pages && (n > 0)) {\n" + LOOP[8:] + "\t}\n",
        ["\tif (pages && (n > 0))\n\t" + CALL,
         "\tif (pages && (n > 0)) {\n" + CALL + "\t}\n"], []),
    "a guard of something else": (
        "\tint i;\n\tif (n + 1 > 0) {\n" + LOOP[8:] + "\t}\n",
        ["\tif (n + 1 > 0) {\n" + CALL + "\t}\n"],
        [("\tif (n + 1 > 0)\n\t" + CALL, "plan at '{'")]),
    "a guard that need not hold": (
        "\tint i;\n\tif (n > 0 || dirty) {\n" + LOOP[8:] + "\t}\n",
        ["\tif (n > 0 || dirty) {\n" + CALL + "\t}\n"],
        [("\tif (n > 0 || dirty)\n\t" + CALL, "plan at '{'")]),
    "a block of its own": (
        "\tint i;\n\t{\n" + LOOP[8:] + "\t}\n", ["\t{\n" + CALL + "\t}\n"],
        [(CALL, "plan at '{'")]),
    "a loop that dirties": (
        "\tint i;\n" + DIRTY, [dirtied("pages, n, dirty")],
        [(dirtied("pages, n, true"), UNPIN), (CALL, UNPIN)]),
    "one that always dirties": (
        "\tint i;\n" + DIRTY.replace("\t\tif (dirty)\n", ""),
        [dirtied("pages, n, true")], [(CALL, UNPIN)]),
    "a condition in braces": (
        "\tint i;\n" + DIRTY.replace("(dirty)", "(dirty) {").replace(
            "lock(pages[i]);", "lock(pages[i]); }"),
        [dirtied("pages, n, dirty")], []),
    "a dirty and a release": (
        ONE, [dirtied("&p, 1, dirty"), ONE.replace("put", "unpin_user")],
        [(dirtied("p, 1, dirty"), UNPIN), (dirtied("&p, 1, true"), UNPIN)]),
    "without a condition": (
        ALL, [dirtied("&job->page, 1, true")], []),
    "with braces around": (
        "\tif (n) {\n" + ONE + "\t}\n",
        ["\tif (n)\n" + dirtied("&p, 1, dirty"),
         "\tif (n) {\n" + dirtied("&p, 1, dirty") + "\t}\n"], []),
    "behind a label": ("out:\n" + ALL, [
        "out:\n" + dirtied("&job->page, 1, true")], []),
}
# What looks alike and may only change its name.
LEFT: dict[str, tuple[str, str]] = {
    "a loop from one": (LOOP.replace("= 0", "= 1"), CALL),
    "a loop to the end": (LOOP.replace("i < n", "i <= n"), CALL),
    "a loop by two": (LOOP.replace("i++", "i += 2"), CALL),
    "a loop over something else": (
        LOOP.replace("pages[i]", "pages[n - i]"), CALL),
    "a loop with another test": (
        LOOP.replace("i < n", "i < n && dirty"),
        CALL.replace("n)", "n && dirty)")),
    "a count that changes": (
        LOOP.replace("i < n", "i < count(i)"), CALL.replace("n)", "count(i))")),
    "an array that changes": (
        LOOP.replace("pages[i]", "all[i][i]"), CALL.replace("pages", "all[i]")),
    "a pointer to each": (
        LOOP.replace("pages[i]", "*pages[i]"), CALL.replace("pages", "*pages")),
    "an index that is no name": (
        LOOP.replace("i++", "job->i++").replace("i = 0", "job->i = 0").replace(
            "i <", "job->i <").replace("[i]", "[job->i]"), CALL),
    "two statements": (
        LOOP.replace("i++)", "i++) {") + "\t\tmore(); }\n", CALL),
    "a loop that only dirties": (
        "\tint i;\n\tfor (i = 0; i < n; i++)\n"
        "\t\tset_page_dirty_lock(pages[i]);\n\tput_page(pages[i]);\n",
        dirtied("pages, n, true")),
    "a condition that changes": (
        "\tint i;\n" + DIRTY.replace("(dirty)", "(dirty[i])"),
        dirtied("pages, n, dirty[i]")),
    "a condition of two": (
        "\tint i;\n" + DIRTY.replace("(dirty)", "(n, dirty)"),
        dirtied("pages, n, n, dirty")),
    "another page": (ONE.replace("lock(p)", "lock(q)"),
                     dirtied("&p, 1, dirty")),
    "a page without an address": (
        ONE.replace("(p)", "(page_of(job))"),
        dirtied("&page_of(job), 1, dirty")),
    "a page beside": (ONE.replace("(p)", "(p + 1)"),
                      dirtied("&p + 1, 1, dirty")),
    "an else": ("\tif (n)\n\t\treturn;\n\telse\n" + ALL,
                "\tif (n)\n\t\treturn;\n\telse\n" + dirtied(
                    "&job->page, 1, true")),
    "an else if": ("\tif (n)\n\t\treturn;\n\telse\n" + ONE,
                   "\tif (n)\n\t\treturn;\n\telse\n" + dirtied("&p, 1, dirty")),
    "a loop's body": ("\twhile (n--)\n" + ALL, "\twhile (n--)\n" + dirtied(
        "&job->page, 1, true")),
    "a value": ("\tn = " + ALL[1:], "\tn = " + dirtied(
        "&job->page, 1, true")[1:]),
    "a directive between": (
        ONE.replace("\tput", "#ifdef A\n\tput") + "#endif\n",
        dirtied("&p, 1, dirty") + "#ifdef A\n#endif\n"),
    "another way to dirty": (ONE.replace("dirty_lock", "dirty"),
                             dirtied("&p, 1, dirty")),
}


def case(old: str, new: str, **fields: str) -> lab.Case:
    """One body against another, its release planned."""
    text = HEAD + old + "}\n"
    return text, HEAD + new + "}\n", [lab.edit_at(text, "put_page", 0, **{
        "op": "unpin", "count": "n", **fields})]


@pytest.mark.parametrize("name", FORMS)
def test_a_form(name: str) -> None:
    old, taken, others = FORMS[name]
    answers = lab.ask(ledger.RULES, *(case(old, new) for new in taken),
                      *(case(old, new) for new, _ in others))
    assert answers[:len(taken)] == ["yes"] * len(taken)
    for answer, (new, why) in zip(answers[len(taken):], others):
        assert answer.startswith("no ") and why in answer, new


@pytest.mark.parametrize("name", LEFT)
def test_no_form(name: str) -> None:
    old, new = LEFT[name]
    with_index = "\tint i;\n" + new if "int i" in old else new
    answers = lab.ask(
        ledger.RULES, case(old, old.replace("put_page", "unpin_user_page")),
        case(old, new), case(old, with_index))
    assert [answer.partition(" ")[0] for answer in answers] == [
        "yes", "no", "no"]


GUARDED = "\tint i;\n\tif (n > 0)\n" + LOOP[8:]
FLAGGED = "\tif (job->pinned)\n\t" + CALL
ALONE = "\tint i;\n\n\tfor (i = 0; i < n; i++) {\n\t\tif (job->pinned)\n" \
    "\t\t\tunpin_user_page(pages[i]);\n\t}\n"


def test_a_number_that_is_not_known() -> None:
    """Trap 4: the plan names what is never negative, or an if says so."""
    assert [answer.partition(" ")[0] for answer in lab.ask(
        ledger.RULES, case(LOOP, CALL), case(LOOP, CALL, count=""),
        case(LOOP, CALL, count="m"), case(GUARDED, "\tif (n > 0)\n" + CALL),
        case(GUARDED, "\tif (n > 0)\n" + CALL, count=""),
        case(GUARDED.replace("if", "while"), "\twhile (n > 0)\n" + CALL, count=""),
        case("\tint i;\n" + DIRTY, dirtied("pages, n, dirty"), count=""),
        case(LOOP.replace("i < n", "pages && i < n"),
             "\tif (pages)\n" + CALL, count=""))] == [
                 "yes", "no", "no", "yes", "yes", "no", "no", "no"]


def test_a_flag_that_leaves_the_loop() -> None:
    """It is asked once or for each page, and never not at all."""
    of = {"op": "unpin-if", "flag": "job->pinned"}
    more = LOOP.replace("i++)", "i++) {").rstrip("\n") + "\n\t\tmore();\n\t}\n"
    assert [answer.partition(" ")[0] for answer in lab.ask(
        ledger.RULES, case(LOOP, FLAGGED, **of), case(LOOP, ALONE, **of),
        case(GUARDED, "\tif (n > 0) {\n" + FLAGGED + "\t}\n", **of, count=""),
        case(LOOP, FLAGGED, **of, count=""), case(LOOP, CALL, **of),
        case(LOOP, PLAIN, **of), case(GUARDED, "\tif (n > 0)\n" + FLAGGED, **of),
        case(LOOP, FLAGGED.replace("job->", "job->not_"), **of),
        case(LOOP, FLAGGED.replace("pinned", "pinned[i]"), **{
            **of, "flag": "job->pinned[i]"}),
        case(more, FLAGGED, **of))] == ["yes"] * 3 + ["no"] * 7


def test_in_a_macro() -> None:
    """Two statements may become one, but no index is looked for."""
    text = "#define DROP(p) do { \\\n" + "".join(
        line + " \\\n" for line in ONE.splitlines()) + "} while (0)\n"
    loop = "#define DROP(n) for (i = 0; i < n; i++) put_page(all[i]);\n"
    plan = [lab.edit_at(text, "put_page", 0, "unpin")]
    assert lab.ask(
        ledger.RULES,
        (text, "#define DROP(p) do { unpin_user_pages_dirty_lock(&p, 1, dirty);"
         " } while (0)\n", plan),
        (text, text.replace("put_page", "unpin_user_page"), plan),
        (loop, "#define DROP(n) unpin_user_pages(all, n);\n",
         [lab.edit_at(loop, "put_page", 0, "unpin", count="n")])) == [
             "yes", "yes", "no 1 16 changed without a plan at 'for'"]


FLAGS = [
    ("FOLL_GET", "0", "FOLL_LONGTERM"), ("0", "0", "FOLL_LONGTERM"),
    ("1", "1", "FOLL_WRITE | FOLL_LONGTERM"),
    ("FOLL_WRITE", "FOLL_WRITE", "FOLL_WRITE | FOLL_LONGTERM"),
    ("FOLL_GET | FOLL_WRITE", "FOLL_WRITE", "FOLL_WRITE | FOLL_LONGTERM"),
    ("FOLL_WRITE | FOLL_GET", "FOLL_WRITE", "FOLL_WRITE | FOLL_LONGTERM"),
    ("a | FOLL_GET | b", "a | b", "a | b | FOLL_LONGTERM"),
    ("(FOLL_GET | a)", "(a)", "(a) | FOLL_LONGTERM"),
    ("a & b", "a & b", "(a & b) | FOLL_LONGTERM"),
    ("a ? b : 0", "a ? b : 0", "(a ? b : 0) | FOLL_LONGTERM"),
    ("a = b", "a = b", "(a = b) | FOLL_LONGTERM"),
    ("!a", "!a", "(!a ? FOLL_WRITE : 0) | FOLL_LONGTERM"),
    ("a == b", "a == b", "(a == b ? FOLL_WRITE : 0) | FOLL_LONGTERM"),
    ("a && b", "a && b", "(a && b ? FOLL_WRITE : 0) | FOLL_LONGTERM"),
    ("(u32)-a", "(u32)-a", "(u32)-a | FOLL_LONGTERM"),
    ("(a)-b", "(a)-b", "((a)-b) | FOLL_LONGTERM"),
    ("sizeof(int) & a", "sizeof(int) & a", "(sizeof(int) & a) | FOLL_LONGTERM"),
    ("f(a) | b++", "f(a) | b++", "f(a) | b++ | FOLL_LONGTERM"),
    ("x[a ? 1 : 0]", "x[a ? 1 : 0]", "x[a ? 1 : 0] | FOLL_LONGTERM"),
]


@pytest.mark.parametrize("flags, short, long", FLAGS)
def test_flags(flags: str, short: str, long: str) -> None:
    old = HEAD + "\tget_user_pages_fast(a, n, %s, pages);\n}\n"
    new = old.replace("get", "pin")
    plan = lab.edit_at(old, "get_user_pages_fast", 0, "pin", flags="2",
                       args="4", new="pin_user_pages_fast")
    lasting = {**plan, "longterm": "True"}
    answers = lab.ask(
        ledger.RULES, (old % flags, new % short, [plan]),
        (old % flags, new % long, [lasting]),
        (old % flags, new % "x", [plan]), (old % flags, new % "x", [lasting]),
        (old % flags, new % long, [plan]), (old % flags, new % short, [lasting]))
    assert [answer.partition(" ")[0] for answer in answers] == [
        "yes", "yes", "no", "no", "no", "no"]


@pytest.mark.parametrize("flags", ["~FOLL_GET | a", "(FOLL_GET) | a",
                                   "a & FOLL_GET | b", "!FOLL_GET",
                                   "a ? FOLL_GET : 0", "f(a, FOLL_GET)"])
def test_flags_that_hold_one_fast(flags: str) -> None:
    old = HEAD + f"\tget_user_pages_fast(a, n, {flags}, pages);\n}}\n"
    plan = lab.edit_at(old, "get_user_pages_fast", 0, "pin", flags="2",
                       args="4", new="pin_user_pages_fast")
    [answer] = lab.ask(ledger.RULES, (old, old, [plan]))
    assert "an explicit FOLL_GET cannot be taken out" in answer
