"""REST for today 今日 and incoming documents 收文提醒."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query

from cemai.incoming import days_back
from cemai.today import OwnUnit, load_own_unit
from ui.desk.desk import Desk
from ui.desk.today import answers_changed, day_summary, incoming_documents
from ui.rest.requests import CurrentDesk, Text, require_region

router = APIRouter()
Since = Annotated[dt.date | None, Query(description="从哪一天起算新来文；缺省为 7 天前")]


def _own(desk: Desk, unit: str | None, region: str | None) -> OwnUnit:
    require_region(region)
    return OwnUnit(unit or None, region or None) if unit or region else desk.read(load_own_unit)


@router.get("/today", summary="今日：新来文、将届满和已届满的文件、到期任务、有变化的答案、待核对")
def today(
    desk: CurrentDesk, unit: Text = None, region: Text = None, since: Since = None, as_of: dt.date | None = None
) -> dict[str, Any]:
    return day_summary(desk, _own(desk, unit, region), since=since.isoformat() if since else None, as_of=as_of).record()


@router.get("/incoming", summary="收文提醒：新来的文件带来的新任务、结束的职责、变更的数额和时限，有变化的答案")
def incoming(
    desk: CurrentDesk, unit: Text = None, region: Text = None, since: Since = None, as_of: dt.date | None = None
) -> dict[str, Any]:
    day = as_of or dt.date.today()
    begins = since.isoformat() if since else days_back(day)
    found = incoming_documents(desk, _own(desk, unit, region), begins, day)
    return {
        "since": begins,
        "documents": [one.record() for one in found],
        "answers": [one.record() for one in answers_changed(desk, (), day)],
    }
