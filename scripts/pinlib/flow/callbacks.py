# SPDX-License-Identifier: GPL-2.0-only
"""Find where an argument goes when no parameter of a named function takes it.

Through a function pointer in a structure, to the functions that tables assign to
it; and among variable arguments, up to a va_arg().
"""

from __future__ import annotations

import re
from typing import Callable

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.csource.masking import CText
from pinlib.flow import borrowed_tables
from pinlib.flow.other_tables import TABLES
from pinlib.program.function import Function, Use
from pinlib.program.locations import Location, PUBLIC, Resolver, variable
from pinlib.program.program import Program

InDriver = Callable[[str], bool]
# Functions that print their arguments only read values from them.
_PRINTS = re.compile(r"v\w*print\w*|va_(?:start|end|copy|arg)")
_ALIAS = re.compile(r"\w+[ \t]+(\w+)[ \t]*$", re.M)
_DESIGNATED = re.compile(r"\s*\.\s*(\w+)\s*=\s*(.*?)\s*", re.S)


def called(program: Program, resolver: Resolver, function: Function,
           head: Node, category: str,
           in_driver: InDriver) -> list[Function | None] | None:
    """Return the functions that may receive the pages' holder in a call.

    None in the list is a function defined nowhere, or too often. None instead
    of a list: a table is passed, and not all functions are known, or some are
    outside the driver, where they would not be followed.
    """
    given = _given_as(program, function, head.value) \
        if head.kind == Kind.ID else None
    if category not in TABLES:
        return [*given] if given else [
            program.definition(head.value, function.file)
            if head.kind == Kind.ID else None]
    if given and all(in_driver(f.file) for f in given):
        return [*given]
    if head.kind == Kind.ID and head.value not in function.types:
        name = _alias(program, head.value, in_driver)
        return [program.exported(name, function.file)] if name else None
    head = _pointed(head)
    found = methods(program, resolver, function, head)
    member = resolver.member(function, head) if found else None
    if member is None or _calls(resolver, member) is None or not all(
            in_driver(f.file) for f in found or ()):
        return None
    return [*found] if found else None


def calls_back(program: Program, resolver: Resolver, callee: Function,
               index: int, in_driver: InDriver, level: int = 0) -> bool:
    """Say whether an outside function may pass its argument to the driver."""
    if index >= len(callee.params) or level > borrowed_tables.DEPTH:
        return False
    for use in callee.uses.get(callee.params[index][1], ()):
        node = use.node
        while node.parent is not None and node.parent.kind == Kind.CAST:
            node = node.parent
        call = node.parent
        if call is None or call.kind != Kind.CALL or call.kids[0] is node:
            continue
        head = call.kids[0]
        if head.kind != Kind.ID or head.value in callee.types:
            if _may_call_driver(program, resolver, callee, _pointed(head),
                                in_driver):
                return True
            continue
        inner = program.definition(head.value, callee.file)
        place = next(i for i, k in enumerate(call.kids[1:]) if k is node)
        if inner and inner.key != callee.key and calls_back(
                program, resolver, inner, place, in_driver, level + 1):
            return True
    return False


def _may_call_driver(program: Program, resolver: Resolver, function: Function,
                     head: Node, in_driver: InDriver) -> bool:
    """Say whether a pointer called elsewhere may hold a driver's method."""
    made = methods(program, resolver, function, head)
    if made is not None:
        return any(in_driver(m.file) for m in made)
    # A local pointer has been read from some member of the function.
    nodes = [head] if head.kind == Kind.MEMBER else [
        u.node for uses in function.members.values() for u in uses]
    return any(member is not None and any(
        re.search(rf"\.\s*{member.name}\s*=", program.text(file).code)
        for file in filter(in_driver, program.naming_files(member.owner)))
        for member in {resolver.member(function, n) for n in nodes
                       if n.kind == Kind.MEMBER})


def callers(program: Program, resolver: Resolver, function: Function,
            category: str) -> list[tuple[Function, Use]]:
    """Return where a function is named; for a method, its callers.

    category: the category of the parameter in question.
    """
    found = []
    for user, use in program.naming(function.name, function):
        member = borrowed_tables.stored(
            program, resolver, user, use.statement, use.node) \
            if use.call is None and category in TABLES else None
        calls = _calls(resolver, member) if member else _through(
            program, user, use) if use.call is None else None
        found += [(user, use)] if calls is None else calls
    return found


