# SPDX-License-Identifier: GPL-2.0-only
"""Apply the planned edits of one release group, all of them or none.

The files of a group are copied aside under plain names, so that no file name of
a checkout ever reaches a shell, and one spatch process runs every rule over
them: with two, the positions would no longer fit for the second. The ledger then
checks the old and new text against the plan. An include and the words of a
message are edited as text, since SmPL can reach neither. What Coccinelle
cannot read is away while it works (stand_ins.py); all others see the texts as
they are. A macro that is read as a function is one for all of them, and a macro
again in what comes out.
"""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pinlib.base.edit.declared import Declared
from pinlib.base.edits import (Comment, Edit, Include, Member, Message, Pin,
                               Unpin, UnpinPages, Words)
from pinlib.base.errors import RuleError
from pinlib.base.line_ends import plain, restored
from pinlib.base.resources import MACROS
from pinlib.csource import lexer
from pinlib.csource.arms import Known, NOTHING
from pinlib.csource.macro_function import NotClosed, OpenedFile
from pinlib.csource.masking import CText
from pinlib.kernel.view import View
from pinlib.rewrite import includes, kept_edits, ledger, stand_ins
from pinlib.rewrite.ledger import Checked, LedgerMismatch
from pinlib.rewrite.member_place import member_place
from pinlib.rewrite.rule_set import PINS, RuleSet
from pinlib.rewrite.stand_ins import LEFT_OUT
from pinlib.rewrite.whitespace import cast, tidy
from pinlib.spatch import in_convert_rules, runner

__all__ = ["LedgerMismatch", "RuleError", "apply_group"]

ORIGINALS = "originals"


def rules_for(edits: Sequence[Edit]) -> list[Path]:
    """List the rule files that a release group needs, in their order."""
    return PINS.needed(edits)


def apply_group(tree: View, group: str, planned: Sequence[Edit],
                timeout: int = runner.TIMEOUT,
                rules: RuleSet = PINS) -> dict[str, bytes]:
    """Make every edit of a group; returns the new contents of its files.

    Raises RuleError unless all were made and nothing else was changed.
    """
    files = sorted({edit.file for edit in planned})
    checked_out = {file: _read(tree.plain.path(file)) for file in files}
    old = {file: plain(_opened(tree, file, text))
           for file, text in checked_out.items()}
    edits = [_placed(edit, old) for edit in planned]
    _refuse_in_macros(tree, edits)
    try:
        made, away = _checked(tree, old, edits, group, timeout, rules, True)
    except RuleError:
        # A type may be one only where other functions show it.
        made, away = _checked(tree, old, edits, group, timeout, rules, False)
    result = {}
    for one in made:
        text = stand_ins.taken_out(one.file, _messages(one), away[one.file])
        for edit in one.edits:
            if isinstance(edit, Include):
                text = includes.add(one.file, text, edit.header)
        result[one.file] = restored(
            checked_out[one.file], _closed(tree, one.file, text)
        ).encode("latin-1")
    return result


def apply_each(tree: View, group: str, planned: Sequence[Edit],
               rules: RuleSet, timeout: int = runner.TIMEOUT,
               ) -> dict[str, bytes]:
    """Make every edit of a group, with a process for each of its files.

    What Coccinelle takes for a type in one file then stays there.
    """
    made: dict[str, bytes] = {}
    for file in sorted({edit.file for edit in planned}):
        made |= apply_group(tree, group, [
            edit for edit in planned if edit.file == file], timeout, rules)
    return made


def _checked(tree: View, old: dict[str, str], edits: Sequence[Edit],
             group: str, timeout: int, rules: RuleSet, alone: bool) -> tuple[
                 list[Checked], dict[str, list[stand_ins.StandIn]]]:
    """Return each file with its edits, and what is still away there.

    alone: Coccinelle sees only the functions that they are made in.
    """
    new, away, keep = _rewritten(old, edits, rules, group, timeout,
                                 tree.known, tree.macros, alone)
    new |= {file: _renamed(file, text, edits) for file, text in new.items()}
    new |= {file: known.joined(new[file])
            for file, known in tree.macros.items() if file in new}
    made = [_tidied(file, stand_ins.put(old[file], away[file]), new[file], [
        edit for edit in edits if edit.file == file]) for file in sorted(old)]
    ledger.check(*made, rules=rules.ledger)
    keep()
    return made, away


def _opened(tree: View, file: str, text: str) -> str:
    """Return the text of a file with functions in place of macros."""
    known = tree.macros.get(file)
    if known is None:
        return text
    if known.text != text:
        raise RuleError(f"{file}: it has changed since it was read")
    return known.opened()


def _closed(tree: View, file: str, text: str) -> str:
    """Return an edited text with macros in place of functions again."""
    known = tree.macros.get(file)
    try:
        return known.closed(text) if known else text
    except NotClosed as error:
        raise RuleError(f"{file}: {error}") from error


def _in_macro(macros: Mapping[str, OpenedFile], edit: Edit) -> bool:
    known = macros.get(edit.file)
    return known is not None and known.holds(edit.line)


