# SPDX-License-Identifier: GPL-2.0-only
"""Keep the scratch repository: base and series commits of touched files only.

A kernel tree has 80,000 files and may not be a git checkout; the patches touch
some dozens. A bare repository with these alone gives commits, diffs and tree ids
at once, and nothing is written beside the user's checkout.
"""

from __future__ import annotations

import dataclasses
import email.utils
import hashlib
import os
import re
import stat
import tempfile
from pathlib import Path

from pinlib.base.errors import Gup2pinError
from pinlib.base.git import run_git

BASE_REF = "refs/heads/base"
_ID = re.compile(r"[0-9a-f]{40}")


@dataclasses.dataclass(frozen=True)
class Commit:
    """A commit of the scratch repository and the trees on its two sides."""

    commit: str
    tree: str
    parent_tree: str


@dataclasses.dataclass(frozen=True)
class Entry:
    """One file of a commit: its git mode and blob id."""

    mode: str
    blob: str


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
        # What git said of objects, which never change, and of these bytes.
        self._trees: dict[str, str] = {}
        self._entries: dict[str, dict[str, Entry]] = {}
        self._diffs: dict[tuple[str, str], str] = {}
        self._blobs: dict[bytes, str] = {}
        if not (path / "HEAD").exists():
            path.mkdir(parents=True, exist_ok=True)
            run_git(["init", "-q", "--bare", "--template=",
                     "-b", "base", os.fspath(path)])

    def git(self, *args: str, stdin: bytes = b"",
            index: str | None = None) -> bytes:
        """Run git on this repository alone."""
        more = {"GIT_INDEX_FILE": index} if index else None
        return run_git([f"--git-dir={self.path}", *args], stdin, None, more)

    def _text(self, *args: str, stdin: bytes = b"",
              index: str | None = None) -> str:
        out = self.git(*args, stdin=stdin, index=index)
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
        tree = self._write_tree(None, entries)
        commit = self._commit_tree(tree, None, "Base of the series", "")
        self.git("update-ref", BASE_REF, commit)
        return commit

    def commit(self, parent: str, changes: dict[str, bytes], subject: str,
               body: str = "", author: str = "") -> Commit:
        """Commit the new texts of changes on top of parent."""
        old = self.entries(parent)
        entries = {}
        for name, data in sorted(changes.items()):
            mode = old[name].mode if name in old else "100644"
            entries[name] = Entry(mode, self._blob(data))
        tree = self._write_tree(parent, entries)
        commit = self._commit_tree(tree, parent, subject, body, author)
        return Commit(commit, tree, self.tree(parent))

    def set_branch(self, name: str, commit: str) -> None:
        """Point refs/heads/name at commit."""
        self.git("update-ref", f"refs/heads/{name}", commit)

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
        for name in reversed(prefix.split("/")) if prefix else ():
            tree = self._text("mktree", "-z", stdin=b"040000 tree %s\t%s\0" % (
                tree.encode(), check_path(name)))
        return tree

    def below(self, commit: str, prefix: str) -> str:
        """Return a base commit whose files lie in a folder; itself for ""."""
        return self._commit_tree(
            self.nested(self.tree(commit), prefix), None,
            "Base of the series", "") if prefix else commit

    def resolve(self, ref: str) -> str | None:
        """Return the commit that ref names, None when there is none."""
        try:
            return self._text("rev-parse", "--verify", "-q",
                              "--end-of-options", f"{ref}^{{commit}}")
        except Gup2pinError:
            return None

    def diff(self, parent: str, commit: str) -> str:
        """Return the patch from parent to commit, as git prints it."""
        if (parent, commit) in self._diffs:
            return self._diffs[parent, commit]
        out = self.git("diff", "--no-ext-diff", "--no-color", "--no-renames",
                       "--no-textconv", parent, commit, "--")
        found = out.decode("utf-8", "surrogateescape")
        if _ID.fullmatch(parent) and _ID.fullmatch(commit):
            self._diffs[parent, commit] = found
        return found

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
        key = hashlib.sha256(data).digest()
        if key not in self._blobs:
            self._blobs[key] = self._text(
                "hash-object", "-w", "--stdin", stdin=data)
        return self._blobs[key]

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

    def _write_tree(self, parent: str | None,
                    entries: dict[str, Entry]) -> str:
        """Write the tree of parent with entries replaced.

        The index is a file of its own, so that two writers never meet.
        """
        lines = [b"%s %s\t%s\0" % (e.mode.encode(), e.blob.encode(),
                                   check_path(name))
                 for name, e in entries.items()]
        with tempfile.TemporaryDirectory(prefix="gup2pin-") as folder:
            index = os.path.join(folder, "index")
            self.git("read-tree", parent or "--empty", index=index)
            self.git("update-index", "-z", "--index-info",
                     stdin=b"".join(lines), index=index)
            return self._text("write-tree", index=index)

    def _commit_tree(self, tree: str, parent: str | None, subject: str,
                     body: str, author: str = "") -> str:
        text = subject + "\n" + (f"\n{body.rstrip()}\n" if body else "")
        return self.write_commit(tree, parent, text, author)

    def write_commit(self, tree: str, parent: str | None, text: str,
                     author: str = "") -> str:
        """Commit a tree with a message; the author is "Name <address>"."""
        name, address = email.utils.parseaddr(author)
        more = {"GIT_AUTHOR_NAME": name or address,
                "GIT_AUTHOR_EMAIL": address} if address else None
        above = ["-p", parent] if parent else []
        return run_git(
            [f"--git-dir={self.path}", "commit-tree", tree, *above],
            text.encode("utf-8", "surrogateescape"), None,
            more).decode().strip()
