# SPDX-License-Identifier: GPL-2.0-only
"""Decide on each token of a member: what becomes of it, and why.

The order of the questions is that of _verdict(). What a campaign knows of its own
idioms comes before a plain read or store.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pinlib.analysis.arms.inactive_calls import arm_of
from pinlib.base.codes import Code
from pinlib.base.records import Disposition
from pinlib.csource.masking import CText
from pinlib.csource.written.heard import is_file
from pinlib.csource.written.text_files import code_of
from pinlib.engine import accessors
from pinlib.engine.census import Token
from pinlib.engine.declared import Campaign
from pinlib.engine.given import Given, included
from pinlib.engine.objects import Object
from pinlib.engine.uses import Kind, Use
from pinlib.program.function import Function
from pinlib.program.program import Program
from pinlib.reader.output import Node, PASTED


@dataclass(frozen=True)
class Verdict:
    """What is decided on a token; place: the file and line to look at.

    idiom: how it is converted.
    """

    disposition: Disposition
    code: Code
    reason: str
    place: str = ""
    idiom: str = ""


@dataclass(frozen=True)
class Case:
    """One token with what is known of it."""

    token: Token
    text: CText
    function: Function | None
    object: Object | None

    @property
    def use(self) -> Use:
        """Return how it is used; a token that was read has one."""
        assert self.token.use is not None
        return self.token.use

    @property
    def statement(self) -> Node | None:
        """Return the statement that is the use's assignment and nothing else."""
        above = self.use.above()
        next(above, None)
        outer = next(above, None)
        if outer is None or outer.kind != "expression":
            return None
        # The last one in ({ }) is its value.
        block, whole = next(above, None), next(above, None)
        return None if whole is not None and block is not None and \
            whole.kind == "statement-expression" and \
            block.children[-1].index == outer.index else outer


# What a campaign says of the cases of one file: the verdict on some of them.
Own = Callable[[Campaign, Sequence[Case]], Mapping[Token, Verdict]]


def convert(idiom: str, reason: str) -> Verdict:
    """Return the verdict on what an idiom's rule rewrites."""
    return Verdict(Disposition.CONVERT, Code.ACCESSOR, reason, idiom=idiom)


def manual(case: Case, code: Code, reason: str) -> Verdict:
    """Return the verdict on what is left to a person."""
    return Verdict(Disposition.MANUAL, code, reason, case.token.place)


