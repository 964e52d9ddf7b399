# SPDX-License-Identifier: GPL-2.0-only
"""Write the cover letter of a posting: what it does, what it needs, where."""

from __future__ import annotations

import posixpath
import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from pinlib.base import line_ends
from pinlib.base.records import Disposition, Patch, PatchKind, Series, Site
from pinlib.base.templates import environment
from pinlib.base.text import joined, printable
from pinlib.decide.redundant_reference import CODE
from pinlib.program.shims import latest
from pinlib.series.changelog import MOST_NAMES, filled, of_patch

WIDTH = 72
MOST_LEFT = 20
# More patches than this are counted, not named.
MOST_BELOW = 8
WHY = ("Code that accesses the data of user pages has to pin them, see "
       "Documentation/core-api/pin_user_pages.rst. With plain references, data "
       "can be lost where the process forks, or a page is written back, while "
       "it is accessed.")
BISECT = ("Each patch changes what takes the pages together with all that "
          "drops them, so the series can be bisected.")

MENDS = ("What each patch mends is wrong today with pages that are pinned; its "
         "message says what. Each stands on its own.")
ADDED = ("Series that pin pages instead of taking references call functions "
         "that this tree does not have. Add them, with no caller yet.")
NO_MMU = "Kernels without an MMU do not pin; mend that first."

TEST = ("To test it, run scripts/gup2pin boot, and again with --machine qemu: it "
        "drives from user space what it can of the calls, and compares the "
        "references and pins of every page before, in use and after.")

LEFT = (Disposition.MANUAL, Disposition.KEEP, Disposition.BLOCKED,
        Disposition.MISMATCH)

_DOC = re.compile(r"^\+ \* (\w+)(?:\(\))? - (.+)$", re.MULTILINE)
_WORD = re.compile(r"\w+")


def render(series: Series, part: int, parts: int, subjects: list[str],
           patches: Sequence[Patch], diffs: Sequence[str],
           sites: Sequence[Site], evidence: dict[str, dict[str, Any]],
           diffstat: str, base: str, said: tuple[list[str], list[str], str],
           below: Sequence[str] = (), changes: str = "", signoff: str = "",
           alone: bool = False) -> str:
    """Return the text of one posting's cover letter.

    Of that of a patch by itself, only what its own message does not say. said: what
    the posting does and why, how it is tested, and what sites are. below: the
    subjects of the patches that the posting applies on top of.
    """
    intro, test, uses = said
    overlay = [n for n, patch in enumerate(patches, 1)
               if patch.kind == PatchKind.OVERLAY]
    template = environment()
    template.filters["fill"] = fill
    return template.get_template("cover-letter.txt.j2").render(
        intro=intro,
        below=on_top_of(below), part=part, parts=parts,
        order="The patches apply on top of the part before it."
        if part > 1 else "The other parts apply on top of it.",
        helpers=helpers(patches, diffs), helper_patch=joined(
            str(n) for n in overlay),
        left=unconverted(series, sites), proof=proof(patches, evidence),
        test=test, uses=uses,
        builds=builds(patches), keep_cr=line_ends.option(diffs),
        subjects=list(enumerate(subjects, 1)), diffstat=diffstat, base=base,
        changes=changes, signoff=signoff, alone=alone) + "\n"


def intro(series: Series, patches: Sequence[Patch],
          sites: Sequence[Site]) -> list[str]:
    """Return what the posting does and why, in paragraphs."""
    if series.is_prerequisite:
        return [added(patches)]
    if all(patch.kind == PatchKind.FIX for patch in patches):
        return [MENDS]
    mine = [s for patch in patches for s in of_patch(patch, sites)]
    held = [s for s in mine if s.code != CODE]
    parts = []
    if held:
        parts.append(f"The pages that {some_of(held)} "
                     f"{'take' if several(held) else 'takes'} are held by "
                     f"plain references. {WHY} Pin them.")
    if len(held) < len(mine):
        free = [s for s in mine if s.code == CODE]
        parts.append(f"{some_of(free)} {'take' if several(free) else 'takes'} "
                     "references that are dropped before the pages are used. "
                     "Take none.")
    before = [str(n) for n, patch in enumerate(patches, 1)
              if patch.kind == PatchKind.PREPARE]
    said = "" if not before else (
        f" Patch{'es' * (len(before) > 1)} {joined(before)} "
        f"mend{'s' * (len(before) == 1)} what is wrong today, or in the way of "
        "those that come after, and leave"
        f"{'s' * (len(before) == 1)} the way in which pages are held as it is.")
    return [*parts, BISECT + said]


def some_of(sites: Sequence[Site]) -> str:
    """Return the functions of sites, counted where there are many."""
    names = list(dict.fromkeys(f"{site.function}()" for site in sites))
    return joined(names) if len(names) <= MOST_NAMES else \
        f"{len(names)} functions"


