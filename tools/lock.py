"""Write the lock files: what pyproject.toml asks for, and all of its dependencies, as installed. Those of an extra that is not
installed (ocr, archives, postgres, ldap, oidc) are left as they are. Then write what they list as a bill of materials (sbom.cdx.json) and into NOTICE.

    python tools/lock.py                        lock files, bill and NOTICE
    python tools/lock.py --describe             bill and NOTICE of the lock files as they are
    python tools/lock.py --describe --wheels F  with what the wheels in a folder (pip download) say, for packages that are not installed

Run it in an environment that passes the tests. The local part of a version (torch 2.13.0+cpu) is left out: the same lock file
serves machines that have another build of the same version.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tools.supply import ROOT, write_supply

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
ARCHIVES_HEADER = """\
# Written by tools/lock.py. What cemai[archives] adds: members of RAR and 7z archives as documents. 43 MB installed, most of it rars,
# so it is no part of requirements.lock.
#     pip install -r requirements-archives.lock
# For a machine without a network, on one that has it, with the same system and Python:
#     pip download -d wheels -r requirements-archives.lock
# and there, with the folder that was carried over:
#     pip install --no-index --find-links wheels -r requirements-archives.lock
# The packages beside py7zr are the methods by which members of 7z archives may be packed or locked; psutil tells it the memory there is.
-r requirements.lock
"""
POSTGRES_HEADER = """\
# Written by tools/lock.py. What cemai[postgres] adds: a library in PostgreSQL (docs/decisions/0009-postgresql.md). No part of
# requirements.lock.
#     pip install -r requirements-postgres.lock
-r requirements.lock
"""
LDAP_HEADER = """\
# Written by tools/lock.py. What cemai[ldap] adds: sign-in by the directory of an office. No part of requirements.lock.
#     pip install -r requirements-ldap.lock
-r requirements.lock
"""
OIDC_HEADER = """\
# Written by tools/lock.py. What cemai[oidc] adds: sign-in by the identity provider of an office. No part of requirements.lock.
#     pip install -r requirements-oidc.lock
-r requirements.lock
"""
EXTRAS = {
    "ocr": ("rapidocr", OCR_HEADER),
    "archives": ("py7zr", ARCHIVES_HEADER),
    "postgres": ("psycopg", POSTGRES_HEADER),
    "ldap": ("ldap3", LDAP_HEADER),
    "oidc": ("authlib", OIDC_HEADER),
}
"""The extras with a lock file of their own: a module by which they are known to be installed, and what stands above the packages."""
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
        key = canonicalize_name(requirement.name)
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


def write_locks() -> None:
    """Write the lock files of what is installed."""
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
    for extra, (module, header) in EXTRAS.items():
        if find_spec(module) is not None:
            asked = closure(project["project"]["optional-dependencies"][extra])
            added = sorted(value for key, value in asked.items() if key not in run_time and key != PINNED_FIRST)
            (ROOT / f"requirements-{extra}.lock").write_text(header + "\n".join(added) + "\n", encoding="utf-8")
            print(f"+ {len(added)} packages for {extra}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--describe", action="store_true", help="leave the lock files as they are")
    parser.add_argument("--wheels", type=Path, help="a folder with wheels of packages that are not installed")
    args = parser.parse_args()
    if not args.describe:
        write_locks()
    if unknown := write_supply(ROOT, args.wheels):
        print("no licence is stated by:", ", ".join(unknown))


if __name__ == "__main__":
    main()
