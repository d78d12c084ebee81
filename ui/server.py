"""Page and REST in one server on this machine: what is mounted where. What is refused before it comes here: ``ui.gate``.

REST is there at once. The page is built in the background (``PageMount``), the worker processes come up meanwhile
(``ui.desk.pool``), and models are read where they are first needed.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cemai.accounts import NOBODY, has_accounts, set_caller
from cemai.library import Library
from corpus.errors import PolicyError, UsageError
from corpus.store import Corpus
from corpus.store.database import FILE_NAME
from graph.queries.fact_table import fact_table
from ui.desk.desk import Desk, desk_of
from ui.desk.imports import Imports
from ui.desk.item_embedding import ItemEmbedding
from ui.desk.machine import available_memory, choose_workers, count_cores, memory_of_worker
from ui.exposure import LOCAL, THIS_MACHINE_ONLY, Exposure, plan_exposure
from ui.several import LibraryDispatcher, ServedLibrary

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Receive, Scope, Send

    from ui.accounts.door import AccountDoor
    from ui.desk.node import NodeFollower
    from ui.desk.shared_imports import SharedImports
    from ui.operations import OperationsServer

log = logging.getLogger("cemai.server")

QUEUED = 100
"""Questions of the page that wait for their turn; whoever comes then is told that there are too many."""
_building = threading.Lock()
"""Held while a page is built: Gradio is read once, and what it builds goes into the page that was begun last."""
_FOREIGN_SETTINGS = ("GRADIO_SHARE", "GRADIO_ALLOWED_PATHS", "GRADIO_SERVER_NAME", "GRADIO_MCP_SERVER", "GRADIO_ROOT_PATH",
                     "GRADIO_SSR_MODE", "GRADIO_VIBE_MODE", "GRADIO_NODE_PATH", "GRADIO_EXAMPLES_CACHE")  # fmt: skip


def build_app(
    library: Library,
    *,
    hosts: tuple[str, ...] = LOCAL,
    workers: int = 0,
    exposure: Exposure | None = None,
    port: int = 0,
    works: bool = True,
    operations: str | None = None,
    place: ServedLibrary | None = None,
) -> FastAPI:
    """The whole application over a library; nothing is served yet.

    Args:
        library: The library, which this process alone writes.
        hosts: The names the application may be called by.
        workers: Worker processes that answer questions; 0 to answer them in this process.
        exposure: How others reach it, in place of ``hosts``; then nobody comes in without an account.
        port: The port it is served at.
        works: Whether files of the queue of a library in a database are taken in here, too.
        operations: Where health and numbers are served apart, as ``host:port``; None for nowhere.
        place: Which of several libraries this is; None where the server has only one.

    Example: ``uvicorn.run(build_app(library, workers=2))``.
    """
    from fastapi import FastAPI
    from fastapi.middleware.gzip import GZipMiddleware

    from ui.accounts.admin_routes import make_admin_routes
    from ui.accounts.door import AccountDoor
    from ui.accounts.provider_routes import make_provider_routes
    from ui.accounts.routes import make_account_routes
    from ui.gate import RequestGate
    from ui.rest.app import mount_api

    known = exposure or Exposure(hosts)
    desk = desk_of(library, workers)
    place = place or ServedLibrary("", (), library.corpus.address)
    required = bool(place.others) or (exposure is not None and exposure.secure)
    door = AccountDoor(
        place.accounts, required=required, secure=known.secure, port=port, library=place.name, libraries=place.others
    )
    desk.after_change, desk.note_question = partial(_witness, door), door.note_question
    shared = isinstance(library.corpus.address, str)
    imports = _shared_imports(desk, works) if shared else Imports(desk)
    node = _node(desk) if shared else None
    watched = _operations(desk, operations, imports, node) if operations else None
    embedding = ItemEmbedding(desk, lambda: Library.open(library.corpus.address, encoder=library.encoder))
    page = PageMount(partial(_build_page, desk), partial(_prepare_page, desk))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        set_caller(NOBODY)  # what the page's own tasks do on behalf of somebody, they have to say on whose
        if desk.pool is not None:
            desk.pool.start()
        embedding.start()
        await asyncio.to_thread(imports.start)
        if node is not None:
            node.start()
        with watched or nullcontext():
            async with page.living():
                yield
        embedding.close()
        if node is not None:
            node.close()
        imports.close()
        desk.close()
        door.close()

    # FastAPI's own documentation page loads its scripts from another host
    app = FastAPI(title="策脉", version="1", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json", lifespan=lifespan)
    app.include_router(make_account_routes(door, desk))
    app.include_router(make_admin_routes(door))
    app.include_router(make_provider_routes(door))
    mount_api(app, desk, imports)
    # the page is 97 kB of HTML, a quarter of that packed; streams are left as they are
    app.add_middleware(GZipMiddleware, minimum_size=2_000)
    app.add_middleware(RequestGate, hosts=known.hosts, door=door, proxies=known.proxies, secure=known.secure)
    if desk.metrics is not None:
        from ui.operations import CountedResponses

        app.add_middleware(CountedResponses, metrics=desk.metrics)
    app.mount("/", page)
    app.state.door = door
    return app


def build_several(
    common: Library,
    others: Mapping[str, Library],
    *,
    hosts: tuple[str, ...] = LOCAL,
    workers: int = 0,
    exposure: Exposure | None = None,
    port: int = 0,
    works: bool = True,
    operations: str | None = None,
) -> FastAPI | LibraryDispatcher:
    """Several libraries as one application; the accounts are those of ``common``, which all of them may enter.

    Args:
        common: The library of everybody.
        others: The libraries that only some accounts may enter, by name. They are answered in this process.
        hosts: As for ``build_app``.
        workers: Worker processes for the library of everybody.
        exposure: As for ``build_app``.
        port: As for ``build_app``.
        works: As for ``build_app``.
        operations: As for ``build_app``, about the library of everybody.

    Without others it is the one application: nobody has to be told where to go.
    """
    where, names = common.corpus.address, tuple(others)
    first = build_app(
        common, hosts=hosts, workers=workers, exposure=exposure, port=port, works=works, operations=operations,
        place=ServedLibrary("", names, where),
    )  # fmt: skip
    if not others:
        return first
    apps = {
        name: build_app(library, hosts=hosts, exposure=exposure, port=port, works=works, place=ServedLibrary(name, names, where))
        for name, library in others.items()
    }
    return LibraryDispatcher({"": first} | apps, first.state.door)


def _shared_imports(desk: Desk, works: bool) -> SharedImports:
    from ui.desk.shared_imports import SharedImports  # psycopg comes with cemai[postgres] only

    return SharedImports(desk, works=works)


def _node(desk: Desk) -> NodeFollower:
    from ui.desk.node import NodeFollower

    return NodeFollower(desk)


def _operations(desk: Desk, address: str, imports: Imports | SharedImports, node: NodeFollower | None) -> OperationsServer:
    """The address where health and numbers are served; what is counted is counted from now on."""
    from ui.desk.metrics import Metrics
    from ui.operations import OperationsServer

    desk.metrics = Metrics()

    def health() -> dict[str, Any]:
        if node is not None:
            # not asked of the library: whoever reads it long does not keep the health from being told
            status = "starting" if node.known < 0 else "ok" if node.reachable else "database"
            return {"status": status, "generation": node.known, "node_generation": node.generation}
        try:
            return {"status": "ok", "generation": desk.library.generation}
        except PolicyError:
            return {"status": "library"}

    def gauges() -> dict[str, float]:
        try:
            counts = imports.counts()
        except PolicyError:
            counts = {}
        told = {f'cemai_imports{{state="{name}"}}': float(count) for name, count in counts.items()}
        state = health()
        told["cemai_up"] = float(state["status"] == "ok")
        told["cemai_generation"] = state.get("generation", -1)
        if node is not None:
            told["cemai_node_generation"] = node.generation
            told["cemai_generation_lag"] = max(node.known - node.generation, 0)
            told["cemai_generation_lag_seconds"] = node.lag_seconds
        if desk.pool is not None:
            told["cemai_workers_idle"], told["cemai_workers"] = desk.pool.ready, desk.pool.count
        return told

    return OperationsServer(address, health, desk.metrics, gauges)


class PageMount:
    """The page as an application of its own that is built when it is first needed, or in the background once the server runs.

    Building it takes as long as everything else before the server answers. Requests that come meanwhile wait for it.
    """

    def __init__(self, build: Callable[[], FastAPI], prepare: Callable[[Callable[[], bool]], None]) -> None:
        """Make an application of which nothing is there yet.

        Args:
            build: Makes the page.
            prepare: Works out what its first visitor would wait for, as long as the function it is given says to go on.
        """
        self._build = build
        self._prepare = prepare
        self._lock = threading.Lock()
        self._app: FastAPI | None = None
        self._ready: asyncio.Future[FastAPI] | None = None

    @asynccontextmanager
    async def living(self) -> AsyncIterator[None]:
        """While the block runs the page is being built, then lives: what it does at its start and end is done."""
        self._ready = asyncio.get_running_loop().create_future()
        stop = asyncio.Event()
        life = asyncio.create_task(self._live(self._ready, stop))
        try:
            yield
        finally:
            stop.set()
            await life
            self._ready = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the page."""
        app = await (asyncio.to_thread(self._built) if self._ready is None else asyncio.shield(self._ready))
        await app(scope, receive, send)

    async def _live(self, ready: asyncio.Future[FastAPI], stop: asyncio.Event) -> None:
        try:
            app = await asyncio.to_thread(self._built)
        except Exception as error:
            log.exception("the page could not be built")
            ready.set_exception(error)
            ready.exception()  # those who ask for the page are told; with nobody asking it is in the log
            return
        async with app.router.lifespan_context(app):
            ready.set_result(app)
            await asyncio.to_thread(self._prepare, lambda: not stop.is_set())
            await stop.wait()

    def _built(self) -> FastAPI:
        with self._lock, _building:
            if self._app is None:
                self._app = self._build()
            return self._app


