# SPDX-License-Identifier: GPL-2.0-only
"""What is told of C text without parsing: masks, blocks, statements."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pinlib.csource import lexer
from pinlib.csource.written import text_files
from pinlib.csource.masking import CText
from trees import lab


def words(text: str) -> set[str]:
    """Identifiers outside comments and strings."""
    return set(CText(text).words)


@pytest.mark.parametrize("text", [
    "/* gup */ a", "// gup\na", '"gup" a', "'\\'' a /* gup */",
    '"\\"gup" a', "/* a\n gup\n*/ a", "a /* // */ /* gup */",
    '"/*" a "gup*/"', "a // /*\n/* gup */", "a /**/ /*gup*/",
    "a // gup \\\n gup"])
def test_hidden(text: str) -> None:
    assert words(text) == {"a"}


@pytest.mark.parametrize("text", [
    '"//" gup', "'\"' gup '\"'", "/* */ gup /* */", "/**/gup",
    "a / gup / b", "'/*' gup", '"\\\\" gup "\\\\"', "// x\ngup",
    "#define X 'a\ngup", "#error don't\ngup", "/* ' */ gup /* ' */"])
def test_not_hidden(text: str) -> None:
    assert "gup" in words(text)


def test_masks_keep_every_place() -> None:
    text = 'int a; /* x\ny */ char *s = "q\\n";\n#define B \\\n\tb\nint c;\n'
    found = CText(text)
    for masked in (found.visible, found.code):
        assert len(masked) == len(text)
        assert [i for i, ch in enumerate(masked) if ch == "\n"] == [
            i for i, ch in enumerate(text) if ch == "\n"]
    assert "b" not in found.code and "B" in found.visible
    for offset in range(len(text)):
        line, column = found.place_of(offset)
        assert found.offset(line, column) == offset
    assert found.line(5) == "int c;" and found.line(4) == "\tb"


def test_columns_count_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.c"
    path.write_bytes("/* é */ gup;\r\n".encode() + b"\xff\x0c gup;\n")
    found = text_files.load(path)
    assert [found.place_of(o) for o in found.words["gup"]] == [
        (1, 9), (2, 3)]


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.c"
    path.write_text("int a;\n")
    assert "a" in text_files.load(path).words
    path.write_text("int b;\n")
    os.utime(path, ns=(1, 1))
    assert "b" in text_files.load(path).words


@pytest.mark.parametrize(("text", "found"), [
    ("#define A #b\n \t# if B\nc # if d\n", ["#define A #b", " \t# if B"]),
    ("#\n#if A \\\n# else\n#endif", ["#if A \\\n# else", "#endif"]),
    ("\f#if A\n# 12 x\n## y", ["# 12 x"]),
    ("a\\\n#if B", ["#if B"])])
def test_where_directives_are(text: str, found: list[str]) -> None:
    """They begin a line, behind blanks, and go on where it is continued."""
    made = CText(text)
    assert [text[start:end] for start, end, _ in made.directives] == found
    assert made.code == "".join(
        one if one == "\n" or not any(
            start <= at < end for start, end, _ in made.directives) else " "
        for at, one in enumerate(text))


def test_directives() -> None:
    text = "a\n#define X(p) \\\n\tgup(p)\nb\n  #  if 1\nc\n"
    found = CText(text)
    assert found.directive_at(text.index("gup")) == "define"
    assert found.directive_at(text.index("1")) == "if"
    assert found.directive_at(text.index("b")) is None


@pytest.mark.parametrize("text, disabled", [
    ("#if 0\nx\n#endif\ny\n", [2]),
    ("#if 0\nx\n#else\ny\n#endif\n", [2]),
    ("#if 1\nx\n#else\ny\n#endif\n", [4]),
    ("#if 0\n#if A\nx\n#endif\ny\n#endif\nz\n", [3, 5]),
    ("#ifdef A\n#if 0\nx\n#endif\ny\n#endif\n", [3]),
    ("#if 0 /* why */\nx\n#endif\n", [2]),
    ("#if 0\nx\n#elif B\ny\n#endif\n", [2]),
    ("#if A == 0\nx\n#endif\n", []),
    ("#if 0x10\nx\n#endif\n", []),
    ("#if 0 || A\nx\n#endif\n", []),
    ("#if (0)\nx\n#endif\n", [2])])
def test_disabled(text: str, disabled: list[int]) -> None:
    found = CText(text)
    rows = text.split("\n")
    assert [n for n, row in enumerate(rows, 1) if row.strip()
            and not row.startswith("#") and found.is_disabled(n)] == disabled


def test_spans_end_with_a_brace_in_the_first_column() -> None:
    text = lab.c("""int a;
