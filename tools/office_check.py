"""Prove the installation without torch: an empty environment, requirements-office.lock, the demo, and the commands of a day.

    python tools/office_check.py [FOLDER]

The environment is made in FOLDER, or in a temporary one that is deleted afterwards. Prints the size of what was installed and one
line for each command; exit status 1 where one does not do what it should.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from clean_environment import CleanEnvironment

ROOT = Path(__file__).resolve().parent.parent
NOTICE = "云岭县人民政府关于做好防汛工作的通知\n\n各乡镇要在2026年6月底前完成隐患排查，储备沙袋不少于3万条。\n"
PAIR = {"q": "沙袋储备多少条？", "p": "储备沙袋不少于3万条。"}


def check(folder: Path) -> bool:
    room = CleanEnvironment(folder)
    room.install("-r", str(ROOT / "requirements-office.lock"))
    room.install("--no-deps", str(ROOT))
    print(room.describe_size())
    work, run = room.work, room.run
    (work / "通知.txt").write_text(NOTICE, encoding="utf-8")
    (work / "对").mkdir(exist_ok=True)
    (work / "对" / "a.jsonl").write_text(json.dumps(PAIR, ensure_ascii=False) + "\n", encoding="utf-8")
    (work / "模型").mkdir(exist_ok=True)

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
    room.judge(room.run_python("import torch").returncode != 0, "no torch")
    return room.right


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
