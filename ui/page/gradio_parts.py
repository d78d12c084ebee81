"""Gradio without the parts this page does not use 精简导入: a tenth of the time and half of the memory of ``import gradio``.

Importing Gradio writes a stub file for each of its components into its own package (for editors), renders a docstring for each of
their events, and imports pandas, the MCP SDK, its command line and clients of a model hub. The page is made of tabs and panels
of markup and needs none of it. What is left out is named here, each with the reason; a part that would be used raises an error that
says so. Where a version of Gradio cannot be imported like this it is imported whole, and a line in the log says why.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import logging
import os
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

log = logging.getLogger("cemai.page")

LEFT_OUT = (
    "gradio.mcp",  # serves functions to assistants: .8 s of SDK; our own is ui/mcp.py
    "gradio.cli",  # the command ``gradio``
    "gradio.external",  # loads demos and models of a hub
    "gradio.tunneling",  # shares a page over its makers' host
    "gradio.workflow",  # pages drawn as a graph of models of a hub
    "gradio_client.client",  # asks other pages
    "hf_gradio",  # a command that asks pages; each page shows how, for what it offers to programs, which ours does not
    "httpx._main",  # the command ``httpx``, with a terminal in colours
    "huggingface_hub",  # .1 s of clients
)
"""Modules in whose place stands an empty one."""
LATER = ("pandas",)
"""Modules that are read when something of them is first used: tables of components the page has not."""


def import_gradio() -> ModuleType:
    """Gradio, imported without what is not used; once it is imported, the same module."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "0"  # read when gradio is imported; otherwise it looks up its makers' host
    if (known := sys.modules.get("gradio")) is not None:
        return known
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        return importlib.import_module("gradio")
    except (ImportError, AttributeError, TypeError, LeftOutError) as error:
        log.warning("gradio is imported whole: %s", error)
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if _is_left_out(name) and not name.startswith("gradio")]:
            if isinstance(getattr(sys.modules[name].__spec__, "loader", None), _Empty):
                del sys.modules[name]  # who imports it next gets it whole
    for name in [name for name in sys.modules if name.partition(".")[0] in ("gradio", "gradio_client")]:
        del sys.modules[name]
    return importlib.import_module("gradio")


def _is_left_out(module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in LEFT_OUT)


class LeftOutError(RuntimeError):
    """A part of Gradio that this page does not use was used after all."""


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the modules named above in another form than they have; all others are found as ever."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if _is_left_out(fullname):
            return importlib.util.spec_from_loader(fullname, _Empty(), is_package=True)
        if fullname not in LATER and fullname not in _RELIEVED:
            return None
        found = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if found is None or found.loader is None:
            return found
        if fullname in LATER:
            found.loader = importlib.util.LazyLoader(found.loader)
        else:
            found.loader = _Relieving(found.loader, _RELIEVED[fullname])
        return found


class _Empty(importlib.abc.Loader):
    """Loads a module in which every name is there, and none is of use."""

    def exec_module(self, module: ModuleType) -> None:
        def absent(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)

            def used(*_: Any, **__: Any) -> Any:
                raise LeftOutError(f"{module.__name__}.{name} is not part of this page, see ui/page/gradio_parts.py")

            return _Absent(name, (), {"__init__": used})

        module.__dict__["__getattr__"] = absent


class _Absent(type):
    """A class that is not there; what is asked of it when a module is loaded (members of an enumeration) is its name."""

    def __getattr__(cls, name: str) -> str:
        if name.startswith("_"):
            raise AttributeError(name)
        return f"{cls.__name__}.{name}"


class _Relieving(importlib.abc.Loader):
    """Loads a module and takes some of its work away."""

    def __init__(self, loader: importlib.abc.Loader, relieve: Callable[[ModuleType], None]) -> None:
        self._loader, self._relieve = loader, relieve

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        self._relieve(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


def _write_no_stubs(module: ModuleType) -> None:
    module.__dict__["create_or_modify_pyi"] = lambda *_: None


def _render_no_docstrings(module: ModuleType) -> None:
    module.EventListener.set_doc = lambda *_, **__: None


def _make_routes_once(module: ModuleType) -> None:
    """Blocks make 82 routes when they are opened, closed and given a queue, each time for an application that is thrown away.

    Only the application that is mounted has routes, and ``gradio.routes`` makes it; the ones before it hold values of the blocks.
    """
    whole = module.App

    class WithoutRoutes(whole):  # type: ignore[misc, valid-type]
        @staticmethod
        def create_app(blocks: Any, **options: Any) -> Any:
            if options != {"mcp_server": False}:  # of ``launch``, which serves it
                return whole.create_app(blocks, **options)
            app = whole()
            app.configure_app(blocks)
            return app

    module.__dict__["App"] = WithoutRoutes


def _show_no_commands(module: ModuleType) -> None:
    module.__dict__["generate_cli_snippet"] = lambda endpoints: dict.fromkeys(endpoints, "")


def _keep_no_statistics(module: ModuleType) -> None:
    """After every question the queue has pandas sum up how long all of them took, for a view that is switched off."""
    module.Queue.compute_analytics_summary = lambda queue, _: queue.cached_event_analytics_summary


_RELIEVED: dict[str, Callable[[ModuleType], None]] = {
    "gradio.blocks": _make_routes_once,
    "gradio.component_meta": _write_no_stubs,
    "gradio.events": _render_no_docstrings,
    "gradio.queueing": _keep_no_statistics,
    "gradio.routes": _show_no_commands,
}
