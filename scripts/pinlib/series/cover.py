# SPDX-License-Identifier: GPL-2.0-only
"""Write the cover letter of a posting: what it does, what it needs, where."""

from __future__ import annotations

import posixpath
import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from pinlib.base import line_ends
from pinlib.base.records import Patch, PatchKind, Series, Site
from pinlib.base.templates import environment
from pinlib.base.text import joined, printable
from pinlib.decide.redundant_reference import CODE
from pinlib.program.shims import latest
from pinlib.series.changelog import filled

WIDTH = 72
MOST_LEFT = 20
WHY = ("A plain page reference does not tell the memory management and "
       "filesystems that the data of the page is going to be accessed; a pin "
       "does. Documentation/core-api/pin_user_pages.rst says where pins are "
       "due. The patches change how pages are held and released, and nothing "
       "else. Each one changes an acquisition together with every release "
       "that it needs, so the series can be bisected.")

_DOC = re.compile(r"^\+ \* (\w+)(?:\(\))? - (.+)$", re.MULTILINE)
_WORD = re.compile(r"\w+")


def render(series: Series, part: int, parts: int, subjects: list[str],
           patches: Sequence[Patch], diffs: Sequence[str],
           sites: Sequence[Site], evidence: dict[str, dict[str, Any]],
           diffstat: str, base: str, no_recipients: str,
           changes: str = "") -> str:
    """Return the text of one posting's cover letter."""
    numbers = {site: number for number, patch in enumerate(patches, 1)
               for site in patch.sites}
    overlay = [n for n, patch in enumerate(patches, 1)
               if patch.kind == PatchKind.OVERLAY]
    template = environment()
    template.filters["fill"] = fill
    return template.get_template("cover-letter.txt.j2").render(
        intro=intro(series, numbers, sites), why=WHY, part=part, parts=parts,
        order="The patches apply on top of the part before it."
        if part > 1 else "The other parts apply on top of it.",
        helpers=helpers(patches, diffs), helper_patch=joined(
            str(n) for n in overlay),
        converted=[(numbers[s.id], place(s), call(s)) for s in sites
                   if s.id in numbers],
        left=unconverted(series, sites), proof=proof(patches, evidence),
        builds=builds(patches), keep_cr=line_ends.option(diffs),
        no_recipients=no_recipients, subjects=list(enumerate(subjects, 1)),
        diffstat=diffstat, base=base, changes=changes) + "\n"


def intro(series: Series, numbers: dict[str, int], sites: Sequence[Site]
          ) -> str:
    """Return what the posting does, in one sentence."""
    apis = joined(sorted({f"{s.api}()" for s in sites if s.id in numbers}))
    count = sum(site.id in numbers for site in sites)
    calls = f"{count} call{'s' * (count != 1)} of {apis}" if count else \
        "the code around calls"
    if count and all(s.code == CODE for s in sites if s.id in numbers):
        return (f"Move {calls} in {series.subsystem} to extraction, which "
                "takes no references where none are needed.")
    return (f"Move {calls} in {series.subsystem} from page references to "
            "page pins, with the code that releases the pages.")


def helpers(patches: Sequence[Patch], diffs: Sequence[str]
            ) -> list[tuple[str, str]]:
    """Return the helpers that are both added and used, and what they do.

    What they do is the first line of their kernel-doc.
    """
    added: dict[str, str] = {}
    used: set[str] = set()
    for patch, diff in zip(patches, diffs):
        if patch.kind == PatchKind.OVERLAY:
            added |= {name: text.rstrip(".") for name, text
                      in _DOC.findall(diff)}
        else:
            used |= {word for line in diff.splitlines()
                     if line.startswith("+") for word in _WORD.findall(line)}
    return [(name, f"{text}.") for name, text in added.items()
            if name in used]


def place(site: Site) -> str:
    """Return the file and line of a call."""
    return f"{site.file}:{site.line} {site.function}()"


def call(site: Site) -> str:
    """Return what is known of a converted call in one line."""
    case = f", CASE {site.case}" if site.case else ""
    kinds = f", iterators: {', '.join(site.iterators)}" \
        if site.iterators else ""
    flag = ", release by pin state" if site.needs_flag else ""
    return f"{site.api}{case}{kinds}{flag}"


def unconverted(series: Series, sites: Sequence[Site]) -> list[tuple[str, str]]:
    """Return the subsystem's sites that have no patch, and why not."""
    mine = {name for patch in series.patches for name in patch.sites}
    rest = [(place(s), f"{s.api}: {s.disposition} [{s.code}]") for s in sites
            if s.subsystem == series.subsystem and s.id not in mine]
    if len(rest) > MOST_LEFT:
        more = len(rest) - MOST_LEFT
        rest = [*rest[:MOST_LEFT], (f"and {more} more", "see report.txt")]
    return rest


def proof(patches: Sequence[Patch], evidence: dict[str, dict[str, Any]]
          ) -> str:
    """Return how the patches were checked, and that they were not run."""
    entries = [evidence.get(patch.tree) or {} for patch in patches]
    built = [entry.get("compile") or [] for entry in entries]
    results = [{item["result"] for item in items} for items in built]
    if not any("pass" in found or "fail" in found for found in results):
        text = "No patch was compiled."
    elif any("fail" in found for found in results):
        text = "NOT EVERY PATCH COMPILES; see the changelogs."
    elif all(found == {"pass"} for found in results):
        text = ("Each patch was compiled on top of those before it, without "
                "new warnings; its changelog names the objects.")
    else:
        text = ("Not everything that the patches touch was compiled; the "
                "changelogs say what was.")
    if not any(item["result"] == "pass" for entry in entries
               for item in entry.get("run") or []):
        text += " No patch was run."
    return text + (" No Signed-off-by is added: that is for whoever sends "
                   "the series.")


def builds(patches: Sequence[Patch]) -> str:
    """Say from which release on a module builds with the patches, or ""."""
    releases = [p.builds_from for p in patches if p.builds_from]
    return "" if not releases else (
        f"With these patches the module needs Linux {latest(releases)} or "
        "later: it defines nothing that stands in for what they use.")


def title(patches: Sequence[Patch], prefix: str) -> str:
    """Return the subject of the cover letter."""
    names = sorted({posixpath.dirname(f) for p in patches for f in p.files
                    if p.kind != PatchKind.OVERLAY})
    head = prefix or joined(names[:1]) or "treewide"
    return f"{head}: pin pages instead of taking references"


def fill(text: str, indent: int = 0) -> str:
    """Return one paragraph at the width of a mail; its own lead stays."""
    if not indent:
        return filled(text)
    lead = text[:len(text) - len(text.lstrip(" "))]
    return textwrap.fill(
        printable(" ".join(text.split())), WIDTH, initial_indent=lead,
        subsequent_indent=" " * indent, break_on_hyphens=False,
        break_long_words=False)


def folded(subject: str) -> str:
    """Return a Subject: line as a mail carries it."""
    return "\n ".join(textwrap.wrap(
        f"Subject: {subject}", 76, break_on_hyphens=False,
        break_long_words=False)) + "\n"


def mime(texts: Iterable[str]) -> str:
    """Return the lines that say how a text that is not ASCII is written."""
    if all(text.isascii() for text in texts):
        return ""
    return ("MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
            "Content-Transfer-Encoding: 8bit\n")
