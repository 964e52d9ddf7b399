# SPDX-License-Identifier: GPL-2.0-only
"""Find bio_vecs of several pages that are dropped as if they were of one.

What fills bio_vecs takes a pin for each page, and joins pages that lie behind one
another, as those of a large folio do. Where all bytes of an entry are taken off a
number, with one pin dropped, the others stay.
"""

from __future__ import annotations

from pinlib.csource import types
from pinlib.csource.expr import Kind
from pinlib.decide.bugs import ways
from pinlib.decide.bugs.findings import Finding
from pinlib.decide.bugs.mismatched import pins
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind
from pinlib.program.locations import Resolver

_PAGE, _BYTES = ("->bv_page", ".bv_page"), "bv_len"
_COMPARES = ("<", "<=", ">", ">=", "==", "!=")


def found(resolver: Resolver, site: CallSite) -> list[Finding]:
    """Return the releases of one pin, for entries that the call itself filled."""
    if not pins(site) or site.pages is None or types.tag_of(resolver.type_of(
            site.function, site.pages) or "") != "bio_vec":
        return []
    return [Finding(
        e.function.file, e.statement.line, e.function.name, "one-pin-of-many",
        "Moderate", f"{site.file}:{site.line}",
        f"{site.api}() pins each page of an entry, which may have several, and "
        f"{e.detail}() drops one of these pins.",
        (ways.of_call(site), *ways.of_event(e)), "one for each page",
        "1 for each entry") for e in site.flow.of(EventKind.RELEASE)
        if e.detail == "unpin_user_page" and e.function.file == site.file
        and (e.function.key == site.function.key
             or e.function.name in site.function.uses) and _whole(e)]


def _whole(event: Event) -> bool:
    """Say whether all bytes of an entry are taken off where a page is dropped.

    Nothing else may be made of them, such as a number of pages.
    """
    function, node = event.function, event.node
    if node.kind != Kind.MEMBER or node.value not in _PAGE or event.call is None \
            or event.call.kids[1] is not node:
        return False
    block = function.block_at(event.statement.start)
    lengths = [(u.statement, u.node) for u in function.members.get(_BYTES, ())
               if str(u.node.kids[0]) == str(node.kids[0])]
    above = [(s, n.parent) for s, n in lengths]
    return any(p is not None and p.value == "-=" and p.kids[0] is not n
               and block[0] < s.start < block[1]
               for (s, n), (_, p) in zip(lengths, above)) and all(
        p is not None and (p.kind == Kind.ASSIGN or p.value in _COMPARES)
        for _, p in above)
