"""What users read for the codes of the program 代码的说法: the same words on the page, in exports and on the command line."""

from __future__ import annotations

UNSTATED = "原文未载明"
"""Where a document says nothing of what is asked for."""

TARGET_KINDS = {"target": "目标", "achieved": "已完成", "statistic": "现状数", "rule": "标准"}
COMPARATORS = {">=": "不低于", "<=": "不超过", ">": "高于", "<": "低于", "≈": "约", "range": "区间", "=": "等于"}
ANSWER_STATES = {"answered": "有依据", "partial": "部分有依据", "not_found": "未找到依据"}
VERDICTS = {"right": "正确", "wrong": "错误", "incomplete": "不完整"}
NOTICES = {"expired": "时效提示", "draft": "征求意见稿", "repealed": "已废止", "scope": "适用范围"}
NOTICE = "提示"
"""The label of a notice of any other kind."""
