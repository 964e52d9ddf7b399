# SPDX-License-Identifier: GPL-2.0-only
"""Write the commit messages: why, then what, then how it was made and checked.

Every sentence says what a field of a site, of the patch or of its evidence says.
No Signed-off-by is written: that is the poster's own act.
"""

from __future__ import annotations

import posixpath
import re
import shlex
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pinlib.analysis.release_groups import NEW_NAME
from pinlib.base.records import Pages, Patch, PatchKind, Site
from pinlib.base.text import joined, printable
from pinlib.decide.redundant_reference import CODE
from pinlib.kernel.effects import EXTRACT, PIN_OF
from pinlib.program.pipes_served import IOV_ITER, UIO

WIDTH = 72
SUBJECT = 75
MOST_ITEMS = 10
# Their maintainers must see what is added to them.
API_FILES = ("lib/iov_iter.c", "mm/gup.c")
PIPES = (
    "iov_iter_extract_pages() of this tree refuses pipes, and "
    "iov_iter_get_pages() serves them: splicing from a file opened with O_DIRECT "
    "brings them. Serve them in both, so that what extracts does not return an "
    "error that it did not return before. The pages are pinned, and "
    "iov_iter_extract_will_pin() says so.")
PINNED = ("user", "pipe")       # kinds of iterator whose pages are pinned
RST = "Documentation/core-api/pin_user_pages.rst"

CASES = {
    1: f"This is CASE 1 of {RST}, direct I/O.",
    2: f"This is CASE 2 of {RST}, pages that are held for a long time.",
    3: f"This is CASE 3 of {RST}, MMU notifiers.",
    4: f"This is CASE 4 of {RST}, only struct page is looked at.",
    5: f"This is CASE 5 of {RST}, the data within the pages is accessed.",
}
LONGTERM = (
    "FOLL_LONGTERM changes behaviour: the call now fails on mappings of "
    "files on fs-dax and, since Linux 6.5, where it would pin a writable "
    "mapping of a file for writing. Pages in movable memory are migrated "
    "before they are pinned.")

# git am would take such a line for the end of the message, or for a header.
_CUT = re.compile(r"(?:---|diff -|Index: |>?From |(?:From|Date|Subject):)")


def subject(patch: Patch, prefix: str, part: str = "") -> str:
    """Return the first line of the message, begun as the subsystem does.

    part: the file or function, where the subsystem alone does not say which.
    """
    text = printable(" ".join(patch.subject.split())) or "Pin user pages"
    if prefix and not has_prefix(text):
        text = f"{prefix}: {text}"
    if part:
        cut = text.rfind(": ") + 2 if has_prefix(text) else 0
        text = f"{text[:cut]}{part}: {text[cut:]}"
    return textwrap.shorten(text, SUBJECT, placeholder=" ...")


def has_prefix(text: str) -> bool:
    """Say whether a subject names its subsystem already."""
    return re.match(r"[\w./ ,+-]+: \S", text) is not None


def body(patch: Patch, sites: Sequence[Site],
         evidence: dict[str, Any] | None, kernel: dict[str, Any],
         diff: str = "") -> str:
    """Return the message below the subject.

    sites may hold those of other patches; evidence is the entry of
    patch.tree; diff, where given, says whether FOLL_LONGTERM is new.
    """
    mine = [site for site in sites if site.id in set(patch.sites)]
    mine.sort(key=lambda s: (s.file, s.line, s.column))
    if patch.kind == PatchKind.OVERLAY:
        parts = overlay_text(patch)
    elif patch.kind == PatchKind.PREPARE:
        parts = prepare_text(patch, mine)
    else:
        parts = convert_text(patch, mine, diff)
    parts += rule_text(patch, kernel)
    parts += proofs(evidence)
    return "\n\n".join(part for part in parts if part) + "\n"


