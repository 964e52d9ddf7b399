# SPDX-License-Identifier: GPL-2.0-only
"""Write the commit messages: who holds the pages, what changes, why it is right.

Every sentence says what a field of a site or of the patch says. Places, rules and
checks stand below the message, as `material` has them.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

from pinlib.analysis.release_groups import NEW_NAME
from pinlib.base.codes import Code
from pinlib.base.records import Patch, PatchKind, Site
from pinlib.base.text import joined, printable
from pinlib.decide.redundant_reference import CODE
from pinlib.kernel.effects import EXTRACT, PIN_OF

WIDTH = 72
SUBJECT = 75
# More functions than this are counted, not named.
MOST_NAMES = 3
PINNED = ("user", "pipe")       # kinds of iterator whose pages are pinned
RST = "Documentation/core-api/pin_user_pages.rst"
EXTRACTION = "iov_iter_extract_pages"
TOOL = "Made with gup2pin and Coccinelle."

WHY = ("Plain references neither keep the process on the pages after a fork() nor "
       "tell filesystems that the data is in use; pins do both.")
WHY_ONE = ("A plain reference neither keeps the process on the page after a fork() "
           "nor tells filesystems that the data is in use; a pin does both.")
LONGTERM = ("With FOLL_LONGTERM the call fails on mappings of files on fs-dax{}. "
            "Pages in movable memory are migrated first.")
# What a tree refuses besides: where this is in its mm/gup.c, shared files.
REFUSES_FILES = "writable_file_mapping_allowed("
_FILES = ("for writing, on shared mappings of files whose filesystem tracks dirty "
          "pages")

# git am would take such a line for the end of the message, or for a header.
_CUT = re.compile(r"(?:---|diff -|Index: |>?From |(?:From|Date|Subject):)")


def subject(patch: Patch, prefix: str, part: str = "") -> str:
    """Return the first line of the message, begun as the subsystem does.

    part: the file or function, where the subsystem alone does not say which.
    """
    text = printable(" ".join(patch.subject.split())) or "Pin user pages"
    if prefix and not has_prefix(text):
        text = f"{prefix} {text}" if prefix.endswith(" -") \
            else f"{prefix}: {text}"
    if part:
        cut = max(text.rfind(": ") + 2, text.rfind(" - ") + 3) \
            if has_prefix(text) else 0
        text = f"{text[:cut]}{part}: {text[cut:]}"
    return textwrap.shorten(text, SUBJECT, placeholder=" ...")


def has_prefix(text: str) -> bool:
    """Say whether a subject names its subsystem already."""
    return re.match(r"[\w./ ,+-]+: \S", text) is not None


def body(patch: Patch, sites: Sequence[Site], diff: str = "",
         gup: str = "") -> str:
    """Return the message below the subject.

    sites may hold those of other patches; diff, where given, says whether
    FOLL_LONGTERM is new, and gup, the text of the tree's mm/gup.c, what fails then.
    """
    mine = of_patch(patch, sites)
    if patch.kind == PatchKind.CONVERT:
        parts = convert_text(patch, mine, diff, gup)
    else:
        parts = [filled(fact) for fact in patch.facts]
    return message(parts)


def message(parts: Sequence[str]) -> str:
    """Return a message of these paragraphs, which says what it was made with."""
    text = "\n\n".join([*(part for part in parts if part), TOOL]) + "\n"
    return text.replace("\n\n- ", "\n- ")


def of_patch(patch: Patch, sites: Sequence[Site]) -> list[Site]:
    """Return the call sites that a patch converts, in the order of the files."""
    return sorted((site for site in sites if site.id in set(patch.sites)),
                  key=lambda s: (s.file, s.line, s.column))


def convert_text(patch: Patch, sites: list[Site], diff: str,
                 gup: str) -> list[str]:
    """Say who holds the pages, why pins are due, and what else changes.

    Who drops the pages of a core rule, and which iterators reach it, its own text
    says.
    """
    parts = [filled(nothing_taken(site)) for site in sites
             if site.code == CODE]
    for by_iterator in (True, False):
        some = [s for s in sites if (s.api in EXTRACT) == by_iterator
                and s.code != CODE]
        if some:
            why = WHY_ONE if one_page(some) else WHY
            said = [f"{held(some)} {why}", what(some, diff)]
            core = all(s.code == Code.CORE_RULE for s in some)
            parts += map(filled, [" ".join(said)] if core else said)
    parts += [filled(fact) for fact in patch.facts]
    if longterm(sites, diff):
        parts.append(filled(LONGTERM.format(fails_on_files(gup))))
    return parts


def fails_on_files(gup: str) -> str:
    """Return on what else a long-lived pin fails, by the tree's mm/gup.c.

    A folder outside a kernel is built for many, and says from which on.
    """
    if not gup:
        return f" and, since Linux 6.5, {_FILES}"
    return f" and, {_FILES}" if REFUSES_FILES in gup else ""


def one_page(sites: list[Site]) -> bool:
    """Say whether each call takes a single page of user memory."""
    return sites[0].api not in EXTRACT and all(
        s.pages.kind == "single" for s in sites)


def held(sites: list[Site]) -> str:
    """Return the sentences on what takes the pages, and what drops them."""
    apis = joined(dict.fromkeys(f"{site.api}()" for site in sites))
    take = "take" if len({s.function for s in sites}) > 1 else "takes"
    if sites[0].api in EXTRACT:
        what_taken = "plain references on the pages of an iterator"
    elif one_page(sites):
        what_taken = "a plain reference on a page of user memory"
    else:
        what_taken = "plain references on pages of user memory"
    return f"{functions(sites)} {take} {what_taken} with {apis}{until(sites)}."


def until(sites: list[Site]) -> str:
    """Return who drops the pages, as the end of a sentence."""
    takers = dict.fromkeys((s.file, s.function) for s in sites)
    if all(s.code == Code.CORE_RULE for s in sites):
        return ""
    droppers = {(r.file, r.function): f"{r.function}()" for s in sites
                for r in sorted(s.releases, key=lambda r: (r.file, r.line))}
    if not droppers:
        return ""
    others = list(dict.fromkeys(
        name for place, name in droppers.items() if place not in takers))
    if not others:
        it = "it" if one_page(sites) and len(takers) == 1 else "them"
        return f", and drops {it} itself" if len(takers) == 1 else \
            ", and each drops its own"
    itself = joined(f"{function}()" for file, function in takers
                    if (file, function) in droppers)
    if len(others) > MOST_NAMES:
        others = [f"{len(others)} functions"]
    drop = "drops" if len(others) == 1 and others[0].endswith("()") else "drop"
    kept = {h.to for s in sites for h in s.handoffs
            if h.to.startswith("struct ")}
    pages, references = ("page", "reference") if one_page(sites) else (
        "pages", "references")
    where = f" and keeps the {pages} in {kept.pop().replace('::', '.')}" \
        if len(kept) == 1 and len(takers) == 1 else ""
    return f"{where}; {joined(others)} {drop} the {references}" + (
        f", as does {itself} itself" if itself else "")


def nothing_taken(site: Site) -> str:
    """Return why a reference goes that no pin takes the place of."""
    return (f"{site.function}() takes a plain reference on each page with "
            f"{site.api}() and drops it before the page is used, so the "
            "reference protects nothing. iov_iter_extract_pages() takes none "
            "on pages of the kernel's own: use it, and drop nothing.")


def what(sites: list[Site], diff: str) -> str:
    """Return the sentences on what is called now, and which pages are pinned."""
    if sites[0].api in EXTRACT:
        stays = any(name.endswith("_noadvance") and (not diff or name in diff)
                    for name in (NEW_NAME[s.api] for s in sites))
        text = f"Use {joined(extracting(sites, diff))}" + (
            ", in the form that leaves the iterator where it is." if stays
            else ".")
        return " ".join([text, *dict.fromkeys(map(iterators, sites))])
    flag = " with FOLL_LONGTERM" if longterm(sites, diff) else ""
    names = joined(dict.fromkeys(f"{PIN_OF[s.api]}()" for s in sites))
    text = f"Use {names}{flag} and unpin what it pinned"
    cases = {site.case for site in sites}
    return f"{text}, as in CASE {cases.pop()} of {RST}." \
        if cases in ({2}, {5}) else f"{text}."


def extracting(sites: list[Site], diff: str) -> Iterable[str]:
    """Return what extracts now; a form of it where the patch calls that."""
    names = [NEW_NAME[s.api].removesuffix("_noadvance") for s in sites]
    return dict.fromkeys(f"{name if f'{name}(' in diff else EXTRACTION}()"
                         for name in names)


def longterm(sites: list[Site], diff: str) -> bool:
    """Say whether the patch adds FOLL_LONGTERM."""
    if diff:
        new, old = (sum(line.count("FOLL_LONGTERM")
                        for line in diff.splitlines()
                        if line.startswith(sign)) for sign in "+-")
        return new > old
    return any(s.case == 2 and s.api not in EXTRACT for s in sites)


def iterators(site: Site) -> str:
    """Return which iterators reach a site and what is taken on their pages."""
    kinds = site.iterators if site.code != Code.CORE_RULE else []
    pinned = [k for k in kinds if k in PINNED]
    plain = [k for k in kinds if k not in (*PINNED, "unknown")]
    if not kinds:
        return ""
    if pinned and not plain and "unknown" not in kinds:
        text = "Only user-backed iterators get here" if pinned == ["user"] \
            else f"Only {joined(pinned)} iterators get here"
        return f"{text}, so every page is pinned." if site.needs_flag else \
            f"{text}: every page is pinned, and unpinned without a condition."
    if plain and not pinned and "unknown" not in kinds:
        return f"Only {joined(plain)} iterators get here: nothing is taken " \
            "on their pages, and nothing released."
    text = "Any iterator may get here" if "unknown" in kinds else (
        f"It pins the pages of {joined(pinned)} iterators. Nothing here keeps "
        f"out those of {joined(plain)}, on whose pages it takes nothing")
    if site.told_by:
        return f"{text}, so {site.told_by}."
    if not site.needs_flag:
        return f"{text}."
    return f"{text}, so the release goes by iov_iter_extract_will_pin()."


def functions(sites: Iterable[Site]) -> str:
    """Return the functions of sites, once each, as a phrase."""
    return joined(dict.fromkeys(f"{site.function}()" for site in sites))


def filled(text: str) -> str:
    """Return a paragraph at the width of a changelog; '- ' items hang."""
    hang = "  " if text.startswith(("- ", "* ")) else ""
    lines = textwrap.wrap(printable(" ".join(text.split())), WIDTH,
                          subsequent_indent=hang, break_on_hyphens=False,
                          break_long_words=False)
    return "\n".join(f" {line}" if _CUT.match(line) else line
                     for line in lines)
