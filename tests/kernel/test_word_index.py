# SPDX-License-Identifier: GPL-2.0-only
"""The index says where a word may be, and knows what changed since."""

from __future__ import annotations

import os
import random
import re
import subprocess
import time
from pathlib import Path

import pytest

from pinlib.base import host_program
from pinlib.base.errors import Gup2pinError

from pinlib.kernel.searches import Searches
from pinlib.kernel.view import View
from pinlib.kernel.word_index import SOURCES, Indexes, Mark, WordIndex
from trees import lab, text_search

HEAD = r"^(?:[A-Za-z_][\w \t*]*[ \t*])?%s[ \t]*\("
TEXTS = {
    "a.c": b"int put_page(void); /* a remark on get_page */",
    "sub/b.h": b"#define A_MACRO_WITH_A_LONG_NAME \"text of a string\"",
    "sub/deep/c.S": b"label:\tret\r\n\0nul behind_nul",
    "latin.c": b"\xe9t\xe9 after\xe9word 0x12abc 7up _under",
    "empty.c": b"", "d.txt": b"other", ".hidden/e.c": b"hidden"}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program that writes an index."""
    return host_program.build("index", SOURCES,
                              tmp_path_factory.mktemp("cache")).path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small tree, whose files have been there for some time."""
    top = tmp_path / "tree"
    for name, text in TEXTS.items():
        write(top / name, text)
    (top / "link.c").symlink_to(top / "a.c")
    return top


