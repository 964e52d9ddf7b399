# SPDX-License-Identifier: GPL-2.0-only
"""The table of what the kernel's functions do with a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pinlib.base.errors import Gup2pinError
from pinlib.csource.expr import Node
from pinlib.csource.parser import parse
from pinlib.kernel import effects, effects_table

SOURCE = re.compile(
    r"(?:[\w.-]+/)+[\w.-]+\.(?:[ch]|rst)(?: \((?:before )?\d\.\d+\))?"
    r"|C11 [\d.]+")
HEAD = '[takes]\nf = {{ kind = "pin", pages = 1, source = "mm/gup.c" }}\n' \
    '[methods]\n[plain-members]\n[objects]\n[goes-on]\n[since]\n' \
    '[prototypes]\n[calls]\n{0}\n'


def read(folder: Path, text: str) -> effects_table.Table:
    """Read a table from a file of its own."""
    file = folder / "effects.toml"
    file.write_text(text)
    return effects_table.read(file)


def test_each_name_has_a_source_and_one_line() -> None:
    """A reader can look every fact up; nothing stands in two places."""
    table = effects_table.read()
    entries = [*table.takes, *table.calls, *table.methods]
    tags = [known.tag for known in table.objects]
    assert len(entries) > 300
    assert not [(e.name, e.source) for e in entries
                if not SOURCE.fullmatch(e.source)]
    assert all(map(SOURCE.fullmatch, [*table.plain_members.values(),
                                      *table.goes_on.values(),
                                      *(o.source for o in table.objects)]))
    names = re.findall(r"^([\w-]+) = \{.*\}$",
                       "".join(f.read_text() for f in effects_table.FILES),
                       re.M)
    assert sorted(names) == sorted([*tags, *(e.name for e in entries)])
    assert len(set(names)) == len(names)


def test_entries_become_effects() -> None:
    """One entry of each form, as the analysis asks for it."""
    assert effects.effect("put_page", 0) == effects.Effect("release")
    assert effects.effect("put_page", 1) is None
    assert effects.effect("page_address", 0) == effects.Effect("cpu", "addr")
    assert effects.effect("sg_set_page", 1) == effects.Effect("into", "sg", 0)
    assert [effects.effect("struct_size", n) is None for n in range(4)] == [
        False, False, False, True]
    assert effects.releases("unpin_user_pages") and \
        not effects.releases("get_page")
    assert effects.UNPIN[:2] == ("unpin_user_page", "unpin_user_pages")
    assert effects.MISSION[-1] == "get_user_pages_fast"
    assert "pin_user_pages_fast" in effects.PINNING
    assert effects.SHAPES["pin_user_pages_remote"] == effects.Shape(
        6, 2, 3, 4, 5)
    assert effects.EXTRACT_ARG["iov_iter_extract_pages"] == 1
    assert effects.ZEROING < effects.ALLOCATORS
    assert effects.method_borrows("sendpage", 1)
    assert not effects.method_borrows("sendpage", 0)


@pytest.mark.parametrize("code, source", [
    ("memcpy(a, b, n)", "b"), ("memmove(a, b, n)", "b"),
    ("kmemdup(a, n, GFP_KERNEL)", "a"), ("memcpy(a)", None),
    # Followed for pages alone: see effects.toml.
    ("swap(a, b)", None), ("devm_kmemdup(d, a, n, GFP_KERNEL)", None),
    ("copied", None)])
def test_copied_from(code: str, source: str | None) -> None:
    """What an object is copied from, by the calls that copy one."""
    node = parse(code)
    assert isinstance(node, Node)
    found = effects.copied_from(node)
    assert (None if found is None else str(found)) == source


@pytest.mark.parametrize("line, text", [
    ('g = { 0 = "look" }', "g: no source"),
    ('g = { 0 = "look", source = " " }', "g: no source"),
    ('g = { 0 = "stare", source = "mm/a.c" }', "g: 'stare' is none of "),
    ('g = { 0 = "same folio", source = "mm/a.c" }', "g: 'folio' is none of "),
    ('g = { 1 = "into sg", source = "mm/a.c" }', "too few"),
    ('g = { 1 = "look sg 0", source = "mm/a.c" }', "too many words"),
    ('g = { 1 = "into sg x", source = "mm/a.c" }', "no number"),
    ('g = { first = "look", source = "mm/a.c" }', "unknown member 'first'"),
    ('g = { 0-2 = "look", 1 = "cpu", source = "mm/a.c" }',
     "g: argument 1 is given twice"),
    ('g = { 3-1 = "look", source = "mm/a.c" }', "no range"),
    ('g = { source = "mm/a.c" }', "g: nothing is said of it"),
    ('g = { is = ["rare"], source = "mm/a.c" }', "g: 'rare' is none of "),
    ('g = { 0 = "look", is = ["unpins"], source = "mm/a.c" }',
     "g: unpins contradicts the rest"),
    ('g = { is = ["zeroes"], source = "mm/a.c" }',
     "g: zeroes contradicts the rest"),
    ('g = { 0 = "copy", copies = { from = 1 }, source = "mm/a.c" }',
     "g: copies.from is no argument that is copied"),
    ('g = { 0 = "copy", copies = { 0 = 1 }, source = "mm/a.c" }',
     "g: unknown member '0'"),
    ('f = { 0 = "look", source = "mm/a.c" }',
     "f stands in [takes] and in [calls]"),
    ('g = { 0 = "look", source = "a" }\ng = { 0 = "cpu", source = "a" }',
     "Cannot overwrite a value"),
    ('[more]', "[more] is unknown")])
def test_what_cannot_be_meant_is_refused(tmp_path: Path, line: str,
                                         text: str) -> None:
    """The message names the file, the entry and what is wrong with it."""
    with pytest.raises(Gup2pinError) as error:
        read(tmp_path, HEAD.format(line))
    assert str(tmp_path / "effects.toml") in str(error.value)
    assert text in str(error.value)


def test_a_name_stands_in_one_file(tmp_path: Path) -> None:
    """The parts of the table lie in more than one, none twice."""
    one, other = tmp_path / "one.toml", tmp_path / "other.toml"
    one.write_text(HEAD.format('g = { 0 = "look", source = "mm/a.c" }'))
    other.write_text('[calls]\nh = { 0 = "cpu", source = "mm/a.c" }\n')
    assert [c.name for c in effects_table.read(one, other).calls] == ["g", "h"]
    other.write_text('[calls]\ng = { 0 = "cpu", source = "mm/a.c" }\n')
    with pytest.raises(Gup2pinError, match="other.toml: g stands in another"):
        effects_table.read(one, other)


@pytest.mark.parametrize("line, text", [
    ('kind = "slow", pages = 1', "f: kind 'slow' is none of "),
    ('kind = "pin"', "f: either pages or returns"),
    ('kind = "fast", pages = 1', "f: arguments is for what takes addresses"),
    ('kind = "pin", pages = 1, page = 1', "f: unknown member 'page'")])
def test_what_takes_pages_is_checked_too(tmp_path: Path, line: str,
                                         text: str) -> None:
    """The names that all depends on."""
    with pytest.raises(Gup2pinError, match=re.escape(text)):
        read(tmp_path, HEAD.format("").replace(
            'kind = "pin", pages = 1', line))


@pytest.mark.parametrize("line, text", [
    ('puts = ["p"], gives = ["g"]', "o: ends, puts and gives are all wanted"),
    ('ends = ["free"], puts = ["p"], gives = ["g"]',
     "o: free is no STRUCTURE.MEMBER"),
    ('ends = ["t.free"], puts = ["p"], gives = ["g"], keeps = true',
     "o: unknown member 'keeps'"),
    ('ends = ["t.free"], puts = ["p"], gives = ["g"]', "o: no source")])
def test_objects_are_checked(tmp_path: Path, line: str, text: str) -> None:
    """What ends with its last reference, and who puts and takes one."""
    with pytest.raises(Gup2pinError, match=re.escape(text)):
        read(tmp_path, HEAD.format("").replace(
            "[objects]", f"[objects]\no = {{ {line} }}"))


def test_functions_are_known_by_their_first_release(tmp_path: Path) -> None:
    """A release is two numbers, and each line has its source."""
    assert (effects.SINCE["unpin_user_page"], effects.SINCE[
        "iov_iter_extract_pages"]) == ("5.6", "6.3")
    since = '"{0}" = {{ functions = ["g"], {1} }}\n' \
        "[prototypes]\n[calls]\n"
    for release, source, why in (
            ("5", 'source = "a.h"', "'5' is no release"),
            ("5.6", 'of = "a.h"', "5.6: unknown member 'of'"),
            ("5.6", 'source = ""', "5.6: no source")):
        with pytest.raises(Gup2pinError, match=why):
            read(tmp_path, HEAD.replace("[prototypes]\n[calls]\n", since.format(
                release, source).replace("{", "{{").replace(
                    "}", "}}")).format(""))


def test_parameters_are_known_from_a_release_on(tmp_path: Path) -> None:
    """Each release says what changed in it, with its source."""
    assert list(effects.PROTOTYPES) == ["5.6", "5.9", "6.5"]
    assert effects.PROTOTYPES["6.5"]["user_pages"].count(",") == 3
    for line, why in (
            ('"5" = { a = "int *", source = "a.h" }', "'5' is no release"),
            ('"5.6" = { a = "int *" }', "5.6: no source"),
            ('"5.6" = { a = 3, source = "a.h" }', "5.6: a has no parameters")):
        with pytest.raises(Gup2pinError, match=why):
            read(tmp_path, HEAD.replace(
                "[prototypes]", "[prototypes]\n" + line.replace(
                    "{", "{{").replace("}", "}}")).format(""))


def test_a_new_name_is_one_line(tmp_path: Path) -> None:
    """What a line gives stands in the record it becomes."""
    call, = read(tmp_path, HEAD.format(
        'g = { 0 = "release", 2 = "look", is = ["unpins"], '
        'source = "mm/a.c" }')).calls
    assert (call.name, call.source, call.traits, dict(call.effects)) == (
        "g", "mm/a.c", {"unpins"}, {0: effects.Effect("release"),
                                    2: effects.Effect("look")})
