# SPDX-License-Identifier: GPL-2.0-only
"""Takes the text of a C file; gives masked text, tokens, expressions and types."""
