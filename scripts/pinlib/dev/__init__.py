# SPDX-License-Identifier: GPL-2.0-only
"""Takes gup2pin's own sources; gives what lint, bench and the rule tests find."""
