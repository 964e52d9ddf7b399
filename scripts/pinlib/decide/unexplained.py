# SPDX-License-Identifier: GPL-2.0-only
"""Check the second identity: every release near a group is accounted for.

A release that the flow did not reach may still drop the group's pages: by a page
number kept in a cookie, through a macro, in code that was not read. So
every release call in the files at hand must be in the flow, or drop something
whose source is known to be another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pinlib.base.codes import Code
from pinlib.base.why_not import WhyNot
from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.flow import borrowed_tables
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import EventKind, RELEASE_KINDS
from pinlib.flow.other_tables import run_over
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.program.function import Function, Statement, Use
from pinlib.program.locations import Location, LocationKind, Resolver
from pinlib.program.program import C_FILES, Program

WORDS = effects.RELEASES - frozenset(effects.UNPIN)

# What gives the page of its first argument, or its head.
_PAGE_OF = frozenset(("sg_page", "sg_page_iter_page", "compound_head", "page_folio",
                      "skb_frag_page", "nth_page"))
# Where the kernel stores the tables that it is given.
_TABLES = frozenset({("iov_iter", "bvec"), ("bio", "bi_io_vec")})
_HIDDEN = "{}() stands in a macro, whose uses are not followed."
_UNION = re.compile(r"\bunion(?:\s+\w+)?\s*$")


def unexplained(program: Program, resolver: Resolver,
                site: CallSite) -> WhyNot | None:
    """Return the first release that is not accounted for, or None."""
    for place, word, hidden, use in _near(program, site):
        if hidden:
            return _unaccounted(place, _HIDDEN.format(word))
        if use is None:
            return _unaccounted(
                place, f"{word}() is in code that the facts do not cover.")
        if not _other(resolver, site, use, 0):
            return _unaccounted(place, f"What {word}() drops here is not "
                                "known, so it may be one of these pages.")
    return None


def in_macro(program: Program, site: CallSite) -> WhyNot | None:
    """Return a release near the group that stands in a macro, or None."""
    return next((_unaccounted(at, _HIDDEN.format(word)) for at, word, hidden, _
                 in _near(program, site) if hidden), None)


def _near(program: Program, site: CallSite) -> Iterator[
        tuple[str, str, bool, Use | None]]:
    """Yield each other release by place, name, if a macro has it, and use."""
    known = _reached(site)
    for file in sorted(_files(program, site)):
        text = program.text(file)
        for word in sorted(WORDS & set(text.words)):
            placed = _placed(program, file, word)
            for offset in text.words[word]:
                line, _ = place = text.place_of(offset)
                if not text.is_disabled(line) and (file, line) not in known \
                        and not _is_label(text.code, offset, len(word)):
                    yield (f"{file}:{line}", word, text.directive_at(offset)
                           == "define", placed.get(place))


def _unaccounted(place: str, reason: str) -> WhyNot:
    return WhyNot(Code.RELEASE_UNEXPLAINED, reason, place)


def _unseen_use(place: str, reason: str) -> WhyNot:
    return WhyNot(Code.USE_NOT_SEEN, reason, place)


def unseen(program: Program, resolver: Resolver,
           site: CallSite) -> WhyNot | None:
    """Return the use of a holder where facts do not reach, or None.

    Every occurrence of a holder's name in the text must lie in an
    expression that facts gave: not in a macro's body, nor in the head of a
    switch or do-while, nor seen through another structure.
    """
    for location in site.flow.locations:
        if location.kind == LocationKind.VAR:
            function = program.function(location.file, location.owner)
            if function:
                line = _uncovered(function, location.name, "")
                if line:
                    return _unseen_use(
                        f"{function.file}:{line}", f"{location.name} is "
                        "named here, where facts do not reach.")
        elif location in site.flow.borrowed:
            place = borrowed_tables.hidden(program, location,
                                           program.tree.home(site.file))
            if place:
                return _unseen_use(
                    place, f"A macro that names member {location.name} "
                    "is used here; what it does is not followed.")
        elif location.kind == LocationKind.MEM:
            found = _member(program, resolver, location)
            if found:
                return found
    return None


def _uncovered(function: Function, name: str, before: str) -> int:
    """Return the line of an occurrence outside every expression, or 0."""
    text = function.text
    low, high = function.body
    for offset in text.words.get(name, ()):
        if not low < offset < high or text.is_disabled(
                text.line_of(offset)):
            continue
        lead = text.code[:offset].rstrip()[-2:]
        member = lead.endswith((".", "->"))
        if bool(before) != member or _compared(function, offset) or \
                not before and _is_label(text.code, offset, len(name)):
            continue
        if not any(s.start <= offset < s.end for s in function.statements) \
                and not any(s.fact.kind == "declare" and s.fact.line ==
                            text.line_of(offset)
                            for s in function.statements) \
                and name not in _declared_at(function, text.line_of(offset)):
            return text.line_of(offset)
    return 0


def _is_label(code: str, offset: int, length: int) -> bool:
    """Say whether a name is that of a label, which has its own name space in C."""
    start = code.rfind("\n", 0, offset) + 1
    return code[:offset].rstrip().endswith("goto") or (
        not code[start:offset].strip() and bool(
            re.compile(r"\s*:(?!:)").match(code, offset + length)))


def _declared_at(function: Function, line: int) -> set[str]:
    """Return the names that a line declares without a value."""
    text = function.text.code_line(line)
    words = set(re.findall(r"\w+", text)) & set(function.types)
    return words if re.match(
        r"\s*(?:const\s+|static\s+)*(?:struct|union|unsigned|void|char|int|"
        r"long|u\d+|size_t)\b", text) or text.rstrip().endswith(
            (",", ";")) and "=" not in text and "(" not in text else set()


def _compared(function: Function, offset: int) -> bool:
    """Say whether an occurrence is in a do-while's condition that calls nothing."""
    code = function.text.code
    heads = [m for m in re.finditer(r"\}\s*while\s*\(", code[:offset])]
    if not heads:
        return False
    opening = heads[-1].end() - 1
    close = function.text.matching(opening)
    return opening < offset < close and not re.search(
        r"\w\s*\(", code[opening + 1:close])


