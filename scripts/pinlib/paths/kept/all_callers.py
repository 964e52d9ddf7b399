# SPDX-License-Identifier: GPL-2.0-only
"""Find all callers of a function: by its name, a reference count or a pointer.

What is called through a pointer has the callers of that pointer only if the
pointer is a member of the driver's own structure, or an array of its own, that
is filled and called and nothing else. A caller too many does no harm here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pinlib.csource.expr import Kind, Node
from pinlib.csource.masking import CText
from pinlib.flow import borrowed_tables
from pinlib.kernel import effects
from pinlib.paths.kept import last_reference
from pinlib.program import callers
from pinlib.program.function import Function, Use
from pinlib.program.locations import Location, LocationKind, Resolver
from pinlib.program.program import Program

# These call their second argument if the count of the first reaches zero.
KREF_PUT = ("kref_put", "kref_put_mutex", "kref_put_lock")
_ARRAY = re.compile(r"^static\s[^;={}]*?\b(\w+)\s*\[[^]]*\]\s*"
                    r"(?:\)\s*\([^;={}]*\)\s*)?=\s*\{", re.M)
# Tables whose methods run because a user or the driver core asks, and such
# methods of any other: what is left may run when something completes.
_ASKED = re.compile(r"(?:file_operations|vm_operations_struct|proc_ops|_driver|"
                    r"pm_ops|error_handlers|_ioctl_desc)$")
_ASKS = re.compile(
    r"(?:\w+_)?(?:ioctl|open|close|create|destroy|dealloc|reg|dereg|attach|detach|"
    r"bind|unbind|probe|remove|connect|disconnect|start|stop|shutdown|exit)"
    r"(?:_\w+)?")
_EVENT = re.compile(r"(?:^|_)(?:interrupt|irq|event|notify|timeout)")
_MACRO = re.compile(r"\b(?:module_exit|\w+_PM_OPS)\s*\([^(){};]*$")
_START = re.compile(r"\b(?:module_init|\w+_initcall\w*)\s*\(\s*$")
_EXPORT = re.compile(r"\bEXPORT_SYMBOL\w*\s*\(\s*$")


@dataclass
class Above:
    """What calls a function.

    calls: each with its caller; a call of a pointer stands for the function's.
    entry: the kernel calls it from a table of operations, or at the end.
    first: it is called once, at the start, when there is nothing to drop.
    handed: where its address goes to whoever may call it at any time; a place
    without a use is in a macro, or outside of functions.
    ending: the object of the kernel's whose last put calls it.
    """

    calls: list[tuple[Function, Use]] = field(default_factory=list)
    entry: bool = False
    first: bool = False
    handed: list[tuple[Function, Use | None]] = field(default_factory=list)
    ending: effects.Counted | None = None

    @property
    def none(self) -> bool:
        """Say whether nothing at all calls the function."""
        return not (self.calls or self.entry or self.first or self.handed
                    or self.ending)


class AllCallers:
    """The callers of functions, each looked for once."""

    def __init__(self, program: Program, resolver: Resolver) -> None:
        self.program = program
        self.resolver = resolver
        self._known: dict[tuple[str, str], Above] = {}

    def above(self, function: Function) -> Above:
        """Return what calls a function."""
        if function.key not in self._known:
            self._known[function.key] = self._look(function)
        return self._known[function.key]

    def _look(self, function: Function) -> Above:
        found = Above()
        if self.program.named_often(function, callers.CALLERS) or \
                callers.in_macro(self.program, function):
            found.handed.append((function, None))
        if re.search(r"\bSYSCALL_DEFINE\d\s*\(",
                     function.text.code_line(function.line)):
            found.entry = True
        for user, use in self.program.naming(function.name, function):
            if not user.name:
                continue        # the text tells more of a table
            whole = _whole(use)
            if whole.call is not None:
                found.calls.append((user, whole))
            elif (put := _given_to_kref(whole)) is not None:
                found.calls.append((user, put))
            else:
                self._stored(found, user, whole)
        for text, offset, file in callers.named_at(self.program, function):
            self._outside(found, function, text, offset, file)
        if found.none and not function.static:
            found.ending = last_reference.freed_with(self.program, function)
        return found

    def _stored(self, found: Above, user: Function, use: Use) -> None:
        """Note the calls of a member that an assignment gives the address to."""
        member = borrowed_tables.stored(
            self.program, self.resolver, user, use.statement, use.node) or \
            self._of_variable(user, use)
        if member and callers.table_method(member.owner, member.name) and \
                self._of_kernel(member):
            self._in_table(found, user, use, member.owner, member.name)
            return
        self._through(found, user, use, member)

    @staticmethod
    def _in_table(found: Above, user: Function, use: Use | None, tag: str,
                  member: str) -> None:
        """Note a method in a table of the kernel's."""
        if not _EVENT.search(member) and (
                _ASKED.search(tag) or _ASKS.fullmatch(member)):
            found.entry = True
        else:
            found.handed.append((user, use))

    def _of_variable(self, user: Function, use: Use) -> Location | None:
        """Return the member of the file's own variable that an address goes to."""
        above = use.node.parent
        target = above.kids[0] if above is not None and \
            above.kind == Kind.ASSIGN and above.kids[1] is use.node else None
        if target is None or target.kind != Kind.MEMBER or \
                target.kids[0].kind != Kind.ID or \
                target.kids[0].value in user.types:
            return None
        found = re.search(
            rf"^(?:static\s+|const\s+)*struct\s+(\w+)\s+{target.kids[0].value}"
            r"\s*[=;]", user.text.code, re.M)
        home = self.program.defined_in(found.group(1), user.file) \
            if found else None
        return Location(LocationKind.MEM, home, found.group(1),
                        target.value.lstrip("->.")) if found and home else None

    def _through(self, found: Above, user: Function, use: Use | None,
                 member: Location | None) -> None:
        calls = self._calls_of(member) if member else None
        if calls is None:
            found.handed.append((user, use))
        else:
            found.calls += calls

    def _of_kernel(self, member: Location) -> bool:
        return member.file.startswith("include/") or \
            self.program.tree.is_kernel(member.file)

    def _calls_of(self, member: Location) -> list[tuple[Function, Use]] | None:
        """Return all calls of a member, or None if it is used otherwise."""
        if self._of_kernel(member) or self._in_macro(member):
            return None
        uses = self.resolver.uses(member)[0]
        in_table = self._unresolved(member)
        if not all(_entry_of(user, use, member) for user, use in in_table):
            return None
        found = []
        for user, use in uses + in_table:
            whole = _whole(use)
            if whole.call is not None:
                found.append((user, whole))
            elif not _set_or_tested(whole):
                return None
        return found

    def _unresolved(self, member: Location) -> list[tuple[Function, Use]]:
        """Return where a member of this name is used whose structure is unknown."""
        return [(user, use) for user in self.program.mentioning(
            member.name, self.resolver.sees(member))
                for use in user.members.get(member.name, ())
                if use.node.kind == Kind.MEMBER
                and self.resolver.member(user, use.node) is None]

    def _in_macro(self, member: Location) -> bool:
        """Say whether a macro names a member, which hides calls of it."""
        home = self.program.tree.home(member.file)
        return any(
            text.directive_at(at) == "define"
            for file in self.program.naming_files(member.name)
            if file.startswith(home) and not self.program.tree.is_kernel(file)
            for text in (self.program.text(file),)
            for at in self.program.members(file, member.name))

    def _outside(self, found: Above, function: Function, text: CText,
                 offset: int, file: str) -> None:
        """Note what a mention outside of functions says."""
        name = function.name.partition("@")[0]
        before, after = text.code[:offset], text.code[offset + len(name):]
        table = callers.table_at(text, offset)
        array = _array_at(text, offset)
        given = callers.GIVEN.search(before)
        member = (given.group(1) or given.group(2)) if given else ""
        if _MACRO.search(before):
            found.entry = True
        elif table is not None and (ending := last_reference.of_method(
                table.group(1), member)):
            found.ending = ending
        elif table is not None and callers.of_kernel(
                self.program, table, before, file):
            self._in_table(found, function, None, table.group(1), member)
        elif table is not None:
            home = self.program.defined_in(table.group(1), file)
            self._through(found, function, None, Location(
                LocationKind.MEM, home, table.group(1), member)
                if member and home else None)
        elif array is not None:
            calls = self._calls_in_array(array, file)
            if calls is None:
                found.handed.append((function, None))
            found.calls += calls or []
        elif _START.search(before):
            found.first = True
        elif before.count("{") == before.count("}") and \
                not after.lstrip().startswith("(") and \
                not _EXPORT.search(before):
            found.handed.append((function, None))

    def _calls_in_array(self, name: str,
                        file: str) -> list[tuple[Function, Use]] | None:
        """Return all calls of a static array's entries, or None."""
        found = []
        for user in self.program.source(file).mentioning(name):
            for use in user.uses.get(name, ()):
                entry = use.node.parent
                whole = _whole(Use(use.statement, entry)) if entry is not None \
                    and entry.kind == Kind.INDEX else None
                if whole is None or whole.call is None:
                    return None
                found.append((user, whole))
        return found


