# SPDX-License-Identifier: GPL-2.0-only
"""Find the objects that use what headers define, directly or through macros.

A header with a member's uses is compiled with whatever includes it; what its
functions and macros become shows where they are called.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence

from pinlib.prove.affected import (find_scope, object_of, Scope, State, TreeText,
                                   words_of)

_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)((?:\\\n|.)*)", re.M)


def with_macros(tree: TreeText, names: Iterable[str]) -> set[str]:
    """Return names with the macros of headers that name one, directly or not."""
    found, new = set(names), set(names)
    texts: dict[str, list[tuple[str, set[str]]]] = {}
    while new:
        users = [name for name in tree.naming(new, ("*.h",))
                 if not name.startswith(("tools/", "Documentation/"))]
        for name in users:
            if name not in texts:
                text = (tree.kernel / name).read_text("utf-8", "replace")
                texts[name] = [(macro, words_of(body.encode()))
                               for macro, body in _DEFINE.findall(text)]
        new = {macro for name in users for macro, body in texts[name]
               if body & found} - found
        found |= new
    return found


def scope_of(tree: TreeText, files: Sequence[str], names: Iterable[str],
             after: State) -> Scope:
    """Return the objects of files and of users of names, and one a header.

    All are worth a configuration of their own: what uses a name is changed with it.
    """
    scope = find_scope(tree, [*files], sorted(with_macros(tree, names)), after)
    for header in sorted(name for name in files if name.endswith(".h")):
        seen = {object_of(name) for name in tree.includers([header])
                if name.endswith(".c") and not name.startswith(
                    ("tools/", "Documentation/"))}
        if seen and not seen & {*scope.changed, *scope.holders}:
            scope.holders.append(_nearest(header, seen))
    return Scope(sorted({*scope.changed, *scope.holders}), [], scope.left_out,
                 scope.reason)


def _nearest(header: str, objects: Iterable[str]) -> str:
    """Return the object that shares most of its path, of code for each machine."""
    return min(objects, key=lambda name: (
        name.startswith("arch/"), -len(posixpath.commonpath([header, name])), name))
