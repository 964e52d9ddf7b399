# SPDX-License-Identifier: GPL-2.0-only
"""Write what stands below a message: places, rules, and how a patch was checked.

git am drops it; a reviewer reads it. Lines are of the tree before the patch.
"""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from pinlib.base.records import Pages, Patch, Site
from pinlib.base.text import joined, printable
from pinlib.series.changelog import WIDTH, filled, of_patch

MOST_ITEMS = 10


def about_pages(sites: Sequence[Site]) -> list[str]:
    """Return where pages are taken, where they go, and where they are dropped."""
    return [listed("Call sites:", places(sites)),
            listed("What the pages go through:", holders(sites)),
            listed("Releases:", releases(sites))]


def below(patch: Patch, sites: Sequence[Site], evidence: dict[str, Any] | None,
          kernel: dict[str, Any], no_fixes: bool = True,
          about: Callable[[Sequence[Site]], list[str]] = about_pages) -> str:
    """Return the text between a message and its diffstat.

    sites may hold those of other patches; evidence is the entry of patch.tree;
    no_fixes: the message does not name the commit that a bug came with. about:
    what there is to say of the sites of a patch, in paragraphs.
    """
    mine = of_patch(patch, sites)
    parts = [*(fixes(patch) if patch.fixes and no_fixes else []), *about(mine),
             listed("Notes:", patch.notes), filled(patch.rules),
             *rule_text(patch, kernel), *proofs(evidence)]
    return "\n\n".join(part for part in parts if part) + "\n"


def fixes(patch: Patch) -> list[str]:
    """Return how to find the commit that a bug came with."""
    return [filled("It mends a bug of today, which is due for stable. A clone with "
                   "its history names the commit for Fixes:, the last line of:"),
            command("git log --follow --abbrev=12 --format='%h (\"%s\")' "
                    f"-S{shlex.quote(patch.fixes)} -- {patch.files[0]}")]


def places(sites: Sequence[Site]) -> list[str]:
    """Return each call site with what was found out about it."""
    return [f"{s.file}:{s.line} {s.function}(), {s.api}: "
            + " ".join(s.reason.split())
            + (f" Iterators: {joined(s.iterators)}." if s.iterators else "")
            for s in sites]


def holders(sites: Sequence[Site]) -> list[str]:
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


def releases(sites: Sequence[Site]) -> list[str]:
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
    return [filled(f"Made from Linux {kernel['version']}{commit}, with:"),
            command(patch.rule)]


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


def listed(head: str, items: Sequence[str]) -> str:
    """Return a short list below a sentence, '' when there is nothing."""
    if not items:
        return ""
    more = len(items) - MOST_ITEMS
    if more > 1:
        items = [*items[:MOST_ITEMS], f"and {more} more"]
    lines = [filled(head)]
    for item in items:
        lines.append(textwrap.fill(
            printable(" ".join(item.split())), WIDTH, initial_indent="  ",
            subsequent_indent="    ", break_on_hyphens=False,
            break_long_words=False))
    return "\n".join(lines)


def proofs(evidence: dict[str, Any] | None) -> list[str]:
    """Return the paragraphs on how a patch was built, checked and run."""
    found = evidence or {}
    parts = compiled(found.get("compile") or [])
    checks = [text for text in (
        checked("The link check", found.get("link"), linked),
        checked("sparse", found.get("sparse"),
                lambda _: "sparse reports nothing new."),
        checked("checkpatch.pl", found.get("checkpatch"), styled)) if text]
    said = " ".join([*checks, *same_code(found.get("code") or []),
                     ran(found.get("run"))])
    return [*parts, filled(said)] if parts else [filled(f"Not compiled. {said}")]


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
    return parts


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


def same_code(items: list[dict[str, Any]]) -> list[str]:
    """Say how the code of objects compares to that of the untouched tree."""
    groups: dict[str, list[str]] = {"same": []}
    for item in items:
        if "same" in item:
            groups.setdefault(item["same"], []).append(item["object"])
    total = sum(map(len, groups.values()))
    if not total:
        return []
    said = [f"The machine code of {len(groups.pop('same'))} of {total} objects is "
            "the same."]
    for how, names in sorted(groups.items(), reverse=True):
        if len(names) > MOST_ITEMS:
            names = [*names[:MOST_ITEMS], f"{len(names) - MOST_ITEMS} others"]
        said.append(f"{how[0].upper()}{how[1:]}: {joined(names)}.")
    return said


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
