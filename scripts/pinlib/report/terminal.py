# SPDX-License-Identifier: GPL-2.0-only
"""Render the report for a terminal: 80 columns, one section for each subsystem.

What is computed here is text; how it is laid out stands in the template.
"""

from __future__ import annotations

import collections
from typing import Any


from pinlib.base.templates import environment
from pinlib.base.text import printable, wrap
from pinlib.report import advice, wording
from pinlib.report.wording import Words

INDENT = 4
LABEL = 11
MOST_ITEMS = 12

NO_PINS = ("This tree has no pins (no pin_user_pages_fast()): nothing can be "
           "converted.")

Report = dict[str, Any]


def render(report: Report) -> str:
    """Return report.txt for a report in the form of report.json."""
    template = environment().get_template("report.txt.j2")
    words = wording.of(report)
    text = template.render(
        title=printable(title(report)), notice=notice(report),
        summary=report["summary"], words=words,
        totals=[(count, name, words.meanings[name]) for name, count
                in report["summary"]["by_disposition"].items()],
        accounts=accounts(report), overview=overview(report),
        sections=sections(report), row=row, field=field,
        settle=to_settle(report),
        inactive=[site_lines(s) for s in left_out(report)],
        unparsed=[region(item, words) for item in report["unparsed"]],
        findings=[finding(item) for item in report["findings"]],
        decisions=[decision(item) for item in report["decisions"]],
        core=[{"rule": item["rule"], "state": "used" if item["applied"] else
               f"not used: {item['reason']}"} for item in report["core"]])
    return text.rstrip("\n") + "\n"


def field(label: str, text: str | list[str]) -> str:
    """Return a labelled line of a site, or one line for each of a list."""
    items = [text] if isinstance(text, str) else text
    if len(items) > MOST_ITEMS:
        left = len(items) - MOST_ITEMS
        items = [*items[:MOST_ITEMS], f"and {left} more, all in report.json"]
    lines = []
    for item in items:
        lines.append(wrap(" " * (INDENT + LABEL) + item,
                          INDENT + LABEL + 2))
    head = " " * INDENT + f"{label:<{LABEL}}"
    return head + "\n".join(lines)[len(head):]


def title(report: Report) -> str:
    """Return what was looked at, in a few words."""
    kernel = report["kernel"]
    commit = f" ({kernel['commit'][:12]})" if kernel["commit"] else ""
    since = f", what changed since {report['since']}" if report["since"] \
        else ""
    about = f": {report['campaign']['title']}" if "campaign" in report else ""
    return f"gup2pin report on Linux {kernel['version']}{commit}{since}{about}"


def notice(report: Report) -> str:
    """Return the notice that comes before anything else, or ""."""
    return NO_PINS if report["kernel"]["pins"] is False else ""


def accounts(report: Report) -> str:
    """Return the sentences on what was counted."""
    summary = report["summary"]
    tokens = summary["census"]["tokens"]
    known = summary["census"]["accounted"]
    said = "all of them are accounted for" if tokens == known else \
        f"{known} of them are accounted for, {tokens - known} are NOT"
    rules = summary["by_rule_kind"]
    found = (f"Text search finds {tokens} tokens of {wording.of(report).counted} "
             f"outside comments and strings; {said}")
    if "campaign" in report:
        kinds = [f"{count} {kind}" for kind, count in
                 report["campaign"]["kinds"].items() if count]
        return found + (f": {', '.join(kinds)}." if kinds else ".")
    return (f"{found}. Of the patched sites {rules['generic']} "
            f"are converted by generic rules, {rules['core']} by rules "
            "written for one piece of code (cocci/core)."
            + only_read(summary["only_read"]))


def only_read(calls: dict[str, int]) -> str:
    """Return the sentence on calls that Coccinelle does not find, or ""."""
    if not calls:
        return ""
    return (f" Coccinelle does not find {sum(calls.values())} of the calls "
            "that a patch would change: " + ", ".join(
                f"{count} in {what}" for what, count in calls.items()) + ".")


def by_subsystem(report: Report) -> dict[str, list[Report]]:
    """Return the sites by subsystem, in the order of the names."""
    found: dict[str, list[Report]] = {}
    for site in sorted(report["sites"], key=lambda s: (
            s["subsystem"].lower(), s["file"], s["line"], s["column"])):
        found.setdefault(site["subsystem"], []).append(site)
    return found


