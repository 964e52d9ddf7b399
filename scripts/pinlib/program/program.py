# SPDX-License-Identifier: GPL-2.0-only
"""Load the functions of a tree on demand, and build them from facts.

Nothing is loaded while a question is answered: what is missing is noted, and
flush() fetches it all in one text search and one run of spatch. The questions
are then asked again, until flush() has nothing left to do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Iterator

from pinlib.csource import expr, masking, parser, types
from pinlib.csource.expr import Kind
from pinlib.kernel import effects, text_search
from pinlib.kernel.search_cache import Places
from pinlib.kernel.view import View
from pinlib.program.facts import Fact, FactStore, Span
from pinlib.program.function import Function, Statement, Use
from pinlib.program.occurrences import Naming
from pinlib.program.structures import Declared

POPULAR = 400


class Program(Declared):
    """The functions of a tree, with the callers and uses of names."""

    def __init__(self, tree: View, store: FactStore,
                 shapes: Mapping[str, effects.Shape] = effects.SHAPES,
                 listed: tuple[str, ...] = effects.MISSION,
                 declared: Mapping[str, tuple[str, ...]] | None = None
                 ) -> None:
        super().__init__(tree, store)
        self.shapes = shapes
        self.declared = declared or {}  # each function's parameter types
        self.listed = listed    # the APIs whose calls are converted
        self.functions: dict[tuple[str, str], Function] = {}
        self._by_name: dict[str, list[Function]] = {}
        self._by_file: dict[str, list[Function]] = {}
        self._tops: dict[str, list[Statement]] = {}
        self._words: set[tuple[str, str]] = set()
        self._hits: dict[str, list[text_search.Hit]] = {}
        self._where: dict[str, dict[str, list[int]]] = {}
        self._counts: dict[tuple[str, str], int] = {}
        self._picked: dict[str, dict[str, Function | None]] = {}
        self._folders: dict[str, dict[str, list[Function]]] = {}
        self._trees: dict[Fact, expr.Node | None] = {}
        self._naming = Naming()
        self._top_naming = Naming()
        self.ambiguous: set[tuple[str, str]] = set()
        self._wanted: dict[str, set[Span]] = {}
        self._wanted_words: set[str] = set()
        self._wanted_names: set[str] = set()
        self._wanted_kernel: set[str] = set()
        # Words whose functions are noted, until flush() loads them.
        self._noted: set[tuple[str, str]] = set()
        # Set when a question could not be answered from what is loaded.
        self.short = False
        self._defined: set[str] = set()
        self._defined_kernel: set[str] = set()

    def effect(self, name: str, arg: int) -> effects.Effect | None:
        """Return what a call does with its arg-th argument, if known."""
        shape = self.shapes.get(name)
        pages = shape.pages if shape else effects.EXTRACT_ARG.get(name, -1)
        return effects.ACQUIRE if arg == pages else effects.effect(name, arg)

    def hits(self, words: set[str]) -> dict[str, list[text_search.Hit]]:
        """Return the lines that name each word, anywhere in the tree."""
        self._search(words)
        for word in words & self._where.keys() - self._hits.keys():
            places = self._where[word]
            self._hits[word] = [text_search.Hit(f, line, word)
                                for f in sorted(places) for line in places[f]]
        return {w: self._hits.get(w, []) for w in words}

    def _search(self, words: set[str]) -> None:
        """Note the words that still have to be searched for."""
        missing = {w for w in words if w and w not in self._where}
        if missing:
            self.short = True
            self._wanted_words |= missing

    def naming_files(self, word: str) -> set[str]:
        """Return the files anywhere in the tree that name a word."""
        self._search({word})
        return set(self._where.get(word, ()))

    def count(self, file: str, word: str) -> int:
        """Return how often a file names a word, comments included.

        A single file can be counted without a search of the tree.
        """
        if word in self._where:
            return len(self._where[word].get(file, ()))
        key = (file, word)
        if key not in self._counts:
            self._counts[key] = len(re.findall(
                rf"\b{word}\b", self.text(file).text, re.ASCII))
        return self._counts[key]

    def load_words(self, words: set[str],
                   files: set[str] | None = None) -> bool:
        """Load every function that mentions one of the words.

        With files, only those are searched. A word on more than POPULAR lines
        is skipped, and the result is then False.
        """
        complete = True
        for word in words:
            if files is None:
                self._search({word})
                named = {f: len(lines) for f, lines
                         in self._where.get(word, {}).items()}
            else:
                named = {f: self.count(f, word) for f in files}
            if sum(named.values()) > POPULAR:
                complete = False
                continue
            for file, count in named.items():
                if count:
                    self._load_word(file, word)
        return complete

    def members(self, file: str, name: str) -> list[int]:
        """Return where a file may name a member: after a dot or an arrow."""
        return [m.end() for m in re.finditer(
            rf"(?:->|\.)\s*(?={name}\b)", self.text(file).visible)]

    def load_members(self, name: str, files: set[str]) -> None:
        """Load every function of some files that may name a member."""
        for file in files:
            self._load_word(file, name, "->")

    def _load_word(self, file: str, word: str, before: str = "") -> None:
        """Load the functions of a file that mention a word, or a member."""
        key = (file, before + word)
        if key in self._words:
            self.short |= key in self._noted
            return
        self._words.add(key)
        text = self.text(file)
        spans = {text.span_at(text.line_of(o)) for o in (
            self.members(file, word) if before
            else text.words.get(word, []))}
        if self.load({file: {(s.start, s.end) for s in spans}}):
            self._noted.add(key)

    def load(self, wanted: dict[str, set[Span]]) -> bool:
        """Note spans whose facts are needed; return True if any is missing."""
        noted = False
        for file, spans in wanted.items():
            missing = spans - self._loaded.setdefault(file, set())
            if missing:
                self._wanted.setdefault(file, set()).update(missing)
                self.short = noted = True
        return noted

    def flush(self) -> bool:
        """Load all that was asked for; return False if nothing was missing."""
        if not self._wanted_words and not self._wanted and \
                not self._wanted_names and not self._wanted_kernel:
            return False
        names, self._wanted_names = self._wanted_names, set()
        if names:
            self._find_definitions(names, self.searches.heads(names))
            self._defined |= names
        names, self._wanted_kernel = self._wanted_kernel, set()
        if names:
            self._find_definitions(names, self.searches.kernel_heads(names))
            self._defined_kernel |= names
        words, self._wanted_words = self._wanted_words, set()
        if words:
            self._where.update(self.searches.words(words))
        wanted, self._wanted = self._wanted, {}
        self._noted.clear()
        for file, spans in wanted.items():
            self._loaded[file] |= spans
        self.store.request(wanted)
        for file in sorted(wanted):
            self._build(file)
            self._index(file)
        return True

    def _index(self, file: str) -> None:
        """Note the occurrences of each name in one file's facts."""
        self._naming.put(file, [
            (name, function, use) for function in self._by_file[file]
            for name, uses in function.uses.items() for use in uses])
        self._top_naming.put(file, [
            (node.value, statement.function, Use(statement, node))
            for statement in self._tops[file] if statement.tree
            for node in statement.tree.walk() if node.kind == Kind.ID])

    def _build(self, file: str) -> None:
        for old in self._by_file.pop(file, []):
            self._by_name[old.name].remove(old)
            self._picked.pop(old.name, None)
            self.functions.pop(old.key, None)
        text = self.text(file)
        facts = self.store.facts(file)
        made = [self._function(f, text) for f in facts
                if f.kind == "function"]
        self._tops[file] = []
        for fact in facts:
            if fact.kind in ("function", "prototype", "struct", "call"):
                continue
            owner = next((m for m in made
                          if m.body[0] <= text.offset(fact.line, fact.column)
                          <= m.body[1]), None)
            self._add(fact, text, owner)
        heads = self.store.heads(file)
        first = dict(reversed(heads))
        for function in made:
            if sum(name == function.name for name, _ in heads) > 1:
                # Two definitions, one per branch of an #ifdef.
                self.ambiguous.add(function.key)
                if function.line != first[function.name]:
                    function.name = f"{function.name}@{function.line}"
                    self.ambiguous.add(function.key)
            self.functions[function.key] = function
            self._by_name.setdefault(function.name, []).append(function)
            self._picked.pop(function.name, None)
        self._by_file[file] = made
        self._folders.setdefault(file.rpartition("/")[0], {})[file] = made

    def _function(self, fact: Fact, text: masking.CText) -> Function:
        span = text.span_at(fact.line)
        params = []
        for param in fact.params:
            param = self.typedefs.spelled(param, fact.file)
            match = re.match(r"(.*?)(\w+)((?:\s*\[[^]]*\])*)\s*$", param,
                             re.S)
            callback = re.search(r"\(\s*\*\s*(\w+)\s*\)", param)
            if callback:
                params.append(("function", callback.group(1)))
            elif match:
                params.append((match.group(1).strip() + match.group(3),
                               match.group(2)))
        head = text.line(fact.line) + text.line(max(1, fact.line - 1))
        made = Function(fact.file, fact.name, fact.line,
                        self.typedefs.spelled(fact.type, fact.file),
                        (span.start, span.end), text, params,
                        static=bool(re.search(r"\bstatic\b", head)))
        made.types.update({n: t for t, n in params})
        return made

    def _add(self, fact: Fact, text: masking.CText,
             owner: Function | None) -> None:
        if fact not in self._trees:
            self._trees[fact] = parser.parse(fact.text) if fact.text else None
        tree = self._trees[fact]
        start = text.offset(fact.line, fact.column)
        end = text.offset(fact.line_end, fact.column_end)
        if fact.kind == "iterate":
            opening = text.code.find("(", start)
            end = max(end, text.matching(opening) + 1)
        if fact.kind in ("if", "while") and \
                not text.code[max(0, start - 40):start].rstrip().endswith("("):
            return
        if fact.kind == "declare":
            fact = replace(fact, type=self.typedefs.spelled(
                fact.type, fact.file))
            if tree is not None:
                end = text.statement_end(start)
            if owner:
                if fact.name in owner.types:
                    owner.shadowed.add(fact.name)
                owner.types.setdefault(fact.name, fact.type)
        if fact.kind == "declare" and tree is None:
            return
        home = owner or Function(fact.file, "", fact.line, "", (0, 0), text,
                                 [])
        statement = Statement(fact, home, tree, start, end)
        (owner.statements if owner
         else self._tops[fact.file]).append(statement)

    def top_statements(self, file: str) -> list[Statement]:
        """Return the initialisers of a file's variables outside functions."""
        return self._tops.get(file, [])

    def in_file(self, file: str) -> list[Function]:
        """Return the loaded functions of a file."""
        return self._by_file.get(file, [])

    def in_folder(self, file: str) -> Iterator[Function]:
        """Yield the loaded functions of all files in a file's folder."""
        for functions in self._folders.get(
                file.rpartition("/")[0], {}).values():
            yield from functions

    def definition(self, name: str, user: str) -> Function | None:
        """Return the definition a call in a file means; load it if needed."""
        known = self._pick(name, user)
        if known is None:
            self._define(name)
        return known

    def exported(self, name: str, user: str) -> Function | None:
        """Return a definition, for modules also from the kernel's source."""
        known = self.definition(name, user)
        if known is None and self.tree.kernel and name in self._defined \
                and name not in self._defined_kernel:
            self.short = True
            self._wanted_kernel.add(name)
        return known

    def _pick(self, name: str, user: str) -> Function | None:
        known = self._picked.setdefault(name, {})
        if user not in known:
            known[user] = self._choose(name, user)
        return known[user]

    def _choose(self, name: str, user: str) -> Function | None:
        found = self._by_name.get(name, [])
        same = [f for f in found if f.file == user]
        others = [f for f in found if f.file.endswith(".h") or not f.static]
        if same:
            return same[0]
        close = types.nearest([(f.file, f.line) for f in others], user,
                              self.tree.is_kernel)
        return next((f for f in others
                     if close and (f.file, f.line) == close), None)

    def _define(self, name: str) -> None:
        """Request the spans that look like a definition of name."""
        if name not in self._defined:
            self.short = True
            self._wanted_names.add(name)

    def _find_definitions(self, names: set[str], found: Places) -> None:
        """Load each name's definition from the lines that look like one."""
        spans: dict[str, dict[str, set[Span]]] = {n: {} for n in names}
        for name, file, line in ((n, f, i) for n in sorted(names)
                                 for f in sorted(found.get(n, ()))
                                 for i in found[n][f]):
            if file.startswith(("tools/", "Documentation/")):
                continue
            text = self.text(file)
            start = text.offset(line)
            at = text.code.find(name, start)
            if at >= 0 and text.defines(name, at):
                span = text.span_at(line)
                spans[name].setdefault(file, set()).add(
                    (span.start, span.end))
        for wanted in spans.values():
            if sum(map(len, wanted.values())) <= 12:
                self.load(wanted)

    def named_often(self, fn: Function, limit: int) -> bool:
        """Say whether a function is named on more than limit lines."""
        name = fn.name.partition("@")[0]
        if fn.static and not fn.file.endswith(".h"):
            return self.count(fn.file, name) > limit
        return len(self.hits({name})[name]) > limit

    def naming(self, name: str,
               fn: Function | None = None) -> list[tuple[Function, Use]]:
        """Return where loaded functions and tables name a function.

        With fn, only occurrences that mean that definition; for a function
        defined twice in a file they mean either.
        """
        name = name.partition("@")[0]
        if not self.load_words({name}, {fn.file} if fn and fn.static and
                               not fn.file.endswith(".h") else None):
            return []
        return [(f, u) for f, u in
                self._naming.sorted(name) + self._top_naming.sorted(name)
                if fn is None or self._means(fn, self._pick(name, f.file))]

    def _means(self, fn: Function, picked: Function | None) -> bool:
        """Say whether a name means a function, or its other #ifdef branch."""
        return picked is fn or picked is not None and \
            picked.file == fn.file and fn.key in self.ambiguous and \
            fn.name.startswith(f"{picked.name}@")
