"""Files as answers: always an attachment with a safe name, never shown in the page's own origin."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any
from urllib.parse import quote

from fastapi.responses import JSONResponse, Response

from ui.desk.uploads import safe_name
from ui.exports import write

FOLDED = "X-Folded-Documents"
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def exported(table: Any, format: str, name: str) -> Response:
    """A table, answer or comparison as a file."""

    buffer = io.BytesIO()
    write(table, format, buffer)
    return attachment(buffer.getvalue(), MEDIA[format], f"{name} {dt.date.today().isoformat()}.{format}")


def list_response(records: list[dict[str, Any]], folded: int) -> Response:
    """Records as JSON; the header ``X-Folded-Documents`` has the number of copies and former versions left out."""
    return JSONResponse(records, headers={FOLDED: str(folded)})


def attachment(data: bytes, media: str, name: str) -> Response:
    """Bytes to be saved under a name."""
    suffix = name.rpartition(".")[2] if "." in name else "bin"
    plain = suffix if suffix.isascii() and suffix.isalnum() else "bin"
    return Response(
        data,
        media_type=media,
        headers={
            "Content-Disposition": f"attachment; filename=\"cemai.{plain}\"; filename*=UTF-8''{quote(safe_name(name))}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )
