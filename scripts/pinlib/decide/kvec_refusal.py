# SPDX-License-Identifier: GPL-2.0-only
"""Build the test that keeps refusing a kvec where an extraction accepts it.

iov_iter_get_pages*() fails with -EFAULT on a kvec, once it has seen that there
is something to take: the code behind it was never given the memory of one, which
may be vmalloc()ed. The test stands right before the call, where everything else
is as it was when the call failed, and ends in what the failed call led to: the
same value of its result, or the exit that was taken for it.
"""

from __future__ import annotations

import re

from pinlib.base.codes import Code
from pinlib.base.edits import Refusal
from pinlib.base.why_not import Manual, manual
from pinlib.csource.expr import Kind, Node
from pinlib.decide.release_edits import SIGNED
from pinlib.flow import empty_iterators
from pinlib.flow.call_sites import CallSite
from pinlib.kernel import effects
from pinlib.program.function import Function
from pinlib.program.locations import Resolver

ERROR = "-EFAULT"
_LEAVES = re.compile(r"\s*(?P<open>\{\s*)?(?P<what>return\b[^;{}]*|goto\s+\w+|"
                     r"break|continue)\s*;(?(open)\s*\})")
_ANY_SIZE = ("<", "<=")     # compared with zero, these hold for an error


def find(resolver: Resolver, site: CallSite) -> Refusal | None:
    """Return the refusal that a site needs, or None where no kvec arrives."""
    iterator, size = site.argument(0), site.argument(2)
    if site.api not in effects.EXTRACT or site.kinds is None or \
            "kvec" not in site.kinds.kinds or iterator is None or size is None:
        return None
    if not empty_iterators.steady(iterator):
        raise _no_place(site, f"reading {iterator} twice may do more than "
                        "reading it once")
    test = [f"iov_iter_is_kvec({iterator})"]
    for part in empty_iterators.open_parts(site.function, site.statement,
                                           iterator, size):
        if not empty_iterators.steady(part):
            raise _no_place(site, f"reading {part} twice may do more than "
                            "reading it once")
        test.append(f"({part})" if part.kind in (
            Kind.BINARY, Kind.COND, Kind.CAST) else str(part))
    leave, result = _ending(resolver, site)
    return Refusal(" && ".join(test), leave, result,
                   _cleared_array(site, leave))


def _no_place(site: CallSite, why: str) -> Manual:
    return manual(Code.KVEC_REFUSAL, f"A kvec may come here, which {site.api}() "
                  f"refuses with {ERROR}. An extraction would take it, and "
                  f"it cannot be refused before: {why}.",
                  f"{site.file}:{site.line}")


def _ending(resolver: Resolver, site: CallSite) -> tuple[str, str]:
    """Return how the refusal ends: a statement that leaves, or what is set."""
    call, tree = site.call, site.statement.tree
    kind = site.statement.fact.kind
    if kind == "return" and tree is call:
        return f"return {ERROR};", ""
    if kind == "if" and tree is not None:
        leave = _exit_taken(resolver, site, tree)
        if leave:
            return leave, ""
    elif kind == "effect" and tree is not None and tree is call.parent and \
            tree.kind == Kind.ASSIGN and tree.value == "=" and \
            empty_iterators.steady(tree.kids[0]) and _is_statement(site):
        return _returned(site, str(tree.kids[0])), str(tree.kids[0])
    raise _no_place(site, "the call is part of something larger, which has "
                    "no place for a statement in front of it or no way out "
                    "that is plain to see")


def _is_statement(site: CallSite) -> bool:
    """Say whether an expression is a statement, not in the head of a loop."""
    code, statement = site.function.text.code, site.statement
    before = code[:statement.start].rstrip()
    return code[statement.end:].lstrip().startswith(";") and \
        not before.endswith(("(", ","))


