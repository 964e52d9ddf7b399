# SPDX-License-Identifier: GPL-2.0-only
"""Find the types that a macro's parameters would have in a function.

They are those of what its uses pass, which must all be the same as far as pages
and structures go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.csource.macro_text import Define
from pinlib.csource.parser import parse
from pinlib.kernel import effects
from pinlib.program.locations import Resolver
from pinlib.program.opened.uses import MacroUse, Uses

Key = tuple[str, str]
Signature = tuple[str, tuple[str, ...]]

_NUMBER = "long"
_ARRAY = re.compile(r"\s*\[[^]]*\]")


class Signatures:
    """The types of the macros that are read as functions."""

    def __init__(self, resolver: Resolver, found: Mapping[Key, Define],
                 uses: Uses) -> None:
        self._resolver = resolver
        self._found = found
        self._uses = uses
        self._params: dict[Key, tuple[str, ...] | None] = {}

    def of(self, key: Key) -> Signature | None:
        """Return the types of the result and the parameters, or None.

        None if uses pass different things.
        """
        params = self._given(key)
        return None if params is None else (self._result(key, params), params)

    def _given(self, key: Key) -> tuple[str, ...] | None:
        """Return the types of the parameters, by what the uses pass."""
        if key not in self._params:
            self._params[key] = None    # as long as it is being worked out
            uses = self._uses.of(key) or []
            made = [self._param(uses, n) for n in range(len(uses[0].given))]
            if all(made):
                self._params[key] = tuple(kind for kind in made if kind)
        return self._params[key]

    def _param(self, uses: list[MacroUse], index: int) -> str | None:
        """Return the type of what all uses pass."""
        kinds = [kind for use in uses
                 if (kind := self._passed(use, index))]
        shapes = {(types.tag_of(k), types.depth_of(k)) for k in kinds
                  if types.tag_of(k)}
        if len(shapes) > 1:
            return None
        tagged = [k for k in kinds if types.tag_of(k)]
        return (tagged or kinds or [_NUMBER])[0]

    def _passed(self, use: MacroUse, index: int) -> str:
        """Return the type of an argument, or "" if it is not known."""
        if use.inside is not None:
            return self._handed_on(use, index)
        assert use.function is not None and use.use is not None
        node = use.use.argument(index)
        kind = node is not None and self._resolver.type_of(use.function, node)
        return _decayed(kind) if kind else ""

    def _handed_on(self, use: MacroUse, index: int) -> str:
        """Return the type of an argument in another macro's body."""
        define = use.inside
        assert define is not None
        outer = self._given((use.file, define.name))
        node = parse(use.given[index])
        levels = 0
        while node is not None and node.kind == Kind.UNARY and \
                node.value == "&":
            node, levels = node.kids[0], levels + 1
        if outer is None or node is None or node.kind != Kind.ID or \
                node.value not in (define.params or ()):
            return ""
        return outer[(define.params or ()).index(node.value)] + \
            " *" * levels

    def _result(self, key: Key, params: tuple[str, ...]) -> str:
        """Return the type of a macro's value; void for statements."""
        define = self._found[key]
        if not define.is_value:
            return "void"
        name = define.alias or define.calls
        if effects.releases(name) or name in effects.UNPIN:
            return "void"
        file = key[0]
        for other in [k for k in self._found if k[1] == name]:
            given = self._given(other)
            if given is not None:
                return self._result(other, given)
        callee = self._resolver.program.definition(name, file) \
            if name else None
        if callee is not None:
            return _NUMBER if re.search(r"__[A-Z]|\(", callee.type) or \
                not callee.type else callee.type
        node = parse(define.text)
        return self._member(key, node, params) or _NUMBER

    def _member(self, key: Key, node: Node | None,
                params: tuple[str, ...]) -> str:
        """Return the type of a parameter's member, if that is the value."""
        names: list[str] = []
        while node is not None and node.kind == Kind.MEMBER:
            names.append(node.value.lstrip("->."))
            node = node.kids[0]
        given = self._found[key].params or ()
        kind = params[given.index(node.value)] if node is not None and \
            node.kind == Kind.ID and node.value in given else None
        program = self._resolver.program
        for name in reversed(names):
            tag = types.tag_of(kind or "")
            members = tag and program.members_of(
                program.declaring(tag, name, key[0]), key[0])
            kind = (members or {}).get(name)
        return _decayed(kind) if kind else ""


def _decayed(kind: str) -> str:
    """Return the type of a parameter to which an object is passed."""
    base = _ARRAY.sub("", kind).strip()
    kind = " ".join(base.split()) + (" *" if _ARRAY.search(kind) else "")
    return "void *" if "(" in kind else "" if kind == "void" else kind