def _refuse_in_macros(tree: View, edits: Sequence[Edit]) -> None:
    """Refuse what would write statements of its own into a macro."""
    for edit in edits:
        if _in_macro(tree.macros, edit) and not isinstance(
                edit, (Pin, Unpin, UnpinPages, Words)):
            raise RuleError(f"{edit.file}:{edit.line}: {edit.does} is not made "
                            "in a macro")


def _tidied(file: str, old: str, new: str, edits: Sequence[Edit]) -> Checked:
    new = tidy(old, new, [e.name for e in edits if isinstance(e, Member)])
    names = {e.field("new") for e in edits if isinstance(e, Declared)}
    return Checked(file, old, cast(old, new, names) if names else new, edits)


def _placed(edit: Edit, texts: dict[str, str]) -> Edit:
    """Return an edit with its place, which for a member only the text shows."""
    if not isinstance(edit, Member):
        return edit
    line, column = member_place(texts[edit.file], edit)
    return dataclasses.replace(edit, line=line, column=column)


def _read(path: Path) -> str:
    # With Latin-1 a column is the byte that Coccinelle counts.
    try:
        return path.read_bytes().decode("latin-1")
    except OSError as error:
        raise RuleError(f"{path}: {error.strerror}") from error


def transform(old: dict[str, str], edits: Sequence[Edit],
              rules: RuleSet, group: str,
              timeout: int = runner.TIMEOUT) -> dict[str, str]:
    """Return the new texts, from one spatch process with all of the rules."""
    return _rewritten(old, edits, rules, group, timeout, NOTHING, {}, False,
                      rules.all())[0]


def _rewritten(old: dict[str, str], edits: Sequence[Edit], rules: RuleSet,
               group: str, timeout: int, known: Known,
               macros: Mapping[str, OpenedFile], alone: bool,
               run: Sequence[Path] = ()) -> tuple[
                   dict[str, str], dict[str, list[stand_ins.StandIn]],
                   Callable[[], None]]:
    """Return the new texts, less what this kernel does not compile.

    And what stands for that in each: such an arm is as little to be changed as
    a comment is, and no part of a call that it stands in. Last, what keeps the
    answer. macros: those that are functions in the texts. Nothing is joined in
    them: what has an address in a function may have none in a macro. run: the
    rule files, if not those that the edits need.
    """
    run = run or rules.needed(edits)
    kept: dict[str, list[stand_ins.StandIn]] = {file: [] for file in old}
    if not run:
        return dict(old), kept, lambda: None
    texts = {e.file for e in edits} - {e.file for e in edits if e.needs}
    touched = sorted(set(old) - texts)
    with tempfile.TemporaryDirectory(prefix="gup2pin-") as name:
        work = Path(name)
        names = {file: f"f{number}{Path(file).suffix}"
                 for number, file in enumerate(touched)}
        away = _write(work, {names[file]: old[file] for file in touched},
                      known, [_edited(edits, file) for file in touched]
                      if alone else [])
        copies = {file: work / names[file] for file in touched}
        plan = [edit.to_json() | {
            "path": str(copies[edit.file]),
            "original": str(work / ORIGINALS / names[edit.file]),
            "in_place": _in_macro(macros, edit)}
            for edit in edits if edit.needs]
        (work / "plan.json").write_text(json.dumps(plan), encoding="latin-1")
        if rules.marked:
            _mark(copies, plan)
        idle = rules.idle(plan)
        (work / "rules.cocci").write_text("\n".join(
            rule.read_text() for rule in run if rule.stem not in idle))
        answer = kept_edits.Answer(work, [
            work / "plan.json", work / "rules.cocci", *copies.values(),
            *(work / ORIGINALS / name for name in names.values())])
        made = answer.known(len(copies))
        if not made:
            run_spatch(work, [str(c) for c in copies.values()], group, timeout)
            made = [copy.read_bytes().decode("latin-1")
                    for copy in copies.values()]
        new = dict(old)
        for (file, copy), text in zip(copies.items(), made):
            found = away[copy.name]
            kept[file] = [s for s in found if s.construct == LEFT_OUT]
            new[file] = stand_ins.taken_out(
                file, text, [s for s in found if s.construct != LEFT_OUT])
        return new, kept, lambda: answer.keep(made)


def _mark(copies: Mapping[str, Path],
          plan: Sequence[Mapping[str, object]]) -> None:
    """Put the mark of each edit in the place of its token.

    Where that does not stand there, nothing is made, and the ledger says so.
    """
    for file, copy in copies.items():
        text = copy.read_bytes().decode("latin-1")
        found = [(_offset(text, int(str(edit["line"])), int(str(edit["column"]))),
                  number, str(edit["token"])) for number, edit
                 in enumerate(plan) if edit["file"] == file]
        for at, number, token in sorted(found, reverse=True):
            mark = in_convert_rules.mark(number, token)
            if mark in text:
                raise RuleError(f"{file}: {mark} has a meaning of its own")
            if text.startswith(token, at):
                text = text[:at] + mark + text[at + len(token):]
        copy.write_bytes(text.encode("latin-1"))


