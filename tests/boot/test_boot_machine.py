# SPDX-License-Identifier: GPL-2.0-only
"""What differs between the machines that a kernel is booted on.

A script stands for qemu; no kernel is built.
"""

from __future__ import annotations

import os
import subprocess

import pytest
from pinlib import host_packages
from pinlib.boot import boot, console, guest_run, kernel_builds, machines
from pinlib.boot.kernel_builds import BOOT
from pinlib.boot.machines import MEMORY, NOMMU, QEMU, SHARE, UML
from trees import kernels

WORDS = ["images=ext4:/dev/vda", "stop=1"]


def command(tmp_path, machine=QEMU, disks=2):
    copies = [tmp_path / f"{n}.img" for n in range(disks)]
    return machine.command(tmp_path / "linux", tmp_path / "init.cpio",
                           tmp_path, copies, WORDS)


def value(words, option):
    return words[words.index(option) + 1]


def test_qemu_emulates_and_has_no_way_out(tmp_path):
    words = command(tmp_path)
    assert words[0] == "qemu-system-x86_64"
    assert value(words, "-accel") == "tcg"
    assert not [w for w in words if "kvm" in w]
    # Without this it would have a network card of its own.
    assert "-nodefaults" in words and "-no-user-config" in words
    assert not {"-nic", "-netdev", "-net"} & set(words)
    assert value(words, "-m") == MEMORY


def test_a_panic_ends_qemu_as_a_reboot_does(tmp_path):
    words = command(tmp_path)
    assert "-no-reboot" in words
    linux = value(words, "-append").split()
    assert {"panic=1", "end=reboot", "rdinit=/init", *WORDS} <= set(linux)


def test_qemu_gets_its_disks_in_their_order(tmp_path):
    words = command(tmp_path, disks=3)
    drives = [words[k + 1] for k, w in enumerate(words) if w == "-drive"]
    assert drives == [f"format=raw,if=virtio,file={tmp_path}/{n}.img"
                      for n in range(3)]
    assert QEMU.disks(3) == ["vda", "vdb", "vdc"]


def test_the_folder_for_9p_is_the_guests_own(tmp_path):
    words = command(tmp_path / "a,b")
    assert value(words, "-fsdev").endswith(f"path={tmp_path}/a,,b/{SHARE}")
    assert f"mount_tag={SHARE}" in value(words, "-device")


def test_uml_is_started_as_a_program(tmp_path):
    words = command(tmp_path, UML)
    assert words[0] == str(tmp_path / "linux")
    assert f"ubda={tmp_path}/0.img" in words
    assert set(WORDS) <= set(words) and "end=reboot" not in words
    assert "GLIBC_TUNABLES=glibc.pthread.rseq=0" in words
    assert "kunit.enable=0" in words


@pytest.mark.parametrize("machine, kinds", [(UML, "ring,file"),
                                            (QEMU, "thp,hugetlb,file")])
def test_a_machine_says_what_buffers_can_be_of(tmp_path, machine, kinds):
    words = " ".join(command(tmp_path, machine)).split()
    assert f"memory={kinds}" in words
    text = (BOOT / "kinds.c").read_text(encoding="utf-8")
    assert all(f'= "{kind}"' in text for kind in kinds.split(","))


def test_the_tests_of_the_helpers_run_first_on_qemu(tmp_path):
    linux = value(command(tmp_path), "-append").split()
    assert "kunit.filter_glob=page_extract*" in linux
    assert "kunit.enable=0" not in linux


def test_results_of_a_machine_have_names_of_their_own():
    assert UML.file("boot.json") == "boot.json"
    assert QEMU.file("boot.json") == "boot-qemu.json"
    assert QEMU.file("control.log") == "control-qemu.log"


def test_the_board_has_no_mmu_and_its_kernel_no_interface(tmp_path):
    words = command(tmp_path, NOMMU, 0)
    assert words[0] == "qemu-system-riscv64" and value(
        words, "-cpu") == "rv64,mmu=off"
    # Its kernel takes no words but those that it was built with.
    assert "-append" not in words and "-no-reboot" in words
    assert "kunit_shutdown=reboot" in NOMMU.config.read_text(encoding="ascii")
    assert not NOMMU.link([]) and not kernel_builds.traces(NOMMU)
    assert "pin_trace" not in kernel_builds.boot_makefile("", NOMMU)
    assert " page_extract_user_kunit.o" in kernel_builds.boot_makefile("", NOMMU)


def test_the_file_on_trial_is_no_part_of_the_boards_base():
    tree = kernels.tree("6.1")
    uml, board = (kernel_builds.base_files(tree, m) for m in (UML, NOMMU))
    assert "mm/gup.c" in uml and "mm/gup.c" not in board
    assert "lib/page_extract_user_kunit.c" in board


def test_calls_are_led_to_the_interface_by_the_linker():
    assert QEMU.link(["a", "b"]) == ["LD=ld --wrap=a --wrap=b"]
    assert UML.link(["a"]) == ["LINK_WRAPS=-Wl,--wrap=malloc -Wl,--wrap=free "
                               "-Wl,--wrap=calloc -Wl,--wrap=a"]


