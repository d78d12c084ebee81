"""OFD (GB/T 33190): the text of each page in reading order, from the places its XML gives every character; pictures of pages by OCR."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from math import prod
from typing import TYPE_CHECKING

from corpus.errors import RefusedInput
from ingest.formats.builder import TextBuilder
from ingest.formats.package import Package
from ingest.formats.pdf.flow import running
from ingest.formats.pdf.glyphs import Glyph, Rule, Sheet
from ingest.formats.pdf.layout import in_columns, to_lines
from ingest.formats.pdf.scan import lay_out, page_numbers, read_page, say_recognised
from ingest.formats.pdf.write import PageContent, write_pages
from ingest.formats.text import odd_characters
from ingest.limits import Limits
from ingest.progress import tell_page
from ingest.raw import RawText

if TYPE_CHECKING:
    from lxml import etree

_POINTS = 72 / 25.4
"""Points a millimetre: OFD measures in the latter."""
_ASCENT = 0.88
"""The share of a character's height that stands above the base line."""
_USUAL_SIZE = 5.0
"""Millimetres: a little less than 三号, in which official papers are set."""
_CLOSE = 1.1
_FARTHEST = 1e5
"""No place on a page is so many millimetres away."""
_LEAST_RULES, _MOST_RULES = 4, 5_000
"""Fewer lines make no table, more are a drawing."""
_STRAIGHT, _LEAST_LENGTH = 0.3, 2.0
"""Millimetres: how far a rule may lean, and how long the shortest is."""
_COORDINATES = {"M": 2, "S": 2, "L": 2, "Q": 4, "B": 6, "A": 7}
"""How many numbers follow each step of a path."""
_LARGE_PICTURE = 50.0
"""Millimetres of the shorter side of a picture that can hold a text."""
_BESIDE_PAGES = {
    "seals": "OFD 带有电子印章或签名，没有读入，请在 OFD 阅读器里核验",
    "attachments": "OFD 带有附件文件，没有读取",
    "comments": "OFD 带有注释或盖在页面上的内容，没有读入",
}
_A4 = (0.0, 0.0, 210.0, 297.0)