def _given_as(program: Program, function: Function, name: str,
              level: int = 0) -> list[Function] | None:
    """Return the functions that all callers pass as a parameter.

    None if it is none, one is unknown, or another one may be called by that name.
    """
    names = [n for _, n in function.params]
    if name not in names or level > borrowed_tables.DEPTH or any(
            map(_changes, function.uses.get(name, ()))):
        return None
    found: list[Function] = []
    for user, use in program.naming(function.name, function):
        passed = use.argument(names.index(name))
        if passed is None or passed.kind != Kind.ID:
            return None
        if passed.value == "NULL":
            continue
        meant = _given_as(program, user, passed.value, level + 1) \
            if passed.value in user.types else [
                f for f in [program.definition(passed.value, user.file)] if f]
        if not meant:
            return None
        found += [f for f in meant if f not in found]
    return found or None


def _through(program: Program, user: Function, use: Use,
             level: int = 0) -> list[tuple[Function, Use]] | None:
    """Return the calls of a function through the parameter that it is passed as.

    None if it is passed as none, or more than called there.
    """
    call = use.node.parent
    if call is None or call.kind != Kind.CALL or level > borrowed_tables.DEPTH:
        return None
    index = next(i for i, kid in enumerate(call.kids[1:]) if kid is use.node)
    callee = program.definition(call.kids[0].value, user.file)
    if callee is None or index >= len(callee.params):
        return None
    found: list[tuple[Function, Use]] = []
    for inner in callee.uses.get(callee.params[index][1], ()):
        above = inner.node.parent
        if inner.call is not None:
            found.append((callee, inner))
        elif above is not None and above.kind == Kind.CALL:
            calls = _through(program, callee, inner, level + 1)
            if calls is None:
                return None
            found += calls
        elif _changes(inner) or above is not None and above.value not in (
                "!", "==", "!=", "&&", "||"):
            return None
    return found or None


def _changes(use: Use) -> bool:
    """Say whether a variable may have another value after a use."""
    return use.setting is not None or use.addressed


def _pointed(head: Node) -> Node:
    while head.kind == Kind.UNARY and head.value == "*":
        head = head.kids[0]
    return head


def _calls(resolver: Resolver,
           member: Location) -> list[tuple[Function, Use]] | None:
    """Return all calls through a member, or None if it has other uses."""
    uses, unclear = resolver.uses(member)
    found = []
    for function, use in uses:
        node = use.node
        while node.parent is not None and node.parent.kind == Kind.UNARY and \
                node.parent.value == "*":
            node = node.parent
        whole = Use(use.statement, node)
        above = node.parent
        if whole.call is not None:
            found.append((function, whole))
        elif use.statement.fact.kind not in ("if", "while") if above is None \
                else not (above.kind == Kind.BINARY or above.value == "!" or
                          above.kind == Kind.COND and above.kids[0] is node):
            return None
    return found if found and not unclear else None


def _alias(program: Program, name: str, in_driver: InDriver) -> str:
    """Return the function that a name in a call means, or "" if unknown.

    A macro may give a function another name; another macro, or a variable of
    the driver, can stand for any function.
    """
    meant = {name}
    for file in sorted(filter(in_driver, program.naming_files(name))):
        text = program.text(file)
        for at in text.words.get(name, ()):
            if text.directive_at(at) == "define" and re.search(
                    r"#\s*define\s+$", text.visible[max(0, at - 40):at]):
                same = _ALIAS.match(text.visible, at)
                meant.add(same.group(1) if same else "")
            elif text.directive_at(at) is None and not re.match(
                    r"\s*\(", text.code[at + len(name):at + len(name) + 80]
                    ) and program.exported(name, file) is None:
                return ""
    return max(meant - {name}) if len(meant) == 2 else name \
        if len(meant) == 1 else ""