def overlay_text(patch: Patch) -> list[str]:
    """Say what the overlay's patch brings."""
    files = [name for name in patch.files
             if posixpath.basename(name) not in ("Makefile", "Kconfig")
             and name not in (UIO, IOV_ITER)]
    served = IOV_ITER in patch.files
    why = [filled("The patches that follow need helpers that this tree does "
                  f"not have. Add them{'' if served else ', with no caller yet'}."
                  )]
    notes = [filled(note) for note in [*patch.notes, *[PIPES] * served]]
    return why + notes + [listed("New files:", files)]


def prepare_text(patch: Patch, sites: list[Site]) -> list[str]:
    """Say what is corrected before a conversion, and why separately."""
    parts = [filled(note) for note in patch.notes]
    names = functions(sites)
    if names:
        parts.append(filled(
            "This stays with plain references, so that the conversion of "
            f"{names} that follows changes how pages are held and nothing "
            "else."))
    return parts


def convert_text(patch: Patch, sites: list[Site], diff: str) -> list[str]:
    """Say why and where pages are held differently, and what else changes."""
    parts: list[str] = []
    for site in sites:
        if site.code == CODE:
            parts.append(filled(nothing_taken(site)))
    for apis in (EXTRACT, ()):
        some = [s for s in sites if (s.api in EXTRACT) == bool(apis)
                and s.code != CODE]
        if some:
            parts += [filled(why(some)), filled(what(some, diff))]
    parts += reasons(sites)
    parts += [filled(iterators(site, len(sites) > 1)) for site in sites
              if site.api in EXTRACT]
    parts.append(listed("What the pages go through:", holders(sites)))
    parts.append(listed("Releases that change with it (lines before the "
                        "patch):", releases(sites)))
    if longterm(sites, diff):
        parts.append(filled(LONGTERM))
    return parts + [filled(note) for note in patch.notes]


def why(sites: list[Site]) -> str:
    """Return the sentences on what is wrong with plain references."""
    single = all(site.pages.kind == "single" for site in sites)
    apis = joined(dict.fromkeys(f"{site.api}()" for site in sites))
    take = "take" if len({s.function for s in sites}) > 1 else "takes"
    if sites[0].api in EXTRACT:
        what_taken = "a plain reference on each page of an iterator"
    else:
        what_taken = "a plain reference on a page of user memory" \
            if single else "plain references on pages of user memory"
    it = "the page" if single else "the pages"
    return (f"{functions(sites)} {take} {what_taken} with {apis}. A plain "
            "reference does not tell the memory management and filesystems "
            f"that the data of {it} is going to be accessed; a pin does.")


def nothing_taken(site: Site) -> str:
    """Return why a reference goes that no pin takes the place of."""
    return (f"{site.function}() takes a plain reference on each page with "
            f"{site.api}() and drops it before the page is used, so the "
            "reference protects nothing. iov_iter_extract_pages() takes none "
            "on pages of the kernel's own: use it, and drop nothing.")


def what(sites: list[Site], diff: str) -> str:
    """Return the sentences on which CASE it is and what is called now."""
    cases = sorted({site.case for site in sites if site.case is not None})
    parts = [CASES[case] for case in cases]
    if sites[0].api in EXTRACT:
        stays = any(name.endswith("_noadvance") and (not diff or name in diff)
                    for name in (NEW_NAME[s.api] for s in sites))
        parts.append("Use iov_iter_extract_pages(), which pins pages of user "
                     "memory and takes nothing on pages of the kernel's own"
                     + (", in the form that leaves the iterator where it is, "
                        "as before." if stays else "."))
    else:
        flag = " with FOLL_LONGTERM" if longterm(sites, diff) else ""
        names = joined(dict.fromkeys(f"{PIN_OF[s.api]}()" for s in sites))
        parts.append(f"Use {names}{flag}, and unpin what it pinned.")
    return " ".join(parts)


def longterm(sites: list[Site], diff: str) -> bool:
    """Say whether the patch adds FOLL_LONGTERM."""
    if diff:
        new, old = (sum(line.count("FOLL_LONGTERM")
                        for line in diff.splitlines()
                        if line.startswith(sign)) for sign in "+-")
        return new > old
    return any(s.case == 2 and s.api not in EXTRACT for s in sites)