def _member(program: Program, resolver: Resolver,
            location: Location) -> WhyNot | None:
    base = location.owner.split("::")[0]
    tags = {base, *program.outer(base, location.file)}
    home = program.tree.home(location.file)
    files = {file for tag in tags for file in program.naming_files(tag)
             if file.startswith(home) and file.endswith(C_FILES)}
    for name, line, body in program.bodies(location.file, base):
        head = program.text(location.file).code[
            :program.brace(base, location.file, line)]
        whole = _UNION.search(head[-200:])
        if name == base and re.search(
                rf"union\s*\w*\s*\{{[^{{}}]*\b{location.name}\b",
                f"union {{{body}" if whole else body):
            return _unseen_use(
                f"{location.file}:{line}", f"Member {location.name} "
                "shares its place with others in a union.")
    for file in sorted(files):
        text = program.text(file)
        for offset in text.words.get(location.name, ()):
            if text.directive_at(offset) == "define" and \
                    text.visible[:offset].rstrip().endswith((".", "->")):
                return _unseen_use(
                    f"{file}:{text.line_of(offset)}", "A macro names member "
                    f"{location.name}; its uses are not followed.")
        if re.search(r"#\s*define[^\n]*(?:->|\.)\s*\w+\s*##", text.visible):
            return _unseen_use(
                f"{file}:1", "A macro of this file pastes the names of members "
                "together.")
        for function in program.in_file(file):
            line = _uncovered(function, location.name, "->")
            if line and tags & set(text.words):
                return _unseen_use(
                    f"{file}:{line}", f"Member {location.name} is named "
                    "here, where facts do not reach.")
            if given := _given_member(program, files, function, location.name):
                return _unseen_use(str(given), "A macro is given the name of "
                                   f"member {location.name}; what it does with "
                                   "it is not followed.")
            for tag in sorted(tags):
                seen = _other_view(resolver, function, tag, location.name)
                if seen:
                    return _unseen_use(
                        seen, f"struct {tag} is read here as something "
                        "else, which may name the pages otherwise.")
    return None


