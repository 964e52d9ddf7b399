# SPDX-License-Identifier: GPL-2.0-only
"""Apply what several kernels need changed in the same files, as one change.

Each kernel's edits are made in the code that it compiles, and checked by the
ledger. What comes out is joined line by line, and each kernel must then compile
what came out for it alone.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from pinlib.base.edits import Alias, Edit
from pinlib.base.errors import RuleError
from pinlib.base.line_ends import plain, restored
from pinlib.csource import lexer
from pinlib.csource.arms import Known
from pinlib.csource.masking import CText
from pinlib.kernel.view import View
from pinlib.rewrite import includes
from pinlib.rewrite.apply import apply_group

_VERSION = "linux/version.h"

# Where lines of a text begin and end, from 0, and what is there instead.
Change = tuple[int, int, tuple[str, ...]]


def apply_all(group: str, plans: Sequence[tuple[View, Sequence[Edit]]]
              ) -> dict[str, bytes]:
    """Make the edits of a group for each kernel, the checkout's own first.

    Returns the new contents of files; raises RuleError unless all were made.
    """
    tree = plans[0][0].plain
    made: list[tuple[Known, dict[str, str]]] = []
    for view, edits in plans:
        new = apply_group(view, group, [e for e in edits
                                        if not isinstance(e, Alias)])
        made.append((view.known, {file: data.decode("latin-1")
                                  for file, data in new.items()}))
    aliases = {e.file: e for e in plans[0][1] if isinstance(e, Alias)}
    result = {}
    for file in sorted({file for _, new in made for file in new}):
        old = tree.path(file).read_bytes().decode("latin-1")
        text = join(file, old, [(known, new[file]) for known, new in made
                                if file in new])
        if file in aliases:
            text = restored(old, with_aliases(plain(text), aliases[file]))
        result[file] = text.encode("latin-1")
    return result


def join(file: str, old: str, made: Sequence[tuple[Known, str]]) -> str:
    """Return one text that each kernel compiles as the one made for it."""
    alike = {new for _, new in made}
    if len(alike) == 1:
        return alike.pop()
    lines = old.split("\n")
    changes = sorted({change for _, new in made
                      for change in _changes(lines, new.split("\n"))})
    out: list[str] = []
    at = 0
    for start, end, new in changes:
        if start < at:
            raise RuleError(f"{file}:{start + 1}: two kernels need different "
                            "changes here")
        out += [*lines[at:start], *new]
        at = end
    text = "\n".join(out + lines[at:])
    for known, alone in made:
        if _compiled(text, known) != _compiled(alone, known):
            raise RuleError(f"{file}: Linux {known.version} would not compile "
                            "what its own edits make")
    return text


def _changes(old: list[str], new: list[str]) -> Iterable[Change]:
    matcher = difflib.SequenceMatcher(None, old, new, False)
    for tag, start, end, low, high in matcher.get_opcodes():
        if tag != "equal":
            yield start, end, tuple(new[low:high])


def _compiled(text: str, known: Known) -> list[str]:
    """Return the words of a text that a kernel compiles, and its directives."""
    return lexer.words(CText(text, known).visible)


def _place(alias: Alias, text: str) -> int:
    """Return where names can be defined before any is used."""
    words = CText(text, None).words
    return includes.behind(alias.file, text, min(
        offset for pair in alias.names.split()
        for offset in words[pair.partition("=")[0]]))


def with_aliases(text: str, alias: Alias) -> str:
    """Add the names for older kernels behind the includes."""
    pairs = [pair.partition("=") for pair in alias.names.split()]
    at = _place(alias, text)
    if not includes.has(text, _VERSION, at):
        text = includes.add(alias.file, text, _VERSION)
        at = _place(alias, text)
    numbers = ", ".join((*alias.before.split("."), "0"))
    block = [] if includes.has(text, _VERSION, at) else [
        f"#include <{_VERSION}>"]
    block += ["", "/* There are no pins before. */",
              f"#if LINUX_VERSION_CODE < KERNEL_VERSION({numbers})"]
    for new, _, name in pairs:
        # Those before 5.2 have no such flag.
        block += [f"#undef {new}"] if name == "0" else []
        block.append(f"#define {new} {name}")
    block += ["#endif", "" if text[at:at + 1] == "\n" else "\n"]
    return text[:at] + "\n".join(block) + text[at:]