def _offset(text: str, line: int, column: int) -> int:
    """Return the offset of a place, which may be behind the text."""
    return sum(len(x) + 1 for x in text.split("\n")[:line - 1]) + column


def _edited(edits: Sequence[Edit], file: str) -> stand_ins.Edited:
    """Return what of a file the edits of a group concern."""
    values = [str(value) for edit in edits for key, value in
              edit.to_json().items() if key in ("token", "target")]
    return stand_ins.Edited(
        frozenset(edit.line for edit in edits if edit.file == file),
        frozenset(re.findall(r"\w+", " ".join(values))))


def _write(work: Path, texts: dict[str, str], known: Known,
           edited: Sequence[stand_ins.Edited]) -> dict[
               str, list[stand_ins.StandIn]]:
    """Write texts as they are, and as Coccinelle can read them."""
    originals = work / ORIGINALS
    originals.mkdir()
    for name, text in texts.items():
        (originals / name).write_bytes(text.encode("latin-1"))
    found = dict(zip(texts, stand_ins.find(
        [originals / name for name in texts], known, edited)))
    for name, text in texts.items():
        (work / name).write_bytes(
            stand_ins.put(text, found[name]).encode("latin-1"))
    return found


def run_spatch(work: Path, files: list[str], group: str,
               timeout: int) -> None:
    """Run work/rules.cocci over files in place, or raise one clear error."""
    command = ["spatch", *runner.PYTHON, "--very-quiet", "--no-includes",
               "--in-place", "--no-show-diff", f"--timeout={timeout}",
               f"--macro-file={MACROS}",
               f"{work}/rules.cocci", *files]
    env = {**runner.environment(work), "GUP2PIN_PLAN": f"{work}/plan.json"}
    try:
        done = subprocess.run(
            command, cwd=work, env=env, check=False, encoding="latin-1",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=timeout * (len(files) + 1))
    except subprocess.TimeoutExpired as error:
        raise RuleError(f"{group}: spatch did not finish in "
                        f"{error.timeout:.0f} s") from error
    except OSError as error:
        raise RuleError(f"spatch: {error.strerror}") from error
    exception = re.search(r"^.*EXN:.*$", done.stderr, re.M)
    if exception:
        raise RuleError(f"{group}: {exception.group().strip()}")
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise RuleError(f"{group}: spatch: exit {done.returncode}: "
                        f"{lines[-1] if lines else 'no message'}")


def _renamed(file: str, text: str, edits: Sequence[Edit]) -> str:
    """Change the tokens of a file for which a campaign has no rule.

    Such stand where none can: in a declaration, or in any macro.
    """
    here = [edit for edit in edits if edit.file == file]
    words = [edit for edit in here
             if isinstance(edit, Declared) and not edit.needs]
    if words and any(edit.needs for edit in here):
        raise RuleError(f"{file}: its places hold for one way to edit it")
    for edit in sorted(words, key=lambda e: (e.line, e.column), reverse=True):
        at = _offset(text, edit.line, edit.column)
        if text.startswith(edit.token, at):
            text = text[:at] + edit.field("new") + text[at + len(edit.token):]
    return text


def _messages(made: Checked) -> str:
    """Change comments, and an API's name in those and strings the plan names."""
    file, new = made.file, made.new
    before, after = lexer.hidden(made.old), lexer.hidden(new)
    if len(before) != len(after):
        raise LedgerMismatch(file, 1, "a comment or string was lost")
    text = CText(made.old)
    changes: list[tuple[int, int, str]] = []
    for edit in made.edits:
        if isinstance(edit, Comment):
            changes.append(_comment(made, edit, list(zip(before, after))))
        if not isinstance(edit, Message):
            continue
        word = re.compile(rf"\b{re.escape(edit.old)}\b")
        found = [(region, nth) for region, piece in enumerate(before)
                 for nth, match in enumerate(word.finditer(piece.text))
                 if text.line_of(piece.start + match.start())
                 == edit.line]
        if not found:
            raise LedgerMismatch(file, edit.line,
                                 f"no message names {edit.old}()")
        for region, nth in found:
            piece = after[region]
            match = list(word.finditer(piece.text))[nth]
            changes.append((piece.start + match.start(),
                            piece.start + match.end(), edit.new))
    for start, end, name in sorted(set(changes), reverse=True):
        new = new[:start] + name + new[end:]
    return new


def _comment(made: Checked, edit: Comment, pieces: Sequence[
        tuple[lexer.Token, lexer.Token]]) -> tuple[int, int, str]:
    """Return where a comment is, and the one in its place."""
    text = CText(made.old)
    for before, after in pieces:
        if text.line_of(before.start) == edit.line and \
                edit.old == before.text == after.text:
            return after.start, after.start + len(after.text), edit.new
    raise LedgerMismatch(made.file, edit.line, "the comment is another one")
