# SPDX-License-Identifier: GPL-2.0-only
"""Takes files; gives facts of their code, functions, types, paths and callers."""
