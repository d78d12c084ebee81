"""Prove the installation without torch: an empty environment, requirements-office.lock, the demo, and the commands of a day.

    python tools/office_check.py [FOLDER]

The environment is made in FOLDER, or in a temporary one that is deleted afterwards. Prints the size of what was installed and one
line for each command; exit status 1 where one does not do what it should.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTICE = "云岭县人民政府关于做好防汛工作的通知\n\n各乡镇要在2026年6月底前完成隐患排查，储备沙袋不少于3万条。\n"
PAIR = {"q": "沙袋储备多少条？", "p": "储备沙袋不少于3万条。"}
MEGABYTE = 1 << 20


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def check(folder: Path) -> bool:
    environment, work = folder / "venv", folder / "work"
    work.mkdir(parents=True, exist_ok=True)
    venv.create(environment, with_pip=True)
    binaries = environment / ("Scripts" if os.name == "nt" else "bin")
    python = binaries / "python"
    empty = size_of(environment)
    variables = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV", "CEMAI_LIBRARY")}
    variables["CEMAI_LIBRARY"] = str(work / "库")
    for arguments in (["-r", str(ROOT / "requirements-office.lock")], ["--no-deps", str(ROOT)]):
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-compile", *arguments], check=True, env=variables)
    print(f"installed: {(size_of(environment) - empty) / MEGABYTE:.0f} MB beside pip's {empty / MEGABYTE:.0f} MB")
    (work / "通知.txt").write_text(NOTICE, encoding="utf-8")
    (work / "对").mkdir(exist_ok=True)
    (work / "对" / "a.jsonl").write_text(json.dumps(PAIR, ensure_ascii=False) + "\n", encoding="utf-8")
    (work / "模型").mkdir(exist_ok=True)
    done = True

    def run(words: list[str], says: Callable[[str], bool], *, fails: bool = False) -> None:
        nonlocal done
        ended = subprocess.run(
            [python, "-m", "ui", *words],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=variables,
            cwd=work,
            timeout=900,
            check=False,
        )
        told = ended.stdout + ended.stderr
        right = says(told) and (ended.returncode != 0) == fails and "Traceback" not in told
        done &= right
        print(("right  " if right else "WRONG  ") + " ".join(words))
        if not right:
            print(told[-2000:])

    run(["demo", "--no-serve"], lambda told: "依据" in told or "《" in told)
    run(["ingest", "通知.txt", "--json"], lambda told: '"added": [\n  "通知.txt"' in told)
    run(["ingest", "--mirror", str(work), "--plan"], lambda told: "移除 0 份" in told or "一致" in told)
    run(["docs", "list"], lambda told: "防汛" in told)
    run(["search", "沙袋储备"], lambda told: "沙袋" in told)
    run(["ask", "云岭县要储备多少沙袋？"], lambda told: "3万条" in told)
    run(["tasks", "--format", "xlsx", "--out", "任务.xlsx"], lambda told: (work / "任务.xlsx").is_file())
    run(["export", "导出"], lambda told: (work / "导出" / "documents.json").is_file())
    run(["doctor"], lambda told: "未发现问题" in told)
    run(["model", "train", "对", "新模型"], lambda told: "torch" in told and "完整版" in told, fails=True)
    run(["model", "use", str(work / "模型")], lambda told: "sentence-transformers" in told and "完整版" in told, fails=True)
    found = subprocess.run([python, "-c", "import torch"], capture_output=True, env=variables, check=False).returncode == 0
    print("WRONG  torch is installed" if found else "right  no torch")
    return done and not found


def main() -> int:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("folder", nargs="?", type=Path, help="where the environment is made; a temporary folder by default")
    args = p.parse_args()
    if args.folder is not None:
        return 0 if check(args.folder.resolve()) else 1
    with tempfile.TemporaryDirectory(prefix="cemai-office-") as folder:
        return 0 if check(Path(folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