def several(sites: Sequence[Site]) -> bool:
    """Say whether sites are in more than one function."""
    return len({site.function for site in sites}) > 1


def on_top_of(subjects: Sequence[str]) -> str:
    """Return the sentence on the patches that a posting applies on top of."""
    if not subjects:
        return ""
    if len(subjects) > MOST_BELOW:
        return (f"This applies on top of {len(subjects)} patches, which are those "
                "of all other series.")
    names = joined(f'"{subject}"' for subject in subjects)
    return f"This applies on top of {names}, " + (
        "which is sent once for all series that need it."
        if len(subjects) == 1 else
        "which are sent once for all series that need them.")


def added(patches: Sequence[Patch]) -> str:
    """Return what the series does that others apply on top of."""
    said = [NO_MMU] if any(p.also_in for p in patches) else []
    return " ".join([*said, *([ADDED] if any(p.symbols for p in patches)
                              else [])])


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
                      in _DOC.findall(diff) if name in patch.symbols}
        else:
            used |= {word for line in diff.splitlines()
                     if line.startswith("+") for word in _WORD.findall(line)}
    return [(name, f"{text}.") for name, text in added.items()
            if name in used]


def place(site: Site) -> str:
    """Return the file and line of a call."""
    return f"{site.file}:{site.line} {site.function}()"


def pins(patches: Sequence[Patch], sites: Sequence[Site]) -> bool:
    """Say whether patches take pins, and do not just leave references out."""
    return any(s.code != CODE for patch in patches for s in of_patch(patch, sites))


def unconverted(series: Series, sites: Sequence[Site]) -> list[tuple[str, str]]:
    """Return the subsystem's sites that have no patch, and why not."""
    mine = {name for patch in series.patches for name in patch.sites}
    rest = [(place(s), f"{s.api}: {s.disposition} [{s.code}]") for s in sites
            if s.subsystem == series.subsystem and s.id not in mine
            and s.disposition in LEFT]
    if len(rest) > MOST_LEFT:
        more = len(rest) - MOST_LEFT
        rest = [*rest[:MOST_LEFT], (f"and {more} more", "see report.txt")]
    return rest


def proof(patches: Sequence[Patch], evidence: dict[str, dict[str, Any]]
          ) -> str:
    """Return how the patches were built and run."""
    entries = [evidence.get(patch.tree) or {} for patch in patches]
    built = [entry.get("compile") or [] for entry in entries]
    results = [{item["result"] for item in items} for items in built]
    if not any("pass" in found or "fail" in found for found in results):
        text = "No patch was compiled."
    elif any("fail" in found for found in results):
        text = "NOT EVERY PATCH COMPILES; see below their messages."
    elif all(found == {"pass"} for found in results):
        text = ("Each patch was compiled on top of those before it, without "
                "new warnings; below its message it names the objects.")
    else:
        text = ("Not everything that the patches touch was compiled; what was "
                "stands below their messages.")
    ran = list(dict.fromkeys(
        item["command"].rstrip(".") for entry in entries
        for item in entry.get("run") or [] if item["result"] == "pass"))
    return text + (f" Run: {'; '.join(ran)}." if ran else
                   " No patch was run.")


def test(patches: Sequence[Patch], evidence: dict[str, dict[str, Any]]
         ) -> list[str]:
    """Return what to run, and for each call site what the run counted.

    Nothing for a series that converts no call.
    """
    if not any(patch.kind == PatchKind.CONVERT for patch in patches):
        return []
    said = [TEST]
    for patch in patches:
        for item in (evidence.get(patch.tree) or {}).get("run") or []:
            if item["result"] == "pass" and "control" in item:
                names = item["workloads"]
                if len(names) > MOST_NAMES:
                    names = [*names[:MOST_NAMES],
                             f"{len(names) - MOST_NAMES} more"]
                said.append(
                    f"{item['site'].split(':')[1]}(), under {item['machine']}, by "
                    f"{joined(names)}: {item['control']['pinned']} of "
                    f"{item['control']['pages']} pages pinned in use without the "
                    f"patch, {item['pinned']} of {item['pages']} with it; all "
                    "counts after as before.")
    return said


def builds(patches: Sequence[Patch]) -> str:
    """Say from which release on a module builds with the patches, or ""."""
    releases = [p.builds_from for p in patches if p.builds_from]
    return "" if not releases else (
        f"With these patches the module needs Linux {latest(releases)} or "
        "later: it defines nothing that stands in for what they use.")


def title(patches: Sequence[Patch], prefix: str) -> str:
    """Return the subject of the cover letter."""
    if all(p.kind == PatchKind.OVERLAY for p in patches):
        return "iov_iter: add what pins the pages of iterators"
    names = sorted({posixpath.dirname(f) for p in patches for f in p.files
                    if p.kind != PatchKind.OVERLAY})
    head = prefix or joined(names[:1]) or "treewide"
    if all(p.kind == PatchKind.FIX for p in patches):
        return f"{head}: mend how pins are used"
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
