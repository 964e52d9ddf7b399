# SPDX-License-Identifier: GPL-2.0-only
"""Runs the tests that stand beside the semantic patches.

cocci/convert/tests: NAME.c (and NAME.h) say in comments what is planned on
the line they end, `/* @unpin */`, `/* @extract local=p flag="x->pinned" */`.
The comments are taken out, the edits applied as one group, and the result
compared byte for byte with NAME.res (and NAME.h.res). A result must not
change again, and a plan moved by one line must discard the group. NAME_ok.c
must not change: each of its edits is planned alone and refused for the reason
that it gives, `/* @unpin refused="..." */`. cocci/campaigns/*/tests do the same
with the operations of their ledger.txt; there `nth` counts, from 0, the places
of a line where the token stands.

cocci/find/tests: NAME.c is read by the rule NAME.cocci, and its facts must be
those of NAME.facts, no more and no fewer.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import re
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from pinlib.analysis import release_groups
from pinlib.base import edits as planned
from pinlib.base.edit.declared import declared
from pinlib.base.edits import Edit, Op, Pages
from pinlib.base.errors import Gup2pinError
from pinlib.base.resources import COCCI
from pinlib.decide import api_forms
from pinlib.kernel import effects
from pinlib.kernel.view import View
from pinlib.rewrite import apply, ledger
from pinlib.rewrite.rule_set import PINS, RuleSet, of_campaign
from pinlib.spatch import runner

FIND = COCCI / "find"
_MARK = re.compile(r"[ \t]*/\* @([\w-]+)((?:[^*\"]|\"[^\"]*\")*?) ?\*/")
Test = tuple[str, Callable[[], "list[str]"]]
Fixture = tuple[str, list[Edit], list[str]]


def read_fixture(path: Path, rules: RuleSet = PINS) -> Fixture:
    """Read a fixture: without its marks, the edits planned, their refusals."""
    lines, edits, refused = [], [], []
    for number, line in enumerate(path.read_text().split("\n"), 1):
        marks = list(_MARK.finditer(line))
        line = _MARK.sub("", line)
        lines.append(line)
        for mark in marks:
            values = dict(_value(word) for word in shlex.split(mark.group(2)))
            refused.append(values.pop("refused", ""))
            place = (path.name, number, line, mark.group(1))
            edits.append(_declared(rules, *place, values) if rules.marked
                         else _edit(*place, values))
    return "\n".join(lines), edits, refused


def _value(word: str) -> tuple[str, str]:
    key, _, value = word.partition("=")
    return key, value


@functools.lru_cache(maxsize=None)
def _anchors(rules: Path) -> dict[str, tuple[str, ...]]:
    """Return the operations that stand on certain names."""
    return {op: names for op, names in ledger.operations(rules).items()
            if not names[0].startswith("$")}


def _declared(rules: RuleSet, file: str, number: int, line: str, name: str,
              values: dict[str, str]) -> Edit:
    """Return the edit of a campaign that a mark plans."""
    token = values.pop("token", "") or _anchors(rules.ledger)[name][0]
    found = list(re.finditer(rf"\b{token}\b", line))
    column = found[int(values.pop("nth", "0"))].start()
    return declared((file, number, column, token), name,
                    name if name in rules.order else "", **values)


def _edit(file: str, number: int, line: str, name: str,
          values: dict[str, str]) -> Edit:
    """Return the edit that a mark plans, with what the mark leaves out."""
    op = Op(name)
    token = values.pop("token", "")
    column = 0
    names = _anchors(PINS.ledger).get(op) or ((token,) if token else ())
    pattern = rf"\b({'|'.join(names)})\b" if names else {
        Op.ARGUMENT: r"\w+(?=\()", Op.PARAMETER: r"\w+(?=\()",
        Op.STATE: r"\w+(?=->)"}.get(op)
    if pattern:
        match = re.search(pattern, line)
        if not match:
            raise ValueError(f"{file}:{number}: nothing to edit here")
        token, column = match.group(), match.start()
    more: dict[str, str | int] = {**values}
    if op == Op.EXTRACT_FLAGS:
        more.setdefault("new", api_forms.NATIVE)
    if issubclass(planned.KINDS[op], planned.Acquisition):
        more.setdefault("new", release_groups.NEW_NAME[token])
    if op in (Op.EXTRACT, Op.EXTRACT_FLAGS):
        more["pages"] = Pages.OTHER if "local" in more else Pages.POINTER
    if op == Op.PIN:
        shape = effects.SHAPES[token]
        more = {"flags": shape.flags, "args": shape.arguments, **more,
                "longterm": "longterm" in more, "spliced": "spliced" in more}
    if "maybe" in more:
        more["maybe"] = True
    if op in (Op.PIN, Op.LASTING):
        more.update(flags=int(more["flags"]), args=int(more["args"]))
    return planned.from_json({"op": op, "file": file, "line": number,
                              "column": column, "token": token, **more})


def _diff(expected: str, found: str, name: str) -> list[str]:
    return list(difflib.unified_diff(
        expected.split("\n"), found.split("\n"), name, "found", lineterm=""))


def _group(fixture: Path, rules: RuleSet) -> tuple[dict[str, str], list[Edit]]:
    """Return the texts of a fixture and its header, and everything planned."""
    texts: dict[str, str] = {}
    edits: list[Edit] = []
    for path in (fixture, fixture.with_suffix(".h")):
        if path.exists():
            texts[path.name], own, _ = read_fixture(path, rules)
            edits += own
    return texts, edits


def _apply(texts: dict[str, str], edits: list[Edit],
           rules: RuleSet) -> dict[str, str]:
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as name:
        for file, text in texts.items():
            (Path(name) / file).write_text(text)
        made = apply.apply_group(View(Path(name)), "test", edits, rules=rules)
        return {**texts, **{f: b.decode() for f, b in made.items()}}


def _expected(fixture: Path, file: str) -> Path:
    return fixture.with_suffix(".res" if file.endswith(".c") else ".h.res")


def converts(rules: RuleSet, fixture: Path) -> list[str]:
    """Return the group's result is the expected one."""
    texts, edits = _group(fixture, rules)
    problems = []
    for file, found in _apply(texts, edits, rules).items():
        path = _expected(fixture, file)
        problems += _diff(path.read_text(), found, path.name)
    return problems


