# SPDX-License-Identifier: GPL-2.0-only
"""Code that the reader loses in silence is noticed by what shares no code with it.

Its tokens stay all there: a call counts as read only where the trees have it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pinlib.analysis.whole_tree import Analysis
from pinlib.reader.output import File, Output
from trees import lab

TAKE = """
static int NAME(unsigned long where)
{
\tstruct page *held;
\tint got;

\tgot = get_user_pages_fast(where, 1, FOLL_WRITE, &held);
\tif (got != 1)
\t\treturn -EFAULT;
\tdma_map_page(NULL, held, 0, 4096, 0);
\tput_page(held);
\treturn 0;
}
"""
FILE = "drivers/lost/main.c"
TEXT = ("// SPDX-License-Identifier: GPL-2.0-only\n#include <linux/mm.h>\n" +
        TAKE.replace("NAME", "first") +
        "#ifdef CONFIG_LOST" + TAKE.replace("NAME", "second") +
        "#else" + TAKE.replace("NAME", "third") + "#endif\n")
TAKEN = "\tgot = get_user_pages_fast(where, 1, FOLL_WRITE, &held);\n"
ARMS = TEXT.replace(TAKEN, f"#ifdef A\n{TAKEN}#else\n{TAKEN}#endif\n", 1)
CALLS = [n for n, row in enumerate(TEXT.split("\n"), 1) if "fast(" in row]

Analyse = Callable[..., Analysis]
# Says of a file's node, by kind and bytes, whether it is lost.
Lost = Callable[[str, int, int], bool]


def lose(monkeypatch: pytest.MonkeyPatch, lost: Lost) -> list[int]:
    """Make nothing of some nodes of the file; tells how many each time."""
    counts = []
    whole = Output.file

    def file(self: Output, number: int) -> File:
        read = whole(self, number)
        if not read.path.endswith(FILE):
            return read
        kinds = bytearray(read.kinds)
        nothing = read.names.kinds.index("operator")
        for index, kind in enumerate(read.kinds):
            if lost(read.names.kinds[kind], read.starts[index],
                    read.ends[index]):
                kinds[index] = nothing
        counts.append(sum(a != b for a, b in zip(kinds, read.kinds)))
        read.kinds = memoryview(kinds)
        read.declarations = [d for d in read.declarations
                             if not lost(d.kind, d.start, d.end)]
        return read

    monkeypatch.setattr(Output, "file", file)
    return counts


@pytest.fixture
def analyse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Analyse:
    """The analysis of the driver, with nothing known before."""
    def run(text: str = TEXT) -> Analysis:
        tree = lab.make(tmp_path / "linux", {FILE: text})
        monkeypatch.setenv("GUP2PIN_CACHE", lab.cold_cache(
            tmp_path / f"cache{len(list(tmp_path.iterdir()))}"))
        return lab.analyse(tree)
    return run


def sites(found: Analysis) -> dict[int, tuple[str, str]]:
    """The line of each call, with its disposition and code."""
    return {d.site.line: (d.disposition, d.code)
            for d in lab.in_file(found, FILE)}


def unread(found: Analysis) -> list[tuple[int, int]]:
    """The lines that were not read, with the number of tokens there."""
    return [(r["line"], r["tokens"]) for r in found.unparsed
            if r["file"] == FILE]


def offset(line: int) -> int:
    """Where a line begins."""
    return len("".join(TEXT.splitlines(True)[:line - 1]))


WELL, NOT_READ = ("convert", "pin-short"), ("manual", "call-not-read")


def test_all_is_read(analyse: Analyse) -> None:
    found = analyse()
    assert sites(found) == dict.fromkeys(CALLS, WELL)
    assert unread(found) == []


@pytest.mark.parametrize("line", CALLS)
def test_one_call(analyse: Analyse, line: int,
                  monkeypatch: pytest.MonkeyPatch) -> None:
    start = TEXT.index("get_user", offset(line))
    counts = lose(monkeypatch, lambda kind, at, _: kind == "call" and at == start)
    found = analyse()
    assert set(counts) == {1}
    assert sites(found) == {n: NOT_READ if n == line else WELL for n in CALLS}
    assert unread(found) == [(line, 1)]


@pytest.mark.parametrize("line", CALLS)
def test_one_function_or_arm(analyse: Analyse, line: int,
                             monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of them are all that is in an arm."""
    first = TEXT.rindex("static int", 0, offset(line))
    last = TEXT.index("\n}\n", first) + 2
    counts = lose(monkeypatch, lambda kind, start, end:
                  first <= start < end <= last)
    found = analyse()
    assert min(counts) > 50
    assert sites(found)[line] == NOT_READ
    # What uses the same names may be left for that, but is never lost.
    assert set(sites(found)) == set(CALLS)
    [(at, tokens)] = unread(found)
    assert tokens == 1 and TEXT.count("\n", 0, first) < at <= line


def test_one_arm(analyse: Analyse, monkeypatch: pytest.MonkeyPatch) -> None:
    start = ARMS.index(TAKEN)
    first, second = (ARMS.count("\n", 0, at) + 1 for at in (
        start, ARMS.index(TAKEN, start + 1)))
    assert unread(analyse(ARMS)) == []
    counts = lose(monkeypatch, lambda kind, at, end:
                  start <= at < end <= start + len(TAKEN))
    found = analyse(ARMS)
    assert min(counts) > 10
    assert sites(found)[first] == NOT_READ and second in sites(found)
    assert unread(found) == [(first, 1)]


def test_a_release(analyse: Analyse,
                   monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a put_page() is lost, no patch is made without it."""
    whole = {d.site.line: lab.releases(d) for d in analyse().decisions
             if d.site.file == FILE}
    assert [len(places) for places in whole.values()] == [1, 1, 1]
    start = TEXT.index("put_page")
    counts = lose(monkeypatch, lambda kind, at, _: kind == "call" and at == start)
    for decision in lab.in_file(analyse(), FILE):
        if decision.disposition == "convert":
            assert lab.releases(decision) == whole[decision.site.line]
    assert set(counts) == {1}
