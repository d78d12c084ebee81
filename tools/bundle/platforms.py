"""The platforms a folder of wheels is made for: which wheels run there, and what requirements with markers mean there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms

GLIBC = 28
"""Linux wheels may ask for glibc 2.28 at most: Kylin V10, UOS 20, openEuler 20.03, Debian 10."""
MACOS = (14, 0)
"""The oldest macOS that onnxruntime and faiss-cpu have wheels for."""
_OLD_LINUX = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}


@dataclass(frozen=True)
class Platform:
    """A kind of machine.

    Attributes:
        name: How it is called on the command line and in the names of folders.
        system: ``linux``, ``win32`` or ``darwin``, as ``sys.platform`` has it.
        machine: What ``platform.machine()`` says there.
        label: What it is called before people, in Chinese.
        lacking: What of the lock has no wheel there, as of 2026-11-30; such a platform is left out of ``--all``.
    """

    name: str
    system: Literal["linux", "win32", "darwin"]
    machine: str
    label: str
    lacking: str = ""

    def platform_tags(self) -> list[str]:
        """The platform part of the tags of wheels that run there, the best first.

        >>> PLATFORMS["linux-aarch64"].platform_tags()[0]
        'manylinux_2_28_aarch64'
        """
        if self.system == "win32":
            return ["win_amd64"]
        if self.system == "darwin":
            return list(mac_platforms(MACOS, self.machine))
        return [*self._linux_tags(), f"linux_{self.machine}"]

    def _linux_tags(self) -> Iterator[str]:
        oldest = 5 if self.machine == "x86_64" else 17
        for minor in range(GLIBC, oldest - 1, -1):
            yield f"manylinux_2_{minor}_{self.machine}"
            if minor in _OLD_LINUX:
                yield f"{_OLD_LINUX[minor]}_{self.machine}"

    def tags(self, python: tuple[int, int]) -> frozenset[Tag]:
        """Every tag of wheels that run there with CPython of a version such as ``(3, 11)``."""
        platforms = self.platform_tags()
        interpreter = f"cp{python[0]}{python[1]}"
        return frozenset([*cpython_tags(python, platforms=platforms), *compatible_tags(python, interpreter, platforms)])

    def markers(self, python: tuple[int, int]) -> dict[str, str]:
        """The environment in which the markers of requirements are read there (PEP 508)."""
        version = f"{python[0]}.{python[1]}"
        return {
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "implementation_version": f"{version}.0",
            "python_version": version,
            "python_full_version": f"{version}.0",
            "os_name": "nt" if self.system == "win32" else "posix",
            "sys_platform": self.system,
            "platform_system": {"linux": "Linux", "win32": "Windows", "darwin": "Darwin"}[self.system],
            "platform_machine": self.machine,
            "platform_release": "",
            "platform_version": "",
            "extra": "",
        }


PLATFORMS = {
    platform.name: platform
    for platform in (
        Platform("linux-x86_64", "linux", "x86_64", "Linux x86-64（麒麟、统信等，glibc 2.28 以上）"),
        Platform("linux-aarch64", "linux", "aarch64", "Linux ARM64（飞腾、鲲鹏上的麒麟、统信等，glibc 2.28 以上）"),
        Platform("windows", "win32", "AMD64", "Windows 10、11 和 Server 2016 以上，64 位"),
        Platform("macos-arm64", "darwin", "arm64", "macOS 14 以上，苹果芯片"),
        Platform(
            "macos-x86_64",
            "darwin",
            "x86_64",
            "macOS 14 以上，英特尔芯片",
            lacking="onnxruntime has no wheel, faiss-cpu asks for macOS 15, argon2-cffi-bindings and cryptography are older",
        ),
    )
}
