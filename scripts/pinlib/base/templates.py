# SPDX-License-Identifier: GPL-2.0-only
"""Load the templates of reports and letters."""

from __future__ import annotations

import jinja2

from pinlib.base.resources import REPORTS
from pinlib.base.text import wrap


def environment() -> jinja2.Environment:
    """Return how every template of the project is read."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(REPORTS), trim_blocks=True,
        lstrip_blocks=True, undefined=jinja2.StrictUndefined,
        autoescape=False)
    made.filters["wrap"] = wrap
    return made
