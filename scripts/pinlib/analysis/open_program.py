# SPDX-License-Identifier: GPL-2.0-only
"""Takes a tree; gives its program, in which macros that allow it are functions."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pinlib.base.files import packed
from pinlib.decide.api_forms import Era
from pinlib.kernel.searches import Searches
from pinlib.kernel.view import View, with_functions
from pinlib.kernel.word_index import Indexes
from pinlib.kept.answers import Answers
from pinlib.kept.inputs import Now
from pinlib.program.opened.choose import choose
from pinlib.program.program import Program
from pinlib.program.read_files import ReadFiles
from pinlib.reader import build


def as_written(tree: View, cache: Path, indexes: Indexes,
               names: Iterable[str], listed: tuple[str, ...],
               era: Era) -> Program:
    """Return the program of a tree, whose macros are macros.

    names: the functions whose calls are asked for; listed: those to convert.
    """
    return Program(tree, ReadFiles(tree, build.ensure(cache), names),
                   Searches(tree, indexes), era.shapes, listed, era.declared)


def with_macros(tree: View, cache: Path, now: Now,
                names: Iterable[str], listed: tuple[str, ...],
                era: Era) -> Program:
    """Return the same with macros read as functions where their uses allow it."""
    names = tuple(names)
    program = as_written(tree, cache, now.indexes, names, listed, era)
    macros = Answers(cache, tree, now).once(
        f"macros {names} {listed} {packed(era)}",
        lambda: choose(program.anew(), names))
    return as_written(with_functions(tree, macros, cache), cache, now.indexes,
                      names, listed, era) if macros else program
