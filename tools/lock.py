"""Write requirements.lock and requirements-dev.lock: what pyproject.toml asks for, and all of its dependencies, as installed.

    python tools/lock.py

Run it in an environment that passes the tests. The local part of a version (torch 2.13.0+cpu) is left out: the same lock file
serves machines that have another build of the same version.
"""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PINNED_FIRST = "torch"


def closure(wanted: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    queue = [Requirement(line) for line in wanted]
    while queue:
        requirement = queue.pop()
        key = re.sub(r"[-_.]+", "-", requirement.name).lower()
        if key in found:
            continue
        dist = metadata.distribution(requirement.name)
        found[key] = f"{key}=={dist.version.split('+')[0]}"
        for line in dist.requires or ():
            needed = Requirement(line)
            extras = requirement.extras or {""}
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                queue.append(needed)
    return found


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    run_time = closure(project["project"]["dependencies"])
    dev = closure(project["dependency-groups"]["dev"])
    lines = [run_time.pop(PINNED_FIRST), *sorted(run_time.values())]
    header = "# Written by tools/lock.py. torch stands first and pinned: a looser range pulls gigabytes of GPU libraries.\n"
    (ROOT / "requirements.lock").write_text(header + "\n".join(lines) + "\n", encoding="utf-8")
    extra = sorted(value for key, value in dev.items() if key not in run_time and key != PINNED_FIRST)
    (ROOT / "requirements-dev.lock").write_text(
        "# Written by tools/lock.py\n-r requirements.lock\n" + "\n".join(extra) + "\n", encoding="utf-8"
    )
    print(f"{len(lines)} + {len(extra)} packages")


if __name__ == "__main__":
    main()
