# SPDX-License-Identifier: GPL-2.0-only
"""Find callers of the acquiring function that take a short result for a full
one.
"""

from __future__ import annotations

from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import RELEASE_KINDS
from pinlib.paths.walker import Walker
from pinlib.paths.watch import Mistake, Watch
from pinlib.program.function import Function
from pinlib.program.locations import Resolver
from pinlib.program.program import Program


def short(program: Program, resolver: Resolver, site: CallSite,
          seen: Watch) -> list[tuple[Function, Mistake]]:
    """Return where a caller takes a short result for a full one.

    The acquiring function returns the result, and its caller chose how many
    pages to ask for.
    """
    function = site.function
    names = [n for _, n in function.params]
    if seen.asked not in names or any(
            u.setting for u in function.uses.get(seen.asked, [])):
        return []
    index = names.index(seen.asked) + 1
    found = []
    for caller, use in program.naming(function.name, function):
        call = use.call
        if call is None or not caller.name or index >= len(call.kids) or \
                program.is_ambiguous(caller):
            continue
        asked = call.kids[index]
        if asked.value == "1":
            continue
        outer = Watch(caller, call, use.statement, str(asked), False,
                      ("full", "part"), helpers=seen.helpers, counts={
                          n: d for n, d in seen.counts.items()
                          if n != caller.name})
        for event in site.flow.of(*RELEASE_KINDS):
            if event.function.key == caller.key:
                outer.releases.setdefault(event.statement.start,
                                          []).append(event)
        found += [(caller, s) for s in Walker(resolver, outer).run()
                  if s.kind in ("short", "beyond")]
    return sorted(found, key=lambda f: (f[0].key, f[1].line))