def test_a_machine_gets_its_files_of_the_interface():
    tree = kernels.tree("6.1")
    more = set(kernel_builds.base_files(tree, QEMU)) - set(
        kernel_builds.base_files(tree, UML))
    assert more == {"lib/smb_server.c", "lib/smb_server.h"}
    makefile = kernel_builds.boot_makefile("", QEMU)
    assert " smb_server.o " in makefile and " pin_trace.o " in makefile
    assert "smb_server.o" not in kernel_builds.boot_makefile("", UML)


def test_a_machine_gets_its_images_only(tmp_path, monkeypatch):
    monkeypatch.setattr(guest_run, "IMAGES", (
        ("ext4", 1, ()), ("xfs", 1, ()), ("scratch", 1, ())))
    assert list(guest_run.images(tmp_path, UML)) == ["ext4", "xfs", "scratch"]
    assert list(guest_run.images(tmp_path, QEMU)) == ["ext4", "scratch"]


def test_every_image_that_qemu_wants_is_made():
    made = {name for name, _, _ in guest_run.IMAGES}
    assert QEMU.images and set(QEMU.images) <= made


def test_lines_of_a_serial_console_are_read():
    said = console.parse("pins: a begin\r\npins: a done pass bytes=1 "
                         "pages=2 unequal=0 acquired=3 released=3 \r\n"
                         "pins: - end\r\n")
    assert said.ended and said.workloads["a"].result == "pass"
    assert said.workloads["a"].reason == ""


def test_a_kept_log_stands_for_its_machine_and_guest_only(tmp_path,
                                                          monkeypatch):
    """Not for a guest that is started in another way."""
    started = []

    def run(image, log, only, machine):
        started.append(machine)
        log.write_text("pins: - end\n", encoding="utf-8")
        return guest_run.Run(console.ConsoleLog({}, True, []), "", log, 1)

    monkeypatch.setattr(guest_run, "boot", run)
    monkeypatch.setattr(guest_run, "program", lambda folder: tmp_path / "i")
    machine = object.__new__(boot.Boot)
    machine.kernel, machine.out, machine.say = tmp_path, tmp_path, lambda t: t
    (tmp_path / "boot").mkdir()
    for machine.machine in (UML, UML, QEMU, QEMU):
        assert not machine.guest("control", tmp_path / "linux", {},
                                 []).failures
    assert started == [UML, QEMU]
    monkeypatch.setattr(machines, "MEMORY", "2G")
    machine.guest("control", tmp_path / "linux", {}, [])
    assert started == [UML, QEMU, QEMU]
    assert sorted(p.name for p in (tmp_path / "boot").iterdir()) == [
        "control-qemu.log", "control.log"]


FAKE = """#!/bin/sh
while [ "$1" != -append ]; do shift; done
case "$2" in *images=ext4:/dev/vda*) ;; *) exit 3;; esac
[ -d share ] || exit 3
"""


@pytest.mark.parametrize("script, problem", [
    ("printf 'pins: a begin\\r\\npins: - end\\r\\n'", ""),
    ("echo Kernel panic - not syncing", "stopped before the last workload"),
    ("echo pins: a begin; exec sleep 60", "did not end within 1 s"),
    ("kill -ABRT $$", "ended by SIGABRT")])
def test_however_qemu_ends(tmp_path, monkeypatch, script, problem):
    (tmp_path / "bin").mkdir()
    qemu = tmp_path / "bin" / "qemu-system-x86_64"
    qemu.write_text(FAKE + script + "\n", encoding="utf-8")
    qemu.chmod(0o755)
    (tmp_path / "ext4").write_bytes(b"")
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    monkeypatch.setattr(guest_run, "program", lambda folder: tmp_path / "i")
    monkeypatch.setattr(guest_run, "images",
                        lambda folder, machine: {"ext4": tmp_path / "ext4"})
    run = guest_run.boot(tmp_path / "linux", tmp_path / "log", None, QEMU, 1)
    assert problem in run.problem and bool(problem) == bool(run.problem)
    assert run.log.is_file()


def test_qemu_is_installed_for_those_who_ask_for_it():
    qemu = set(host_packages.packages_for("boot-qemu", True))
    assert qemu - set(host_packages.packages_for("boot", True)) == {
        "qemu-system-x86"}
    for target in ("setup", "test", "prove", "lint", "mutants"):
        assert "qemu-system-x86" not in host_packages.packages_for(target, False)


def test_the_board_is_installed_for_those_who_ask_for_it():
    board = set(host_packages.packages_for("boot-nommu", True))
    assert board - set(host_packages.packages_for("boot", True)) == {
        "qemu-system-misc"}


def test_another_machine_is_refused_in_one_line(gup2pin):
    done = gup2pin("boot", "--machine", "vax")
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
    assert "'vax'" in done.stderr and "'uml', 'qemu', 'nommu'" in done.stderr


def test_a_target_that_boots_nothing_there_says_so(gup2pin):
    done = gup2pin("mutants", "--machine", "qemu")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "gup2pin: --machine qemu: only boot runs there"]


def test_make_hands_the_machine_on(root):
    done = subprocess.run(["make", "boot", "MACHINE=qemu", "--dry-run"],
                          cwd=root, check=True, capture_output=True, text=True)
    assert "--machine='qemu'" in done.stdout
