# SPDX-License-Identifier: GPL-2.0-only
"""Takes a member that tells pages apart; proves what it says, and when."""
