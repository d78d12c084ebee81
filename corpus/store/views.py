"""What a view of a library is 视图: something made of all its documents and kept up by changes (``corpus.store.following``)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from corpus.store.rows import DocumentInfo

if TYPE_CHECKING:
    from corpus.store.corpus import Corpus

Heads = Mapping[int, DocumentInfo]
"""Documents without their texts, by row."""


class ViewPart:
    """A class of which views hold objects, beside data classes: it only holds values itself, and is stored with the view."""

    __slots__ = ()


class View(ABC):
    """Something made of all documents of a library."""

    storable: ClassVar[bool] = True
    """Whether it may be stored with all it holds (``corpus.store.stored_views``), and not made anew by the next process: it holds
    containers, data classes, ``ViewPart``, other views and the library, and nothing that belongs to this process."""

    @abstractmethod
    def __init__(self, corpus: Corpus) -> None:
        """Begin without documents; ``take`` brings those there are."""

    @abstractmethod
    def take(self, gone: Heads, come: Heads) -> None:
        """Take documents out as they were, and others in as they are.

        Args:
            gone: Documents as this view took them in; a changed one is in both.
            come: Documents as they are now, in the order of their rows.
        """

    def storable_values(self) -> dict[str, Any]:
        """The attributes to be stored: all of them, unless a view has some that are quickly made and large."""
        return vars(self)
