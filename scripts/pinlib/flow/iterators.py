# SPDX-License-Identifier: GPL-2.0-only
"""Find which kinds of iov_iter can reach a call site, and what proves it.

The search goes from the iterator argument back to where iterators are created.
What comes from outside (a ->read_iter, a ->sendmsg or an unknown caller) may be
of any kind that the tree has; checks on the path narrow the set.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from pinlib.csource.written.heard import is_file
from pinlib.csource.expr import Kind, Node, conditions
from pinlib.csource.written.text_files import code_of
from pinlib.flow import callbacks
from pinlib.flow.implied_kinds import Implied
from pinlib.flow.points_to import Objects, values
from pinlib.flow.zerocopy import FLAG, ZeroCopy
from pinlib.kernel import effects
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Location, LocationKind, Resolver, variable
from pinlib.program.program import Program

ANY = ("user", "bvec", "kvec", "xarray", "pipe", "folioq")
MAKERS = {"import_iovec": (5, "user"), "import_single_range": (4, "user"),
          "import_ubuf": (3, "user"), "__import_iovec": (5, "user"),
          "iov_iter_init": (0, "user"), "iov_iter_ubuf": (0, "user"),
          "iov_iter_bvec": (0, "bvec"), "iov_iter_kvec": (0, "kvec"),
          "iov_iter_xarray": (0, "xarray"), "iov_iter_pipe": (0, "pipe"),
          "iov_iter_folio_queue": (0, "folioq")}
CHECKS = {"iov_iter_is_kvec": {"kvec"}, "iov_iter_is_bvec": {"bvec"},
          "iov_iter_is_pipe": {"pipe"}, "iov_iter_is_xarray": {"xarray"},
          "iov_iter_is_folioq": {"folioq"},
          "user_backed_iter": {"user"}, "iter_is_iovec": {"user"},
          "iter_is_ubuf": {"user"}}
# What iov_iter_type() says. Those of user memory have more than one type.
TYPES = {"ITER_BVEC": "bvec", "ITER_KVEC": "kvec", "ITER_PIPE": "pipe",
         "ITER_XARRAY": "xarray", "ITER_FOLIOQ": "folioq",
         "ITER_IOVEC": "user", "ITER_UBUF": "user"}
CALLERS = 60
_PASSING = ("iov_iter_count", "iov_iter_advance", "iov_iter_revert",
            "iov_iter_truncate", "iov_iter_npages", "iov_iter_reexpand",
            "iov_iter_single_seg_count", "iov_iter_save_state",
            "iov_iter_alignment", "iov_iter_rw", "iov_iter_extract_will_pin",
            "iov_iter_restore", "copy_from_iter", "copy_to_iter",
            "copy_from_iter_full", "fault_in_iov_iter_readable")
_LOOKING = ("iov_iter_", "copy_", "WARN", "dev_", "trace_")
# Methods that move an iterator on, by the contract of the VFS.
_MOVING = ("read_iter", "write_iter")


@dataclass
class Kinds:
    """The kinds found, and the lines that prove them."""

    kinds: set[str] = field(default_factory=set)
    proof: list[str] = field(default_factory=list)

    def narrowed(self) -> str:
        """Return the lines that rule out other kinds, one on each path."""
        telling = sorted(p for p in self.proof if FLAG in p
                         or p.endswith(tuple(f"{c}()" for c in CHECKS)))
        if telling:
            return "; ".join(telling)
        telling = [p for p in self.proof if p.endswith("()")]
        return (telling or self.proof or [""])[0]

    def add(self, kinds: set[str], why: str) -> None:
        """Add kinds with the line that they come from."""
        self.kinds |= kinds
        if why not in self.proof:
            self.proof.append(why)


def kinds(kernel: Path) -> frozenset[str]:
    """Return the iterator kinds that a kernel has, by its uio.h."""
    uio = kernel / "include/linux/uio.h"
    text = code_of(uio) if is_file(uio) else ""
    words = {"pipe": "ITER_PIPE", "folioq": "ITER_FOLIOQ",
             "xarray": "ITER_XARRAY"}
    return frozenset(k for k in ANY if k not in words or words[k] in text)


class Iterators:
    """The iterators in one tree; known: the kinds that its kernel has."""

    def __init__(self, program: Program, resolver: Resolver,
                 known: frozenset[str]) -> None:
        self.program = program
        self.resolver = resolver
        self.any = set(known)

    def of(self, function: Function, statement: Statement,
           argument: Node) -> Kinds:
        """Return the kinds that can reach an argument of a call."""
        found = Kinds()
        self._from(function, statement, argument, found, set())
        if not found.kinds:
            found.add(self.any, f"{statement}: where {argument} is created is "
                      "not known")
        return found

    def _from(self, function: Function, statement: Statement, node: Node,
              found: Kinds, seen: set[tuple[Location, str]]) -> None:
        if node.value in ("NULL", "0") or found.kinds >= self.any:
            return
        denied = self._denied(function, statement, node)
        place = ZeroCopy(self.program).proof(function, statement)
        if place:
            denied.append((self.any - {"user"}, f"{place}: only with {FLAG}"))
        where = self.resolver.locate(function, node)
        if where is None or where[0].kind == LocationKind.MEM:
            denied += self._flagged(function, node)
        inner = Kinds()
        if where is None:
            inner.add(self.any, f"{statement}: {node} comes from outside")
        else:
            self._location(where[0], function, inner, seen)
        for why in inner.proof:
            found.add(set(), why)
        for kinds, why in denied:
            found.add(set(), why)
            inner.kinds -= kinds
        found.kinds |= inner.kinds

    def _denied(self, function: Function, statement: Statement,
                node: Node, level: int = 0) -> list[tuple[set[str], str]]:
        """Return the kinds ruled out by checks around a statement."""
        out = []
        for guard in function.guards_at(statement.start):
            for test, holds in conditions(guard.test, guard.holds):
                if test.kind == Kind.CALL and test.kids[0].value in CHECKS and \
                        self._same(function, test.kids[1], node):
                    kinds = CHECKS[test.kids[0].value]
                    gone = self.any - kinds if holds else kinds
                    out.append((gone, f"{function.file}:{guard.line}: "
                                f"{test.kids[0].value}()"))
                    continue
                gone = self._of_type(function, test, holds, node)
                if gone:
                    out.append((gone, f"{function.file}:{guard.line}: "
                                "iov_iter_type()"))
                if not holds and level < 3:
                    out += self._refused(function, test, node, level)
                if not level:
                    out += self._flagged(function, node, statement, test,
                                         holds)
        return out

    def _of_type(self, function: Function, test: Node, holds: bool,
                 node: Node) -> set[str]:
        """Return the kinds that a comparison of an iterator's type rules out."""
        if test.kind != Kind.BINARY or test.value not in ("==", "!="):
            return set()
        asked, kind = test.kids[0], TYPES.get(test.kids[1].value)
        if kind is None or asked.kind != Kind.CALL or \
                asked.kids[0].value != "iov_iter_type" or \
                not self._same(function, asked.kids[1], node):
            return set()
        if holds == (test.value == "=="):
            return self.any - {kind}
        return {kind} - {"user"}

    def _flagged(self, function: Function, node: Node,
                 statement: Statement | None = None, test: Node | None = None,
                 holds: bool = True) -> list[tuple[set[str], str]]:
        """Return the kinds that a flag or the callers' tests rule out."""
        flags = Implied(self.program, self.resolver, self.any, CHECKS,
                        MAKERS)
        if not flags.worthwhile(function):
            return []
        gone, why = flags.above(function, node) if not (statement and test) \
            else flags.denied(function, statement, test, holds, node)
        return [(gone, why)] if gone else []

    def _refused(self, function: Function, test: Node, node: Node,
                 level: int) -> list[tuple[set[str], str]]:
        """Return the kinds for which a function called before failed.

        test: the failure, known not to have happened: IS_ERR(x), x or x < 0.
        """
        name, value = "ERR_PTR", test
        if test.kind == Kind.CALL and test.kids[0].value == "IS_ERR":
            value = test.kids[1]
        elif test.kind == Kind.BINARY and test.value == "<" and \
                test.kids[1].value == "0":
            name, value = "-", test.kids[0]
        else:
            name = "-"
        given = values(function, value.value) if value.kind == Kind.ID else []
        call = given[0][1] if len(given) == 1 else value
        if call.kind != Kind.CALL or call.kids[0].kind != Kind.ID:
            return []
        index = next((i for i, k in enumerate(call.kids[1:])
                      if self._same(function, k, node)), -1)
        callee = self.program.definition(call.kids[0].value, function.file) \
            if index >= 0 else None
        if callee is None or index >= len(callee.params):
            return []
        return self._passed(callee, callee.params[index][1], name, level + 1)

    def _passed(self, callee: Function, param: str, failure: str,
                level: int) -> list[tuple[set[str], str]]:
        """Return a parameter's kinds ruled out at every successful return."""
        returns = [s for s in callee.statements if s.fact.kind == "return"]
        written = len(re.findall(r"\breturn\b", callee.text.code[
            callee.body[0]:callee.body[1]]))
        if written != len(returns) or values(callee, param):
            return []
        out: list[tuple[set[str], str]] | None = None
        for statement in returns:
            tree = statement.tree
            if tree is None or tree.kind == Kind.CALL and \
                    tree.kids[0].value == failure or \
                    tree.kind == Kind.UNARY and tree.value == failure:
                continue
            here = self._denied(callee, statement, Node(Kind.ID, param), level)
            out = here if out is None else [d for d in out if d in here]
        return out or []

    def _same(self, function: Function, one: Node, other: Node) -> bool:
        first = self.resolver.locate(function, one)
        second = self.resolver.locate(function, other)
        return first is not None and second is not None and \
            first[0] == second[0]

    def _location(self, location: Location, function: Function,
                  found: Kinds, seen: set[tuple[Location, str]]) -> None:
        if (location, "") in seen:
            return
        seen.add((location, ""))
        if location.kind == LocationKind.RET:
            found.add(self.any, f"{location} gives any kind")
            return
        owner = self.program.function(location.file, location.owner)
        names = [n for _, n in owner.params] if owner else []
        if location.kind == LocationKind.VAR and owner and location.name in names:
            self._callers(owner, names.index(location.name), found, seen)
        if location.kind == LocationKind.MEM:
            self._member(location, found, seen)
        elif owner:
            self._local(location, owner, found, seen)

    def _callers(self, owner: Function, index: int, found: Kinds,
                 seen: set[tuple[Location, str]]) -> None:
        if self.program.named_often(owner, CALLERS):
            found.add(self.any, f"{owner.file}:{owner.line}: "
                      f"{owner.name}() is called from all over the tree")
            return
        callers = self.program.naming(owner.name, owner)
        for caller, use in callers:
            given = use.argument(index)
            if use.call is None:
                found.add(self.any, f"{use.statement}: {owner.name}() is "
                          "called through a pointer")
            elif given is not None:
                self._from(caller, use.statement, given, found, seen)
        if not callers:
            found.add(self.any, f"{owner.file}:{owner.line}: callers of "
                      f"{owner.name}() are not known")

    def _member(self, location: Location, found: Kinds,
                seen: set[tuple[Location, str]]) -> None:
        if location.owner == "msghdr":
            found.add(self.any, "struct msghdr.msg_iter can be of any kind")
            return
        uses, unclear = self.resolver.uses(location)
        copied = uses and Objects(self.program, self.resolver).copied(
            location.owner, uses[0][0])
        if unclear or not uses or copied:
            found.add(self.any, f"some uses of {location} are unknown" + (
                f": {unclear[0][0]}" if unclear else ""))
            return
        self._writes(location, [(f, u.statement, u.node) for f, u in uses],
                     found, seen)

    def _local(self, location: Location, owner: Function, found: Kinds,
               seen: set[tuple[Location, str]]) -> None:
        uses = [(owner, u.statement, u.node)
                for u in owner.uses.get(location.name, [])]
        for statement in owner.statements:
            if statement.fact.kind == "declare" and statement.tree and \
                    statement.fact.name == location.name and \
                    statement.tree.kind != Kind.INIT:
                self._from(owner, statement, statement.tree, found, seen)
        self._writes(location, uses, found, seen)

    def _writes(self, location: Location,
                uses: list[tuple[Function, Statement, Node]], found: Kinds,
                seen: set[tuple[Location, str]], into: bool = False) -> None:
        """Follow what creates an iterator here, or copies one into it.

        into: the location points to the iterator, and what it points to is
        known; only that counts.
        """
        for function, statement, node in uses:
            parent = node.parent
            taken = node
            while parent is not None and parent.kind == Kind.UNARY and \
                    parent.value in ("&", "*"):
                taken, parent = parent, parent.parent
            if parent is None:
                continue
            if parent.kind == Kind.ASSIGN and parent.kids[0] is taken:
                value = parent.kids[1]
                if value.value not in ("NULL", "0") and (
                        not into or taken.value == "*"):
                    self._from(function, statement, value, found, seen)
            elif parent.kind == Kind.CALL and parent.kids[0] is not taken:
                self._made(function, statement, parent, taken, found, seen)

    def _made(self, function: Function, statement: Statement, call: Node,
              argument: Node, found: Kinds,
              seen: set[tuple[Location, str]]) -> None:
        name = call.kids[0].value
        index = next((i for i, k in enumerate(call.kids[1:])
                      if k is argument), -1)
        if name in MAKERS and MAKERS[name][0] == index:
            found.add({MAKERS[name][1]}, f"{statement}: {name}()")
            return
        copy = effects.COPIES.get(name)
        if copy is not None and copy.target >= 0:
            source = effects.copied_from(call)
            if index == copy.target and source is not None:
                self._from(function, statement, source, found, seen)
            return
        if name in _PASSING or name in MAKERS or name.startswith(_LOOKING) \
                or name.lstrip("->.") in _MOVING:
            return
        given = self._given(function, call, index)
        if given is None:
            found.add(self.any, f"{statement}: {call.kids[0]}() may create "
                      "the iterator")
        for where in given or ():
            owner = self.program.function(where.file, where.owner)
            if owner and (where, "into") not in seen:
                seen.add((where, "into"))
                self._writes(where, [
                    (owner, u.statement, u.node)
                    for u in owner.uses.get(where.name, ())], found, seen,
                    True)

    def _given(self, function: Function, call: Node,
               index: int) -> list[Location] | None:
        """Return the variables that receive an argument of a call, or None."""
        head = call.kids[0]
        callee = self.program.definition(head.value, function.file) \
            if head.kind == Kind.ID else None
        if callee and index >= len(callee.params):
            return callbacks.taken(self.program, callee, "iov_iter", set())
        called = [callee] if callee else callbacks.methods(
            self.program, self.resolver, function, head)
        if called is None or any(index >= len(c.params) for c in called):
            return None
        return [variable(c, c.params[index][1]) for c in called]
