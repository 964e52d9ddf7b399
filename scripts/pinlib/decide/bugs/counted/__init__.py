# SPDX-License-Identifier: GPL-2.0-only
"""Takes numbers of pages and where they come from; gives those that are wrong."""
