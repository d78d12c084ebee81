"""Old Office formats, turned into new ones by LibreOffice where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from corpus.errors import RefusedInput
from ingest.formats.contents import extension
from ingest.formats.registry import InputFormat, fits_ending, format_named
from ingest.limits import Limits


def convert(data: bytes, format: InputFormat, source: str, limits: Limits) -> tuple[bytes, InputFormat]:
    """Convert a document with LibreOffice. Each run has its own profile, so that no run waits for another."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    kind, new = format.name, format_named(format.converted_to)
    target = new.name
    if program is None:
        named = extension(source)
        under = "" if fits_ending(format, named) else f"文件名是 .{named}，内容是{format.label}（.{kind}）；"
        message = f"{under}旧格式 .{kind} 需要 LibreOffice 才能读取；请安装 LibreOffice，或用 WPS、Word 另存为 {target} 后导入"
        raise RefusedInput(source, "needs_office", message)
    with tempfile.TemporaryDirectory(prefix="cemai-office-") as folder:
        path = Path(folder) / f"input.{kind}"
        path.write_bytes(data)
        profile = (Path(folder) / "profile").as_uri()
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--convert-to", target]
        try:
            subprocess.run([*command, "--outdir", folder, str(path)], capture_output=True, timeout=limits.seconds, check=False)
        except subprocess.TimeoutExpired as error:
            raise RefusedInput(source, "timeout", "LibreOffice 转换超时；请用原软件另存为新格式后导入") from error
        except OSError as error:
            raise RefusedInput(source, "needs_office", f"LibreOffice 无法启动；请改用原软件另存为 {target}") from error
        out = path.with_suffix(f".{target}")
        if not out.is_file():
            raise RefusedInput(source, "broken", "LibreOffice 无法转换该文件，可能已损坏或加密；请用原软件另存为新格式后导入")
        return out.read_bytes(), new
