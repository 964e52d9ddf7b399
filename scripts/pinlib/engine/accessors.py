# SPDX-License-Identifier: GPL-2.0-only
"""Add a campaign's accessors to the header that declares the member."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pinlib.base.errors import RuleError
from pinlib.base.resources import OVERLAY
from pinlib.csource import types
from pinlib.csource.masking import CText
from pinlib.engine.declared import Campaign

# A definition with its kernel-doc.
_ONE = re.compile(r"/\*\*\n \* (\w+) - .*?\n \*/\n.*?(?=\n\n|\Z)", re.S)


def names(campaign: Campaign) -> list[str]:
    """Return the accessors of a campaign, in their order."""
    return [match[1] for match in _ONE.finditer(_source(campaign))]


def missing(campaign: Campaign, header: str) -> list[str]:
    """Return the accessors that the text of a header lacks, in their order."""
    return [name for name, _ in _lacking(campaign, header)]


def added(campaign: Campaign, header: str) -> str:
    """Return the text of a header with the accessors that it lacks.

    They stand right behind the structure. Raises RuleError if that is not there.
    """
    lacking = [text for _, text in _lacking(campaign, header)]
    if not lacking:
        return header
    end = _behind(CText(header), campaign)
    if end < 0:
        raise RuleError(f"{campaign.counted.header}: {campaign.counted.shown} is "
                        "not declared there once")
    return "\n\n".join([header[:end], *lacking]) + header[end:]


def _behind(text: CText, campaign: Campaign) -> int:
    """Return the end of the lines that declare what is counted, or -1."""
    struct, name = campaign.counted.struct, campaign.counted.name
    lines = range(1, text.line_of(text.size) + 1)
    found = [text.matching(at) for line in lines
             if (at := types.opening(text, struct, line)) >= 0] if struct else [
        at for at in text.words.get(name, ()) if not text.directive_at(at)]
    if len(found) != 1 or found[0] < 0:
        return -1
    if text.defines(name, found[0]):
        return text.text.find("\n", text.matching(text.code.find("{", found[0])))
    return text.text.find("\n", text.code.find(";", found[0]))


def _lacking(campaign: Campaign, header: str) -> Iterator[tuple[str, str]]:
    known = CText(header).words
    for match in _ONE.finditer(_source(campaign)):
        if match[1] not in known:
            yield match[1], match[0].rstrip()


def _source(campaign: Campaign) -> str:
    file = OVERLAY / "campaigns" / f"{campaign.name}.h"
    return file.read_text("ascii") if file.is_file() else ""