class Judge:
    """Decides on the tokens of one tree. version: of its kernel."""

    def __init__(self, program: Program, campaign: Campaign, version: str,
                 own: Own) -> None:
        self._campaign = campaign
        self._program = program
        self._given = Given(program)
        self._version = version
        self._own = own
        self._accessors = frozenset(accessors.names(campaign))
        header = program.tree.root / campaign.counted.header
        # What the tree has itself is no other thing of that name.
        self._lacking = frozenset(accessors.missing(
            campaign, code_of(header) if is_file(header) else ""))

    def file(self, cases: Sequence[Case]) -> list[Verdict]:
        """Return the verdicts on the cases of one file."""
        found = {id(case): self._verdict(case) for case in cases}
        left = [case for case in cases if found[id(case)] is None]
        own = self._own(self._campaign, left)
        return [self._named(case, self._certain(
            case, found[id(case)] or own.get(case.token) or self._plain(case)))
            for case in cases]

    def _verdict(self, case: Case) -> Verdict | None:
        """Return what is decided before anybody looks at idioms."""
        token, member = case.token, self._campaign.counted.name
        if token.kind == Kind.DISABLED:
            return Verdict(Disposition.INACTIVE, Code.NOT_COMPILED,
                           f"Linux {self._version} does not compile this line: "
                           f"it is {arm_of(case.text, token.line)}.")
        if token.use is None:
            return manual(case, *(
                (Code.MACRO_TEXT, f"A macro names {member} in text that was not "
                 "read.") if token.kind == Kind.MACRO else
                (Code.TOKEN_NOT_READ, f"The code that names {member} here was "
                 "not read.")))
        if token.file in self._campaign.core and (
                case.use.kind == Kind.DECLARATION or case.function is not None
                and case.function.name in self._accessors):
            return Verdict(Disposition.CORE, Code.ACCESSORS_OWN, (
                f"{token.file} declares {member} and its accessors, whose own code "
                "goes on naming it."))
        if not self._campaign.counted.struct:
            return self._called(case)
        if case.use.kind == Kind.OTHER and self._is_told(case):
            return manual(case, Code.MACRO_TEXT, f"A macro may name {member} by "
                          "this.")
        if case.use.kind in (Kind.DECLARATION, Kind.OTHER, Kind.CALL):
            return Verdict(Disposition.KEEP, Code.OTHER_TYPE, (
                f"The name is none of struct {self._campaign.counted.struct}'s "
                "member here."))
        if case.use.kind == Kind.LAYOUT:
            kept = self._campaign.asking("layout")
            return Verdict(Disposition.KEEP, kept.code, kept.reason) if kept \
                else manual(case, Code.NO_FORM,
                            "It asks where the member is, which no accessor tells.")
        return self._object(case) or self._macro(case)

    def _called(self, case: Case) -> Verdict:
        """Return the verdict on a token of a function's name."""
        if case.use.kind == Kind.DECLARATION:
            return Verdict(Disposition.KEEP, Code.OTHER_TYPE,
                           "The function is defined or declared here.")
        if case.use.kind != Kind.CALL or any(
                node.flags & PASTED for node in case.use.around):
            return manual(case, Code.NO_FORM,
                          "The function is named here, and not called.")
        return convert("call", "The function is called.")

    def _object(self, case: Case) -> Verdict | None:
        """Return the verdict on what is not the campaign's structure."""
        known = case.object
        if known is None or not known.type:
            what = "".join(known.text.split()) if known and known.text \
                else "what is initialised"
            return manual(case, Code.TYPE_UNKNOWN, (
                f"The type of `{what}` is not known." if known and known.text
                else f"The type of {what} is not known."))
        if known.volatile:
            return manual(case, Code.NO_FORM, "The object is volatile, and no "
                          "accessor's is.")
        if known.own:
            return None
        kept = self._campaign.of_type(known.type)
        return Verdict(Disposition.KEEP, kept.code if kept else Code.OTHER_TYPE,
                       kept.reason if kept else known.why)

    def _macro(self, case: Case) -> Verdict | None:
        """Return the verdict on what no rule can edit in a macro's text."""
        if not case.use.in_macro:
            return None
        if any(node.flags & PASTED for node in case.use.around):
            return manual(case, Code.MACRO_TEXT,
                          "The macro makes the code of pieces of names.")
        if case.use.kind == Kind.INITIALISER:
            return None
        if case.use.kind != Kind.READ:
            return manual(case, Code.MACRO_TEXT, "The macro does more with the "
                          "member than read it.")
        base = case.use.base
        if case.use.member is not None and case.use.member.op == "." and (
                base is None or _root(base).kind == "name"):
            return manual(case, Code.MACRO_TEXT, "What the macro is given may have "
                          "no address.")
        return convert("read", "The macro reads the member, and the reader can "
                       "stand in its text.")

    def _plain(self, case: Case) -> Verdict:
        """Return the verdict on a use by itself."""
        use = case.use
        if case.function is None and use.declaration.kind != "function":
            return manual(case, Code.NO_FORM,
                          "Outside of functions no accessor can be called.")
        if use.member is None or use.member.op == "." and not addressable(use.base):
            return manual(case, Code.NO_ADDRESS,
                          "The object is a value, which has no address.")
        if _is_made(use.base):
            return manual(case, Code.NO_FORM, "The object is made as it is named.")
        if any(node.kind == "asm" for node in use.around):
            return manual(case, Code.NO_FORM, "Assembly is given the member.")
        if use.kind == Kind.ADDRESS:
            return manual(case, Code.NO_FORM, "The address of the member is taken.")
        if use.kind == Kind.READ:
            return convert("read", "The member is read.")
        if case.statement is None:
            return manual(case, Code.NO_FORM,
                          "The value of writing the member is used.")
        if use.kind == Kind.STORE:
            return convert("store", "The member is written by itself.")
        if use.kind == Kind.STEP and use.base is not None and \
                _steps_on(use) and not acts(use.base):
            return convert("step", "The member is stepped, which stores what is "
                           "read and changed.")
        return manual(case, Code.NO_FORM, "No accessor does this to the member.")

    def _defines(self, file: str, name: str) -> bool:
        return any(f.name == name for f in self._program.in_file(file)) or bool(
            re.search(rf"^[ \t]*#[ \t]*define[ \t]+{name}\b",
                      self._program.text(file).whole, re.M))

    def _is_told(self, case: Case) -> bool:
        """Say whether a macro may make the name a member's, or is the name."""
        around = case.use.around
        if case.function is not None and case.token.name in case.function.types:
            return False
        return case.use.in_macro or bool(around) and around[0].kind == "arg"

    def _certain(self, case: Case, verdict: Verdict) -> Verdict:
        """Leave what is of a form that a rule rewrites, and is more than that."""
        if not verdict.idiom or case.use.base is None:
            return verdict
        file, text, base = case.token.file, case.text.for_reader(), case.use.base
        if case.use.kind == Kind.READ:
            name = self._given.wants_object(file, text, case.use)
            if name:
                return manual(case, Code.NO_FORM, f"{name}() wants the member "
                              "itself, and no value.")
        member = case.use.member
        by_value = member is not None and member.op == "."
        if by_value or verdict.idiom not in ("read", "store"):
            name = self._given.acting(
                file, text, _root(base) if verdict.idiom in ("read", "store")
                else base)
            if name:
                return manual(case, Code.MACRO_TEXT, f"{name} is a macro, and what "
                              "it does here is not known.")
        if by_value and case.function is not None and _root(base).kind == "name" \
                and re.search(r"\bregister\b[^;{}]*\b" +
                              re.escape(_of(text, base)) +
                              r"\b", text[case.text.offset(case.function.line):
                                          case.function.body[1]]):
            return manual(case, Code.NO_ADDRESS,
                          "The object is in a register, which has no address.")
        return verdict

    def _named(self, case: Case, verdict: Verdict) -> Verdict:
        """Leave a file that has another thing of an accessor's name."""
        idiom = self._campaign.idioms.get(verdict.idiom)
        if verdict.idiom and idiom is None:
            return manual(case, Code.NO_FORM, "The campaign has no rule for this: "
                          f"{verdict.idiom}.")
        for new in idiom.fields.values() if idiom else ():
            other = included(case.text, self._program.naming_files(new) - {
                self._campaign.counted.header}) if new in self._lacking else ""
            if other and self._defines(other, new):
                return Verdict(Disposition.MANUAL, Code.NAME_TAKEN, (
                    f"{other} has another {new} than the accessor."),
                    case.token.place)
            if new in self._lacking and new in case.text.words and \
                    case.token.file != self._campaign.counted.header:
                line = case.text.line_of(case.text.words[new][0])
                return Verdict(Disposition.MANUAL, Code.NAME_TAKEN, (
                    f"The file has another {new} than the accessor."),
                    f"{case.token.file}:{line}")
        return verdict


