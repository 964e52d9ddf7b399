# SPDX-License-Identifier: GPL-2.0-only
"""Define the plain data that passes between the stages."""

from __future__ import annotations

import dataclasses
import enum
from typing import Any


class Disposition(enum.StrEnum):
    """What is decided about a call site, or what it is already."""

    CONVERT = "convert"
    MANUAL = "manual"
    KEEP = "keep"
    BLOCKED = "blocked"
    CONVERTED = "converted"
    MISMATCH = "mismatch"
    CORE = "core"
    TEST = "test"
    INACTIVE = "inactive"


DISPOSITIONS = tuple(Disposition)


@dataclasses.dataclass
class Release:
    """One statement that drops what an acquisition took."""

    file: str
    line: int
    function: str
    form: str
    via: int | None = None      # index into the site's graph


@dataclasses.dataclass
class Left:
    """One release near a site that a conversion leaves as it is."""

    file: str
    line: int
    function: str
    form: str
    why: str
    via: int | None = None


@dataclasses.dataclass
class Node:
    """One holder of a site's pages, and the statement that filled it."""

    name: str
    source: int | None          # index of the node the pages came from
    file: str
    line: int
    function: str
    text: str


@dataclasses.dataclass
class Handoff:
    """One place where the pages pass to another owner or carrier."""

    file: str
    line: int
    function: str
    to: str
    via: int | None = None


@dataclasses.dataclass
class Pages:
    """What receives the pages at an acquisition."""

    kind: str  # local-array | local-pointer | single | param | field
    type: str
    name: str


@dataclasses.dataclass
class Site:
    """One call site of a listed API with everything decided about it."""

    id: str
    file: str
    line: int
    column: int
    function: str
    api: str
    subsystem: str
    iterators: list[str]
    case: int | None
    pages: Pages
    releases: list[Release]
    handoffs: list[Handoff]
    disposition: Disposition
    needs_flag: bool
    code: str
    reason: str
    blocked_by: str | None
    rule: str | None = None
    group: str | None = None
    patch: str | None = None
    evidence: dict[str, Any] = dataclasses.field(default_factory=dict)
    graph: list[Node] = dataclasses.field(default_factory=list)
    blocked_via: int | None = None
    left: list[Left] = dataclasses.field(default_factory=list)
    steps: list[str] = dataclasses.field(default_factory=list)
    proof: dict[str, list[str]] = dataclasses.field(
        default_factory=lambda: {"iterators": [], "case": []})
    settle: str | None = None   # the question whose answer would decide it
    told_by: str = ""           # how releases learn whether to unpin, a clause


class PatchKind(enum.StrEnum):
    """What a patch of a series does."""

    OVERLAY = "overlay"
    PREPARE = "prepare"
    CONVERT = "convert"
    FIX = "fix"                 # of a finding


@dataclasses.dataclass
class Patch:
    """One commit of a series before its changelog is rendered.

    tree and parent are git tree ids in the scratch repository OUT/scratch.git,
    which holds only the files that a series touches.
    """

    kind: PatchKind
    group: str
    subject: str
    notes: list[str]        # what was found out, for below the message
    files: list[str]        # changed files
    symbols: list[str]      # functions and members whose holders must be rebuilt
    sites: list[str]        # ids of the call sites it converts
    rule: str               # the rule file and its parameters, runnable
    tree: str
    parent: str
    commit: str             # scratch commit with a placeholder message
    mail: str = ""          # the mail below OUT, once it is written
    builds_from: str = ""   # the first release that a module builds for then
    facts: list[str] = dataclasses.field(default_factory=list)  # the message's
    rules: str = ""         # the semantic patches, a sentence
    fixes: str = ""         # for a bug: a text that came with the code it is in
    also_in: str = ""       # a configuration in which it is built besides


# How the names of series begin that others apply on top of.
FIRST = "00-"
# And those that apply on top of all others.
LAST = "99-"
# That of the campaign for pins.
PREREQUISITE = f"{FIRST}iov_iter"


@dataclasses.dataclass
class Series:
    """The patches of one subsystem in order.

    Each starts from the base, or from other series, whose slugs on_top_of has:
    that of the helpers, if it calls some and does not bring them itself.
    """

    slug: str
    subsystem: str
    patches: list[Patch]
    on_top_of: list[str] = dataclasses.field(default_factory=list)

    @property
    def is_prerequisite(self) -> bool:
        """Say whether it is a series that adds what others call."""
        return self.slug.startswith(FIRST)
