# SPDX-License-Identifier: GPL-2.0-only
"""Find the structures through which a structure is reached.

A file that has one of them may use the members of the inner one without ever
naming it: `request->buffer.iter` needs only the header of the request.
"""

from __future__ import annotations

import re
from collections.abc import Set

from pinlib.csource import types
from pinlib.csource.masking import CText
from pinlib.program.program import Program

LEVELS = 4
_KIND = re.compile(r"\b(?:struct|union)\s+(?:__\w+(?:\s*\([^;{}]*\)\s*|\s+))?$")
# What stands behind the tag of a member, or of a structure with braces.
_MEMBER = re.compile(r"(?:\b(?:\s*\bconst\b)?[\s*]*\w+"
                     r"(?:\s*\[[^]]*\]|\s*,[\s*]*\w+)*)?\s*[;{]")
# A structure named in more files than this is not one subsystem's.
WIDE = 60


def holders(program: Program, tag: str) -> dict[str, set[str]]:
    """Return the structures that contain a structure or a pointer to it.

    Either directly or through others; each with the headers that define it.
    """
    found: dict[str, set[str]] = {}
    level = {tag}
    for _ in range(LEVELS):
        outer: dict[str, set[str]] = {}
        for inner in sorted(level):
            files = {f for f in program.naming_files(inner)
                     if not f.startswith(("tools/", "Documentation/"))}
            if len(files) > WIDE:
                continue
            for file in sorted(f for f in files if f.endswith(".h")):
                for name in _around(program.text(file), inner):
                    outer.setdefault(name, set()).add(file)
        level = outer.keys() - found.keys() - {tag}
        for name in level:
            found[name] = outer[name]
        if not level:
            break
    return {n: f for n, f in found.items()
            if len(program.naming_files(n)) <= WIDE}


def _around(text: CText, tag: str) -> set[str]:
    """Return the structures of a file that have a structure as a member."""
    found: set[str] = set()
    for at in text.words.get(tag, ()):
        if _KIND.search(text.code[max(0, at - 60):at]) and \
                text.code.startswith(tag, at) and \
                _MEMBER.match(text.code, at + len(tag)):
            found.update(types.enclosing(text, at))
    return found


def including(program: Program, files: Set[str],
              headers: set[str]) -> set[str]:
    """Return those files that include one of the headers, by its name."""
    found: set[str] = set()
    for header in headers:
        name = header.rpartition("/")[2]
        found |= program.searches.including(
            files & program.naming_files(name.rpartition(".")[0]), name)
    return found
