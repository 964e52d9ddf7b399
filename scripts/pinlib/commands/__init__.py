# SPDX-License-Identifier: GPL-2.0-only
"""Takes the options of a run; does what one target of the command line says."""
