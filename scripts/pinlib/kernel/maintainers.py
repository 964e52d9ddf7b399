# SPDX-License-Identifier: GPL-2.0-only
"""Find the subsystem of a file, and the prefix of its subjects."""

from __future__ import annotations

import collections
import dataclasses
import itertools
import os
import posixpath
import re
import subprocess
import tomllib
from collections.abc import Sequence
from pathlib import Path

from pinlib.base.git import git_env
from pinlib.base.records import Patch, Site
from pinlib.base.resources import REPORTS

PREFIXES = REPORTS / "subject-prefixes.toml"
CATCH_ALL = "THE REST"
# Changed in every subsystem, and typical of none.
FOREIGN = re.compile(r"(?i)^(?:treewide|revert|merge|fix|license|spdx)\b")
SUBJECTS = 50
PATIENCE = 20.0

_ENTRY = re.compile(r"([A-Z]):\s*(.*)")
_WILD = re.compile(r"[*?\[]")
_PREFIX = re.compile(
    r"((?:[\w./,+-]+(?: [\w./,+-]+)?: )+(?:[\w.]+ - )?)\S")
_NEXT = re.compile(r"/([\w.+-]+)-next\.git$")


@dataclasses.dataclass
class Pattern:
    """One F: or X: line; a folder matches everything below it.

    Anything else matches files that begin so and lie as deep, as in
    get_maintainer.pl.
    """

    section: int
    text: str
    literal: str            # the text before the first wildcard
    regex: re.Pattern[str] | None = None

    def depth(self) -> int:
        """Return the number of path components that the pattern names."""
        return self.text.count("/") + (not self.text.endswith("/"))

    def matches(self, path: str) -> bool:
        """Say whether the pattern covers a file."""
        if not path.startswith(self.literal):
            return False
        folder = self.text.endswith("/")
        if self.literal == self.text:
            return folder or path.count("/") == self.text.count("/") or \
                path.startswith(self.text + "/")
        if not folder and path.count("/") != self.text.count("/"):
            return False
        if self.regex is None:
            self.regex = _compiled(self.text)
        return self.regex.match(path) is not None


def _compiled(text: str) -> re.Pattern[str]:
    """Return a pattern as get_maintainer.pl turns it into Perl's language."""
    perl = text.replace(".", r"\.").replace("*", ".*").replace("?", ".")
    try:
        return re.compile(perl)
    except re.error:
        return re.compile(re.escape(text).replace(r"\*", ".*"))


class Subsystems:
    """The sections of a MAINTAINERS file, read once."""

    def __init__(self, text: str = "", top: str = "") -> None:
        self.top = top
        self.names: list[str] = []
        self._plain: dict[str, list[Pattern]] = {}
        self._wild: list[Pattern] = []
        self._excluded: dict[int, list[Pattern]] = {}
        self._regexes: list[tuple[int, str]] = []
        self._breadth: dict[int, int] = collections.Counter()
        self._known: dict[str, str] = {}
        self._lists: dict[int, set[str]] = collections.defaultdict(set)
        self._trees: dict[int, list[str]] = collections.defaultdict(list)
        self._read(text)

    def _read(self, text: str) -> None:
        section, name = -1, ""
        for line in text.splitlines():
            entry = _ENTRY.match(line)
            if entry is None:
                if line.strip() and not line.lstrip().startswith("#"):
                    section, name = -1, line.strip()
                continue
            if section < 0:
                section = len(self.names)
                self.names.append(name)
            self._add(section, entry[1], entry[2].strip())

    def _add(self, section: int, kind: str, value: str) -> None:
        self._breadth[section] += kind in "FN"
        if kind == "L":
            self._lists[section].add(value.partition(" ")[0])
        elif kind == "T":
            self._trees[section].append(value.split(" ")[-1])
        elif kind == "N":
            self._regexes.append((section, value))
        elif kind in "FX" and value:
            pattern = Pattern(section, value, _WILD.split(value)[0])
            if kind == "X":
                self._excluded.setdefault(section, []).append(pattern)
            elif pattern.literal == value:
                folder = posixpath.dirname(value.rstrip("/"))
                self._plain.setdefault(folder, []).append(pattern)
            else:
                self._wild.append(pattern)

    def subsystem_of(self, path: str) -> str:
        """Return the name of the most specific section that has the file.

        A file that no section has is named by its folder, one at the top by
        the tree's where MAINTAINERS is missing.
        """
        if path not in self._known:
            self._known[path] = self._find(path) or \
                posixpath.dirname(path) or self.top or path
        return self._known[path]

    def next_tree(self, path: str) -> str:
        """Return the tree for new work that patches to a file name, or "".

        Those of a list name it that has one such tree and one for fixes.
        """
        found = self._sections(path)
        if not found:
            return ""
        lists = self._lists[found[0]]
        for section in found:
            for tree in self._trees[section] if self._lists[section] & lists \
                    else ():
                match = _NEXT.search(tree)
                if match and any(other.endswith(f"/{match[1]}.git")
                                 for other in self._trees[section]):
                    return f"{match[1]}-next"
        return ""

    def _find(self, path: str) -> str:
        found = self._sections(path)
        return self.names[found[0]] if found else ""

    def _sections(self, path: str) -> list[int]:
        """Return the sections that have a file, the most specific first."""
        found: dict[int, int] = {}
        folder, nearby = path, list(self._wild)
        while folder:
            folder = posixpath.dirname(folder)
            nearby += self._plain.get(folder, ())
        for pattern in nearby:
            if pattern.matches(path):
                found[pattern.section] = max(
                    found.get(pattern.section, 0), pattern.depth())
        for section, regex in self._regexes:
            if section not in found and _search(regex, path):
                found[section] = 0
        named = [s for s in found if self.names[s] not in ("", CATCH_ALL)
                 and not any(p.matches(path)
                             for p in self._excluded.get(s, ()))]
        # Among equals the narrowest, then the first.
        return sorted(named, key=lambda s: (-found[s], self._breadth[s], s))