def overview(report: Report) -> list[tuple[str, str]]:
    """Return each subsystem with how many sites of a disposition it has."""
    rows = []
    for name, sites in by_subsystem(report).items():
        counts = collections.Counter(s["disposition"] for s in sites)
        rows.append((name, ", ".join(f"{counts[d]} {d}" for d in wording.PINS
                                     if counts[d])))
    return rows


def row(name: str, counts: str) -> str:
    """Return one line of the overview; a long name ends in dots."""
    width = 47
    name = printable(name)
    if len(name) > width:
        name = name[:width - 3].rstrip() + "..."
    return wrap(f"{name} {'.' * (width - len(name))} {counts}", width + 2)


def to_settle(report: Report) -> list[list[str]]:
    """Return the entries of a decisions file that would decide some sites."""
    kernel = ".".join(report["kernel"]["version"].split(".")[:2])
    return [advice.entry(site, kernel) for sites in
            by_subsystem(report).values() for site in sites if site["settle"]]


def sections(report: Report) -> list[Report]:
    """Return the text on each subsystem."""
    made = [{"name": name, "sites": [
        site_lines(s) for s in sites if s["disposition"] != "inactive"]}
        for name, sites in by_subsystem(report).items()]
    return [section for section in made if section["sites"]]


def left_out(report: Report) -> list[Report]:
    """Return the sites that this kernel does not compile."""
    return [s for sites in by_subsystem(report).values() for s in sites
            if s["disposition"] == "inactive"]


def site_lines(site: Report) -> Report:
    """Return the text on one site."""
    case = f", CASE {site['case']}" if site["case"] else ""
    return {
        "head": place(site),
        "verdict": f"{site['api']} -> {site['disposition']} "
                   f"[{site['code']}]{case}",
        "reason": site["reason"], "fields": site_fields(site),
        "id": f"id: {site['id']}"}


def site_fields(site: Report) -> list[tuple[str, str | list[str]]]:
    """Return the labelled lines of a site, without the empty ones."""
    wanted = site["disposition"] in ("convert", "manual")
    flag = ""
    if wanted and site["iterators"]:
        flag = "; the release depends on the pin state" \
            if site["needs_flag"] else "; every page is pinned"
    pages = site["pages"]
    kind = ", ".join(filter(None, (pages["type"], pages["kind"])))
    fields: list[tuple[str, str | list[str]]] = [
        ("obstacle", site["blocked_by"] or ""),
        ("pages", f"{pages['name']} ({kind})"
         if wanted and pages["kind"] else ""),
        ("iterators", ", ".join(site["iterators"]) + flag),
        ("goes to", [f"{place(h, site['file'])}: {h['to']}"
                     for h in site["handoffs"]]),
        ("released", [f"{place(r, site['file'])}: {r['form']}"
                      for r in site["releases"]]),
        ("rule", site["rule"] or ""),
        ("patch", site["patch"] or "")]
    return [(label, text) for label, text in fields if text]


def place(item: Report, here: str = "") -> str:
    """Return where something is; here is the file that was just named."""
    function = f"{item['function']}()" if item["function"] else ""
    where = f"line {item['line']}," if item["file"] == here else \
        f"{printable(item['file'])}:{item['line']}"
    return f"{where} {function}".rstrip(" ,")


def region(item: Report, words: Words = wording.CALLS) -> dict[str, str]:
    """Return the text on code that was not analysed."""
    tokens = item["tokens"]
    count = tokens if isinstance(tokens, int) else len(tokens)
    held = f"{count} token{'s' * (count != 1)} of {words.counted}"
    names = [t for t in tokens if isinstance(t, str)] \
        if isinstance(tokens, list) else []
    if names:
        held += ": " + ", ".join(names)
    lines = f"{item['line']}-{item['end']}"
    return {"head": f"{printable(item['file'])}:{lines}",
            "text": f"{item['why']}; {held}"}


def finding(item: Report) -> dict[str, str]:
    """Return the text on one finding."""
    other = f", see also {item['other']}" if item["other"] else ""
    return {"head": place(item),
            "verdict": f"[{item['code']}], confidence {item['confidence']}"
                       f"{other}",
            "text": item["text"]}


def decision(item: Report) -> dict[str, str]:
    """Return the text on one person's decision."""
    asked = f"{item['question']} = " if item.get("question") else ""
    return {"head": item["site"],
            "text": f"{asked}{item['answer']}: {item['reason']} "
                    f"({item['who']}, {item['when']})"}
