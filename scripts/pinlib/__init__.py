# SPDX-License-Identifier: GPL-2.0-only
"""The stages behind scripts/gup2pin, one module a stage."""