def _whole(use: Use) -> Use:
    """Return a use without what changes nothing about a function pointer."""
    node = use.node
    while node.parent is not None and (
            node.parent.kind == Kind.CAST or node.parent.kind == Kind.UNARY
            and node.parent.value in "*&"):
        node = node.parent
    return Use(use.statement, node)


def _given_to_kref(use: Use) -> Use | None:
    """Return the use of kref_put() that is given a function to call."""
    call = use.node.parent
    if call is None or call.kind != Kind.CALL or len(call.kids) < 3 or \
            call.kids[2] is not use.node or call.kids[0].value not in KREF_PUT:
        return None
    return Use(use.statement, call.kids[0])


def _set_or_tested(use: Use) -> bool:
    """Say whether a pointer is only given a value, or compared with one."""
    above = use.node.parent
    if use.node.kind == Kind.FIELD:
        return True
    if above is None:
        return use.statement.fact.kind in ("if", "while")
    return use.setting is not None or above.kind == Kind.BINARY or \
        above.kind == Kind.UNARY and above.value == "!" or \
        above.kind == Kind.COND and above.kids[0] is use.node


def _entry_of(user: Function, use: Use, member: Location) -> bool:
    """Say whether a member is one of an entry of its file's own constant table."""
    entry = use.node.kids[0]
    name = entry.kids[0].value if entry.kind == Kind.INDEX else ""
    return name not in user.types and bool(name) and re.search(
        rf"^(?:static\s+|const\s+)+struct\s+{member.owner}\s+(?:const\s+)?"
        rf"{name}\s*\[", user.text.code, re.M) is not None


def _array_at(text: CText, offset: int) -> str | None:
    """Return the static array that is initialised around an offset."""
    found = None
    for found in _ARRAY.finditer(text.code, 0, offset):
        pass
    return found.group(1) if found and text.matching(
        found.end() - 1) > offset else None


def parameter(function: Function, node: Node) -> int:
    """Return which parameter a node is, or -1."""
    names = [n for _, n in function.params]
    return names.index(node.value) if node.kind == Kind.ID and \
        node.value in names else -1
