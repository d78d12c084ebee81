"""把这个文件夹里的轮子装进一个新环境，不连网络。python install.py [装到哪里]

Standard library only, and no syntax newer than Python 3.6: an older Python has to be able to say what it lacks.
"""

import hashlib
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def refuse(text):
    """End with a sentence for the person at the machine."""
    print("不能安装：" + text, file=sys.stderr)
    sys.exit(1)


def check_machine(manifest):
    """Whether this machine is one the wheels are for."""
    wanted = tuple(manifest["python"])
    if sys.version_info[:2] != wanted:
        has = "{}.{}".format(*sys.version_info)
        need = "{}.{}".format(*wanted)
        refuse(f"这些文件是给 Python {need} 的，运行本脚本的是 {has}。请改用 python{need} 运行。")
    if sys.platform != manifest["system"] or platform.machine().lower() != manifest["machine"].lower():
        here = sys.platform + " " + platform.machine()
        refuse(f"这些文件是给 {manifest['label']} 的，这台机器是 {here}。")
    if sys.maxsize < 2**32:
        refuse("Python 是 32 位的，请改用 64 位的 Python。")
    if sys.platform == "linux":
        name, version = platform.libc_ver()
        numbers = [int(part) for part in version.split(".")[:2] if part.isdigit()]
        if name != "glibc" or numbers < [2, manifest["glibc"]]:
            refuse(f"系统的 C 库是 {name or '未知'} {version}，须为 glibc 2.{manifest['glibc']} 以上。")


def check_files(manifest):
    """Hold every wheel against its hash."""
    for row in manifest["wheels"]:
        path = HERE / "wheels" / row["file"]
        if not path.is_file():
            refuse(f"缺文件 {row['file']}，请重新拷贝整个文件夹。")
        if hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]:
            refuse(f"文件 {row['file']} 与清单的校验值不符，可能拷坏了，请重新拷贝。")


def main():
    """Check, make the environment, install, and say what comes next."""
    manifest = json.loads((HERE / "manifest.json").read_text(encoding="utf-8"))
    check_machine(manifest)
    check_files(manifest)
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "cemai-venv").resolve()
    if folder.exists() and any(folder.iterdir()):
        refuse(f"{folder} 已有内容，请换一个空文件夹，或先移走它。")
    print(f"装到 {folder}，约 {manifest['installed_megabytes']} MB，请稍候……", flush=True)
    try:
        import venv

        venv.create(str(folder), with_pip=True)
    except (ImportError, subprocess.CalledProcessError):
        refuse("这个 Python 没有 venv 或 ensurepip，请补装（麒麟、统信：python3-venv 软件包），或换一个完整的 Python。")
    binaries = folder / ("Scripts" if os.name == "nt" else "bin")
    python = binaries / ("python.exe" if os.name == "nt" else "python")
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"]
    command += ["--require-hashes", "--find-links", str(HERE / "wheels"), "-r", str(HERE / "requirements.txt")]
    # settings of pip on this machine must not lead it to an index
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PIP_") and name != "PYTHONPATH"}
    variables["PIP_CONFIG_FILE"] = os.devnull
    if subprocess.call(command, env=variables) != 0:
        refuse("上面是 pip 给出的原因。")
    cemai = binaries / ("cemai.exe" if os.name == "nt" else "cemai")
    print(f"装好了。先看演示：\n    {cemai} demo\n然后：\n    {cemai} --help")


if __name__ == "__main__":
    main()
