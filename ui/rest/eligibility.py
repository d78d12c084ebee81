"""REST for 对号入座: a person or an enterprise against provisions, condition by condition."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from cemai.eligibility import compose_description
from ui.exports.eligibility import eligibility_table
from ui.rest.files import exported
from ui.rest.requests import CurrentDesk, EligibleRequest

router = APIRouter()


@router.get("/eligible", summary="对号入座：逐条规定逐个条件判断 符合、不符合、未载明", response_model=None)
def eligible(desk: CurrentDesk, asked: Annotated[EligibleRequest, Query()]) -> Response | dict[str, Any]:
    return _run_eligible(desk, asked)


@router.post("/eligible", summary="对号入座；说的是谁不进地址，也就不进日志", response_model=None)
def eligible_post(desk: CurrentDesk, body: EligibleRequest) -> Response | dict[str, Any]:
    return _run_eligible(desk, body)


def _run_eligible(desk: CurrentDesk, asked: EligibleRequest) -> Response | dict[str, Any]:
    form = {"age": asked.age, "sex": asked.sex, "place": asked.place, "household": asked.household, "income": asked.income}
    found = desk.eligible(compose_description(asked.who, form), topic=asked.topic, as_of=asked.as_of, top=asked.top)
    return found.record() if asked.format == "json" else exported(eligibility_table(found), asked.format, "对号入座")
