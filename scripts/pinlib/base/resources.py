# SPDX-License-Identifier: GPL-2.0-only
"""Where the files that belong to gup2pin lie."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = ROOT / "scripts"
COCCI = ROOT / "cocci"
MACROS = COCCI / "macros.h"
KCONFIG = SCRIPTS / "kconfig"
OVERLAY = ROOT / "kernel-overlay"
REPORTS = ROOT / "reports"
