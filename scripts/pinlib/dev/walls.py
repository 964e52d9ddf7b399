# SPDX-License-Identifier: GPL-2.0-only
"""Check which package imports which: the direction in which pinlib is built.

A package imports those that stand before it in PACKAGES, less those that APART
keeps from it. What must stay independent of each other module by module stands
in MODULES.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("base", "host_packages", "reader", "csource", "kernel", "kept",
            "spatch", "rewrite", "program", "flow", "paths", "decide",
            "analysis", "series", "engine", "campaigns", "report", "audit",
            "build", "prove", "boot", "commands", "dev", "arguments", "cli")
MOST_MODULES = 15

# The stages that find and decide, which know nothing of how code is changed.
_JUDGES = ("program", "flow", "paths", "decide")
APART = {
    **dict.fromkeys(_JUDGES, ("spatch", "rewrite")),
    "rewrite": _JUDGES,
    "series": ("spatch", "flow", "paths"),
    "report": ("spatch", "rewrite", *_JUDGES, "analysis", "engine"),
    "audit": ("spatch",),
    "build": ("csource", "spatch", "rewrite", *_JUDGES, "analysis", "series",
              "report", "audit"),
    "prove": ("csource", "spatch", "rewrite", *_JUDGES, "analysis", "audit"),
    "boot": ("spatch", "rewrite", *_JUDGES, "analysis", "report", "audit",
             "prove"),
}
# What one campaign alone knows is only called where campaigns are told apart.
ONLY = {"campaigns": ("commands", "cli")}
# Second opinions share no code with what they are held against, and what runs
# in spatch's own Python finds nothing there but the standard library.
MODULES = {
    "csource.arms": PACKAGES,
    "csource.arm_tree": tuple(p for p in PACKAGES if p != "csource"),
    "csource.masking": tuple(p for p in PACKAGES if p != "csource"),
    "program.read_facts": ("csource.masking",),
    "rewrite.ledger": ("csource", "spatch", "rewrite"),
    "spatch.in_find_rules": tuple(p for p in PACKAGES if p != "csource"),
    "spatch.in_convert_rules": tuple(p for p in PACKAGES if p != "csource"),
}
_BARE = ("spatch.in_find_rules", "spatch.in_convert_rules", "spatch.__init__",
         "csource.__init__", "__init__")


def problems(folder: Path, shown: Path) -> list[str]:
    """Return what breaks the direction below a package's folder, a line each.

    Paths are given relative to shown.
    """
    found = []
    for path in sorted(folder.rglob("*.py")):
        name = ".".join(path.relative_to(folder).with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [f"{path.relative_to(shown)}:{line}: {text}"
                  for line, text in _of_module(name, tree)]
    for inner in sorted({p.parent for p in folder.rglob("*.py")} - {folder}):
        count = len(list(inner.glob("*.py"))) - 1
        if count > MOST_MODULES:
            found.append(f"{inner.relative_to(shown)}: {count} modules, more "
                         f"than {MOST_MODULES}")
        if not ast.get_docstring(ast.parse(
                (inner / "__init__.py").read_text(encoding="utf-8"))):
            found.append(f"{(inner / '__init__.py').relative_to(shown)}:1: "
                         "does not say what comes in and what goes out")
    return found


def _of_module(name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    package = name.split(".", maxsplit=1)[0]
    for node, inside in _imports(tree):
        if inside and package != "cli":
            yield node.lineno, "an import inside a function"
        if isinstance(node, ast.ImportFrom) and node.level:
            yield node.lineno, "an import that is not absolute"
            continue
        for target in _targets(node):
            if not target.startswith("pinlib."):
                if name in _BARE and target.split(".")[0] not in \
                        sys.stdlib_module_names:
                    yield node.lineno, f"{name} imports {target}"
                continue
            yield from ((node.lineno, text) for text in
                        _broken(name, target.removeprefix("pinlib.")))


def _broken(name: str, target: str) -> Iterator[str]:
    package, other = (text.split(".", maxsplit=1)[0]
                      for text in (name, target))
    if package in PACKAGES and other in PACKAGES and package != other and (
            PACKAGES.index(other) > PACKAGES.index(package)
            or other in APART.get(package, ())):
        yield f"{package} imports {other}"
    elif other != package and package not in ONLY.get(other, PACKAGES):
        yield f"{package} imports {other}"
    for wall in MODULES.get(name, ()):
        if target == wall or target.startswith(f"{wall}."):
            yield f"{name} imports {target}"


def _imports(tree: ast.Module) -> Iterator[
        tuple[ast.Import | ast.ImportFrom, bool]]:
    inside = {id(node) for function in ast.walk(tree)
              if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
              for node in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node, id(node) in inside


def _targets(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """Yield the modules that a statement imports, each as a whole name."""
    if isinstance(node, ast.Import):
        yield from (item.name for item in node.names)
    else:
        yield from (f"{node.module}.{item.name}" for item in node.names)
