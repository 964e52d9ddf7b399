# SPDX-License-Identifier: GPL-2.0-only
"""What APIS=all adds on Linux 6.1 and 6.12, against what reading gave.

tests/expected/addresses-*.toml has a row for each call. The tool must come
to the same, or leave the call to a person and name the line of the row.
"""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from pinlib.analysis import whole_tree
from pinlib.decide.decide import Decision
from pinlib.decide.reviewed_answers import OWN
from pinlib.kernel import effects
from test_sites_real import TABLES, Kernels, table
from trees.kernels import READ, tree

Row = dict[str, Any]


def rows(version: str) -> list[Row]:
    """The rows of one kernel."""
    with open(TABLES / f"addresses-{version}.toml", "rb") as stream:
        found: list[Row] = tomllib.load(stream)["site"]
    return found


def place(decision: Decision) -> tuple[str, int, str]:
    """What names a call here."""
    return decision.site.file, decision.site.line, decision.site.api


class Listed(Kernels):
    """Whole kernels, analysed with APIS=all."""

    def found(self, version: str) -> whole_tree.Analysis:
        """The analysis of one kernel; skips where it is not unpacked."""
        if version not in self._found:
            self._found[version] = whole_tree.run(
                tree(version), None, 2, "all", OWN)
        return self._found[version]


@pytest.fixture(scope="module", params=sorted(READ))
def listed(request: pytest.FixtureRequest) -> tuple[str, list[Decision]]:
    """A version, and the decisions on all its calls."""
    return request.param, Listed().found(request.param).decisions


def test_every_call_has_its_row(
        listed: tuple[str, list[Decision]]) -> None:
    version, made = listed
    wanted = [(r["file"], r["line"], r["api"]) for r in rows(version)]
    assert sorted(place(d) for d in made
                  if d.site.api in effects.OTHER_GET) == sorted(wanted)
    assert len(set(wanted)) == len(wanted) > 20


def test_each_call_is_as_it_was_read(
        listed: tuple[str, list[Decision]]) -> None:
    version, made = listed
    by_place = {place(d): d for d in made}
    wrong = []
    for row in rows(version):
        got = by_place[row["file"], row["line"], row["api"]]
        wanted = ("manual", row["manual"], row["at"]) if "manual" in row \
            else (row["disposition"], row["code"], None)
        if (got.disposition, got.code, got.blocked_by) != wanted:
            wrong.append((place(got), got.code, got.blocked_by, wanted))
        releases = sorted(f"{e.place} {e.detail}" for e in got.releases)
        if got.disposition == "convert" and releases != row["releases"]:
            wrong.append((place(got), releases))
    assert not wrong


def test_what_is_listed_by_default_stays(
        listed: tuple[str, list[Decision]]) -> None:
    # A call of the default list is decided as it is without the others.
    version, made = listed
    by_place = {place(d): d for d in made}
    assert all(
        by_place[r["file"], r["line"], r["api"]].disposition in (
            r["disposition"], r.get("fallback"), "manual")
        for r in table(version))


def test_pinning_calls_match_their_releases(
        listed: tuple[str, list[Decision]]) -> None:
    version, made = listed
    pins = [d for d in made if d.site.api in effects.PIN_OF.values()
            and d.disposition != "core"]
    assert {d.site.api for d in pins} >= {"pin_user_pages",
                                          "pin_user_pages_fast"}
    # acrn_vm_destroy() (vm.c:85) puts the page that line 346 has pinned, and
    # in 6.1 __rds_ib_teardown_mr() those of a table that ->get_mr() kept.
    rds = [("net/rds/rdma.c", 163, "net/rds/ib_rdma.c:260")]
    assert [(d.site.file, d.site.line, d.blocked_by) for d in pins
            if d.disposition not in ("converted", "test")] == [
        ("drivers/virt/acrn/hsm.c", 346, "drivers/virt/acrn/vm.c:85"),
        *(rds if version == "6.1" else [])], version
