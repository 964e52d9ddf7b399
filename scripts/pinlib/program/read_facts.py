# SPDX-License-Identifier: GPL-2.0-only
"""Takes the trees of declarations; gives the facts of their code.

The text of a fact is the tokens of the code, in the #if arms that its tree was
read with. Facts are held against the text (csource/masking.py), so nothing of
that is used here.
"""

from __future__ import annotations

import bisect
import re
from array import array
from collections.abc import Callable, Iterable, Sequence

from pinlib.program.facts import Fact
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


def _any_of(kinds: Iterable[int]) -> re.Pattern[bytes]:
    """Return what finds nodes of some kinds among the kinds of all nodes."""
    return re.compile(b"[" + b"".join(
        b"\\x%02x" % kind for kind in kinds) + b"]")


class Facts:
    """Collects the facts of elements of a file."""

    def __init__(self, name: str, file: File, text: str,
                 names: frozenset[str], lines: array[int]) -> None:
        self.name = name
        self.file = file
        self.text = text
        self.names = names
        self._found: list[Fact] = []
        self._lines = lines
        self._in_macro = False
        self._known: dict[str, set[Bytes]] = {}
        self._element = ""
        self._again = False
        self._root = Node(file, 0)
        self._plain: tuple[list[int], list[str]] | None = None
        self._asked = False     # whether that is known
        takes: dict[str, Callable[[Node], None]] = {
            "call": self._call, "expression": self._effect,
            "if": self._if, "while": self._while,
            "for-head": self._for, "iteration": self._iterate,
            "return": self._return, "declaration": self._declare,
            "struct": self._struct, "function": self._function}
        numbers = {kind: n for n, kind in enumerate(file.names.kinds)}
        self._takes = {numbers[kind]: take for kind, take in takes.items()}
        self._wanted = _any_of(self._takes)
        self._skips = _any_of(numbers[kind] for kind in (
            "either", "members", "param"))
        self._bitfield = _any_of([numbers["bitfield"]])
        self._attribute = _any_of([numbers["attribute"]])

    def of(self, declarations: Iterable[Declaration]) -> list[Fact]:
        """Return the facts of declarations that share text."""
        self._found = []
        self._known = {}
        for declaration in declarations:
            self._take(declaration)
        return self._found

    def _take(self, declaration: Declaration) -> None:
        """Add the facts of one external declaration."""
        self._in_macro = declaration.kind == "define"
        self._element = "" if self._in_macro else self._text_of(
            *declaration.name)
        self._again = declaration.selection > 0
        root = declaration.root
        self._root = root
        self._asked = self._in_macro
        self._plain = None
        outside = self._outside(root)
        for match in self._wanted.finditer(
                self.file.kinds, self.file.firsts[root.index], root.index + 1):
            index = match.start()
            take = self._takes[self.file.kinds[index]]
            if index in outside and take not in (self._struct, self._call):
                continue
            if index == root.index and root.kind == "expression":
                continue        # a macro at the top level is no statement
            take(Node(self.file, index))

    def _outside(self, root: Node) -> set[int]:
        """Return nodes that are no code: members, and a reading not chosen."""
        found: set[int] = set()
        firsts = self.file.firsts
        for match in self._skips.finditer(
                self.file.kinds, firsts[root.index], root.index + 1):
            node = Node(self.file, match.start())
            index = node.index
            if node.kind == "either":
                index = node.children[1].index
                found.add(index)
            found.update(range(firsts[index], index))
        return found

    def _add(self, kind: str, span: Bytes, text: str = "", name: str = "",
             of: str = "", params: Sequence[str] = ()) -> None:
        """Add a fact, unless another selection of arms has one there."""
        known = self._known.setdefault(kind, set())
        if span in known or self._again and any(
                start < span[1] and span[0] < end for start, end in known):
            return
        known.add(span)
        start, end = span
        lines = self._lines
        first = last = bisect.bisect_right(lines, start)
        if first < len(lines) and lines[first] <= end:
            last = bisect.bisect_right(lines, end, first)
        self._found.append(Fact(
            kind, self.name, self._element, first, start - lines[first - 1],
            last, end - lines[last - 1], text, name, of, tuple(params)))

    def _text_of(self, start: int, end: int) -> str:
        return self.text[start:end]

    def _words(self, node: Node, without: Sequence[Bytes] = ()) -> str:
        """Return the tokens of a node, less those of some spans."""
        if not self._asked:
            self._asked = True
            self._plain = self._plain_tokens()
        if self._plain:
            places, words = self._plain
            low = bisect.bisect_left(places, node.start)
            high = bisect.bisect_left(places, node.end, low)
            places, words = places[low:high], words[low:high]
        else:
            spans = [*self._tokens_of(node)]
            places = [start for start, _ in spans]
            words = [self.text[start:end] for start, end in spans]
        return " ".join([word for at, word in zip(places, words) if not any(
            low <= at < high for low, high in without)] if without else words)

    def _plain_tokens(self) -> tuple[list[int], list[str]] | None:
        """Return where the declaration's tokens begin, and their texts.

        None if some of them are in other arms, so that nodes do not have all.
        """
        root = self._root
        starts, ends, arms = self.file.tokens_in(root.start, root.end, False)
        if not set(arms) <= {root.arm}:
            return None
        text = self.text
        return [*starts], [text[a:b] for a, b in zip(starts, ends)]

    def _tokens_of(self, node: Node) -> Iterable[Bytes]:
        starts, ends, arms = self.file.tokens_in(
            node.start, node.end, self._in_macro)
        seen = set(arms)
        if seen <= {node.arm}:
            return zip(starts, ends)
        known = {self.file.node_arms[i] for i in range(
            self.file.firsts[node.index], node.index + 1)}
        for arm in list(known):
            while arm:
                arm = self.file.arms[arm].parent
                known.add(arm)
        return [(start, end) for start, end, arm in zip(starts, ends, arms)
                if arm in known]

    def _expression(self, kind: str, node: Node) -> None:
        self._add(kind, (node.start, node.end), text=self._words(node))

    def _call(self, node: Node) -> None:
        # A name that is called is the first node of the call.
        first = self.file.firsts[node.index]
        if self._text_of(self.file.starts[first],
                         self.file.ends[first]) not in self.names:
            return
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
        outside = node.index == self._root.index
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
            known = self._text_of(name.start, name.end)
            if _is_function(declarator):
                # Else it is a macro that declares, or one before a call.
                if _is_prototype(specifiers, declarator, outside) and not all(
                        map(self._is_storage, specifiers.children)):
                    self._add("prototype", (name.start, name.end), name=known)
                continue
            self._add("declare", (name.start, name.end),
                      self._words(value[0]) if value else "", known,
                      self._type(specifiers, declarator))

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
                  name=self._text_of(name.start, name.end), of=result,
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
                  of="long" if syscall else "int", params=words)

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
        left += [(n.start, n.end) for n in self._below(
            declarator, self._bitfield)]
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
        return [(n.start, n.end) for n in self._below(node, self._attribute)
                if self._text_of(n.start, n.end) not in _SPACES]

    def _below(self, node: Node, kind: re.Pattern[bytes]) -> list[Node]:
        """Return the nodes of a kind in a tree."""
        return [Node(self.file, match.start()) for match in kind.finditer(
            self.file.kinds, self.file.firsts[node.index], node.index + 1)]


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
