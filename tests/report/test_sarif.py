# SPDX-License-Identifier: GPL-2.0-only
"""report.sarif: the published schema, stable fingerprints, suppressions."""

from __future__ import annotations

import json

import pytest
from pinlib.base.records import Release
from pinlib.report import json_report
from sarif_schema import Schema
from test_report import CENSUS, DECISION, FINDING, KERNEL, REGION, site


def log(out, sites, findings=(FINDING,), unparsed=(REGION,),
        decisions=(DECISION,)):
    json_report.write_report(out, KERNEL, list(sites), list(findings),
                             list(unparsed), CENSUS, list(decisions))
    return json.loads((out / "report.sarif").read_text())


EVERY = [site(1), site(2, disposition="manual", blocked_by="drivers/x/a.c:77"),
         site(3, disposition="mismatch", code="m"),
         site(4, disposition="blocked", code="b"),
         site(5, disposition="keep", code="k"),
         site(6, disposition="converted"), site(7, disposition="core"),
         site(8, disposition="test")]


def test_the_published_schema_holds(tmp_path):
    schema = Schema()
    made = log(tmp_path, EVERY)
    assert schema.problems(made) == []
    run = made["runs"][0]
    assert schema.problems(run["results"], "[]Result") == []
    # The check can fail: an unknown key, a wrong kind, a missing field.
    for change, words in (({"colour": 1}, "colour is not known"),
                          ({"level": "bad"}, "none of"),
                          ({"ruleIndex": "0"}, "not a int64")):
        broken = {**run["results"][0], **change}
        assert any(words in p for p in schema.problems(broken, "Result"))
    assert schema.problems({"locations": []}, "Result") == ["log: no message"]


def test_results_are_what_wants_an_eye(tmp_path):
    run = log(tmp_path, EVERY)["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == sorted({"longterm-single", "m", "b", "leak"})
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    assert [r["level"] for r in run["results"]] == [
        "warning", "warning", "error", "note", "note"]
    for rule in run["tool"]["driver"]["rules"]:
        assert rule["help"]["text"] and rule["shortDescription"]["text"]
    related = run["results"][1]["relatedLocations"]
    assert [r["physicalLocation"]["region"]["startLine"] for r in related] \
        == [77, 7]


def test_fingerprints_survive_moved_code(tmp_path):
    def prints(sites, findings):
        run = log(tmp_path, sites, findings)["runs"][0]
        return [r["partialFingerprints"] for r in run["results"]]
    one = prints([site(1), site(2)], [FINDING, {**FINDING, "line": 11}])
    two = prints([site(1, line=500), site(2, line=510, releases=[
        Release("z.c", 1, "f", "put_page(p)")])],
        [{**FINDING, "line": 19}, {**FINDING, "line": 77}])
    assert one == two and len({str(p) for p in one}) == 4


@pytest.mark.parametrize("disposition, status", [
    ("keep", "accepted"), ("convert", "underReview")])
def test_a_decision_suppresses_what_it_settled_only(tmp_path, disposition,
                                                    status):
    run = log(tmp_path, [site(1, disposition=disposition, code="c"), site(2)],
              decisions=[{**DECISION, "site": site(1).id}])["runs"][0]
    [one] = run["results"][0]["suppressions"]
    assert one["status"] == status
    assert DECISION["reason"] in one["justification"]
    assert "suppressions" not in run["results"][1]


def test_lost_code_is_a_notification(tmp_path):
    late = {**REGION, "why": "the reader did not finish in 120 s", "line": 1,
            "end": 2}
    run = log(tmp_path, [site(1)], unparsed=[REGION, late])["runs"][0]
    found = run["invocations"][0]["toolExecutionNotifications"]
    assert [(n["descriptor"]["id"], n["locations"][0]["physicalLocation"]
             ["region"]) for n in found] == [
        ("timeout", {"startLine": 1, "endLine": 2}),
        ("unparsed", {"startLine": 3, "endLine": 40})]
    assert {n["id"] for n in run["tool"]["driver"]["notifications"]} == {
        "timeout", "unparsed"}


def test_odd_names_are_uris(tmp_path):
    run = log(tmp_path, [site(1, file="a b/\udcff#<x>.c",
                              function="f\x1b<b>")])["runs"][0]
    place = run["results"][0]["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == \
        "a%20b/%FF%23%3Cx%3E.c"
    assert place["logicalLocations"][0]["name"] == r"f\x1b<b>"
