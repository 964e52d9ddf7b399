# SPDX-License-Identifier: GPL-2.0-only
"""Find where a whole bio_vec is filled: by an initialiser, or by three stores.

Three stores are one bvec_set_page() only if nothing can tell the difference: they
stand one after another, the object is the same, and no value looks at what a store
before it has changed.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from pinlib.base.codes import Code
from pinlib.csource.masking import CText
from pinlib.engine.census import Token
from pinlib.engine.declared import Campaign
from pinlib.engine.objects import tokens_of
from pinlib.engine.uses import Kind, Use
from pinlib.engine.verdicts import acts, Case, convert, manual, Verdict
from pinlib.reader.output import Node

MEMBERS = ("bv_page", "bv_len", "bv_offset")
# These give the same for the same, and change nothing. The ledger, which is the
# second opinion, has a list of its own.
_PURE = frozenset((
    "virt_to_page pfn_to_page vmalloc_to_page sg_page folio_page page_offset "
    "offset_in_page offset_in_folio thp_size folio_size page_size iov_iter_count "
    "min max min_t max_t umin round_up round_down").split())


def own(_campaign: Campaign, cases: Sequence[Case]) -> Mapping[Token, Verdict]:
    """Return the verdicts on initialisers, and on stores that are three of one."""
    found: dict[Token, Verdict] = {}
    for case in cases:
        if case.use.kind == Kind.INITIALISER:
            found[case.token] = _initialiser(case)
        elif case.use.kind == Kind.STORE and _is_set(case):
            found[case.token] = convert(
                "set", "The page, the length and the offset are written one after "
                "another.")
        elif case.use.kind == Kind.STEP and not _is_bare(case.use):
            found[case.token] = manual(case, Code.NO_FORM,
                                       "No rule makes this step.")
    return found


def _is_bare(use: Use) -> bool:
    """Say whether a step is of the member alone, by what needs no parentheses."""
    outer = use.outer
    return outer is not None and outer.children[0].kind != "paren" and (
        outer.op != "+=" or outer.children[1].kind in (
            "name", "number", "call", "member", "index", "paren", "cast",
            "unary"))


def _initialiser(case: Case) -> Verdict:
    around = case.use.around
    at, braces = next((n, node) for n, node in enumerate(around)
                      if node.kind == "init")
    if any(node.kind in ("init", "designated") for node in around[at + 1:at + 2]):
        return manual(case, Code.NO_FORM, "The initialiser stands in another.")
    named = []
    for element in braces.children:
        parts = element.children if element.kind == "designated" else []
        heads = [part for part in parts if part.kind == "designator"]
        if len(heads) != 1 or len(parts) != 2 or heads[0].op != ".":
            return manual(case, Code.NO_FORM, "The initialiser does not name its "
                          "members one by one.")
        name = heads[0].children[0]
        if any(node.kind in ("init", "statement-expression")
               for node in parts[1].walk()):
            return manual(case, Code.NO_FORM, "A value in it has braces.")
        named.append(case.text.for_reader()[name.start:name.end])
    if not set(named) <= set(MEMBERS) or len(named) != len(set(named)):
        return manual(case, Code.NO_FORM,
                      "The initialiser has more than a page, length and offset.")
    if _crossed(case.text, braces.start, braces.end):
        return manual(case, Code.NO_FORM, "An #if stands in the initialiser.")
    if _commented(case.text, braces.start, braces.end):
        return manual(case, Code.NO_FORM, "A comment stands in the initialiser.")
    return convert("init", "The initialiser has a page, a length and an offset, or "
                   "leaves them 0.")


def _is_set(case: Case) -> bool:
    """Say whether a store of the page and two beside it fill the object."""
    statement = case.statement
    if statement is None:
        return False
    above = [n for n in case.use.around if n.index > statement.index]
    if not above or above[0].kind not in ("block", "statements"):
        return False
    beside = above[0].children
    if above[1].kind == "statement-expression":
        return False            # the last one is its value
    at = next(n for n, one in enumerate(beside) if one.index == statement.index)
    text = case.text.for_reader()
    first = max(0, at - 3)
    stores = [_Store.of(text, one) for one in beside[first:at + 4]]
    mine = stores[at - first]
    if mine is None:
        return False
    target = mine.object
    runs = [list(run) for _, run in itertools.groupby(
        stores, lambda s: s is not None and s.object == target
        and s.name in MEMBERS)]
    # A fourth would be left over, or be one of another three.
    together = next(run for run in runs if mine in run)
    return len(together) == 3 and _is_one(case.text, together)


class _Store:
    """One statement that writes a member of an object."""

    def __init__(self, text: str, statement: Node, member: Node,
                 value: Node) -> None:
        base, name = member.children
        self.start, self.end = statement.start, statement.end
        self.base, self.value = base, value
        self.object = tokens_of(text, base) + member.op
        self.name = text[name.start:name.end]
        self.words = tokens_of(text, value)
        self.acts = _acts(text, value)
        # Another object cannot be a variable of the function's own.
        self.local = member.op == "." and base.kind == "name"

    @classmethod
    def of(cls, text: str, statement: Node) -> _Store | None:
        """Return the store that a statement is, if it is one."""
        inner = statement.children[0] if statement.kind == "expression" and \
            statement.children else None
        if inner is None or inner.kind != "assign" or inner.op != "=":
            return None
        left, value = inner.children
        return cls(text, statement, left, value) if left.kind == "member" else None

    def reads(self, text: str, other: _Store) -> bool:
        """Say whether the value may be another one once another store is made."""
        # A pointer may lead to what another has just stored.
        if _follows(self.value):
            return True
        if f" {other.object[:-1].rstrip('-')} ." in f" {self.words} .":
            return True
        for node in self.value.walk():
            if node.kind != "member":
                continue
            base = node.children[0]
            if _member(text, node) in MEMBERS and (
                    not other.local or tokens_of(text, base) + node.op ==
                    other.object):
                return True
        return False


def _is_one(text: CText, stores: Sequence[_Store | None]) -> bool:
    known = [store for store in stores if store is not None]
    if len(known) != 3 or {s.name for s in known} != set(MEMBERS) or \
            len({s.object for s in known}) != 1 or acts(known[0].base) or any(
                node.kind == "member" and
                _member(text.for_reader(), node) in MEMBERS
                for node in known[0].base.walk()):
        return False
    start, end = known[0].start, known[-1].end
    if _crossed(text, start, end) or _commented(text, start, end):
        return False
    plain = text.for_reader()
    later = [(one, other) for n, one in enumerate(known) for other in known[:n]]
    if any(one.reads(plain, other) for one, other in later):
        return False
    return not any(store.acts for store in known)


def _acts(text: str, value: Node) -> bool:
    """Say whether it matters when a value is asked for."""
    for node in value.walk():
        if node.kind == "call":
            callee = node.children[0]
            if text[callee.start:callee.end] not in _PURE:
                return True
        elif node.kind in ("assign", "postfix", "statement-expression",
                           "cast-or-call", "joined", "asm") or \
                node.kind == "unary" and node.op in ("++", "--"):
            return True
    return False


def _follows(node: Node) -> bool:
    """Say whether a value is what a pointer leads to; sizeof only asks its type."""
    return node.kind == "unary" and node.op == "*" or node.kind not in (
        "sizeof", "sizeof-type") and any(map(_follows, node.children))


def _member(text: str, access: Node) -> str:
    """Return the name of the member that is accessed."""
    name = access.children[-1]
    return text[name.start:name.end]


def _commented(text: CText, start: int, end: int) -> bool:
    """Say whether a comment would be lost, or stand beside other code."""
    return any(text.text[at:at + 2] in ("/*", "//") and
               text.code[at:at + 2].isspace() for at in range(start, end))


def _crossed(text: CText, start: int, end: int) -> bool:
    """Say whether a directive stands between two places."""
    return any(start < at < end for at, _, _ in text.directives)
