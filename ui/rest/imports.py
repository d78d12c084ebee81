"""REST for imports that go on in the background: files in, how far each is, what became of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile
from starlette.concurrency import run_in_threadpool

from cemai.accounts import Right, current_caller
from ui.desk.uploads import LIMIT
from ui.rest.requests import CurrentImports, Failure, require_region

router = APIRouter()


@router.post("/imports", summary="放入一份文件，在后台读入；拒收的也列出，原因在 message 里", status_code=202)
async def add(
    imports: CurrentImports, file: Annotated[UploadFile, File()], region: Annotated[str | None, Form(max_length=200)] = None
) -> dict[str, Any]:
    data, refused = await file.read(LIMIT + 1), None
    try:
        require_region(region)
    except Failure as error:
        refused = error.message
    return (await run_in_threadpool(imports.add, file.filename or "", data, region, refused)).record()


@router.get("/imports", summary="正在读入和刚读入的文件")
def listed(imports: CurrentImports) -> list[dict[str, Any]]:
    # the page of a reader asks, too; names of files are for those who bring them
    return [job.record() for job in imports.jobs()] if Right.EDIT in current_caller().rights else []


@router.delete("/imports", summary="清空已结束的导入记录", status_code=204)
def clear(imports: CurrentImports) -> None:
    imports.clear()
