"""From when to when a document says it is in force, and what it says of permits and vouchers only."""

from __future__ import annotations

import pytest

from corpus.document import Span
from ingest.headmatter.force import read_force

CLAUSES = [
    ("本办法自2023年7月1日起施行，有效期2年。", "2023-07-01", "2025-06-30"),
    ("本办法自2024年2月29日起施行，有效期一年。", "2024-02-29", "2025-02-27"),
    ("本通知自印发之日起施行，有效期五年。", "2021-03-10", "2026-03-09"),
    ("本规定自公布之日起30日后施行。", "2021-04-09", None),
    ("以上措施自2023年10月1日开始执行，有效期至2024年12月31日。", "2023-10-01", "2024-12-31"),
    ("本方案自2023年2月1日起施行，执行至2025年底。", "2023-02-01", "2025-12-31"),
    ("七、本办法由县水务局负责解释。本办法自2022年5月1日起施行。有效期至2025年6月。", "2022-05-01", "2025-06-30"),
    ("本通知自2022年5月1日起施行，2027年4月30日废止。", "2022-05-01", "2027-04-30"),
    ("本通知自2022年5月1日起施行，2027年5月1日起自行废止。", "2022-05-01", "2027-04-30"),
    ("本细则自2022年5月1日起试行，试行期六个月。", "2022-05-01", "2022-10-31"),
    ("自2022年9月8日起实施，试用期一年。", "2022-09-08", "2023-09-07"),
    (
        "本文件自2023年1月1日起执行，第一项措施有效期至2023年12月31日，其他措施有效期至2026年12月31日。",
        "2023-01-01",
        "2026-12-31",
    ),
    ("修订后的本条例自2023年10月1日起施行。", "2023-10-01", None),
    ("以上要求自2022年10月1日起实施。", "2022-10-01", None),
    ("上述9项政策于2024年10月8日起实施。", "2024-10-08", None),
    ("本政策自4月6日起执行。", "2021-04-06", None),
    ("本通知自即日起施行，有效期一年。", "2021-03-10", "2022-03-09"),
    ("本通知有效期两年，自2024年6月28日起施行。", "2024-06-28", "2026-06-27"),
    ("上述政策执行期限为2019年1月1日至2023年12月31日。", "2019-01-01", "2023-12-31"),
    # a part of the document has a term of its own
    ("该项政策执行时间至2025年3月31日。本措施自2024年8月1日起执行。", "2024-08-01", None),
    ("本措施自2024年9月1日起施行。（本措施中第一条第（一）款为期4个月。）", "2024-09-01", None),
    ("在本通知施行之日起至2024年12月31日期间备案的，给予补贴。本通知自发布之日起施行。", "2021-03-10", None),
    ("取水许可证有效期为五年，自核发之日起计算。", None, None),
    ("消费券自2023年1月1日起实施发放，有效期至2023年3月31日。", None, None),
    ("用水计划自下达之日起执行。用水户应当在本市安装计量设施。", None, None),
]


@pytest.mark.parametrize(("clause", "begins", "ends"), CLAUSES)
def test_the_clause_on_the_document_itself(clause: str, begins: str | None, ends: str | None) -> None:
    text = f"第一条 为了节约用水，制定本办法。\n第九条 {clause}"
    found = read_force(text, Span(0, len(text)), "2021-03-10")
    assert (found.begins.on if found.begins else None) == begins
    assert (found.ends.on if found.ends else None) == ends


def test_a_clause_without_a_date_is_kept_for_its_words() -> None:
    text = "本细则自发布之日起施行，有效期与《青禾市科技创新券管理办法》一致。"
    found = read_force(text, Span(0, len(text)), None)
    assert found.begins is not None and found.ends is not None
    assert (found.begins.on, found.ends.on) == (None, None)
    assert "有效期与《青禾市科技创新券管理办法》一致" in found.ends.span.of(text)
    blank = "本规定自2025年 月 日起施行。"
    assert (found := read_force(blank, Span(0, len(blank)), "2025-01-01")).begins is not None and found.begins.on is None
