"""What stands in the main part of a web page and was not read: pictures, frames, films, objects, forms, scripts, linked files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.formats.builder import TextBuilder
from ingest.formats.contents import extension
from ingest.formats.other_files import kind_of_other_ending
from ingest.formats.registry import format_of_ending
from ingest.formats.text import list_first
from ingest.formats.web.dom import clean, is_hidden
from ingest.lexicon import expand

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_SMALL = 64
"""Pixels of the shorter side of a picture that can hold words."""
_ICON = re.compile(expand(r"(?:^|[/_\W])(?:{page_icons})(?:[_\W\d]|$)|^data:image/(?:svg|gif)"), re.I)
_WRITES = re.compile(r"document\.write|innerHTML|\.append\(|\.html\(")
_TYPED = frozenset({"", "text", "checkbox", "radio", "number", "date", "email", "tel"})
_NAMED = 6


def report_unread(builder: TextBuilder, main: LexborNode, *, body_elsewhere: bool = False) -> None:
    """Say what was not read.

    Args:
        builder: takes the issues.
        main: the element that holds the document.
        body_elsewhere: the body is in a frame, which was said already.
    """
    frames = 0 if body_elsewhere else sum(1 for node in main.css("iframe") if _is_shown(node))
    objects = 0 if body_elsewhere else len(main.css("object, embed, applet, canvas"))
    fields = sum(1 for node in main.css("input, select, textarea") if _is_field(node))
    counts = {
        "pictures": (sum(1 for node in main.css("img") if _is_picture(node)), "网页正文里有 {} 张图片，图片里的文字没有读入"),
        "frames": (frames, "网页正文里有 {} 个框架，框架里的内容没有读入，请另取"),
        "media": (len(main.css("video, audio")), "网页正文里有 {} 段音频或视频，没有读入"),
        "embedded": (
            objects,
            "网页正文里嵌入了 {} 个其他对象（如图表、PDF），其内容没有读入",
        ),
        "form_fields": (fields, "网页正文里有 {} 个表单项，填写的内容没有读入"),
        "script": (
            sum(1 for node in main.css("script") if _WRITES.search(node.text(deep=True)[:20_000])),
            "网页正文里有 {} 段由脚本生成的内容，没有读入",
        ),
    }
    for code, (count, message) in counts.items():
        if count:
            builder.issue(code, message.format(count))
    names = list(dict.fromkeys(name for node in main.css("a[href]") if (name := _linked_file(node))))
    if names:
        message = f"网页链接了 {len(names)} 个附件文件，没有随网页读入：{list_first(names, _NAMED)}；需要时请另行下载后导入"
        builder.issue("attachments", message)


def _is_shown(frame: LexborNode) -> bool:
    sizes = [frame.attributes.get(side) or "" for side in ("width", "height")]
    return bool(frame.attributes.get("src")) and not is_hidden(frame) and not any(size in ("0", "1", "0px") for size in sizes)


def _is_picture(node: LexborNode) -> bool:
    """Whether a picture may hold words: it is no sign of a file type, no logo, no code to scan."""
    source = node.attributes.get("src") or node.attributes.get("data-src") or ""
    sizes = [re.sub(r"\D+$", "", node.attributes.get(side) or "") for side in ("width", "height")]
    small = any(size.isdigit() and int(size) < _SMALL for size in sizes)
    return bool(source) and not small and not _ICON.search(source[:500]) and not is_hidden(node)


def _is_field(node: LexborNode) -> bool:
    return not is_hidden(node) and (node.tag != "input" or (node.attributes.get("type") or "").lower() in _TYPED)


def _linked_file(node: LexborNode) -> str | None:
    """The name of a document that a link leads to, as the page writes it; None for any other link."""
    place = (node.attributes.get("href") or "").split("?")[0].split("#")[0]
    ending = extension(place)
    format = format_of_ending(ending)
    if (format is None or format.name in ("html", "txt", "xml", "jsonl")) and kind_of_other_ending(ending) is None:
        return None
    return clean(node.text(deep=True)[:200])[:60] or place.rsplit("/", 1)[-1]
