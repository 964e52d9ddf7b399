#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Holds reports about drivers against answers that a person wrote down.

    tests/compare_drivers.py docs/drivers.toml FOLDER [NAME...]

FOLDER has the results of driver NAME in NAME.out/report.json. Printed is a row
for each site that does not agree, and the sums. Exit code 1: an answer of the
tool is wrong, which is worse than one that says too little; docs/drivers.md
has the words.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
Place = tuple[str, int]
WORDS = ("agrees", "less", "lost", "extra", "wrong")
PINNED = ("converted", "mismatch")


def place_of(text: str) -> Place:
    """Return the place that begins a line of text, "file:line ..."."""
    file, _, line = text.split()[0].rpartition(":")
    return file, int(line)


def of_report(report: Row) -> dict[Place, Row]:
    """Return the sites of a report by place; inactive ones are not sites."""
    return {(site["file"], site["line"]): site for site in report["sites"]
            if site["disposition"] != "inactive"}


def missed_releases(site: Row, found: Row) -> list[str]:
    """Name the releases of a site to convert that the report lacks."""
    known = {(place["file"], place["line"]) for place in found["releases"]}
    return [release for release in site["releases"]
            if place_of(release) not in known]


def judge(site: Row, found: Row) -> str:
    """Return one word for what was reported of a site."""
    told, code = found["disposition"], found["code"]
    if told not in (site["disposition"], *site.get("accept", ())):
        return "less" if told == "manual" else "wrong"
    if told == "manual" and code not in site.get("codes", ()):
        return "less"
    if told != "convert" or site["disposition"] != "convert":
        return "agrees"
    long = code == "pin-longterm"
    right = long == site["longterm"] and not missed_releases(site, found)
    return "agrees" if right else "wrong"


def live_sites(driver: Row, left: dict[Place, Row]) -> Iterator[
        tuple[str, str, str]]:
    """Yield word, place and what was reported of the sites that count."""
    for site in driver.get("site", ()):
        places = [(site["file"], site["line"]),
                  *map(place_of, site.get("also", ()))]
        found = [left.pop(place) for place in places if place in left]
        place = f"{site['file']}:{site['line']}"
        if not found:
            yield "lost", place, f"nothing, right is {site['disposition']}"
            continue
        said = f"{found[0]['disposition']} [{found[0]['code']}], right is " \
               f"{site['disposition']}"
        missing = missed_releases(site, found[0])
        if found[0]["disposition"] == "convert" and missing:
            said += f", without {', '.join(missing)}"
        yield judge(site, found[0]), place, said


def other_calls(driver: Row, left: dict[Place, Row]) -> Iterator[
        tuple[str, str, str]]:
    """Yield the same of the calls that pin, or that the tree leaves out."""
    for text in driver.get("pinned", ()):
        found = left.pop(place_of(text), None)
        told = found["disposition"] if found else "nothing"
        yield ("agrees" if told in (*PINNED, "nothing") else "wrong",
               text.split()[0], f"{told}, right is converted")
    quiet = {place_of(text) for text in driver.get("inactive", ())}
    for place, site in left.items():
        if site["disposition"] not in PINNED:
            yield "extra", f"{place[0]}:{place[1]}", \
                  f"{site['disposition']} [{site['code']}], right is " \
                  f"{'inactive' if place in quiet else 'no site'}"
    for _ in quiet - set(left):
        yield "agrees", "", ""


def compare(driver: Row, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield word, place and what was reported of the calls of a driver."""
    path = folder / f"{driver['name']}.out" / "report.json"
    left = of_report(json.loads(path.read_text())) if path.exists() else {}
    yield from live_sites(driver, left)
    yield from other_calls(driver, left)


def main(arguments: list[str]) -> int:
    """Compare and print; return the exit code."""
    if len(arguments) < 2:
        print(__doc__)
        return 2
    drivers = tomllib.loads(Path(arguments[0]).read_text())["driver"]
    sums: Counter[str] = Counter()
    converts = convertible = 0
    for driver in drivers:
        if arguments[2:] and driver["name"] not in arguments[2:]:
            continue
        convertible += sum(site["disposition"] == "convert"
                           for site in driver.get("site", ()))
        for word, place, said in compare(driver, Path(arguments[1])):
            sums[word] += 1
            converts += word == "agrees" and said.startswith("convert [")
            if word != "agrees":
                print(f"{word:7}{driver['name']} {place}: {said}")
    print(", ".join(f"{word} {sums[word]}" for word in WORDS))
    print(f"{converts} of {convertible} sites to convert are converted")
    return 1 if sums["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
