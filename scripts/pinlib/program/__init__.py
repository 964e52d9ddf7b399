# SPDX-License-Identifier: GPL-2.0-only
"""Takes facts of files; gives functions, types, ways through them, and callers."""
