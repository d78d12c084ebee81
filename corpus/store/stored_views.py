"""Views of a library kept on disk 视图存档: a process that opens a large library takes them over instead of making them anew.

The heads of all documents and the views made of them (``corpus.store.following``) cost a process a quarter of a millisecond a
document. What one process has made, the next one reads in a tenth of that, and brings it up by the changes since. The file lies
in the cache folder and may be deleted at any time. It is read only where it was written by this very program (all of its
files have the sizes and times they had) of this library, and is whole.

A library may come from somebody else, so the file is not trusted: heads are decoded by their types, and views are unpickled
with nothing but plain containers, data classes, views and parts of views (``ViewPart``), none of which does anything but hold
values.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import io
import json
import logging
import os
import pickle
import sys
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from corpus.divisions import Division, gazetteer
from corpus.store.rows import DocumentInfo
from corpus.store.views import View, ViewPart

if TYPE_CHECKING:
    from corpus.store.corpus import Corpus

log = logging.getLogger("cemai.store")

V = TypeVar("V", bound=View)

FILE = "views"
"""Name of the file, behind ``READINGS``: it holds titles, so it is deleted where a text is erased."""
PACKAGES = ("cemai", "corpus", "graph", "index", "ingest", "qa", "ui")
"""The packages of the program that views may be made by."""
_READ_BY_VIEWS = (".py", ".txt", ".tsv", ".json")
_HEADS = "heads"
_CONTAINERS = {
    ("builtins", "dict"),
    ("builtins", "frozenset"),
    ("builtins", "list"),
    ("builtins", "set"),
    ("collections", "Counter"),
    ("collections", "OrderedDict"),
    ("collections", "defaultdict"),
    ("collections", "deque"),
    ("datetime", "date"),
    ("functools", "partial"),
}
_FAULTS = (
    ArithmeticError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    MemoryError,
    OSError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
    pickle.PickleError,
)
"""What reading a damaged file or writing a view that cannot be written may raise."""


class StoredViews:
    """The heads of a library and its views, as a file has them; a view is read when it is first asked for."""

    def __init__(self, generation: int, heads: dict[int, DocumentInfo], sections: Mapping[str, memoryview]) -> None:
        """Hold what was read: ``sections`` are the views by ``name_view``, in the order in which they take changes in."""
        self.generation = generation
        self.heads = heads
        self.sections = dict(sections)
        self.order = {name: place for place, name in enumerate(self.sections)}

    def take_view(self, kind: type[V], corpus: Corpus, heads: Mapping[int, DocumentInfo]) -> V | None:
        """A view as it was at ``generation``, read once; None where the file has none, or it cannot be read.

        Args:
            kind: The class of the view.
            corpus: The library, which is asked for the views it is made of.
            heads: The documents it is made of.
        """
        data = self.sections.pop(name_view(kind), None)
        if data is None:
            return None
        made: V = kind.__new__(kind)
        try:
            with without_collecting():
                made.__dict__.update(_Reader(data, made, corpus, heads).load())
        except _FAULTS:
            log.debug("a stored view is made anew: %s", name_view(kind), exc_info=True)
            return None
        return made


def name_view(kind: type[View]) -> str:
    """The name of a view's class in the file."""
    return f"{kind.__module__}:{kind.__qualname__}"


def find_view(name: str) -> type[View] | None:
    """The class of a view by its name in the file; None where this program has none."""
    module, _, kind = name.partition(":")
    if module.partition(".")[0] in PACKAGES:
        with contextlib.suppress(ImportError):
            found = getattr(import_module(module), kind, None)
            if isinstance(found, type) and issubclass(found, View):
                return found
    return None


def read_views(path: Path, library: str | None, generation: int) -> StoredViews | None:
    """Read the file of a library; None where there is none that fits.

    Args:
        path: The file.
        library: The id of the library.
        generation: Its generation: a file of a later one is left.
    """
    import msgspec

    with contextlib.suppress(*_FAULTS, msgspec.MsgspecError):
        head, body = _read_file(path)
        if head.library == library and head.generation <= generation:
            sections, at = {}, 0
            for name, size in head.sections:
                sections[name] = body[at : at + size]
                at += size
            with without_collecting():
                infos = msgspec.msgpack.decode(sections.pop(_HEADS), type=list[DocumentInfo])
            return StoredViews(head.generation, {info.row: info for info in infos}, sections)
    return None


