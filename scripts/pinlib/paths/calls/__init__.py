# SPDX-License-Identifier: GPL-2.0-only
"""What a call does with the pages on one path: takes over, drops, or none of it."""