def serve(
    library: Library,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    workers: int | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
    proxies: Sequence[str] = (),
    names: Sequence[str] = (),
    works: bool = True,
    operations: str | None = None,
    others: Mapping[str, Library] | None = None,
) -> None:
    """Serve until stopped. Only this machine is served, others with accounts and TLS or a proxy only (``ui.exposure``).

    ``workers`` is the number of worker processes, 0 or 1 for none; where it is None the machine decides (``ui.desk.machine``).
    ``others`` are libraries that only some accounts may enter, by name (``ui.several``).
    """
    if others and not has_accounts(library.corpus.address):
        raise UsageError("几个文档库一起打开要有账号：哪个账号能进哪个库。请先建管理员账号：cemai user add 名称 --role admin。")
    exposure = plan_exposure(
        host, accounts=has_accounts(library.corpus.address), certificate=certificate, key=key, proxies=proxies, names=names
    )
    if not 1 <= port <= 65535:
        raise UsageError(f"端口 {port} 不可用。请用 1024 到 65535 之间的数字，例如 --port 7861。")
    _free(host, port)
    import uvicorn

    from ui.connections import TimedProtocol

    app = build_several(
        library,
        others or {},
        workers=_count_workers(library, workers),
        exposure=exposure if exposure != THIS_MACHINE_ONLY else None,
        port=port,
        works=works,
        operations=operations,
    )
    print(f"网页已打开：{_address(exposure, host, port)}　按 Ctrl+C 停止。", flush=True)
    uvicorn.run(
        app, host=host.strip("[]"), port=port, log_level="warning", server_header=False, timeout_graceful_shutdown=3,
        http=TimedProtocol, ws="none",
        proxy_headers=False,  # uvicorn would believe those of any program on this machine
        ssl_certfile=exposure.certificate, ssl_keyfile=exposure.key,
    )  # fmt: skip