def write_views(
    path: Path, corpus: Corpus, generation: int, heads: Mapping[int, DocumentInfo], views: Mapping[str, View | memoryview]
) -> bool:
    """Write heads and views in place of the file there is, unless that has as much. Returns whether the file holds them.

    Args:
        path: The file.
        corpus: The library.
        generation: The generation of all of them.
        heads: The documents.
        views: By ``name_view``, in the order in which they take changes in, a view, or what another file has of it. A view that
            cannot be written is left out.

    Raises:
        OSError: If the file cannot be written.
    """
    import msgspec

    sections: dict[str, bytes | memoryview] = {_HEADS: msgspec.msgpack.encode(list(heads.values()))}
    made = {type(view): view for view in views.values() if isinstance(view, View)}
    for name, view in views.items():
        if not isinstance(view, View):
            sections[name] = view
        elif view.storable:
            with contextlib.suppress(*_FAULTS):
                sections[name] = _write_view(view, corpus, heads, made)
    with contextlib.suppress(*_FAULTS):
        there = _read_head(path)
        known = {name for name, _ in there.sections}
        if there.library == corpus.id and there.generation >= generation and known >= sections.keys():
            return True
    digest = hashlib.sha256()
    for part in sections.values():
        digest.update(part)
    sizes = [(name, len(part)) for name, part in sections.items()]
    head = _Head(program_state(), corpus.id, generation, digest.hexdigest(), sizes)
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        path.parent.mkdir(exist_ok=True)
        with draft.open("wb") as out:
            out.write(json.dumps(head).encode() + b"\n")
            out.writelines(sections.values())
        if not corpus.is_last(generation):  # a text may have been erased meanwhile that stands in it
            return False
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return True


