"""What users read for the codes of answers 代码的说法, the same everywhere; labels of facts are in graph/codec/columns.py."""

from __future__ import annotations

ANSWER_STATES = {"answered": "有依据", "partial": "部分有依据", "not_found": "未找到依据"}
VERDICTS = {"right": "正确", "wrong": "错误", "incomplete": "不完整"}
NOTICES = {
    "expired": "时效提示",
    "draft": "征求意见稿",
    "repealed": "已废止",
    "pending": "尚未施行",
    "scope": "适用范围",
    "related": "可能相关",
    "unread": "没有读全",
    "recognised": "识别件",
    "damaged": "校验不符",
}
NOTICE = "提示"
"""The label of a notice of any other kind."""
SORTS = {"added": "后入库的在前", "title": "按题名", "date": "日期新的在前", "status": "按时效"}
"""Orders of the catalogue of documents."""
REGION_FILTER = "地区（含下级）"
"""The label of a filter by region: everywhere it takes in the regions below."""
COPY_LINK = "复制链接"
"""The button that copies an address of the page."""
SEARCH_CONDITIONS = {"region": "地区", "level": "层级", "year": "年份", "topic": "主题", "as_of": "截至"}
"""The conditions of a question, by the names they have in its address."""