def read_ofd(data: bytes, source: str, limits: Limits) -> RawText:
    """Read an OFD file.

    Args:
        data: the bytes of the package.
        source: the name of the file, for messages.
        limits: how large the package and how many its pages and characters may be.

    Raises:
        RefusedInput: for a damaged one, one over the limits, and one of whose pages nothing can be read.
    """
    package = Package(data, source, limits)
    contents: list[PageContent] = []
    pictured: list[int] = []
    drawn: list[int] = []
    lost: list[int] = []
    pictures = composed = 0
    for number, page in enumerate(islice(_pages(package), limits.pdf_pages + 1), 1):
        if number > limits.pdf_pages:
            raise RefusedInput(source, "size", f"OFD 超过 {limits.pdf_pages} 页；请拆分后导入")
        glyphs = list(islice(_glyphs(page.layers), limits.pdf_page_characters + 1))
        if len(glyphs) > limits.pdf_page_characters:
            raise RefusedInput(source, "size", f"第 {number} 页的字符数异常，超出读取上限；请用原软件另存后导入")
        content = PageContent(number, (page.box[2] or _A4[2]) * _POINTS, (page.box[3] or _A4[3]) * _POINTS)
        rules = list(islice(_rules(page.layers), _MOST_RULES + 1))
        if glyphs and _LEAST_RULES <= len(rules) <= _MOST_RULES:
            sheet = Sheet(number, content.width, content.height, glyphs, rules)
            content.tables, lines = lay_out(sheet, contents[-1].tables[-1] if contents and contents[-1].tables else None)
            content.lines = in_columns(lines, content.width)
        else:
            content.lines = in_columns(to_lines(glyphs, number), content.width)
        composed += sum(
            1 for layer in page.layers for used in layer.iter("{*}CompositeObject") if used.get("ResourceID") in page.units
        )
        lost += [number] * (not page.layers)
        images = [image for layer in page.layers for image in layer.iter("{*}ImageObject")]
        if content.lines or content.tables:
            pictures += sum(1 for image in images if _is_large(image))
        elif images:
            found = _recognise(package, page, images, content, contents[-1] if contents else None, limits)
            content = content if found is None else found
            if found is None or not (found.lines or found.tables):
                pictured.append(number)
        elif any(next(layer.iter("{*}PathObject"), None) is not None for layer in page.layers):
            drawn.append(number)
        contents.append(content)
    if not any(content.lines or content.tables for content in contents):
        if pictured:
            from ingest.formats.pdf.ocr import HOW, available

            what = "OFD 的各页是扫描图像，没有可提取的文字；"
            raise RefusedInput(source, "scan", what + ("文字识别也没有读出文字，请核对原件或重新扫描" if available() else HOW))
        if drawn:
            message = "OFD 各页的文字已转成图形（曲线），没有可提取的文字；请用生成它的软件另存为带文字的 OFD 或 PDF 后导入"
            raise RefusedInput(source, "scan", message)
        raise RefusedInput(source, "empty", "OFD 里没有可读的文字；请用 OFD 阅读器打开核对")
    sheets = [(content.height, content.lines) for content in contents]
    # On two pages the name of the organ above the title and below the text may stand at one height: no header.
    out = running(sheets) if len(sheets) > 2 else set().union(*(running([sheet]) for sheet in sheets))
    for content in contents:
        content.lines = [line for line in content.lines if id(line) not in out]
    builder = TextBuilder("ofd")
    write_pages(builder, contents)
    say_recognised(builder, contents)
    if pictured:
        builder.issue("scan", f"疑似扫描件：{page_numbers(pictured)}没有可提取的文字，内容未读入")
    if drawn:
        builder.issue("scan", f"{page_numbers(drawn)}只有图形，没有可提取的文字；文字可能已转成曲线，请核对原件")
    if (len(pictured) + len(drawn)) * 2 > len(contents):
        message = f"OFD 共 {len(contents)} 页，其中 {len(pictured) + len(drawn)} 页是图像或图形，大部分内容没有读入"
        builder.issue("mostly_unread", message)
    if lost:
        builder.issue("page_lost", f"{page_numbers(lost)}的内容在文件里缺失，没有读入；请重新下载或向发文单位核对")
    if composed:
        builder.issue("embedded", f"OFD 有 {composed} 处组合图形带有文字，没有读入，请核对原件")
    if pictures:
        builder.issue("pictures", f"OFD 有 {pictures} 张图片，图片里的文字没有读入")
    _report_parts(builder, package)
    builder.issues.extend(odd_characters(builder.text()))
    return builder.finish()


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of an OFD.

    Args:
        layers: what is drawn on it: the templates below it, its own contents, the templates above.
        box: of the paper, in millimetres.
        media: the parts that hold pictures, by their ids.
        units: the ids of the drawings put together elsewhere (composite units) that hold text.
    """

    layers: tuple[etree._Element, ...]
    box: list[float]
    media: dict[str, str]
    units: frozenset[str] = frozenset()


def _pages(package: Package) -> Iterator[_Page]:
    """The pages of all documents in the package.

    Some writers give a page's box inside its contents, where it does not belong, beside a wrong one for the document.
    """
    for path, document in _documents(package):
        folder = posixpath.dirname(path)
        whole = _numbers(document.findtext(".//{*}PageArea/{*}PhysicalBox"), list(_A4))
        listed = list(_resources(package, folder, document.iterfind("{*}CommonData/*")))
        media, units = _media(listed), _units(listed)
        templates = {
            template.get("ID", ""): package.xml(_resolve(folder, template.get("BaseLoc", "")))
            for template in document.iterfind("{*}CommonData/{*}TemplatePage")
        }
        for page in document.iterfind("{*}Pages/{*}Page"):
            place = _resolve(folder, page.get("BaseLoc", ""))
            content = package.xml(place)
            if content is None:
                yield _Page((), whole, {})
                continue
            box = content.find("{*}Area/{*}PhysicalBox")
            box = content.find("{*}Content/{*}PageArea/{*}PhysicalBox") if box is None else box
            used = [
                (use.get("ZOrder", "Background"), templates.get(use.get("TemplateID", "")))
                for use in content.iterfind("{*}Template")
            ]
            below = [template for order, template in used if template is not None and order != "Foreground"]
            above = [template for order, template in used if template is not None and order == "Foreground"]
            own = list(_resources(package, posixpath.dirname(place), content.iterfind("{*}PageRes")))
            size = _numbers(None if box is None else box.text, whole)
            yield _Page((*below, content, *above), size, {**media, **_media(own)}, units | _units(own))


def _resources(package: Package, folder: str, places: Iterable[etree._Element]) -> Iterator[tuple[str, etree._Element]]:
    """The lists of resources that are named, each with the folder its parts lie in."""
    for named in places:
        if named.tag.rpartition("}")[2] in ("PublicRes", "DocumentRes", "PageRes"):
            place = _resolve(folder, named.text or "")
            if (listed := package.xml(place)) is not None:
                yield _resolve(posixpath.dirname(place), listed.get("BaseLoc", "")), listed


def _media(resources: Iterable[tuple[str, etree._Element]]) -> dict[str, str]:
    """The parts that hold pictures, by their ids."""
    return {
        medium.get("ID", ""): _resolve(base, medium.findtext("{*}MediaFile") or "")
        for base, listed in resources
        for medium in listed.iter("{*}MultiMedia")
    }


def _units(resources: Iterable[tuple[str, etree._Element]]) -> frozenset[str]:
    """The ids of the composite units that hold text."""
    units = (unit for _, listed in resources for unit in listed.iter("{*}CompositeGraphicUnit"))
    return frozenset(unit.get("ID", "") for unit in units if next(unit.iter("{*}TextObject"), None) is not None)


def _recognise(
    package: Package,
    page: _Page,
    images: Sequence[etree._Element],
    content: PageContent,
    before: PageContent | None,
    limits: Limits,
) -> PageContent | None:
    """A page that is a picture as text recognition reads it; None where nothing can, or the picture is in a form nobody reads."""
    from ingest.formats.pdf.ocr import available
    from ingest.formats.picture import open_picture

    if not available():
        return None
    largest = max(images, key=lambda image: prod(_numbers(image.get("Boundary"), [0.0] * 4)[2:]))
    if not _is_large(largest):
        return None
    data = package.read(page.media.get(largest.get("ResourceID", ""), "")) or b""
    try:
        image = open_picture(data, package.source, limits)
    except RefusedInput:
        return None
    tell_page(content.number, content.number)
    wide = _numbers(largest.get("Boundary"), [0.0] * 4)[2] * _POINTS
    found = read_page(image, content.number, wide, package.source, before)
    found.width, found.height = content.width, content.height
    return found


def _documents(package: Package) -> Iterator[tuple[str, etree._Element]]:
    """The documents in the package with the names of their parts."""
    root = package.xml("OFD.xml")
    for place in root.iter("{*}DocRoot") if root is not None else ():
        path = _resolve("", place.text or "")
        document = package.xml(path)
        if document is not None:
            yield path, document


def _is_large(image: etree._Element) -> bool:
    """Whether a picture can hold a text: a seal or a sign is smaller."""
    _, _, wide, high = _numbers(image.get("Boundary"), [0.0] * 4)
    return wide >= _LARGE_PICTURE and high >= _LARGE_PICTURE


def _report_parts(builder: TextBuilder, package: Package) -> None:
    """Say what lies beside the pages: files attached, notes, seals."""
    root = package.xml("OFD.xml")
    found = set()
    if root is not None and next(root.iter("{*}Signatures"), None) is not None:
        found.add("seals")
    for _, document in _documents(package):
        for code, name in (("attachments", "Attachments"), ("comments", "Annotations")):
            if document.find("{*}" + name) is not None:
                found.add(code)
    for code, message in _BESIDE_PAGES.items():
        if code in found:
            builder.issue(code, message)


def _resolve(folder: str, place: str) -> str:
    place = place.strip()
    return place.lstrip("/") if place.startswith("/") else posixpath.normpath(posixpath.join(folder, place))


def _numbers(text: str | None, otherwise: list[float]) -> list[float]:
    found = _floats((text or "").split())
    return found if len(found) == len(otherwise) else otherwise


def _glyphs(layers: Sequence[etree._Element]) -> Iterator[Glyph]:
    """The visible characters of a page with their boxes in points, in the order of the file."""
    for text in chain.from_iterable(layer.iter("{*}TextObject") for layer in layers):
        if text.get("Visible") == "false":
            continue
        left, top, _, high = _numbers(text.get("Boundary"), [0.0] * 4)
        a, b, c, d, e, f = _numbers(text.get("CTM"), [1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
        # Some writers spell the attribute small, and some leave it out: a line is as high as its characters.
        size = _numbers(text.get("Size", text.get("size")), [high or _USUAL_SIZE])[0]
        height = max(0.1, size * abs(d or c))
        for code in text.iterfind("{*}TextCode"):
            words = (code.text or "").strip("\n\r\t")
            x, y = _numbers(code.get("X"), [0.0])[0], _numbers(code.get("Y"), [size])[0]
            across, down = (list(_shifts(code.get(name), len(words))) for name in ("DeltaX", "DeltaY"))
            stands = code.get("DeltaX") is None and code.get("DeltaY") is not None
            for character, given, dy in zip(words, across, down, strict=True):
                wide = size if character > "\u2e80" else size / 2
                dx = given if given is not None else 0.0 if stands else wide
                # Characters that are set closer than their size are one word, however wide their own drawing is.
                box = dx if 0 < dx <= _CLOSE * size else wide
                x0, y0 = left + a * x + c * y + e, top + b * x + d * y + f
                upper, lower = y0 - _ASCENT * height, y0 + (1 - _ASCENT) * height
                yield Glyph(character, x0 * _POINTS, upper * _POINTS, (x0 + box * abs(a or b)) * _POINTS, lower * _POINTS)
                x += dx
                y += dy or 0.0


def _rules(layers: Sequence[etree._Element]) -> Iterator[Rule]:
    """The drawn lines of a page that run across or down, in points: strokes, the sides of boxes, and boxes as thin as a stroke."""
    for path in chain.from_iterable(layer.iter("{*}PathObject") for layer in layers):
        if path.get("Visible") == "false":
            continue
        left, top, _, _ = _numbers(path.get("Boundary"), [0.0] * 4)
        a, b, c, d, e, f = _numbers(path.get("CTM"), [1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
        for (x0, y0), (x1, y1) in _strokes(path.findtext("{*}AbbreviatedData") or ""):
            sx, sy = left + a * x0 + c * y0 + e, top + b * x0 + d * y0 + f
            ex, ey = left + a * x1 + c * y1 + e, top + b * x1 + d * y1 + f
            if abs(ey - sy) < _STRAIGHT and abs(ex - sx) >= _LEAST_LENGTH:
                yield Rule(True, sy * _POINTS, min(sx, ex) * _POINTS, max(sx, ex) * _POINTS)
            elif abs(ex - sx) < _STRAIGHT and abs(ey - sy) >= _LEAST_LENGTH:
                yield Rule(False, sx * _POINTS, min(sy, ey) * _POINTS, max(sy, ey) * _POINTS)


def _strokes(data: str) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """The straight pieces of a path, e.g. ``M 0 0 L 90 0 L 90 20 C``; curves are passed over."""
    parts = data.split()
    start = here = (0.0, 0.0)
    at = 0
    while at < len(parts):
        step, at = parts[at], at + 1
        if step == "C":
            yield here, start
            here = start
            continue
        count = _COORDINATES.get(step, 0)
        given = _floats(parts[at : at + count])
        at += count
        if len(given) < 2 or len(given) != count:
            continue
        there = (given[-2], given[-1])
        if step == "L":
            yield here, there
        elif step in ("M", "S"):
            start = there
        here = there


def _floats(parts: Sequence[str]) -> list[float]:
    """Numbers that can be places on a page; none at all where one of them cannot."""
    try:
        found = [float(part) for part in parts]
    except ValueError:
        return []
    return found if all(abs(number) < _FARTHEST for number in found) else []


def _shifts(given: str | None, count: int) -> Iterator[float | None]:
    """How far each character is from the one before, ``g n v`` being ``n`` times ``v``; None where nothing is said."""
    parts = iter((given or "").split())
    left = count
    for part in parts:
        try:
            times = int(next(parts, "0")) if part == "g" else 1
            shift = float(next(parts, "0")) if part == "g" else float(part)
        except ValueError:
            continue
        if not abs(shift) < _FARTHEST:
            continue
        for _ in range(min(times, left)):
            yield shift
        left -= min(times, left)
    for _ in range(left):
        yield None