def write(path: Path, text: bytes) -> None:
    """Write a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)


def test_where_words_are(tree: Path, program: Path, tmp_path: Path) -> None:
    index = WordIndex(tree, tmp_path / "index", program)
    for word, files in {
            "put_page": ["a.c"], "get_page": ["a.c"], "string": ["sub/b.h"],
            "A_MACRO_WITH_A_LONG_NAME": ["sub/b.h"], "ret": ["sub/deep/c.S"],
            "behind_nul": ["sub/deep/c.S"], "after": ["latin.c"],
            "t": ["latin.c"], "_under": ["latin.c"], "abc": [], "up": [],
            "x12abc": [], "put": [], "page": [], "other": [],
            "hidden": []}.items():
        assert index.files([word]) == files, word
    assert index.files(["put_page", "ret", "none"]) == ["a.c", "sub/deep/c.S"]


HEADS = {
    "at_once.c": b"at_once(a) { }", "deep/two.h": b"\nstatic int *two (void);\n",
    "bom.c": b"\xef\xbb\xbfbehind_bom(void)", "star.c": b"int*star*(x)",
    "call.c": b"\tcalled(1);\n = set(2);\n#define macro(x)\nA(b) late(c)",
    "many.c": b"int x;\nstruct a7 __b \t *\t__many7\t(\n",
    "latin.c": b"gr\xf6\xdfe \xe9t\xe9 latin(", "line.c": b"int\nbelow(void)"}


def test_where_definitions_may_begin(program: Path, tmp_path: Path) -> None:
    for name, text in HEADS.items():
        write(tmp_path / "tree" / name, text)
    index = WordIndex(tmp_path / "tree", tmp_path / "index", program)
    for word, files in {
            "at_once": ["at_once.c"], "two": ["deep/two.h"], "latin": ["latin.c"],
            "behind_bom": ["bom.c"], "A": ["call.c"], "__many7": ["many.c"],
            "below": ["line.c"], "star": [], "called": [], "set": [],
            "macro": [], "late": [], "int": [], "many7": []}.items():
        assert index.files([word], Mark.HEAD) == files, word
    assert index.files(["two", "A", "x"], Mark.HEAD) == ["call.c", "deep/two.h"]
    assert index.files(["called"]) == ["call.c"]


def test_heads_are_those_of_the_text_search(program: Path,
                                            tmp_path: Path) -> None:
    """Whatever a text search finds is found, and nothing else in ASCII."""
    dice = random.Random(13)
    names = ["f", "f2", "_f"]
    pieces = [*names, "f", "(", "(", " ", "\t", "*", "\n", "\n", "7", "\r", "#",
              "int ", "\v", "é", ":"]
    for number in range(3000):
        text = "".join(dice.choices(pieces, k=dice.randrange(2, 9)))
        write(tmp_path / "tree" / f"{number}.c", text.encode(
            "utf-8" if number % 2 else "latin-1"))
    index = WordIndex(tmp_path / "tree", tmp_path / "index", program)
    view = View(tmp_path / "tree")
    searches = Searches(view, Indexes(Path(lab.cold_cache(
        tmp_path / "cache"))))
    for name in names:
        hits = text_search.grep(tmp_path / "tree", [HEAD % name], words=False)
        found = {hit.file for hit in hits}
        heads = set(index.files([name], Mark.HEAD))
        assert len(found) > 20 and found <= heads
        assert not any(is_ascii(view.path(file)) for file in heads - found)
        assert [(h.file, h.line) for h in hits if is_ascii(
            view.path(h.file))] == [
            (file, line) for file, lines in searches.heads(name).items()
            for line in lines if is_ascii(view.path(file))]


MACROS = {
    "plain.h": b"#define one two(three)\nfour\n# \tdefine five\tsix\\\nseven",
    "crlf.h": b"#define one \\\r\n eight\r\nnine\n",
    "text.c": b"/* define ten eleven */ int define; twelve; ##thirteen",
    "paste.h": b"#define A(x) left##x ## right other\n#define B(y) y##tail",
    "value.h": b"#define SIZE 0x1f\n#define SHIFT 1 << 3\n#define MASK (1)\n"
               b"#define LAST 7",
    "quote.c": b'#include "own.c"\n#include <sys.c>\nchar *s = "a.b", t = ".z.";'}


def test_what_stands_in_macros(program: Path, tmp_path: Path) -> None:
    for name, text in MACROS.items():
        write(tmp_path / "tree" / name, text)
    index = WordIndex(tmp_path / "tree", tmp_path / "index", program)
    for mark, words in {
            Mark.MACRO: {
                "two": ["plain.h"], "three": ["plain.h"], "six": ["plain.h"],
                "seven": ["plain.h"], "eight": ["crlf.h"], "one": [],
                "four": [], "five": [], "nine": [], "eleven": [],
                "twelve": [], "x": ["paste.h"]},
            Mark.PASTED: {
                "left": ["paste.h"], "x": ["paste.h"], "right": ["paste.h"],
                "tail": ["paste.h"], "thirteen": ["text.c"], "other": [],
                "A": []},
            Mark.SUFFIX: {"c": ["quote.c"], "b": ["quote.c"], "own": [],
                          "a": [], "z": []},
            Mark.DEFINED: {
                "one": ["crlf.h", "plain.h"], "five": ["plain.h"],
                "A": ["paste.h"], "two": [], "ten": [], "MASK": ["value.h"],
                "SHIFT": ["value.h"], "SIZE": [], "LAST": ["value.h"]}}.items():
        for word, files in words.items():
            assert index.files([word], mark) == files, (mark, word)


IN_MACRO = r"^[ \t]*#[ \t]*define[ \t]+\w(?:[^\n\\]|\\\n|\\[^\n])*\b%s\b"


def test_macros_are_those_of_the_text_search(program: Path,
                                             tmp_path: Path) -> None:
    """A file with a word in a macro is found, over several lines as well."""
    dice = random.Random(15)
    names = ["f", "g", "h2"]
    pieces = [*names, "#define ", "# define\tf ", "#define m(a) ", " ", "\n",
              "\\\n", "\\", "(", "/*", "\"", ";"]
    tree = tmp_path / "tree"
    for number in range(3000):
        write(tree / f"{number}.h", "".join(dice.choices(
            pieces, k=dice.randrange(2, 12))).encode())
    index = WordIndex(tree, tmp_path / "index", program)
    for name in names:
        known = re.compile(IN_MACRO % name, re.M)
        found = {path.name for path in tree.iterdir()
                 if known.search(path.read_text())}
        marked = set(index.files([name], Mark.MACRO))
        assert len(found) > 100 and found <= marked
        assert len(marked) < 2 * len(found)


DEFINED = r"^(?<!\\\n)[ \t]*#[ \t]*define[ \t]+%s\b(?![ \t]+\d\w*\n)"


def test_what_is_defined_is_that_of_the_text_search(program: Path,
                                                    tmp_path: Path) -> None:
    """Numbers are left out, and what another definition goes on with."""
    dice = random.Random(16)
    names = ["f", "g", "h2"]
    pieces = [*names, "#define ", "\n# define\tf ", "\n#define g", " ", "\n",
              "\\\n", "(", "7", "\n#define h2 7", "\n#define f 7\n", "\r"]
    tree = tmp_path / "tree"
    for number in range(3000):
        write(tree / f"{number}.h", "".join(dice.choices(
            pieces, k=dice.randrange(2, 9))).encode())
    index = WordIndex(tree, tmp_path / "index", program)
    for name in names:
        known = re.compile((DEFINED % name).encode(), re.M | re.A)
        found = {path.name for path in tree.iterdir()
                 if known.search(path.read_bytes())}
        marked = set(index.files([name], Mark.DEFINED))
        assert len(found) > 100 and found <= marked
        assert len(marked) < 1.2 * len(found)


def is_ascii(path: Path) -> bool:
    """Tell whether a file has no other characters."""
    return path.read_bytes().isascii()


def test_what_changed_is_read_again(tree: Path, program: Path,
                                    tmp_path: Path) -> None:
    file = tmp_path / "index"
    write(tree / "kept.c", b"int kept(void);")
    WordIndex(tree, file, program)
    write(tree / "a.c", b"int other_page;")
    write(tree / "new.c", b"new_word")
    os.unlink(tree / "sub" / "b.h")
    index = WordIndex(tree, file, program)
    assert index.files(["put_page", "A_MACRO_WITH_A_LONG_NAME"], Mark.HEAD) == []
    assert index.files(["other_page"]) == ["a.c"]
    assert index.files(["kept"], Mark.HEAD) == ["kept.c"]
    assert index.files(["new_word"]) == ["new.c"]
    assert index.files(["ret"]) == ["sub/deep/c.S"]


@pytest.mark.parametrize("count", (40, 3))
def test_what_did_not_change_is_not_read(count: int, program: Path,
                                         tmp_path: Path) -> None:
    """What is merged is what a new index has, word for word.

    All of it is written again if many files changed.
    """
    dice = random.Random(14)
    tree, file = tmp_path / "tree", tmp_path / "index"
    words = [f"word_{number}" for number in range(500)]

    def fill(name: int) -> None:
        write(tree / f"{name}.c", "\n".join(
            f"{word}(" for word in dice.choices(words, k=50)).encode())

    def update() -> str:
        return subprocess.run(
            [program, tree, file, "2", tmp_path / "changes"], check=True,
            text=True, capture_output=True).stdout.strip()

    for name in range(300):
        fill(name)
    time.sleep(2.5)     # a file that is newer may change again unseen
    assert (update(), update()) == ("300", "0")
    first = file.read_bytes()
    for name in dice.sample(range(300), count):
        if name % 2:
            fill(name)
        else:
            os.unlink(tree / f"{name}.c")
    fill(1000)
    changed = count - (300 + 1 - len(list(tree.iterdir())))
    assert 0 < changed < count and update() == str(changed + 1)
    assert (file.read_bytes() == first) == (count < 10)
    merged = WordIndex(tree, file, program)
    fresh = WordIndex(tree, tmp_path / "fresh", program)
    for word in words:
        assert merged.files([word]) == fresh.files([word])
        assert merged.files([word], Mark.HEAD) == fresh.files(
            [word], Mark.HEAD) != []


def test_an_index_that_is_cut_short_is_made_anew(
        tree: Path, program: Path, tmp_path: Path) -> None:
    file = tmp_path / "index"
    WordIndex(tree, file, program)
    file.write_bytes(file.read_bytes()[:5000])
    assert WordIndex(tree, file, program).files(["put_page"]) == ["a.c"]


def test_no_tree(program: Path, tmp_path: Path) -> None:
    with pytest.raises(Gup2pinError, match="No such file"):
        WordIndex(tmp_path / "none", tmp_path / "index", program)
