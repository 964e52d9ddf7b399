# SPDX-License-Identifier: GPL-2.0-only
"""Takes a call that takes pages; gives every place that those pages reach."""
