# SPDX-License-Identifier: GPL-2.0-only
"""Keep the scratch repository: base and series commits of touched files only.

A kernel tree has 80,000 files and may not be a git checkout; the patches touch
some dozens. A bare repository with these alone gives commits, diffs and tree ids
at once, and nothing is written beside the user's checkout.
"""

from __future__ import annotations

import dataclasses
import email.utils
import os
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from pinlib.base.errors import Gup2pinError
from pinlib.base.git import run_git
from pinlib.series.scratch import git_objects
from pinlib.series.scratch.git_objects import Entry

BASE_REF = "refs/heads/base"
_ID = re.compile(r"[0-9a-f]{40}")


@dataclasses.dataclass(frozen=True)
class Commit:
    """A commit of the scratch repository and the trees on its two sides."""

    commit: str
    tree: str
    parent_tree: str


def check_path(path: str) -> bytes:
    """Return path as git stores it, or refuse one that leaves the tree."""
    parts = path.split("/")
    if path.startswith("/") or "\0" in path or \
            any(part in ("", ".", "..", ".git") for part in parts):
        raise Gup2pinError(f"not a path inside the tree: {path!r}")
    return os.fsencode(path)


class Scratch:
    """The bare repository at path, created when there is none yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # What is known of objects, which never change.
        self._trees: dict[str, str] = {}
        self._entries: dict[str, dict[str, Entry]] = {}
        self._diffs: dict[tuple[str, str], str] = {}
        if not (path / "HEAD").exists():
            path.mkdir(parents=True, exist_ok=True)
            run_git(["init", "-q", "--bare", "--template=",
                     "-b", "base", os.fspath(path)])

    def git(self, *args: str, stdin: bytes = b"") -> bytes:
        """Run git on this repository alone."""
        return run_git([f"--git-dir={self.path}", *args], stdin)

    def _text(self, *args: str, stdin: bytes = b"") -> str:
        out = self.git(*args, stdin=stdin)
        return out.decode("utf-8", "surrogateescape").strip()

    def ensure_base(self, kernel: Path, files: list[str]) -> str:
        """Commit the kernel's versions of files as base; its commit id.

        A name that the kernel does not have is left out: a patch adds it.
        """
        entries: dict[str, Entry] = {}
        for name in sorted(set(files)):
            found = self._kernel_file(kernel, name)
            if found:
                entries[name] = found
        commit = self._commit(entries, None, "Base of the series", "")
        self.git("update-ref", BASE_REF, commit)
        return commit

    def commit(self, parent: str, changes: dict[str, bytes], subject: str,
               body: str = "", author: str = "") -> Commit:
        """Commit the new texts of changes on top of parent."""
        entries = dict(self.entries(parent))
        for name, data in sorted(changes.items()):
            mode = entries[name].mode if name in entries else "100644"
            entries[name] = Entry(mode, self._blob(data))
        commit = self._commit(entries, parent, subject, body, author)
        return Commit(commit, self.tree(commit), self.tree(parent))

    def set_branches(self, tips: Mapping[str, str]) -> None:
        """Point refs/heads/NAME at the commit of each name."""
        self.git("update-ref", "--stdin", "-z", stdin=b"".join(
            b"update refs/heads/%s\0%s\0\0" % (
                os.fsencode(name), commit.encode())
            for name, commit in tips.items()))

    def tree(self, commit: str) -> str:
        """Return the tree id of a commit (or of a tree)."""
        if commit in self._trees:
            return self._trees[commit]
        found = self._text("rev-parse", "--verify", "--end-of-options",
                           f"{commit}^{{tree}}")
        if _ID.fullmatch(commit):
            self._trees[commit] = found
        return found

    def nested(self, tree: str, prefix: str) -> str:
        """Return the id of a tree that has another as its folder prefix."""
        return git_objects.write_tree(self.path, {
            check_path(prefix): Entry(git_objects.FOLDER, tree)
        }) if prefix else tree

    def below(self, commit: str, prefix: str) -> str:
        """Return a base commit whose files lie in a folder; itself for ""."""
        return self.write_commit(
            self.nested(self.tree(commit), prefix), None,
            "Base of the series\n") if prefix else commit

    def resolve(self, ref: str) -> str | None:
        """Return the commit that ref names, None when there is none."""
        try:
            return self._text("rev-parse", "--verify", "-q",
                              "--end-of-options", f"{ref}^{{commit}}")
        except Gup2pinError:
            return None

    def diff(self, parent: str, commit: str) -> str:
        """Return the patch from parent to commit, as git prints it."""
        pair = parent, commit
        if pair not in self._diffs:
            pair = self.tree(parent), self.tree(commit)
            self.find_diffs([pair])
        return self._diffs[pair]

    def find_diffs(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Have git make the patches between pairs of trees, given by id."""
        heads = {f"{one} {two}\n": (one, two) for one, two in pairs
                 if (one, two) not in self._diffs}
        out = self.git(
            "diff-tree", "--stdin", "-r", "-p", "--no-ext-diff", "--no-color",
            "--no-renames", "--no-textconv", stdin="".join(heads).encode())
        # No line of a patch begins with an id.
        parts = re.split(r"^((?:[0-9a-f]{40} ?){2}\n)",
                         out.decode("utf-8", "surrogateescape"), flags=re.M)
        if parts[1::2] != [*heads]:
            raise Gup2pinError("git diff-tree: not the trees that it was given")
        self._diffs |= dict(zip(heads.values(), parts[2::2]))

    def changed(self, parent: str, commit: str) -> dict[str, str]:
        """Return the files that differ and how: A, M, D or T."""
        out = self.git("diff-tree", "-r", "-z", "--no-renames",
                       "--name-status", parent, commit, "--")
        words = out.decode("utf-8", "surrogateescape").split("\0")
        return dict(zip(words[1::2], words[0::2]))

    def entries(self, commit: str) -> dict[str, Entry]:
        """Return every file of a commit with its mode and blob."""
        if commit in self._entries:
            return self._entries[commit]
        out = self.git("ls-tree", "-r", "-z", commit)
        found: dict[str, Entry] = {}
        for line in out.decode("utf-8", "surrogateescape").split("\0"):
            if line:
                meta, name = line.split("\t", 1)
                mode, _kind, blob = meta.split(" ")
                found[name] = Entry(mode, blob)
        if _ID.fullmatch(commit):
            self._entries[commit] = found
        return found

    def read(self, commit: str, path: str) -> bytes | None:
        """Return the bytes of a file in commit, None when it has none."""
        entry = self.entries(commit).get(path)
        return self.blob(entry.blob) if entry else None

    def blob(self, blob: str) -> bytes:
        """Return the bytes of a blob."""
        return self.git("cat-file", "blob", blob)

    def export(self, commit: str, files: list[str], dest: Path) -> None:
        """Write the commit's versions of files below dest."""
        entries = self.entries(commit)
        for name in files:
            entry = entries.get(name)
            if entry is None:
                continue
            check_path(name)
            target = dest / name
            target.parent.mkdir(parents=True, exist_ok=True)
            data = self.blob(entry.blob)
            if entry.mode == "120000":
                target.symlink_to(os.fsdecode(data))
                continue
            target.write_bytes(data)
            target.chmod(0o755 if entry.mode == "100755" else 0o644)

    def _blob(self, data: bytes) -> str:
        return git_objects.write(self.path, "blob", data)

    def _kernel_file(self, kernel: Path, name: str) -> Entry | None:
        check_path(name)
        path = kernel / name
        try:
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode):
                text = os.fsencode(os.readlink(path))
                return Entry("120000", self._blob(text))
            if not stat.S_ISREG(mode):
                return None
            kind = "100755" if mode & stat.S_IXUSR else "100644"
            return Entry(kind, self._blob(path.read_bytes()))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise Gup2pinError(f"{path}: {error.strerror}") from error

    def _commit(self, entries: dict[str, Entry], parent: str | None,
                subject: str, body: str, author: str = "") -> str:
        """Commit these files and no others."""
        tree = git_objects.write_tree(self.path, {
            check_path(name): entry for name, entry in entries.items()})
        text = subject + "\n" + (f"\n{body.rstrip()}\n" if body else "")
        commit = self.write_commit(tree, parent, text, author)
        self._entries[commit] = entries
        return commit

    def write_commit(self, tree: str, parent: str | None, text: str,
                     author: str = "") -> str:
        """Commit a tree with a message; the author is "Name <address>"."""
        name, address = email.utils.parseaddr(author)
        message = text.encode("utf-8", "surrogateescape")
        if address or not message.isascii() or b"\0" in message:
            # How it spells a person and a text is git's own affair.
            above = ["-p", parent] if parent else []
            commit = run_git(
                [f"--git-dir={self.path}", "commit-tree", tree, *above],
                message, None, {
                    "GIT_AUTHOR_NAME": name or address,
                    "GIT_AUTHOR_EMAIL": address} if address else None
            ).decode().strip()
        else:
            commit = git_objects.write_commit(self.path, tree, parent, message)
        self._trees[commit] = tree
        return commit
