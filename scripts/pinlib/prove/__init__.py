# SPDX-License-Identifier: GPL-2.0-only
"""Takes a series; gives what compiling, linking and checking each patch showed."""
