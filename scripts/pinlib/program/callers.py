# SPDX-License-Identifier: GPL-2.0-only
"""Find who calls a function: its calls, all above them, and the entry points.

An entry point is a function that nobody calls by name. One that does what a
parameter says in a switch, as an ioctl does, is one entry point for each arm.

Calls that are not seen are checked separately. A table of operations and the end
of a module are called by the kernel, on their own. A function whose address goes
on, that a macro names, or that nothing names at all, may be called by anybody at
any time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from pinlib.csource import jumps
from pinlib.csource.expr import Kind
from pinlib.csource.masking import CText
from pinlib.program.function import Function, Statement, Use
from pinlib.program.program import Program

CALLERS = 60
LIMIT = 40

# A structure that is initialised at the top level.
_HEAD = re.compile(
    r"^(?:static\s+|const\s+|extern\s+|__\w+\s+)*struct\s+(\w+)\s+"
    r"(?:const\s+)?\w+\s*(?:\[[^]]*\]\s*)*(?:__\w+\s*(?:\([^()]*\)\s*)?)*"
    r"=\s*\{", re.M)
_TABLE = re.compile(r"(?:operations|_ops|_driver)$")
# The member that an initialiser is about to name: `.open =`, or `open:`, which
# older code has.
GIVEN = re.compile(r"(?:\.\s*(\w+)\s*=|[{,]\s*(\w+)\s*:)"
                   r"\s*(?:\([^()]*\)\s*)?&?\s*$")
# Members called when something completes, not from user space.
_WHEN_DONE = re.compile(
    r"(?:^|_)(?:done|complete|completion|end_?io|callback|handler|func)$")


def calls(program: Program, function: Function) -> list[tuple[Function, Use]]:
    """Find the calls of a function in others, each with its caller."""
    return [(caller, use) for caller, use in
            program.naming(function.name, function)
            if caller.name and use.call]


def only_called(program: Program, function: Function) -> bool:
    """Say whether a function is named in calls alone, all of them in functions."""
    return len(calls(program, function)) == len(
        program.naming(function.name, function))


class CallerSearch:
    """The callers above a function, each visited once.

    most: it ends when it has met more functions than this;
    often: or one that is named on more lines than this, unless it is 0;
    stop: functions that it does not enter.
    """

    def __init__(self, program: Program, function: Function, most: int,
                 often: int = 0,
                 stop: Collection[tuple[str, str]] = ()) -> None:
        self._program = program
        self._work = [function]
        self._limits = most, often
        self._stop = stop
        self.seen = {function.key}      # with the function itself

    def calls(self) -> Iterator[tuple[Function, Use]]:
        """Yield the calls above the function, each with its caller."""
        most, often = self._limits
        while self._work:
            callee = self._work[-1]
            if len(self.seen) > most or often and self._program.named_often(
                    callee, often):
                return
            self._work.pop()
            for caller, use in calls(self._program, callee):
                yield caller, use
                if caller.key not in self.seen and \
                        caller.key not in self._stop:
                    self.seen.add(caller.key)
                    self._work.append(caller)

    def all(self) -> set[tuple[str, str]] | None:
        """Return the function and all above it; None if a limit ended it."""
        for _ in self.calls():
            pass
        return None if self._work else self.seen


@dataclass(frozen=True)
class Entry:
    """An entry point; arm is where one of its switch begins, or 0."""

    file: str
    name: str
    arm: int

    def meets(self, other: Entry) -> bool:
        """Say whether both may be one and the same call.

        Two definitions of one name, one for each arm of an #ifdef, are one.
        """
        mine, others = ((e.file, e.name.partition("@")[0])
                        for e in (self, other))
        return mine == others and (
            self.arm == other.arm or 0 in (self.arm, other.arm))


Passes = Callable[[Function, Statement], bool]


def entries(program: Program, function: Function, at: int,
            passes: Passes = lambda _, __: False,
            passed_by: set[tuple[str, str]] | None = None) -> set[Entry]:
    """Return the entry points above an offset of a function.

    passes: says whether a call, by its caller and statement, is none to go up
    from. passed_by: gets the functions on the way, both ends included.
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
        passed = False
        for caller, use in calls(program, current):
            if passes(caller, use.statement):
                passed = True
            else:
                above.append((caller.key, _arm(
                    caller, use.statement.start)))
        if not above and not passed or arm and _tabled(program, current):
            found.add(Entry(*key, arm))
            continue
        work += [a for a in above if a not in seen]
        seen.update(above)
    return found


def _tabled(program: Program, function: Function) -> bool:
    """Say whether a top-level table names a function."""
    return any(not where.name for where, _ in
               program.naming(function.name, function))


