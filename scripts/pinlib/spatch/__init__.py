# SPDX-License-Identifier: GPL-2.0-only
"""Takes semantic patches and files; gives the facts or edits that spatch prints."""
