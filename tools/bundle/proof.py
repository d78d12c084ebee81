"""Prove a folder of wheels: install it where no network is, and run the demo and commands of a day there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

NOTICE = "云岭县人民政府关于做好防汛工作的通知\n\n各乡镇要在2026年6月底前完成隐患排查，储备沙袋不少于3万条。\n"
COMMANDS: list[tuple[list[str], str]] = [
    (["demo", "--no-serve"], "《"),
    (["ingest", "通知.txt"], "新增 1 份"),
    (["ask", "云岭县要储备多少沙袋？"], "3万条"),
    (["search", "沙袋储备"], "沙袋"),
    (["tasks", "--format", "xlsx", "--out", "任务.xlsx"], ""),
    (["doctor"], "未发现问题"),
]
"""Words behind ``cemai``, and what has to be printed."""
LONGEST = 900
"""Seconds that one command may take."""


def without_network() -> list[str]:
    """Words in front of a command that take its network away (Linux, where namespaces of users are allowed); else none."""
    unshare = shutil.which("unshare")
    if unshare is None or sys.platform != "linux":
        return []
    words = [unshare, "--map-root-user", "--net"]
    return words if subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0 else []


def prove_installation(bundle: Path) -> bool:
    """Install a bundle for this machine into an empty environment and run commands; prints a line for each.

    Args:
        bundle: The folder with ``install.py``.

    Returns:
        Whether everything did what it should, without a network where this machine can take it away.
    """
    cut_off = without_network()
    print("network: " + ("taken away" if cut_off else "NOT taken away; pip is kept from indexes only"), flush=True)
    with tempfile.TemporaryDirectory(prefix="cemai-offline-") as folder:
        home = Path(folder)
        (home / "通知.txt").write_text(NOTICE, encoding="utf-8")
        kept = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")
        variables = {name: value for name, value in os.environ.items() if name in kept}
        variables |= {"HOME": folder, "USERPROFILE": folder, "CEMAI_LIBRARY": str(home / "库"), "PYTHONUTF8": "1"}
        environment = home / "环境"
        right = _tells([*cut_off, sys.executable, str(bundle / "install.py"), str(environment)], "装好了", variables, home)
        command = environment / ("Scripts" if os.name == "nt" else "bin") / "cemai"
        for words, told in COMMANDS if right else []:
            right &= _tells([*cut_off, str(command), *words], told, variables, home)
        return right and (home / "任务.xlsx").is_file()


def _tells(command: list[str], told: str, variables: dict[str, str], cwd: Path) -> bool:
    done = subprocess.run(
        command, cwd=cwd, env=variables, capture_output=True, text=True, encoding="utf-8", timeout=LONGEST, check=False
    )
    printed = done.stdout + done.stderr
    right = done.returncode == 0 and told in printed and "Traceback" not in printed
    start = next((place for place, word in enumerate(command) if word.endswith((".py", "cemai"))), 0)
    print(("right  " if right else "WRONG  ") + " ".join([Path(command[start]).name, *command[start + 1 :]]), flush=True)
    if not right:
        print(printed[-2000:], flush=True)
    return right
