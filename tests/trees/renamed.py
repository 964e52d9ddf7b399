# SPDX-License-Identifier: GPL-2.0-only
"""A kernel tree under other names, and with its functions in another order.

Whatever the files of some call sites define themselves (functions, structures,
members) is renamed wherever the tree names it, their files and folders too.
Only the texts that differ are made; the tree itself is read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from pinlib.csource.masking import CText
from pinlib.kernel import effects
from trees import text_search

# A name in more headers or files than this is not the site's own.
PUBLIC = 3
SPREAD = 30
WORD = re.compile(r"[A-Za-z_]\w*")
PLACE = re.compile(r"([\w./+-]+\.[chS]):(\d+)")
KEYWORDS = frozenset(
    "static inline const struct union enum void int long short char unsigned "
    "signed bool return if else for while do switch case default break goto "
    "continue sizeof typedef extern volatile register noinline likely "
    "unlikely true false NULL size_t ssize_t loff_t module_init "
    "EXPORT_SYMBOL EXPORT_SYMBOL_GPL".split())


def read(path: Path) -> str:
    """A file with a character a byte."""
    return path.read_bytes().decode("latin-1")


def naming(tree: Path, names: set[str],
           under: Iterable[str]) -> dict[str, set[str]]:
    """The files below some folders that name each word."""
    found: dict[str, set[str]] = {}
    for path in sorted({p for d in under for p in (tree / d).rglob("*.[chS]")
                        if p.is_file() and not p.is_symlink()}):
        for name in names.intersection(WORD.findall(read(path))):
            found.setdefault(name, set()).add(str(path.relative_to(tree)))
    return found


def new_name(old: str, taken: set[str]) -> str:
    """Letters as many as the old name has, that nothing else is called."""
    salt = 0
    while True:
        digest = hashlib.sha256(f"{old} {salt}".encode()).digest() * 3
        made = "".join(chr(97 + b % 26) for b in digest[:len(old)])
        if made not in taken:
            taken.add(made)
            return made
        salt += 1


class Renamed:
    """The texts of a tree whose call sites go by other names."""

    def __init__(self, tree: Path, files: Iterable[str]) -> None:
        self.tree = tree
        self.files = sorted(files)
        self.paths: dict[str, str] = {}
        self._move()
        self.words = self._choose()
        self.texts = self._rewrite()

    def _move(self) -> None:
        """New names for the sites' files, and for a folder all below it."""
        taken: set[str] = set()
        folders = {f.rpartition("/")[0] for f in self.files}
        below = {d: new_name(d.rpartition("/")[2], taken)
                 for d in sorted(folders) if "/" in d}
        for folder in sorted(below):
            for path in sorted((self.tree / folder).rglob("*.[chS]")):
                if path.is_file() and not path.is_symlink():
                    self.paths[str(path.relative_to(self.tree))] = ""
        for file in [*self.paths, *self.files]:
            parts = file.split("/")
            known = ["/".join(parts[:n + 1]) for n in range(len(parts) - 1)]
            made = [below.get(d, p) for d, p in zip(known, parts)]
            stem, dot, suffix = parts[-1].partition(".")
            if file in self.files and len(stem) > 2:
                stem = new_name(stem, taken)
            self.paths[file] = "/".join([*made, stem + dot + suffix])

    def _choose(self) -> dict[str, str]:
        """What the sites' files define, if it is theirs.

        A name that no public header has is renamed in the folders around
        the sites; one that few have, in the whole tree.
        """
        api_names = {name for name, _ in effects.EFFECTS} | {
            n for value in vars(effects).values()
            if isinstance(value, (tuple, frozenset))
            for n in value if isinstance(n, str)}
        names: set[str] = set()
        for file in self._own():
            names |= defined(CText(read(self.tree / file)))
        used = {w for f in self.files for w in WORD.findall(
            read(self.tree / f))}
        names = (names & used) - api_names - KEYWORDS
        public = naming(self.tree, names, ["include", *(
            str(p.relative_to(self.tree))
            for p in sorted(self.tree.glob("arch/*/include")))])
        few = {n for n in public if len(public[n]) <= PUBLIC}
        self._naming = naming(self.tree, names - public.keys(), sorted(
            {"/".join(f.split("/")[:-1][:-1] or f.split("/")[:1])
             if f.count("/") > 2 else f.rpartition("/")[0]
             for f in self.files}))
        spread: dict[str, set[str]] = {}
        for hit in text_search.grep(self.tree, few):
            spread.setdefault(hit.text, set()).add(hit.file)
        self._naming |= {n: files for n, files in spread.items()
                         if len(files) <= SPREAD}
        taken = set(names)
        for file in {f for files in self._naming.values() for f in files}:
            taken |= set(WORD.findall(read(self.tree / file)))
        return {n: new_name(n, taken) for n in sorted(self._naming)}

    def _own(self) -> list[str]:
        """The sites' files and the headers beside them."""
        folders = {f.rpartition("/")[0] for f in self.files}
        return sorted({*self.files, *(
            str(p.relative_to(self.tree)) for d in folders if "/" in d
            for p in (self.tree / d).glob("*.h"))})

    def _rewrite(self) -> dict[str, str | None]:
        touched = {f for n in self.words for f in self._naming[n]}
        texts: dict[str, str | None] = dict.fromkeys(self.paths)
        for file in sorted(touched | set(self.paths)):
            text = self.word_by_word(read(self.tree / file))
            if file in self.files:
                text = shuffled(text)
            texts[self.paths.get(file, file)] = text
        return texts

    def word_by_word(self, text: str) -> str:
        """A text with every renamed word, and the flags named after one."""
        def new(match: re.Match[str]) -> str:
            word = match.group()
            stem = word.removesuffix("_pinned")
            if word not in self.words and stem in self.words:
                return self.words[stem] + "_pinned"
            return self.words.get(word, word)
        return WORD.sub(new, text)

    def in_text(self, text: str) -> str:
        """A sentence or id with files and words renamed."""
        return self.word_by_word(re.sub(
            r"[\w./+-]+\.[chS]\b", lambda m: self.paths.get(
                m.group(), m.group()), text))


