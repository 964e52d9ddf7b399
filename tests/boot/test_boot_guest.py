# SPDX-License-Identifier: GPL-2.0-only
"""However a guest ends, it ends within a bound, says how, and leaves its log.

A script stands for the kernel.
"""

from __future__ import annotations

import dataclasses
import os
import time

import pytest
from pinlib.base.errors import Gup2pinError
from pinlib.boot import guest_run
from pinlib.boot.machines import UML


def guest(tmp_path, script, monkeypatch, seconds=20, machine=UML):
    monkeypatch.setattr(guest_run, "program", lambda folder: tmp_path / "i")
    monkeypatch.setattr(guest_run, "images", lambda folder, machine: {})
    kernel = tmp_path / "linux"
    kernel.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    kernel.chmod(0o755)
    return guest_run.boot(kernel, tmp_path / "log", None, machine, seconds)


def test_a_guest_that_ends_well(tmp_path, monkeypatch):
    run = guest(tmp_path, "echo pins: - end", monkeypatch)
    assert run.problem == "" and run.output.ended


def test_a_guest_that_panics(tmp_path, monkeypatch):
    run = guest(tmp_path, "echo Kernel panic - not syncing; exit 1",
                monkeypatch)
    assert "stopped before" in run.problem
    assert run.output.trouble == ["Kernel panic - not syncing"]


def test_a_guest_that_is_killed(tmp_path, monkeypatch):
    run = guest(tmp_path, "echo pins: a begin; kill -ABRT $$", monkeypatch)
    assert run.problem == "the guest was ended by SIGABRT"
    assert "pins: a begin" in run.log.read_text()


def test_a_guest_that_fills_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(guest_run, "FILE_LIMIT", 1 << 20)
    run = guest(tmp_path, "echo pins: a begin; "
                "exec dd if=/dev/zero of=big bs=64k count=100", monkeypatch)
    assert run.problem == "the guest was ended by SIGXFSZ"
    assert run.output.workloads["a"].result == "lost"


def test_a_host_without_room_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(guest_run, "program", lambda folder: tmp_path / "i")
    monkeypatch.setattr(guest_run, "images", lambda folder, machine: {
        "ext4": tmp_path / "not-there.img"})
    with pytest.raises(Gup2pinError, match="not-there.img"):
        guest_run.boot(tmp_path / "linux", tmp_path / "log")


def test_a_guest_that_hangs_is_ended_with_its_children(tmp_path, monkeypatch):
    mark = tmp_path / "pid"
    start = time.monotonic()
    run = guest(tmp_path, f"sleep 60 & echo $! > {mark}; wait", monkeypatch, 1)
    assert "did not end within 1 s" in run.problem
    assert time.monotonic() - start < 15
    child = int(mark.read_text(encoding="ascii"))
    for _ in range(50):
        try:
            with open(f"/proc/{child}/stat", encoding="ascii") as stream:
                if stream.read().split()[2] == "Z":
                    break
        except OSError:
            break
        time.sleep(0.1)
    else:
        os.kill(child, 9)
        raise AssertionError("a child outlived its guest")


def test_a_guest_that_says_nothing_more(tmp_path, monkeypatch):
    run = guest(tmp_path, "echo pins: a begin; exec sleep 60", monkeypatch,
                machine=dataclasses.replace(UML, quiet_seconds=1))
    assert "said nothing" in run.problem
    assert run.output.workloads["a"].result == "lost"


def test_a_guest_that_says_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr(guest_run, "LOG_BYTES", 1 << 16)
    run = guest(tmp_path, "exec yes", monkeypatch)
    assert "grew beyond" in run.problem
