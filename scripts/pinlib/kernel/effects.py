# SPDX-License-Identifier: GPL-2.0-only
"""Say what the kernel's own interfaces do with the pages they are given.

The facts stand in effects.toml, one line for each name, with its source; here
they have the form that the analysis needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pinlib.csource.expr import Kind, Node
from pinlib.kernel import effects_table
from pinlib.kernel.effects_table import Copy, Counted, Effect, Shape

__all__ = ["Copy", "Counted", "Effect", "Shape"]

_TABLE = effects_table.read()


def _taking(kind: str) -> tuple[str, ...]:
    return tuple(t.name for t in _TABLE.takes if t.kind == kind)


EXTRACT = _taking("extract")
FAST = _taking("fast")
MISSION = EXTRACT + FAST
OTHER_GET = _taking("other")
# Take the pages of addresses; each may have a form that pins.
BY_ADDRESS = FAST + OTHER_GET
PIN_OF = {name: name.replace("get_", "pin_", 1) for name in BY_ADDRESS
          if name.startswith("get_user_pages")}
# The page is their value, or an error pointer.
RETURNING = tuple(t.name for t in _TABLE.takes if t.returns)
PINNING = (*PIN_OF.values(), *_taking("pin"))
UNPIN = _TABLE.named("unpins")
# Made for pages that were allocated, though they drop one reference too.
FREES = _TABLE.named("frees")
# Drop one reference of the page that they are given, and do nothing else.
DROPS = _TABLE.named("drops")
# A pin is 1024 references of a small page, so these return other values.
COUNTS = _TABLE.named("counts")
# Set the dirty bit, and tell nobody that it is set.
DIRTY_BIT = ("SetPageDirty", "folio_set_dirty")
# The release that first has each function a patch may bring into a module.
SINCE = _TABLE.since
# The parameters of some functions from a release on, by the end of their names.
PROTOTYPES = _TABLE.prototypes
# Results that look like errors: the I/O goes on.
GOES_ON = tuple(_TABLE.goes_on)

_NEWEST = {t.name: t.shape for t in _TABLE.takes if t.shape is not None}
# In the form of the newest trees; a tree's own come first (api_forms).
SHAPES: Mapping[str, Shape] = MappingProxyType({
    **_NEWEST, **{new: _NEWEST[old] for old, new in PIN_OF.items()}})
# The position of the array in those that take an iterator.
EXTRACT_ARG = {t.name: t.pages for t in _TABLE.takes if t.shape is None}
TAKES = frozenset(SHAPES) | frozenset(EXTRACT_ARG)
# Members whose owners drop plain references only.
PLAIN_MEMBERS = frozenset(_TABLE.plain_members)
# What goes with its last reference.
COUNTED = _TABLE.objects

EFFECTS: Mapping[tuple[str, int], Effect] = MappingProxyType({
    (call.name, argument): effect for call in _TABLE.calls
    for argument, effect in call.effects.items()})
ACQUIRE = Effect("acquire")

# Calls whose result is a fresh container, empty of pages.
ALLOCATORS = frozenset(_TABLE.named("allocates"))
# They make their first argument a table without any page, where they return 0.
EMPTYING = frozenset(_TABLE.named("empties"))
ZEROING = frozenset(_TABLE.named("zeroes"))
PAGE_ALLOCATORS = frozenset(_TABLE.named("gives-page"))
# A page's number or address can be kept, and turned into the page again.
NUMBERED = frozenset(_TABLE.named("number"))
ADDRESSED = frozenset(_TABLE.named("address"))
FROM_NUMBER = frozenset(_TABLE.named("from-number"))
FROM_ADDRESS = frozenset(_TABLE.named("from-address"))
# Calls that copy an object as a whole, with all that it holds.
COPIES: Mapping[str, Copy] = MappingProxyType({
    call.name: call.copies for call in _TABLE.calls if call.copies})
_RELEASING = frozenset(
    name for (name, argument), known in EFFECTS.items() if not argument
    and known.kind in ("release", "array-release"))
# Calls that drop references or pins.
RELEASES = _RELEASING | frozenset(UNPIN)
_METHODS = frozenset((method.name, argument) for method in _TABLE.methods
                     for argument, effect in method.effects.items()
                     if effect.kind == "borrow")


def effect(name: str, arg: int) -> Effect | None:
    """Return what a call of name does with its arg-th argument, if it is known."""
    return EFFECTS.get((name, arg))


def copied_from(call: Node) -> Node | None:
    """Find what a call copies an object from; None where it copies none."""
    copy = COPIES.get(call.kids[0].value) if call.kind == Kind.CALL else None
    return call.kids[copy.source + 1] if copy and len(call.kids) > 2 else None


def releases(name: str) -> bool:
    """Say whether a function of this name drops references or pins."""
    return name in _RELEASING


def method_borrows(name: str, arg: int) -> bool:
    """Say whether an operation takes its own reference for what it keeps."""
    return (name, arg) in _METHODS
