# SPDX-License-Identifier: GPL-2.0-only
"""Compare the next version of a series with the one before: what stays and goes.

The one before is read from its mails alone, as they were posted, with what
reviewers have added to them since.
"""

from __future__ import annotations

import functools
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from pinlib.base.errors import Gup2pinError, UsageError
from pinlib.base.git import run_git
from pinlib.series import mail_reader
from pinlib.series.changelog import filled
from pinlib.series.mail_reader import FileDiff, Mail
from pinlib.series.scratch.scratch_repo import Scratch
from pinlib.series.written import ASIDE

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_COUNT = re.compile(r"\[[^]]*?(\d+)/(\d+)\]")


@dataclass
class New:
    """A patch of the series that is being made."""

    subject: str
    diff: str
    commit: str = ""
    parent: str = ""


@dataclass
class Old:
    """A posted series: its mails, and which of them were taken up again."""

    mails: list[Mail]
    ids: dict[str, Mail] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    @property
    def version(self) -> int:
        """Return the highest version that a mail of it bears."""
        return max(mail.version for mail in self.mails)

    def match(self, subject: str, diff: str) -> tuple[Mail | None, bool]:
        """Return the mail that a patch was, and whether its change is the same."""
        same = self.ids.get(patch_id(diff))
        if same is None:
            same = next((m for m in self.mails if m.subject == subject
                         and m.path.name not in self.used), None)
        if same is None:
            return None, False
        return same, patch_id(same.diff) == patch_id(diff)

    def trailers(self, subject: str, diff: str) -> list[str]:
        """Return what was put below a patch, if it is still the same patch."""
        mail, same = self.match(subject, diff)
        return mail.trailers if mail and same else []

    def author(self, subject: str, diff: str) -> str:
        """Return who posted a patch, or ""."""
        mail, _ = self.match(subject, diff)
        return mail.author if mail else ""


def read(folder: Path) -> dict[str, Old]:
    """Return the series in a folder by name; OUT of a former run, or series/."""
    top = folder / "series" if (folder / "series").is_dir() else folder
    if not top.is_dir():
        raise UsageError(f"{folder}: no such folder of posted series")
    found: dict[str, Old] = {}
    for one in sorted(path for path in top.iterdir() if path.is_dir()):
        made = [mail for part in sorted({p.parent for p in one.rglob(
            "*.patch") if not p.parent.name.startswith(ASIDE)})
            for mail in _posting(part)]
        if made:
            found[one.name] = Old(made, {patch_id(m.diff): m for m in made})
    if not found:
        raise UsageError(f"{folder}: no patch of a series lies here")
    return found


def _posting(folder: Path) -> list[Mail]:
    """Return the mails of one posting; a series that lost some is refused."""
    found = mail_reader.folder(folder)
    for mail in found:
        head = re.sub(r"\s+", " ", mail.path.read_text(
            "utf-8", "surrogateescape").partition("\n\n")[0])
        count = _COUNT.search(head)
        if count and int(count[2]) != len(found):
            raise UsageError(f"{mail.path}: is one of {count[2]} patches, "
                             f"but {len(found)} lie in {folder}")
    return found


def patch_id(diff: str) -> str:
    """Return what stays the same when only the lines around a change move."""
    said = run_git(["patch-id", "--verbatim"],
                   stdin=diff.encode("utf-8", "surrogateescape")).decode()
    return said.split(" ")[0]


@functools.lru_cache(maxsize=64)
def stable_id(diff: str) -> str:
    """Return what names a patch as a prerequisite of others."""
    said = run_git(["patch-id", "--stable"],
                   stdin=diff.encode("utf-8", "surrogateescape")).decode()
    return said.split(" ")[0]


