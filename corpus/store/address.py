"""Where a library is: in a folder, or in a database that an address names."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

DATABASES = ("postgresql://", "postgres://")
"""What the address of a library in a database begins with."""


def parse_place(text: str) -> Path | str:
    """A folder, or the address of a database as it was written. Example: ``parse_place("postgresql://db/cemai")``."""
    return text if text.startswith(DATABASES) else Path(text)


def describe_place(place: Path | str) -> str:
    """A place as it may be shown: an address without user, password and options."""
    if isinstance(place, Path):
        return str(place)
    parts = urlsplit(place)
    return f"postgresql://{parts.netloc.rpartition('@')[2]}{parts.path}"
