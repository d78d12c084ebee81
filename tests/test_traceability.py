"""The laws of one frozen text, on made-up documents and on real ones: whatever points into a text points at what it says."""

from __future__ import annotations

import itertools
import os
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import ParsedDocument
from graph.codec.records import TaskRecord
from graph.codec.rows import to_rows
from graph.extract import extract
from index.splitter import split
from ingest.reader import read

BLOCKS = st.sampled_from(
    [
        "关于加强某项工作的通知\n", "某市人民政府办公室\n", "各县（市、区）人民政府：\n", "一、总体要求\n", "二、重点任务\n", "（一）加强管护。",
        "(二)健全机制。", "1.开展排查。", "２．落实责任。", "第一条 为了规范管理，制定本办法。\n", "一是加强监测，及时预警。二是落实资金。",
        "到2025年，建成示范园10个以上，覆盖率达到95%。", "（责任单位：市财政局、市教育局，各区人民政府）\n", "（牵头单位：市水务局；配合单位：市住建局）\n",
        "“四个不摘”要求", "附件：任务清单\n", "附件1\n", "2024年3月5日\n", "某政办发〔2024〕5号\n", "| 指标 | 2025年 |\n| 产值 | 5亿元 |\n", "扫一扫在手机打开当前页\n",
        "5.某县人民政府关于印发修渠办法的通知（2024年3月5日）\n", "某政发〔2024〕6号各乡镇人民政府：\n", "《修渠办法》已经同意，现印发给你们。\n", "修渠办法\n",
        "附则\n", "（一）\n", "01修渠\n02建库\n03验收\n", "相关链接\n", "某县人民政府令\n", "第一章 总则\n", "第二章 附则\n", "附件（略）：\n",
        "\n", " ", "，", "。", "；", "《某省关于某事的意见》", "(以下简称规划)", "\u3000\u3000", "过渡期内保持稳定。", "全覆盖", "𠀀",
    ]
)  # fmt: skip
TEXTS = st.lists(BLOCKS, min_size=1, max_size=25).map("".join)


def assert_traceable(doc: ParsedDocument) -> None:
    text = doc.text
    ends = [0, *itertools.chain.from_iterable((z.span.start, z.span.end) for z in doc.zones), len(text)]
    assert ends == sorted(ends) and all(a == b for a, b in zip(ends[::2], ends[1::2], strict=True)), "zones partition the text"
    for section in doc.outline:
        assert 0 <= section.start <= section.end <= len(text) and section.body_start <= section.body_end <= len(text)
        if section.number:
            assert section.span.of(text).startswith(section.number)
        if section.parent:
            assert doc.sections[section.parent].whole.covers(section.whole), "sections nest"
    for part in doc.attached:
        assert 0 <= part.span.start < part.span.end <= len(text)
        assert all(span.end <= len(text) for span in part.head.spans.values())
    for one, other in itertools.combinations([part.span for part in doc.attached], 2):
        assert one.covers(other) or other.covers(one) or not one.overlaps(other), "attached documents nest or stand apart"
    for name, span in doc.head.spans.items():
        assert span.end <= len(text), name
    for table in doc.tables:
        assert all(table.span.covers(cell) for row in table.rows for cell in row)
    passages = split(doc)
    body = [span for span in doc.body_spans() if span.of(text).strip()]
    for passage in passages:
        assert 0 <= passage.span.start < passage.span.end <= len(text)
    for left, right in itertools.pairwise(passages):
        assert left.span.end <= right.span.start, "passages do not overlap"
    covered = set(itertools.chain.from_iterable(range(p.span.start, p.span.end) for p in passages))
    for span in body:
        assert all(i in covered or text[i].isspace() for i in range(span.start, span.end)), "passages cover the body"
    for row in to_rows(doc, extract(doc)):
        assert row.record.end <= len(text)
        assert row.record.quote == row.record.span.of(text)
        for measure in row.record.measures if isinstance(row.record, TaskRecord) else ():
            assert text[measure.start : measure.end] == measure.name


@settings(max_examples=60)
@given(TEXTS)
def test_made_up_documents(text: str) -> None:
    if not text.strip():
        return
    doc = read(text.encode(), "例.txt")
    assert doc.text == text
    assert_traceable(doc)


@pytest.mark.parametrize("number", range(5))
def test_the_seeds(shared: Path, number: int) -> None:
    path = sorted((shared / "seeds").glob("*.txt"))[number]
    doc = read(path.read_bytes(), path.name)
    assert doc.text == path.read_text(encoding="utf-8")
    assert_traceable(doc)


SAMPLE, SEED = 36, int(os.environ.get("CEMAI_SAMPLE_SEED", "20261122"))


@pytest.mark.slow
def test_a_random_sample_of_the_real_corpus(shared: Path) -> None:
    """Some documents of every folder; CEMAI_SAMPLE_SEED draws others."""
    chance = random.Random(SEED)
    folders = sorted(path for path in (shared / "corpus").iterdir() if path.is_dir())
    kinds = (".txt", ".html", ".docx")
    groups = [sorted(p for p in folder.rglob("*") if p.suffix in kinds and p.stat().st_size < 300_000) for folder in folders]
    groups = [group for group in groups if group]
    for k in range(SAMPLE):
        path = chance.choice(groups[k % len(groups)])
        assert_traceable(read(path.read_bytes(), path.name))


def test_the_samples() -> None:
    from ingest.files import gather

    folder = Path(__file__).resolve().parents[1] / "corpus" / "samples"
    inputs = gather([p for p in sorted(folder.iterdir()) if p.suffix in (".txt", ".html", ".pdf", ".docx", ".xlsx")])
    assert len(inputs) == 8
    for item in inputs:
        assert_traceable(read(item.path.read_bytes(), item.source))
