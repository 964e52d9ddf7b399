# SPDX-License-Identifier: GPL-2.0-only
"""The second identity: every release near a group is accounted for.

A release that the flow did not reach may still drop the group's pages: by a
page number kept in a cookie, through a macro, in a function that Coccinelle
lost. So every release call in the files at hand must be in the flow, or drop
something whose source is known to be another.
"""

from __future__ import annotations

from . import api
from .expr import Node
from .function import Function, Statement, Use
from .objects import values
from .program import Program
from .resolve import Resolver
from .sites import CallSite

WORDS = frozenset(n for n, arg in api.EFFECTS
                  if arg == 0 and api.releases(n)) - frozenset(api.UNPIN)


def unexplained(program: Program, resolver: Resolver,
                site: CallSite) -> tuple[str, str] | None:
    """(file:line, sentence) of a release nobody accounts for, or None."""
    files = _files(program, site)
    for file in sorted(files):
        text = program.text(file)
        words = WORDS & set(text.words)
        program.load_words(set(words), {file})
        known = _reached(site)
        for word in sorted(words):
            placed = _placed(program, file, word)
            for offset in text.words[word]:
                line, column = text.place_of(offset)
                if text.is_disabled(line) or (file, line) in known:
                    continue
                if text.directive_at(offset) == "define":
                    return (f"{file}:{line}", f"{word}() stands in a macro, "
                            "whose uses are not followed.")
                use = placed.get((line, column))
                if use is None:
                    return (f"{file}:{line}", f"{word}() is in code that "
                            "the facts do not cover.")
                if not _other(resolver, site, use, 0):
                    return (f"{file}:{line}", f"What {word}() drops here is "
                            "not known, so it may be one of these pages.")
    return None


def _reached(site: CallSite) -> set[tuple[str, int]]:
    """Lines of the releases that the flow found."""
    return {(e.function.file, line)
            for e in site.flow.of("release", "array-release")
            for line in range(e.statement.fact.line,
                              e.statement.fact.line_end + 1)}


def _files(program: Program, site: CallSite) -> set[str]:
    """The site's file, those its pages are seen in, and their struct's."""
    files = {site.file} | {e.function.file for e in site.flow.events
                           if e.kind not in ("look", "cpu")}
    folder = site.file.rpartition("/")[0] + "/"
    tags = {la.owner.split("::")[0] for la in site.flow.locations
            if la.kind == "mem"}
    for hits in program.hits(tags).values():
        files |= {h.file for h in hits if h.file.startswith(folder)}
    return {f for f in files if f.startswith(folder)
            and f.endswith((".c", ".h"))}


def _placed(program: Program, file: str,
            word: str) -> dict[tuple[int, int], Use]:
    found = {}
    for function in program.in_file(file):
        for use in function.uses.get(word, ()):
            place = function.position(use)
            if place:
                found[place] = use
    return found


def _other(resolver: Resolver, site: CallSite, use: Use, level: int) -> bool:
    call = use.node.parent
    if call is None or call.kind != "call" or len(call.kids) < 2:
        return False
    return _foreign(resolver, site, use.statement, call.kids[1], level)


def _foreign(resolver: Resolver, site: CallSite, statement: Statement,
             node: Node, level: int) -> bool:
    """Does a value come from somewhere that never holds these pages?"""
    function: Function = statement.function
    while node.kind in ("cast", "index", "post") or (
            node.kind == "unary" and node.value in ("*", "&")) or (
            node.kind == "binary" and node.value in ("+", "-")):
        node = node.kids[0]
    if level > 4:
        return False
    if node.kind == "call":
        name = node.kids[0].value
        kept = {e.detail for e in site.flow.of("look", "cpu", "device")}
        if name in api.FROM_NUMBER and kept & api.NUMBERED or \
                name in api.FROM_ADDRESS and kept & api.ADDRESSED:
            return False
        if name in ("sg_page", "compound_head", "page_folio",
                    "skb_frag_page", "nth_page") and len(node.kids) > 1:
            return _foreign(resolver, site, statement, node.kids[1],
                            level + 1)
        where = resolver.locate(function, node)
        return where is None or where[0] not in site.flow.locations
    where = resolver.locate(function, node)
    if where is None:
        return False
    if where[0] in site.flow.locations and where[0].kind == "mem":
        return False
    if where[0].kind == "mem":
        return True
    given = values(function, node.value)
    names = [n for _, n in function.params]
    if node.value in names:
        return where[0] not in site.flow.locations
    address = any(u.node.parent is not None and u.node.parent.value == "&"
                  and u.node.parent.kind == "unary"
                  for u in function.uses.get(node.value, ()))
    given += _iterated(function, node.value)
    if not given:
        return address or "[" in function.types.get(node.value, "")
    return all(v.value in ("NULL", "0") or _foreign(
        resolver, site, s, v, level + 1) for s, v in given)


def _iterated(function: Function, name: str) -> list[tuple[Statement, Node]]:
    """Scatterlists that a variable runs over."""
    found = []
    for statement in function.statements:
        tree = statement.tree
        if tree is not None and tree.kind == "call" and len(tree.kids) > 2 \
                and tree.kids[0].value.startswith("for_each_sg") and \
                tree.kids[2].value == name:
            found.append((statement, tree.kids[1]))
    return found
