"""Prove the wheel: one top-level name, an empty environment, the demo, and the commands of a day.

    python tools/wheel_check.py [FOLDER] [--wheel FILE]

Builds the wheel, prints its size by package, installs it with requirements-office.lock into an empty environment in FOLDER (or in a
temporary one that is deleted afterwards), and prints one line for each thing that is tried; exit status 1 where one is not as it
should be. Needs a package index. Where this Python has mypy, the example program of the tests is type-checked against the wheel.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from clean_environment import MEGABYTE, CleanEnvironment
from wheel.namespace import PACKAGES, TOP

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "tests" / "data" / "example_project" / "report.py"
COUNTY = """云岭县人民政府关于做好防汛工作的通知
云政发〔2026〕4号

各乡镇人民政府：

一、排查隐患。2026年6月底前完成堤防隐患排查，储备沙袋不少于3万条。（责任单位：县水务局、县应急管理局）

二、落实值守。汛期实行24小时值班制度，险情在30分钟内上报。（责任单位：县应急管理局）

云岭县人民政府
2026年3月2日
"""
LATER = COUNTY.replace("3万条", "5万条").replace("4号", "9号").replace("3月2日", "5月6日")


def build(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True)
    return next(folder.glob("cemai-*.whl"))


def sizes(wheel: Path) -> Counter[str]:
    """The bytes of each package, unpacked."""
    found: Counter[str] = Counter()
    with zipfile.ZipFile(wheel) as archive:
        for info in archive.infolist():
            parts = info.filename.split("/")
            found["/".join(parts[:2]) if parts[0] == TOP and len(parts) > 2 else parts[0]] += info.file_size
    return found


def check(wheel: Path, folder: Path) -> bool:
    room = CleanEnvironment(folder)
    found = sizes(wheel)
    print(f"{wheel.name}: {wheel.stat().st_size / MEGABYTE:.1f} MB, unpacked")
    for name, size in found.most_common():
        print(f"  {size / MEGABYTE:7.2f} MB  {name}")
    tops = {name.split("/")[0] for name in found if not name.endswith(".dist-info")}
    room.judge(tops == {TOP}, f"one top-level name: {', '.join(sorted(tops))}")
    room.install("-r", str(ROOT / "requirements-office.lock"))
    room.install("--no-deps", str(wheel))
    print(room.describe_size())
    for package in PACKAGES:
        room.judge("No module named" in room.run_python(f"import {package}").stderr, f"import {package} finds nothing")
    loaded = room.run_python(
        "import sys, cemai; cemai.Library, cemai.extract\nprint({'torch', 'gradio', 'pandas'} & set(sys.modules), cemai.Library)"
    )
    told = loaded.stdout + loaded.stderr
    room.judge(loaded.stdout.startswith("set()") and "cemai.library.Library" in told, "import cemai", told)
    examples = room.run_python("import doctest, cemai; print(doctest.testmod(cemai))")
    room.judge("failed=0" in examples.stdout, "examples of import cemai", examples.stdout + examples.stderr)
    _run_commands(room)
    if find_spec("mypy") is not None:
        checked = subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", f"--python-executable={room.python}", "--no-incremental", str(EXAMPLE)],
            cwd=room.work, capture_output=True, text=True, check=False,
        )  # fmt: skip
        room.judge(checked.returncode == 0, "mypy --strict of a program that uses it", checked.stdout + checked.stderr)
    else:
        print("skipped  mypy is not installed: the example program is not type-checked")
    return room.right


def _run_commands(room: CleanEnvironment) -> None:
    """The demo, and some twenty commands as in the README."""
    work, run = room.work, room.run
    for name, text in (("通知.txt", COUNTY), ("新通知.txt", LATER)):
        (work / name).write_text(text, encoding="utf-8")
    question = {"id": "1", "question": "云岭县要储备多少沙袋？"}
    (work / "问题.jsonl").write_text(json.dumps(question, ensure_ascii=False) + "\n", encoding="utf-8")
    run(["--help"], lambda told: "用法" in told, script=True)
    run(["demo", "--no-serve"], lambda told: "依据" in told or "《" in told, script=True)
    run(["ingest", "通知.txt", "新通知.txt", "--json"], lambda told: "新通知.txt" in told)
    samples = room.run_python("import cemai.corpus, pathlib; print(pathlib.Path(cemai.corpus.__file__).parent / 'samples')")
    run(
        ["ingest", samples.stdout.strip(), "--json"], lambda told: "台账.xlsx" in told and "衔接规划.pdf" in told, fails=True
    )  # the list of them is refused
    run(["ingest", "--mirror", str(work), "--plan"], lambda told: "移除" in told or "一致" in told)
    run(["docs", "list"], lambda told: "防汛" in told)
    run(["docs", "doubts"], lambda told: bool(told.strip()))
    run(["search", "沙袋储备"], lambda told: "沙袋" in told)
    run(["ask", "云岭县要储备多少沙袋？"], lambda told: "万条" in told)
    run(["ask", "--batch", "问题.jsonl", "--out", "答案.jsonl"], lambda told: (work / "答案.jsonl").stat().st_size > 0)
    run(["compare", "医疗保障", "--format", "docx", "--out", "对比.docx"], lambda told: (work / "对比.docx").is_file())
    run(["compare", "--versions", "通知.txt,新通知.txt"], lambda told: "5万条" in told)
    run(["tasks", "--format", "xlsx", "--out", "任务.xlsx"], lambda told: (work / "任务.xlsx").is_file())
    run(["targets", "--region", "甘南州"], lambda told: "甘南" in told)
    run(["graph", "unit", "州医保局"], lambda told: "项任务" in told)
    run(["graph", "units"], lambda told: "局" in told)
    run(["study", "quiz", "--number", "4", "--out", "卷.docx"], lambda told: (work / "卷.docx").is_file())
    run(["answers", "list"], lambda told: "沙袋" in told)
    run(["export", "导出"], lambda told: (work / "导出" / "documents.json").is_file())
    run(["backup", "备份"], lambda told: (work / "备份").is_dir())
    run(["backup", "备份", "--verify"], lambda told: bool(told.strip()))
    run(["model", "--help"], lambda told: "用法" in told)
    run(["doctor"], lambda told: "未发现问题" in told)
    run(["ask", "云岭县的火星探测经费是多少？"], lambda told: "未载明" in told or "没有" in told, fails=True)


def main() -> int:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("folder", nargs="?", type=Path, help="where the environment is made; a temporary folder by default")
    p.add_argument("--wheel", type=Path, help="a wheel that was built before")
    args = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="cemai-wheel-") as temporary:
        wheel = args.wheel or build(Path(temporary))
        return 0 if check(wheel.resolve(), args.folder.resolve() if args.folder else Path(temporary)) else 1


if __name__ == "__main__":
    sys.exit(main())
