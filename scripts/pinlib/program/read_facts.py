# SPDX-License-Identifier: GPL-2.0-only
"""Takes files of C; gives their facts, out of the trees that the reader makes.

The text of a fact is the tokens of the code, in the #if arms that its tree was
read with. Facts are held against the text (csource/masking.py), so nothing of
that is used here.
"""

from __future__ import annotations

import bisect
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pinlib.base.errors import Gup2pinError
from pinlib.kernel import effects
from pinlib.kernel.view import View
from pinlib.program.facts import FactStore, Raw, Unread
from pinlib.reader import build, run
from pinlib.reader.output import Declaration, File, Node

Bytes = tuple[int, int]

# What stands in front of a type and is none of it.
_STORAGE = frozenset("static extern inline __inline __inline__ __always_inline "
                     "noinline register auto typedef __thread".split())
_SYSCALL = re.compile(r"(COMPAT_|)SYSCALL_DEFINE\d$")
# Heads of a block that runs once; those of a loop are facts.
_ONCE = re.compile(r"_*scoped_(?!\w*for_each)\w+$")
_SPACES = frozenset("__user __iomem __rcu __percpu __force".split())
_DECLARATORS = ("declarator", "initialized")
# What no expression has where a declaration has these.
_TYPES = ("keyword", "struct", "enum", "typeof")


class ReadFacts(FactStore):
    """Facts of one tree, from the reader in C: nothing of it is kept."""

    def __init__(self, tree: View, cache: Path, names: list[str]) -> None:
        super().__init__(tree, cache, names)
        self._reader = build.ensure(cache)
        # Every question finds what another one has read.
        self._listed = self.names | {*effects.TAKES}

    def take(self, missing: list[str]) -> None:
        """Read files; if that fails, each alone, so that only one is lost."""
        try:
            read = self._sections(missing)
        except Gup2pinError as error:
            if len(missing) == 1:
                self.failed[missing[0]] = str(error)
                return
            for name in missing:
                self.take([name])
            return
        for name, file in zip(missing, read):
            if file.error:
                self.failed[name] = os.strerror(file.error)
                continue
            text = self.tree.path(name).read_bytes()
            self._raw[name] = facts(file, text, self._listed)
            self._unread[name] = unread(file, text)

    def _sections(self, names: list[str]) -> list[File]:
        """Return what the reader has to say of each file."""
        paths = [str(self.tree.path(name)) for name in names]
        with tempfile.TemporaryDirectory(prefix="gup2pin-") as work:
            read = list(run.read(self._reader, paths, Path("/"),
                                 Path(work) / "read", tokens=True))
        if [file.path for file in read] != paths:
            raise Gup2pinError("the reader did not read what it was given")
        return read


def store(tree: View, cache: Path, names: list[str], _jobs: int) -> FactStore:
    """Return the facts of a tree; one process reads it, whatever the jobs."""
    return ReadFacts(tree, cache, names)


def facts(file: File, text: bytes, names: frozenset[str]) -> list[Raw]:
    """Return the facts of a file; of calls, those of the given names."""
    made = _Facts(file, text, names)
    for declaration in file.declarations:
        made.take(declaration)
    return made.found


def unread(file: File, text: bytes) -> list[Unread]:
    """Return the code of a file that could not be read, in source order."""
    lines = _line_starts(text)
    return sorted({Unread(_place(lines, region.start),
                          _place(lines, region.end), region.reason)
                   for region in file.regions})


def _line_starts(text: bytes) -> list[int]:
    return [0, *(m.end() for m in re.finditer(b"\n", text))]


def _place(lines: list[int], offset: int) -> tuple[int, int]:
    """Return the line and column of an offset."""
    line = bisect.bisect_right(lines, offset)
    return line, offset - lines[line - 1]


