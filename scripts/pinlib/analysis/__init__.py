# SPDX-License-Identifier: GPL-2.0-only
"""Takes a tree; gives every call site decided, and the edits of each group."""
