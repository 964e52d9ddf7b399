# SPDX-License-Identifier: GPL-2.0-only
"""Write what the patch that mends findings of one kind says of them."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from pinlib.audit.plain import mend
from pinlib.audit.plain.mend import Mend
from pinlib.base.text import joined
from pinlib.series.changelog import LONGTERM, fails_on_files

SUBJECTS = MappingProxyType({
    mend.PINS: "drop pins as pins, not as references",
    mend.DIRTY: "mark pages dirty that were written to",
    mend.LOCKED: "lock pages to mark them dirty",
    mend.LONGTERM: "ask for FOLL_LONGTERM where pins are kept",
    mend.LEAK: "drop the pins of pages before an error is returned",
    mend.COUNT: "drop as many pins as were taken",
    mend.NEGATIVE: "drop no pins where none were taken"})
_WHY = MappingProxyType({
    mend.PINS:
        "A pin counts as 1024 references of a small page. put_page() gives "
        "back one of them: the page is never freed, and is taken for pinned "
        "for good. Drop the pin.",
    mend.DIRTY:
        "Nobody marks them dirty. What was written to a page of a file may "
        "then never reach the file, and is lost when the page is reclaimed. "
        "Mark them dirty before the pins are dropped; the code may sleep "
        "there.",
    mend.LOCKED:
        "A file may be truncated while set_page_dirty() runs on a page of its"
        " that is not locked. Use set_page_dirty_lock(); the code may sleep "
        "there.",
    mend.LONGTERM:
        "They are kept until user space has them dropped. Such pins keep "
        "memory from being moved that was set aside to stay movable, and a "
        "file's blocks from being freed. Say so with FOLL_LONGTERM. "
        + LONGTERM.format(fails_on_files("")),
    mend.LEAK:
        "Nobody drops them: the pages stay pinned for good, and are never "
        "freed. Drop the pins before the function is left.",
    mend.COUNT:
        "Fewer may have been taken, or none. Entries of the array that were "
        "never filled are then taken for pages. Drop those that were taken.",
    mend.NEGATIVE:
        "That is an error code where the call failed, and a huge number of "
        "pages as an unsigned one. Drop only what was taken."})


def of(mends: list[Mend]) -> list[str]:
    """Return the paragraphs that say what is wrong, and what is done."""
    kind = mends[0].kind
    takers = _names(m.taker for m in mends)
    end = "s" if takers.count("()") == 1 else ""
    took = f"{takers} pin{end} pages with {_names(m.api for m in mends)}"
    droppers = {m.function for m in mends}
    drops = f"drop{'s' * (len(droppers) == 1)}"
    who = _names(m.function for m in mends)
    if kind == mend.PINS:
        said = f"{took}; {who} {drops} them with " \
            f"{_names(m.edit.token for m in mends)}."
    elif kind == mend.DIRTY:
        said = f"{took}, to be written to" + (
            f", and {drops} them." if who == takers else f"; {who} {drops} them.")
    elif kind == mend.LOCKED:
        said = f"{took}; {who} call{'s' * (len(droppers) == 1)} set_page_dirty()."
    elif kind == mend.LONGTERM:
        said = f"{took}, without FOLL_LONGTERM."
    elif kind == mend.LEAK:
        said = f"{took}, and may leave with an error while pages are held."
    else:
        said = f"{took}, and {drops} as many as it " + (
            "asked for." if kind == mend.COUNT else "returned.")
    return [said, _WHY[kind]]


def _names(found: Iterable[str]) -> str:
    """Return the names of functions, each once, as words of a sentence."""
    return joined(dict.fromkeys(f"{name}()" for name in found))
