"""REST for dossiers 专题夹: what there are, and one as a file."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from cemai.dossiers import cite_places, list_dossiers, load_dossier
from ui.exports.dossier import dossier_bytes
from ui.rest.files import MEDIA, attachment
from ui.rest.requests import AnswerFormat, CurrentDesk, Failure

router = APIRouter()


@router.get("/dossiers", summary="专题夹的名称")
def dossiers(desk: CurrentDesk) -> list[dict[str, Any]]:
    return [
        {"name": one.name, "items": len(one.items), "changed_at": one.changed_at, "version": one.version}
        for one in desk.read(list_dossiers)
    ]


@router.get("/dossiers/{name}", summary="一个专题夹，或它的材料（Word）", response_model=None)
def dossier(desk: CurrentDesk, name: str, format: AnswerFormat = "json") -> Response | dict[str, Any]:
    found = desk.read(lambda corpus: load_dossier(corpus, name))
    if not found.version:
        raise Failure(404, "dossier", f"没有叫“{name[:40]}”的专题夹。")
    cited = desk.read(lambda corpus: cite_places(corpus, found.items))
    entries = list(zip(found.items, cited, strict=True))
    if format == "docx":
        return attachment(dossier_bytes(found, entries), MEDIA["docx"], f"{found.name} {dt.date.today().isoformat()}.docx")
    items = [asdict(item) | {"citation": cited.record() if cited else None} for item, cited in entries]
    return {"name": found.name, "version": found.version, "changed_at": found.changed_at, "items": items}