class _Facts:
    """Collects the facts of one file."""

    def __init__(self, file: File, text: bytes,
                 names: frozenset[str]) -> None:
        self.file = file
        self.text = text
        self.names = names
        self.found: list[Raw] = []
        self._lines = _line_starts(text)
        code = list(file.code)
        self._code = code, [token[0] for token in code]
        every = list(file.tokens)
        self._every = every, [token[0] for token in every]
        self._in_macro = False
        self._known: dict[str, set[Bytes]] = {}
        self._element = ""
        self._again = False
        self._root = -1
        takes: dict[str, Callable[[Node], None]] = {
            "call": self._call, "expression": self._effect,
            "if": self._if, "while": self._while,
            "for-head": self._for, "iteration": self._iterate,
            "return": self._return, "declaration": self._declare,
            "struct": self._struct, "function": self._function}
        self._takes = [takes.get(kind) for kind in file.names.kinds]
        self._skips = {file.names.kinds.index(kind)
                       for kind in ("either", "members", "param")}

    def take(self, declaration: Declaration) -> None:
        """Add the facts of one external declaration."""
        self._in_macro = declaration.kind == "define"
        self._element = "" if self._in_macro else self._text_of(
            *declaration.name)
        self._again = declaration.selection > 0
        root = declaration.root
        self._root = root.index
        outside = self._outside(root)
        for index in range(self.file.firsts[root.index], root.index + 1):
            take = self._takes[self.file.kinds[index]]
            if take is None:
                continue
            if index in outside and take not in (self._struct, self._call):
                continue
            if index == root.index and root.kind == "expression":
                continue        # a macro at the top level is no statement
            take(Node(self.file, index))

    def _outside(self, root: Node) -> set[int]:
        """Return nodes that are no code: members, and a reading not chosen."""
        found: set[int] = set()
        firsts = self.file.firsts
        for index in range(firsts[root.index], root.index + 1):
            if self.file.kinds[index] not in self._skips:
                continue
            node = Node(self.file, index)
            if node.kind == "either":
                index = node.children[1].index
                found.add(index)
            found.update(range(firsts[index], index))
        return found

    def _add(self, kind: str, span: Bytes, **fields: Any) -> None:
        """Add a fact, unless another selection of arms has one there."""
        known = self._known.setdefault(kind, set())
        if span in known or self._again and any(
                start < span[1] and span[0] < end for start, end in known):
            return
        known.add(span)
        self.found.append({"kind": kind, "fn": self._element, "at": [
            *_place(self._lines, span[0]), *_place(self._lines, span[1])],
            **fields})

    def _text_of(self, start: int, end: int) -> str:
        return self.text[start:end].decode("latin-1")

    def _words(self, node: Node, without: Sequence[Bytes] = ()) -> str:
        """Return the tokens of a node, less those of some spans."""
        return " ".join(self._text_of(start, end) for start, end in
                        self._tokens_of(node)
                        if not any(a <= start < b for a, b in without))

    def _tokens_of(self, node: Node) -> list[Bytes]:
        tokens, starts = self._every if self._in_macro else self._code
        low = bisect.bisect_left(starts, node.start)
        high = bisect.bisect_left(starts, node.end)
        found = tokens[low:high]
        if all(arm == node.arm for _, _, arm, _ in found):
            return [(start, end) for start, end, _, _ in found]
        arms = {self.file.node_arms[i] for i in range(
            self.file.firsts[node.index], node.index + 1)}
        for arm in list(arms):
            while arm:
                arm = self.file.arms[arm].parent
                arms.add(arm)
        return [(start, end) for start, end, arm, _ in found if arm in arms]

    def _expression(self, kind: str, node: Node) -> None:
        self._add(kind, (node.start, node.end), text=self._words(node))

    def _call(self, node: Node) -> None:
        callee = node.children[0]
        name = self._text_of(callee.start, callee.end)
        if callee.kind == "name" and name in self.names:
            self._add("call", (callee.start, callee.end), name=name)

    def _effect(self, node: Node) -> None:
        for child in node.children[:1]:
            self._expression("effect", child)

    def _if(self, node: Node) -> None:
        self._condition("if", node.children[0])

    def _while(self, node: Node) -> None:
        self._condition("while", node.children[0])

    def _condition(self, kind: str, node: Node) -> None:
        if node.kind not in ("empty", "error"):
            self._expression(kind, node)

    def _for(self, node: Node) -> None:
        """Add the test and the step; the first part is a statement."""
        _, test, step = node.children
        self._condition("for", test)
        self._condition("effect", step)

    def _return(self, node: Node) -> None:
        for child in node.children:
            self._expression("return", child)

    def _iterate(self, node: Node) -> None:
        call = node.children[0]
        if call.kind != "call":
            return
        name = call.children[0]
        word = self._text_of(name.start, name.end)
        if not _ONCE.match(word):
            self._add("iterate", (name.start, name.end), name=word,
                      text=self._words(call))

    def _struct(self, node: Node) -> None:
        parts = {child.kind: child for child in node.children}
        if node.op != "struct" or "name" not in parts or \
                "members" not in parts:
            return
        name, members = parts["name"], parts["members"]
        self._add("struct", (name.start, name.end),
                  name=self._text_of(name.start, name.end),
                  text=self._words(members).strip("{} "))

    def _declare(self, node: Node) -> None:
        specifiers, *declared = node.children
        outside = node.index == self._root
        if any(word.op == "typedef" for word in specifiers.children):
            return
        for made in declared:
            if made.kind not in _DECLARATORS:
                continue
            declarator, *value = made.children if \
                made.kind == "initialized" else [made]
            name = _name_of(declarator)
            if name is None:
                continue
            known = {"name": self._text_of(name.start, name.end)}
            if _is_function(declarator):
                # Else it is a macro that declares, or one before a call.
                if _is_prototype(specifiers, declarator, outside) and not all(
                        map(self._is_storage, specifiers.children)):
                    self._add("prototype", (name.start, name.end), **known)
                continue
            if value:
                known["text"] = self._words(value[0])
            self._add("declare", (name.start, name.end),
                      type=self._type(specifiers, declarator), **known)

    def _function(self, node: Node) -> None:
        """Add a function; what a macro makes is none where the macro stands."""
        if self._in_macro:
            return
        parts = {child.kind: child for child in node.children}
        if "call" in parts:
            self._of_macro(parts["call"])
            return
        declarator = parts["declarator"]
        name = _name_of(declarator)
        if name is None:
            return
        params = [child for child in declarator.children
                  if child.kind == "params"]
        result = self._type(parts["specifiers"], declarator, [
            (p.start, p.end) for p in params]) \
            if "specifiers" in parts else "int"
        self._add("function", (name.start, name.end),
                  name=self._text_of(name.start, name.end), type=result,
                  params=[self._param(p) for p in
                          (params[0].children if params else [])
                          if p.children and p.children[0].kind != "ellipsis"])

    def _of_macro(self, call: Node) -> None:
        """Add a function that a macro heads; a system call's has a name."""
        callee, *args = call.children
        name = self._text_of(callee.start, callee.end)
        words = [self._words(arg) for arg in args]
        syscall = _SYSCALL.match(name)
        if syscall and words:
            name = ("compat_sys_" if syscall.group(1) else "sys_") + words[0]
            words = [" ".join(pair) for pair in zip(words[1::2], words[2::2])]
        self._add("function", (callee.start, callee.end), name=name,
                  type="long" if syscall else "int", params=words)

    def _param(self, node: Node) -> str:
        return self._words(node, self._attributes(node))

    def _type(self, specifiers: Node, declarator: Node,
              without: Sequence[Bytes] = ()) -> str:
        """Return a type, as it would be written without the name."""
        name = _name_of(declarator)
        left = [*without, *self._attributes(specifiers),
                *self._attributes(declarator)]
        left += [(word.start, word.end) for word in specifiers.children
                 if self._is_storage(word)]
        left += [(n.start, n.end) for n in declarator.walk()
                 if n.kind == "bitfield"]
        if name is not None:
            left.append((name.start, name.end))
        return f"{self._words(specifiers, left)} " \
            f"{self._words(declarator, left)}".strip()

    def _is_storage(self, word: Node) -> bool:
        text = self._text_of(word.start, word.end)
        return text not in _SPACES if word.kind == "attribute" else \
            word.kind == "keyword" and text in _STORAGE

    def _attributes(self, node: Node) -> list[Bytes]:
        """Return attributes that say nothing of where a pointer points."""
        return [(n.start, n.end) for n in node.walk()
                if n.kind == "attribute" and self._text_of(
                    n.start, n.end) not in _SPACES]


def _name_of(declarator: Node) -> Node | None:
    """Return the name that a declarator declares."""
    for child in declarator.children:
        if child.kind == "name":
            return child
        if child.kind == "declarator":
            return _name_of(child)
    return None


def _is_prototype(specifiers: Node, declarator: Node, outside: bool) -> bool:
    """Tell a prototype from a call: `NAME f(a);` is one if NAME is a macro.

    Outside of all functions it is no call, unless a value is an argument.
    """
    params = [param for part in declarator.children if part.kind == "params"
              for param in part.children]
    kinds = {param.kind for param in params}
    if "ellipsis" in kinds or outside and "arg" not in kinds:
        return True
    heads = [child for param in params for child in param.children
             if child.kind == "specifiers"]
    return any(word.kind in _TYPES for head in (specifiers, *heads)
               for word in head.children)


def _is_function(declarator: Node) -> bool:
    """Tell whether a declarator is a function's, not a pointer's to one."""
    kinds = [child.kind for child in declarator.children]
    return "params" in kinds and "name" in kinds
