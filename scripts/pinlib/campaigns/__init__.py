# SPDX-License-Identifier: GPL-2.0-only
"""Takes what the engine read; gives what only one campaign makes of it."""
