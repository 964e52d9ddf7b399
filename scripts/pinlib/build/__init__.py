# SPDX-License-Identifier: GPL-2.0-only
"""Takes a tree and a configuration; gives its objects, built once and kept."""
