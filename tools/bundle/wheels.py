"""What wheels say of themselves: whether they run on a platform, what they require, which symbols of the C library they ask for."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.parser import Parser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name, parse_wheel_filename

from tools.bundle.platforms import GLIBC, Platform

_SYMBOL = re.compile(rb"GLIBC_2\.(\d+)(?![\d.])")


@dataclass(frozen=True)
class Wheel:
    """A wheel on the disk.

    Attributes:
        name: Its project, in the one writing that packages are compared by.
        requires: What it requires, markers unread.
        python: Which Pythons it allows.
    """

    path: Path
    name: str
    version: str
    requires: tuple[Requirement, ...]
    python: SpecifierSet

    @classmethod
    def read(cls, path: Path) -> Wheel:
        """Read name, version and metadata of a wheel file."""
        name, version, _, _ = parse_wheel_filename(path.name)
        with zipfile.ZipFile(path) as archive:
            metadata = next(entry for entry in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", entry))
            told = Parser().parsestr(archive.read(metadata).decode("utf-8"), headersonly=True)
        requires = tuple(Requirement(line) for line in told.get_all("Requires-Dist", []))
        return cls(path, canonicalize_name(name), str(version), requires, SpecifierSet(told.get("Requires-Python", "")))

    def runs_on(self, platform: Platform, python: tuple[int, int]) -> bool:
        """Whether a tag of its name is one of the platform's, and the Python is one it allows."""
        _, _, _, tags = parse_wheel_filename(self.path.name)
        return not platform.tags(python).isdisjoint(tags) and self.python.contains(f"{python[0]}.{python[1]}.0")

    def newest_glibc(self) -> int | None:
        """The minor version of the newest glibc whose symbols its libraries ask for; None where they ask for none."""
        found: set[int] = set()
        with zipfile.ZipFile(self.path) as archive:
            for entry in archive.namelist():
                if re.search(r"\.so(\.[\d.]+)?$", entry):
                    found.update(int(minor) for minor in _SYMBOL.findall(archive.read(entry)))
        return max(found, default=None)


@dataclass
class Closure:
    """What is not right about a folder of wheels; empty where everything is.

    Attributes:
        missing: Requirements no wheel of the folder fulfils, by the project that has them.
        unneeded: Projects in the folder that nothing requires there (a requirement of another platform).
        foreign: Wheels that do not run on the platform.
        newer_glibc: Wheels whose libraries ask for a newer glibc than the platform has.
    """

    missing: dict[str, list[Requirement]] = field(default_factory=dict)
    unneeded: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    newer_glibc: list[str] = field(default_factory=list)

    def is_whole(self) -> bool:
        """Whether the folder can be installed."""
        return not (self.missing or self.foreign or self.newer_glibc)


def check_closure(
    wheels: Iterable[Wheel], platform: Platform, python: tuple[int, int], *, roots: Iterable[str], left_out: Iterable[str] = ()
) -> Closure:
    """Follow what wheels require from some projects on.

    Args:
        wheels: Those of one folder.
        platform: The machine they are for; markers are read as there.
        python: The version of Python, such as ``(3, 11)``.
        roots: Projects to begin with, extras in brackets (``cemai[ocr]``).
        left_out: Projects that may be missing.

    Returns:
        What is missing, unneeded or does not run there.
    """
    by_name = {wheel.name: wheel for wheel in wheels}
    markers = platform.markers(python)
    closure = Closure()
    skipped = {canonicalize_name(name) for name in left_out}
    queue = [("", Requirement(root)) for root in roots]
    seen: set[tuple[str, frozenset[str]]] = set()
    while queue:
        by, requirement = queue.pop()
        name = canonicalize_name(requirement.name)
        wheel = by_name.get(name)
        if name in skipped:
            continue
        if wheel is None or not requirement.specifier.contains(wheel.version, prereleases=True):
            closure.missing.setdefault(by, []).append(requirement)
            continue
        extras = frozenset(requirement.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        for needed in wheel.requires:
            if needed.marker is None or any(needed.marker.evaluate(markers | {"extra": extra}) for extra in extras or {""}):
                queue.append((wheel.name, needed))
    reached = {name for name, _ in seen}
    for wheel in by_name.values():
        if wheel.name not in reached:
            closure.unneeded.append(wheel.name)
        if not wheel.runs_on(platform, python):
            closure.foreign.append(wheel.path.name)
        if platform.system == "linux" and (wheel.newest_glibc() or 0) > GLIBC:
            closure.newer_glibc.append(wheel.path.name)
    return closure
