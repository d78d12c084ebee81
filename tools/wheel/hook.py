"""The build hook of the wheel (``[tool.hatch.build.targets.wheel.hooks.custom]``): one top-level name, see ``namespace.py``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))  # hatchling runs this file by its path
from namespace import TOP, copy_below


class NamespaceHook(BuildHookInterface):
    """Gives a wheel the packages below ``cemai``; an editable installation keeps the checkout as it is."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the copy and have it packed."""
        if version == "editable":
            return
        copy_below(Path(self.root), self._folder)
        build_data["force_include"][str(self._folder / TOP)] = TOP

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take the copy away."""
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _folder(self) -> Path:
        return Path(self.root) / "build" / "namespace"
