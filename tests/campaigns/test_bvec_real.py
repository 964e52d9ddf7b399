# SPDX-License-Identifier: GPL-2.0-only
"""The campaign bvec on Linux 6.1 and 6.12: every token, and what is left.

The numbers were counted by another program, and the stores that stand alone read.
"""

from __future__ import annotations

import collections
import functools

import pytest

from pinlib.campaigns.bvec import idioms
from pinlib.engine import census, declared, found
from pinlib.engine.found import Found
from trees import lab
from trees.kernels import READ, tree

# In static_assert() and the like; whoever counts by hand takes these for reads.
KINDS = {
    "6.1": {"declaration": 1, "read": 179, "store": 52, "initialiser": 4, "step": 1,
            "macro": 5},
    "6.12": {"declaration": 1, "read": 168, "store": 21, "step": 1, "macro": 4,
             "layout": 2},
}
DISPOSITIONS = {
    "6.1": {"convert": 223, "core": 14, "keep": 5},
    "6.12": {"convert": 180, "core": 15, "keep": 2},
}
FILES = {"6.1": 82, "6.12": 73}
SETS = {"6.1": 30, "6.12": 2}
# A check, or what fills the rest, stands behind each; or one of the others is
# not written at all.
ALONE = {
    "block/blk-crypto-fallback.c": [325], "block/bounce.c": [254],
    "drivers/block/rbd.c": [3095], "drivers/md/bcache/util.c": [247, 278],
    "drivers/md/dm-log-writes.c": [749], "drivers/md/raid5.c": [1289, 1291, 1341],
    "drivers/scsi/sd.c": [925, 964, 1000], "fs/orangefs/inode.c": [104],
    "fs/smb/client/transport.c": [388],
    "net/ceph/messenger_v2.c": [1784, 1816], "net/sunrpc/xprtsock.c": [344]}


@functools.cache
def made(version: str) -> Found:
    """What is found in a kernel."""
    with pytest.MonkeyPatch.context() as patch:
        lab.share_cache(patch)
        return found.find(tree(version), declared.load("bvec"), idioms.own)


@pytest.mark.parametrize("version", READ)
def test_every_token_is_of_a_kind(version: str) -> None:
    tokens = made(version).tokens
    assert {kind: count for kind, count in census.counted(tokens).items()
            if count} == KINDS[version]
    assert len({token.file for token in tokens}) == FILES[version]


@pytest.mark.parametrize("version", READ)
def test_nothing_is_left_to_a_person(version: str) -> None:
    counts = collections.Counter(s.disposition.value for s in made(version).sites)
    assert counts == DISPOSITIONS[version]
    ops = collections.Counter(e.operation for g in made(version).groups
                              for e in g.edits)
    assert ops["set"] == SETS[version]


def test_the_stores_of_6_1_that_stay_by_themselves() -> None:
    alone: dict[str, list[int]] = {}
    for group in made("6.1").groups:
        for edit in group.edits:
            if edit.operation == "store":
                alone.setdefault(edit.file, []).append(edit.line)
    assert alone == ALONE


def test_what_is_kept_of_6_1_is_of_another_type() -> None:
    assert [(s.file, s.line, s.code.value) for s in made("6.1").sites
            if s.disposition == "keep"] == [
        ("include/linux/skbuff.h", line, "other-type")
        for line in (2451, 3457, 3569, 3569, 3581)]
