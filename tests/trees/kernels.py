# SPDX-License-Identifier: GPL-2.0-only
"""Debian's kernel sources, as the tool itself unpacks them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib import host_packages
from pinlib.kernel import kernel_tree

# What the tables under tests/expected and the write-ups were read from.
READ = {"6.1": "6.1.192", "6.12": "6.12.117"}


def tree(version: str) -> Path:
    """The tree of one kernel; skips where it is not the one that was read."""
    package = f"linux-source-{version}"
    found = host_packages.installed([package])
    if package not in found:
        pytest.skip(f"{package} is not installed")
    path = kernel_tree.debian_tree(package, found[package])
    if kernel_tree.kernel_version(path) != READ[version]:
        pytest.skip(f"{package} is {kernel_tree.kernel_version(path)}, "
                    f"not {READ[version]}, which was read")
    return path
