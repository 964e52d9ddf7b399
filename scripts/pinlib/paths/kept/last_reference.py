# SPDX-License-Identifier: GPL-2.0-only
"""Find what objects of the kernel's go with, and who puts the last reference.

Such an object's release is a method in a table, and is called by whoever puts the
last one. User space has one if all went well and it was given one; else a function
on the way to an acquisition that puts its own puts the only one there is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pinlib.csource import types
from pinlib.kernel import effects
from pinlib.paths.caller_release import leads
from pinlib.program.function import Function, Use
from pinlib.program.program import Program

# Structures in structures, and functions that call one that puts.
LEVELS = 3
_FREES = ("kfree", "kvfree", "vfree")

Key = tuple[str, str]


def of_method(tag: str, member: str) -> effects.Counted | None:
    """Return the object whose last put calls a method of a table."""
    return next((known for known in effects.COUNTED
                 if (tag, member) in known.ends), None)


def freed_with(program: Program, function: Function) -> effects.Counted | None:
    """Return the object, made for user space, in a structure that is freed here."""
    for name in _FREES:
        for use in function.uses.get(name, ()):
            declared = function.types.get(str(use.argument(0)), "")
            tag = types.tag_of(declared)
            if tag and types.depth_of(declared) == 1 and (
                    known := _embedded(program, tag, function.file, LEVELS)):
                return known
    return None


def puts(program: Program, known: effects.Counted, function: Function,
         at: int, way: Collection[Key]) -> Iterator[Use]:
    """Yield the calls after a place that put the only reference of an object.

    There is another one if the function takes one, or hands one out, before.
    """
    calls = _Calls(program, way)
    given = [use.statement.start for use in calls.of(function, known.gives)]
    for use in calls.of(function, known.puts):
        put = use.statement.start
        if not calls.does(function, use, known.gives) and leads(
                function, at, put) and not any(
                leads(function, one, put) for one in given):
            yield use


def _embedded(program: Program, tag: str, user: str,
              level: int) -> effects.Counted | None:
    """Return the object that a structure has by value, if it lasts."""
    for declared in (program.members_of(tag, user) or {}).values():
        inner = types.tag_of(declared)
        if inner is None or types.depth_of(declared) or "[" in declared:
            continue
        known = next((k for k in effects.COUNTED if k.lasts and k.tag == inner),
                     None) or (_embedded(program, inner, user, level - 1)
                               if level else None)
        if known:
            return known
    return None


class _Calls:
    """The calls of a driver that do something themselves, or below.

    way: the functions that lead to the acquisition; what they do is theirs.
    """

    def __init__(self, program: Program, way: Collection[Key]) -> None:
        self._program = program
        self._way = way

    def of(self, function: Function, names: frozenset[str]) -> list[Use]:
        """Return the calls in a function that come to one of these names."""
        return [use for uses in function.uses.values() for use in uses
                if use.call is not None and self.does(function, use, names)]

    def does(self, function: Function, use: Use,
             names: frozenset[str]) -> bool:
        """Say whether a call comes to one of these names."""
        return self._comes(use.node.value, function.file, names, LEVELS)

    def _comes(self, name: str, user: str, names: frozenset[str],
               level: int) -> bool:
        if name in names:
            return True
        callee = self._program.definition(name, user) if level else None
        tree = self._program.tree
        return callee is not None and callee.key not in self._way and \
            callee.file.startswith(tree.home(user)) and \
            not tree.is_kernel(callee.file) and any(
                use.call is not None and self._comes(
                    inner, callee.file, names, level - 1)
                for inner, uses in callee.uses.items() for use in uses)