def _returned(site: CallSite, result: str) -> str:
    """Return the return statement that an error leads to right after the call.

    "" where something else sees the result.
    """
    function = site.function
    if not _is_private_signed(function, result) or _may_be_loop_body(site):
        return ""
    name = re.escape(result)
    match = re.compile(
        r"\s*;\s*if\s*\(\s*(?:unlikely\s*\(\s*(?=[^()]*\)\s*\)))?"
        rf"{name}\s*<=?\s*0\s*\)?\s*\)").match(
            function.text.code, site.statement.end)
    if match is None:
        return ""
    leaves = _LEAVES.match(function.text.code, match.end())
    if leaves is None or leaves["what"].split() != ["return", result] or \
            _directive(function, site.statement.end, leaves.end()):
        return ""
    return f"return {ERROR};"


def _may_be_loop_body(site: CallSite) -> bool:
    """Say whether the statement may be a loop's body, so that its head is next."""
    function, start = site.function, site.statement.start
    before = function.text.code[:start].rstrip()
    asked = {id(s.tree) for s in function.statements if s.fact.kind == "if"}
    return re.search(r"\bdo\Z", before) is not None or \
        before.endswith(")") and not any(
            g.start <= start and not function.text.code[g.start:start].strip()
            and id(g.test) in asked for g in function.guards)


def _is_private_signed(function: Function, name: str) -> bool:
    """Say whether a variable is signed, and gone when its function returns."""
    return function.is_local(name) and bool(
        SIGNED.match(function.types[name]))


def _directive(function: Function, start: int, end: int) -> bool:
    text = function.text
    return text.visible[start:end] != text.code[start:end]


def _exit_taken(resolver: Resolver, site: CallSite, tree: Node) -> str:
    """Return the exit that a condition takes when the call in it fails, or ""."""
    test = tree
    while test.kind == Kind.CALL and len(test.kids) == 2 and \
            test.kids[0].value in ("unlikely", "likely"):
        test = test.kids[1]
    if test.kind != Kind.BINARY:
        return ""
    held = test.kids[0]
    result = ""
    if held.kind == Kind.ASSIGN and held.value == "=":
        result, held = str(held.kids[0]), held.kids[1]
        if not empty_iterators.steady(test.kids[0].kids[0]):
            return ""
    if held is not site.call or not _holds_on_error(resolver, site, test, result):
        return ""
    function = site.function
    guard = next((g for g in function.guards if g.test is tree and g.holds),
                 None)
    leaves = _LEAVES.match(function.text.code, guard.start) if guard else None
    if guard is None or leaves is None or leaves.end() != guard.end or \
            _directive(function, site.statement.start, leaves.end()):
        return ""
    what = " ".join(leaves["what"].split())
    if not result:
        return f"{what};"
    if what == f"return {result}" and function.is_local(result):
        return f"return {ERROR};"
    if function.is_local(result) and what.startswith("return") and \
            not re.search(rf"\b{re.escape(result)}\b", what):
        return f"{what};"
    return f"{{ {result} = {ERROR}; {what}; }}"


def _holds_on_error(resolver: Resolver, site: CallSite, test: Node,
                    result: str) -> bool:
    """Say whether a comparison certainly holds when the call gives an error."""
    right = test.kids[1]
    if test.value == "!=":
        return empty_iterators.positive(right)
    if test.value not in _ANY_SIZE or right.value != "0":
        return False
    kind = resolver.type_of(site.function, test.kids[0].kids[0]) \
        if result else "ssize_t"
    return bool(SIGNED.match(kind or ""))


def _cleared_array(site: CallSite, leave: str) -> str:
    """Return the array that a failed call sets to NULL where it is seen.

    The older interface leaves it as it is.
    """
    pages = site.argument(1)
    if site.api != "iov_iter_get_pages_alloc2" or pages is None:
        return ""
    if pages.kind != Kind.UNARY or pages.value != "&":
        array = f"*{pages}" if pages.kind in (Kind.ID, Kind.MEMBER) else ""
    else:
        array = str(pages.kids[0])
        if leave.startswith("return") and site.function.is_local(array) and \
                not re.search(rf"\b{array}\b", leave):
            return ""
    if not array or not empty_iterators.steady(pages):
        raise _no_place(site, f"reading {pages} twice may do more than "
                        "reading it once")
    return array
