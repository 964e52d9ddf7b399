#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Names what the tests of one revision assert and those of another do not.

    tests/compare_asserts.py OLD NEW [NAMES]

Compared are assert statements, pytest.raises() and pytest.warns(), calls of
helpers that assert, and parametrised cases: of tests, of fixtures, and the
tables at the top of a file that cases are made from. A test is found again by
its name, in whatever file it is now. What stands before the last name of a
dotted one is not compared, since modules move. NAMES has a line for each name
that changed, `old new`. Exit code 1: something was dropped.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
Function = ast.FunctionDef | ast.AsyncFunctionDef
CHECKS = ("raises", "warns")


@dataclass
class Test:
    """A function of the tests, or the top of a file."""

    place: str
    found: Counter[str] = field(default_factory=Counter)


class Plain(ast.NodeTransformer):
    """Leaves of a dotted name its last part, and gives it its new name."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Drop a dotted prefix; what is called or indexed before it stays."""
        base: ast.expr = node
        while isinstance(base, ast.Attribute):
            base = base.value
        name = self.names.get(node.attr, node.attr)
        if isinstance(base, ast.Name):
            return ast.Name(name, ast.Load())
        return ast.Attribute(self.visit(node.value), name, ast.Load())

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Give a name its new one."""
        return ast.Name(self.names.get(node.id, node.id), ast.Load())


def git(*args: str) -> str:
    """What git prints."""
    return subprocess.run(["git", "-C", str(ROOT), *args], check=True,
                          capture_output=True, text=True,
                          errors="surrogateescape").stdout


def sources(revision: str) -> dict[str, str]:
    """The Python files below tests/ of a revision."""
    names = git("ls-tree", "-r", "--name-only", revision, "tests/")
    return {name: git("show", f"{revision}:{name}")
            for name in names.splitlines() if name.endswith(".py")}


def last_name(node: ast.expr) -> str:
    """The last part of a dotted name."""
    return node.attr if isinstance(node, ast.Attribute) else \
        node.id if isinstance(node, ast.Name) else ""


def functions(tree: ast.AST) -> Iterable[Function]:
    """The functions and methods of a file, not those inside of them."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
        elif not isinstance(node, ast.expr):
            yield from functions(node)


def asserting(trees: Iterable[ast.AST]) -> set[str]:
    """The helpers that assert, by themselves or through another one."""
    every = [f for tree in trees for f in functions(tree)
             if not f.name.startswith("test_")]
    found: set[str] = set()
    while True:
        more = {f.name for f in every if f.name not in found and any(
            is_check(node, found) for node in ast.walk(f))}
        if not more:
            return found
        found |= more


def is_check(node: ast.AST, helpers: set[str]) -> bool:
    """Does a test fail where this is not as it must be?"""
    return isinstance(node, ast.Assert) or (
        isinstance(node, ast.Call)
        and last_name(node.func) in helpers.union(CHECKS))


def cases(node: ast.expr, label: str, plain: Plain) -> Iterable[str]:
    """Each element of a list of cases, or the expression that makes it."""
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        for element in node.elts:
            yield f"{label} {text(element, plain)}"
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values):
            yield (f"{label} {text(key, plain) if key else '**'}: "
                   f"{text(value, plain)}")
    else:
        yield f"{label} {text(node, plain)}"


def text(node: ast.AST, plain: Plain) -> str:
    """A node's text on one line; the tree that it is of stays as it is."""
    copy = ast.parse(ast.unparse(node))
    return " ".join(ast.unparse(plain.visit(copy)).split())


def decorated(function: Function, plain: Plain) -> Iterable[str]:
    """The cases that decorators give to a test or fixture."""
    for decorator in function.decorator_list:
        if not isinstance(decorator, ast.Call):
            continue
        name = last_name(decorator.func)
        if name == "parametrize" and len(decorator.args) > 1:
            label = f"case of {ast.unparse(decorator.args[0])}:"
            yield from cases(decorator.args[1], label, plain)
        for keyword in decorator.keywords:
            if name == "fixture" and keyword.arg == "params":
                yield from cases(keyword.value, "case:", plain)


def read(files: Mapping[str, str],
         names: Mapping[str, str]) -> dict[str, list[Test]]:
    """What is asserted, by the names of tests; `` has the files' tables."""
    plain = Plain(names)
    trees = {file: ast.parse(source) for file, source in files.items()}
    helpers = asserting(trees.values())
    made: dict[str, list[Test]] = defaultdict(list)
    for file, tree in trees.items():
        for function in functions(tree):
            test = Test(f"{file}: {function.name}()")
            test.found.update(decorated(function, plain))
            test.found.update(text(node, plain)
                              for node in ast.walk(function)
                              if is_check(node, helpers))
            if test.found:
                made[names.get(function.name, function.name)].append(test)
        if Path(file).name.startswith("test_"):
            for node in tree.body:
                if isinstance(node, (ast.Assign, ast.AnnAssign)):
                    made[""].append(table(file, node, plain))
    return made


def table(file: str, node: ast.Assign | ast.AnnAssign, plain: Plain) -> Test:
    """A list at the top of a file, with a case for each element."""
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    test = Test(f"{file}: {ast.unparse(target)}")
    if isinstance(node.value, (ast.List, ast.Tuple, ast.Set, ast.Dict)):
        test.found.update(cases(node.value, f"{text(target, plain)}:", plain))
    return test


def dropped(old: Mapping[str, str], new: Mapping[str, str],
            names: Mapping[str, str]) -> list[str]:
    """A line for each thing that only the old files assert."""
    was, now = read(old, names), read(new, names)
    lines = []
    for name, tests in was.items():
        left = sum((t.found for t in now.get(name, [])), Counter[str]())
        for test in tests:
            for item in (test.found - left).elements():
                lines.append(f"{test.place}: {item}")
            left -= test.found
    return lines


def main(args: list[str]) -> int:
    """Compare two revisions and name what was dropped."""
    if len(args) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    names = {}
    if len(args) == 3:
        rows = Path(args[2]).read_text(encoding="utf-8").splitlines()
        names = dict(row.split() for row in rows if row.strip())
    old, new = sources(args[0]), sources(args[1])
    lines = dropped(old, new, names)
    for line in lines:
        print(line)
    count = [sum(sum(t.found.values()) for some in read(s, names).values()
                 for t in some) for s in (old, new)]
    print(f"{count[0]} asserts and cases before, {count[1]} after, "
          f"{len(lines)} dropped")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