def _steps_on(use: Use) -> bool:
    """Say whether something is added, which it does not matter when to ask for."""
    outer = use.outer
    return outer is not None and (outer.op == "++" or outer.op == "+=" and
                                  not acts(outer.children[1]))


def _is_made(node: Node | None) -> bool:
    """Say whether an object is what ++ or { } gives, without parentheses."""
    while node is not None and node.kind == "member":
        node = node.children[0]
    return node is not None and node.kind in ("postfix", "compound")


def _of(text: str, node: Node) -> str:
    """Return the name at the beginning of an object."""
    root = _root(node)
    return text[root.start:root.end]


def _root(node: Node) -> Node:
    """Return what is at the beginning of an object, without parentheses."""
    while node.kind in ("paren", "member", "index") and not (
            node.kind == "member" and node.op == "->"):
        node = node.children[0]
    return node


def addressable(node: Node | None) -> bool:
    """Say whether the address of an object can be taken."""
    if node is None:
        return False
    if node.kind == "paren" or node.kind == "member" and node.op == ".":
        return addressable(node.children[0])
    return node.kind in ("name", "index", "member", "compound") or \
        node.kind == "unary" and node.op == "*"


def acts(node: Node) -> bool:
    """Say whether it matters how often an expression is evaluated."""
    return any(piece.kind in ("call", "assign", "postfix", "statement-expression",
                              "cast-or-call", "joined")
               or piece.kind == "unary" and piece.op in ("++", "--")
               for piece in node.walk())
