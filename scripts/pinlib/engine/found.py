# SPDX-License-Identifier: GPL-2.0-only
"""Takes a tree and a campaign; gives its sites, and by file the edits of them."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pinlib.analysis.census import in_words
from pinlib.base import records
from pinlib.base.edit.declared import Declared
from pinlib.base.records import Disposition
from pinlib.csource.written.heard import is_file
from pinlib.engine import accessors, census
from pinlib.engine.census import Token
from pinlib.engine.declared import Campaign
from pinlib.engine.objects import Objects, tokens_of
from pinlib.engine.uses import Kind
from pinlib.engine.verdicts import Case, Judge, Own, Verdict
from pinlib.kernel import kernel_tree, known_macros
from pinlib.kernel.maintainers import read_subsystems, Subsystems
from pinlib.kernel.searches import Searches
from pinlib.kernel.view import prepared, View
from pinlib.kernel.word_index import Indexes
from pinlib.program.function import Function
from pinlib.program.program import Program
from pinlib.program.read_files import ReadFiles
from pinlib.reader import build


@dataclass
class Group:
    """What one patch changes: the edits of a file, and whose they are."""

    id: str
    file: str
    hash: str
    edits: list[Declared] = field(default_factory=list)
    sites: list[str] = field(default_factory=list)


@dataclass
class Found:
    """The sites of a campaign in a tree, one for each token of the member."""

    campaign: Campaign
    program: Program
    tokens: list[Token]
    sites: list[records.Site]
    groups: list[Group]
    unparsed: list[dict[str, Any]]
    timings: dict[str, float]

    def counts(self) -> dict[str, int]:
        """Return how many tokens there are, and how many are of a known kind."""
        return {"tokens": len(self.tokens), "accounted": sum(
            t.kind != Kind.UNREAD for t in self.tokens)}

    def stays(self) -> list[str]:
        """Return the files in which something goes on naming the member."""
        return sorted({site.file for site in self.sites if site.disposition in (
            Disposition.CORE, Disposition.KEEP)} | {self.campaign.counted.header})


def find(kernel: Path, campaign: Campaign, own: Own,
         indexes: Indexes | None = None) -> Found:
    """Decide on every token of a campaign's member in a tree.

    own: what only the campaign knows.
    """
    started = time.monotonic()
    cache = kernel_tree.cache_folder()
    tree = prepared(kernel, _with_accessors(kernel, campaign), cache, None,
                    known_macros.of(kernel, None, cache))
    program = Program(tree, ReadFiles(tree, build.ensure(cache), ()),
                      Searches(tree, indexes or Indexes(cache)))
    with contextlib.closing(program.files):
        # What is added to a tree is no use that it has.
        tokens = [token for token in census.take(program, campaign.counted.name)
                  if not tree.is_new(token.file, token.line)]
        counted = time.monotonic()
        objects = Objects(program, campaign, tokens)
        judge = Judge(program, campaign, kernel_tree.kernel_version(kernel), own)
        made = _Maker(campaign, tree, read_subsystems(kernel))
        for file, mine in itertools.groupby(tokens, key=lambda t: t.file):
            cases = [_case(program, objects, token) for token in mine]
            for case, verdict in zip(cases, judge.file(cases)):
                made.add(case, verdict)
    return Found(campaign, program, tokens, made.sites, [*made.groups.values()],
                 [*_unread(program, tokens)], {
                     "census": counted - started,
                     "facts": time.monotonic() - counted})


def _with_accessors(kernel: Path, campaign: Campaign) -> dict[str, str | None]:
    """Return the header with the accessors that it lacks, if it lacks some."""
    file = campaign.counted.header
    if not is_file(kernel / file):
        return {}
    old = (kernel / file).read_bytes().decode("latin-1")
    new = accessors.added(campaign, old)
    return {file: new} if new != old else {}


def _case(program: Program, objects: Objects, token: Token) -> Case:
    text = program.text(token.file)
    if token.use is None:
        return Case(token, text, None, None)
    function = None if token.use.in_macro else objects.function(token)
    return Case(token, text, function, objects.of(token, function)
                if token.use.member is not None else None)


def _unread(program: Program, tokens: list[Token]) -> Iterator[dict[str, Any]]:
    """Yield the code with tokens that was not read, with what is wrong with it."""
    for token in tokens:
        if token.kind != Kind.UNREAD:
            continue
        lost = next((one for one in program.files.unread(token.file)
                     if one.holds(token.line, token.column)), None)
        yield {"file": token.file, "line": lost.start[0] if lost else token.line,
               "end": lost.end[0] if lost else token.line, "tokens": 1,
               "why": in_words(lost) if lost else program.files.failed.get(
                   token.file, "this name is in no code that was read")}


class _Maker:
    """Makes the records of sites, and the groups of their edits."""

    def __init__(self, campaign: Campaign, tree: View,
                 subsystems: Subsystems) -> None:
        self._tree = tree
        self.sites: list[records.Site] = []
        self.groups: dict[str, Group] = {}
        self._campaign = campaign
        self._subsystems = subsystems
        self._counts: dict[str, int] = {}

    def add(self, case: Case, verdict: Verdict) -> None:
        """Add the site of a case, and its edit if it is to be converted."""
        token = case.token
        function = _name(case, case.function)
        stem = ":".join((self._campaign.name, token.file, function, token.name,
                         "".join(_shown(case).split())))
        self._counts[stem] = self._counts.get(stem, 0) + 1
        site = records.Site(
            f"{stem}#{self._counts[stem]}", token.file,
            self._tree.original(token.file, token.line), token.column,
            function, token.name, self._subsystems.subsystem_of(token.file), [],
            None, records.Pages("", "", ""), [], [], verdict.disposition, False,
            verdict.code, self._tree.in_text(verdict.reason),
            verdict.place and self._tree.in_text(verdict.place) or None,
            steps=[self._tree.in_text(step) for step in _steps(case)])
        if verdict.disposition == Disposition.CONVERT:
            idiom = self._campaign.idioms[verdict.idiom]
            group = self.groups.setdefault(token.file, Group(
                f"{self._campaign.name}:{token.file}", token.file, case.text.hash))
            site.rule, site.group = idiom.rule, group.id
            group.sites.append(site.id)
            group.edits.append(idiom.edit(token.file, token.line, token.column,
                                          token.name))
        self.sites.append(site)


def _name(case: Case, function: Function | None) -> str:
    """Return the function that a case is in, or the macro."""
    if function is not None:
        return function.name
    use = case.token.use
    return case.text.for_reader()[slice(*use.declaration.name)] \
        if use and use.declaration.kind in ("define", "function") else ""


def _shown(case: Case) -> str:
    """Return the access as code, or the name alone."""
    member = case.token.use.member if case.token.use else None
    return tokens_of(case.text.for_reader(), member) if member else case.token.name


def _steps(case: Case) -> Iterator[str]:
    yield f"The token is of the kind `{case.token.kind}`."
    if case.object is not None and case.object.why:
        yield case.object.why
