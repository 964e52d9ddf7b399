# SPDX-License-Identifier: GPL-2.0-only
"""Suggest how a bug is mended, where its shape is plain."""

from __future__ import annotations

from pinlib.csource.expr import Kind, Node
from pinlib.decide.release_edits import has_side_effects
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind
from pinlib.flow.points_to import values
from pinlib.kernel import effects

_OTHER_KIND = {"put_page": "unpin_user_page", "unpin_user_page": "put_page",
               "release_pages": "unpin_user_pages",
               "unpin_user_pages": "release_pages"}


def of_mismatch(event: Event) -> str:
    """Suggest the release that fits how the pages are taken."""
    right = _OTHER_KIND.get(event.detail)
    if right is None or event.call is None:
        return ""
    return f"{_with(event.call, right)} in place of {event.call}"


def of_leak(site: CallSite, held: str) -> str:
    """Suggest what gives back the pages before an exit that leaks them.

    held: which of them are there: those of a short result, or all.
    """
    pages, count = site.pages, site.result
    if pages is None or site.shape is None or not held or held == "old":
        return ""
    pins, asked = site.api in effects.PINNING, site.argument(site.shape.count)
    if asked is None or str(asked) == "1":
        name = "unpin_user_page" if pins else "put_page"
        # A variable that is set elsewhere may have no page here.
        return f"{name}({pages.kids[0]}) before this exit" \
            if (pages.kind, pages.value) == (Kind.UNARY, "&") and not values(
                site.function, str(pages.kids[0])) else ""
    if not _stays(site, count) or _moves_on(site, pages):
        return ""
    name = "unpin_user_pages" if pins else "release_pages"
    return f"{name}({pages}, {count}) before this exit" + (
        f", if {count} is above 0" if held == "part" else "")


def of_dirtied(event: Event) -> str:
    """Suggest how a page is marked dirty by whoever has not locked it."""
    if event.call is None or str(event.call.kids[0]) != "set_page_dirty":
        return ""
    return f"{_with(event.call, 'set_page_dirty_lock')}, where it may sleep"


def of_undirtied(event: Event) -> str:
    """Suggest the release that marks the pages dirty first."""
    call = event.call
    if call is None or has_side_effects(call.kids[1]):
        return ""
    pages = ", ".join(str(k) for k in call.kids[1:])
    if event.detail == "unpin_user_pages":
        return f"unpin_user_pages_dirty_lock({pages}, true), where it may sleep"
    if event.detail == "unpin_user_page":
        return f"unpin_user_pages_dirty_lock(&{pages}, 1, true), where it may " \
            "sleep" if call.kids[1].kind == Kind.ID else ""
    if event.kind == EventKind.RELEASE and event.detail == "put_page":
        return f"set_page_dirty_lock({pages}) before it, where that may sleep"
    return ""


def of_short_lived(site: CallSite) -> str:
    """Suggest the flag of a pin that user space decides the end of."""
    flags = site.argument(site.shape.flags) if site.shape else None
    if flags is None:
        return ""
    plain = flags.kind == Kind.ID or flags.value == "|"
    others = "" if flags.value == "0" else \
        f"{flags if plain else f'({flags})'} | "
    return f"{others}FOLL_LONGTERM in line {site.line}"


def of_count(site: CallSite, kind: str) -> str:
    """Suggest the count, where too many pages are dropped or used."""
    asked = site.argument(site.shape.count) if site.shape else None
    if asked is None or not _stays(site, site.result):
        return ""
    return {
        "negative": f"nothing to drop unless {site.result} > 0",
        "beyond": f"drop {site.result} pages, not {asked}",
        "short": f"where {site.result} is less than {asked}, drop {site.result} "
                 "pages and fail",
    }.get(kind, "")


def _stays(site: CallSite, name: str) -> bool:
    """Say whether a variable has the result of the call until the function ends."""
    return bool(name) and not any(
        use.addressed or use.statement is not site.statement and (
            use.setting is not None or use.node.parent is not None
            and use.node.parent.value in ("++", "--"))
        for use in site.function.uses.get(name, ()))


def _moves_on(site: CallSite, pages: Node) -> bool:
    """Say whether an array's expression means other entries after the call."""
    names = {str(n) for n in pages.walk() if n.kind in (Kind.ID, Kind.MEMBER)}
    return any(str(n.kids[0]) in names for s in site.function.statements
               if s.tree is not None and s.start > site.statement.start
               for n in s.tree.walk() if n.kids and (
                   n.kind in (Kind.ASSIGN, Kind.POST)
                   or n.kind == Kind.UNARY and n.value in ("++", "--")))


def _with(call: Node, name: str) -> str:
    return f"{name}({', '.join(str(k) for k in call.kids[1:])})"
