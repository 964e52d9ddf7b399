# SPDX-License-Identifier: GPL-2.0-only
"""Which macros leave the function that uses them, and what a use stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.csource import masking
from pinlib.csource.written import text_files
from pinlib.kernel.included import Included
from pinlib.kernel.searches import Searches
from pinlib.kernel.view import View
from pinlib.kernel.word_index import Indexes
from pinlib.program import macros
from pinlib.program.macros import Macro, Macros
from trees import lab

OWN = """\
#include "more/of.h"
#define LEAVE(c) do { if (c) return -1; } while (0)
#define VIA(c) LEAVE(!(c))
#define JUMP goto
#define HOP(to) goto to
#define SKIP(c) if (c) continue
#define LOOP(i, n) for (i = 0; i < n; i++) if (i == 3) break
#define WAIT(c) ({ if (!(c)) goto _end; _end: 0; })
#define SAY "return"
#define MAKE(n) static int n(void) { return 0; }
#define CALM(c) do { /* return */ pr_err("goto"); } while (0)
"""
BESIDE = "#define NEIGHBOUR(c) if (c) return\n"
OTHER = "#define ELSEWHERE(c) if (c) return\n"
KERNEL = "#define CORE(c) if (c) goto bad\n#define CALM(c) return\n"


@pytest.fixture(name="seen")
def _seen(tmp_path: Path) -> Macros:
    tree = lab.make(tmp_path / "linux", {
        "drivers/toy/main.c": OWN, "drivers/toy/beside.h": BESIDE,
        "drivers/toy/more/of.h": '#include "base.h"\n#define BELOW BASE(0)\n',
        "drivers/toy/more/base.h": "#define BASE(c) if (!(c)) return\n",
        "drivers/other/other.h": OTHER, "include/linux/core.h": KERNEL})
    view = View(tree)

    def text(file: str) -> masking.CText:
        return text_files.load(tree / file)

    searches = Searches(view, Indexes(lab.programs()))
    return Macros(view, Included(view, text, searches), searches)


def test_what_leaves(seen: Macros) -> None:
    """By itself or through another; a file's own definition comes first."""
    assert set(seen.seen_by("drivers/toy/main.c")) == {
        "LEAVE", "VIA", "JUMP", "HOP", "SKIP", "NEIGHBOUR", "BELOW", "BASE",
        "CORE"}


@pytest.mark.parametrize("params, body, given, text", [
    (("c", "v"), "if (c) return v", ["a > 1", " -2"], "if (a > 1) return -2"),
    (("x",), "go_##x(#x, xx)", ["on"], 'go_on("", xx)'),
    (("f", "..."), "f(__VA_ARGS__)", ["g", "1", " 2"], "g(1,  2)"),
    (("f", "a..."), "f(a)", ["g", "1"], "g(1)"),
    (None, "return 0", [], "return 0")])
def test_unfolded(params: tuple[str, ...] | None, body: str,
                  given: list[str], text: str) -> None:
    assert Macro("M", params, body).unfold(given) == text


@pytest.mark.parametrize("text, tree", [
    ("int _r = (x);", "_r = x"), ("typeof(*p) _v = f(p)", "_v = f(p)"),
    ("err = -EIO;", "err = -EIO"), ("drop(p)", "drop(p)"), ("a == b", "a == b"),
    ("goto out;", "None"), ("", "None")])
def test_effect(text: str, tree: str) -> None:
    assert str(macros.effect(text)) == tree


def test_arguments() -> None:
    assert macros.arguments("a, f(b, c), (d, e)[1]") == [
        "a", " f(b, c)", " (d, e)[1]"]
