# SPDX-License-Identifier: GPL-2.0-only
"""Takes a flow; gives where its releases learn whether pages are pinned."""