def reasons(sites: list[Site]) -> list[str]:
    """Return each site's own reason once, named where there are several."""
    by_reason: dict[str, list[Site]] = {}
    for site in sites:
        by_reason.setdefault(" ".join(site.reason.split()), []).append(site)
    if len(by_reason) == 1:
        return [filled(text) for text in by_reason]
    return [filled(f"{functions(some)}, line "
                   f"{joined(str(s.line) for s in some)}: {text}")
            for text, some in by_reason.items()]


def iterators(site: Site, several: bool) -> str:
    """Return which iterators reach a site and what is taken on their pages."""
    kinds = site.iterators
    where = f"{site.function}() (line {site.line})" if several \
        else f"{site.function}()"
    if not kinds:
        return ""
    if kinds == ["user"] and not site.needs_flag:
        return (f"Only user-backed iterators reach {where}: every page is "
                "pinned, and unpinned without a condition.")
    if "unknown" in kinds:
        text = f"Any iterator may reach {where}."
    else:
        text = f"Iterators that may reach {where}: {joined(kinds)}."
    pinned = [k for k in kinds if k in PINNED]
    plain = [k for k in kinds if k not in (*PINNED, "unknown")]
    if pinned and plain:
        text += (f" Pages of {joined(pinned)} iterators are pinned; extraction "
                 f"takes nothing on those of {joined(plain)}.")
    elif plain and "unknown" not in kinds:
        text += " Nothing is taken on their pages, and nothing released."
    if site.code == "unpin-by-iterator":
        text += (" The release asks iov_iter_extract_will_pin() of the same "
                 "iterator, whose kind does not change on the way.")
    elif site.code == "core-rule" and site.needs_flag:
        text += (" The release depends on what iov_iter_extract_will_pin() "
                 "says of the iterator.")
    elif site.needs_flag:
        text += (" The release depends on iov_iter_extract_will_pin(), kept "
                 "from when the pages were extracted.")
    return text


def holders(sites: list[Site]) -> list[str]:
    """Return what holds the pages from acquisition to release."""
    found: dict[str, None] = {}
    for site in sites:
        found[f"{site.file}:{site.line} {holder(site.pages)}"] = None
        for item in site.handoffs:
            found[f"{item.file}:{item.line} {item.function}(): "
                  f"{item.to}"] = None
    return list(found)


def holder(pages: Pages) -> str:
    """Return what receives the pages, in words."""
    kind = {"local-array": "local array", "local-pointer": "array",
            "single": "single page", "param": "array of the caller",
            "field": "member"}[pages.kind]
    return f"{pages.name} ({kind})"


def releases(sites: list[Site]) -> list[str]:
    """Return every release once, in the order of the files."""
    found = {(r.file, r.line, r.function, r.form)
             for site in sites for r in site.releases}
    return [f"{file}:{line} {function}(): {form}"
            for file, line, function, form in sorted(found)]


def rule_text(patch: Patch, kernel: dict[str, Any]) -> list[str]:
    """Return how anyone makes the patch again."""
    if not patch.rule:
        return []
    commit = f", commit {kernel['commit']}" if kernel.get("commit") else ""
    return [filled(f"Generated by gup2pin from Linux {kernel['version']}"
                   f"{commit}, with:"), command(patch.rule)]


def command(text: str) -> str:
    """Return commands indented, a long line continued as a shell reads it."""
    return "\n".join(line for one in text.splitlines() if one.strip()
                     for line in _command_lines(one))


def _command_lines(text: str) -> list[str]:
    try:
        words = [shlex.quote(word) for word in shlex.split(text)]
    except ValueError:
        words = text.split()
    glued: list[str] = []       # an option stays with its argument
    for word in map(printable, words):
        if glued and re.fullmatch(r"--?\w[\w-]*", glued[-1]) and \
                not word.startswith("-"):
            glued[-1] += f" {word}"
        else:
            glued.append(word)
    lines = ["  "]
    for word in glued:
        if lines[-1].strip() and len(lines[-1]) + len(word) > WIDTH - 3:
            lines[-1] += " \\"
            lines.append("    ")
        lines[-1] += (" " if lines[-1].strip() else "") + word
    return lines