def keeps(rules: RuleSet, fixture: Path) -> list[str]:
    """Return a result that no edit is planned in does not change."""
    files = {file: _expected(fixture, file).read_text()
             for file in _group(fixture, rules)[0]}
    problems = []
    for file, found in apply.transform(files, [], rules, "test").items():
        problems += _diff(files[file], found, file)
    return problems


def refuses_shift(rules: RuleSet, fixture: Path) -> list[str]:
    """Return a plan with one position moved by a line discards the group."""
    texts, edits = _group(fixture, rules)
    calls = [e for e in edits if e.token]
    for edit in calls[:1] + calls[-1:]:
        moved = [dataclasses.replace(e, line=e.line + 1) if e is edit else e
                 for e in edits]
        try:
            _apply(texts, moved, rules)
        except apply.LedgerMismatch:
            continue
        return [f"{edit.file}:{edit.line}: applied one line off"]
    return []


def refuses(rules: RuleSet, fixture: Path) -> list[str]:
    """Find planned edits that are not refused for the reason given beside them."""
    text, edits, refused = read_fixture(fixture, rules)
    problems = []
    for edit, why in zip(edits, refused):
        place = f"{fixture.name}:{edit.line}"
        try:
            _apply({fixture.name: text}, [edit], rules)
        except apply.LedgerMismatch as error:
            if why not in error.why:
                problems.append(f"{place}: refused for '{error.why}'")
        else:
            problems.append(f"{place}: was not refused")
    found = apply.transform({fixture.name: text}, [], rules, "test")
    return problems + _diff(text, found[fixture.name], fixture.name)


def finds(fixture: Path) -> list[str]:
    """Return the facts of a fixture are exactly the expected ones."""
    path = fixture.with_suffix(".facts")
    return _diff(path.read_text(), facts_of(fixture), path.name)


def facts_of(fixture: Path) -> str:
    """Return what the rule of the same name finds, one fact a line."""
    outcome = runner.collect(
        (FIND / f"{fixture.stem}.cocci").read_text(),
        [*effects.MISSION, *effects.PINNING], [fixture], 1,
        releases=sorted(effects.RELEASES))
    if outcome.failed:
        raise Gup2pinError("; ".join(outcome.failed.values()))
    lines = []
    for fact in sorted(outcome.facts, key=lambda f: (
            *f["at"][:2], f["kind"], f.get("text", ""))):
        line, column, line_end, column_end = fact["at"]
        more = [f"{key}={value}" for key, value in (
            ("name", fact.get("name")), ("type", fact.get("type")),
            ("params", ", ".join(fact.get("params", ()))),
            ("text", fact.get("text"))) if value]
        lines.append(f"{line}:{column}-{line_end}:{column_end} "
                     f"{fact['kind']} in {fact['fn']}: " + "; ".join(more))
    return "\n".join(lines) + "\n"


def tests() -> Iterator[Test]:
    """Yield every test with its name."""
    for rules in (PINS, *(of_campaign(path.parent.name) for path in sorted(
            COCCI.glob("campaigns/*/ledger.txt")))):
        yield from _of_rules(rules)
    for fixture in sorted((FIND / "tests").glob("*.c")):
        yield f"find/{fixture.stem}", functools.partial(finds, fixture)
    for rule in sorted(path for path in COCCI.rglob("*.cocci")
                       if path.parent.name != "core"):
        if not (rule.parent / "tests" / f"{rule.stem}.c").exists():
            yield f"{rule.parent.name}/{rule.stem}", lambda: ["has no test"]


def _of_rules(rules: RuleSet) -> Iterator[Test]:
    for fixture in sorted((rules.folder / "tests").glob("*.c")):
        name = f"{rules.folder.name}/{fixture.stem}"
        if fixture.stem.endswith("_ok"):
            yield name, functools.partial(refuses, rules, fixture)
            continue
        for what, check in (("", converts), (" again", keeps),
                            (" one line off", refuses_shift)):
            yield name + what, functools.partial(check, rules, fixture)


def main() -> int:
    """Run every test; one line each, and one that counts them."""
    counts = {True: 0, False: 0}
    for name, check in tests():
        try:
            problems = check()
        except (Gup2pinError, OSError, ValueError) as error:
            problems = [str(error)]
        counts[not problems] += 1
        print(f"{'FAIL' if problems else 'ok':<5}{name}", flush=True)
        for line in problems:
            print(f"     {line}")
    print(f"{counts[True]} passed, {counts[False]} failed")
    return 1 if counts[False] or not counts[True] else 0


if __name__ == "__main__":
    sys.exit(main())
