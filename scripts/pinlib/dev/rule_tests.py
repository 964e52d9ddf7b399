# SPDX-License-Identifier: GPL-2.0-only
"""Runs the tests that stand beside the semantic patches.

cocci/convert/tests: NAME.c (and NAME.h) say in comments what is planned on
the line they end, `/* @unpin */`, `/* @extract local=p flag="x->pinned" */`.
The comments are taken out, the edits applied as one group, and the result
compared byte for byte with NAME.res (and NAME.h.res). A result must not
change again, and a plan moved by one line must discard the group. NAME_ok.c
must not change: each of its edits is planned alone and refused for the reason
that it gives, `/* @unpin refused="..." */`.

cocci/find/tests: NAME.c is read by the rule NAME.cocci, and its facts must be
those of NAME.facts, no more and no fewer.
"""

from __future__ import annotations

import difflib
import re
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from pinlib.analysis import release_groups
from pinlib.base.errors import Gup2pinError
from pinlib.base.resources import COCCI
from pinlib.kernel import effects
from pinlib.kernel.view import View
from pinlib.rewrite import apply, ledger
from pinlib.spatch import facts, runner

CONVERT = COCCI / "convert"
FIND = COCCI / "find"
_MARK = re.compile(r"[ \t]*/\* @([\w-]+)((?:[^*\"]|\"[^\"]*\")*?) ?\*/")
_ALL = [CONVERT / f"{name}.cocci" for name in apply.ORDER]
Test = tuple[str, Callable[[], "list[str]"]]


def read_fixture(path: Path) -> tuple[str, list[dict[str, Any]]]:
    """Return a fixture without its marks, and the edits that they plan."""
    lines, edits = [], []
    for number, line in enumerate(path.read_text().split("\n"), 1):
        marks = list(_MARK.finditer(line))
        line = _MARK.sub("", line)
        lines.append(line)
        for mark in marks:
            edits.append(_edit(path.name, number, line, mark))
    return "\n".join(lines), edits


def _edit(file: str, number: int, line: str,
          mark: re.Match[str]) -> dict[str, Any]:
    edit: dict[str, Any] = {"op": mark.group(1), "file": file,
                            "line": number, "column": 0, "token": ""}
    for word in shlex.split(mark.group(2)):
        key, _, value = word.partition("=")
        edit[key] = value
    if edit["op"] == "extract":
        edit["pages"] = "other" if "local" in edit else "pointer"
    names = ledger.ANCHORS.get(edit["op"]) or (
        (edit["token"],) if edit["token"] else ())
    pattern = rf"\b({'|'.join(names)})\b" if names else {
        "argument": r"\w+(?=\()", "parameter": r"\w+(?=\()",
        "state": r"\w+(?=->)"}.get(edit["op"])
    if pattern:
        match = re.search(pattern, line)
        if not match:
            raise ValueError(f"{file}:{number}: nothing to edit here")
        edit["token"], edit["column"] = match.group(), match.start()
    edit.setdefault("new", release_groups.NEW_NAME.get(edit["token"], ""))
    if edit["op"] == "pin":
        shape = effects.SHAPES[edit["token"]]
        edit = {"flags": shape.flags, "args": shape.arguments, **edit,
                "longterm": "longterm" in edit, "spliced": "spliced" in edit}
        edit.update(flags=int(edit["flags"]), args=int(edit["args"]))
    return edit


def _diff(expected: str, found: str, name: str) -> list[str]:
    return list(difflib.unified_diff(
        expected.split("\n"), found.split("\n"), name, "found", lineterm=""))


