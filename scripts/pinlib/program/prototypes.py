# SPDX-License-Identifier: GPL-2.0-only
"""Check a call against the tree's declaration, argument types included.

Two kernels may declare a function with the same number of parameters in a
different order, and a driver built for many kernels has calls of each form. An
argument of unknown type fits anything.
"""

from __future__ import annotations

import re

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.program.function import Function
from pinlib.program.locations import Resolver

CURRENT = "struct task_struct *"
_NUMBER = re.compile(
    r"(?:(?:const|volatile|static|register|signed|unsigned|int|long|short|"
    r"char|bool|_Bool|__?[usbl]e?(?:8|16|32|64)|[us](?:8|16|32|64)|"
    r"u?int(?:8|16|32|64)?_t|u?intptr_t|s?size_t|l?off_t|pgoff_t|dma_addr_t|"
    r"phys_addr_t|gfp_t|vm_flags_t|uint|ulong|ushort|enum\s+\w+)\s*)+")
_NUMBERS = ("|", "^", "<<", ">>", "*", "/", "%", "==", "!=", "<", ">", "<=",
            ">=", "&&", "||", "&")
_FLAG = re.compile(r"FOLL_\w+|VM_(?:READ|WRITE)|READ|WRITE|true|false")


def misfit(resolver: Resolver, function: Function, call: Node,
           declared: tuple[str, ...]) -> str:
    """Return how a call differs from the declaration, as a sentence, or ""."""
    name = call.kids[0].value
    given = call.kids[1:]
    if not declared:
        return ""
    if len(given) != len(declared):
        return (f"{name}() is called with {len(given)} arguments, and this "
                f"tree declares it with {len(declared)}.")
    for number, (node, wanted) in enumerate(zip(given, declared), 1):
        have = _type(resolver, function, node)
        if not _fits(have, wanted):
            what = "a pointer" if have == "*" else have
            return (f"Argument {number} of {name}() is of type {what}, which "
                    "is not what this tree declares: the call was written "
                    "for another kernel.")
    return ""


def _fits(have: str, wanted: str) -> bool:
    """Say whether a value of one type may be passed for another type.

    wanted has no blanks; have is "" where it is not known, and "*" for a
    pointer of which no more is known.
    """
    depth = types.depth_of(have)
    if not have or have == "0":
        return True
    if "*" not in wanted:
        return not depth
    if not depth:
        return not _NUMBER.fullmatch(have)
    to = types.tag_of(have)
    tag = re.match(r"(?:const)?struct(\w+)\*", wanted)
    if have == "*" or "void" in have:
        return True
    if to is None:
        return tag is None or not _NUMBER.fullmatch(
            re.sub(r"[*\s]|\[[^]]*\]", " ", have).strip())
    return tag is not None and tag.group(1) == to and \
        depth == wanted.count("*")


def _type(resolver: Resolver, function: Function, node: Node) -> str:
    """Return the type of an expression; see _fits()."""
    kind, value = node.kind, node.value
    if kind == Kind.CONST:
        return "" if value.startswith(('"', "'", "L")) else (
            "0" if re.fullmatch(r"0[xX]?0*[uUlL]*", value) else "int")
    if kind == Kind.ID and value not in function.types:
        return "*" if value == "NULL" else (
            CURRENT if value == "current" else
            "int" if _FLAG.fullmatch(value) else "")
    if kind == Kind.ID and value in function.shadowed:
        return ""
    if kind == Kind.SIZEOF or kind == Kind.UNARY and value in ("!", "~", "-") or \
            kind == Kind.BINARY and value in _NUMBERS:
        return "int"
    if kind == Kind.COND:
        return _either(*(_type(resolver, function, k)
                         for k in node.kids[-2:]))
    if kind == Kind.BINARY:
        return _either(*(_type(resolver, function, k) for k in node.kids))
    if kind == Kind.UNARY and value == "&":
        inner = _type(resolver, function, node.kids[0])
        return f"{inner} *" if inner else "*"
    if kind == Kind.MEMBER and node.kids[0].value == "current" and \
            value.lstrip("->.") == "mm":
        return "struct mm_struct *"
    found = resolver.type_of(function, node) or ""
    known = types.depth_of(found) or _NUMBER.fullmatch(found.strip())
    return found.strip() if known else ""


def _either(one: str, other: str) -> str:
    """Return the type of a choice between two values, or of their sum."""
    if types.depth_of(one):
        return one if one != "*" or not types.depth_of(other) else other
    return other if types.depth_of(other) or one in ("", "0") else \
        one if other else ""
