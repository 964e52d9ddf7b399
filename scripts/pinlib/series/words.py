# SPDX-License-Identifier: GPL-2.0-only
"""Name what a campaign says in its mails; the rest of them is the same for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pinlib.base.records import Patch, Series, Site
from pinlib.series import changelog, cover, material

Evidence = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Words:
    """What the mails of one campaign say.

    body: of a patch, its sites, its diff and the text of mm/gup.c: its message.
    about: of sites, the paragraphs below a message. intro: of a series, its patches
    and all sites: what it does and why. title: of patches and of how their subjects
    begin: the subject of the cover letter. test: how patches are tested. concerned:
    files whose maintainers get what is added for all. uses: what sites are. wide:
    whether a patch is of all files of a subsystem.
    """

    body: Callable[[Patch, Sequence[Site], str, str], str]
    about: Callable[[Sequence[Site]], list[str]]
    intro: Callable[[Series, Sequence[Patch], Sequence[Site]], list[str]]
    title: Callable[[Sequence[Patch], str], str]
    test: Callable[[Sequence[Patch], Evidence], list[str]]
    concerned: tuple[str, ...] = ()
    uses: str = "Calls"
    wide: bool = False


# Of what is added to the API of iterators, its maintainers must hear.
PINS = Words(changelog.body, material.about_pages, cover.intro, cover.title,
             cover.test, ("lib/iov_iter.c", "mm/gup.c"))
