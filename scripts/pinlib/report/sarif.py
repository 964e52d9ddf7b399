# SPDX-License-Identifier: GPL-2.0-only
"""Write the report as SARIF 2.1.0, for services that show alerts.

Only what needs attention is a result: unconverted sites and findings. Sites that a
person's decision settled, and those that this kernel does not compile, are there
with the reason, suppressed.
"""

from __future__ import annotations

import hashlib
import re
import urllib.parse
from typing import Any

from pinlib.base.text import printable
from pinlib.report import wording
from pinlib.report.wording import Words

SCHEMA = ("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/"
          "schemas/sarif-schema-2.1.0.json")
LEVEL = {"convert": "warning", "manual": "warning", "blocked": "note",
         "mismatch": "error"}
NOTICES = {"unparsed": "Code that could not be read; a {} in it is left to a "
           "person.",
           "timeout": "A file whose analysis did not finish in time."}
# In the words of reader/run.py.
TIMED_OUT = re.compile(r"did not finish in")
Report = dict[str, Any]


def compose(report: Report) -> Report:
    """Return the SARIF log of a report in the form of report.json."""
    answers = {d["site"]: d for d in report["decisions"]}
    sites = [s for s in report["sites"]
             if s["disposition"] in LEVEL or s["id"] in answers
             or s["disposition"] == "inactive"]
    words = wording.of(report)
    rules = _rules(sites, report["findings"], words)
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    results = [_site(s, index, answers.get(s["id"]), words) for s in sites]
    counts: dict[str, int] = {}
    results += [_finding(f, index, counts) for f in report["findings"]]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [{
        "tool": {"driver": {
            "name": "gup2pin", "rules": rules,
            "notifications": [{"id": name, "shortDescription": {
                "text": text.format("use" if words.campaign else "call")}}
                              for name, text in NOTICES.items()]}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {
            "text": f"The tree of Linux {report['kernel']['version']}"}}},
        "invocations": [{
            "executionSuccessful": True,
            "toolExecutionNotifications": [_notice(r) for r
                                           in report["unparsed"]]}],
        "results": results}]}


def _rules(sites: list[Report], findings: list[Report],
           words: Words) -> list[Report]:
    """Return one rule for each code, with what it means and what to do."""
    made: dict[str, Report] = {}
    for site in sites:
        code, disposition = site["code"], site["disposition"]
        made.setdefault(code, {
            "id": code, "name": _name(code),
            "shortDescription": {"text": f"{disposition}: "
                                 f"{words.meanings[disposition]}."},
            "fullDescription": {"text": f"A {words.site} decided as "
                                f"{disposition} with the code {code}: "
                                f"{words.meanings[disposition]}."},
            "help": {"text": words.todo(code, disposition)},
            "defaultConfiguration": {"level": LEVEL.get(disposition,
                                                        "none")}})
    for finding in findings:
        code = finding["code"]
        made.setdefault(code, {
            "id": code, "name": _name(code),
            "shortDescription": {"text": "A finding in the existing code."},
            "fullDescription": {"text": "A problem in the existing code that "
                                "no patch changes."},
            "help": {"text": "Read both lines; if the code is wrong, fix it "
                     "in a patch of its own."},
            "defaultConfiguration": {"level": "note"}})
    return [made[code] for code in sorted(made)]


def _name(code: str) -> str:
    return "".join(word.capitalize() for word in code.split("-"))


def _site(site: Report, index: dict[str, int],
          answer: Report | None, words: Words) -> Report:
    todo = words.advice(site)
    result = {
        "ruleId": site["code"], "ruleIndex": index[site["code"]],
        "level": LEVEL.get(site["disposition"], "none"),
        "message": {"text": printable(
            f"{call(site, words)} is {site['disposition']}: {site['reason']} "
            f"{todo}")},
        "locations": [location(site["file"], site["line"],
                               site["column"] + 1, site["function"])],
        "partialFingerprints": {"gup2pinSite/v1": _hash(site["id"])},
        "relatedLocations": _related(site)}
    if site["disposition"] == "inactive":
        result["kind"] = "notApplicable"
        result["suppressions"] = [{
            "kind": "external", "status": "accepted",
            "justification": printable(site["reason"])}]
    if answer:
        # An answer that leaves work to do must not hide the site.
        open_still = site["disposition"] in LEVEL
        result["suppressions"] = [{
            "kind": "external",
            "status": "underReview" if open_still else "accepted",
            "justification": printable(
                f"{answer.get('question', '')} = {answer['answer']}: "
                f"{answer['reason']} ({answer['who']}, {answer['when']})")}]
    return result


def call(site: Report, words: Words) -> str:
    """Return the call of a site in words; a place in no function has none."""
    inside = f" in {site['function']}()" if site["function"] else ""
    return f"{site['api']}{words.call}{inside}"


def _related(site: Report) -> list[Report]:
    """Return the obstacle and the releases, each with its part."""
    found = []
    if site["blocked_by"]:
        file, _, line = site["blocked_by"].rpartition(":")
        found.append((file, int(line), "the obstacle"))
    found += [(r["file"], r["line"], f"released: {r['form']}")
              for r in site["releases"]]
    return [{**location(file, line), "id": number,
             "message": {"text": printable(text)}}
            for number, (file, line, text) in enumerate(found, 1)]


def _finding(finding: Report, index: dict[str, int],
             counts: dict[str, int]) -> Report:
    # No line number, so that code that moves stays the same alert.
    stem = ":".join((finding["code"], finding["file"], finding["function"]))
    counts[stem] = counts.get(stem, 0) + 1
    return {"ruleId": finding["code"], "ruleIndex": index[finding["code"]],
            "level": "note", "message": {"text": printable(finding["text"])},
            "locations": [location(finding["file"], finding["line"], None,
                                   finding["function"])],
            "partialFingerprints": {
                "gup2pinFinding/v1": _hash(f"{stem}#{counts[stem]}")}}


def _notice(region: Report) -> Report:
    late = TIMED_OUT.search(region["why"]) is not None
    place = location(region["file"], region["line"])
    place["physicalLocation"]["region"]["endLine"] = max(region["end"],
                                                         region["line"])
    return {"descriptor": {"id": "timeout" if late else "unparsed"},
            "level": "warning", "locations": [place],
            "message": {"text": printable(region["why"])}}


def location(file: str, line: int, column: int | None = None,
             function: str = "") -> Report:
    """Return a place in the tree; whatever the file is called, its URI is valid."""
    region = {"startLine": line}
    if column:
        region["startColumn"] = column
    uri = urllib.parse.quote(file.encode("utf-8", "surrogateescape"))
    made: Report = {"physicalLocation": {
        "artifactLocation": {"uri": uri, "uriBaseId": "SRCROOT"},
        "region": region}}
    if function:
        made["logicalLocations"] = [{"name": printable(function),
                                     "kind": "function"}]
    return made


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
