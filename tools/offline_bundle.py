"""A folder of wheels for machines without a network, checked, with a manifest of hashes and a script that installs it.

    python tools/offline_bundle.py FOLDER                          # for this machine
    python tools/offline_bundle.py FOLDER --platform linux-aarch64 --platform windows
    python tools/offline_bundle.py FOLDER --all --ocr              # every platform, with what reads scans
    python tools/offline_bundle.py FOLDER --prove                  # install it without a network, run the demo and commands

For each platform FOLDER gets a folder with ``wheels/``, ``requirements.txt`` (versions of requirements-office.lock, with hashes),
``manifest.json`` and ``install.py``. Wheels are chosen by the tags of the platform; every tag, the closure of what they require there,
and on Linux the newest symbols of glibc are checked. What a platform lacks is printed, and the exit status is 1. A package that has no
wheel at all (jieba) is built here if its wheel is for any platform. Needs a package index.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform as this_machine
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.bundle.platforms import GLIBC, PLATFORMS, Platform
from tools.bundle.proof import prove_installation
from tools.bundle.wheels import Closure, Wheel, check_closure
from tools.lock import LEFT_OUT

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1 << 20
EXTRAS = ("ocr", "archives")
"""What a bundle may hold beside an office installation, each with a lock file of its own."""
ROUNDS = 5
"""How often what is missing is fetched and followed before the closure is given up."""


def pinned(name: str) -> list[str]:
    """The lines of a lock file that pin a package."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def run_pip(*arguments: str) -> str:
    """What pip complains of; empty where it is content."""
    done = subprocess.run([sys.executable, "-m", "pip", *arguments], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def download(requirements: list[str], folder: Path, platform: Platform, python: tuple[int, int]) -> bool:
    """Fetch the wheels of some requirements for a platform, without what these require; whether there is one of each."""
    where = [part for tag in platform.platform_tags() for part in ("--platform", tag)]
    version = f"{python[0]}.{python[1]}"
    chosen = ["--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(folder), "--python-version", version, *where]
    return not run_pip("download", *chosen, *requirements)


def fetch(requirement: str, folder: Path, platform: Platform, python: tuple[int, int]) -> bool:
    """Fetch the wheel of one requirement for a platform; where there is none for any, build one that runs everywhere."""
    if download([requirement], folder, platform, python):
        return True
    with tempfile.TemporaryDirectory() as built:
        if run_pip("wheel", "--quiet", "--no-deps", "--wheel-dir", built, requirement):
            return False
        wheel = next(Path(built).glob("*.whl"))
        if any(tag.platform != "any" for tag in parse_wheel_filename(wheel.name)[3]):
            return False  # it holds code of this machine
        shutil.move(wheel, folder / wheel.name)
        return True


def collect(
    folder: Path, platform: Platform, python: tuple[int, int], cemai: Path, *, extras: Sequence[str]
) -> tuple[list[Wheel], Closure]:
    """Fill a folder with wheels, and with what requirements with markers add on that platform."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy2(cemai, folder / cemai.name)
    wanted = pinned("requirements-office.lock") + [line for extra in extras for line in pinned(f"requirements-{extra}.lock")]
    # in one call, but for those without a wheel, which would stop it
    have = {Requirement(line).name for line in wanted if list(folder.glob(wheel_pattern(line)))}
    missing = [line for line in wanted if Requirement(line).name not in have]
    if not download(missing, folder, platform, python):
        for line in missing:
            if not list(folder.glob(wheel_pattern(line))):
                fetch(line, folder, platform, python)
    roots = [f"cemai[{','.join(extras)}]" if extras else "cemai"]
    wheels, closure = [], Closure()
    for _ in range(ROUNDS):
        wheels = [Wheel.read(path) for path in sorted(folder.glob("*.whl"))]
        closure = check_closure(wheels, platform, python, roots=roots, left_out=LEFT_OUT)
        added = [
            fetch(str(Requirement(f"{needed.name}{needed.specifier}")), folder, platform, python)
            for lacking in closure.missing.values()
            for needed in lacking
        ]
        if not any(added):
            break
    return wheels, closure


def wheel_pattern(line: str) -> str:
    """The names a wheel of a pinned line may have, as a pattern for glob.

    >>> wheel_pattern("pdfminer-six==20260107")
    'pdfminer[._-]six-20260107-*.whl'
    """
    requirement = Requirement(line)
    version = next(iter(requirement.specifier)).version
    return re.sub(r"[-_.]+", "[._-]", requirement.name) + f"-{version}-*.whl"


def write_bundle(folder: Path, wheels: list[Wheel], platform: Platform, python: tuple[int, int]) -> dict:
    """Write requirements, manifest and script beside the wheels."""
    rows = []
    for wheel in wheels:
        data = wheel.path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        rows.append({"file": wheel.path.name, "name": wheel.name, "version": wheel.version, "bytes": len(data), "sha256": digest})
    lines = [f"{row['name']}=={row['version']} --hash=sha256:{row['sha256']}" for row in rows]
    (folder / "requirements.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    unpacked = sum(sum(info.file_size for info in zipfile.ZipFile(wheel.path).infolist()) for wheel in wheels)
    manifest = {
        "platform": platform.name,
        "label": platform.label,
        "system": platform.system,
        "machine": platform.machine,
        "python": list(python),
        "glibc": GLIBC if platform.system == "linux" else None,
        "newest_glibc_asked_for": max((wheel.newest_glibc() or 0 for wheel in wheels), default=0) or None,
        "installed_megabytes": round(unpacked / MEGABYTE),
        "wheels": rows,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
    shutil.copy2(ROOT / "tools" / "bundle" / "install.py", folder / "install.py")
    return manifest


def is_pinned(wheel: Wheel) -> bool:
    """Whether a lock file names this version of a package."""
    return f"{wheel.name}=={wheel.version}" in {
        line for name in ("office", *EXTRAS) for line in pinned(f"requirements-{name}.lock")
    }


def own_platform() -> Platform | None:
    """The platform of this machine, where bundles are made for it."""
    here = (sys.platform, this_machine.machine())
    return next((platform for platform in PLATFORMS.values() if (platform.system, platform.machine) == here), None)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--platform", action="append", choices=sorted(PLATFORMS), help="default: that of this machine")
    parser.add_argument("--all", action="store_true", help="every platform")
    parser.add_argument("--python", default="3.11", help="version of Python on the machines, such as 3.12 (default 3.11)")
    parser.add_argument("--ocr", action="store_true", help="with what reads scans (requirements-ocr.lock)")
    parser.add_argument(
        "--archives", action="store_true", help="with what reads RAR and 7z archives (requirements-archives.lock)"
    )
    parser.add_argument(
        "--prove", action="store_true", help="install the bundle for this machine without a network, run the demo"
    )
    parser.add_argument("--wheel", type=Path, help="a wheel of cemai that was built before")
    args = parser.parse_args()
    major, minor = (int(part) for part in args.python.split("."))
    python = (major, minor)
    own = own_platform()
    names = (
        [name for name, platform in PLATFORMS.items() if not platform.lacking]
        if args.all
        else args.platform or ([own.name] if own else [])
    )
    if not names:
        parser.error("this machine is none that bundles are made for: use --platform")
    right = True
    with tempfile.TemporaryDirectory() as temporary:
        cemai = args.wheel
        if cemai is None:
            told = run_pip("wheel", "--quiet", "--no-deps", "--wheel-dir", temporary, str(ROOT))
            if told:
                raise SystemExit(told)
            cemai = next(Path(temporary).glob("cemai-*.whl"))
        for name in names:
            platform = PLATFORMS[name]
            bundle = args.folder / f"cemai-{Wheel.read(cemai).version}-{name}-py{major}{minor}"
            wheels, closure = collect(
                bundle / "wheels", platform, python, cemai, extras=[name for name in EXTRAS if getattr(args, name)]
            )
            manifest = write_bundle(bundle, wheels, platform, python)
            size = sum(row["bytes"] for row in manifest["wheels"]) / MEGABYTE
            glibc = manifest["newest_glibc_asked_for"]
            asked = f", glibc 2.{glibc} or newer" if glibc and platform.system == "linux" else ""
            print(
                f"{'whole ' if closure.is_whole() else 'LACKS '} {bundle.name}: {len(wheels)} wheels, {size:.0f} MB{asked}",
                flush=True,
            )
            for by, lacking in closure.missing.items():
                print(f"        missing for {by or 'the bundle'}: {', '.join(map(str, lacking))}")
            for what, found in (("not for this platform", closure.foreign), ("newer glibc", closure.newer_glibc)):
                if found:
                    print(f"        {what}: {', '.join(found)}")
            other = [wheel.path.name for wheel in wheels if wheel.name != "cemai" and not is_pinned(wheel)]
            if other:
                print(f"        not pinned by the lock: {', '.join(other)}")
            if closure.unneeded:
                print(f"        required by nothing there: {', '.join(closure.unneeded)}")
            right &= closure.is_whole()
            if args.prove and platform == own and closure.is_whole():
                right &= prove_installation(bundle)
    for platform in PLATFORMS.values() if args.all else ():
        if platform.lacking:
            print(f"NOT MADE {platform.name}: {platform.lacking}")
    return 0 if right else 1


if __name__ == "__main__":
    os.environ.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    sys.exit(main())
