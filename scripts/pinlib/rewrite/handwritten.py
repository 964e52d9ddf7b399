# SPDX-License-Identifier: GPL-2.0-only
"""Apply hand-written semantic patches, each for one particular piece of code.

cocci/core/NAME.toml names the rules in order and what they rely on; a patch may be
like one of another file but for what it says itself. NAME.code.json holds the
fingerprints of that code, one set for every tree that the rule was reviewed
against. A rule refuses any other code, and its result is checked against a
fingerprint too: that is its ledger.
"""

from __future__ import annotations

import concurrent.futures
import functools
import hashlib
import json
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Mapping

from pinlib.base.errors import RuleError
from pinlib.base.files import write_file
from pinlib.base.line_ends import plain, restored
from pinlib.base.records import PatchKind
from pinlib.base.resources import COCCI, MACROS
from pinlib.csource.masking import CText
from pinlib.kernel import kernel_tree, word_index
from pinlib.kept.answers import Answers
from pinlib.kernel.word_index import Indexes, WordIndex
from pinlib.rewrite import fingerprint
from pinlib.rewrite.apply import run_spatch
from pinlib.rewrite.fingerprint import Mismatch
from pinlib.rewrite.removed_code import lay_out
from pinlib.rewrite.whitespace import tidy
from pinlib.spatch import runner

FOLDER = COCCI / "core"
Texts = dict[str, str]


@dataclass(frozen=True)
class CorePatch:
    """One commit of a core rule."""

    rule: str           # file below cocci/core
    kind: PatchKind
    subject: str
    text: list[str]     # changelog paragraphs
    files: list[str]
    symbols: list[str]  # whose users have to be rebuilt
    # Changes to comments and white space that accompany the rule.
    layout: list[dict[str, str]] = field(default_factory=list)
    # For a bug of today: a text that came with the code it is in.
    fixes: str = ""
    # What a reviewer reads below the message.
    below: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CoreRule:
    """Patches that belong together, and the code that they rely on."""

    name: str
    patches: list[CorePatch]
    regions: list[str]              # file:name, touched or relied on
    adds: list[str]                 # file:name, absent before the rule
    names: list[str]                # words all of whose users are known
    sites: list[dict[str, Any]]     # call sites that a convert patch converts

    @property
    def files(self) -> list[str]:
        """Return every file that the rule reads or changes."""
        return sorted({r.rpartition(":")[0] for r in self.regions} |
                      {f for p in self.patches for f in p.files})

    @property
    def converts(self) -> bool:
        """Say whether the rule converts, rather than only prepares."""
        return any(p.kind == PatchKind.CONVERT for p in self.patches)


@dataclass
class Applied:
    """A core rule on a tree: the texts after each patch, or why not."""

    rule: CoreRule
    states: list[Texts] = field(default_factory=list)
    refused: str = ""

    @property
    def last(self) -> Texts:
        """Return the newest text of every file that a patch changed."""
        return {f: t for state in self.states for f, t in state.items()}


def load(folder: Path = FOLDER) -> list[CoreRule]:
    """Return all core rules, sorted by name."""
    return [_read(path) for path in sorted(folder.glob("*.toml"))]


def _read(path: Path) -> CoreRule:
    try:
        raw = _parsed(path.read_text(encoding="utf-8"))
        patches = [CorePatch(
            p["rule"], PatchKind(p["kind"]), p["subject"],
            _paragraphs(p["text"]),
            p["files"], p.get("symbols", []),
            [{k: str(e[k]) for k in ("file", "old", "new")}
             for e in p.get("layout", [])], p.get("fixes", ""),
            _paragraphs(p.get("below", "")))
            for p in _patches(path)]
        return CoreRule(path.stem, patches, raw["regions"],
                        raw.get("adds", []), raw.get("names", []),
                        raw.get("site", []))
    except (tomllib.TOMLDecodeError, LookupError, TypeError) as error:
        raise RuleError(f"{path}: {error}") from error


@functools.lru_cache(maxsize=32)
def _parsed(text: str) -> dict[str, Any]:
    """Return what a rule says, which nobody changes; some take from another."""
    return tomllib.loads(text)


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def _patches(path: Path) -> list[dict[str, Any]]:
    """Return a file's patches, each with what it takes over from another's."""
    made = []
    for patch in _parsed(path.read_text(encoding="utf-8"))["patch"]:
        name, _, rule = patch.get("like", "").partition("/")
        like = [p for p in _patches(path.with_name(f"{name}.toml"))
                if p["rule"] == rule][0] if name else {}
        made.append({**like, **patch})
    return made


def apply_all(tree: Path, cache: Path, kept: Answers,
              folder: Path = FOLDER) -> list[Applied]:
    """Return every core rule on a tree, applied or refused with a reason."""
    return kept.once(f"core {folder}",
                     lambda: _apply_all(tree, cache, kept.indexes, folder))


def _apply_all(tree: Path, cache: Path, indexes: Indexes,
               folder: Path) -> list[Applied]:
    rules = load(folder)
    with concurrent.futures.ThreadPoolExecutor(len(rules) + 1) as pool:
        index = pool.submit(indexes.of, tree)
        return list(pool.map(lambda rule: _apply(
            tree, rule, cache, folder, index.result), rules))


def apply(tree: Path, rule: CoreRule, cache: Path,
          folder: Path = FOLDER) -> Applied:
    """Apply one core rule to a tree, all of its patches or none."""
    return _apply(tree, rule, cache, folder,
                  lambda: word_index.of(tree, cache))