def _given_member(program: Program, files: set[str], function: Function,
                  member: str) -> Statement | None:
    """Return where a macro is passed the name of a member."""
    return next((
        use.statement for file in sorted({function.file, *files})
        for name, places in program.macros.by_member(file).items()
        for use in function.uses.get(name, ()) for at in places
        if member in re.findall(r"\w+", str(use.argument(at)))), None)


def _other_view(resolver: Resolver, function: Function, tag: str,
                member: str) -> str:
    """Return where a structure is cast to another, copied, or taken apart."""
    for statement in function.statements:
        for node in statement.nodes("("):
            if node.kind == Kind.CAST:
                target = types.tag_of(resolver.type_of(
                    function, node) or "")
                if _behind(node.kids[0]):
                    continue
                declared = resolver.type_of(function, node.kids[0]) or ""
                if target and target != tag and \
                        types.tag_of(declared) == tag:
                    return str(statement)
            if node.kind == Kind.CALL and node.kids[0].value == "offsetof" \
                    and any(n.value == member for n in node.walk()) and \
                    any(tag in n.value for n in node.walk()):
                return str(statement)
            source = effects.copied_from(node)
            if source is not None:
                declared = resolver.type_of(function, source) or ""
                if types.tag_of(declared) == tag and \
                        types.depth_of(declared) < 2:
                    return str(statement)
    return ""


def _reached(site: CallSite) -> set[tuple[str, int]]:
    """Return the lines of the releases that the flow found."""
    return {(e.function.file, line)
            for e in site.flow.of(*RELEASE_KINDS)
            for line in range(e.statement.fact.line,
                              e.statement.fact.line_end + 1)}


def _files(program: Program, site: CallSite) -> set[str]:
    """Return the site's file, those its pages are seen in, and their struct's."""
    files = {site.file} | {e.function.file for e in site.flow.events
                           if e.kind not in (EventKind.LOOK, EventKind.CPU)}
    home = program.tree.home(site.file)
    tags = {tag for la in site.flow.locations if la.kind == LocationKind.MEM
            for base in (la.owner.split("::")[0],)
            for tag in (base, *program.outer(base, la.file))}
    for tag in tags:
        files |= {f for f in program.naming_files(tag) if f.startswith(home)}
    return {f for f in files if f.startswith(home)
            and f.endswith(C_FILES) and not program.tree.is_kernel(f)}


def _placed(program: Program, file: str,
            word: str) -> dict[tuple[int, int], Use]:
    found = {}
    for function in program.mentioning(word, {file}):
        for use in function.uses.get(word, ()):
            place = function.position(use)
            if place:
                found[place] = use
    return found


def _other(resolver: Resolver, site: CallSite, use: Use, level: int) -> bool:
    call = use.node.parent
    if call is None or call.kind != Kind.CALL or len(call.kids) < 2:
        return False
    return _never_holds_pages(resolver, site, use.statement, call.kids[1], level)


