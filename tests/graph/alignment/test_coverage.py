"""What an upper document demands and a lower one does not mention."""

from __future__ import annotations

from pathlib import Path

from corpus.store import Corpus
from graph.alignment.coverage import coverage
from graph.codec.rows import to_rows
from graph.extract import extract
from ingest.reader import read

UPPER = """云南省湿地保护工作方案

一、重点任务
（一）修复退化湿地。实施退耕还湿。到2025年，湿地保护率达到60%。
（二）建立湿地监测网络。布设监测站点，定期发布结果。
（三）发展湿地科普教育。建设宣教中心20个。
"""
LOWER = """昆明市湿地保护工作方案

一、重点任务
（一）开展退化湿地修复。到2025年，湿地保护率达到65%。
（二）完善湿地监测网络。
（三）规范滇池游船运营。
"""


def test_missing_tasks_and_targets(tmp_path: Path) -> None:
    with Corpus.open(tmp_path) as corpus:
        for name, text in (("省.txt", UPPER), ("市.txt", LOWER)):
            doc = read(text.encode(), name)
            corpus.put(doc, original=b"", passages=[], facts=to_rows(doc, extract(doc)))
        found = coverage(corpus, corpus.find("省.txt").row, corpus.find("市.txt").row)
    assert [(entry.upper.name, entry.lower and entry.lower.name) for entry in found.tasks] == [
        ("修复退化湿地", "开展退化湿地修复"),
        ("建立湿地监测网络", "完善湿地监测网络"),
        ("发展湿地科普教育", None),
    ]
    assert all(entry.words for entry in found.tasks if entry.lower)
    assert [target.value for target in found.missing_targets] == [20]
    assert [(entry.upper.value, entry.lower.value) for entry in found.targets if entry.lower] == [(60, 65)]
    assert [task.name for task in found.own] == ["规范滇池游船运营"]
