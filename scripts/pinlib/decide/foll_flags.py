# SPDX-License-Identifier: GPL-2.0-only
"""Find which FOLL_* flags a call that takes pages of addresses may be given.

Every value that the argument may have counts, whatever the order: those of a
variable, and for a parameter what each caller passes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pinlib.base.codes import Code
from pinlib.base.why_not import WhyNot
from pinlib.csource import lexer
from pinlib.csource.expr import Kind, Node
from pinlib.flow.call_sites import CallSite
from pinlib.kernel import flag_precedence
from pinlib.program.function import Function, Statement
from pinlib.program.program import Program

LIMIT = 24
_COMPARES = ("==", "!=", "<", ">", "<=", ">=", "&&", "||")

Key = tuple[str, str, str]


@dataclass
class Given:
    """Names of flags, with the line of each that the call does not spell.

    complete: nothing else can be among them.
    """

    spelt: set[str] = field(default_factory=set)
    elsewhere: dict[str, str] = field(default_factory=dict)
    complete: bool = True

    def has(self, name: str) -> bool:
        """Say whether a flag may be given."""
        return name in self.spelt or name in self.elsewhere

    @property
    def never_writes(self) -> bool:
        """Say whether write access is never asked for."""
        return self.complete and not self.has("FOLL_WRITE")


def given(program: Program, site: CallSite) -> Given:
    """Return the flags that one call may be given."""
    found = Given()
    node = site.argument(site.shape.flags) if site.shape else None
    if node is None:
        found.complete = False
    else:
        _Reader(program, found).value(site.function, node, "")
    return found


def obstacle(program: Program, site: CallSite) -> WhyNot | None:
    """Return why the flags do not allow a pin, or None."""
    flags = given(program, site)
    here = f"{site.file}:{site.line}"
    if flags.has("FOLL_PIN"):
        return WhyNot(
            Code.FLAGS_REFUSED, f"FOLL_PIN is given to {site.api}(), which "
            "refuses it.", flags.elsewhere.get("FOLL_PIN", here))
    place = flags.elsewhere.get("FOLL_GET")
    words = site.function.text.words.get("FOLL_GET", ())
    if place is None and not flags.complete and words:
        place = f"{site.file}:{site.function.text.line_of(words[0])}"
    if place:
        return WhyNot(
            Code.FLAGS_REFUSED, "FOLL_GET may be among the flags, and a call "
            "that pins refuses it.", place)
    return None


class _Reader:
    """The flags that an expression may hold, as they are collected."""

    def __init__(self, program: Program, found: Given) -> None:
        self.program = program
        self.found = found
        self._seen: set[Key] = set()

    def value(self, function: Function, node: Node, place: str) -> None:
        """Note the flags of an expression; place: "" for the call's own."""
        kind, kids = node.kind, node.kids
        if kind == Kind.COND:
            kids = kids[1:] if len(kids) > 2 else kids
        elif kind == Kind.ID:
            if node.value.startswith("FOLL_"):
                self._flag(node.value, place)
            else:
                self._variable(function, node.value)
            return
        elif kind == Kind.CONST:
            if node.value == "1":
                self._flag("FOLL_WRITE", place)
            self.found.complete &= node.value in ("0", "1")
            return
        elif kind == Kind.UNARY and node.value == "!" or (
                kind == Kind.BINARY and node.value in _COMPARES):
            self._flag("FOLL_WRITE", place)
            return
        elif kind == Kind.BINARY and node.value == "&":
            # A mask removes flags and adds none.
            kids = kids[:1]
        elif kind not in (Kind.BINARY, Kind.CAST, Kind.COMMA):
            self.found.complete = False
            return
        elif kind == Kind.BINARY and node.value != "|":
            self.found.complete = False
        for kid in kids:
            self.value(function, kid, place)

    def _flag(self, name: str, place: str) -> None:
        if place:
            self.found.elsewhere.setdefault(name, place)
        else:
            self.found.spelt.add(name)

    def _variable(self, function: Function, name: str) -> None:
        key = (*function.key, name)
        if key in self._seen:
            return
        self._seen.add(key)
        if len(self._seen) > LIMIT or name not in function.types:
            self.found.complete = False
            return
        known = self._written(function, name)
        names = [n for _, n in function.params]
        if name in names:
            known = self._passed(function, names.index(name))
        self.found.complete &= known

    def _written(self, function: Function, name: str) -> bool:
        """Note the values that the function itself sets; return False for none."""
        known = False
        for statement in function.statements:
            if statement.fact.kind == "declare" and statement.tree and \
                    statement.fact.name == name:
                known = True
                self.value(function, statement.tree, str(statement))
        for use in function.uses.get(name, []):
            parent = use.node.parent
            if parent is None:
                continue
            if parent.kind == Kind.ASSIGN and parent.kids[0] is use.node:
                known = True
                self._assigned(function, use.statement, parent)
            elif parent.kind == Kind.POST or parent.kind == Kind.UNARY and \
                    parent.value in ("&", "++", "--"):
                self.found.complete = False
        return known

    def _assigned(self, function: Function, statement: Statement,
                  node: Node) -> None:
        if node.value in ("=", "|="):
            self.value(function, node.kids[1], str(statement))
        elif node.value != "&=":
            self.found.complete = False

    def _passed(self, function: Function, index: int) -> bool:
        """Note what the callers pass; return False unless all of them are known."""
        known = False
        if self.program.named_often(function, LIMIT):
            return False
        for caller, use in self.program.naming(function.name, function):
            passed = use.argument(index)
            if passed is None:
                return False
            known = True
            self.value(caller, passed, str(use.statement))
        return known


def spliced(program: Program, site: CallSite) -> bool:
    """Say whether macros among the flags of a call need brackets."""
    node = site.argument(site.shape.flags) if site.shape else None
    operands = flag_precedence.operands(lexer.words(str(node)))
    macro = program.tree.macros.get(site.file)
    if macro and macro.holds(site.line) and not {
            n for _, n in site.function.params}.isdisjoint(operands):
        return True     # what is passed may hold any operator
    names = {w for w in operands if not w.startswith("FOLL_")
             and w not in site.function.types}
    return flag_precedence.spliced(
        site.function.text, (site.line, site.column), names,
        program.searches.macros, program.text)
