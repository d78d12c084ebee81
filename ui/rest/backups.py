"""REST for backups 备份: those there are, and one more."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from cemai.backups import Backup, backup_folder, list_backups
from ui.desk.backups import back_up
from ui.rest.requests import CurrentDesk

router = APIRouter()


@router.get("/backups", summary="这个库的备份，新的在前")
def listed(desk: CurrentDesk) -> list[dict[str, Any]]:
    return [_record(one) for one in desk.read(lambda corpus: list_backups(backup_folder(corpus), corpus.id))]


@router.post("/backups", summary="备份整个库；正在使用也可以", status_code=201)
def add(desk: CurrentDesk) -> dict[str, Any]:
    return _record(back_up(desk.library.corpus.required_folder()))


def _record(one: Backup) -> dict[str, Any]:
    record = one.manifest.to_record()
    del record["purged"]
    return {"name": one.folder.name, **record}
