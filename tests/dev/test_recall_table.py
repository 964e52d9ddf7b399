# SPDX-License-Identifier: GPL-2.0-only
"""docs/recall.md says what its list and the results say."""

from __future__ import annotations

import re
from collections import Counter

import recall_table


def test_page():
    text = recall_table.PAGE.read_text(encoding="utf-8")
    assert recall_table.filled(text) == text


def test_list():
    rows = recall_table.fixes()
    kinds = Counter(fix["kind"] for fix in rows)
    assert set(kinds) == set(recall_table.KINDS)
    assert min(kinds.values()) >= 4 and len(rows) >= 28
    assert len({fix["name"] for fix in rows}) == len(rows)
    assert 2 * sum(fix["date"] >= "2023" for fix in rows) >= len(rows)
    assert all("2019" <= fix["date"][:4] <= "2026" for fix in rows)


def test_sources():
    for fix in recall_table.fixes():
        assert {"commit", "cve", "title"} & set(fix), fix["name"]
        assert re.fullmatch("[0-9a-f]{40}", fix.get("commit", "0" * 40))
        for tree in fix.get("tree", ()):
            for end in ("take", "fault"):
                assert re.fullmatch(r"[\w/.-]+\.c:\d+", tree[end])
