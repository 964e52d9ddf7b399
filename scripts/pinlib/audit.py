# SPDX-License-Identifier: GPL-2.0-only
"""The audit: every call that takes pages, followed to their release.

Unlike the report it follows the pinning side all the way, takes the tree as
it is (no preparatory patch applied), and decides nothing.
"""

from __future__ import annotations

import collections
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from . import api, era, kernel_source, sites
from .analysis import COUNTERPARTS
from .errors import IdentityError
from .facts import FactStore
from .findings import CONFIDENCE, Finder, Finding
from .iterators import Iterators
from .model import write_file
from .program import Program
from .progress import Step
from .report_text import printable, wrap
from .resolve import Resolver
from .view import prepared

if TYPE_CHECKING:
    from .cli import Options

ROUNDS = 80


def look(kernel: Path, module: Path | None, jobs: int,
         apis: str = "mission", texts: Mapping[str, str | None] | None = None,
         files: frozenset[str] = frozenset()) -> tuple[int, list[Finding]]:
    """How many calls were followed, and what is wrong with them.

    With texts, the tree as it is with these; with files, only calls there.
    """
    tree = prepared(module or kernel, texts or {},
                    kernel_source.cache_folder(), kernel if module else None)
    listed = api.MISSION + (api.OTHER_GET if apis == "all" else ())
    names = [*listed, *api.PINNING]
    # The names that the report watches too, so that both share their facts.
    known = era.read(kernel)
    program = Program(tree, FactStore(
        tree, kernel_source.cache_folder(), [*listed, *COUNTERPARTS], jobs),
        known.shapes, listed, known.declared)
    program.load_words(set(names))
    program.flush()
    resolver = Resolver(program)
    iterators = Iterators(program, resolver, kernel)
    found: dict[str, list[Finding]] = {}
    with Step("audit") as step:
        only: set[str] = set()
        for number in range(ROUNDS):
            every = not only
            only = _round(program, resolver, iterators, names, only, found,
                          files)
            step.update(number, f"{len(program.functions)} functions")
            if not program.flush() and every:
                break
        else:
            raise IdentityError("the facts do not come to rest")
    program.searches.save()
    return len(found), sorted({f for some in found.values() for f in some})


def _round(program: Program, resolver: Resolver, iterators: Iterators,
           names: list[str], only: set[str], found: dict[str, list[Finding]],
           files: frozenset[str]) -> set[str]:
    """Look at all sites or some; the value has those short of facts."""
    finder = Finder(program, resolver)
    program.load_words(set(names))
    short = set()
    for site in sites.find(program, resolver, names):
        if only and site.id not in only or files and site.file not in files:
            continue
        if sites.is_core(program, site) or sites.is_test(site):
            continue
        program.short = False
        sites.trace(program, resolver, iterators, site)
        found[site.id] = finder.of(site)
        if program.short:
            short.add(site.id)
    return short


def render(version: str, count: int, found: list[Finding]) -> str:
    """audit.txt: a summary, and every finding, the surest first."""
    title = f"gup2pin audit of Linux {version}"
    lines = [title, "=" * len(title), "", wrap(
        f"{count} calls that take pages were followed to where the pages "
        f"are given back; {len(found)} findings: {summary(found)}.")]
    for name in CONFIDENCE:
        mine = [f for f in found if f.confidence == name]
        if mine:
            lines += ["", "", name, "-" * len(name)]
        for item in mine:
            lines += ["", wrap(f"{printable(item.file)}:{item.line} "
                               f"{item.function}()", 4),
                      wrap(f"    [{item.code}], the other end is "
                           f"{printable(item.other)}", 6),
                      wrap(f"    {item.text}", 4)]
    return "\n".join(lines) + "\n"


def summary(found: list[Finding]) -> str:
    """How many findings there are of each confidence."""
    counts = collections.Counter(f.confidence for f in found)
    return ", ".join(f"{counts[name]} {name}" for name in CONFIDENCE)


def run(opts: Options) -> None:
    """Write audit.txt and say in one line what it holds."""
    count, found = look(opts.kernel, opts.module, opts.jobs, opts.apis)
    path = opts.out / "audit.txt"
    write_file(path, render(kernel_source.kernel_version(opts.kernel), count,
                            found))
    print(f"{path}: {count} calls, {len(found)} findings: {summary(found)}")
