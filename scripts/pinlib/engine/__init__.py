# SPDX-License-Identifier: GPL-2.0-only
"""Takes what a campaign declares, and a tree; gives its sites and their edits."""
