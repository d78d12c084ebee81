"""Validity 时效: the state of a document on a given day, with the reason the text gives for it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from corpus.document import HeadMatter
from corpus.titles import in_marks
from graph.documents.names import is_draft
from graph.lexicon import expand
from graph.named_periods import named_periods

ValidityStatus = Literal["现行有效", "征求意见稿", "已修订", "废止", "规划期届满", "尚未施行", "未载明"]

_REPEALED = re.compile(expand(r"{repealed}"))
_REVISED = re.compile(expand(r"[已被]{revising}"))
_IN_FORCE = re.compile(expand(r"{in_force}"))
_ANNUAL = re.compile(r"(20\d\d)年(?:度)?(?![-—–~～至到—]|以来)")
_ANNUAL_KIND = re.compile(expand(r"{annual_kinds}"))
_YEARS = re.compile(r"((?:19|20)\d\d)年?[-—–~～至到]{1,2}((?:19|20)\d\d)年?")
_ABOUT = re.compile(expand(r"{reports_on_documents}"))
"""What only speaks of a plan has no period of its own."""
_FIVE_YEAR = re.compile(expand("{five_year_plans}"))


@dataclass(frozen=True, slots=True)
class Validity:
    """The state on a day, why, and until when it holds where the text sets an end."""

    status: ValidityStatus
    reason: str
    until: str | None = None


def validity(
    head: HeadMatter,
    *,
    as_of: dt.date,
    user_status: str | None = None,
    user_note: str | None = None,
    repealed_by: Iterable[str] | str | None = None,
    revised_by: Iterable[str] | str | None = None,
) -> Validity:
    """The state of a document on ``as_of``.

    What a user sets comes first, then what other documents say (``repealed_by``, ``revised_by``: their titles), then the
    document itself: its status field, draft title, dates, and the period of a plan.
    """
    if user_status:
        said = f"使用者将本文件标为“{user_status}”" + (f"，注明：{user_note.strip()}" if user_note and user_note.strip() else "")
        return Validity(_normalised(user_status), f"{said.rstrip('。')}。", head.expires_on)
    repealing, revising = _titles(repealed_by), _titles(revised_by)
    if repealing:
        return Validity("废止", f"{in_marks(repealing[0])}写明废止本文件。")
    draft = (head.title and is_draft(head.title)) or (head.status and is_draft(head.status))
    if revising and draft:
        return Validity("征求意见稿", f"本文件是征求意见的稿子，尚无约束力；库中另有同名的正式文件{in_marks(revising[0])}。")
    if revising:
        return Validity("已修订", f"{in_marks(revising[0])}修订了本文件。")
    if head.status and _REPEALED.search(head.status):
        return Validity("废止", f"文件的时效栏写明“{head.status}”。", head.expires_on)
    if head.status and _REVISED.search(head.status):
        return Validity("已修订", f"文件的时效栏写明“{head.status}”。")
    if head.title and is_draft(head.title):
        return Validity("征求意见稿", "标题写明是征求意见的稿子，尚无约束力。")
    if head.status and is_draft(head.status):
        return Validity("征求意见稿", f"文件写明“{head.status}”，尚无约束力。")
    expires, effective = _date(head.expires_on), _date(head.effective_on)
    if expires and as_of > expires:
        return Validity("废止", f"文件写明有效期至{_written(expires)}，到{_written(as_of)}已失效。", head.expires_on)
    if effective and as_of < effective:
        return Validity("尚未施行", f"文件自{_written(effective)}起施行。", head.expires_on)
    period = plan_end(head)
    if period is not None and as_of > period[0]:
        return Validity("规划期届满", f"{period[1]}，规划期已于{period[0].year}年底届满。", period[0].isoformat())
    until = head.expires_on or (period[0].isoformat() if period else None)
    if head.status and _IN_FORCE.search(head.status):
        return Validity("现行有效", f"文件的时效栏写明“{head.status}”，没有见到废止或修订。", until)
    if period is not None:
        return Validity("现行有效", f"{period[1]}，在{_written(as_of)}仍在规划期内，没有见到废止或修订。", until)
    if expires:
        return Validity("现行有效", f"文件写明有效期至{_written(expires)}，没有见到废止或修订。", until)
    if effective:
        return Validity("现行有效", f"文件自{_written(effective)}起施行，没有见到废止或修订。", until)
    return Validity("未载明", "文件没有写明时效，库中也没有废止或修订它的文件。", until)


def plan_end(head: HeadMatter) -> tuple[dt.date, str] | None:
    """The last day of the period a plan is made for and the words that say so: field, title years, five-year plan, annual plan."""
    if head.plan_period:
        start, end = head.plan_period
        last = _date(end) or dt.date(int(end[:4]), 12, 31)
        years = start[:4] if start[:4] == end[:4] else f"{start[:4]}—{end[:4]}"
        return last, f"规划期为{years}年"
    title = head.title or ""
    if _ABOUT.search(title):
        return None
    written = _YEARS.search(title)
    if written:
        return dt.date(int(written[2]), 12, 31), f"标题写明{written.group()}"
    plan = _FIVE_YEAR.search(title)
    if plan and "规划" in title:
        period = named_periods()[plan.group()]
        return period.end, f"标题写明“{plan.group()}”（{period.start.year}—{period.end.year}年）"
    annual = _ANNUAL.search(title)
    if annual and _ANNUAL_KIND.search(title):
        return dt.date(int(annual[1]), 12, 31), f"标题写明是{annual[1]}年的工作安排"
    return None


def transition_notice(text: str, as_of: dt.date, *, context: str | None = None) -> str | None:
    """What to add to a fact that holds only within a named period, once the period is over.

    ``transition_notice("过渡期内保持帮扶政策稳定…", date(2026, 1, 1))`` says that the 过渡期 of 2021–2025 ended. ``context`` is the
    document around the text where the text alone does not tell which period is meant.
    """
    around = context if context is not None else text
    for period in named_periods().values():
        if as_of <= period.end or not any(marker in text for marker in period.markers):
            continue
        if period.context and not any(word in around for word in period.context):
            continue
        quoted = period.name if period.context else f"“{period.name}”时期"
        return f"{quoted}（{period.start.year}—{period.end.year}年）已于{period.end.year}年底届满，这一规定是否继续执行须查新的文件。"
    return None


def _normalised(status: str) -> ValidityStatus:
    if _REPEALED.search(status):
        return "废止"
    if is_draft(status) or "征求" in status:
        return "征求意见稿"
    if "修订" in status or "修改" in status:
        return "已修订"
    if "届满" in status or "到期" in status:
        return "规划期届满"
    if "尚未" in status or "未施行" in status or "未生效" in status:
        return "尚未施行"
    if _IN_FORCE.search(status):
        return "现行有效"
    return "未载明"


def _titles(value: Iterable[str] | str | None) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else [title for title in value if title]


def _date(value: str | None) -> dt.date | None:
    if not value:
        return None
    try:
        return dt.date.fromisoformat(value[:10])
    except ValueError:
        return None


def _written(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
