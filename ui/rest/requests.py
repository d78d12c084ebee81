"""What a REST call may ask: parameters with their limits, and errors that say in Chinese what to do."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cemai.eligibility import LONGEST
from corpus.divisions import gazetteer
from corpus.errors import UsageError
from corpus.filters import STATUSES, Filters
from corpus.region_groups import unknown_in
from graph.documents.status_filter import parse_status
from ui.desk.desk import QUESTION_LIMIT, Desk
from ui.desk.imports import ImportsUnderWay
from ui.gate import is_asked_by_foreign_page

TOP_LIMIT = 100
TEXT_LIMIT = 10_000
"""Longest text a parameter may have at all; above QUESTION_LIMIT a message says what to do."""

Text = Annotated[str | None, Query(max_length=200)]
After = Annotated[list[str], Field(max_length=20, description="之前的问题，先问的在前；追问（那北京呢）按它们补全")]
Year = Annotated[int | None, Query(ge=1900, le=2200)]
TABLE_FORMATS = "^(json|csv|xlsx|docx)$"
TableFormat = Annotated[str, Query(pattern=TABLE_FORMATS)]
AllVersions = Annotated[bool, Query(description="副本和旧版本也计入；缺省时每份文件只计一次")]
AnswerFormat = Annotated[str, Query(pattern="^(json|docx)$")]


async def _desk(request: Request) -> Desk:
    return request.app.state.desk  # type: ignore[no-any-return]


async def _imports(request: Request) -> ImportsUnderWay:
    return request.app.state.imports  # type: ignore[no-any-return]


async def _keeps(request: Request) -> bool:
    return not is_asked_by_foreign_page(request.headers, request.method)


CurrentDesk = Annotated[Desk, Depends(_desk)]
"""The desk the application was mounted over."""
KeepsAnswer = Annotated[bool, Depends(_keeps)]
"""Whether an answer may be kept: not where a page of another site may have asked, see ``ui.gate``."""
CurrentImports = Annotated[ImportsUnderWay, Depends(_imports)]


class Failure(Exception):
    """An answer that is an error: status, stable code, Chinese message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Conditions(BaseModel):
    """Filters, all optional; all have to hold."""

    region: Annotated[str | None, Field(max_length=200, description="地区名称，包含其下级")] = None
    level: Annotated[str | None, Field(max_length=20, description="国家、省、市州、县、乡镇")] = None
    issuer: Annotated[str | None, Field(max_length=200, description="发文机关")] = None
    year: Annotated[int | None, Field(ge=1900, le=2200, description="成文年份")] = None
    topic: Annotated[str | None, Field(max_length=100, description="主题")] = None
    status: Annotated[str | None, Field(max_length=50, description="、".join(STATUSES))] = None
    format: Annotated[str | None, Field(max_length=20, description="文件格式")] = None
    documents: Annotated[list[str] | None, Field(max_length=1000, description="只在这些文档编号里")] = None

    def filters(self) -> Filters | None:
        """As the program's own filters; an unknown region is an error, not an empty result."""
        require_region(self.region)
        require_status(self.status)
        made = Filters(
            region=self.region or None,
            level=self.level or None,
            issuer=self.issuer or None,
            year=self.year,
            topic=self.topic or None,
            status=self.status or None,
            format=self.format or None,
            documents=tuple(self.documents) if self.documents is not None else None,
        )
        return made or None


class SearchRequest(BaseModel):
    """Body of POST /search."""

    query: str = Field(max_length=TEXT_LIMIT)
    top: Annotated[int, Field(ge=1, le=TOP_LIMIT)] = 10
    as_of: dt.date | None = None
    filters: Conditions = Conditions()


class AskRequest(BaseModel):
    """Body of POST /ask."""

    question: str = Field(max_length=TEXT_LIMIT)
    after: After = []
    as_of: dt.date | None = None
    filters: Conditions = Conditions()


class FeedbackRequest(BaseModel):
    """Body of POST /answers/{id}/feedback."""

    verdict: Annotated[str, Field(pattern="^(right|wrong|incomplete)$", description="对、有错误、不完整")]
    note: Annotated[str | None, Field(max_length=2000)] = None


class CompareRequest(BaseModel):
    """Body of POST /compare."""

    subject: str = Field(max_length=TEXT_LIMIT)
    regions: Annotated[list[str] | None, Field(max_length=100)] = None
    as_of: dt.date | None = None
    status: Annotated[str | None, Field(max_length=50)] = None


