# SPDX-License-Identifier: GPL-2.0-only
"""What tells the code of files apart: every byte of it, and no comment."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pinlib.base.resources import ROOT
from pinlib.csource.masking import CText
from pinlib.kept import code_digests
from trees import lab

Digests = Callable[..., list[str | None]]


@pytest.fixture(name="digests")
def _digests(tmp_path: Path) -> Digests:
    """Returns the digest of each of some texts."""
    def made(*texts: str) -> list[str | None]:
        paths = [str(tmp_path / f"{n}.c") for n in range(len(texts))]
        for path, text in zip(paths, texts):
            Path(path).write_bytes(text.encode("latin-1"))
        return [*code_digests.of(paths, lab.programs()).values()]
    return made


@pytest.mark.parametrize("same", [
    ("int a; /* b */ int c;", "int a; /* d */ int c;"),
    ("int a; // b\nint c;", "int a;\nint c;", "int a;   /* b * / */\nint c;"),
    ("/* a\n b */ int c;", "/*\n  \t*/ int c;"),
    ("int a;\n", "int a;", "int a;\n\n/* b */\n", "int a; // b\\\n c"),
    ('char a[] = "/*"; /* b */ int c;', 'char a[] = "/*"; /* d */ int c;'),
    ("char a = '\"'; /* b */", "char a = '\"';"),
    ('char a[] = "\\"/*"; // b\nint c;', 'char a[] = "\\"/*"; // d\nint c;'),
    ("int a; /**/ int b;", "int a; /***/int b;"),
    ("int a = b/c; /* d", "int a = b/c;")])
def test_the_same_code(digests: Digests, same: tuple[str, ...]) -> None:
    assert len(set(digests(*same))) == 1


@pytest.mark.parametrize("others", [
    ("int a;", "int b;", "int  a;", "\nint a;", "int a; int b;", " int a;"),
    ("/* a */ int c;", "/* a  */ int c;", "/* a\n */int c;", "int c;"),
    ('char a[] = "/* b */";', 'char a[] = "/* c */";', 'char a[] = "";'),
    ('char a[] = "b\\\n/* c */";', 'char a[] = "b\\\n/* d */";'),
    ("int a/b;", "int a//b;"),
    # What a quotation mark opens that is not closed may be read in several ways.
    ("#error don't /* a */ b", "#error don't /* c */ b"),
    ("#error don't\n/* a */ int b;", "#error don't\n/* c */ int b;"),
    # Only the first backslash continues its line.
    ("#define A \\\n b", "#define A \\ /* c */\n b", "#define A \\ \n b"),
    # No patch of a file with this byte can be mailed.
    ("/* a */ int b;", "/* \0 */ int b;"),
    ("", " ", "\0")])
def test_other_code(digests: Digests, others: tuple[str, ...]) -> None:
    assert len(set(digests(*others))) == len(others)


def test_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text("int a;")
    paths = [str(tmp_path / name) for name in ("none.c", "a.c", ".")]
    made = code_digests.of(paths, lab.programs())
    assert [*made] == paths
    assert [bool(digest) for digest in made.values()] == [False, True, False]


def test_real_code(digests: Digests) -> None:
    """The text side, which shares no code with it, sees the same comments."""
    dice = random.Random(8)
    for path in sorted((ROOT / "scripts").rglob("*.[ch]")):
        text = path.read_text(encoding="latin-1")
        code = CText(text).uncommented()
        at = dice.choice([n for n, letter in enumerate(code)
                          if not letter.isspace()])
        # No line of them ends in blanks but where a comment was.
        first, second, third = digests(
            text, re.sub(r"[ \t]+$", "", code, flags=re.M),
            f"{text[:at]}~{text[at + 1:]}")
        assert first == second != third, path
