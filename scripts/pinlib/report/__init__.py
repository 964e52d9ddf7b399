# SPDX-License-Identifier: GPL-2.0-only
"""Takes records of sites and patches; gives report.json, text, SARIF and pages."""
