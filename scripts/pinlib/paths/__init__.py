# SPDX-License-Identifier: GPL-2.0-only
"""Takes one function; gives what each path through it does with the pages."""
