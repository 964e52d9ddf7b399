# SPDX-License-Identifier: GPL-2.0-only
"""Takes semantic patches and files; gives what spatch finds, or edits."""
