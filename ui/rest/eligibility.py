"""REST for 对号入座: a person or an enterprise against provisions, condition by condition."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from cemai.eligibility import LONGEST, compose_description
from ui.exports.eligibility import eligibility_table
from ui.rest.files import exported
from ui.rest.requests import TOP_LIMIT, CurrentDesk, TableFormat

router = APIRouter()
Field = Annotated[str, Query(max_length=100)]


@router.get("/eligible", summary="对号入座：逐条规定逐个条件判断 符合、不符合、未载明", response_model=None)
def eligible(
    desk: CurrentDesk,
    who: Annotated[str, Query(max_length=LONGEST, description="一句话：年龄、户籍、住地、收入、身份等")] = "",
    age: Field = "",
    sex: Field = "",
    place: Field = "",
    household: Field = "",
    income: Annotated[str, Query(max_length=20, description="家庭人均月收入，元")] = "",
    topic: Annotated[str, Query(max_length=100, description="规定里要有的词")] = "",
    as_of: dt.date | None = None,
    top: Annotated[int, Query(ge=1, le=TOP_LIMIT)] = 20,
    format: TableFormat = "json",
) -> Response | dict[str, Any]:
    form = {"age": age, "sex": sex, "place": place, "household": household, "income": income}
    found = desk.eligible(compose_description(who, form), topic=topic, as_of=as_of, top=top)
    return found.record() if format == "json" else exported(eligibility_table(found), format, "对号入座")
