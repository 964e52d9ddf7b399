# SPDX-License-Identifier: GPL-2.0-only
"""Takes the flow of one call; gives what is wrong with it today."""
