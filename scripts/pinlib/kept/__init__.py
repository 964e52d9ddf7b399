# SPDX-License-Identifier: GPL-2.0-only
"""Takes what was worked out; gives it again while what it rests on is the same."""
