# SPDX-License-Identifier: GPL-2.0-only
"""Whether all callers of a function are known.

Tables of operations and module_exit() functions are called by the kernel
itself. A function whose address is passed on, that a macro names, or that
nothing names at all may be called by anyone at any time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pinlib.csource.masking import CText
from pinlib.program.function import Function
from pinlib.program.program import Program

# The head of a structure initialiser at file scope.
_HEAD = re.compile(
    r"^(?:static\s+|const\s+|extern\s+|__\w+\s+)*struct\s+(\w+)\s+"
    r"(?:const\s+)?\w+\s*(?:\[[^]]*\]\s*)*(?:__\w+\s*(?:\([^()]*\)\s*)?)*"
    r"=\s*\{", re.M)
_TABLE = re.compile(r"(?:operations|_ops|_driver)$")
# Members called when something completes, not from user space.
_WHEN_DONE = re.compile(
    r"(?:^|_)(?:done|complete|completion|end_?io|callback|handler|func)$")


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
    if re.search(r"\bSYSCALL_DEFINE\d\s*\(", function.text.line(
            function.line)):
        return True
    found = False
    for text, offset, file in _named(program, function):
        before, after = text.code[:offset], text.code[offset + len(name):]
        table = table_at(text, offset)
        if table is not None:
            if not _of_kernel(program, table, before, file):
                return False
            found = True
        elif re.search(r"\bmodule_exit\s*\(\s*$", before):
            found = True
        elif before.count("{") == before.count("}") and \
                not after.lstrip().startswith("(") and \
                not re.search(r"\bEXPORT_SYMBOL\w*\(\s*$", before):
            return False
    return found


def _named(program: Program,
           function: Function) -> Iterator[tuple[CText, int, str]]:
    """Yield each place in the code that names a function, except in macros."""
    name = function.name.partition("@")[0]
    files = {function.file} if function.static and \
        not function.file.endswith(".h") else program.naming_files(name)
    for file in sorted(files):
        text = program.text(file)
        for offset in text.words.get(name, ()):
            if not text.directive_at(offset) and not text.is_disabled(
                    text.line_of(offset)) and not text.code[
                    :offset].rstrip().endswith((".", "->")):
                yield text, offset, file


def table_at(text: CText, offset: int) -> re.Match[str] | None:
    """Return the match for the head of the initialiser around an offset."""
    found = None
    for found in _HEAD.finditer(text.code, 0, offset):
        pass
    return found if found and text.matching(found.end() - 1) > offset \
        else None


def _of_kernel(program: Program, table: re.Match[str], before: str,
               file: str) -> bool:
    """Say whether a table entry is a method that only the kernel calls."""
    tag = table.group(1)
    if not re.search(r"\bconst\b", table.group()) and \
            not _TABLE.search(tag):
        return False
    member = re.search(r"\.\s*(\w+)\s*=\s*(?:\([^()]*\)\s*)?&?\s*$", before)
    if member is None and not before.rstrip().endswith(("{", ",")):
        return False
    name = member.group(1) if member else ""
    return not _WHEN_DONE.search(name) and not _called(
        program, tag, name, file)


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
             if u.node.parent is not None and u.node.parent.kind == "call"]
    return not calls and bool(re.search(
        rf"\bEXPORT_SYMBOL\w*\(\s*{name}\b", function.text.visible))
