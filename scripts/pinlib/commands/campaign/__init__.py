# SPDX-License-Identifier: GPL-2.0-only
"""Takes what a run was asked of another campaign than pins; leaves results in OUT."""
