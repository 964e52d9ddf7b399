# SPDX-License-Identifier: GPL-2.0-only
"""List the places where the releases of one acquisition find its pin state."""

from __future__ import annotations

from dataclasses import dataclass

from pinlib.decide.pin_state.as_argument import AsArgument
from pinlib.decide.pin_state.in_owner import InOwner
from pinlib.decide.pin_state.in_struct import InStruct


@dataclass(frozen=True)
class Always:
    """Nothing has to be known: all pages of the acquisition are pinned."""


PinState = Always | InStruct | InOwner | AsArgument
