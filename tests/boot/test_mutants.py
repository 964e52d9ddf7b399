# SPDX-License-Identifier: GPL-2.0-only
"""How a patch is broken on purpose, and what that is worth."""

from __future__ import annotations

from pinlib.boot import mutants

BEFORE = """\
static void done(struct ctx *c)
{
    for (i = 0; i < c->n; i++) {
        if (dirty)
            set_page_dirty_lock(c->pages[i]);
        put_page(c->pages[i]);
    }
}

static void far(struct ctx *c)
{
    /* Far from anything that is changed: nothing here is broken, though it
     * dirties a page and unpins another, in quite the same way as the above
     * does, which is why this comment is as long as it is.
     */
    unpin_user_page(c->page);
    set_page_dirty(c->page);
}
"""
AFTER = BEFORE.replace("        put_page(c->pages[i]);", """\
        if (c->pages_pinned)
            unpin_user_page(c->pages[i]);""")


def broken(before, after):
    return {(kind, after[:start] + new + after[end:])
            for kind, start, end, new in mutants.changes(before, after)}


def lines(before, after):
    """The kinds, each with the lines that it puts in place of others."""
    found = {}
    for kind, text in broken(before, after):
        new = set(text.splitlines()) - set(after.splitlines())
        found.setdefault(kind, set()).update(line.strip() for line in new)
    return found


def test_each_kind_is_made_of_a_flagged_release():
    assert lines(BEFORE, AFTER) == {
        "drop a release": {";"},
        "double a release": {
            "{ unpin_user_page(c->pages[i]); "
            "unpin_user_page(c->pages[i]); }"},
        "put_page() for a release": {"put_page(c->pages[i]);"},
        "drop the flag's test": {"if (true)"},
        "invert the flag": {"if (!(c->pages_pinned))"},
        "drop a dirty": {";"},
    }


def test_what_the_patch_did_not_add_is_left_alone():
    assert not broken(BEFORE, BEFORE)
    assert all("unpin_user_page(c->page);" in text
               and "set_page_dirty(c->page);" in text
               for _, text in broken(BEFORE, AFTER))


def test_array_releases():
    after = "f()\n{\n\tunpin_user_pages_dirty_lock(p,\n\t\tg(a, b), true);\n}\n"
    found = lines("f()\n{\n}\n", after)
    assert found["drop a dirty"] == {
        "unpin_user_pages_dirty_lock(p, g(a, b), false);"}
    assert found["put_page() for a release"] == {"release_pages(p, g(a, b));"}


def test_helpers_that_take_the_flag():
    after = "f()\n{\n\tpage_extract_release_pages(p, n, x->pinned);\n}\n"
    found = lines("f()\n{\n}\n", after)
    assert found["drop the flag's test"] == {
        "page_extract_release_pages(p, n, true);"}
    assert found["invert the flag"] == {
        "page_extract_release_pages(p, n, !(x->pinned));"}


def test_a_call_in_a_comment_is_no_release():
    after = "f()\n{\n\t/* unpin_user_page(p); */\n}\n"
    assert not broken("f()\n{\n}\n", after)
