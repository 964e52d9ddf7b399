# SPDX-License-Identifier: GPL-2.0-only
"""The ledger on input that nobody means well with, and how it is built."""

from __future__ import annotations

import contextlib
import random
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import ledger_lab as lab
from pinlib.base import host_program
from pinlib.base.edits import Edit, Include, Member, Message
from pinlib.base.errors import Gup2pinError, RuleError, UsageError
from pinlib.dev import rule_tests
from pinlib.rewrite import ledger
from pinlib.rewrite.ledger import Checked
from pinlib.rewrite.rule_set import PINS, RuleSet, of_campaign

CAMPAIGN = of_campaign("bvec")
FIXTURES = {rules: sorted((rules.folder / "tests").glob("*.c"))
            for rules in (PINS, CAMPAIGN)}
DEEP = 100_000
PLAN = [lab.edit_at("put_page", "put_page", 0, "unpin")]
BIG = "static int a_name = 12345; /* a comment */\n"
# Each answered at once, whatever the answer is.
LARGE = {
    "20 MB": BIG * (20_000_000 // len(BIG)),
    "one line of 20 MB": BIG.strip() * (20_000_000 // len(BIG)),
    "deep parentheses": "(" * DEEP + ")" * DEEP,
    "deep braces": "{" * DEEP + "}" * DEEP,
    "deep ifs": "if (x) " * DEEP + "put_page(p);",
    "long else": "if (x) y(); else " * DEEP + "put_page(p);",
    "deep directives": "#if X\n" * DEEP + "#endif\n" * DEEP,
    "loops": "for (i = 0; i < n; i++) " * DEEP + "put_page(a[i]);",
    "labels": "a:" * DEEP + "put_page(p);",
    "backslashes": "\\\n" * DEEP,
    "slashes": "/\\\n" * DEEP,
    "zeros": "\0" * DEEP,
}

# What a member may be of.
OBJECTS = {
    "parentheses": "(" * DEEP + "x" + ")" * DEEP + ".",
    "members": "x." * DEEP,
    "members in parentheses": "(" * DEEP + "x" + ").y" * DEEP + ".",
    "calls": "f(" * DEEP + ")" * DEEP + "->",
    "an index of indexes": "((" + "x[" * DEEP + "1" + "]" * DEEP + ")).",
    "indexes": "x" + "[1]" * DEEP + "->",
    "operators": "*&" * DEEP + "x.",
    "assignments": "x = " * DEEP + "y.",
}


def fixtures(rules: RuleSet = PINS) -> list[tuple[str, str, list[Edit]]]:
    """What rules make of their own tests."""
    found = []
    for path in FIXTURES[rules]:
        text, edits, _ = rule_tests.read_fixture(path, rules)
        made = path.with_suffix(".res")
        found.append((text, made.read_text() if made.exists() else text,
                      edits))
    return found


def broken(rng: random.Random, text: bytes) -> bytes:
    """A text with some of its bytes gone, doubled or changed."""
    for _ in range(rng.randrange(1, 6)):
        at, end = sorted(rng.randrange(len(text) + 1) for _ in range(2))
        end = min(end, at + 40)
        text = text[:at] + rng.choice([
            b"", text[at:end] * 2, bytes([rng.randrange(256)]), b"{", b")",
            b"\n#if 1\n", b"/*", b"\"", b";", text[end:end + 20]]) + text[end:]
    return text


def parts(old: str, new: str, edits: list[Edit]) -> list[bytes]:
    """The pieces of a check, without their lengths."""
    line, _, rest = ledger.record(Checked("a.c", old, new, edits)).partition(
        b"\n")
    sizes = [int(word) for word in line.split()[1:]]
    return [rest[:sizes[0]], rest[sizes[0]:sizes[0] + sizes[1]],
            rest[sizes[0] + sizes[1]:]]


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with every access and undefined operation checked."""
    folder = tmp_path_factory.mktemp("checked")
    subprocess.run(["make", "-s", "-C", ledger.SOURCES[0], f"O={folder}",
                    "checked"], check=True)
    return folder / "ledger-checked"


@pytest.mark.parametrize("given", FIXTURES, ids=lambda g: g.folder.name)
def test_no_access_that_is_wrong(given: RuleSet, checked: Path,
                                 tmp_path: Path) -> None:
    """Every fixture, as it is and broken; rules that are broken too."""
    rng = random.Random(13)
    whole = [parts(*one) for one in fixtures(given)]
    texts = b""
    for pieces in whole + [[broken(rng, piece) if rng.random() < .5 else piece
                            for piece in rng.choice(whole)[:2]] + [
            rng.choice(whole)[2]] for _ in range(400)]:
        texts += b"check %d %d %d\n" % tuple(map(len, pieces)) + b"".join(
            pieces)
    for old, new in (("", ""), ("", ";"), (";", ""), ("#", "#"), ("/", "/*")):
        texts += lab.record((old, new, [])) + lab.record((old, new, PLAN))
    done = lab.run(given.ledger, texts, checked)
    assert done.stderr == b"" and done.returncode == 1
    assert done.stdout == lab.run(given.ledger, texts).stdout
    for number in range(60):
        path = tmp_path / f"{number}.txt"
        path.write_bytes(broken(rng, given.ledger.read_bytes()))
        done = lab.run(path, texts[:20000], checked)
        assert done.returncode in (0, 1, 2)
        assert b"Sanitizer" not in done.stderr
        assert b"runtime error" not in done.stderr


@pytest.mark.parametrize("name", LARGE)
def test_a_large_text(name: str) -> None:
    text = LARGE[name]
    at = text.find("put_page")
    edits = [lab.edit_at(text, "put_page", 0, op, flag="f", iterator="i")
             for op in ("unpin", "set", "drop")] if at >= 0 else PLAN
    records = [lab.record((text, text, [edit])) for edit in edits]
    lab.program()
    began = time.monotonic()
    done = lab.run(ledger.RULES, b"".join(records))
    assert time.monotonic() - began < 20
    assert done.returncode == 1 and not done.stderr


@pytest.mark.parametrize("name", OBJECTS)
def test_a_large_object(name: str) -> None:
    text = f"{OBJECTS[name]}bv_page = 1; x.bv_len = 2; x.bv_offset = 3;"
    edits = [lab.edit_at(text, "bv_page", 0, op, new="f", reader="g")
             for op in ("read", "store", "set", "step", "init", "rename")]
    began = time.monotonic()
    done = lab.run(CAMPAIGN.ledger, b"".join(
        lab.record((text, text, [edit])) for edit in edits))
    assert time.monotonic() - began < 20
    assert done.stdout.count(b"no ") == len(edits) and not done.stderr


def test_many_files_at_once() -> None:
    """Answered in their order, each by itself."""
    made = [Checked(f"{n}.c", old, new, edits)
            for n, (old, new, edits) in enumerate(fixtures())
            if not any(isinstance(e, (Include, Member, Message))
                       for e in edits)]
    good = [one for one in made if one.old != one.new]
    assert len(good) > 5
    ledger.check(*good)
    ledger.check()
    for number in (0, len(good) - 1):
        mixed = [Checked(one.file, one.old, one.old, one.edits)
                 if n == number else one for n, one in enumerate(good)]
        with pytest.raises(ledger.LedgerMismatch) as error:
            ledger.check(*mixed)
        assert error.value.file == good[number].file


def test_a_ledger_that_dies(monkeypatch: pytest.MonkeyPatch,
                            tmp_path: Path) -> None:
    """No answer is not a yes."""
    one = Checked("a.c", "x;\n", "x;\n", [])
    for number, (script, why) in enumerate((
            ("exit 0", "0 answers for 1 files"), ("kill -9 $$", "exit -9"),
            ("echo yes; echo what >&2; exit 2", "ledger: what"))):
        path = tmp_path / str(number)
        path.write_text(f"#!/bin/sh\ncat > {tmp_path}/in\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setattr(host_program, "build", lambda *_, made=path:
                            host_program.HostProgram(made, ""))
        with pytest.raises(RuleError, match=why):
            ledger.check(one)


@pytest.mark.parametrize("builds", [True, False])
def test_a_ledger_that_is_built_aside(
        builds: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is there at the end, and who needs it is told if it is not."""
    monkeypatch.setenv("GUP2PIN_CACHE", str(tmp_path / "cache"))
    if not builds:
        monkeypatch.setenv("PATH", str(tmp_path))
    with ledger.built_aside():
        pass
    assert [path.name for path in tmp_path.glob("cache/programs/*/*")] == (
        ["ledger"] if builds else [])
    with contextlib.nullcontext() if builds else pytest.raises(
            UsageError, match="gcc: "):
        ledger.check(Checked("a.c", "x;\n", "x;\n", []))


@pytest.fixture
def sources(tmp_path: Path) -> tuple[Path, ...]:
    """The smallest program with a folder beside it."""
    (tmp_path / "tool").mkdir()
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "three.h").write_text("#define THREE 3\n")
    (tmp_path / "tool" / "main.c").write_text(
        '#include "../lib/three.h"\nint main(void)\n{\n\treturn THREE;\n}\n')
    (tmp_path / "tool" / "Makefile").write_text(
        "tool:\n\tmkdir -p $(O)\n\t$(CC) -o $(O)/tool main.c\n")
    (tmp_path / "lib" / "Makefile").write_text("")
    return tmp_path / "tool", tmp_path / "lib"


def test_a_program_is_built_once_for_its_sources(
        sources: tuple[Path, ...], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    before = sorted(tmp_path.rglob("*"))
    with ThreadPoolExecutor() as pool:
        made = set(pool.map(lambda _: host_program.build("tool", sources, cache),
                            range(4)))
    [first] = made
    stamp = first.path.stat().st_mtime_ns
    assert subprocess.run([first.path], check=False).returncode == 3
    assert host_program.build("tool", sources, cache) == first
    assert first.path.stat().st_mtime_ns == stamp
    (sources[1] / "three.h").write_text("#define THREE 4\n")
    second = host_program.build("tool", sources, cache)
    assert second.digest != first.digest
    assert subprocess.run([second.path], check=False).returncode == 4
    assert sorted(p for p in tmp_path.rglob("*")
                  if cache not in (p, *p.parents)) == before
    assert not [p for p in cache.rglob(".*")]


def test_a_program_that_does_not_build(sources: tuple[Path, ...],
                                       tmp_path: Path) -> None:
    (sources[0] / "main.c").write_text("int main(void) { return x; }\n")
    with pytest.raises(Gup2pinError, match="tool does not build: main.c:1:"):
        host_program.build("tool", sources, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_machine_without_a_compiler(
        sources: tuple[Path, ...], tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="gcc: .*install it with: sudo "
                       "apt-get install -y gcc libc6-dev make"):
        host_program.build("tool", sources, tmp_path / "cache")


def test_only_the_lexer_is_linked() -> None:
    """The ledger is no second use of what it judges."""
    assert shutil.which("nm")
    done = subprocess.run(["nm", lab.program()], check=True, text=True,
                          capture_output=True)
    names = {line.split()[-1] for line in done.stdout.splitlines()}
    assert {"lex", "check_run"} <= names
    assert not {"reader_read", "select_and_parse", "parse_macros"} & names
