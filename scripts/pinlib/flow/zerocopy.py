# SPDX-License-Identifier: GPL-2.0-only
"""Find messages with MSG_ZEROCOPY, which carry user-space memory.

This is true of sendmsg(2). A sender in the kernel that sets the flag for
iterators of its own tests SOCK_SUPPORT_ZC first, which protects them as long as
the protocol's folder never sets that.
"""

from __future__ import annotations

import re

from pinlib.csource.expr import Kind, Node
from pinlib.flow.points_to import values
from pinlib.program.function import Function, Statement
from pinlib.program.program import Program

FLAG = "MSG_ZEROCOPY"
SUPPORT = "SOCK_SUPPORT_ZC"
SENDS = ("sock_sendmsg", "__sock_sendmsg", "kernel_sendmsg",
         "kernel_sendmsg_locked", "__sys_sendmsg_sock", "__sys_sendmsg")
_FIELD = re.compile(r"\.\w+\s*=\s*&?(\w+)")


class ZeroCopy:
    """The search for statements that only a message of user memory can reach."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def proof(self, function: Function, statement: Statement) -> str:
        """Return the line that tests for the flag on the path here, or ""."""
        for guard in function.guards_at(statement.start):
            place = self._asks(function, guard.test) if guard.holds else ""
            if place and self._senders_ask(function.file):
                return place
        return ""

    def _asks(self, function: Function, test: Node, level: int = 0) -> str:
        """Return where a condition gets its value from the flag, or ""."""
        if test.kind != Kind.ID or level > 3:
            return ""
        for statement, value in values(function, test.value):
            ands = [n for n in value.walk() if n.kind == Kind.BINARY
                    and n.value == "&" and str(n.kids[1]) == FLAG]
            if ands and "||" not in str(value):
                return str(statement)
        names = [n for _, n in function.params]
        if test.value not in names:
            return ""
        places = []
        for caller, use in self.program.naming(function.name, function):
            call = use.node.parent
            if call is None or call.kind != Kind.CALL:
                return ""
            places.append(self._asks(
                caller, call.kids[1 + names.index(test.value)], level + 1))
        return max(places) if places and all(places) else ""

    def _senders_ask(self, file: str) -> bool:
        """Say whether every sender of such a message tests SOCK_SUPPORT_ZC."""
        home = self.program.tree.home(file)
        if any(file.startswith(home)
               for file in self.program.naming_files(SUPPORT)):
            return False
        for function, use in self.program.naming(FLAG):
            parent = use.node.parent
            if parent is not None and parent.kind == Kind.BINARY and \
                    parent.value == "|" and not _masked(parent) and \
                    SUPPORT not in function.uses and \
                    not self._only_prepares(function, parent):
                return False
        return True

    def _only_prepares(self, function: Function, flags: Node) -> bool:
        """Say whether the flag is stored for functions that test it.

        As in a table of operations, whose .prep fills a request that its .issue
        sends.
        """
        node = flags
        while node.parent is not None and node.parent.kind == Kind.BINARY:
            node = node.parent
        kept = node.parent is not None and node.parent.kind == Kind.ASSIGN \
            and node.parent.kids[0].kind == Kind.MEMBER
        if not kept or any(n in function.uses for n in SENDS):
            return False
        senders = []
        for name in self._in_same_tables(function) or ():
            other = self.program.definition(name, function.file)
            if other and any(n in other.uses for n in SENDS):
                senders.append(other)
        return bool(senders) and all(SUPPORT in s.uses for s in senders)

    def _in_same_tables(self, function: Function) -> set[str] | None:
        """Return the other names in its tables, or None."""
        found: set[str] = set()
        for file in self.program.naming_files(function.name):
            text = self.program.text(file)
            for at in text.words.get(function.name, ()):
                start = _opening(text.code, at)
                if start < 0:
                    continue
                if not text.code[:start].rstrip().endswith(("=", ",", "{")):
                    return None
                group = text.code[start:text.matching(start)]
                found |= set(_FIELD.findall(group))
        return found - {function.name}


def _opening(code: str, offset: int) -> int:
    """Return the innermost brace open at an offset, or -1."""
    depth = 0
    for match in reversed(list(re.finditer(r"[{}]", code[:offset]))):
        depth += 1 if match.group() == "}" else -1
        if depth < 0:
            return match.start()
    return -1


def _masked(node: Node) -> bool:
    """Say whether a set of flags is only masked out or compared with."""
    parent = node.parent
    while parent is not None and parent.kind == Kind.BINARY and \
            parent.value == "|":
        node, parent = parent, parent.parent
    return parent is not None and (
        parent.kind == Kind.UNARY and parent.value == "~"
        or parent.kind == Kind.BINARY and parent.value == "&")
