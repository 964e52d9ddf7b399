# SPDX-License-Identifier: GPL-2.0-only
"""The file that the reader writes, and the command."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pinlib.base.errors import Gup2pinError
from pinlib.reader import build, run
from pinlib.reader.output import Output, VERSION
from reading import read, reader

ONE = "#include <linux/mm.h>\n#include \"a.h\"\nint f(int a) { return a; }\n"
TWO = "#ifdef A\nlong g;\n#endif\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files."""
    (tmp_path / "one.c").write_text(ONE)
    (tmp_path / "two.c").write_text(TWO)
    return tmp_path


def test_files_in_order(folder: Path) -> None:
    paths = ["two.c", "missing.c", "one.c", ".", "two.c"]
    output = run.read(reader(), paths, folder, folder / "out")
    assert [file.path for file in output] == paths
    assert [file.error for file in output] == [0, 2, 0, 21, 0]
    assert [file.size for file in output] == [
        len(TWO), 0, len(ONE), 0, len(TWO)]
    assert [len(file.declarations) for file in output] == [1, 0, 1, 0, 1]
    assert [len(file.arms) for file in output] == [3, 0, 1, 0, 3]


def test_a_session_answers_again_and_again(folder: Path) -> None:
    """One process, whose answers are those of a process for each question."""
    session = run.Session(reader())
    one, two, missing = (folder / name for name in (
        "one.c", "two.c", "missing.c"))
    for paths in ([one], [], [two, missing, one], [two]):
        found = session.files(paths)
        alone = run.read(reader(), map(str, paths), folder, folder / "out",
                         tokens=True)
        assert [file.path for file in found] == [str(p) for p in paths]
        for file, other in zip(found, alone, strict=True):
            assert (file.error, file.size) == (other.error, other.size)
            assert [*file.tokens] == [*other.tokens]
            assert bytes(file.kinds) == bytes(other.kinds)
    session.close()
    assert session.files([two])[0].size == len(TWO)
    session.close()


def test_a_session_that_fails_starts_anew(folder: Path) -> None:
    log = folder / "log"
    path = folder / "reader"
    path.write_text(f"#!/bin/sh\necho $$ >> '{log}'\n"
                    f"[ $(wc -l < '{log}') = 1 ] && echo it fell >&2 && exit 7\n"
                    f"exec '{reader().program}' \"$@\"\n")
    path.chmod(0o755)
    session = run.Session(build.Reader(path, ""))
    with pytest.raises(Gup2pinError, match="reader failed: it fell"):
        session.files([folder / "one.c"])
    for name in ("one.c", "two.c"):
        assert session.files([folder / name])[0].error == 0
    session.close()
    assert len(log.read_text().split()) == 2


def test_no_file_is_influenced_by_another(folder: Path) -> None:
    alone = {name: run.read(reader(), [name], folder, folder / "out").file(0)
             for name in ("one.c", "two.c")}
    for paths in (["one.c", "two.c"], ["two.c", "one.c", "one.c"]):
        for file in run.read(reader(), paths, folder, folder / "out"):
            other = alone[file.path]
            assert [(d.kind, d.name, d.start, d.end)
                    for d in file.declarations] == [
                (d.kind, d.name, d.start, d.end) for d in other.declarations]
            assert bytes(file.kinds) == bytes(other.kinds)
            assert file.arms == other.arms


def test_includes() -> None:
    assert [ONE[i.start:i.end] for i in read(ONE).includes] == [
        "<linux/mm.h>", '"a.h"']


def test_tokens_make_up_the_file() -> None:
    text = ONE + TWO + "/* a */ int x; // b\n"
    tokens = [text[start:end]
              for start, end, *_ in read(text, tokens=True).tokens]
    assert "".join(tokens) == "".join(
        text.replace("/* a */", "").replace("// b", "").split())
    assert list(read(text).tokens) == []


def test_code_has_no_directives() -> None:
    text = ("#define A(x) \\\n\tx # x\n#if 0\ndead\n#else\nint a\n#endif\n"
            "  /* # */ = 1; char *b = \"#\";\n")
    found = read(text, tokens=True)
    code = ["int", "a", "=", "1", ";", "char", "*", "b", "=", '"#"', ";"]

    def given(start: int, end: int, every: bool) -> list[str]:
        return [text[a:b] for a, b, _ in zip(*found.tokens_in(
            start, end, every))]
    assert given(0, len(text), False) == code
    middle = text.index("dead"), text.index("=")
    assert given(*middle, False) == ["int", "a"]
    assert given(*middle, True) == ["dead", "#", "else", "int", "a", "#",
                                    "endif"]


def test_the_same_bytes_again(folder: Path) -> None:
    run.read(reader(), ["one.c", "two.c"], folder, folder / "a")
    run.read(reader(), ["one.c", "two.c"], folder, folder / "b")
    assert (folder / "a").read_bytes() == (folder / "b").read_bytes()


@pytest.mark.parametrize("damage", [
    lambda data: data[:-1], lambda data: data[:40], lambda data: data + b"x",
    lambda data: b"x" + data[1:], lambda data: b"x" * len(data),
    lambda data: data[:8] + bytes([VERSION + 1]) + data[9:],
    lambda data: b"x"])
def test_what_is_damaged_is_refused(folder: Path, damage) -> None:
    run.read(reader(), ["one.c"], folder, folder / "out")
    (folder / "bad").write_bytes(damage((folder / "out").read_bytes()))
    with pytest.raises(Gup2pinError, match="not what the reader writes"):
        Output(folder / "bad")


def command(*arguments: str, **given: object) -> tuple[int, str]:
    """Exit code and what is printed as an error."""
    done = subprocess.run([reader().program, *arguments], check=False,
                          text=True, capture_output=True, **given)
    return done.returncode, done.stderr


@pytest.mark.parametrize("arguments", [
    (), ("--print",), ("-o",), ("-k", "x", "--stats"), ("-D", "A=x", "--stats"),
    ("-D", "", "--stats"), ("-U", "A=1", "--stats"), ("--what",),
    ("--stats", "a.c"), ("-o", "out", "a.c")])
def test_usage(arguments: tuple[str, ...]) -> None:
    code, told = command(*arguments, input="")
    assert code == 2
    assert told.startswith("usage: reader")


def test_errors_are_told(folder: Path) -> None:
    assert command("--print", "no.c", cwd=folder) == (
        2, "reader: no.c: No such file or directory\n")
    code, told = command("-o", "no/out", cwd=folder, input="")
    assert (code, told) == (
        2, "reader: no/out: No such file or directory\n")
    code, told = command("-o", "/dev/full", cwd=folder, input="one.c\0")
    assert code == 2 and "No space left" in told
