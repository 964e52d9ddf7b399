# SPDX-License-Identifier: GPL-2.0-only
"""The ledger's rules: each place and condition, taken and refused.

The names are nobody's: what the conversion to pins may change is tested beside
its rules, and what a release may become in test_ledger_forms.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import ledger_lab as lab

OLD = """\
struct box {
\tint fit[2], take;
};
#define TAKE(x) take(x)
int run(struct box *box, int n)
{
\tint i;

\tif (take(box, n | OLD) < 2)
\t\ttake(box, n);
\telse
\t\tn = take(n, 1);
\ttake(box, (n, 2));
\tfor (i = 0; take(n, i); i++)
\t\t;
\treturn 0;
}
"""
DONE = "the planned change of take() was not made"
# Of which take() is spoken, in the order that they stand in.
MEMBER, MACRO, TESTED, BARE, VALUE, ALONE, HEAD = range(7)
# The rules, the place, fields; what is old, what is new, and other changes
# with what is said of them.
TAKEN: dict[str, tuple[list[str], int, dict[str, str], str, str,
                       list[tuple[str, str]]]] = {
    "the name": (
        ["name: $new"], ALONE, {"new": "give"},
        "take(box, (n, 2));", "give(box, (n, 2));",
        [("take(box, (n, 2));", DONE), ("gave(box, (n, 2));", DONE),
         ("give(box, n, 2);", "changed without a plan at '('"),
         ("give(box, (n, 2)); n++;", "changed without a plan at 'for'")]),
    "before the closing parenthesis": (
        ["before close: , $how"], MACRO, {"how": "*p"},
        "take(x)\n", "take(x, *p)\n",
        [("take(x)\n", DONE), ("take(x, *p, *p)\n", "plan at ')'"),
         ("take(x, *q)\n", DONE),
         ("take(x, *p)\\\n", "end of a directive")]),
    "an argument": (
        ["argument 1: $arg1 + 1"], VALUE, {}, "take(n, 1)", "take(n, 1 + 1)",
        [("take(n, 1)", DONE), ("take(n + 1, 1)", "plan at ','")]),
    "an argument by a field": (
        ["argument $which: NULL"], VALUE, {"which": "0"},
        "take(n, 1)", "take(NULL, 1)", [("take(n, NULL)", DONE)]),
    "behind an argument": (
        ["behind argument 0: , 0"], ALONE, {},
        "take(box, (", "take(box, 0, (", [("take(0, box, (", "plan at 'box'")]),
    "what the call is compared with": (
        ["operand <: $limit"], TESTED, {"limit": "1"}, "< 2)", "< 1)",
        [("< 2)", DONE), ("<= 1)", "plan at '<'")]),
    "a statement": (
        ["statement: give();"], ALONE, {}, "take(box, (n, 2));", "give();",
        [("", DONE), ("give(); give();", "plan at 'for'")]),
    "a statement that goes": (
        ["statement:"], ALONE, {}, "\ttake(box, (n, 2));\n", "",
        [("\ttake(box, (n, 2));\n", "plan at 'for'"),
         ("\t;\n", "plan at 'for'")]),
    "before a statement": (
        ["before statement: $flag = 1;"], ALONE, {"flag": "box->f"},
        "take(box, (n, 2));", "box->f = 1; take(box, (n, 2));",
        [("take(box, (n, 2));", DONE),
         ("{ box->f = 1; take(box, (n, 2)); }", DONE)]),
    "before a condition": (
        ["before statement: go();", "name: give"], TESTED, {},
        "if (take", "go(); if (give", [("if (go(), give", DONE)]),
    "before a body": (
        ["before statement: go();"], BARE, {},
        "\ttake(box, n);", "{\tgo(); take(box, n); }",
        [("\tgo(); take(box, n);", DONE),
         ("{\tgo(); take(box, n);", DONE),
         ("{\tgo(); } take(box, n);", "plan at 'take'")]),
    "before an else's body": (
        ["before statement: go();"], VALUE, {},
        "n = take(n, 1);", "{ go(); n = take(n, 1); }",
        [("go(); n = take(n, 1);", DONE)]),
    "behind a statement": (
        ["behind statement: go();"], ALONE, {},
        "(n, 2));", "(n, 2)); go();", [("(n, 2)); go(); go();", "at 'for'")]),
    "the top of the function": (
        ["top of block: int $name;"], VALUE, {"name": "left"},
        "{\n\tint i;", "{\n\tint left; int i;",
        [("{\n\tint i; int left;", DONE)]),
    "behind a member": (
        ["inside: struct box", "behind member: bool on;"], MEMBER, {},
        "take;\n", "take; bool on;\n",
        [("take, on; bool on;\n", "plan at ';'"),
         ("take;\n", "the planned change of take was not made")]),
    "a flag less": (
        ["flags 1 less: OLD"], TESTED, {}, "n | OLD)", "n)",
        [("n | OLD)", "plan at ')'"), ("0)", DONE), ("n |)", "plan at ')'")]),
    "a flag more": (
        ["flags 1 plus: NEW"], TESTED, {}, "n | OLD)", "n | OLD | NEW)",
        [("(n | OLD) | NEW)", DONE), ("n | OLD)", DONE)]),
    "one for the other": (
        ["flags 1 less: OLD", "flags 1 plus: NEW", "flags 1 loose:"], TESTED,
        {}, "n | OLD)", "(n) | NEW)", [("n | NEW)", DONE)]),
    "only when a field is there": (
        ["name when new: $new", "name when !new: give"], ALONE, {},
        "take(box, (", "give(box, (", [("take(box, (", DONE)]),
    "only when a field has a value": (
        ["name when how = much, !not: give",
         "before close when how = little: , 0"], ALONE, {"how": "much"},
        "take(box, (", "give(box, (", [("take(box, (", DONE)]),
}


def text_of(old: str, new: str) -> str:
    """The whole text with one change."""
    assert OLD.count(old) == 1, old
    return OLD.replace(old, new)


@pytest.mark.parametrize("name", TAKEN)
def test_a_place_and_nothing_else(tmp_path: Path, name: str) -> None:
    lines, nth, fields, old, new, others = TAKEN[name]
    rules = lab.rules_of(tmp_path, ["op change", "anchor: take", *lines])
    edit = lab.edit_at(OLD, "take", nth, **fields)
    answers = lab.ask(rules, *((OLD, text_of(old, text), [edit])
                               for text in (new, *(t for t, _ in others))))
    assert answers[0] == "yes"
    for answer, (text, why) in zip(answers[1:], others):
        assert answer.startswith("no ") and why in answer, text


REFUSED: list[tuple[list[str], int, dict[str, str], str]] = [
    (["name: x"], 99, {}, "no 99 0 the plan expects 'take' here"),
    (["name: $new"], ALONE, {}, "the plan gives no 'new'"),
    (["name: $new"], ALONE, {"new": "f("}, "'new' has a bracket without"),
    (["name: $new"], ALONE, {"new": "\n#if 1\n"}, "'new' has a directive"),
    (["name: $new"], ALONE, {"new": "a /* b"}, "'new' has a string or comment"),
    (["name: x", "arguments: 3"], ALONE, {}, "was not made"),
    (["arguments: $n", "name: x"], ALONE, {"n": "many"}, "no number 'n'"),
    (["alone", "name: x"], VALUE, {}, "take() is no statement here"),
    (["alone", "name: x"], HEAD, {}, "the call is in the head of a loop"),
    (["before statement: x();"], HEAD, {}, "in the head of a loop"),
    (["behind statement: x();"], BARE, {}, "no place for a statement behind"),
    (["behind statement: x();"], VALUE, {}, "no place for a statement behind"),
    (["statement:"], BARE, {}, "nothing else is done under the condition"),
    (["operand <: 1"], ALONE, {}, "no number is compared with here"),
    (["argument 2: x"], ALONE, {}, "there is no argument 2 here"),
    (["argument 0: $arg3"], ALONE, {}, "there is no argument 3 here"),
    (["argument $n: x"], ALONE, {"n": "-"}, "the plan gives no number 'n'"),
    (["top of block: int x;"], MACRO, {}, "the place is in no function"),
    (["before close: , 0"], MEMBER, {}, "a bracket is not closed"),
    (["inside: struct $tag", "behind member: int x;"], MEMBER,
     {"tag": "bag"}, "the plan expects other braces around"),
    (["inside: struct box", "name: x"], ALONE, {}, "other braces around"),
    (["flags 1 less: n"], BARE, {}, "was not made"),
    (["argument 0: &$x"], ALONE, {"x": "a + b"}, "'x' would be read otherwise"),
    (["argument 0: $x == 0"], ALONE, {"x": "a && b"}, "read otherwise"),
    (["argument 0: !$x"], ALONE, {"x": "a + b"}, "read otherwise"),
    (["argument 0: $x->y"], ALONE, {"x": "*p"}, "read otherwise"),
    (["argument 0: f($x)"], ALONE, {"x": "a, b"}, "read otherwise"),
    (["argument 0: $x"], ALONE, {"x": "a, b"}, "was not made"),
]


@pytest.mark.parametrize("lines, nth, fields, why", REFUSED)
def test_an_edit_that_cannot_be(tmp_path: Path, lines: list[str], nth: int,
                                fields: dict[str, str], why: str) -> None:
    rules = lab.rules_of(tmp_path, ["op change", "anchor: take", *lines])
    edit = lab.edit_at(OLD, "take", min(nth, HEAD), **fields)
    if nth > HEAD:
        edit["line"] = str(nth)
    [answer] = lab.ask(rules, (OLD, OLD, [edit]))
    assert answer.startswith("no ") and why in answer


def test_two_edits_of_the_same_words(tmp_path: Path) -> None:
    rules = lab.rules_of(tmp_path, [
        "op a", "anchor: take", "statement: x();",
        "op b", "anchor: take", "before close: , 0",
        "op c", "anchor: take", "top of block: int new;",
        "op d", "anchor: take", "before statement: go();"])
    new = text_of("take(box, (n, 2));", "x();")
    over = [lab.edit_at(OLD, "take", ALONE, op) for op in "ab"]
    once = [lab.edit_at(OLD, "take", nth, "c") for nth in (ALONE, VALUE)]
    both = [lab.edit_at(OLD, "take", nth, "d") for nth in (BARE, VALUE)]
    braced = text_of("\ttake(box, n);\n\telse\n\t\tn = take(n, 1);",
                     "{ go(); take(box, n); } else { go(); n = take(n, 1); }")
    assert lab.ask(rules, (OLD, new, over), (
        OLD, text_of("{\n\tint i", "{\n\tint new; int i"), once),
        (OLD, braced, both)) == [
            "no 13 188 two planned edits overlap", "yes", "yes"]


SAME = [("box->n = 1;", "box->n\t=\n1;"), ("x /* why */;", "x\n/* why\n*/;"),
        ("#define A(x) 1\n", "#define A(x)\t1 \n"),
        ("#if 1\n#endif", "#if 1\n#endif\n"),
        ("a\\\nb;", "ab;"), ("'\\n' \"a\\\"b\"", "'\\n'  \"a\\\"b\"")]
OTHER = [("#define A(x) 1\n", "#define A (x) 1\n", "at '('"),
         ("#define A 1\nx;", "#define A \\\n1 x;", "end of a directive"),
         ("x; // a \\\nx;", "x; // a\nx;", "that no edit explains"),
         ("x; /* why */", "x;", "a comment was changed or lost"),
         ("x;", "x; /* why */", "a comment was changed or lost"),
         ("x; /* why */ y;", "x; y; /* why */", "a comment was moved"),
         ("#if A /* b */\nx;\n", "#if A\nx; /* b */\n", "a comment was moved"),
         ("\"a b\"", "\"a  b\"", "plan at '\"a b\"'"),
         ("#include <a/b.h>\n", "#include <a/ b.h>\n", "plan at '<a/b.h>'"),
         ("a+ +b", "a++b", "plan at '+'"), ("x;\n#if 0\ny\n#endif\n",
                                            "x;\n#if 0\nz\n#endif\n", "at 'y'"),
         ("x;", "x\\\ny;", "plan at 'x'"), ("x", "", "plan at 'x'")]


def test_what_is_the_same_text(tmp_path: Path) -> None:
    rules = lab.rules_of(tmp_path, ["op change", "anchor: take", "name: x"])
    assert lab.ask(rules, *((old, new, []) for old, new in SAME)
                   ) == ["yes"] * len(SAME)
    for (old, new, why), answer in zip(OTHER, lab.ask(rules, *(
            (old, new, []) for old, new, _ in OTHER))):
        assert answer.startswith("no ") and why in answer, (old, answer)


def test_a_comment_where_words_change(tmp_path: Path) -> None:
    """It stays with what is around, on either side of what is new."""
    rules = lab.rules_of(tmp_path, [
        "op change", "anchor: take", "statement: give(1, 2);"])
    old = "f()\n{\n\ta(); /* why */\n\ttake();\n\tb();\n}\n"
    plan = [lab.edit_at(old, "take")]
    new = old.replace("take()", "give(1, 2)")
    late = new.replace(" /* why */", "").replace("2);", "2); /* why */")
    assert lab.ask(rules, (old, new, plan), (old, late, plan), (
        old, late.replace(" /* why */\n\tb();", "\n\tb(); /* why */"),
        plan)) == ["yes", "yes", "no 3 12 a comment was moved"]


def test_an_else_behind_a_directive(tmp_path: Path) -> None:
    """The statement behind #endif is the body of what stands before #if."""
    rules = lab.rules_of(tmp_path, [
        "op drop", "anchor: take", "statement:",
        "op ask", "anchor: take", "before statement: if (on)"])
    old = "f()\n{\n\tif (a)\n#ifdef B\n\t\tb();\n\telse\n#endif\n\t\ttake();\n}\n"
    gone = old.replace("\t\ttake();\n", "")
    bare = old.replace("take()", "if (on) take()")
    braced = old.replace("take();", "{ if (on) take(); }")
    assert [answer.partition(" ")[0] for answer in lab.ask(
        rules, (old, gone, [lab.edit_at(old, "take", 0, "drop")]),
        (old, bare, [lab.edit_at(old, "take", 0, "ask")]),
        (old, braced, [lab.edit_at(old, "take", 0, "ask")]))] == [
            "no", "no", "yes"]