class EligibleRequest(BaseModel):
    """What GET and POST /eligible ask: who it is, in a sentence and in fields, and which provisions."""

    who: Annotated[str, Field(max_length=LONGEST, description="一句话：年龄、户籍、住地、收入、身份等")] = ""
    age: Annotated[str, Field(max_length=100)] = ""
    sex: Annotated[str, Field(max_length=100)] = ""
    place: Annotated[str, Field(max_length=100)] = ""
    household: Annotated[str, Field(max_length=100)] = ""
    income: Annotated[str, Field(max_length=20, description="家庭人均月收入，元")] = ""
    topic: Annotated[str, Field(max_length=100, description="规定里要有的词")] = ""
    as_of: dt.date | None = None
    top: Annotated[int, Field(ge=1, le=TOP_LIMIT)] = 20
    format: Annotated[str, Field(pattern=TABLE_FORMATS)] = "json"


class CorrectionRequest(BaseModel):
    """Body of PATCH /documents/{id}: a field and its value each, by English name or Chinese label; with who and note."""

    model_config = ConfigDict(
        extra="allow", json_schema_extra={"examples": [{"title": "某某办法", "region": "昆明市", "who": "李四"}]}
    )

    who: Annotated[str | None, Field(max_length=50)] = None
    note: Annotated[str | None, Field(max_length=500)] = None

    def written(self) -> dict[str, str]:
        """The values as a person writes them; a list is its parts, null says that the document does not state the field."""
        values: dict[str, str] = {}
        for name, value in (self.model_extra or {}).items():
            if isinstance(value, list) and all(isinstance(part, str) for part in value):
                values[name] = "；".join(value)
            elif isinstance(value, dict) and value.keys() == {"start", "end"}:
                values[name] = f"{value['start']}-{value['end']}"
            elif value is None or isinstance(value, str):
                values[name] = value or ""
            else:
                raise Failure(422, "parameter", f"{name[:40]}：应当是文字、几段文字或空值。")
        if not values:
            raise Failure(422, "parameter", '没有写要更正的项目。例如 {"title": "某某办法"}。')
        return values


class SplitRequest(BaseModel):
    """Body of POST /documents/{id}/split: where a part begins and ends, by its position or its first words."""

    start: int | Annotated[str, Field(max_length=500)]
    end: int | Annotated[str, Field(max_length=500)] | None = None
    who: Annotated[str | None, Field(max_length=50)] = None


class JoinRequest(BaseModel):
    """Body of POST /documents/{id}/join: the number of the part, from 1."""

    number: Annotated[int, Field(ge=1)]
    who: Annotated[str | None, Field(max_length=50)] = None


def conditions(
    region: str | None, level: str | None, issuer: str | None, year: int | None, topic: str | None, status: str | None
) -> Conditions:
    """Query parameters as conditions. Raises ``RequestValidationError`` for one that is too long."""
    try:
        return Conditions(region=region, level=level, issuer=issuer, year=year, topic=topic, status=status)
    except ValidationError as error:  # some may be shorter than a parameter of the address
        raise RequestValidationError([{**found, "loc": ("query", *found["loc"])} for found in error.errors()]) from error


def require_text(text: str, what: str) -> str:
    """The text, stripped; a ``Failure`` where it is empty or too long."""
    text = text.strip()
    if not text:
        raise Failure(400, "empty", f"{what}是空的。请写一个词或一句话。")
    if len(text) > QUESTION_LIMIT:
        raise Failure(400, "too_long", f"{what}有 {len(text)} 字，超过 {QUESTION_LIMIT} 字。请只写要问的那句话。")
    return text


def require_region(name: str | None) -> None:
    """A ``Failure`` where no division has this name."""
    if name and not gazetteer().named(name):
        raise Failure(400, "region", f"不认识地区“{name[:40]}”。请写行政区划的名称，例如省、市、州、县的全名。")


def require_place(name: str) -> None:
    """A ``Failure`` where neither a division nor a group of regions has this name."""
    if (unknown := unknown_in(name)) is not None:
        require_region(unknown)


def require_status(word: str | None) -> None:
    """A ``Failure`` for a word that is none of the statuses."""
    try:
        parse_status(word) if word else None
    except UsageError as error:
        raise Failure(400, "status", str(error)) from error


_WORDS = {
    "missing": "缺少参数",
    "string_too_long": "太长",
    "string_pattern_mismatch": "不是可用的值",
    "int_parsing": "应当是整数",
    "greater_than_equal": "太小",
    "less_than_equal": "太大",
    "date_from_datetime_parsing": "应当是日期，例如 2026-01-01",
    "date_parsing": "应当是日期，例如 2026-01-01",
    "json_invalid": "请求内容不是 JSON",
}


def explain_validation(found: Any) -> str:
    """One validation error as a Chinese phrase."""
    place = ".".join(str(part) for part in found.get("loc", ())[1:]) or "请求"
    return f"{place}：{_WORDS.get(str(found.get('type')), '不符合要求')}"
