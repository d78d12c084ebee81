"""Reading and extraction without a library, for other programs."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.document import ParsedDocument

if TYPE_CHECKING:
    from graph.codec.records import ProvisionRecord, TargetRecord, TaskRecord, TermRecord


@dataclass(frozen=True, slots=True)
class ExtractedFacts:
    """What one document orders, aims at, rules and defines, each with its place in the text.

    Attributes:
        document_id: The document.
        tasks: 任务, in the order of the text.
        targets: 目标指标, with what was reached and what is only reported (``kind``).
        provisions: 规定.
        terms: 术语.
    """

    document_id: str
    tasks: tuple[TaskRecord, ...]
    targets: tuple[TargetRecord, ...]
    provisions: tuple[ProvisionRecord, ...]
    terms: tuple[TermRecord, ...]

    def __repr__(self) -> str:
        return (
            f"<ExtractedFacts {self.document_id} tasks={len(self.tasks)} targets={len(self.targets)}"
            f" provisions={len(self.provisions)} terms={len(self.terms)}>"
        )


def read(
    source: str | PathLike[str] | bytes, *, name: str | None = None, region: str | None = None, ocr: bool = False
) -> ParsedDocument:
    """Read one file: its text, outline and head matter.

    Args:
        source: The path of a file, or its bytes.
        name: The name it goes by, with its extension; needed with bytes, else that of the path.
        region: The division it is of, where the text does not say so.
        ocr: Whether pictures on pages that hold text are recognised too; whole scans are, where that is installed.

    Raises:
        RefusedInput: For what cannot or must not be read; ``reason`` is a stable code.
        TypeError: For bytes without a name.

    Example:
        >>> document = read("关于加强公厕管护的通知\\n\\n一、落实责任。".encode(), name="通知.txt")
        >>> [section.label for section in document.outline if section.number]
        ['一、落实责任']
        >>> document.head_at(0).title
        '关于加强公厕管护的通知'
    """
    from ingest.files import Input
    from ingest.worker import SafeReader

    if isinstance(source, bytes):
        if name is None:
            raise TypeError("bytes need a name: read(data, name='通知.txt')")
        data = source
    else:
        path = Path(source)
        name = name or path.name
        data = Input(path, name).read()
    with SafeReader() as reader:
        return reader.read(data, name, region=region, ocr=ocr)


def extract(document: ParsedDocument) -> ExtractedFacts:
    """The facts of a document. Never raises on a document that was read by this program.

    Example:
        >>> document = read("一、管护公厕。2026年改造公厕26座。（责任单位：县住建局）".encode(), name="方案.txt")
        >>> found = extract(document)
        >>> found.targets[0].value, found.targets[0].by_year
        (26.0, 2026)
        >>> found
        <ExtractedFacts b17bebf1c2eac9ca tasks=1 targets=1 provisions=0 terms=0>
    """
    from graph.extract import extract as extract_facts
    from graph.kinds import PUBLISHED

    found = extract_facts(document)
    records = {kind.plural: tuple(kind.to_record(document, value) for value in found.by_kind[kind.name]) for kind in PUBLISHED}
    return ExtractedFacts(document.id, records["tasks"], records["targets"], records["provisions"], records["terms"])
