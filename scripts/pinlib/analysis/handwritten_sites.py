# SPDX-License-Identifier: GPL-2.0-only
"""Describe call sites that a core rule converts, from the rule's entry.

What the facts cannot follow was read by hand there; the fingerprints make sure
that it is the same code.
"""

from __future__ import annotations

import re
from typing import Any

from pinlib.base.codes import Code
from pinlib.base.errors import RuleError
from pinlib.base.records import Disposition, Handoff, Pages, Release, Site
from pinlib.csource.masking import CText
from pinlib.decide.decide import Decision
from pinlib.flow.call_sites import CallSite
from pinlib.rewrite import fingerprint
from pinlib.rewrite.handwritten import Applied


def decide(applied: list[Applied], site: CallSite) -> Decision | None:
    """Return the decision on a site that an applied core rule converts, or None."""
    for one in applied:
        for entry in one.rule.sites if one.states else ():
            if (entry["file"], entry["function"], entry["api"]) == (
                    site.file, site.function.name, site.api):
                return Decision(site, Disposition.CONVERT, Code.CORE_RULE,
                                " ".join(entry["reason"].split()),
                                case=entry["case"],
                                needs_flag=entry.get("needs_flag", False),
                                core={**entry, "name": one.rule.name})
    return None


def describe(decision: Decision, subsystem: str,
             texts: dict[str, CText]) -> Site:
    """Return the report's record of such a site; texts are of the tree as it is."""
    site, entry = decision.site, decision.core
    assert entry is not None
    pages = entry["pages"]
    return Site(
        site.id, site.file, site.line, site.column, site.function.name,
        site.api, subsystem, sorted(entry["iterators"]), decision.case,
        Pages(pages["kind"], pages["type"], pages["name"]),
        [Release(r["file"], _line(texts, r), r["function"], r["form"])
         for r in entry["releases"]],
        [Handoff(h["file"], _line(texts, h), h["function"], h["to"])
         for h in entry.get("handoffs", [])],
        Disposition.CONVERT, decision.needs_flag, decision.code,
        decision.reason, None, f"cocci/core/{entry['rule']}")


def _line(texts: dict[str, CText], item: dict[str, Any]) -> int:
    """Return the line of a form, the nth in its function; it must be there."""
    text = texts[item["file"]]
    span = fingerprint.region(text, item["function"])
    form = r"\s*".join(re.escape(c) for c in re.sub(r"\s", "", item["form"]))
    found = list(re.compile(form).finditer(
        text.text, text.offset(span.start))) if span else []
    number = item.get("nth", 1)
    last = span.end if span else 0
    if len(found) < number or text.line_of(
            found[number - 1].start()) > last:
        raise RuleError(f"{item['file']}: {item['function']}() has no "
                        f"{item['form']}, which a core rule names")
    return text.line_of(found[number - 1].start())
