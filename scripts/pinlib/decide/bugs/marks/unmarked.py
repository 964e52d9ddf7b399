# SPDX-License-Identifier: GPL-2.0-only
"""Find pages that need no dirty mark, though they are taken to be written to.

And those of which it cannot be told, as they may be found again by a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pinlib.csource.expr import Kind, Node, conditions
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.program.function import Use
from pinlib.program.locations import Resolver
from pinlib.program.program import Program

_MAPS = re.compile(r"(?:\w+_)?dma_map_\w+|pci_map_\w+")
_DIRECTION = re.compile(r"(?:PCI_)?DMA_(TO_?DEVICE|FROM_?DEVICE|BIDIRECTIONAL)")
_ANONYMOUS = frozenset("PageAnon PageAnonExclusive folio_test_anon".split())


def needs_none(resolver: Resolver, site: CallSite) -> bool:
    """Say whether nobody writes to the pages, or what is written stays."""
    return _is_source(resolver, site) or _only_read_by_device(site) or \
        _only_looked_up(site) or any(map(_is_anonymous, site.flow.events))


def _is_source(resolver: Resolver, site: CallSite) -> bool:
    """Say whether the pages are the const buffer that a write method is given.

    Elsewhere an address that the program gave for both ways may be const too.
    """
    shape, function = site.shape, site.function
    if shape is None or not re.search(
            rf"\.\s*\w*write\w*\s*=\s*&?\s*{function.name}\b",
            function.text.code):
        return False
    for node in site.call.kids[1:shape.count + 1]:
        for name in _summands(node):
            given = [n for _, v in values(function, name.value)
                     for n in _summands(v)] \
                if function.is_local(name.value) else []
            if any(re.search(r"\bconst\b[^*]*\*[^*]*$", resolver.type_of(
                    function, n) or "") for n in (name, *given)):
                return True
    return False


def _summands(node: Node) -> Iterator[Node]:
    """Yield the variables that an address is made of, not what they point to."""
    if node.kind == Kind.ID:
        yield node
    elif node.kind in (Kind.CAST, Kind.BINARY):
        for kid in node.kids:
            yield from _summands(kid)


def _only_read_by_device(site: CallSite) -> bool:
    """Say whether all that is done with the pages is DMA to a device.

    The program may write to them meanwhile, through a mapping of its own, which
    has a dirty bit of its own.
    """
    done = [str(e.call and e.call.kids[0]) for e in site.flow.of(
        EventKind.CPU, EventKind.DEVICE)]
    ways = [{m.group(1) for kid in e.call.kids[1:]
             if (m := _DIRECTION.fullmatch(str(kid)))}
            for e in site.flow.events if e.call is not None
            and _MAPS.fullmatch(str(e.call.kids[0]))]
    return bool(ways) and all(_MAPS.fullmatch(name) for name in done) and all(
        found in ({"TO_DEVICE"}, {"TODEVICE"}) for found in ways)


def _only_looked_up(site: CallSite) -> bool:
    """Say whether a page is put as soon as its number is known.

    Who goes on with the number writes without a reference, and has to learn of
    the page's end in another way, as MMU notifiers tell.
    """
    function = site.function
    used = [e for e in site.flow.events if e.kind not in (
        EventKind.ACQUIRE, EventKind.LOOK, *RELEASE_KINDS)]
    puts = site.flow.of(*RELEASE_KINDS)
    if not used or any(e.function.key != function.key
                       for e in (*used, *puts)) or any(
            e.kind != EventKind.DEVICE or e.detail not in effects.NUMBERED
            for e in used):
        return False
    first = min(e.statement.start for e in used)
    last = max(e.statement.start for e in puts)
    known = {id(e.call) for e in (*used, *puts)}
    return all(node.kind != Kind.CALL or id(node) in known
               for statement in function.statements
               if first <= statement.start <= last
               for node in statement.nodes())


def _is_anonymous(event: Event) -> bool:
    """Say whether a test lets anonymous memory alone pass.

    private_mappings.py says why it needs no mark.
    """
    return event.detail in _ANONYMOUS and any(
        guard.start > event.statement.start and not guard.holds and any(
            holds and test.kind == Kind.CALL
            and test.kids[0].value == event.detail
            for test, holds in conditions(guard.test, False))
        for guard in event.function.guards
        if guard.line == event.statement.line)


def numbered(program: Program, site: CallSite) -> bool:
    """Say whether the pages may be found again by a number that was kept."""
    kept_as = {e.detail for e in site.flow.of(
        EventKind.LOOK, EventKind.CPU, EventKind.DEVICE)}
    words = site.function.text.words
    return bool(kept_as & effects.NUMBERED) and any(
        len(words[name]) > sum(
            _looked_at(use) for function in program.mentioning(
                name, [site.file]) for use in function.uses.get(name, ()))
        for name in effects.FROM_NUMBER if name in words)


def _looked_at(use: Use) -> bool:
    """Say whether the page of a number is only asked for a property."""
    above = use.call.parent if use.call is not None else None
    if above is None or above.kind != Kind.CALL or use.call not in above.kids:
        return False
    known = effects.effect(above.kids[0].value, above.kids.index(use.call) - 1)
    return known is not None and known.kind == "look"
