# SPDX-License-Identifier: GPL-2.0-only
"""Takes planned edits and a file; gives its new text, proven token by token."""
