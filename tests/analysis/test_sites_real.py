# SPDX-License-Identifier: GPL-2.0-only
"""Linux 6.1 and 6.12 against the tables worked out by reading the code.

tests/expected/sites-*.toml are what a tool without mistakes would say. A
site that should be converted may be left to a person, but nothing else; the
ones in CONVERTED must be converted, and every conversion must be the one of
the table, release by release.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pinlib.analysis import whole_tree
from pinlib.decide.decide import Decision
from pinlib.decide.reviewed_answers import OWN
from trees.kernels import READ, tree

Row = dict[str, Any]
TABLES = Path(__file__).resolve().parents[1] / "expected"


def table(version: str) -> list[Row]:
    """The rows of one kernel."""
    with open(TABLES / f"sites-{version}.toml", "rb") as stream:
        rows: list[Row] = tomllib.load(stream)["site"]
    return [{**row, "kernel": version} for row in rows]


EXPECTED = [row for version in READ for row in table(version)]
KEPT = ("keep", "blocked", "core", "test")
CONVERTED = {
    "6.1": [
        ("drivers/misc/vmw_vmci/vmci_host.c", 247),
        ("drivers/misc/vmw_vmci/vmci_queue_pair.c", 658),
        ("drivers/misc/vmw_vmci/vmci_queue_pair.c", 672),
        ("fs/ceph/file.c", 98),
        ("fs/fuse/dev.c", 735),
        ("fs/fuse/file.c", 1450),
        ("fs/nfs/direct.c", 334),
        ("fs/nfs/direct.c", 824),
        ("fs/smb/client/file.c", 3399),
        ("fs/smb/client/file.c", 4140),
        ("fs/smb/client/misc.c", 1206),
        ("net/rds/message.c", 406),
        ("net/9p/trans_virtio.c", 334),
        ("net/tls/tls_sw.c", 1537),
        ("crypto/af_alg.c", 407),
        ("drivers/vhost/scsi.c", 656),
        ("drivers/block/ublk_drv.c", 464),
        ("drivers/misc/bcm-vk/bcm_vk_sg.c", 75),
        ("drivers/staging/media/atomisp/pci/hmm/hmm_bo.c", 675),
        ("drivers/virt/fsl_hypervisor.c", 249),
        ("arch/powerpc/kvm/e500_mmu.c", 779),
        ("arch/powerpc/kvm/book3s_64_mmu_hv.c", 1156),
        ("block/bio.c", 1217),
        ("block/blk-map.c", 296),
        ("block/blk-map.c", 299),
        ("fs/direct-io.c", 172)],
    "6.12": [
        ("drivers/misc/vmw_vmci/vmci_host.c", 247),
        ("drivers/misc/vmw_vmci/vmci_queue_pair.c", 658),
        ("drivers/misc/vmw_vmci/vmci_queue_pair.c", 672),
        ("drivers/accel/qaic/qaic_control.c", 434),
        ("drivers/misc/bcm-vk/bcm_vk_sg.c", 75),
        ("fs/ceph/file.c", 100),
        ("fs/fuse/dev.c", 788),
        ("fs/nfs/direct.c", 362),
        ("fs/nfs/direct.c", 890),
        ("net/rds/message.c", 431),
        ("drivers/vhost/scsi.c", 683),
        ("net/9p/trans_virtio.c", 333),
        ("net/tls/tls_sw.c", 1483),
        ("drivers/block/ublk_drv.c", 871),
        ("drivers/virt/fsl_hypervisor.c", 249),
        ("arch/powerpc/kvm/e500_mmu.c", 779),
        ("arch/powerpc/kvm/book3s_64_mmu_hv.c", 1159)]}


def key(row: Row) -> tuple[str, int]:
    """What names a row: no two sites share a line."""
    return row["file"], row["line"]


def name(row: Row) -> str:
    """A row's name among the tests."""
    return f"{row['kernel']}-{row['file']}:{row['line']}"


def wanted(row: Row) -> bool:
    """Must the site of a row be converted?"""
    return key(row) in CONVERTED[row["kernel"]]


class Kernels:
    """Whole kernels, each analysed once, with the answers that ship."""

    def __init__(self) -> None:
        self._found: dict[str, whole_tree.Analysis] = {}

    def found(self, version: str) -> whole_tree.Analysis:
        """The analysis of one kernel; skips where it is not unpacked."""
        if version not in self._found:
            self._found[version] = whole_tree.run(
                tree(version), None, 2, "mission",
                OWN)
        return self._found[version]

    def made(self, version: str) -> dict[tuple[str, int], Decision]:
        """Decisions on the calls of the mission's interfaces."""
        apis = {row["api"] for row in EXPECTED}
        return {(d.site.file, d.site.line): d
                for d in self.found(version).decisions
                if d.site.api in apis}

    def decision(self, row: Row) -> Decision:
        """The decision on the site of a row."""
        return self.made(row["kernel"])[key(row)]


