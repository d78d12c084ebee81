"""Web pages saved with their pictures in one file (MHTML), and the HTML inside."""

from __future__ import annotations

import email
import email.policy

from corpus.errors import RefusedInput
from ingest.formats.text import decode


def extract_html(data: bytes, source: str) -> str:
    """The first HTML part of an MHTML message, or the bytes themselves as HTML."""
    if b"MIME-Version:" not in data[:4096] and b"Content-Type: multipart" not in data[:4096]:
        return decode(data, source).text
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            body = part.get_payload(decode=True)
            if isinstance(body, bytes):
                return decode(body, source, part.get_content_charset()).text
    raise RefusedInput(source, "unsupported", "网页存档里没有 HTML 正文；请在浏览器里另存为“网页，仅 HTML”")
