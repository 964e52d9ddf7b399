# SPDX-License-Identifier: GPL-2.0-only
"""report.json keeps to its schema, report.txt to its 80 columns."""

from __future__ import annotations

import copy
import datetime
import json
import tomllib

import pytest
from pinlib.base.errors import RuleError
from pinlib.base.records import DISPOSITIONS, Handoff, Pages, Release, Site
from pinlib.report import json_report, terminal

KERNEL = {"version": "6.1.192", "commit": None}
CENSUS = {"tokens": 12, "accounted": 12}
FINDING = {"code": "leak", "confidence": "Low", "file": "drivers/x/a.c",
           "line": 9, "function": "get", "other": "drivers/x/b.c:3",
           "text": "A page is lost when the second call fails."}
REGION = {"file": "mm/a.c", "line": 3, "end": 40, "tokens": ["put_page"],
          "why": "this argument could not be read"}
DECISION = {"kernel": "6.1", "site": "drivers/x/a.c:get#1",
            "question": "longterm", "answer": "long",
            "reason": "The ring lives as long as the device.",
            "who": "A Reviewer", "when": datetime.date(2024, 5, 1)}


def site(number=1, **more):
    """A site as the decide stage makes it."""
    made = Site(
        id=f"drivers/x/a.c:get#{number}", file="drivers/x/a.c",
        line=10 * number, column=4, function="get",
        api="get_user_pages_fast", subsystem="X DRIVER", iterators=[],
        case=2, pages=Pages("single", "struct page *", "page"),
        releases=[Release("drivers/x/b.c", 7, "drop", "put_page(page)")],
        handoffs=[Handoff("drivers/x/a.c", 12, "get", "ctx->page")],
        disposition="convert", needs_flag=False, code="longterm-single",
        reason="The page is kept in ctx->page until drop().",
        blocked_by=None, rule="cocci/convert/member.cocci", group="g1")
    for name, value in more.items():
        setattr(made, name, value)
    return made


def write(out, sites, findings=(FINDING,), unparsed=(REGION,),
          decisions=(DECISION,)):
    json_report.write_report(out, KERNEL, list(sites), list(findings),
                             list(unparsed), CENSUS, list(decisions))
    return (json.loads((out / "report.json").read_text()),
            (out / "report.txt").read_text())


def test_fields_and_counts(tmp_path):
    found, _ = write(tmp_path, [
        site(3, disposition="keep", rule=None), site(2), site(
            1, rule="cocci/core/odd.cocci -D fn=get")])
    assert [s["line"] for s in found["sites"]] == [10, 20, 30]
    assert found["summary"] == {
        "sites": 3, "by_rule_kind": {"generic": 1, "core": 1},
        "by_disposition": {**dict.fromkeys(DISPOSITIONS, 0), "convert": 2,
                           "keep": 1}, "census": CENSUS, "only_read": {}}
    assert found["decisions"][0]["when"] == "2024-05-01"


def test_same_input_in_any_order_same_bytes(tmp_path):
    sites = [site(n) for n in range(1, 6)]
    more = [dict(FINDING, line=n) for n in (5, 11, 2)]
    write(tmp_path / "a", sites, more)
    write(tmp_path / "b", sites[::-1], more[::-1])
    for name in ("report.json", "report.txt"):
        assert (tmp_path / "a" / name).read_bytes() == \
            (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize("change", [
    {"disposition": "perhaps"}, {"case": 6}, {"iterators": ["unicorn"]},
    {"iterators": ["user", "user"]}, {"line": 0}, {"reason": ""},
    {"disposition": "manual", "blocked_by": None}, {"blocked_by": "a.c"},
    {"pages": Pages("heap", "", "")}, {"needs_flag": "yes"},
    {"api": None}])
def test_nonsense_in_a_site_is_refused(tmp_path, change):
    with pytest.raises(RuleError, match="report.json: sites/0"):
        write(tmp_path, [site(**change)])
    assert not list(tmp_path.iterdir())


def test_fields_that_nobody_promised_are_refused(tmp_path):
    found, _ = write(tmp_path, [site()])
    json_report.validate(found)
    for path in ((), ("kernel",), ("summary",), ("summary", "census"),
                 ("sites", 0), ("sites", 0, "pages"), ("findings", 0),
                 ("sites", 0, "releases", 0), ("unparsed", 0),
                 ("decisions", 0)):
        bad = copy.deepcopy(found)
        part = bad
        for step in path:
            part = part[step]
        part["extra"] = 1
        with pytest.raises(RuleError, match="extra"):
            json_report.validate(bad)
        del part["extra"]
        part.popitem()
        with pytest.raises(RuleError):
            json_report.validate(bad)


def test_an_id_is_one_site(tmp_path):
    with pytest.raises(RuleError, match="two sites"):
        write(tmp_path, [site(1), site(1, line=99)])


def test_text_fits_80_columns(tmp_path):
    long = "a_rather_long_name_of_a_function" * 4
    _, text = write(tmp_path, [
        site(1, function=long, subsystem="S" * 130),
        site(2, file="d/" * 60 + "x.c", reason="word " * 90),
        site(3, api="iov_iter_get_pages2", needs_flag=True, iterators=[
            "user", "bvec", "kvec", "xarray", "pipe", "folioq", "unknown"]),
        site(4, disposition="manual", blocked_by="drivers/x/a.c:77"),
        site(5, releases=[Release(f"drivers/{long}.c", n, long, long)
                          for n in range(1, 30)])],
        [dict(FINDING, text="found " * 60, function=long)],
        [dict(REGION, tokens=[long, long])],
        [dict(DECISION, reason="because " * 40)])
    assert max(map(len, text.splitlines())) <= 80
    assert "\n\n\n\n" not in text
    assert not any(line.endswith(" ") for line in text.splitlines())


def test_text_says_what_a_reader_needs(tmp_path):
    _, text = write(tmp_path, [
        site(1), site(2, disposition="manual", blocked_by="drivers/x/a.c:77",
                      api="iov_iter_get_pages2", iterators=["user", "bvec"],
                      needs_flag=True)])
    for part in (
            "drivers/x/a.c:10 get()\n",
            "get_user_pages_fast -> convert [longterm-single], CASE 2\n",
            "obstacle   drivers/x/a.c:77\n",
            "user, bvec; the release depends on the pin state\n",
            "line 12, get(): ctx->page\n",
            "drivers/x/b.c:7 drop(): put_page(page)\n",
            "all of\nthem are accounted for",
            "X DRIVER ....................................... 1 convert, "
            "1 manual\n",
            "mm/a.c:3-40\n", "[leak], confidence Low, see also "
            "drivers/x/b.c:3\n", "(A Reviewer,\n    2024-05-01)"):
        assert part in text, part


def test_what_would_settle_a_site_can_be_pasted(tmp_path):
    odd = 'drivers/x/a.c:get:get_user_pages_fast("\x1b\\",n)#1'
    open_ = {"disposition": "manual", "code": "lifetime-unknown",
             "settle": "longterm", "blocked_by": "drivers/x/b.c:7",
             "rule": None, "group": None}
    _, text = write(tmp_path, [site(1), site(2, **open_, id=odd),
                               site(3, **open_)])
    part = text[text.index("To settle\n---"):]
    pasted = tomllib.loads(part[part.index("[[decision]]"):part.index(
        "\n\n\n")])["decision"]
    assert [e["site"] for e in pasted] == [odd, "drivers/x/a.c:get#3"]
    assert {(e["kernel"], e["question"], e["answer"]) for e in pasted} == {
        ("6.1", "longterm", "")}
    assert '  # "long" or "short"' in part
    assert "To settle" not in write(tmp_path, [site(1)])[1]


def test_control_characters_do_not_reach_the_terminal(tmp_path):
    name = "drivers/x\x1b[31m\n\udcff.c"
    json_report.write_report(tmp_path, KERNEL, [site(1, file=name)], [], [],
                             CENSUS, [])
    text = (tmp_path / "report.txt").read_text(encoding="ascii")
    assert "drivers/x\\x1b[31m\\n\\xff.c:10 get()" in text
    raw = (tmp_path / "report.json").read_bytes()
    assert json.loads(raw.decode("utf-8", "surrogateescape")
                      )["sites"][0]["file"] == name


def test_missing_tokens_are_said_loudly():
    said = terminal.accounts({"summary": {
        "census": {"tokens": 5, "accounted": 3},
        "by_rule_kind": {"generic": 0, "core": 0}, "only_read": {}}})
    assert "3 of them are accounted for, 2 are NOT" in said


def test_calls_that_only_the_reader_finds_are_said(tmp_path):
    json_report.write_report(
        tmp_path, KERNEL, [site()], [], [], CENSUS, [],
        only_read={"statements in an argument": 2, "a later arm": 1})
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["summary"]["only_read"] == {
        "a later arm": 1, "statements in an argument": 2}
    text = " ".join((tmp_path / "report.txt").read_text().split())
    assert ("Coccinelle does not find 3 of the calls that a patch would "
            "change: 1 in a later arm, 2 in statements in an argument." in text)
    assert "Coccinelle does not find" not in write(tmp_path, [site()])[1]
