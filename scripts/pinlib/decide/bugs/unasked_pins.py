# SPDX-License-Identifier: GPL-2.0-only
"""Find pages of kernel iterators that are unpinned though nothing pinned them.

Extraction pins pages of user memory alone. Who unpins what it gave has to ask
iov_iter_extract_will_pin(), or to be sure of the iterator.
"""

from __future__ import annotations

import re

from pinlib.csource.expr import Kind
from pinlib.decide.after_completion import used_late
from pinlib.decide.bugs import ways
from pinlib.decide.bugs.findings import Finding
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS
from pinlib.flow.iterators import Iterators
from pinlib.kernel import effects
from pinlib.program.program import Program

_ASKS = re.compile(r"iov_iter_extract_will_pin|user_backed_iter|iter_is_\w+|"
                   r"iov_iter_is_\w+|iov_iter_type")
_NO_SLAB = ("sendpage_ok", "PageSlab", "folio_test_slab", "is_vmalloc_addr")
_UNPINNED = frozenset(("bvec", "kvec", "xarray", "folioq"))


def of(iterators: Iterators, site: CallSite) -> list[Finding]:
    """Return the releases of one extraction that do not ask."""
    first = site.argument(0)
    if site.api not in effects.PINNING or "iov_iter" not in site.api or \
            first is None:
        return []
    releases = [e for e in site.flow.of(*RELEASE_KINDS)
                if e.detail in effects.UNPIN and _unasked(site, e)]
    found = iterators.of(site.function, site.statement, first) \
        if releases else None
    if found is None or not found.kinds & _UNPINNED or \
            not found.kinds <= _UNPINNED | {"user", "pipe"}:
        return []
    kind = min(found.kinds & _UNPINNED)
    why = min((p for p in found.proof if kind in p), default="")
    return [Finding(
        e.function.file, e.statement.line, e.function.name,
        "unconditional-unpin", "High" if why else "Moderate",
        f"{site.file}:{site.line}",
        f"A {kind} iterator comes to {site.api}() as well"
        + (f" ({why})" if why else "") + ", which pins none of its pages; they "
        "are unpinned here all the same.", _steps(site, e)) for e in releases]


def references(iterators: Iterators, site: CallSite) -> list[Finding]:
    """Return the references that are taken on pages of kernel buffers.

    A buffer may be a slab's, whose pages no reference keeps.
    """
    first = site.argument(0)
    taken = site.flow.of(EventKind.REF)
    # Those that take references refuse such iterators.
    if site.api not in effects.PINNING or "iov_iter" not in site.api or \
            first is None or not taken or any(
                name in e.function.uses for e in site.flow.events
                for name in _NO_SLAB):
        return []
    found = iterators.of(site.function, site.statement, first)
    if found is None or "kvec" not in found.kinds:
        return []
    return [Finding(
        e.function.file, e.statement.line, e.function.name,
        "kernel-page-ref", "Moderate", f"{site.file}:{site.line}",
        "A kvec iterator comes here as well: its pages may be a slab's, which "
        "are not kept by references.", _steps(site, e)) for e in taken]


def _steps(site: CallSite, event: Event) -> tuple[ways.Step, ...]:
    return (*ways.through(site, event), *ways.of_event(event))


def late(iterators: Iterators, program: Program, site: CallSite) -> list[Finding]:
    """Return where pages that nothing holds are used after their I/O completed."""
    first = site.argument(0)
    event = used_late(program, site) if site.api in effects.PINNING and \
        "iov_iter" in site.api and first is not None else None
    if event is None or first is None:
        return []
    found = iterators.of(site.function, site.statement, first)
    kinds = found.kinds & _UNPINNED if found is not None else frozenset()
    return [] if not kinds else [Finding(
        event.function.file, event.statement.line, event.function.name,
        "used-after-completion", "Moderate", f"{site.file}:{site.line}",
        f"A {min(kinds)} iterator comes here as well, whose pages {site.api}() "
        "does not hold; the I/O was said to be done before this.",
        _steps(site, event))]


def _unasked(site: CallSite, release: Event) -> bool:
    """Say whether a release depends on numbers of the call alone."""
    function = site.function
    return release.function.key == function.key and not any(
        _ASKS.fullmatch(name) for name in function.uses) and all(
        node.kind in (Kind.BINARY, Kind.CONST) or node.kind == Kind.ID
        and (node.value == site.result or function.is_local(node.value))
        for guard in function.guards_at(release.statement.start)
        for node in guard.test.walk())