BAD = [
    ("", "1: there is no operation"),
    ("ledger 2\n", "1: this version is not known"),
    ("op a\n", "1: the first line is not `ledger` with a version"),
    ("ledger 1\n\nop a\n", "3: an operation has no anchor"),
    ("ledger 1\nop a\nanchor: f\nop a\n", "4: this operation is there already"),
    ("ledger 1\nop\n", "2: an operation has a name"),
    ("ledger 1\nname: x\n", "2: this belongs below an operation"),
    ("ledger 1\nop a\nanchor:\n", "3: an anchor has a name"),
    ("ledger 1\nop a\nanchor: @b\n", "3: no such list"),
    ("ledger 1\nlist a b: c\n", "2: a list has one name"),
    ("ledger 1\nop a\nunder: x\n", "3: this place is not known"),
    ("ledger 1\nop a\nargument x: y\n", "3: this place is not known"),
    ("ledger 1\nop a\nname: f(\n", "3: a bracket without its other half"),
    ("ledger 1\nop a\nname: \"f\n", "3: a string or comment without its end"),
    ("ledger 1\nop a\nname:\n", "3: nothing is said to stand there"),
    ("ledger 1\nop a\nflags 1 plus: A B\n", "3: a flag is one name"),
    ("ledger 1\nop a\nflags 1 loose: A\n", "3: no words belong here"),
    ("ledger 1\nop a\nname when: x\n", "3: a condition names a field"),
    ("ledger 1\nop a\nname when a b: x\n", "3: conditions have commas"),
    ("ledger 1\nop a\nname when a, : x\n", "3: a condition names a field"),
    ("ledger 1\nop a\nname when a, b, c, d, e: x\n", "3: too many conditions"),
    ("ledger 1\nop a\narguments: many\n", "3: arguments are a number"),
    ("ledger 1\nop a\ninside:\n", "3: nothing is said to be inside of"),
    ("ledger 1\nop a\nfriendly\n", "3: a line without a colon"),
    ("ledger 1\npart a:\n", "2: a part has a name and words"),
    ("ledger 1\npart a with b = c: d\n", "2: a part is set `with"),
    ("ledger 1\npart b: $a\npart a: x\n", "3: a part is used before it is"),
    ("ledger 1\npart a: $a\n", "2: a part is used before it is known"),
    ("ledger 1\nop a\nform: $anchor();\nname: x\n",
     "4: what the form makes is missing"),
    ("ledger 1\nop a\nform: $anchor();\n", "3: what the form makes is missing"),
    ("ledger 1\nop a\nform: x();\nmake: y();\n", "4: a form has no $anchor"),
    ("ledger 1\nop a\nform: $x; $anchor();\nmake: y();\n",
     "4: a form begins with a capture"),
    ("ledger 1\nop a\nform: $anchor()\nmake: y();\n", "4: a form is not made"),
    ("ledger 1\nop a\nform: $anchor();\nmake: f($x);\n",
     "4: a capture is made that no pattern has"),
    ("ledger 1\nop a\nform index $i: $anchor();\nmake: y();\n",
     "4: the index is not in the pattern"),
    ("ledger 1\nop a\nform index i: $anchor();\nmake: y();\n",
     "3: an index is a capture"),
    ("ledger 1\nop a\nform quickly: $anchor();\nmake: y();\n",
     "3: this is not known of a form"),
    ("ledger 1\nop a\nform within: $anchor();\nmake: y();\n",
     "3: a guard has words"),
    ("ledger 1\nop a\nform when: $anchor();\nmake: y();\n",
     "3: a condition names a field"),
    ("ledger 1\nop a\nform unbrace if $x: $anchor();\nmake: y();\n",
     "3: this is not known of a form"),
    ("ledger 1\nop a\nform when !x: $anchor();\nmake: y($x);\n",
     "4: a capture is made that no pattern has"),
    ("ledger 1\npart a: x\npart a: y\nop a\n"
     "form: $a $a $a $a $a $a $a $a $a $anchor();\nmake: y();\n",
     "6: too many alternatives"),
    ("ledger 1\nop a\nform: f($a, $b, $c, $d, $e, $f, $g, $h, $i); "
     "$anchor();\nmake: y();\n", "4: too many captures"),
]


