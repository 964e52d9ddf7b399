# SPDX-License-Identifier: GPL-2.0-only
"""Takes facts about files; gives functions, types, paths and callers."""
