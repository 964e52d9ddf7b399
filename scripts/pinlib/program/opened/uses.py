# SPDX-License-Identifier: GPL-2.0-only
"""Check that all uses of a macro mean what calls of a function would.

A macro evaluates its arguments as often as it names them, sees the variables of
its user, and may be half a statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pinlib.csource.expr import Kind, Node
from pinlib.csource.macro_text import Define
from pinlib.csource.masking import CText
from pinlib.program.function import Function, Use
from pinlib.program.macros import arguments_at
from pinlib.program.program import C_FILES, Program

Key = tuple[str, str]

_OPENING = re.compile(r"\s*\(")
_QUALIFIED = re.compile(r"(?:\b(?:struct|union|enum)\s+|(?:->|\.)\s*)$")
_EFFECTS = (Kind.ASSIGN, Kind.POST, Kind.CALL, Kind.STMTEXPR, Kind.RAWID)
_WHOLE = re.compile(r"(?:[;{})]|\belse|\bdo|[^?\s]\s*:)\s*$")
_ALONE = re.compile(r"(?:[;{}]|[^?\s]\s*:)\s*$")


@dataclass(frozen=True)
class MacroUse:
    """One use of a macro in code, or in the body of another macro.

    Of the latter only the arguments' text is known.
    """

    file: str
    function: Function | None
    use: Use | None
    given: tuple[str, ...]
    inside: Define | None = None


class Uses:
    """The uses of the macros that may be read as functions.

    defines: gives the definitions of a file; found: the macros in question.
    """

    def __init__(self, program: Program,
                 defines: Callable[[str], list[Define]],
                 found: Mapping[Key, Define]) -> None:
        self._program = program
        self._defines = defines
        self._found = found
        self._known: dict[Key, list[MacroUse] | None] = {}

    def of(self, key: Key) -> list[MacroUse] | None:
        """Return all uses of a macro, or None if one is not a plain call."""
        if key not in self._known:
            self._known[key] = self._all(key)
        return self._known[key]

    def agree(self, key: Key) -> bool:
        """Say whether a function in the macro's place would do the same."""
        define = self._found[key]
        uses = self.of(key)
        if not uses:
            return False
        count = len(uses[0].given)
        wanted = None if define.params is None else len(define.params)
        return all(len(u.given) == (count if wanted is None else wanted)
                   and self._agrees(define, u) for u in uses)

    def _agrees(self, define: Define, use: MacroUse) -> bool:
        if use.inside is not None:
            return (use.file, use.inside.name) in self._found and \
                self._found[use.file, use.inside.name] is use.inside
        assert use.function is not None and use.use is not None
        call = use.use.call
        assert call is not None
        if define.alias:
            return True
        for param, argument, text in zip(define.params or (), call.kids[1:],
                                         use.given):
            words = set(re.findall(r"\w+", text))
            if param in define.repeated and _acts(argument) or \
                    words & (define.foreign | define.stored):
                return False
        names = define.foreign - define.locals
        low, high = use.function.body
        return not any(low < at < high for name in names
                       for at in use.function.text.words.get(name, ())) and \
            not any(name in use.function.types for name in names) and \
            self._stands(define, use.function, use.use)

    @staticmethod
    def _stands(define: Define, function: Function, use: Use) -> bool:
        """Say whether statements are used where a statement may stand."""
        if define.is_value:
            return True
        place = function.position(use)
        if place is None:
            return False
        text = function.text
        at = text.offset(*place)
        before = _ALONE if define.is_many else _WHOLE
        close = text.matching(text.code.index("(", at))
        return bool(before.search(text.code[max(0, at - 80):at])) and \
            bool(re.compile(r"\s*;").match(text.code, close + 1))

    def _all(self, key: Key) -> list[MacroUse] | None:
        file, name = key
        found: list[MacroUse] = []
        for other in sorted(self._seeing(file, name)):
            text = self._program.text(other)
            calls = self._calls(other, name)
            inside = self._defines(other)
            for at in text.words.get(name, ()):
                if self._found[key].params is not None and _is_other(
                        text.visible, at, name):
                    continue
                define = next((d for d in inside
                               if d.start <= at < d.end), None)
                if define is not None:
                    if define.name == name and at < define.body[0]:
                        if other != file:
                            return None     # another definition of the name
                        continue
                    given = arguments_at(text.visible, at + len(name))
                    if given is None:
                        return None
                    found.append(MacroUse(other, None, None, given, define))
                    continue
                directive = text.directive_at(at)
                if directive in ("if", "ifdef", "ifndef", "elif"):
                    continue
                if directive == "define" and self._has_body(text, at):
                    continue
                made = calls.get(text.place_of(at))
                given = arguments_at(text.code, at + len(name))
                if directive or made is None or given is None:
                    return None
                found.append(MacroUse(other, *made, given))
        return found

    @staticmethod
    def _has_body(text: CText, at: int) -> bool:
        """Say whether a directive is a definition that has a body."""
        return len(text.directive_text(at).split(None, 2)) > 2

    def _seeing(self, file: str, name: str) -> set[str]:
        """Return the files that may use a macro of a file."""
        if not file.endswith(".h"):
            return {file, *(f for f in self._program.included.compiled_with(
                file) if f in self._program.naming_files(name))}
        return {f for f in self._program.naming_files(name)
                if f.endswith((*C_FILES, ".S"))}

    def _calls(self, file: str, name: str) -> dict[
            tuple[int, int], tuple[Function, Use]]:
        """Return the calls of a name in the functions of a file."""
        found = {}
        for function in self._program.mentioning(name, {file}):
            for use in function.uses.get(name, ()):
                place = function.position(use)
                if place and use.call is not None and all(
                        n.kind not in (Kind.UNKNOWN, Kind.TYPE, Kind.STMTEXPR)
                        for n in use.call.walk()):
                    found[place] = (function, use)
        return found


def _is_other(code: str, at: int, name: str) -> bool:
    """Say whether a word is a tag or a member, which a macro leaves alone."""
    return _OPENING.match(code, at + len(name)) is None and bool(
        _QUALIFIED.search(code[max(0, at - 40):at]))


def _acts(node: Node) -> bool:
    """Say whether it matters how often an expression is evaluated."""
    return any(n.kind in _EFFECTS or n.kind == Kind.UNARY and n.value in (
        "++", "--") for n in node.walk())
