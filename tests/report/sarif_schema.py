# SPDX-License-Identifier: GPL-2.0-only
"""Holds a SARIF log against the published schema, as Debian has it.

Debian packages Go types that were generated from the OASIS schema: every
object with its fields, which of them must be there, and every enumeration.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

TYPES = Path("/usr/share/gocode/src/github.com/haya14busa/go-sarif/sarif/"
             "sarif.go")
_STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.M | re.S)
_FIELD = re.compile(r'^\t\w+\s+(\S+)\s+`json:"([^",]+)(,omitempty)?"`', re.M)
_ENUM = re.compile(r'^\t\w+ (\w+) = "([^"]*)"', re.M)


class Schema:
    """The objects and enumerations of SARIF 2.1.0."""

    def __init__(self) -> None:
        text = TYPES.read_text(encoding="utf-8")
        self.objects = {name: {key: (kind, not optional) for
                               kind, key, optional in _FIELD.findall(body)}
                        for name, body in _STRUCT.findall(text)}
        # Debian's types are of the last draft; the standard then called this
        # field status, with the same values.
        suppression = self.objects["Suppression"]
        suppression["status"] = suppression.pop("state")
        self.enums: dict[str, set[str]] = {}
        for name, value in _ENUM.findall(text):
            self.enums.setdefault(name, set()).add(value)

    def problems(self, value: Any, kind: str = "Sarif",
                 where: str = "log") -> list[str]:
        """What of a value is not as the type says, with its path."""
        kind = kind.lstrip("*")
        if kind.startswith("[]"):
            if not isinstance(value, list):
                return [f"{where}: not a list"]
            return [p for n, item in enumerate(value)
                    for p in self.problems(item, kind[2:], f"{where}/{n}")]
        if kind.startswith("map["):
            inner = kind.partition("]")[2]
            if not isinstance(value, dict):
                return [f"{where}: not an object"]
            return [p for key, item in value.items()
                    for p in self.problems(item, inner, f"{where}/{key}")]
        if kind in self.enums:
            return [] if value in self.enums[kind] else [
                f"{where}: {value!r} is none of {sorted(self.enums[kind])}"]
        if kind in self.objects:
            return self._object(value, kind, where)
        plain = {"string": str, "int64": int, "bool": bool,
                 "float64": (int, float)}[kind]
        good = isinstance(value, plain) and (
            kind == "bool" or not isinstance(value, bool))
        return [] if good else [f"{where}: not a {kind}"]

    def _object(self, value: Any, kind: str, where: str) -> list[str]:
        if not isinstance(value, dict):
            return [f"{where}: not an object"]
        fields = self.objects[kind]
        found = [f"{where}: no {key}" for key, (_, needed) in fields.items()
                 if needed and key not in value]
        for key, item in value.items():
            if key not in fields:
                found.append(f"{where}: {key} is not known to {kind}")
            else:
                found += self.problems(item, fields[key][0],
                                       f"{where}/{key}")
        return found
