# SPDX-License-Identifier: GPL-2.0-only
"""Read the mails of a series again: subject, changelog, trailers, hunks."""

from __future__ import annotations

import dataclasses
import email
import email.policy
import re
from pathlib import Path

import unidiff

from pinlib.base.errors import UsageError

# The trailers of a sender and of reviewers.
SIGNED = re.compile(r"^(?:Signed-off|Co-developed)-by: \S.*$", re.M)
TRAILER = re.compile(r"^(?:(?:Reviewed|Acked|Tested)-by: \S.*|"
                     + SIGNED.pattern[1:-1] + ")$")
# Headers that a mail repeats where its sender is not its author.
_INSIDE = re.compile(r"(?:(?:From|Date|Subject): .*\n(?:[ \t]+\S.*\n)*)+\n")
_TAG = re.compile(r"^\[([^]]*)\]\s*")
_VERSION = re.compile(r"\bv(\d+)\b")


@dataclasses.dataclass
class Row:
    """One line of a hunk with its numbers; 0 where a side has none."""

    sign: str
    text: str
    old: int
    new: int
    end: str = "\n"         # "" where a file ends without a line break


@dataclasses.dataclass
class Hunk:
    """One hunk: its heading, and where it starts on both sides."""

    heading: str
    rows: list[Row]


@dataclasses.dataclass
class FileDiff:
    """The changes of a mail to one file."""

    path: str
    added: bool
    hunks: list[Hunk]


@dataclasses.dataclass
class Mail:
    """One patch as it was written to a folder."""

    path: Path
    subject: str            # without its [PATCH ...]
    version: int
    text: str               # the changelog, trailers and all
    diff: str
    files: list[FileDiff]
    author: str = ""        # "Name <address>"

    @property
    def trailers(self) -> list[str]:
        """Return what was signed and what reviewers gave; nothing else is kept."""
        return [line for line in self.text.splitlines()
                if TRAILER.match(line)]


def read(path: Path) -> Mail:
    """Read one mail; a file that is none is an error that names it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    message = email.message_from_bytes(data, policy=email.policy.default)
    payload = message.get_payload(decode=True)
    body = payload.decode("utf-8", "surrogateescape") \
        if isinstance(payload, bytes) else ""
    subject = " ".join(str(message.get("subject", "")).split())
    # A mail may have come with CR LF at every line. Where its own head has
    # none, those are the patch's.
    if data.partition(b"\n")[0].endswith(b"\r"):
        body = body.replace("\r\n", "\n")
    text, cut, rest = body.partition("\n---\n")
    at = rest.find("\ndiff --git ")
    if not subject or not cut or (at < 0 and not rest.startswith("diff ")):
        raise UsageError(f"{path}: not a mail with a patch")
    author = " ".join(str(message.get("from", "")).split())
    inside = _INSIDE.match(text)
    if inside:
        text = text[inside.end():]
        said = re.search(r"^From: (.+)$", inside[0], re.M)
        author = said[1] if said else author
    tag = _TAG.match(subject)
    version = _VERSION.search(tag[1]) if tag else None
    diff = rest[at + 1:]
    return Mail(path, _TAG.sub("", subject),
                int(version[1]) if version else 1, text, diff,
                _files(path, diff), author)


def _files(path: Path, diff: str) -> list[FileDiff]:
    """Return the hunks; a patch that is cut short does not parse."""
    try:
        patches = unidiff.PatchSet(diff)
        return [FileDiff(item.path, item.is_added_file, [
            Hunk(hunk.section_header, _rows(hunk)) for hunk in item])
            for item in patches]
    except unidiff.UnidiffParseError as error:
        raise UsageError(f"{path}: the patch is damaged: {error}") from error


def _rows(hunk: unidiff.Hunk) -> list[Row]:
    rows: list[Row] = []
    for line in hunk:
        if line.line_type in " +-":
            rows.append(Row(line.line_type, line.value.rstrip("\n"),
                            line.source_line_no or 0,
                            line.target_line_no or 0))
        elif rows:
            rows[-1].end = ""
    return rows


def folder(path: Path) -> list[Mail]:
    """Return the patches of one posting in order, without the cover letter."""
    return [read(name) for name in sorted(path.glob("[0-9]*.patch"))
            if not name.name.startswith("0000-")]
