# SPDX-License-Identifier: GPL-2.0-only
"""Check the mails of a series with git am and the tree's checkpatch."""

from __future__ import annotations

import collections
import concurrent.futures
import hashlib
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pinlib.base.errors import Gup2pinError
from pinlib.base.git import git_env, run_git
from pinlib.base.line_ends import OPTION, in_patch
from pinlib.base.records import Series
from pinlib.build.mount_namespace import build_env
from pinlib.kernel import git_checkout
from pinlib.series.scratch.scratch_repo import Scratch

# A sign-off is the user's own act, and whether a new file belongs to an
# entry of MAINTAINERS is asked of people, not answered by a patch. A commit of
# upstream is in few trees.
IGNORED = ("FILE_PATH_CHANGES", "MISSING_SIGN_OFF", "NO_AUTHOR_SIGN_OFF",
           "UNKNOWN_COMMIT_ID")

_BUG = re.compile(r"\b\w*BUG\w*(?=\s*\()")
_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_DIGITS = re.compile(r"\d+")
_EXCHANGED = str.maketrans("+-", "-+")
_FINDING = re.compile(r"^.*?:(?:\d+:)? ?((?:ERROR|WARNING|CHECK):.*)$")


def series_mails(out: Path, series: Series) -> list[Path]:
    """Return the mails of a series in order, without its cover letter."""
    found = sorted((out / "series" / series.slug).glob("*.patch"))
    return [path for path in found if not path.name.startswith("0000-")]


def mail_hash(path: Path) -> str:
    """Return the id by which evidence knows a mail."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def clean_copy(scratch: Scratch, base: str, folder: Path) -> None:
    """Make folder a work tree of base's files, with base as its HEAD."""
    run_git(["init", "-q", "--template=", "-b", "apply", os.fspath(folder)])
    # The base's objects are borrowed, not copied.
    alternates = folder / ".git" / "objects" / "info" / "alternates"
    alternates.parent.mkdir(parents=True, exist_ok=True)
    alternates.write_text(f"{(scratch.path / 'objects').absolute()}\n")
    run_git(["update-ref", "HEAD", base], cwd=folder)
    run_git(["reset", "-q", "--hard"], cwd=folder)


def apply_series(scratch: Scratch, base: str, series: Series,
                 mails: list[Path], prefix: str = "") -> list[dict[str, Any]]:
    """Apply a series mail by mail; one piece of evidence a patch.

    prefix is the folder of the tree in its repository.
    """
    if len(mails) != len(series.patches):
        reason = (f"{len(mails)} mails for {len(series.patches)} patches in "
                  f"series/{series.slug}")
        return [_applied(0.0, reason) for _ in series.patches]
    found: list[dict[str, Any]] = []
    options: list[str] = []
    if any(in_patch(mail.read_bytes()) for mail in mails):
        options.append(OPTION)
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as name:
        folder = Path(name)
        clean_copy(scratch, scratch.below(base, prefix), folder)
        for patch, mail in zip(series.patches, mails):
            start = time.monotonic()
            reason = ""
            if any(item["result"] == "fail" for item in found):
                reason = "a patch before it in the series does not apply"
            else:
                reason = _apply(folder, mail, scratch.nested(
                    patch.tree, prefix), options)
            found.append(_applied(time.monotonic() - start, reason, options))
    return found


def _apply(folder: Path, mail: Path, tree: str, options: list[str]) -> str:
    """Apply one mail in folder; return why it is wrong, or ''."""
    done = subprocess.run(
        ["git", "am", "-q", *options, os.fspath(mail.absolute())],
        cwd=folder, env=git_env(), capture_output=True,
        stdin=subprocess.DEVNULL)
    if done.returncode:
        text = (done.stdout + done.stderr).decode("utf-8", "replace")
        lines = [s for s in text.splitlines() if not s.startswith("hint:")]
        return "git am: " + " / ".join(lines[:4])
    result = run_git(["rev-parse", "HEAD^{tree}"], cwd=folder).decode()
    if result.strip() != tree:
        return f"applies, but to tree {result.strip()} in place of {tree}"
    return ""


def _applied(seconds: float, reason: str,
             options: Sequence[str] = ()) -> dict[str, Any]:
    found: dict[str, Any] = {
        "command": " ".join(["git am", *options]), "seconds": round(seconds, 2),
        "result": "fail" if reason else "pass"}
    if reason:
        found["reason"] = reason
    return found