@contextlib.contextmanager
def without_collecting() -> Iterator[None]:
    """While the block makes a great many objects that stay, nobody looks among them for garbage, which takes as long again."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class _Head(NamedTuple):
    """The first line of the file."""

    program: str
    library: str | None
    generation: int
    digest: str
    sections: list[tuple[str, int]]


def _read_head(path: Path) -> _Head:
    with path.open("rb") as file:
        return _parse_head(file.readline())


def _read_file(path: Path) -> tuple[_Head, memoryview]:
    data = path.read_bytes()
    end = data.index(b"\n")
    head, body = _parse_head(data[:end]), memoryview(data)[end + 1 :]
    if hashlib.sha256(body).hexdigest() != head.digest or sum(size for _, size in head.sections) != len(body):
        raise ValueError("damaged")
    return head, body


def _parse_head(line: bytes) -> _Head:
    program, library, generation, digest, sections = json.loads(line)
    if program != program_state():
        raise ValueError("written by another program")
    return _Head(program, library, int(generation), digest, [(str(name), int(size)) for name, size in sections])


@cache
def program_state() -> str:
    """What this very program is told by: its files with their sizes and times, and the version of Python."""
    digest = hashlib.sha256(sys.version.encode())
    root = Path(__file__).parents[2]
    for package in PACKAGES:
        for path, size, time in sorted(_files(root / package)):
            digest.update(f"{path} {size} {time}\n".encode())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(Path(entry.path))
            elif entry.name.endswith(_READ_BY_VIEWS):
                found = entry.stat()
                yield entry.path, found.st_size, found.st_mtime_ns


# ------------------------------------------------------------------ one view


def _the_corpus() -> Any:
    """Stands in the file for the library."""


def _the_reference() -> Any:
    """Stands in the file for a weak reference to the library."""


def _the_head(row: int) -> Any:
    """Stands in the file for a document of the library."""


def _the_view(kind: type[View]) -> Any:
    """Stands in the file for another view of the library, or for the view itself."""


def _the_division(code: str) -> Any:
    """Stands in the file for a division."""


def _the_array(dtype: str, shape: tuple[int, ...], data: bytes) -> Any:
    """Stands in the file for an array of numbers."""


def _write_view(view: View, corpus: Corpus, heads: Mapping[int, DocumentInfo], views: Mapping[type[View], View]) -> bytes:
    def of_corpus(one: Any) -> Any:
        return _known(one is corpus, (_the_corpus, ()))

    def of_reference(one: Any) -> Any:
        return _known(one() is corpus, (_the_reference, ()))

    def of_head(info: DocumentInfo) -> Any:
        return (_the_head, (info.row,)) if heads.get(info.row) is info else info.__reduce_ex__(pickle.HIGHEST_PROTOCOL)

    def of_view(one: View) -> Any:
        return _known(views.get(type(one)) is one, (_the_view, (type(one),)))

    def of_division(one: Division) -> Any:
        known = gazetteer().by_code.get(one.code) is one
        return (_the_division, (one.code,)) if known else one.__reduce_ex__(pickle.HIGHEST_PROTOCOL)

    out = io.BytesIO()
    pickler = pickle.Pickler(out, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _Reducers(
        {
            type(corpus): of_corpus,
            weakref.ref: of_reference,
            DocumentInfo: of_head,
            Division: of_division,
            **dict.fromkeys(views, of_view),
        }
    )
    if numpy := sys.modules.get("numpy"):  # only where it is loaded can a view hold arrays
        pickler.dispatch_table[numpy.ndarray] = _reduce_array
    pickler.dump(view.storable_values())
    return out.getvalue()


class _Reducers(dict[type, Callable[[Any], Any]]):
    """How objects are written, by their class.

    A frozen data class with slots is written as a call of the class. By itself it would be made empty and then given a list of its
    values, which goes through the descriptions of its fields each time: four microseconds for each of some ten thousand objects.
    """

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        if not (is_dataclass(kind) and "__slots__" in vars(kind) and kind.__reduce__ is object.__reduce__):
            raise KeyError(kind)
        names = [one.name for one in fields(kind)]
        if not all(one.init and not one.kw_only for one in fields(kind)):
            raise KeyError(kind)

        def reduce(one: Any) -> Any:
            return kind, tuple(getattr(one, name) for name in names)

        self[kind] = reduce
        return reduce


def _reduce_array(array: Any) -> Any:
    if array.dtype.hasobject:
        raise pickle.PicklingError("an array of objects")
    return _the_array, (array.dtype.str, array.shape, array.tobytes())


def _read_array(dtype: str, shape: tuple[int, ...], data: bytes) -> Any:
    import numpy as np

    return np.frombuffer(data, dtype=dtype).reshape(shape).copy()


def _known(known: bool, written: tuple[Any, ...]) -> tuple[Any, ...]:
    if not known:
        raise pickle.PicklingError("of another library")
    return written


class _Reader(pickle.Unpickler):
    """Reads the values of a view, made of nothing but what may be in a view."""

    def __init__(self, data: memoryview, made: View, corpus: Corpus, heads: Mapping[int, DocumentInfo]) -> None:
        super().__init__(io.BytesIO(data))
        by_code = gazetteer().by_code
        self._standing = {
            _the_corpus.__name__: lambda: corpus,
            _the_reference.__name__: lambda: weakref.ref(corpus),
            _the_head.__name__: heads.__getitem__,
            _the_array.__name__: _read_array,
            _the_division.__name__: by_code.__getitem__,
            _the_view.__name__: lambda kind: made if kind is type(made) else corpus.view(kind),
        }

    def find_class(self, module: str, name: str) -> Any:
        """A class that values of a view may be of. Raises ``UnpicklingError`` for everything else."""
        if module == __name__ and name in self._standing:
            return self._standing[name]
        if (module, name) in _CONTAINERS:
            return super().find_class(module, name)
        if module.partition(".")[0] in PACKAGES and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and (is_dataclass(found) or issubclass(found, tuple | Enum | View | ViewPart)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")
