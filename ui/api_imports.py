"""REST for imports that go on in the background: files in, how far each is, what became of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import JSONResponse

from ui.api_requests import Failure, known_region
from ui.page.imports import Imports
from ui.page.uploads import LIMIT, refusal


def mount_imports(api: APIRouter, imports: Imports) -> None:
    """Add the routes."""

    @api.post("/imports", summary="放入一份文件，在后台读入", status_code=202, response_model=None)
    async def add(
        file: Annotated[UploadFile, File()], region: Annotated[str | None, Form(max_length=200)] = None
    ) -> JSONResponse | dict[str, Any]:
        from starlette.concurrency import run_in_threadpool

        data = await file.read(LIMIT + 1)
        known_region(region)
        if (refused := refusal(file.filename or "", data)) is not None:
            raise Failure(422, *refused)
        return (await run_in_threadpool(imports.add, file.filename or "", data, region)).record()

    @api.get("/imports", summary="正在读入和刚读入的文件")
    def listed() -> list[dict[str, Any]]:
        return [job.record() for job in imports.jobs()]

    @api.delete("/imports", summary="清空已结束的导入记录", status_code=204)
    def clear() -> None:
        imports.clear()
