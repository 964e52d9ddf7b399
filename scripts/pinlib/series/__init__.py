# SPDX-License-Identifier: GPL-2.0-only
"""Takes release groups; gives commits, and mails with their changelogs."""
