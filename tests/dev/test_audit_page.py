# SPDX-License-Identifier: GPL-2.0-only
"""docs/audit.md has every kind of finding that the fixtures show, and no other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUGS = ROOT / "scripts/pinlib/decide/bugs"
AUDIT = ROOT / "scripts/pinlib/audit"


def test_every_code_is_explained() -> None:
    page = (ROOT / "docs/audit.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `([a-z-]+)` \|", page, re.M)
    assert len(set(told)) == len(told)
    code = "".join(p.read_text(encoding="utf-8") for folder in (BUGS, AUDIT)
                   for p in folder.rglob("*.py"))
    assert not {name for name in told if f'"{name}"' not in code}
    shown = {name for p in (ROOT / "tests/trees/audit").rglob("*.c")
             for name in re.findall(r"/\* @([\w-]+) \*/", p.read_text("utf-8"))}
    found = tomllib.loads((ROOT / "tests/recall/found.toml").read_text("utf-8"))
    shown |= {str(value) for row in found.values() for value in row.values()
              if f'"{value}"' in code and "-" in str(value)}
    assert shown <= set(told)
