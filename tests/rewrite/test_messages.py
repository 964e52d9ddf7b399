# SPDX-License-Identifier: GPL-2.0-only
"""Which comments and strings a conversion brings up to date, and which it lists."""

from __future__ import annotations

import pytest

from pinlib.csource import lexer
from pinlib.csource.masking import CText
from pinlib.rewrite import messages

TEXT = """\
/* How many pages iov_iter_get_pages() gets; iov_iter_get_pages2() too. */
static int fill(struct box *box)
{
\t/* We take a reference on each page with iov_iter_get_pages2(). */
\treturn iov_iter_get_pages2(box->it, box->pages, 9, 9, &box->at);
}

/* What get_user_pages_fast() gave is not here any more. */
static void shed(struct box *box)
{
\tpr_debug("put_page\\n");
\tput_page(box->pages[0]);\t/* drop the page ref */
}
"""
MORE = TEXT + """
static int also(struct box *box)
{
\treturn iov_iter_get_pages_alloc2(box->it, &box->pages, 9, &box->at);
}
"""


def stale(source: str) -> tuple[list[tuple[int, str, str]], list[str]]:
    """The edits by line, old and new name; and the notes."""
    text = CText(source)
    at = text.code.index("iov_iter_get_pages2(")
    spans = [(source.index("static int fill"), source.index("}\n\n/* What")),
             (source.index("static void shed"), source.rindex("page ref"))]
    edits, notes = messages.stale(messages.Converted(
        "a.c", text, {at: "iov_iter_get_pages2"},
        {"iov_iter_get_pages2": "iov_iter_extract_pages"}, spans[:1], spans[1:]))
    return [(e.line, e.old, e.new) for e in edits], notes


def test_names_follow_where_no_call_of_their_kind_is_left() -> None:
    edits, notes = stale(TEXT)
    assert edits == [
        (1, "iov_iter_get_pages", "iov_iter_extract_pages"),
        (1, "iov_iter_get_pages2", "iov_iter_extract_pages"),
        (4, "iov_iter_get_pages2", "iov_iter_extract_pages")]
    assert notes == [
        "a.c:8 names get_user_pages_fast() in a comment or string and is left "
        "as it is.",
        "a.c:4 speaks of references and is left as it is.",
        "a.c:12 speaks of references and is left as it is."]


def test_elsewhere_names_stay_where_another_call_is_left() -> None:
    edits, notes = stale(MORE)
    assert edits == [(4, "iov_iter_get_pages2", "iov_iter_extract_pages")]
    assert [note.split(" in a")[0] for note in notes[:2]] == [
        "a.c:1 names iov_iter_get_pages()", "a.c:1 names iov_iter_get_pages2()"]


def test_what_a_person_wrote_goes_before_both(
        monkeypatch: pytest.MonkeyPatch) -> None:
    old = "/* We take a reference on each page with iov_iter_get_pages2(). */"
    new = "/* User pages are pinned. */"
    monkeypatch.setattr(messages, "reviewed", lambda: {"a.c": {
        old: new, "/* drop the page */": "/* not here */"}})
    edits, notes = stale(TEXT)
    assert edits == [(4, old, new),
                     (1, "iov_iter_get_pages", "iov_iter_extract_pages"),
                     (1, "iov_iter_get_pages2", "iov_iter_extract_pages")]
    assert not any("a.c:4" in note for note in notes) and len(notes) == 2


def test_the_written_comments_are_comments_of_one_kind_each() -> None:
    for file, found in messages.reviewed().items():
        for old, new in found.items():
            for text in (old, new):
                (piece,) = lexer.hidden(text)
                assert piece.text == text and text.startswith("/*"), (file, text)
            assert old.startswith("/**") == new.startswith("/**")


def test_a_file_that_only_releases_has_no_name_to_change() -> None:
    text = CText("/* get_user_pages() took it */\nvoid f(void)\n{\n}\n")
    assert messages.stale(messages.Converted("a.c", text, {}, {}, [], [])) == (
        [], ["a.c:1 names get_user_pages() in a comment or string and is left as "
             "it is."])