def functions(sites: Iterable[Site]) -> str:
    """Return the functions of sites, once each, as a phrase."""
    return joined(dict.fromkeys(f"{site.function}()" for site in sites))


def listed(head: str, items: list[str]) -> str:
    """Return a short list below a sentence, '' when there is nothing."""
    if not items:
        return ""
    more = len(items) - MOST_ITEMS
    if more > 1:
        items = [*items[:MOST_ITEMS], f"and {more} more"]
    lines = [filled(head)]
    for item in items:
        lines.append(textwrap.fill(
            printable(item), WIDTH, initial_indent="  ",
            subsequent_indent="    ", break_on_hyphens=False,
            break_long_words=False))
    return "\n".join(lines)


def filled(text: str) -> str:
    """Return a paragraph at the width of a changelog; '- ' items hang."""
    hang = "  " if text.startswith(("- ", "* ")) else ""
    lines = textwrap.wrap(printable(" ".join(text.split())), WIDTH,
                          subsequent_indent=hang, break_on_hyphens=False,
                          break_long_words=False)
    return "\n".join(f" {line}" if _CUT.match(line) else line
                     for line in lines)


def proofs(evidence: dict[str, Any] | None) -> list[str]:
    """Return the paragraphs on how a patch was built, checked and run."""
    found = evidence or {}
    parts = compiled(found.get("compile") or [])
    checks = [text for text in (
        checked("The link check", found.get("link"), linked),
        checked("sparse", found.get("sparse"),
                lambda _: "sparse reports nothing new."),
        checked("checkpatch.pl", found.get("checkpatch"), styled)) if text]
    return [*parts, filled(" ".join(checks)), filled(ran(found.get("run")))]


def compiled(items: list[dict[str, Any]]) -> list[str]:
    """Say which objects were compiled, in which configuration."""
    groups: dict[tuple[str, str], list[str]] = {}
    for item in items:
        said = item.get("reason", "") if item["result"] != "pass" else \
            item.get("config") or item.get("arch") or ""
        groups.setdefault((item["result"], said), []).append(item["object"])
    heads = {"pass": "Compiled without new warnings", "SKIPPED":
             "Not compiled", "fail": "DOES NOT COMPILE"}
    parts = []
    for result in ("pass", "fail", "SKIPPED"):
        for (kind, said), objects in groups.items():
            if kind == result:
                said = said.replace(" with scripts/", " with gup2pin's ")
                extra = f" ({said})" if said else ""
                parts.append(listed(f"{heads[kind]}{extra}:", objects))
    return parts or ["Not compiled."]


def checked(name: str, item: dict[str, Any] | None,
            passed: Callable[[dict[str, Any]], str]) -> str:
    """Say how one check came out; nothing when it was never asked for."""
    if not item:
        return ""
    if item["result"] == "pass":
        return passed(item)
    reason = item.get("reason") or "see evidence.json"
    verb = "was skipped" if item["result"] == "SKIPPED" else "FAILS"
    return f"{name} {verb}: {reason.rstrip('.')}."


def linked(item: dict[str, Any]) -> str:
    """Say what a link check that passed looked at."""
    names = item.get("symbols") or []
    if not names:
        return "No object names a symbol that it did not name before."
    if len(names) > MOST_ITEMS:
        names = [*names[:MOST_ITEMS], "others"]
    return f"Newly named symbols are defined or exported: {joined(names)}."


def styled(item: dict[str, Any]) -> str:
    """Say that checkpatch passed, and which checks were left out."""
    ignored = item.get("ignored") or []
    less = f" (not asked for {', '.join(ignored)})" if ignored else ""
    return f"checkpatch.pl reports nothing{less}."


def ran(found: list[dict[str, Any]] | None) -> str:
    """Say what the changed kernel ran, or that it was never run."""
    verbs = {"pass": "Run", "fail": "FAILS when run", "SKIPPED": "Not run:"}
    said = [f"{verbs[item['result']]} {item['command'].rstrip('.')}."
            for item in found or []]
    return " ".join(dict.fromkeys(said)) or "Not run."
