# SPDX-License-Identifier: GPL-2.0-only
"""What a reader of the report can do about a site that is not converted."""

from __future__ import annotations

from typing import Any

# What a baseline lists, a check looks for and an editor is told of.
UNCONVERTED = ("convert", "manual", "mismatch", "blocked")

BY_DISPOSITION = {
    "convert": "Apply the patch that `make series` writes.",
    "manual": "Open the line in the way; `make explain SITE=…` tells the "
    "decision step by step.",
    "mismatch": "Fix the release: a pin is dropped by unpin_user_page*(), a "
    "plain reference by put_page().",
    "blocked": "Nothing to do here before the owner of the pages can drop "
    "pins; record the site with `make baseline`.",
    "keep": "Nothing: a plain reference is right here.",
    "converted": "Nothing: the pages are pinned.",
    "core": "Nothing: this is the interface itself.",
    "test": "Nothing: this is a test of the interface.",
}
BY_CODE = {
    "lifetime-unknown": "Answer `longterm` for this site in the decisions "
    "file; `make explain SITE=…` prints the entry to add.",
    "leak-today": "Give the pages back on that exit first, in a patch of its "
    "own; then run again.",
    "short-pin-as-full": "Count what the call returned first, in a patch of "
    "its own; then run again.",
    "dirtied-after-put": "Mark the pages dirty before they are dropped, in a "
    "patch of its own; then run again.",
    "unknown-use": "Read what is done with the page at the line in the way; "
    "if it drops or keeps the page, convert the site by hand.",
    "extra-reference": "Find the release that balances the reference at the "
    "line in the way, and convert both by hand.",
    "other-origin": "Tell the origins apart at the line in the way, by a "
    "flag or a release of its own for each; then run again.",
    "flag-carrier": "Keep beside the pages whether they are pinned, from "
    "iov_iter_extract_will_pin() to the line in the way.",
    "shares-release": "Settle the site that is named in the sentence; both "
    "must change in one patch.",
    "already-unpinned": "Fix the release first: it drops a pin where a plain "
    "reference was taken.",
    "left-held": "Find who gets the pages from here, and convert that code "
    "by hand together with this.",
    "count-seen": "Ask page_maybe_dma_pinned(), or drop the question; then "
    "convert by hand.",
    "for-some-versions": "Add an arm for versions with pins by hand, at the "
    "acquisition and at every release.",
    "no-counterpart": "Convert the call by hand to a form that this tree can "
    "pin with, or keep it if nothing writes or sends the data.",
    "other-prototype": "Bring the call to the form that this tree declares; "
    "then run again.",
    "flags-refused": "Take FOLL_GET or FOLL_PIN out at the line in the way; "
    "no call that pins accepts it.",
    "longterm-refused": "Take the pages with a form that accepts "
    "FOLL_LONGTERM, pin_user_pages_fast() for one; then run again.",
    "kept-by-number": "Find who drops the page by its number, and convert "
    "both by hand; an MMU notifier's user keeps its plain reference.",
    "reader-unknown": "Read who gets the address at the line in the way; if "
    "the CPU alone reads the data, a plain reference is right.",
    "number-given": "Find out what is done by the page's number from here; "
    "if nothing goes to the data, a plain reference is right.",
    "hidden-in-macro": "Read the macro at the line in the way; convert it, "
    "its uses and what drops their pages by hand, together.",
    "called-through-pointer": "Find what is called through the pointer, and "
    "convert it by hand with every release of its pages.",
    "kernel-pages-outlive": "Take references of kernel pages by hand, to drop "
    "here, or let the call wait for this; then convert it.",
    "kernel-pages-late": "Say that the I/O is done after the line in the way, "
    "in a patch of its own; then run again.",
    "call-not-read": "Write the call as a plain statement, or convert it by "
    "hand with every release of its pages; then run again.",
    "rests-on-unread": "Read the call at the line in the way; where its pages "
    "come to the same releases, convert both by hand.",
    "facts-not-whole": "Find out why spatch could not finish with this file "
    "(the sentence says what it left); then run again.",
    "not-settled": "Convert the call by hand; the analysis does not end here.",
    "binary-file": "Take the NUL byte out of the file at the line in the way; "
    "then run again.",
    "kvec-refusal": "Make the call a statement of its own, in a patch of its "
    "own, or refuse a kvec on the way to it; then run again.",
    "no-pin-api": "Nothing to do on this tree: it has no interface to "
    "convert to.",
}


def of_code(code: str, disposition: str) -> str:
    """What to do about a code, by itself or by its disposition."""
    return BY_CODE.get(code) or BY_DISPOSITION[disposition]


def of_site(site: dict[str, Any]) -> str:
    """What to do about a site of report.json, with its names filled in."""
    text = of_code(site["code"], site["disposition"])
    if site["disposition"] == "convert":
        text = text.replace("make series", "make series SUBSYSTEM="
                            f"'{site['subsystem']}'")
    return text.replace("SITE=…", f"SITE={site['file']}:{site['line']}")