def methods(program: Program, resolver: Resolver, function: Function,
            called: Node) -> list[Function] | None:
    """Return the functions a member can hold, or None if some are unknown.

    called: the member that is called in a function. Tables of its structure
    fill it, and so do assignments unless it is constant wherever it is named.
    """
    member = resolver.member(function, called) \
        if called.kind == Kind.MEMBER else None
    if member is None or not program.alone(member.owner, member.file):
        return None
    lines = {file: found for file, found in
             program.lines(member.owner).items()
             if not file.startswith(("tools/", "Documentation/"))}
    if not lines or sum(map(len, lines.values())) > PUBLIC:
        return None
    found: list[Function] = []
    constant = True
    for file in sorted(lines):
        given = _given(program.text(file), member.owner, member.name)
        if given is None:
            return None
        constant &= given[1]
        for name in given[0]:
            method = program.definition(name, file)
            if method is None:
                return None
            found.append(method)
    if not constant and not _only_called(resolver, member):
        return None
    return found or None


def _only_called(resolver: Resolver, member: Location) -> bool:
    """Say whether a member is never written, except by initialisers."""
    uses, unclear = resolver.uses(member)
    return bool(uses) and not unclear and not any(
        _changes(use) for _, use in uses)


def _given(text: CText, tag: str,
           member: str) -> tuple[list[str], bool] | None:
    """Return what one file's tables assign to a member; None if unclear.

    The second value says whether the structure is constant at every mention.
    """
    found: list[str] = []
    constant = True
    for at in text.words.get(tag, ()):
        before = re.search(r"(?:\w+\s+)*struct\s+$", text.visible[
            max(0, at - 200):at])
        after = text.visible[at + len(tag):]
        if before is None or re.match(r"\s*[{;]", after):
            continue
        head = before.group().split()
        constant &= "const" in head or bool(re.match(r"\s*const\b", after))
        table = re.match(r"(?:\s+\w+)+\s*(?:\[\s*\]\s*)?=\s*\{", after)
        if table:
            values = _entries(text, at + len(tag) + table.end() - 1, member)
            if values is None:
                return None
            found += values
        elif not re.match(r"\s*(?:const\s*)?\*", after) and not (
                {"extern", "static"} & set(head)
                and re.match(r"(?:\s+\w+)+\s*;", after)):
            return None
    return found, constant


def _entries(text: CText, opening: int, member: str) -> list[str] | None:
    """Return the names of the functions one initialiser gives to a member."""
    close = text.matching(opening)
    found = []
    depth = 0
    start = opening + 1
    for at in range(start, close + 1):
        char = text.code[at]
        depth += (char in "({[") - (char in ")}]")
        if at != close and (char != "," or depth):
            continue
        entry = text.code[start:at]
        start = at + 1
        if not entry.strip():
            continue
        given = _DESIGNATED.fullmatch(entry)
        if given is None:
            return None
        if given.group(1) == member and given.group(2) not in ("NULL", "0"):
            if not re.fullmatch(r"\w+", given.group(2)):
                return None
            found.append(given.group(2))
    return found


def taken(program: Program, function: Function, tag: str,
          seen: set[tuple[str, str]]) -> list[Location] | None:
    """Return variables that take a `struct tag *` from variable arguments.

    function: one that has variable arguments, or is passed a list of them; it
    is searched, and so is what it passes the list to. None: not all are known.
    """
    if function.key in seen:
        return []
    seen.add(function.key)
    low, high = function.body
    code = function.text.code[low:high]
    found = [variable(function, m.group(1)) for m in re.finditer(
        rf"\b(\w+)\s*=\s*va_arg\s*\(\s*\w+\s*,\s*struct\s+{tag}\s*\*\s*\)",
        code)]
    kinds = re.findall(r"\bva_arg\s*\(\s*\w+\s*,\s*([^()]*)\)", code)
    if len(kinds) != code.count("va_arg") or len(found) != sum(
            types.tag_of(k) == tag or k.replace(" ", "") == "void*"
            for k in kinds):
        return None
    lists = set(re.findall(r"\bva_start\s*\(\s*(\w+)\s*,", code))
    lists |= set(re.findall(r"\bva_copy\s*\(\s*(\w+)\s*,", code))
    lists |= {n for t, n in function.params if t == "va_list"}
    for name in sorted(lists):
        for use in function.uses.get(name, ()):
            call = use.node.parent
            if call is None or call.kind != Kind.CALL or \
                    call.kids[0].kind != Kind.ID:
                return None
            if _PRINTS.fullmatch(call.kids[0].value):
                continue
            callee = program.definition(call.kids[0].value, function.file)
            inner = taken(program, callee, tag, seen) if callee else None
            if inner is None:
                return None
            found += inner
    return found
