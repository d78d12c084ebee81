"""Write requirements.lock, requirements-dev.lock and requirements-ocr.lock: what pyproject.toml asks for, and all of its
dependencies, as installed. The last is left as it is where the recognition of scans is not installed.

    python tools/lock.py

Run it in an environment that passes the tests. The local part of a version (torch 2.13.0+cpu) is left out: the same lock file
serves machines that have another build of the same version.
"""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PINNED_FIRST = "torch"
OCR_HEADER = """\
# Written by tools/lock.py. What cemai[ocr] adds: reading of scans. 215 MB installed, so it is no part of requirements.lock.
#     pip install -r requirements-ocr.lock
# For a machine without a network, on one that has it, with the same system and Python:
#     pip download -d wheels -r requirements-ocr.lock
# and there, with the folder that was carried over:
#     pip install --no-index --find-links wheels -r requirements-ocr.lock
# rapidocr holds the models (33 MB) and asks for opencv-python-headless by itself; opencv-python must not come beside it: both own
# the module cv2, and it needs libGL. pyclipper and shapely grow the boxes of lines, omegaconf (settings), colorlog (log), six and
# requests with urllib3 (fetching of models, which is never called: every path is given) are imported by rapidocr.
-r requirements.lock
"""
LEFT_OUT = frozenset({"torch", "sentence-transformers"})
"""What the installation for offices goes without: training, and embedding models other than the built-in ones."""
OFFICE_HEADER = """\
# Written by tools/lock.py. What cemai needs without torch and sentence-transformers: everything works but `cemai model train` and
# `cemai model use` of models other than the built-in one, which say so.
#     pip install -r requirements-office.lock
#     pip install --no-deps .
"""


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
    office = closure([line for line in project["project"]["dependencies"] if Requirement(line).name not in LEFT_OUT])
    (ROOT / "requirements-office.lock").write_text(OFFICE_HEADER + "\n".join(sorted(office.values())) + "\n", encoding="utf-8")
    print(f"{len(lines)} + {len(extra)} packages")
    if find_spec("rapidocr") is not None:
        scans = closure(project["project"]["optional-dependencies"]["ocr"])
        added = sorted(value for key, value in scans.items() if key not in run_time)
        (ROOT / "requirements-ocr.lock").write_text(OCR_HEADER + "\n".join(added) + "\n", encoding="utf-8")
        print(f"+ {len(added)} packages for scans")


if __name__ == "__main__":
    main()
