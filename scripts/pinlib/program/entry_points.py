# SPDX-License-Identifier: GPL-2.0-only
"""The entry points through which a function is reached.

An entry point is a function that nothing calls by name. One that switches on a
parameter, as an ioctl handler does, counts as one entry point per arm.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pinlib.program.function import Function, Statement
from pinlib.program.program import Program

CALLERS = 60
LIMIT = 40
_EXIT = re.compile(r"\b(?:return|goto|break|continue)\b[^;]*;[\s}]*$")
_LABEL = re.compile(r"\b(?:case\b[^:?]*|default\s*):")


@dataclass(frozen=True)
class Entry:
    """An entry point; arm is the offset of the switch arm, or 0."""

    file: str
    name: str
    arm: int

    def meets(self, other: Entry) -> bool:
        """Say whether both may be the same call.

        Two definitions of one name, one for each branch of an #ifdef, are the
        same.
        """
        mine, others = ((e.file, e.name.partition("@")[0])
                        for e in (self, other))
        return mine == others and (
            self.arm == other.arm or 0 in (self.arm, other.arm))


Passes = Callable[[Function, Statement], bool]


def entries(program: Program, function: Function, at: int,
            passes: Passes = lambda _, __: False,
            passed_by: set[tuple[str, str]] | None = None) -> set[Entry]:
    """Return the entry points from which an offset of a function is reached.

    passes: says, of a caller and the statement of its call, whether the search
    stops at that call.

    passed_by: receives the functions along the way, both ends included.
    """
    start = (function.key, _arm(function, at))
    seen = {start}
    work = [start]
    found: set[Entry] = set()
    while work and len(seen) < LIMIT:
        key, arm = work.pop()
        if passed_by is not None:
            passed_by.add(key)
        current = program.functions[key]
        if program.named_often(current, CALLERS):
            found.add(Entry(*key, arm))
            continue
        above = []
        tabled = passed = False
        for caller, use in program.naming(current.name, current):
            if caller.name and use.call:
                if passes(caller, use.statement):
                    passed = True
                    continue
                above.append((caller.key, _arm(
                    caller, use.statement.start)))
            tabled |= not caller.name
        if not above and not passed or arm and tabled:
            found.add(Entry(*key, arm))
            continue
        work += [a for a in above if a not in seen]
        seen.update(above)
    return found


def _arm(function: Function, at: int) -> int:
    """Return where the arm of a switch over a parameter begins, or 0.

    Arms that fall through to the next one count as a single arm.
    """
    code = function.text.code
    names = [n for _, n in function.params]
    low, high = function.body
    for match in re.compile(r"\bswitch\s*\(\s*(\w+)\s*\)\s*\{").finditer(
            code, low, high):
        end = function.text.matching(match.end() - 1)
        if match.group(1) not in names or not match.end() < at < end:
            continue
        begin = last = 0
        for label in _LABEL.finditer(code, match.end(), min(at, end)):
            if function.block_at(label.start())[0] != match.end() - 1:
                continue
            if not last or _EXIT.search(code[last:label.start()]):
                begin = label.start()
            last = label.end()
        return begin
    return 0
