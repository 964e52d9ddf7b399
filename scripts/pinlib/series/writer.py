# SPDX-License-Identifier: GPL-2.0-only
"""Write the patch series as mails: one folder for each subsystem, made by git.

The convert stage's trees are committed again with their changelogs. Nothing that
a mail says depends on the day or the machine, so the same tree gives the same
bytes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pinlib.base import line_ends
from pinlib.base.errors import Gup2pinError, RuleError
from pinlib.base.git import AUTHOR
from pinlib.base.records import Patch, PatchKind, Series, Site
from pinlib.kernel import git_checkout
from pinlib.kernel.maintainers import (distinct_names, read_subsystems,
                                       shared_prefix, subject_prefix)
from pinlib.kernel.needs_mmu import Kconfig
from pinlib.series import changelog, cover, material, reroll
from pinlib.series.base_commit import base_line, describe
from pinlib.series.mailbox import COVER, Line, MAILBOX, case, mbox, script
from pinlib.series.postings import Mail, Posting, split
from pinlib.series.recipients import (Maintainers, Recipients, encoded,
                                      headers, listing, union)
from pinlib.series.scratch.scratch_repo import BASE_REF, Scratch
from pinlib.series.words import PINS, Words
from pinlib.series.written import Folder, replaced

ZERO = "0" * 40
# The date of the scratch repository's commits, as format-patch writes it.
HEAD = (f"From {ZERO} Mon Sep 17 00:00:00 2001\n"
        f"From: {AUTHOR}\n"
        "Date: Sat, 1 Jan 2000 00:00:00 +0000\n")
FORMAT = ("--zero-commit", "--start-number=1", "--no-signature",
          "--no-renames", "--no-thread", "--no-attach", "--no-notes",
          "--no-cover-letter", "--no-color", "--no-ext-diff", "--no-textconv",
          "--no-base", "--abbrev=12", "--stat=72", "--src-prefix=a/",
          "--dst-prefix=b/", "--encode-email-headers", "--suffix=.patch",
          "--filename-max-length=64")
# Hunk headers that name functions, not labels, as in the kernel's own tree.
ATTRIBUTES = "*.c diff=cpp\n*.h diff=cpp\n"

Evidence = dict[str, dict[str, Any]]


def write_series(kernel: Path, out: Path, series: list[Series],
                 sites: list[Site], evidence: Evidence,
                 previous: dict[str, reroll.Old] | None = None,
                 module: Path | None = None, signoff: str = "",
                 ours: Callable[[str], bool] = lambda name: True,
                 say: Callable[[str], None] = lambda text: None,
                 jobs: int = 1, words: Words = PINS) -> dict[str, str]:
    """Replace what OUT/series has of subsystems by the mails of these series.

    With module, they are patches of that folder, made for the kernel. signoff:
    who sends them, as author and signer, "" for nobody yet. ours
    says of which subsystems the series are; the others' stay. What somebody
    has edited is kept aside, and said. words: those of the campaign.

    Returns the mail of each call site that is converted, below OUT.
    """
    with replaced(out / "series") as folder:
        writer = Writer(kernel, out, folder, sites, evidence, previous or {},
                        module, signoff, words)
        slugs = [one.slug for one in series]
        for slug in slugs:
            if slugs.count(slug) > 1 or not re.fullmatch(r"[\w.+-]+", slug):
                raise RuleError(f"series {slug}: not a name of its own")
        found: dict[str, str] = {}
        writer.find_diffs(patch for one in series for patch in one.patches)
        with writer.maintainers.asked_ahead([
                writer.concerned(patch) for one in series
                for patch in one.patches], jobs):
            for one in series:
                if one.patches:
                    found |= writer.write(one)
        writer.scratch.set_branches(writer.tips)
        folder.take_over(ours)
        folder.script(script)
    if writer.maintainers.failed:
        say(writer.maintainers.problem)
    for was, kept in folder.moved:
        say(f"{out / 'series' / was} was edited: kept as "
            f"{out / 'series' / kept}")
    return found


class Writer:
    """One run: the tree, the scratch repository, and what is known."""

    def __init__(self, kernel: Path, out: Path, folder: Folder,
                 sites: list[Site], evidence: Evidence,
                 previous: dict[str, reroll.Old],
                 module: Path | None, signoff: str, words: Words) -> None:
        self.signoff = signoff
        self.words = words
        self.kernel = tree = module or kernel
        self.kconfig = Kconfig(tree)
        self.written = folder
        self.folder = folder.new
        self.sites = sites
        self.evidence = evidence
        self.scratch = Scratch(out / "scratch.git")
        base = self.scratch.resolve(BASE_REF)
        if base is None:
            raise Gup2pinError(f"{self.scratch.path}: it has no branch base")
        self.base = base
        self.checkout = git_checkout.find(tree)
        self.below = self.checkout.prefix if self.checkout else ""
        self.info = describe(kernel, self.checkout)
        self.base_line = base_line(tree, self.scratch, base,
                                   self.info["version"])
        self.maintainers = Maintainers(tree)
        gup = tree / "mm/gup.c" if module is None else None
        self._gup = gup.read_text("latin-1") if gup and gup.is_file() else ""
        self._prefixes: dict[str, str] = {}
        self._subsystems = read_subsystems(tree)
        self._written: dict[str, list[Mail]] = {}
        self.tips: dict[str, str] = {}      # of branches
        self.previous = previous
        for old in previous.values():
            old.used.clear()
        (self.folder.parent / "attributes").write_text(ATTRIBUTES)

    def write(self, series: Series) -> dict[str, str]:
        """Write one series; return the mail of each of its call sites."""
        parts = split(series.patches)
        subjects = self.subjects(series.patches)
        below = self.helpers(series)
        parent = self.beneath(series, below)
        found: dict[str, str] = {}
        send: list[str] = []
        for number, patches in enumerate(parts, 1):
            name = f"part{number:0{len(str(len(parts)))}}"
            folder = self.folder / series.slug
            folder = folder / name if len(parts) > 1 else folder
            folder.mkdir(parents=True)
            mails = []
            for patch in patches:
                mails.append(self.mail(patch, subjects[id(patch)], parent,
                                       series.slug))
                parent = mails[-1].commit
            posting = Posting(series, folder, number, len(parts), mails, below)
            self._written.setdefault(series.slug, []).extend(mails)
            send.append(case(Line(
                str(folder.relative_to(self.folder)),
                [mail.to for mail in mails],
                line_ends.option(mail.diff for mail in mails))))
            for mail, path in zip(mails, self.post(posting)):
                place = path.relative_to(self.folder.parent / "new")
                mail.patch.mail = f"series/{place}"
                for site in mail.patch.sites:
                    found[site] = mail.patch.mail
        self.written.add(series.slug, series.subsystem, send)
        self.tips[f"posting/{series.slug}"] = parent
        return found

    def helpers(self, series: Series) -> list[Mail]:
        """Return the mails that a series applies on top of, in their order."""
        return [mail for slug in series.on_top_of
                for mail in self._written.get(slug, [])]

    def beneath(self, series: Series, below: list[Mail]) -> str:
        """Return the commit that a series starts from.

        None is there yet for one that applies on top of several.
        """
        if len(series.on_top_of) > 1:
            return self.scratch.write_commit(self.scratch.nested(
                series.patches[0].parent, self.below), None,
                "Base of the last series\n")
        return below[-1].commit if below else \
            self.scratch.below(self.base, self.below)

    def find_diffs(self, patches: Iterable[Patch]) -> None:
        """Have git make the diffs of all patches at once."""
        pairs = [(patch.parent, patch.tree) for patch in patches]
        self.scratch.find_diffs([*pairs, *(
            (self.scratch.nested(one, self.below),
             self.scratch.nested(two, self.below)) for one, two in pairs)])

    def subjects(self, patches: list[Patch]) -> dict[int, str]:
        """Return the subject of each patch of a series, no two alike."""
        found = {id(p): changelog.subject(p, self.prefix(p)) for p in patches}
        for text in set(found.values()):
            alike = [p for p in patches if found[id(p)] == text]
            if len(alike) > 1:
                found |= {id(p): changelog.subject(p, self.prefix(p), part)
                          for p, part in zip(alike, distinct_names(
                              alike, self.sites))}
        return found

    def mail(self, patch: Patch, subject: str, parent: str,
             slug: str) -> Mail:
        """Commit one patch again, now with its changelog."""
        above = self.scratch.nested(patch.parent, self.below)
        if self.scratch.tree(parent) != above:
            raise RuleError(f"{patch.subject}: the patch before it in the "
                            "series is not the one it was made on")
        tree = self.scratch.nested(patch.tree, self.below)
        diff = self.scratch.diff(above, tree)
        said = self.words.body(patch, self.sites, diff, self._gup)
        text = f"{subject}\n\n{said}"
        old = self.previous.get(slug)
        fixes = self.fixes(patch)
        given = [*fixes, *(old.trailers(subject, diff) if old else [])]
        if self.signoff:
            given.append(f"Signed-off-by: {self.signoff}")
        if given:
            text += "\n" + "\n".join(dict.fromkeys(given)) + "\n"
        author = self.signoff or (old.author(subject, diff) if old else "")
        commit = self.scratch.write_commit(tree, parent, text, author)
        return Mail(patch, subject, commit, parent, diff,
                    self.maintainers.of(*self.concerned(patch)), author,
                    material.below(patch, self.sites, self.evidence.get(
                        patch.tree), self.info, not fixes, self.words.about))

    def fixes(self, patch: Patch) -> list[str]:
        """Return the trailers of a patch that mends a bug, as far as known."""
        commit = git_checkout.first_with(self.kernel, patch.fixes, patch.files[0]) \
            if patch.fixes and self.checkout else ""
        return [f"Fixes: {commit}", "Cc: stable@vger.kernel.org"] if commit else []

    def concerned(self, patch: Patch) -> tuple[str, tuple[str, ...]]:
        """Return a patch and other files, for whose maintainers it is."""
        # What is added to the API concerns its maintainers.
        also = self.words.concerned if patch.kind == PatchKind.OVERLAY else ()
        # MAINTAINERS knows the tree's own paths.
        return self.scratch.diff(patch.parent, patch.tree), also

    def next_tree(self, series: Series) -> str:
        """Return the tree that the mails of a series name, or ""."""
        mine = {site.id: site.file for site in self.sites}
        files = [mine[i] for patch in series.patches for i in patch.sites
                 if i in mine]
        named = {self._subsystems.next_tree(file) for file in files}
        return named.pop() if len(named) == 1 else ""

    def prefix(self, patch: Patch) -> str:
        """Return how the subsystem of a patch begins its subjects."""
        if changelog.has_prefix(patch.subject):
            return ""
        files = sorted(patch.files, key=lambda f: (not f.endswith(".c"), f))
        mine = {site.id: site.file for site in self.sites}
        files = [mine[i] for i in patch.sites if i in mine] + files
        if not files:
            return ""
        found = [self.prefix_of(file) for file in (
            sorted(set(files)) if self.words.wide else files[:1])]
        return found[0] if len(set(found)) == 1 else shared_prefix(
            [f"{one}: {patch.subject}" for one in found])

    def prefix_of(self, file: str) -> str:
        """Return how subjects of patches to a file begin."""
        if file not in self._prefixes:
            self._prefixes[file] = subject_prefix(
                file, self.kernel, self.checkout is not None)
        return self._prefixes[file]

    def post(self, posting: Posting) -> list[Path]:
        """Write the mails, the cover letter and the list of recipients.

        A patch by itself is a mail without a number, and needs no letter.
        """
        mails = posting.mails
        old = self.previous.get(posting.series.slug)
        tree = self.next_tree(posting.series)
        tag = " ".join(["PATCH", *([tree] if tree else []),
                        *([f"v{old.version + 1}"] if old else [])])
        tag += f" part {posting.part}" if posting.parts > 1 else ""
        alone = len(mails) == 1 and posting.parts == 1
        self.scratch.git(
            "-c", f"core.attributesFile={self.folder.parent / 'attributes'}",
            "format-patch", *FORMAT, "--no-numbered" if alone else "--numbered",
            f"--subject-prefix={tag}", "-o",
            os.fspath(posting.folder), f"{mails[0].parent}..{mails[-1].commit}"
        )
        paths = sorted(posting.folder.iterdir())
        if len(paths) != len(mails):
            raise Gup2pinError(f"git format-patch: {len(paths)} mails of "
                               f"{len(mails)} patches")
        everyone = union([mail.to for mail in mails])
        for mail, path in zip(mails, paths):
            all_of_them = mail.patch.kind == PatchKind.OVERLAY
            more = self.letter(posting, alone) if alone else ""
            _complete(path, everyone if all_of_them else mail.to,
                      mail.below + more)
        if not alone:
            self.cover(posting, tag, everyone)
            paths.insert(0, posting.folder / COVER)
        _write(posting.folder / "recipients.txt", listing(
            everyone, self.info["version"], self.maintainers.problem))
        (posting.folder / MAILBOX).write_bytes(mbox(paths))
        return paths[-len(mails):]

    def letter(self, posting: Posting, alone: bool) -> str:
        """Return the text of a cover letter, or what a lone patch has of it."""
        mails = posting.mails
        stat = "" if alone else self.scratch.git(
            "diff", "--stat=72", "--summary", "--no-color", "--no-renames",
            "--no-ext-diff", "--no-textconv", mails[0].parent,
            mails[-1].commit, "--").decode("utf-8", "replace").rstrip("\n")
        base = f"Base: part {posting.part - 1} of this series" \
            if posting.part > 1 else self.base_line
        patches = posting.series.patches
        if not posting.below and not posting.series.is_prerequisite and cover.pins(
                patches, self.sites) and not self.kconfig.all_need_mmu(patches):
            base += "".join(f"\nKernels without an MMU need \"{m.subject}\" first"
                            for mails in self._written.values() for m in mails
                            if m.patch.also_in)
        base += "".join(f"\nprerequisite-patch-id: {reroll.stable_id(m.diff)}"
                        for m in posting.below if posting.part == 1)
        return cover.render(
            posting.series, posting.part, posting.parts,
            [mail.subject for mail in mails], [mail.patch for mail in mails],
            [mail.diff for mail in mails], self.sites, self.evidence, stat,
            base, self.said(posting), [mail.subject for mail in posting.below],
            self.changes(posting), self.signoff, alone)

    def said(self, posting: Posting) -> tuple[list[str], list[str], str]:
        """Return what a posting does and why, how it is tested, and of what."""
        patches = [mail.patch for mail in posting.mails]
        return (self.words.intro(posting.series, patches, self.sites),
                self.words.test(patches, self.evidence), self.words.uses)

    def cover(self, posting: Posting, tag: str, everyone: Recipients) -> None:
        """Write the cover letter of a posting."""
        mails = posting.mails
        count = len(mails)
        text = self.letter(posting, False)
        prefix = shared_prefix([mail.subject for mail in mails
                                if mail.patch.kind != PatchKind.OVERLAY])
        title = self.words.title([mail.patch for mail in mails], prefix)
        mark = f"[{tag} {0:0{len(str(count))}}/{count}] "
        head = HEAD
        if len({mail.author for mail in mails}) == 1 and mails[0].author:
            head = head.replace(AUTHOR, encoded(mails[0].author))
        _write(posting.folder / COVER, head + cover.folded(mark + title)
               + headers(everyone) + cover.mime([title, text]) + "\n" + text)

    def changes(self, posting: Posting) -> str:
        """Return what is different from the version before, '' for a first one."""
        old = self.previous.get(posting.series.slug)
        if old is None:
            return ""
        return reroll.changes(
            old, [reroll.New(m.subject, m.diff, m.commit, m.parent)
                  for m in posting.mails], self.scratch,
            self.checkout.top if self.checkout else self.kernel,
            self.folder.parent / "attributes",
            posting.part == posting.parts)


def _complete(path: Path, who: Recipients, below: str) -> None:
    """Add what format-patch does not: To:, Cc:, and the text below a message."""
    head, body = path.read_bytes().split(b"\n\n", 1)
    message, diff = body.split(b"\n---\n", 1)
    mime = "" if b"\nContent-Type:" in head else cover.mime([below])
    path.write_bytes(b"%s\n%s\n%s\n---\n%s\n%s" % (
        head, (headers(who) + mime).encode(), message,
        below.encode("utf-8", "surrogateescape"), diff))


def _write(path: Path, text: str) -> None:
    with open(path, "w", encoding="utf-8", errors="surrogateescape",
              newline="") as stream:
        stream.write(text)
