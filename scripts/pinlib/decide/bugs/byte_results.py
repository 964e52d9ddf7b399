# SPDX-License-Identifier: GPL-2.0-only
"""Find results in bytes that are only checked for an error."""

from __future__ import annotations

from pinlib.csource.expr import Kind, Node
from pinlib.flow.call_sites import CallSite
from pinlib.kernel import effects
from pinlib.program.function import Use

_TESTS = frozenset("< <= > >= == !=".split())


def unasked(site: CallSite) -> bool:
    """Say whether the result of an extraction is only checked for an error.

    A short result then passes for a full one. Where one page is asked for, the
    result cannot be short.
    """
    function = site.function
    # The form that allocates the array has no limit of pages.
    count = None if "alloc" in site.api else site.argument(3)
    if site.api not in (*effects.EXTRACT, *effects.PINNING) or \
            site.api in effects.PIN_OF.values() or \
            count is not None and count.value == "1":
        return False
    if not site.result:
        return _only_tested(site.call)
    if not function.is_local(site.result):
        return False
    after = [u for u in function.uses.get(site.result, [])
             if u.statement.start > site.statement.start]
    if any(u.setting and _counts_down(u.node) for u in after):
        return False
    uses = [u for u in after if not u.setting]
    tested = [u for u in uses if _only_tested(u.node)]
    return bool(tested) and all(u in tested or _error(u, site)
                                for u in uses)


def _counts_down(node: Node) -> bool:
    """Say whether the new value of a variable depends on the old one."""
    above = node.parent
    return above is not None and (above.kind != Kind.ASSIGN
                                  or above.value != "=")


def _only_tested(node: Node) -> bool:
    """Say whether a value is only compared with a constant."""
    above = node.parent
    while above is not None and (
            above.kind == Kind.CAST or above.kind == Kind.CALL
            and above.kids[0].value in ("likely", "unlikely")
            or above.kind == Kind.ASSIGN and above.kids[1] is node):
        node, above = above, above.parent
    return above is not None and above.kind == Kind.BINARY and \
        above.value in _TESTS and all(
            k is node or k.kind == Kind.CONST for k in above.kids)


def _error(use: Use, site: CallSite) -> bool:
    """Say whether a result is used only where it is an error or zero."""
    return any(g.holds and g.test.kind == Kind.BINARY
               and str(g.test.kids[0]) == site.result
               and g.test.value in ("<", "<=")
               and g.test.kids[1].value == "0"
               for g in use.statement.function.guards_at(
                   use.statement.start))