def check_mail(kernel: Path, mail: Path) -> dict[str, Any]:
    """Run the tree's own checkpatch.pl on one mail.

    Not strict: that mode also writes a file into the tree.
    """
    script = kernel / "scripts" / "checkpatch.pl"
    ignored = [*IGNORED, *(["AVOID_BUG"] if _old_bugs(mail) else [])]
    if in_patch(mail.read_bytes()):
        ignored.append("DOS_LINE_ENDINGS")
    options = ["--terse", "--show-types", "--no-summary",
               "--ignore", ",".join(ignored)]
    found: dict[str, Any] = {
        "command": " ".join(["scripts/checkpatch.pl", *options]),
        "seconds": 0.0, "ignored": ignored}
    if not script.is_file():
        return found | {"result": "SKIPPED",
                        "reason": "the tree has no scripts/checkpatch.pl"}
    start = time.monotonic()
    done = _run(script, options, mail)
    text = done.stdout.decode("utf-8", "replace")
    said = findings(text)
    found["findings"] = _of_its_own(said, _before(script, options, mail)) \
        if said else []
    found["seconds"] = round(time.monotonic() - start, 2)
    found["result"] = "pass"
    if found["findings"]:
        found["result"] = "fail"
        found["reason"] = "; ".join(found["findings"][:5])
    elif done.returncode and not said:
        found["result"] = "fail"
        found["reason"] = "checkpatch.pl died: " + \
            done.stderr.decode("utf-8", "replace").strip()[-300:]
    return found


def _run(script: Path, options: Sequence[str], mail: Path
         ) -> subprocess.CompletedProcess[bytes]:
    # A user's configuration would change what is checked.
    return subprocess.run(
        ["perl", os.fspath(script.absolute()), *options,
         os.fspath(mail.absolute())],
        cwd=script.parent.parent, env=build_env() | {"HOME": "/nonexistent"},
        stdin=subprocess.DEVNULL, capture_output=True)


def _before(script: Path, options: Sequence[str], mail: Path) -> list[str]:
    """Return what checkpatch says of the lines that a patch takes away."""
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as folder:
        path = Path(folder) / mail.name
        path.write_text(backwards(mail.read_text("utf-8", "surrogateescape")),
                        "utf-8", "surrogateescape")
        return findings(_run(script, options, path).stdout.decode(
            "utf-8", "replace"))


def _of_its_own(found: Sequence[str], before: Sequence[str]) -> list[str]:
    """Return the findings on new lines that the old ones do not have as often."""
    had = collections.Counter(_DIGITS.sub("", one) for one in before)
    own = []
    for one in found:
        kind = _DIGITS.sub("", one)
        had[kind] -= 1
        if had[kind] < 0:
            own.append(one)
    return own


def backwards(mail: str) -> str:
    """Return the diff of a mail with old and new exchanged, and no message."""
    lines: list[str] = []
    old = new = 0
    for line in mail.splitlines(keepends=True):
        hunk = _HUNK.match(line)
        if hunk:
            old, new = (int(hunk[n] or 1) for n in (2, 4))
            lines.append(f"@@ -{hunk[3]},{new} +{hunk[1]},{old} @@\n")
        elif old > 0 or new > 0:
            old -= line[0] in " -"
            new -= line[0] in " +"
            lines.append(line[0].translate(_EXCHANGED) + line[1:])
        elif line.startswith(("diff --git ", "--- a/", "+++ b/")):
            lines.append(line)
    return "".join(lines)


def _old_bugs(mail: Path) -> bool:
    """Say whether a patch changes lines with BUG() in them, and adds none."""
    calls = {sign: collections.Counter(
        name for line in mail.read_text("utf-8", "replace").splitlines()
        if line.startswith(sign) for name in _BUG.findall(line))
        for sign in "+-"}
    return bool(calls["+"]) and calls["+"] <= calls["-"]


def findings(text: str) -> list[str]:
    """Return the errors and warnings of checkpatch's terse output."""
    return [match[1] for line in text.splitlines()
            if (match := _FINDING.match(line))]


def check_series(kernel: Path, scratch: Scratch, base: str, out: Path,
                 series: Series, jobs: int) -> list[dict[str, Any]]:
    """Return the apply and checkpatch evidence of each patch of a series."""
    mails = series_mails(out, series)
    start = scratch.resolve(f"{series.patches[0].commit}^") or base
    try:
        applied = apply_series(scratch, start, series, mails,
                               git_checkout.prefix_of(kernel))
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            checked = list(pool.map(lambda m: check_mail(kernel, m), mails))
        hashes = [mail_hash(mail) for mail in mails]
    except OSError as error:
        raise Gup2pinError(f"{error.filename}: {error.strerror}") from error
    lacking = len(series.patches) - len(mails)
    checked += [{"command": "scripts/checkpatch.pl", "seconds": 0.0,
                 "result": "SKIPPED", "reason": "there is no such mail"}
                ] * lacking
    hashes += [""] * lacking
    return [{"apply": a, "checkpatch": c, "mail": h}
            for a, c, h in zip(applied, checked, hashes)]