def _search(regex: str, path: str) -> bool:
    try:
        return re.search(regex, path, re.VERBOSE) is not None
    except re.error:
        return False


def read_subsystems(tree: Path) -> Subsystems:
    """Read a tree's MAINTAINERS; without one, use its folders."""
    try:
        return Subsystems((tree / "MAINTAINERS").read_text(
            encoding="utf-8", errors="replace"))
    except OSError:
        return Subsystems(top=tree.name)


def slug(name: str) -> str:
    """Return name as the name of a folder and of a branch."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    return "-".join(words)[:60].strip("-") or "other"


def subject_prefix(path: str, tree: Path, history: bool = False) -> str:
    """Return how patches to a file begin their subject, without the colon.

    With history, a git checkout's own log is asked first; this runs git.
    """
    found = _from_history(path, tree) if history else ""
    return found or _from_table(path) or _from_path(path)


def _from_table(path: str) -> str:
    table: dict[str, str] = tomllib.loads(
        PREFIXES.read_text(encoding="utf-8"))["prefixes"]
    while path:
        if path in table:
            return table[path]
        path = posixpath.dirname(path)
    return ""


def _from_path(path: str) -> str:
    folder, name = posixpath.split(path)
    stem = posixpath.splitext(name)[0]
    last = posixpath.basename(folder)
    return f"{last}: {stem}" if last and last != stem else stem


def _from_history(path: str, tree: Path) -> str:
    """Return the prefix that most of a file's last commits bear, or ''."""
    # Nothing that the checkout's configuration names may be run, and a clone
    # that lacks objects must not fetch them.
    options = ["core.fsmonitor=false", "core.hooksPath=/dev/null",
               "log.showSignature=false", "protocol.allow=never"]
    command = ["git", "--no-pager", "-C", os.fspath(tree)]
    for option in options:
        command += ["-c", option]
    command += ["log", f"-{SUBJECTS}", "--no-merges", "--no-show-signature",
                "--format=%s", "--end-of-options", "HEAD", "--", path]
    try:
        done = subprocess.run(
            command, env=git_env({"GIT_NO_LAZY_FETCH": "1"}),
            stdin=subprocess.DEVNULL, capture_output=True, check=False,
            timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    if done.returncode:
        return ""
    return common_prefix(done.stdout.decode("utf-8", "replace").splitlines())


def common_prefix(subjects: list[str]) -> str:
    """Return the prefix that subjects bear most often, the first of equals."""
    counts: dict[str, int] = collections.Counter()
    for subject in subjects:
        match = _PREFIX.match(subject)
        if match and not FOREIGN.match(subject):
            counts[match[1].rstrip(": ")] += 1
    if not counts:
        return ""
    return max(counts, key=lambda prefix: counts[prefix])


def shared_prefix(subjects: list[str]) -> str:
    """Return what all subjects begin with, up to a colon; else the most common."""
    words = [subject.split(": ")[:-1] for subject in subjects]
    shared = ": ".join(column[0] for column in itertools.takewhile(
        lambda column: len(set(column)) == 1, zip(*words)))
    return shared or common_prefix(subjects)


def distinct_names(patches: Sequence[Patch], sites: Sequence[Site]) -> list[str]:
    """Return a name for each patch that distinguishes it from the others.

    For patches that would have one subject: their files' names if those differ,
    else their functions', else both.
    """
    of = {site.id: site for site in sites}
    files = [Path(next((of[i].file for i in p.sites if i in of),
                       (p.files or [""])[0])) for p in patches]
    names = [next((of[i].function for i in p.sites if i in of), "")
             for p in patches]
    for found in ([f.stem for f in files], names):
        if len(set(found)) == len(found) and all(found):
            return found
    return [f"{f.parent.name}/{f.stem} {n}".strip()
            for f, n in zip(files, names)]