int f(void)
{
    if (a) {
    }
}

struct s {
    int b;
};
int c;
""")
    found = CText(text)
    spans = [(s.start, s.end) for s in found.spans]
    assert spans == [(1, 6), (7, 10), (11, 12)]
    assert found.span_at(4) == found.spans[0]
    assert found.span_at(7) == found.spans[1]
    # Every line lies in exactly one.
    assert [n for a, b in spans for n in range(a, b + 1)] == list(
        range(1, 13))


@pytest.mark.parametrize("statement", [
    "a;", "{ a; }", "if (a) b;", "if (a) { b; }", "if (a) b; else c;",
    "if (a) b; else if (c) { d; } else e;", "for (;;) { a; }",
    "for (i = 0; i < n; i++) put(p[i]);", "while (a) b;",
    "do { a; } while (b);", "list_for_each_entry(p, &l, m) { a; }",
    "switch (a) { case 1: b; }", "x = ({ a; b; });",
    "for (;;) if (a) b; else c;", "s = (struct t){ .a = 1 };", ";",
    "do a; while (b);"])
def test_statement_end(statement: str) -> None:
    text = f"{{ {statement} next; }}"
    found = CText(text)
    end = found.statement_end(1)
    assert text[1:end].strip() == statement


def test_statement_end_runs_out() -> None:
    # Text that breaks off must not raise or loop.
    for text in ("{ if (a", "{ for (;;", "{ a", "{ do { a; }", "{ x(", "{"):
        found = CText(text)
        assert found.statement_end(1) >= 1


def test_matching() -> None:
    text = "f(a[b(c)], '(', \")\") { /* } */ }"
    found = CText(text)
    assert found.matching(1) == text.index(" {") - 1
    assert found.matching(text.index("[")) == text.index("]")
    assert found.matching(text.index("{")) == len(text) - 1
    assert CText("(a").matching(0) == -1


@pytest.mark.parametrize("text", [
    "scoped_guard(mutex, l) { a; }", "scoped_guard(mutex, l) if (a) { b; }",
    "scoped_cond_guard(x, return 1, l)\n\tfor (;;) { a; }",
    "scoped_guard(rcu) scoped_guard(mutex, l) { a; }", "scoped_call(a, b);",
    "scoped_call(a)->b = c;"])
def test_a_block_under_a_guard(text: str) -> None:
    assert CText(text + " b; }").statement_end(0) == len(text)


@pytest.mark.parametrize("text, found", [
    ('a /* "x" */ L"y" // z', ['/* "x" */', 'L"y"', "// z"]),
    ("XL\"x\" 1L'y' L 'z'", ['"x"', "'y'", "'z'"]),
    ("a / b '\"' \"'\" don't\n'c", ["'\"'", '"\'"']),
    ('"a\\\n" "\\"" /* /* */ L\'\\\'\'',
     ['"a\\\n"', '"\\""', "/* /* */", "L'\\''"])])
def test_comments_and_literals_by_themselves(text: str,
                                             found: list[str]) -> None:
    assert [token.text for token in lexer.hidden(text)] == found
    assert all(text[t.start:].startswith(t.text) for t in lexer.hidden(text))
    assert [t.text for t in lexer.tokens(text)
            if t.text[0] in "\"'" and len(t.text) > 1
            or t.text[:2] in ('L"', "L'")] == [
        one for one in found if one[0] != "/"]