def _apply(tree: Path, rule: CoreRule, cache: Path, folder: Path,
           index: Callable[[], WordIndex]) -> Applied:
    made = Applied(rule)
    steps = []
    try:
        texts = _texts(tree, rule.files)
        fitting = _fitting(rule, folder, texts)
        for patch in rule.patches:
            old = {f: plain(t) for f, t in texts.items()}
            steps.append((old, _run(old, patch, cache, folder)))
            made.states.append({f: restored(texts[f], t)
                                for f, t in steps[-1][1].items()})
            texts |= made.states[-1]
        # The index of the tree takes as long as all that came before.
        known = _known(tree, fitting, index())
        for (old, new), after in zip(steps, known["after"], strict=True):
            _check(old, new, rule, after)
    except Mismatch as mismatch:
        return Applied(rule, refused=str(mismatch))
    return made


def _texts(tree: Path, files: list[str]) -> Texts:
    found = {}
    for file in files:
        try:
            # Latin-1 preserves every byte.
            found[file] = (tree / file).read_bytes().decode("latin-1")
        except (FileNotFoundError, NotADirectoryError):
            raise Mismatch(file, "the tree has no such file") from None
        except OSError as error:
            raise RuleError(f"{tree / file}: {error.strerror}") from error
    return found


def _fitting(rule: CoreRule, folder: Path,
             texts: Texts) -> list[dict[str, Any] | Mismatch]:
    """Return the recorded codes, or why each is not what these texts have.

    Raises the last mismatch if none fits.
    """
    masked = {f: CText(plain(t)) for f, t in texts.items()}
    path = folder / f"{rule.name}.code.json"
    try:
        recorded = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RuleError(f"{path}: {error}") from error
    found: list[dict[str, Any] | Mismatch] = []
    last = Mismatch(rule.name, "no code is recorded for it")
    for known in recorded:
        try:
            fingerprint.check_regions(masked, known["regions"])
            found.append(dict(known))
        except Mismatch as mismatch:
            last = mismatch
            found.append(last)
    if all(isinstance(known, Mismatch) for known in found):
        raise last
    return found


def _known(tree: Path, fitting: list[dict[str, Any] | Mismatch],
           index: WordIndex) -> dict[str, Any]:
    """Return the recorded code whose names are used alike in the whole tree."""
    last: Mismatch | None = None
    for known in fitting:
        if isinstance(known, Mismatch):
            last = known
            continue
        try:
            fingerprint.check_uses(tree, known["names"], index)
            return known
        except Mismatch as mismatch:
            last = mismatch
    assert last is not None
    raise last


def _run(texts: Texts, patch: CorePatch, cache: Path,
         folder: Path) -> Texts:
    """Return the new texts of a patch's files; cached by content."""
    old = {f: texts[f] for f in patch.files}
    rule = (folder / patch.rule).read_text(encoding="utf-8")
    macros = MACROS.read_text()
    key = hashlib.sha256(json.dumps(
        [rule, macros, patch.layout, old]).encode()).hexdigest()
    kept = cache / "core" / f"{key}.json"
    try:
        found = json.loads(kept.read_text(encoding="utf-8"))
        if found.keys() == old.keys():
            return {f: str(t) for f, t in found.items()}
    except (OSError, ValueError, AttributeError):
        pass
    new = transform(old, patch, rule)
    write_file(kept, json.dumps(new))
    return new


def transform(old: Texts, patch: CorePatch, rule: str) -> Texts:
    """Return what a rule makes of a patch's files, without any check."""
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as name:
        work = Path(name)
        (work / "rules.cocci").write_text(rule, encoding="utf-8")
        copies = {f: work / f"f{n}{Path(f).suffix}"
                  for n, f in enumerate(patch.files)}
        for file, copy in copies.items():
            copy.write_bytes(old[file].encode("latin-1"))
        run_spatch(work, [str(c) for c in copies.values()], patch.rule,
                   runner.TIMEOUT)
        return {f: lay_out(f, tidy(
            old[f], c.read_bytes().decode("latin-1"), ()), patch.layout)
                for f, c in copies.items()}


def _check(old: Mapping[str, str], new: Texts, rule: CoreRule,
           after: Mapping[str, str]) -> None:
    """Check that each patch has the result that was reviewed, and no more."""
    masked = {f: CText(t) for f, t in new.items()}
    fingerprint.check_regions(masked, after)
    for file, text in masked.items():
        if text.text == old[file]:
            raise Mismatch(file, "the rule changed nothing here")
        fingerprint.check_rest(CText(old[file]), text, file, [
            r.rpartition(":")[2] for r in rule.regions + rule.adds
            if r.rpartition(":")[0] == file])


def record(tree: Path, label: str, rule: CoreRule,
           folder: Path = FOLDER) -> None:
    """Record a tree's code as what a rule is for, once it is reviewed."""
    texts = _texts(tree, rule.files)
    known: dict[str, Any] = {
        "kernel": label, "names": fingerprint.uses(
            tree, rule.names, word_index.of(tree, kernel_tree.cache_folder())),
        "regions": fingerprint.regions(
            {f: CText(t) for f, t in texts.items()}, rule.regions),
        "after": []}
    for patch in rule.patches:
        texts |= transform({f: texts[f] for f in patch.files}, patch,
                           (folder / patch.rule).read_text(encoding="utf-8"))
        known["after"].append(_after(
            {f: CText(texts[f]) for f in patch.files}, rule))
    path = folder / f"{rule.name}.code.json"
    old = json.loads(path.read_text()) if path.exists() else []
    write_file(path, json.dumps([k for k in old if k["kernel"] != label] +
                                [known], indent=1, sort_keys=True) + "\n")


def _after(texts: Mapping[str, CText], rule: CoreRule) -> dict[str, str]:
    """Return the rule's regions in a patch's files, as fingerprints."""
    return fingerprint.regions(texts, [
        key for key in rule.regions + rule.adds
        for file, _, name in [key.rpartition(":")]
        if file in texts and texts[file].words.get(name)])
