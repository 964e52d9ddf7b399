# SPDX-License-Identifier: GPL-2.0-only
"""Takes a call that acquires pages; gives every place those pages reach."""
