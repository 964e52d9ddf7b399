# SPDX-License-Identifier: GPL-2.0-only
"""Which section of MAINTAINERS a file belongs to, and its subject prefix."""

from __future__ import annotations

import subprocess
import time

import pytest
from pinlib.base.git import git_env
from pinlib.kernel import maintainers
from trees import kernels

MAINTAINERS = """\
List of maintainers
===================

\tM: *Mail* patches to: FullName <address@domain>

Maintainers List
----------------

APPLE DRIVER
M:\tA <a@example.org>
F:\tdrivers/apple/
X:\tdrivers/apple/pie/

EDAC-ALTERA
F:\tdrivers/edac/altera_edac.[ch]

# a comment between sections
ONE LEVEL
F:\tfs/*

PEAR CHIP
F:\tdrivers/*/pear*
N:\t[^a-z]pear_x

PLUM
F:\tdrivers/plum

PREFIX MATCHED
F:\tlib/plum

WIDE PLUM
F:\tdrivers/plum
F:\tdrivers/other/

THE REST
F:\t*
F:\t*/
"""


@pytest.mark.parametrize("path,name", [
    ("drivers/apple/core.c", "APPLE DRIVER"),
    ("drivers/apple/deep/down/core.c", "APPLE DRIVER"),
    ("drivers/apple/pie/crust.c", "drivers/apple/pie"),
    ("drivers/edac/altera_edac.h", "EDAC-ALTERA"),
    ("drivers/edac/altera_edac.S", "drivers/edac"),
    ("fs/direct-io.c", "ONE LEVEL"),
    ("fs/fuse/dev.c", "fs/fuse"),
    ("drivers/apple/pear.c", "PEAR CHIP"),
    ("sound/soc/pear_x.c", "PEAR CHIP"),
    ("drivers/plum/a.c", "PLUM"),
    ("lib/plum_kunit.c", "PREFIX MATCHED"),
    ("Makefile", "Makefile"),
])
def test_section(path, name):
    assert maintainers.Subsystems(MAINTAINERS).subsystem_of(path) == name


def test_tree_without_maintainers(tmp_path):
    found = maintainers.read_subsystems(tmp_path)
    assert found.subsystem_of("drivers/x/y.c") == "drivers/x"


@pytest.mark.parametrize("name,slug", [
    ("VMWARE VMCI DRIVER", "vmware-vmci-driver"),
    ("BPF [L7 FRAMEWORK] (sockmap)", "bpf-l7-framework-sockmap"),
    ("drivers/virt", "drivers-virt"), ("../..", "other"), ("", "other"),
    ("X" * 90, "x" * 60)])
def test_slug(name, slug):
    assert maintainers.slug(name) == slug


@pytest.mark.parametrize("path,prefix", [
    ("drivers/misc/vmw_vmci/vmci_host.c", "VMCI"),
    ("fs/fuse/dev.c", "fuse"), ("crypto/af_alg.c", "crypto: af_alg -"),
    ("arch/powerpc/kvm/e500_mmu.c", "KVM: PPC: e500"),
    ("arch/powerpc/kvm/other.c", "KVM: PPC"),
    ("drivers/nowhere/known.c", "nowhere: known"),
    ("drivers/same/same.c", "same"), ("top.c", "top")])
def test_prefix_from_the_table(path, prefix, tmp_path):
    assert maintainers.subject_prefix(path, tmp_path, history=True) == prefix


def test_common_prefix():
    assert maintainers.common_prefix([
        "treewide: use the new thing", "Revert \"a: b\"",
        "drm/amd: dc: fix", "net: tls: one", "net: tls: two",
        "no prefix here"]) == "net: tls"
    assert maintainers.common_prefix(["nothing to see"]) == ""
    assert maintainers.common_prefix([
        "crypto: lab - pin it", "crypto: lab - free it", "crypto: pin it"]) == \
        "crypto: lab -"


@pytest.mark.parametrize(("subjects", "want"), [
    (["KVM: PPC: HV: pin it", "KVM: PPC: e500: pin it"], "KVM: PPC"),
    (["fuse: dev: a: b", "fuse: file: a"], "fuse"),
    (["block: a", "block: b", "direct-io: c"], "block"),
    (["VMCI: a"], "VMCI")])
def test_what_a_series_begins_with(subjects, want):
    assert maintainers.shared_prefix(subjects) == want


NET = """\
NETWORKING
L:	net@lists.example.org
T:	git git://git.example.org/net.git
T:	git git://git.example.org/net-next.git
F:	net/

RADIO
L:	net@lists.example.org (moderated)
F:	net/radio/

CARRIER
L:	carrier@lists.example.org
F:	net/carrier/

OTHER
L:	other@lists.example.org
T:	git git://git.example.org/other-next.git
F:	other/
"""


@pytest.mark.parametrize(("path", "want"), [
    ("net/core.c", "net-next"), ("net/radio/a.c", "net-next"),
    # Its patches go by another list.
    ("net/carrier/a.c", ""),
    # There is no tree for fixes beside it, so nobody has to choose.
    ("other/a.c", ""), ("else/a.c", "")])
def test_the_tree_that_subjects_name(path, want):
    assert maintainers.Subsystems(NET).next_tree(path) == want


def git(tree, *args):
    subprocess.run(["git", *args], cwd=tree, check=True,
                   env=git_env(), capture_output=True)


def test_prefix_from_history_runs_nothing_of_the_tree(tmp_path):
    git(tmp_path, "init", "-q")
    for number in range(3):
        (tmp_path / "a.c").write_text(f"{number}\n")
        git(tmp_path, "add", "a.c")
        git(tmp_path, "commit", "-q", "-m", f"fruit: apple: change {number}")
    mark = tmp_path / "ran"
    hook = tmp_path / "hook"
    hook.write_text(f"#!/bin/sh\ntouch '{mark}'\n")
    hook.chmod(0o755)
    git(tmp_path, "config", "core.fsmonitor", str(hook))
    git(tmp_path, "config", "gpg.program", str(hook))
    git(tmp_path, "config", "log.showSignature", "true")
    assert maintainers.subject_prefix("a.c", tmp_path, True) == "fruit: apple"
    assert maintainers.subject_prefix("a.c", tmp_path) == "a"
    assert not mark.exists()


def test_sections_of_linux_6_1():
    tree = kernels.tree("6.1")
    want = {
        "drivers/misc/vmw_vmci/vmci_host.c": "VMWARE VMCI DRIVER",
        "fs/fuse/dev.c": "FUSE: FILESYSTEM IN USERSPACE",
        "crypto/af_alg.c": "CRYPTO API",
        "net/tls/tls_sw.c": "NETWORKING [TLS]",
        "net/core/datagram.c": "NETWORKING [GENERAL]",
        "net/rds/message.c": "RDS - RELIABLE DATAGRAM SOCKETS",
        "drivers/vhost/scsi.c": "VIRTIO BLOCK AND SCSI DRIVERS",
        "drivers/virt/fsl_hypervisor.c": "drivers/virt",
        "mm/madvise.c": "MEMORY MANAGEMENT",
        "arch/powerpc/kvm/e500_mmu.c":
            "KERNEL VIRTUAL MACHINE FOR POWERPC (KVM/powerpc)"}
    start = time.process_time()
    found = maintainers.read_subsystems(tree)
    assert {path: found.subsystem_of(path) for path in want} == want
    # Generous: the heap of a whole test run slows every allocation.
    assert time.process_time() - start < 5