@pytest.fixture(scope="module")
def kernels() -> Kernels:
    """What the analyses found, kept for all tests."""
    return Kernels()


@pytest.mark.parametrize("version", READ)
def test_the_same_sites(kernels: Kernels, version: str) -> None:
    # The table counts columns from 1, the tool from 0.
    assert sorted((d.site.file, d.site.line, d.site.column + 1, d.site.api,
                   d.site.function.name)
                  for d in kernels.made(version).values()) == sorted(
        (r["file"], r["line"], r["column"], r["api"], r["function"])
        for r in table(version))


@pytest.mark.parametrize("version", READ)
def test_every_token_is_accounted_for(kernels: Kernels,
                                      version: str) -> None:
    found = kernels.found(version)
    assert all(t.kind for t in found.tokens)
    calls = [t for t in found.tokens if t.kind == "call"]
    assert len(calls) == len(table(version))
    assert not found.unparsed


@pytest.mark.parametrize("row", EXPECTED, ids=name)
def test_disposition(kernels: Kernels, row: Row) -> None:
    decision = kernels.decision(row)
    if row["disposition"] in KEPT:
        assert decision.disposition in (row["disposition"],
                                        row.get("fallback"))
    else:
        assert decision.disposition in ("convert", "manual")
    if wanted(row):
        assert decision.disposition == "convert", decision.reason
    if decision.disposition == "manual":
        assert decision.blocked_by and decision.reason


@pytest.mark.parametrize("row", EXPECTED, ids=name)
def test_conversion(kernels: Kernels, row: Row) -> None:
    """Whatever is converted is converted as the table says.

    Where a leak is mended first, the table has the releases after that too.
    """
    decision = kernels.decision(row)
    if decision.disposition != "convert":
        assert not wanted(row)
        return
    found = kernels.found(row["kernel"])
    site = whole_tree.site_of(decision, found.resolver, found.subsystems)
    assert sorted({f"{r.file}:{r.line} {r.form.split('(')[0]}"
                   for r in site.releases}) == sorted(
        row.get("after_fix", row["releases"]))
    assert decision.needs_flag == row["needs_flag"]
    longterm = row["longterm"]
    if longterm == "decide":
        longterm = row["decision"] == "long"
    assert decision.longterm == longterm
    # CASE 5 (the CPU writes) and CASE 1 lead to the same patch.
    assert decision.case == row["case"] or {
        decision.case, row["case"]} == {1, 5}


@pytest.mark.parametrize("row", EXPECTED, ids=name)
def test_iterators(kernels: Kernels, row: Row) -> None:
    """No kind is missing; more than the table has means a flag at most."""
    decision = kernels.decision(row)
    if decision.core:
        assert sorted(decision.core["iterators"]) == sorted(row["iterators"])
        return
    if row["disposition"] in ("core", "test") or not row["iterators"]:
        assert decision.site.kinds is None
        return
    if decision.site.target is None:
        assert decision.disposition != "convert"
        return
    assert decision.site.kinds is not None
    kinds = decision.iterators
    if decision.disposition in ("convert", "keep"):
        assert kinds >= set(row["iterators"])
    if decision.disposition == "convert":
        # Unpinning without a flag is right for these kinds only.
        # Where nothing is dropped, nothing that is pinned may come.
        assert not kinds & {"user", "pipe"} if decision.redundant else \
            decision.needs_flag or kinds <= {"user", "pipe"}


@pytest.mark.parametrize("row", EXPECTED, ids=name)
def test_a_kvec_is_refused_where_one_arrives(kernels: Kernels,
                                             row: Row) -> None:
    decision = kernels.decision(row)
    if decision.disposition == "convert" and not decision.core:
        assert (decision.refusal is not None) == row.get("refuses_kvec",
                                                         False)


@pytest.mark.parametrize("version", READ)
def test_ids_and_answers(kernels: Kernels, version: str) -> None:
    found, made = kernels.found(version), kernels.made(version)
    ids = [d.site.id for d in made.values()]
    assert len(set(ids)) == len(ids)
    assert found.answers.own and not found.answers.unmatched(set(ids))
    used = {a.site for a in found.answers.used()}
    assert used <= set(ids)
    # An answer that no converted site needs says nothing.
    assert used == {d.site.id for d in made.values()
                    if d.reviewed or d.until}
