# SPDX-License-Identifier: GPL-2.0-only
"""Say in mails what a campaign declares about itself."""

from __future__ import annotations

from collections.abc import Sequence

from pinlib.base.records import Patch, PatchKind, Series, Site
from pinlib.engine.declared import Campaign
from pinlib.series import changelog, material
from pinlib.series.words import Evidence, Words


def of(campaign: Campaign) -> Words:
    """Return the words of a campaign's mails."""
    said = campaign.words

    def body(patch: Patch, _sites: Sequence[Site], _diff: str, _gup: str) -> str:
        return changelog.message([*map(changelog.filled, patch.facts)])

    def intro(series: Series, patches: Sequence[Patch],
              _sites: Sequence[Site]) -> list[str]:
        if series.is_prerequisite:
            return [said["why"], said["plan"]]
        if all(patch.symbols for patch in patches):
            return [said["renamed"], said["dropped"]]
        return [said["why"]]

    def title(patches: Sequence[Patch], prefix: str) -> str:
        subject = said["accessors"] if all(
            p.kind == PatchKind.OVERLAY for p in patches) else said["subject"]
        return subject if changelog.has_prefix(subject) \
            else f"{prefix or 'treewide'}: {subject}"

    def test(_patches: Sequence[Patch], _evidence: Evidence) -> list[str]:
        return []

    return Words(body, about, intro, title, test, uses="Uses", wide=True)


def about(sites: Sequence[Site]) -> list[str]:
    """Return the uses that a patch changes, as a paragraph below its message."""
    return [material.listed("Uses:", [
        f"{s.file}:{s.line} {s.function}(): {' '.join(s.reason.split())}"
        for s in sites])]
