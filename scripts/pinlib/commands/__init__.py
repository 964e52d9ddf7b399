# SPDX-License-Identifier: GPL-2.0-only
"""Takes the options of a run; runs one target of the command line."""
