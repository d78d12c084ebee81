"""Word 2003 XML (WordprocessingML of 2003) as the package of today, which one reader reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.formats.package import write_package
from ingest.formats.word.styles import WORD, w

if TYPE_CHECKING:
    from lxml import etree

_OLD = "{http://schemas.microsoft.com/office/word/2003/wordml}"
_AML = "{http://schemas.microsoft.com/aml/2001/core}"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
_NUMBER_FORMATS = {
    "0": "decimal", "1": "upperRoman", "2": "lowerRoman", "3": "upperLetter", "4": "lowerLetter", "10": "chineseCounting",
    "11": "chineseCountingThousand", "12": "decimalFullWidth", "14": "decimalFullWidth", "17": "ideographDigital",
    "18": "decimalEnclosedCircle", "23": "bullet", "30": "ideographTraditional", "31": "ideographZodiac",
    "33": "taiwaneseCounting", "35": "taiwaneseCountingThousand", "37": "chineseCounting", "38": "chineseLegalSimplified",
    "39": "chineseCountingThousand", "255": "none",
}  # fmt: skip
"""Number formats by the numbers that Word 2003 gives them."""
_RENAMED = {
    "lists": "numbering",
    "listDef": "abstractNum",
    "list": "num",
    "ilst": "abstractNumId",
    "listPr": "numPr",
    "ilfo": "numId",
    "nfc": "numFmt",
    "vmerge": "vMerge",
}
_ATTRIBUTES = {
    ("abstractNum", "listDefId"): "abstractNumId",
    ("num", "ilfo"): "numId",
}


def pack_wordml(root: etree._Element) -> bytes:
    """The package that holds what a Word 2003 XML file holds.

    Args:
        root: the file's first element, ``w:wordDocument``; it is changed.
    """
    from lxml import etree

    body = root.find(_OLD + "body")
    document = etree.Element(w("document"), nsmap={"w": WORD})
    notes = etree.Element(w("footnotes"), nsmap={"w": WORD})
    comments = 0
    if body is not None:
        comments = _mark_revisions(body)
        _flatten_sections(body)
        _take_out_notes(body, notes)
        document.append(_renamed(body))
    styles, lists = root.find(_OLD + "styles"), root.find(_OLD + "lists")
    parts: dict[str, etree._Element] = {"document": document, "footnotes": notes}
    if styles is not None:
        parts["styles"] = _renamed(styles)
    if lists is not None:
        parts["numbering"] = _renamed(lists)
    if comments:
        parts["comments"] = etree.Element(w("comments"), nsmap={"w": WORD})
    return _write(parts)


def _mark_revisions(body: etree._Element) -> int:
    """Put the elements of today where Word 2003 marks insertions and deletions; returns how many comments there are."""
    comments = 0
    for node in list(body.iter(_AML + "annotation")):
        kind = node.get(_OLD + "type", "")
        content = node.find(_AML + "content")
        comments += kind == "Word.Comment"
        if kind == "Word.Comment" or kind.endswith((".Start", ".End")) or content is None:
            node.tag = _OLD + "bookmarkEnd"
            for child in list(node):
                node.remove(child)
            continue
        node.tag = _OLD + ("del" if kind == "Word.Deletion" else "ins" if kind == "Word.Insertion" else "smartTag")
        for child in list(content):
            node.append(child)
        node.remove(content)
    return comments


def _flatten_sections(body: etree._Element) -> None:
    """Take away the elements that only group (``wx:sect``, ``wx:sub-section``), which stand in no name space of Word."""
    groups = [
        node for node in body.iter() if isinstance(node.tag, str) and node.tag.endswith(("}sect", "}sub-section", "}pBdrGroup"))
    ]
    for node in reversed(groups):
        parent = node.getparent()
        if parent is None or node.tag.startswith(_OLD):
            continue
        at = parent.index(node)
        for offset, child in enumerate(list(node)):
            parent.insert(at + offset, child)
        parent.remove(node)


def _take_out_notes(body: etree._Element, notes: etree._Element) -> None:
    """Put notes, which stand in the runs that call them, into a part of their own."""
    for number, node in enumerate(list(body.iter(_OLD + "footnote", _OLD + "endnote")), 1):
        parent = node.getparent()
        if parent is None or parent.tag != _OLD + "r":
            continue
        reference = parent.makeelement(_OLD + "footnoteReference")
        reference.set(_OLD + "id", str(number))
        parent.replace(node, reference)
        note = notes.makeelement(w("footnote"))
        note.set(w("id"), str(number))
        for child in list(node):
            note.append(_renamed(child))
        notes.append(note)


def _renamed(node: etree._Element) -> etree._Element:
    """An element with all below it under the names of today."""
    for inner in node.iter():
        if not isinstance(inner.tag, str) or not inner.tag.startswith(_OLD):
            continue
        old = inner.tag[len(_OLD) :]
        name = _RENAMED.get(old, old)
        inner.tag = w(name)
        for key in [key for key in inner.attrib if str(key).startswith(_OLD)]:
            plain = str(key)[len(_OLD) :]
            value = inner.attrib.pop(key)
            if name == "numFmt":
                value = _NUMBER_FORMATS.get(str(value), "decimal")
            inner.set(w(_ATTRIBUTES.get((name, plain), plain)), value)
    return node


def _write(parts: dict[str, etree._Element]) -> bytes:
    from lxml import etree

    links = "".join(
        f'<Relationship Id="r{name}" Type="{_R}/{name}" Target="{name}.xml"/>' for name in parts if name != "document"
    )
    top = f'<Relationship Id="r1" Type="{_R}/officeDocument" Target="word/document.xml"/>'
    return write_package(
        {"_rels/.rels": _relationships(top), "word/_rels/document.xml.rels": _relationships(links)}
        | {f"word/{name}.xml": etree.tostring(root, encoding="utf-8") for name, root in parts.items()}
    )


def _relationships(links: str) -> bytes:
    return f'<Relationships xmlns="{_PACKAGE}relationships">{links}</Relationships>'.encode()
