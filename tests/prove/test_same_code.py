# SPDX-License-Identifier: GPL-2.0-only
"""Whether machine code is the same, said of objects that gcc made."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from pinlib.base.errors import Gup2pinError
from pinlib.prove.elf import code_of
from pinlib.prove.same_code import compare, Found, Same

HEAD = """
struct vec { void *page; unsigned int len, offset; };
void use(void *page, int line);
static inline void *page_of(const struct vec *v) { return v->page; }
"""
CROSS = ("", "s390x-linux-gnu-", "m68k-linux-gnu-")


def held(folder: Path, before: str, after: str, cross: str = "") -> Found:
    if not shutil.which(f"{cross}gcc"):
        pytest.skip(f"no {cross}gcc")
    paths = []
    for name, text in (("before", before), ("after", after)):
        source = folder / f"{name}.c"
        source.write_text(HEAD + text)
        paths.append(folder / f"{name}.o")
        subprocess.run([f"{cross}gcc", "-O2", "-c", "-fno-pie",
                        "-ffunction-sections", "-o", paths[-1], source], check=True)
    return compare(*paths, cross)


@pytest.mark.parametrize("cross", CROSS)
def test_an_accessor_is_the_same_code(tmp_path: Path, cross: str) -> None:
    found = held(tmp_path,
                 "void f(struct vec *v, int i) { use(v[i].page, 1); }",
                 "void f(struct vec *v, int i) { use(page_of(&v[i]), 1); }", cross)
    assert found.same == Same.ALL
    assert found.before == found.after > 0


@pytest.mark.parametrize("cross", CROSS)
def test_a_lost_index_is_not(tmp_path: Path, cross: str) -> None:
    """What compiles all the same."""
    found = held(tmp_path, """
void first(struct vec *v) { use(v->page, 1); }
void f(struct vec *v, int i) { use(v[i].page, 1); }
""", """
void first(struct vec *v) { use(v->page, 1); }
void f(struct vec *v, int i) { use(v->page, 1); }
""", cross)
    assert found.same == Same.NOT
    assert [name for name, _, _ in found.functions] == ["f"]


def test_another_line_is_an_immediate(tmp_path: Path) -> None:
    text = "void f(struct vec *v) { use(v->page, __LINE__ + 300); }"
    found = held(tmp_path, text, f"\n\n{text}")
    assert found.same == Same.BUT_IMMEDIATES
    assert found.immediates == [("$0x131", "$0x133")]
    assert not found.functions


def test_a_line_in_a_string_is_an_immediate(tmp_path: Path) -> None:
    text = 'void f(void) { use("field at a/b.c:%d", 1); }'
    found = held(tmp_path, text % 99, text % 101)
    assert (found.same, found.immediates) == (Same.BUT_IMMEDIATES, [("99", "101")])
    assert held(tmp_path, text % 99, text.replace("b.c", "c.c") % 99
                ).same == Same.NOT


def test_another_function_is_no_immediate(tmp_path: Path) -> None:
    found = held(tmp_path, "void f(void) { use(0, 1); }",
                 "void g(void *page, int line); void f(void) { g(0, 1); }")
    assert [name for name, _, _ in found.functions] == ["f"]


def test_what_stands_behind_a_longer_function_is_the_same(tmp_path: Path) -> None:
    text = "int a(int n) { %s return n; }\n" \
        "static int __attribute__((noinline)) b(int n) { return n * 3; }\n" \
        'int c(int n) { use("text", b(n)); return b(n + 1); }\n'
    found = held(tmp_path, text % "", text % "use(0, n); use(0, n + 5);")
    assert [name for name, _, _ in found.functions] == ["a"]
    assert found.after > found.before


def test_a_string_is_what_it_says(tmp_path: Path) -> None:
    text = "void f(void) { use(%s, 1); }\nvoid g(void) { use(\"second\", 1); }\n"
    assert held(tmp_path, text % '"first"', text % '"first"').same == Same.ALL
    found = held(tmp_path, text % '"first"', text % '"a longer one"')
    assert [name for name, _, _ in found.functions] == ["f"]


def test_a_function_that_is_new_or_gone_differs(tmp_path: Path) -> None:
    one, two = "void f(void) { use(0, 1); }\n", "void g(void) { use(0, 2); }\n"
    assert [(name, bool(was), bool(now)) for name, was, now in held(
        tmp_path, one, two).functions] == [("f", True, False), ("g", False, True)]


@pytest.mark.parametrize("data", [b"", b"text", b"\x7fELF",
                                  b"\x7fELF\2\1" + b"\1" * 40])
def test_what_is_no_object_is_said(data: bytes) -> None:
    with pytest.raises(Gup2pinError, match="not an object file"):
        code_of(data)