def _arm(function: Function, at: int) -> int:
    """Return where the arm of a switch over a parameter begins, or 0.

    Arms of which one falls through to the next are one.
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
        for label in jumps.CASE.finditer(code, match.end(), min(at, end)):
            if function.block_at(label.start())[0] != match.end() - 1:
                continue
            if not last or always_leaves(function.text, last, label.start()):
                begin = label.start()
            last = label.end()
        return begin
    return 0


def always_leaves(text: CText, start: int, stop: int) -> bool:
    """Say whether the code between two labels of a switch always leaves it."""
    at = last = start
    while text.code[at:stop].strip():
        last, at = at, max(text.statement_end(at), at + 1)
    while text.code[last].isspace():
        last += 1
    return always_leaves(text, last + 1, at - 1) if text.code[last] == "{" \
        else bool(jumps.JUMP.match(text.code, last, stop))


def hidden(program: Program, function: Function) -> bool:
    """Say whether a function may be called where no call of it is seen."""
    name = function.name.partition("@")[0]
    return in_macro(program, function) or any(
        use.call is None and caller.name and name not in caller.types
        for caller, use in program.naming(name, function))


def enters(program: Program, function: Function) -> bool:
    """Say whether the kernel calls a function directly, as an entry point.

    This reads the text: the facts lack any table with an #ifdef in it.
    """
    name = function.name.partition("@")[0]
    if re.search(r"\bSYSCALL_DEFINE\d\s*\(", function.text.code_line(
            function.line)):
        return True
    found = False
    for text, offset, file in named_at(program, function):
        before, after = text.code[:offset], text.code[offset + len(name):]
        table = table_at(text, offset)
        if table is not None:
            if not of_kernel(program, table, before, file):
                return False
            found = True
        elif re.search(r"\bmodule_exit\s*\(\s*$", before):
            found = True
        elif before.count("{") == before.count("}") and \
                not after.lstrip().startswith("(") and \
                not re.search(r"\bEXPORT_SYMBOL\w*\(\s*$", before):
            return False
    return found


def named_at(program: Program,
             function: Function) -> Iterator[tuple[CText, int, str]]:
    """Yield each place in the code that names a function, except in macros."""
    name = function.name.partition("@")[0]
    files = {function.file} if function.static and \
        not function.file.endswith(".h") else program.naming_files(name)
    for file in sorted(files):
        text = program.text(file)
        for offset in text.words.get(name, ()):
            if not text.directive_at(offset) and not text.code[
                    :offset].rstrip().endswith((".", "->")):
                yield text, offset, file


def table_at(text: CText, offset: int) -> re.Match[str] | None:
    """Return the match for the head of the initialiser around an offset."""
    found = None
    for found in _HEAD.finditer(text.code, 0, offset):
        pass
    return found if found and text.matching(found.end() - 1) > offset \
        else None


def of_kernel(program: Program, table: re.Match[str], before: str,
              file: str) -> bool:
    """Say whether a table entry is a method that only the kernel calls."""
    tag = table.group(1)
    if not re.search(r"\bconst\b", table.group()) and \
            not _TABLE.search(tag):
        return False
    member = GIVEN.search(before)
    if member is None and not before.rstrip().endswith(("{", ",")):
        return False
    name = (member.group(1) or member.group(2)) if member else ""
    return not _WHEN_DONE.search(name) and not _called(
        program, tag, name, file)


def table_method(tag: str, member: str) -> bool:
    """Say whether a member, by its names, is a method in a table."""
    return bool(_TABLE.search(tag)) and not _WHEN_DONE.search(member)


def _called(program: Program, tag: str, member: str, user: str) -> bool:
    """Say whether a driver may call a member of its own structure."""
    where = program.defined_in(tag, user)
    home = program.tree.home(user)
    if where is None or not where.startswith(home) or \
            program.tree.is_kernel(where):
        return False
    if not re.fullmatch(r"\w+", member):
        return True     # a positional initialiser
    named = re.compile(rf"(?:->|[\w)\]]\s*\.)\s*{member}\b")
    return any(f.startswith(home) and named.search(program.text(f).visible)
               for f in program.naming_files(member))


def in_macro(program: Program, function: Function) -> bool:
    """Say whether a macro names a function, which hides calls of it."""
    name = function.name.partition("@")[0]
    files = {function.file}
    if program.tree.kernel or not function.static or \
            function.file.endswith(".h"):
        files |= program.naming_files(name)
    return any(text.directive_at(offset) == "define"
               for text in map(program.text, sorted(files))
               for offset in text.words.get(name, ()))


def exported(program: Program, function: Function) -> bool:
    """Say whether a function is exported and its callers are not seen."""
    name = function.name.partition("@")[0]
    calls = [u for _, u in program.naming(name, function)
             if u.node.parent is not None and u.node.parent.kind == Kind.CALL]
    return not calls and bool(re.search(
        rf"\bEXPORT_SYMBOL\w*\(\s*{name}\b", function.text.visible))
