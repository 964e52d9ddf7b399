# SPDX-License-Identifier: GPL-2.0-only
"""Takes planned edits and a file; gives new text, checked token by token."""
