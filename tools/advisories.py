"""Hold the lock files against advisories in a file, where there is no network to ask.

    python tools/advisories.py all.zip

The file is in the format of OSV (https://ossf.github.io/osv-schema): one advisory as JSON, a list of them, one a line, or a zip of
such files, as https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip is. Exit status 1 where a package of a lock file is
affected, 2 where the file holds no advisory on Python packages at all.
"""

from __future__ import annotations

import argparse
import json
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tools.supply import Pin, read_pins

ECOSYSTEM = "PyPI"


@dataclass(frozen=True, slots=True)
class AdvisoryHit:
    """An advisory that concerns a package of a lock file; ``fixed`` are the versions that no longer have the fault."""

    pin: Pin
    number: str
    aliases: tuple[str, ...]
    about: str
    fixed: tuple[str, ...]

    def __str__(self) -> str:
        numbers = ", ".join((self.number, *self.aliases))
        mended = f"mended in {', '.join(self.fixed)}" if self.fixed else "no mended version named"
        return f"{self.pin.name} {self.pin.version} ({', '.join(self.pin.files)}): {numbers}: {self.about}; {mended}"


def read_advisories(file: Path) -> Iterator[dict[str, Any]]:
    """The advisories of a file. Raises ``ValueError`` for anything else."""
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                if name.endswith(".json"):
                    yield from _parse(archive.read(name).decode("utf-8"))
    else:
        yield from _parse(file.read_text(encoding="utf-8"))


def _parse(text: str) -> Iterator[dict[str, Any]]:
    try:
        value = json.loads(text)
    except ValueError:
        value = [json.loads(line) for line in text.splitlines() if line.strip()]
    for one in value if isinstance(value, list) else value.get("vulns", [value]):
        if not isinstance(one, dict) or "id" not in one:
            raise ValueError("not an advisory in the format of OSV")
        yield one


def find_hits(advisories: Iterable[dict[str, Any]], pins: Iterable[Pin]) -> tuple[list[AdvisoryHit], int]:
    """The advisories that concern some packages, and how many of them are on Python packages at all."""
    by_name: dict[str, list[Pin]] = {}
    for pin in pins:
        by_name.setdefault(pin.name, []).append(pin)
    found, count = [], 0
    for advisory in advisories:
        concerned = [one for one in advisory.get("affected", ()) if one.get("package", {}).get("ecosystem") == ECOSYSTEM]
        count += bool(concerned)
        if advisory.get("withdrawn"):
            continue
        for one in concerned:
            for pin in by_name.get(canonicalize_name(one["package"]["name"]), ()):
                if is_affected(one, pin.version):
                    about = advisory.get("summary") or str(advisory.get("details", ""))[:120]
                    events = [event for span in one.get("ranges", ()) for event in span.get("events", ())]
                    fixed = tuple(dict.fromkeys(event["fixed"] for event in events if "fixed" in event))
                    found.append(AdvisoryHit(pin, advisory["id"], tuple(advisory.get("aliases", ())), about, fixed))
    return sorted(set(found), key=lambda hit: (hit.pin.name, hit.number)), count


def is_affected(affected: dict[str, Any], version: str) -> bool:
    """Whether a version is among those that an entry of ``affected`` lists or spans.

    >>> spans = {"ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.10"}]}]}
    >>> is_affected(spans, "1.9"), is_affected(spans, "1.10")
    (True, False)
    """
    own = Version(version)
    if any(own == listed for listed in map(_version, affected.get("versions", ()))):
        return True
    return any(
        _spans(span.get("events", ()), own) for span in affected.get("ranges", ()) if span.get("type") in ("ECOSYSTEM", "SEMVER")
    )


def _spans(events: Iterable[dict[str, str]], own: Version) -> bool:
    """Whether a version lies between an event that introduces a fault and the next that ends it."""
    marks = sorted(
        ((mark, kind) for event in events for kind, value in event.items() if (mark := _version(value)) is not None),
        key=lambda mark: (mark[0], mark[1] == "introduced"),  # of one version that is both, the worse
    )
    inside = False
    for mark, kind in marks:
        if kind == "introduced" and mark <= own:
            inside = True
        elif (kind == "fixed" and mark <= own) or (kind == "last_affected" and mark < own):
            inside = False
    return inside


def _version(value: str) -> Version | None:
    try:
        return Version(value)
    except InvalidVersion:  # of a time before versions had a form
        return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    found, count = find_hits(read_advisories(parser.parse_args().file), pins := read_pins())
    print(f"{len(pins)} packages held against {count} advisories: {len(found)} concern them")
    for hit in found:
        print(hit)
    return 1 if found else 0 if count else 2


if __name__ == "__main__":
    raise SystemExit(main())
