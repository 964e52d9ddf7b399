# SPDX-License-Identifier: GPL-2.0-only
"""Find whether only the CPU sees the data of some pages, and only reads it.

An address that a mapping gives is followed through the variables of its
function. Any other function that gets it may pass it to a device, or keep it.
"""

from __future__ import annotations

from pinlib.csource.expr import Kind, Node
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind
from pinlib.kernel import effects
from pinlib.program.function import Function
from pinlib.program.locations import LocationKind

# These only read the memory of an address or a page.
READERS = frozenset(
    "memcpy memcmp memchr_inv copy_to_user __copy_to_user strlen strnlen "
    "strscpy strncpy copy_from_user_page memcpy_from_page copy_page_to_iter "
    "flush_dcache_page flush_kernel_dcache_page flush_dcache_folio "
    "flush_anon_page kunmap kunmap_atomic kunmap_local".split())
# Their first argument is written to.
WRITES = frozenset("memcpy strscpy strncpy".split())
MAPS = frozenset("kmap kmap_atomic kmap_local_page kmap_local_folio "
                 "page_address lowmem_page_address page_to_virt".split())
_HARMLESS = (EventKind.LOOK, EventKind.CALL, EventKind.CLEAR,
             EventKind.ACQUIRE)


def only(site: CallSite) -> bool:
    """Say whether the CPU only reads the pages before they are released."""
    drops = site.flow.of(EventKind.RELEASE)
    return bool(drops) and all(
        e.function.key == site.function.key for e in drops) and \
        site.target is not None and not site.flow.unclear and \
        all(la.kind == LocationKind.VAR for la in site.flow.locations) and \
        not described(site) and doubt(site) is None


def described(site: CallSite) -> bool:
    """Say whether the pages go into a table that describes the data of an I/O."""
    return any(c in ("sg", "bvec") for c in site.flow.locations.values())


def doubt(site: CallSite) -> Event | None:
    """Return the first event that may be more than a read by the CPU."""
    return next((e for e in site.flow.events if e.category == "page"
                 and not _reads(e)), None)


def _reads(event: Event) -> bool:
    if event.detail in effects.NUMBERED:
        return False
    if event.kind in _HARMLESS or event.kind == EventKind.RELEASE:
        return True
    if event.kind != EventKind.CPU or event.call is None:
        return False
    if event.detail in MAPS:
        return _seen(event.function, event.call, event.statement.fact.name
                     if event.statement.fact.kind == "declare" else "", set())
    return event.detail in READERS


def _seen(function: Function, node: Node, declared: str,
          seen: set[str]) -> bool:
    """Say whether an address is only used to read what is there.

    declared: the variable that the statement declares, or "".
    """
    pointer = True
    while node.parent is not None:
        parent = node.parent
        if parent.kind == Kind.CALL:
            return not pointer or _argument(parent, node)
        if parent.kind == Kind.ASSIGN:
            if parent.kids[0] is node:
                # A new value for the variable, or a write to the data.
                return pointer
            return not pointer or _variable(function, parent.kids[0], seen)
        if parent.kind == Kind.INDEX or \
                parent.kind == Kind.UNARY and parent.value == "*":
            pointer = parent.kids[0] is not node
        elif parent.kind == Kind.MEMBER:
            pointer = True      # an array in the data is its address
        elif parent.kind == Kind.UNARY and parent.value == "&":
            pointer = True
        elif parent.kind == Kind.POST or parent.value in ("++", "--"):
            return pointer
        elif parent.kind not in (Kind.CAST, Kind.BINARY, Kind.COND, Kind.UNARY):
            return False
        node = parent
    if declared:
        return not pointer or _variable(function, Node(Kind.ID, declared), seen)
    return True


def _argument(call: Node, node: Node) -> bool:
    name = call.kids[0].value
    return name in READERS and not (name in WRITES and call.kids[1] is node)


def _variable(function: Function, target: Node, seen: set[str]) -> bool:
    """Say whether every use of a variable that holds an address only reads."""
    name = target.value
    if target.kind != Kind.ID or not function.is_local(name):
        return False
    if name in seen:
        return True
    seen.add(name)
    return all(
        use.statement.fact.kind != "return" and use.node.kind == Kind.ID
        and _seen(function, use.node, use.statement.fact.name
                  if use.statement.fact.kind == "declare" else "", seen)
        for use in function.uses.get(name, []))
