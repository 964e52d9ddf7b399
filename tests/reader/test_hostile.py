# SPDX-License-Identifier: GPL-2.0-only
"""Input that nobody would write: a clear answer, and soon."""

from __future__ import annotations

import resource
import subprocess
from pathlib import Path

import pytest

from reading import reader

DEEP = 100_000
LARGE = 20_000_000
# A third of a second where nothing else runs; machines of CI are shared, and
# slower. Where a page is never large, half of the time goes into touching memory.
LARGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")
SECONDS = 3.0 if LARGE_PAGES.exists() and \
    "[never]" not in LARGE_PAGES.read_text() else 6.0


def spent() -> float:
    """Seconds of CPU that finished children took."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def repeated(unit: bytes, size: int = LARGE) -> bytes:
    """A text made of a unit, of about a size."""
    return unit * (size // len(unit))


INPUTS = {
    "parentheses": b"int a = " + b"(" * DEEP + b"1" + b")" * DEEP + b";\n",
    "open parentheses": b"int a = " + b"(" * DEEP,
    "braces": b"void f(void)\n" + b"{" * DEEP + b"}" * DEEP,
    "open braces": b"void f(void)\n" + b"{" * DEEP,
    "initializers": b"int a[] = " + b"{" * DEEP + b"}" * DEEP + b";\n",
    "brackets": b"int a = b" + b"[" * DEEP + b"]" * DEEP + b";\n",
    "calls": b"int a = " + b"f(" * DEEP + b")" * DEEP + b";\n",
    "calls that are none":
        b"int a = " + b"f(x 1 " * DEEP + b")" * DEEP + b";\n",
    "casts": b"int a = " + b"(b)" * DEEP + b"c;\n",
    "casts of types": b"int a = " + b"(int)" * DEEP + b"c;\n",
    "names in parentheses": b"int a = " + b"(b) - " * DEEP + b"c;\n",
    "calls in parentheses": b"int a = " + b"(b)(" * DEEP + b")" * DEEP + b";",
    "signs": b"int a = " + b"-" * DEEP + b"1;\n",
    "signs apart": b"int a = " + b"- " * DEEP + b"1;\n",
    "sizeof": b"int a = " + b"sizeof " * DEEP + b"1;\n",
    "conditionals": b"int a = " + b"b ? c : " * DEEP + b"1;\n",
    "assignments": b"void f(void) { " + b"a = " * DEEP + b"1; }\n",
    "members": b"int a = b" + b".c" * DEEP + b";\n",
    "sums": b"int a = b" + b" + c" * DEEP + b";\n",
    "else if": b"void f(void) { " + b"if (a) b(); else " * DEEP + b"; }\n",
    "if": b"void f(void) { " + b"if (a) " * DEEP + b"; }\n",
    "loops": b"void f(void) { " + b"for_each(a) " * DEEP + b"; }\n",
    "do": b"void f(void) { " + b"do " * DEEP + b"; }\n",
    "labels": b"void f(void) { " + b"a: " * DEEP + b"; }\n",
    "pointers": b"int " + b"*" * DEEP + b"a;\n",
    "declarators": b"int " + b"(*" * DEEP + b"a" + b")" * DEEP + b";\n",
    "functions of functions":
        b"int f" + b"(int (*g)" * DEEP + b")" * DEEP + b";\n",
    "structures": b"struct a { " * DEEP + b"} b;" * DEEP,
    "statement expressions":
        b"void f(void) { " + b"({ " * DEEP + b"}); " * DEEP + b"}\n",
    "products": b"void f(void) { " + b"a * b[({ " * 10_000 +
                b"})]; " * 10_000 + b"}\n",
    "typeof": b"typeof(" * DEEP + b"a" + b")" * DEEP + b" b;\n",
    "generic": b"int a = " + b"_Generic(" * DEEP + b")" * DEEP + b";\n",
    "#if": b"#if A\n" * DEEP + b"int a;\n" + b"#endif\n" * DEEP,
    "open #if": b"#if A\n" * DEEP,
    "#elif": b"#if A\n" + b"#elif B\n1,\n" * DEEP + b"#endif\n",
    "#elif in a call":
        b"int a = f(\n#if A\n" + b"#elif B\n1,\n" * DEEP + b"#endif\n);\n",
    "#if in a call": b"int a = f(\n" + b"#if A\n1,\n#endif\n" * DEEP + b"2);",
    "conditions": b"#if " + b"(" * DEEP + b"1" + b")" * DEEP + b"\n#endif\n",
    "long conditions": b"#if 1" + b" + 1" * DEEP + b"\n#endif\n",
    "unclosed brackets": b"( [ { " * DEEP,
    "closing brackets": b") ] } " * DEEP,
    "macros": b"#define A(x) " + b"(x) + " * DEEP + b"1\n",
    "a line of names": repeated(b"a "),
    "a line without a space": repeated(b"a"),
    "a string": b'"' + repeated(b"a") + b'"',
    "a comment": b"/*" + repeated(b"*") + b"/",
    "NULs": repeated(b"\0"),
    "newlines": repeated(b"\n"),
    "joined lines": repeated(b"\\\n"),
    "joined names": repeated(b"a\\\n"),
    "semicolons": repeated(b";"),
    "functions": repeated(b"static int f(int a)\n{\n\treturn g(a) + 1;\n}\n\n"),
    "a line of functions": repeated(b"int f(int a) { return g(a, b) - 1; } "),
    "one function": b"void f(void)\n{\n" + repeated(
        b"\tif (a->b[1] == c(d, e))\n\t\tx = y + (u32)z;\n") + b"}\n",
    "one table": b"int a[] = {\n" + repeated(b"\t{ 0x12345678, 0x9a },\n") +
                 b"};\n",
    "defines": repeated(b"#define SOME_REGISTER__NAME 0x00001234\n"),
}


@pytest.mark.parametrize("name", INPUTS)
def test_ends(name: str, tmp_path: Path) -> None:
    program = reader().program
    (tmp_path / "a.c").write_bytes(INPUTS[name])
    began = spent()
    done = subprocess.run(
        [program, "--stats"], input=b"a.c\0", cwd=tmp_path,
        check=False, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert spent() - began < SECONDS


@pytest.mark.parametrize("name", INPUTS)
def test_round_trip(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.c").write_bytes(INPUTS[name])
    done = subprocess.run([reader().program, "--roundtrip", "a.c"],
                          cwd=tmp_path, check=False, capture_output=True,
                          timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
