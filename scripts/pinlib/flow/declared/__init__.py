# SPDX-License-Identifier: GPL-2.0-only
"""Takes declarations and literals; gives what they do with values and variables."""
