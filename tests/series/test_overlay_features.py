# SPDX-License-Identifier: GPL-2.0-only
"""What the overlay asks of a tree's text, and never of its version."""

from __future__ import annotations

import pytest
from pinlib.series import overlay

WALKS = """\
static ssize_t iov_iter_extract_bvec_pages(struct iov_iter *i, size_t most)
{
    struct bvec_iter at = { .bi_size = most };

    while (at.bi_size)
        bvec_iter_advance_single(i->bvec, &at, 1);
    return most;
}
"""
ONE_ENTRY = """\
static ssize_t iov_iter_extract_bvec_pages(struct iov_iter *i, size_t most)
{
    return min(most, i->bvec->bv_len);
}

static void another(struct bio_vec *bv, struct bvec_iter *at)
{
    bvec_iter_advance_single(bv, at, 1);
}
"""


def features(tmp_path, **texts):
    names = {file for _, file, _ in (*overlay.PROBES, *overlay.PIN_FORMS,
                                     *overlay.BOOT_PROBES)}
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts.get(path.stem, ""), encoding="utf-8")
    return overlay.tree_features(tmp_path, booted=True)


@pytest.mark.parametrize("text, joints", [(WALKS, True), (ONE_ENTRY, False)])
def test_an_extraction_that_walks_entries_may_pass_their_joints(
        tmp_path, text, joints):
    found = features(tmp_path, iov_iter=text)
    assert ("TREE_BVEC_JOINTS" in found) == joints


def test_functions_are_looked_for_where_they_are_declared(tmp_path):
    found = features(tmp_path, mm="void unpin_user_folio(struct folio *f);",
                     uio="ssize_t iov_iter_extract_bvecs(struct iov_iter *i);")
    assert {"TREE_UNPIN_FOLIO", "TREE_EXTRACT_BVECS"} <= found
    assert not features(tmp_path) & {"TREE_UNPIN_FOLIO", "TREE_EXTRACT_BVECS"}
