# SPDX-License-Identifier: GPL-2.0-only
"""The real trees under other names: the same report, the same patches.

What the call sites' files define is renamed wherever it is named, the files
and folders too, and functions change places where C allows. A difference is
a rule or a heuristic that goes by a name, a path or an order.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pinlib.analysis import whole_tree
from pinlib.csource.masking import CText
from pinlib.decide import reviewed_answers
from pinlib.decide.decide import Decision
from pinlib.kernel import kernel_tree
from pinlib.rewrite import handwritten, messages
from pinlib.rewrite.apply import apply_group
from pinlib.series import commits
from trees import kernels, text_search
from trees.renamed import PLACE, Renamed, blocks, read

KEPT = ("core", "test", "converted")


@dataclass
class Pair:
    """A tree, the same tree renamed, and the analysis of both."""

    tree: Path
    renamed: Renamed
    before: whole_tree.Analysis
    after: whole_tree.Analysis


def own(found: whole_tree.Analysis) -> list[Decision]:
    """The decisions that are on call sites to convert or not."""
    return [d for d in found.decisions if d.disposition not in KEPT]


@pytest.fixture(scope="module", params=["6.1", "6.12"])
def pair(request: pytest.FixtureRequest,
         tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Both analyses, without the rules that are for one piece of code."""
    tree = kernels.tree(request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handwritten, "apply_all", lambda *_: [])
        before = whole_tree.run(tree, None, 2, "mission",
                                reviewed_answers.OWN)
        renamed = Renamed(tree, {d.site.file for d in own(before)})
        answers = tmp_path_factory.mktemp("renamed") / "decisions.toml"
        # Other names are other code: these are for a version.
        answers.write_text(renamed.in_text("".join(
            f"""[[decision]]
kernel = "{request.param}"
site = {json.dumps(used.site)}
question = "{used.question}"
answer = "{used.answer}"
reason = "As before."
who = "{used.who}"
when = "{used.when}"
""" for used in before.answers.used())))
        after = whole_tree.run(tree, None, 2, "mission", answers,
                               renamed.texts)
    return Pair(tree, renamed, before, after)


class Reader:
    """Says what a report says without a line number."""

    def __init__(self, found: whole_tree.Analysis,
                 names: Renamed | None) -> None:
        self.found = found
        self.names = names

    def text(self, sentence: str) -> str:
        """A sentence with the text of each line in place of its number."""
        program = self.found.program

        def told(match: re.Match[str]) -> str:
            line = program.text(match.group(1)).line(int(match.group(2)))
            return f"{match.group(1)}:({line.strip()})"
        told_of = re.sub(r"\bline \d+", "line", PLACE.sub(told, sentence))
        return self.names.in_text(told_of) if self.names else told_of

    def site(self, decision: Decision) -> dict[str, Any]:
        """What the report says of a call site."""
        made = whole_tree.site_of(decision, self.found.resolver,
                                  self.found.subsystems)
        return {
            "disposition": made.disposition, "code": made.code,
            "case": made.case, "flag": made.needs_flag, "rule": made.rule,
            "iterators": made.iterators, "longterm": decision.longterm,
            "pages": [self.text(str(v)) for v in vars(made.pages).values()],
            "releases": sorted(
                self.text(f"{r.file}:{r.line} {r.function} {r.form}")
                for r in made.releases),
            # A search that was cut short found some of them.
            "handoffs": [] if decision.site.flow.unclear else sorted(
                self.text(f"{h.file}:{h.line} {h.function} {h.to}")
                for h in made.handoffs),
            "reason": sorted(re.split("; |[()]", self.text(made.reason))),
            "blocked": made.blocked_by and self.text(made.blocked_by)}

    def report(self) -> dict[str, dict[str, Any]]:
        """All sites by id."""
        return {self.text(d.site.id): self.site(d)
                for d in own(self.found)}

    def patches(self) -> dict[str, Counter[str]]:
        """The blocks of every file that a conversion changes."""
        made: dict[str, Counter[str]] = {}
        for group in commits.make_plan(self.found):
            for file, data in apply_group(
                    self.found.program.tree, group.id, group.edits).items():
                new = data.decode("latin-1")
                known = self.names.paths.get(file, file) \
                    if self.names else file
                made[known] = Counter(
                    self.names.word_by_word(b) if self.names else b
                    for b in blocks(CText(new)))
        return made


def test_something_is_renamed(pair: Pair) -> None:
    texts = pair.renamed.texts
    moved = [f for f in pair.renamed.files if texts[f] is None]
    assert moved == pair.renamed.files
    assert len(pair.renamed.words) > 10 * len(pair.renamed.files)


def test_the_same_report(pair: Pair) -> None:
    wanted = Reader(pair.before, pair.renamed).report()
    found = Reader(pair.after, None).report()
    assert found.keys() == wanted.keys()
    for key, site in wanted.items():
        assert found[key] == site


def test_the_same_patches(pair: Pair,
                          monkeypatch: pytest.MonkeyPatch) -> None:
    # Reviewed comments go by the words of one file.
    monkeypatch.setattr(messages, "reviewed", lambda: {})
    wanted = Reader(pair.before, pair.renamed).patches()
    assert wanted
    assert Reader(pair.after, None).patches() == wanted


def test_core_rules_refuse(pair: Pair, tmp_path: Path) -> None:
    """They are for one piece of code, which goes by its own names."""
    cache = kernel_tree.cache_folder()
    for rule in handwritten.load():
        if not handwritten.apply(pair.tree, rule, cache).states:
            continue
        tree = tmp_path / rule.name
        # A rule counts who else names what it relies on.
        files = {*rule.files, *(h.file for h in text_search.grep(
            pair.tree, rule.names))}
        for file in sorted(files):
            (tree / file).parent.mkdir(parents=True, exist_ok=True)
            text = read(pair.tree / file)
            (tree / file).write_text(text, encoding="latin-1")
        assert handwritten.apply(tree, rule, cache).states
        for file in sorted(files):
            text = pair.renamed.word_by_word(read(pair.tree / file))
            (tree / file).write_text(text, encoding="latin-1")
        renamed = handwritten.apply(tree, rule, cache)
        assert renamed.refused and not renamed.states
        (tree / rule.files[0]).rename(tree / "moved.c")
        moved = handwritten.apply(tree, rule, cache)
        assert moved.refused == (f"{rule.files[0]}: the tree has no such "
                                 "file") and not moved.states