def defined(text: CText) -> set[str]:
    """Functions, structures and members that a file defines."""
    names: set[str] = set()
    for match in re.finditer(r"^(?!typedef)\w[\w \t*]*[ \t*](\w+)\s*\("
                             r"[^;{}]*\)\s*\{", text.code, re.M):
        names.add(match.group(1))
    for match in re.finditer(r"\b(?:struct|union)\s+(\w+)\s*\{", text.code):
        names.add(match.group(1))
        close = text.matching(match.end() - 1)
        body = text.code[match.end():close]
        names |= set(re.findall(r"(\w+)\s*(?:\[[^]]*\]\s*)*(?::\s*\d+)?\s*"
                                r"[;,]", body))
    return {n for n in names if len(n) > 3 and WORD.fullmatch(n)}


def blocks(text: CText) -> list[str]:
    """The top-level blocks, each with what stands before it."""
    return ["\n".join(text.text.split("\n")[s.start - 1:s.end])
            for s in text.spans]


def shuffled(text: str) -> str:
    """The blocks in another order that C allows: none before what it uses.

    Preprocessor lines and their blocks stay where they are.
    """
    result: list[str] = []
    run: list[str] = []
    every = blocks(CText(text))
    for number, block in enumerate(every):
        if number in (0, len(every) - 1) or re.search(
                r"^[ \t]*#", block, re.M):
            result += [*_reordered(run), block]
            run = []
        else:
            run.append(block)
    return "\n".join(result)


def _reordered(run: list[str]) -> list[str]:
    texts = [CText(block) for block in run]
    names = [set(t.words) for t in texts]
    needs = {i: {j for j in range(i) if _declares(texts[j]) & names[i]}
             for i in range(len(run))}
    order: list[int] = []
    while len(order) < len(run):
        order.append(max(i for i in range(len(run)) if i not in order
                         and needs[i] <= set(order)))
    return [run[i] for i in order]


def _declares(text: CText) -> set[str]:
    """What a block may declare: a function's name, or any word of others."""
    head = re.search(r"(\w+)\s*\([^;{}]*\)\s*\{", text.code)
    words = set(text.words)
    if head:
        words = set(WORD.findall(text.code[:head.start()])) | {head.group(1)}
        before = text.code[:head.start()].rpartition(";")[0]
        words = set(WORD.findall(before)) | {head.group(1)}
    return words - KEYWORDS