def _group(fixture: Path) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Return the texts of a fixture and its header, and everything planned."""
    texts: dict[str, str] = {}
    edits: list[dict[str, Any]] = []
    for path in (fixture, fixture.with_suffix(".h")):
        if path.exists():
            texts[path.name], own = read_fixture(path)
            edits += own
    return texts, edits


def _apply(texts: dict[str, str],
           edits: list[dict[str, Any]]) -> dict[str, str]:
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as name:
        for file, text in texts.items():
            (Path(name) / file).write_text(text)
        made = apply.apply_group(View(Path(name)), {"id": "test", "edits": edits})
        return {**texts, **{f: b.decode() for f, b in made.items()}}


def _expected(fixture: Path, file: str) -> Path:
    return fixture.with_suffix(".res" if file.endswith(".c") else ".h.res")


def converts(fixture: Path) -> list[str]:
    """Return the group's result is the expected one."""
    texts, edits = _group(fixture)
    problems = []
    for file, found in _apply(texts, edits).items():
        path = _expected(fixture, file)
        problems += _diff(path.read_text(), found, path.name)
    return problems


def keeps(fixture: Path) -> list[str]:
    """Return a result that no edit is planned in does not change."""
    files = {file: _expected(fixture, file).read_text()
             for file in _group(fixture)[0]}
    problems = []
    for file, found in apply.transform(files, [], _ALL, "test").items():
        problems += _diff(files[file], found, file)
    return problems


def refuses_shift(fixture: Path) -> list[str]:
    """Return a plan with one position moved by a line discards the group."""
    texts, edits = _group(fixture)
    calls = [e for e in edits if e["token"]]
    for edit in calls[:1] + calls[-1:]:
        moved = [{**e, "line": e["line"] + 1} if e is edit else e
                 for e in edits]
        try:
            _apply(texts, moved)
        except apply.LedgerMismatch:
            continue
        return [f"{edit['file']}:{edit['line']}: applied one line off"]
    return []


def refuses(fixture: Path) -> list[str]:
    """Return each planned edit is refused for the reason given beside it."""
    text, edits = read_fixture(fixture)
    problems = []
    for edit in edits:
        place = f"{fixture.name}:{edit['line']}"
        try:
            _apply({fixture.name: text}, [edit])
        except apply.LedgerMismatch as error:
            if edit["refused"] not in error.why:
                problems.append(f"{place}: refused for '{error.why}'")
        else:
            problems.append(f"{place}: was not refused")
    found = apply.transform({fixture.name: text}, [], _ALL, "test")
    return problems + _diff(text, found[fixture.name], fixture.name)


def finds(fixture: Path) -> list[str]:
    """Return the facts of a fixture are exactly the expected ones."""
    path = fixture.with_suffix(".facts")
    return _diff(path.read_text(), facts_of(fixture), path.name)


def facts_of(fixture: Path) -> str:
    """Return what the rule of the same name finds, one fact a line."""
    names = [*effects.MISSION, *effects.PINNING, *effects.UNPIN, "put_page"]
    outcome = runner.collect((FIND / f"{fixture.stem}.cocci").read_text(),
                             names, [fixture], 1)
    if outcome.failed:
        raise Gup2pinError("; ".join(outcome.failed.values()))
    lines = []
    for fact in sorted((facts.Fact.read(raw, fixture.name)
                        for raw in outcome.facts),
                       key=lambda f: (f.line, f.column, f.kind, f.text)):
        more = [f"{key}={value}" for key, value in (
            ("name", fact.name), ("type", fact.type),
            ("params", ", ".join(fact.params)), ("text", fact.text)) if value]
        lines.append(f"{fact.line}:{fact.column}-{fact.line_end}:"
                     f"{fact.column_end} {fact.kind} in {fact.function}: "
                     + "; ".join(more))
    return "\n".join(lines) + "\n"


def tests() -> Iterator[Test]:
    """Yield every test with its name."""
    for fixture in sorted((CONVERT / "tests").glob("*.c")):
        name = f"convert/{fixture.stem}"
        if fixture.stem.endswith("_ok"):
            yield name, partial(refuses, fixture)
            continue
        for what, check in (("", converts), (" again", keeps),
                            (" one line off", refuses_shift)):
            yield name + what, partial(check, fixture)
    for fixture in sorted((FIND / "tests").glob("*.c")):
        yield f"find/{fixture.stem}", partial(finds, fixture)
    for rule in sorted(FIND.glob("*.cocci")):
        if not (FIND / "tests" / f"{rule.stem}.c").exists():
            yield f"find/{rule.stem}", lambda: ["has no test"]


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
