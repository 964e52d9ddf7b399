# SPDX-License-Identifier: GPL-2.0-only
"""Say what a reader of the report can do about a site that is not converted."""

from __future__ import annotations

import json
from typing import Any

from pinlib.base.codes import QUESTIONS, REGISTER

# What a baseline lists, a check looks for and an editor shows.
UNCONVERTED = ("convert", "manual", "mismatch", "blocked")

BY_DISPOSITION = {
    "convert": "Apply the patch that `make series` writes.",
    "manual": "Open the named line; `make explain SITE=…` tells the "
    "decision step by step.",
    "mismatch": "Fix the release: a pin is dropped by unpin_user_page*(), a "
    "plain reference by put_page().",
    "blocked": "Nothing to do here before the owner of the pages can drop "
    "pins; record the site with `make baseline`.",
    "keep": "Nothing: a plain reference is right here.",
    "converted": "Nothing: the pages are pinned.",
    "core": "Nothing: this is the interface itself.",
    "test": "Nothing: this is a test of the interface.",
    "inactive": "Nothing for this kernel, which does not compile the line.",
}

# The same of a campaign that is not about pins.
OF_OTHERS = {
    "convert": "Apply the patch that `make series` writes for this campaign.",
    "manual": "Open the named line, and change it by hand.",
    "mismatch": "Fix the line first, in a patch of its own.",
    "blocked": "Convert the code that is named first.",
    "keep": "Nothing: it is right as it is.",
    "converted": "Nothing: it is in the new form.",
    "core": "Nothing: this is what others are converted to.",
    "test": "Nothing: this is a test of what others are converted to.",
    "inactive": "Nothing for this kernel, which does not compile the line.",
}


def entry(site: dict[str, Any], kernel: str) -> list[str]:
    """Return the decisions entry that would decide a site, to be filled in."""
    allowed = " or ".join(f'"{a}"' for a in QUESTIONS[site["settle"]])
    return ["[[decision]]", f'kernel = "{kernel}"',
            f"site = {json.dumps(site['id'])}",
            f'question = "{site["settle"]}"',
            f'answer = ""  # {allowed}', 'reason = ""', 'who = ""',
            'when = ""  # YYYY-MM-DD']


def of_code(code: str, disposition: str, campaign: str = "") -> str:
    """Return what to do about a code, by itself or by its disposition.

    A code that is none of a call site is one of a finding. campaign: "" for pins.
    """
    entry = REGISTER.get(code)
    return entry.advice if entry and entry.advice \
        else (OF_OTHERS if campaign else BY_DISPOSITION)[disposition]


def of_site(site: dict[str, Any], campaign: str = "") -> str:
    """Return what to do about a site of report.json, with its names filled in."""
    text = of_code(site["code"], site["disposition"], campaign)
    if site["disposition"] == "convert":
        text = text.replace("make series", "make series SUBSYSTEM="
                            f"'{site['subsystem']}'")
    return text.replace("SITE=…", f"SITE={site['file']}:{site['line']}")