def _address(exposure: Exposure, host: str, port: int) -> str:
    """Where people open the page."""
    if exposure.proxies:
        return f"https://{exposure.hosts[0]}（由代理转到 {host}:{port}）"
    return f"{'https' if exposure.secure else 'http'}://{exposure.hosts[0] if exposure.secure else host}:{port}"


def _witness(door: AccountDoor, corpus: Corpus) -> None:
    """Let the file of accounts know how far the audit in the library is, so that rows cut off at its end are told."""
    try:
        if (accounts := door.accounts()) is not None:
            accounts.store.set_witness(door.witness, corpus.audit_head())
    except PolicyError as error:  # the change is made and recorded
        log.warning("the head of the audit could not be kept: %s", error)


def _count_workers(library: Library, asked: int | None) -> int:
    file = library.corpus.folder / FILE_NAME
    asked = asked if file.exists() or asked is not None else 0  # how large a library in a database is, no file tells
    count, line = choose_workers(asked, count_cores(), available_memory(), memory_of_worker(file))
    if line is not None:
        print(line, file=sys.stderr, flush=True)
    return count


def _prepare_page(desk: Desk, go_on: Callable[[], bool]) -> None:
    from ui.page.app import prepare_drawings

    if desk.pool is not None:
        desk.read(fact_table)  # workers begin with a copy of the table on the disk
    prepare_drawings(desk, go_on)
    desk.read(lambda _: desk.library.corpus.store_views())


def _build_page(desk: Desk) -> FastAPI:
    """The page as an application, with Gradio's outside connections and environment switches off."""
    for name in _FOREIGN_SETTINGS:
        if os.environ.pop(name, None) is not None:
            log.warning("ignored environment variable %s", name)
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "0"
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from fastapi import FastAPI

    from ui.page.app import build_page, page_head
    from ui.page.gradio_parts import import_gradio
    from ui.page.theme import theme

    page = build_page(desk)
    page.queue(max_size=QUEUED)
    mounted: FastAPI = import_gradio().mount_gradio_app(
        FastAPI(openapi_url=None, docs_url=None, redoc_url=None),
        page,
        path="/",
        server_name="127.0.0.1",
        footer_links=[],
        run_history=False,
        allowed_paths=[],
        blocked_paths=[str(desk.library.corpus.folder)],
        favicon_path=str(Path(__file__).with_name("page") / "favicon.svg"),
        show_error=False,
        max_file_size="1mb",  # nothing is uploaded through Gradio: files go to /api/v1/documents
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
        theme=theme(),
        head=page_head(),
    )
    return mounted


def _free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except PermissionError as error:
            raise UsageError(f"没有权限使用端口 {port}。请换一个大于 1024 的端口，例如 --port 7861。") from error
        except OSError as error:
            raise UsageError(
                f"端口 {port} 已被别的程序占用。请换一个端口，例如 --port {port + 1 if port < 65535 else 7861}。"
            ) from error
