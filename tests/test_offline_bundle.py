"""Folders of wheels for machines without a network: which wheels run where, what is missing, and the script that installs them."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools.bundle.platforms import PLATFORMS
from tools.bundle.wheels import Wheel, check_closure
from tools.offline_bundle import is_pinned, own_platform, wheel_pattern

ROOT = Path(__file__).resolve().parents[1]
PYTHON = (3, 11)


def make_wheel(folder: Path, name: str, *requires: str, python: str = "", library: bytes | None = None) -> Wheel:
    """A wheel with metadata and at most one library."""
    project, version = name.split("-")[:2]
    path = folder / f"{name}.whl"
    lines = ["Metadata-Version: 2.1", f"Name: {project}", f"Version: {version}", *(f"Requires-Dist: {line}" for line in requires)]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{project}-{version}.dist-info/METADATA", "\n".join([*lines, *([python] if python else [])]) + "\n\n")
        if library is not None:
            archive.writestr(f"{project}/_it.so", library)
    return Wheel.read(path)


@pytest.mark.parametrize(
    ("name", "platforms", "why"),
    [
        ("a-1-py3-none-any", set(PLATFORMS), "no code of any machine"),
        ("a-1-cp311-cp311-manylinux_2_28_x86_64", {"linux-x86_64"}, "the newest that is allowed"),
        ("a-1-cp311-cp311-manylinux_2_34_x86_64", set(), "a glibc newer than those systems have"),
        ("a-1-cp38-abi3-manylinux2014_aarch64", {"linux-aarch64"}, "the stable interface of an older Python"),
        ("a-1-cp312-cp312-win_amd64", set(), "another Python"),
        ("a-1-cp311-cp311-win_amd64", {"windows"}, "Windows"),
        ("a-1-cp311-cp311-win_arm64", set(), "Windows on ARM"),
        ("a-1-cp311-cp311-macosx_15_0_arm64", set(), "a newer macOS"),
        ("a-1-cp311-cp311-macosx_10_9_universal2", {"macos-arm64", "macos-x86_64"}, "both chips"),
        ("a-1-cp311-cp311-manylinux_2_17_loongarch64", set(), "Loongson"),
    ],
)
def test_where_a_wheel_runs(tmp_path: Path, name: str, platforms: set[str], why: str) -> None:
    wheel = make_wheel(tmp_path, name)
    assert {platform.name for platform in PLATFORMS.values() if wheel.runs_on(platform, PYTHON)} == platforms, why


def test_a_wheel_of_another_python_does_not_run(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, "a-1-py3-none-any", python="Requires-Python: >=3.12")
    assert not wheel.runs_on(PLATFORMS["windows"], PYTHON)
    assert wheel.runs_on(PLATFORMS["windows"], (3, 12))


def test_requirements_are_followed_as_on_the_platform(tmp_path: Path) -> None:
    wheels = [
        make_wheel(tmp_path, "top-1-py3-none-any", "mid[fast]>=2", "heavy", "nothing; python_version<'3'"),
        make_wheel(tmp_path, "mid-2.1-py3-none-any", "colour; sys_platform=='win32'", "quick; extra=='fast'"),
        make_wheel(tmp_path, "quick-1-py3-none-any", "mid<2"),
        make_wheel(tmp_path, "stray-1-py3-none-any"),
    ]
    linux = check_closure(wheels, PLATFORMS["linux-x86_64"], PYTHON, roots=["top"], left_out=["heavy"])
    assert {by: [str(r) for r in lacking] for by, lacking in linux.missing.items()} == {"quick": ["mid<2"]}
    assert linux.unneeded == ["stray"]
    windows = check_closure(wheels, PLATFORMS["windows"], PYTHON, roots=["top"])
    named = sorted(requirement.name for lacking in windows.missing.values() for requirement in lacking)
    assert named == ["colour", "heavy", "mid"]
    assert not windows.is_whole()
    assert check_closure(wheels[1:2], PLATFORMS["linux-x86_64"], PYTHON, roots=["mid"]).is_whole(), "without its extra"


def test_a_library_says_what_glibc_it_asks_for(tmp_path: Path) -> None:
    name = "a-1-cp311-cp311-manylinux_2_28_x86_64"
    new = make_wheel(tmp_path, name, library=b"\0GLIBC_2.2.5\0GLIBC_2.17\0GLIBC_2.34\0")
    assert new.newest_glibc() == 34
    assert check_closure([new], PLATFORMS["linux-x86_64"], PYTHON, roots=["a"]).newer_glibc == [f"{name}.whl"], "its tag is wrong"
    old = make_wheel(tmp_path, name, library=b"\0GLIBC_2.2.5\0GLIBC_2.17\0")
    assert old.newest_glibc() == 17
    assert check_closure([old], PLATFORMS["linux-x86_64"], PYTHON, roots=["a"]).is_whole()


def test_pinned_lines_find_their_wheels(tmp_path: Path) -> None:
    make_wheel(tmp_path, "et_xmlfile-2.0.0-py3-none-any")
    assert list(tmp_path.glob(wheel_pattern("et-xmlfile==2.0.0")))
    assert not list(tmp_path.glob(wheel_pattern("et-xmlfile==2.0.1")))
    assert is_pinned(make_wheel(tmp_path, "jieba-0.42.1-py3-none-any"))
    assert not is_pinned(make_wheel(tmp_path, "jieba-0.1-py3-none-any"))


def bundle(tmp_path: Path, **changes: object) -> Path:
    """A bundle of one wheel for this machine, with a manifest changed as asked for."""
    own = own_platform()
    if own is None:
        pytest.skip("no bundles are made for this kind of machine")
    folder = tmp_path / "bundle"
    (folder / "wheels").mkdir(parents=True)
    wheel = make_wheel(folder / "wheels", "a-1-py3-none-any")
    digest = hashlib.sha256(wheel.path.read_bytes()).hexdigest()
    manifest = {
        "label": own.label, "system": own.system, "machine": own.machine, "python": list(sys.version_info[:2]), "glibc": 5,
        "installed_megabytes": 1, "wheels": [{"file": wheel.path.name, "sha256": digest}],
    } | changes  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    shutil.copy2(ROOT / "tools" / "bundle" / "install.py", folder)
    return folder


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"python": [3, 6]}, "请改用 python3.6 运行"),
        ({"machine": "loongarch64"}, "这台机器是"),
        ({"glibc": 999}, "须为 glibc 2.999 以上"),
        ({"wheels": [{"file": "b-1-py3-none-any.whl", "sha256": ""}]}, "缺文件 b-1"),
        ({"wheels": [{"file": "a-1-py3-none-any.whl", "sha256": "0" * 64}]}, "校验值不符"),
    ],
)
def test_the_script_says_why_it_does_not_install(tmp_path: Path, changes: dict[str, object], told: str) -> None:
    if "glibc" in changes and platform.libc_ver()[0] != "glibc":
        pytest.skip("this machine has another C library")
    script = bundle(tmp_path, **changes) / "install.py"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", str(script), str(tmp_path / "there")], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "there").exists()


def test_the_script_is_read_by_an_old_python() -> None:
    compile((ROOT / "tools" / "bundle" / "install.py").read_text(encoding="utf-8"), "install.py", "exec", dont_inherit=True)
    import ast

    ast.parse((ROOT / "tools" / "bundle" / "install.py").read_text(encoding="utf-8"), feature_version=(3, 6))