@pytest.mark.parametrize("text, why", BAD)
def test_rules_that_cannot_be_read(tmp_path: Path, text: str,
                                   why: str) -> None:
    path = tmp_path / "rules.txt"
    path.write_text(text)
    done = lab.run(path, b"")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(f"{path}:{why}")


@pytest.mark.parametrize("text, why", [
    (b"hello\n", "this is no check"), (b"check 1 2\n", "this is no check"),
    (b"check 1 1 0\na", "the input ends early"),
    (b"check 1 1 0 x\nab", "this is no check"),
    (b"check 999999999 1 0\n", "a text is too large"),
    (b"check 0 0 1\nx", "an edit without its end"),
    (b"check 0 0 5\nop\0x\0", "an edit without its end"),
    (b"check 0 0 6\nop\0x\0\0", "an edit has no line and column"),
    (b"check 0 0 1\n\0", "an edit has no op"),
])
def test_input_that_cannot_be_read(tmp_path: Path, text: bytes,
                                   why: str) -> None:
    rules = lab.rules_of(tmp_path, ["op change", "anchor: take", "name: x"])
    done = lab.run(rules, text)
    assert done.returncode == 2
    assert done.stderr.decode() == f"ledger: {why}\n"


def test_rules_that_are_not_there(tmp_path: Path) -> None:
    done = lab.run(tmp_path / "none", b"")
    assert done.returncode == 2 and b"No such file" in done.stderr


def test_an_operation_without_rules(tmp_path: Path) -> None:
    rules = lab.rules_of(tmp_path, ["op change", "anchor: take", "name: x"])
    edit = lab.edit_at(OLD, "take", ALONE, "swap")
    assert lab.ask(rules, (OLD, OLD, [edit])) == [
        "no 13 0 nothing is known of a planned swap"]