def _never_holds_pages(resolver: Resolver, site: CallSite, statement: Statement,
                       node: Node, level: int) -> bool:
    """Say whether a value comes from a place that never holds these pages."""
    function: Function = statement.function
    if _entry_of_kernel(resolver, site, function, node):
        return False
    while node.kind in (Kind.CAST, Kind.INDEX, Kind.POST) or (
            node.kind == Kind.UNARY and node.value in ("*", "&")) or (
            node.kind == Kind.BINARY and node.value in ("+", "-")):
        if node.kind == Kind.CAST and _made_array(resolver, function, node):
            return False
        node = node.kids[0]
    if level > 4:
        return False
    if node.kind == Kind.CALL:
        name = node.kids[0].value
        kept = {e.detail for e in site.flow.of(
            EventKind.LOOK, EventKind.CPU, EventKind.DEVICE)}
        if name in effects.FROM_NUMBER and kept & effects.NUMBERED or \
                name in effects.FROM_ADDRESS and kept & effects.ADDRESSED:
            return False
        if name in _PAGE_OF and len(node.kids) > 1:
            return _never_holds_pages(resolver, site, statement, node.kids[1],
                                      level + 1)
        where = resolver.locate(function, node)
        return where is None or where[0] not in site.flow.locations
    where = resolver.locate(function, node)
    if where is None:
        return False
    if where[0] in site.flow.locations and where[0].kind == LocationKind.MEM:
        return False
    if where[0].kind == LocationKind.MEM:
        return where[0] not in site.flow.read_back
    given = values(function, node.value)
    names = [n for _, n in function.params]
    if node.value in names:
        return where[0] not in site.flow.locations
    address = any(u.addressed for u in function.uses.get(node.value, ()))
    given += _iterated(function, node.value)
    if not given and _from_own_list(function, node.value):
        return True
    if not given:
        return address or "[" in function.types.get(node.value, "")
    return all(v.value in ("NULL", "0") or _never_holds_pages(
        resolver, site, s, v, level + 1) for s, v in given)


def _made_array(resolver: Resolver, function: Function, node: Node) -> bool:
    """Say whether a cast makes an array of pages of another type."""
    inner = types.tag_of(resolver.type_of(function, node.kids[0]) or "")
    kind = resolver.type_of(function, node) or ""
    return types.tag_of(kind) == "page" and \
        types.depth_of(kind) > 1 and inner is not None and inner != "page"


def _entry_of_kernel(resolver: Resolver, site: CallSite, function: Function,
                     node: Node) -> bool:
    """Say whether a node is an entry of a table in a kernel structure.

    That table may be one of these pages' tables.
    """
    if node.kind != Kind.MEMBER or node.value.lstrip("->.") != "bv_page" or \
            "bvec" not in site.flow.locations.values():
        return False
    table = node.kids[0]
    while table.kind in (Kind.CAST, Kind.INDEX, Kind.POST, Kind.UNARY, Kind.BINARY):
        table = table.kids[0]
    where = resolver.locate(function, table)
    if where is None or (where[0].owner, where[0].name) in _TABLES:
        return True
    return where[0].kind == LocationKind.VAR and not _declared_table(
        function, where[0].name)


def _declared_table(function: Function, name: str) -> bool:
    """Say whether a variable is a table of its own, or points to one that is."""
    return "[" in function.types.get(name, "") or \
        not types.depth_of(function.types.get(name, "*")) or \
        bool(values(function, name)) or \
        name in [n for _, n in function.params]


def _iterated(function: Function, name: str) -> list[tuple[Statement, Node]]:
    """Return the scatterlists that a variable runs over."""
    return [(use.statement, over) for use in function.uses.get(name, ())
            if (over := run_over(use.node)) is not None]


def _from_own_list(function: Function, name: str) -> bool:
    """Say whether a page comes from a list by its own list head.

    That of a page of user space is on a list of mm.
    """
    return types.is_page(function.types.get(name, "")) and any(
        s.tree is not None and s.tree.kind == Kind.CALL and
        s.tree.kids[0].value.startswith("list_for_each_entry") and
        s.tree.kids[1].value == name and s.tree.kids[-1].value == "lru"
        for s in function.statements)


def _behind(node: Node) -> bool:
    """Say whether an expression is the memory behind an object, like `x + 1`."""
    if node.kind == Kind.UNARY and node.value == "&":
        node = node.kids[0]
    return node.kind in (Kind.INDEX, Kind.BINARY) and \
        node.kids[1].value == "1"
