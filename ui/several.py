"""Several libraries behind one address and one sign-in: each is an application of its own, and an account enters those it may.

What is hidden is in another library: other documents, indexes, statistics, caches, kept answers and worker processes. Nothing is
filtered, so nothing is left over to count, to guess or to time. All that they share is the file of accounts, and this dispatcher, which
hands a call to the application of the library that its session or token is in; each application asks again (``AccountDoor``).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cemai.accounts import clean_account_name
from corpus.errors import PolicyError, UsageError

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Receive, Scope, Send

    from ui.accounts.door import AccountDoor


@dataclass(frozen=True, slots=True)
class ServedLibrary:
    """Which of the libraries of a server one is.

    Attributes:
        name: Its name; "" for the one that all accounts may enter.
        others: The names of all that only some may.
        accounts: The library whose accounts they are: its folder, or the address of its database.
    """

    name: str
    others: tuple[str, ...]
    accounts: Path | str


class LibraryDispatcher:
    """An ASGI application that hands each call to that of one library.

    Args:
        apps: The applications by the name of their library, "" for the one that all accounts may enter.
        door: The door of that one, for whom a call is of.
    """

    def __init__(self, apps: Mapping[str, FastAPI], door: AccountDoor) -> None:
        from starlette.applications import Starlette

        self._apps = apps
        self._door = door
        self._life = Starlette(lifespan=self._living)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call, or live as long as the server does."""
        if scope["type"] == "lifespan":
            await self._life(scope, receive, send)
        else:
            await self._apps[self._library_of(scope)](scope, receive, send)

    def _library_of(self, scope: Scope) -> str:
        """The library that whoever calls is in; that of everybody for whoever has not signed in, where it is said what is wrong."""
        from starlette.datastructures import Headers

        if scope["type"] != "http":
            return ""
        headers = Headers(scope=scope)
        try:
            found = self._door.library_of(scope["path"], headers)
        except PolicyError:
            return ""
        return found if found in self._apps else ""

    @asynccontextmanager
    async def _living(self, _: object) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for app in self._apps.values():
                await stack.enter_async_context(app.router.lifespan_context(app))
            yield


def parse_libraries(texts: Iterable[str]) -> dict[str, Path]:
    """Names and folders of further libraries, written ``名称=文件夹``.

    Raises ``UsageError``. Example: ``parse_libraries(["内部=库/内部"])`` is ``{"内部": Path("库/内部")}``.
    """
    found: dict[str, Path] = {}
    for text in texts:
        name, equals, folder = text.partition("=")
        name = clean_account_name(name)
        if not equals or not folder.strip():
            raise UsageError(f"--also 要写成 名称=文件夹，如 --also 内部=/srv/cemai/internal；现在是“{text}”。")
        if name in found or Path(folder.strip()) in found.values():
            raise UsageError(f"--also 里“{name}”或它的文件夹写了两次。")
        found[name] = Path(folder.strip())
    return found
