# SPDX-License-Identifier: GPL-2.0-only
"""Say where the files that belong to gup2pin are."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = ROOT / "scripts"
COCCI = ROOT / "cocci"
CAMPAIGNS = COCCI / "campaigns"
MACROS = COCCI / "macros.h"
KCONFIG = SCRIPTS / "kconfig"
OVERLAY = ROOT / "kernel-overlay"
REPORTS = ROOT / "reports"