def changes(old: Old, new: list[New], scratch: Scratch, kernel: Path,
            attributes: Path, last: bool) -> str:
    """Return the cover letter's text about the version before.

    last: all postings of a long series are there, so that what was not taken up
    again is gone.
    """
    lines, diffs = [], []
    for number, one in enumerate(new, 1):
        mail, same = old.match(one.subject, one.diff)
        if mail is None:
            lines.append(f"- patch {number} is new.")
            diffs.append(f"-: > {number}: {one.subject}")
            continue
        old.used.add(mail.path.name)
        was = old.mails.index(mail) + 1
        kept = len(old.trailers(one.subject, one.diff))
        if same:
            lines.append(f"- patch {number} is unchanged" + (
                f"; {kept} trailer{'s are' if kept > 1 else ' is'} kept."
                if kept else "."))
        else:
            lost = " Its trailers are dropped: please look again." \
                if mail.trailers else ""
            lines.append(f"- patch {number} has changed.{lost}")
        diffs.append(_pair(scratch, mail, was, one, number, attributes, same))
    for was, mail in enumerate(old.mails, 1):
        if last and mail.path.name not in old.used:
            why = "it is merged" if merged(mail, kernel) else \
                "it is no longer generated"
            lines.append(f"- dropped: {mail.subject} ({why}).")
            diffs.append(f"{was}: < -: {mail.subject}")
    version = old.version
    return "\n".join([f"Changes since v{version}:",
                      *(filled(line) for line in lines), "",
                      f"Range-diff against v{version}:", *diffs])


def merged(mail: Mail, kernel: Path) -> bool:
    """Say whether a tree holds the change of a mail already."""
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as name:
        for file in mail.files:
            if not (kernel / file.path).is_file():
                return False
            (Path(name) / file.path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(kernel / file.path, Path(name) / file.path)
        try:
            run_git(["apply", "--check", "--reverse"], cwd=Path(name),
                    stdin=mail.diff.encode("utf-8", "surrogateescape"))
        except Gup2pinError:
            return False
    return True


def _pair(scratch: Scratch, mail: Mail, was: int, one: New, number: int,
          attributes: Path, same: bool) -> str:
    """Return the range-diff of two versions of one patch.

    A changed patch has to be signed again, which is no difference to show.
    """
    text = mail.text if same else mail_reader.SIGNED.sub("", mail.text)
    root = scratch.git("commit-tree", EMPTY_TREE).decode().strip()
    before, after = _texts(mail.files)
    base = scratch.commit(root, before, "before").commit
    made = scratch.commit(base, after, mail.subject, text, mail.author)
    out = scratch.git(
        "-c", f"core.attributesFile={attributes}", "range-diff", "--no-color",
        "--creation-factor=100", f"{base}..{made.commit}",
        f"{one.parent}..{one.commit}").decode("utf-8", "replace")
    head, _, rest = out.rstrip("\n").partition("\n")
    sign = "=" if " = " in head[:30] else "!"
    return f"{was}: {sign} {number}: {one.subject}" + (
        f"\n{rest}" if rest else "")


def _texts(files: list[FileDiff]) -> tuple[dict[str, bytes],
                                           dict[str, bytes]]:
    """Return both sides of a patch as far as it shows them.

    Lines that it does not show are blank, but for the heading of a hunk, which
    git prints again where it finds it.
    """
    sides: tuple[dict[str, bytes], dict[str, bytes]] = ({}, {})
    for file in files:
        for side, keep, texts in zip(("old", "new"), ("-", "+"), sides):
            lines: list[str] = []
            for hunk in file.hunks:
                rows = [r for r in hunk.rows if r.sign in (" ", keep)]
                first = getattr(rows[0], side) if rows else len(lines) + 1
                gap = first - 1 - len(lines)
                lines += ["\n"] * gap
                if gap > 0 and hunk.heading:
                    lines[-1] = f"{hunk.heading}\n"
                lines += [r.text + r.end for r in rows]
            if not (file.added and side == "old"):
                texts[file.path] = "".join(lines).encode(
                    "utf-8", "surrogateescape")
    return sides
