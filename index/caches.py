"""The caches of a library as a whole 缓存: cleared where nothing of what was erased may be left in any of them."""

from __future__ import annotations

import shutil
from pathlib import Path

from index.lock import NAME, writing


def clear_caches(folder: Path, wait: float) -> bool:
    """Delete every cache in the library folder: indexes, tables, kept readings, and what processes that were ended left of them.

    Other processes that have one open go on with it, on POSIX systems, until they take in the next change.

    Args:
        folder: The folder of the library.
        wait: Seconds to wait for a process that is writing a cache.

    Returns:
        Whether they are gone; false where another process was writing all the time.

    Raises:
        OSError: If something cannot be deleted.
    """
    home = folder / "cache"
    if not home.exists():
        return True
    with writing(home, wait) as held:
        if held:
            for path in home.iterdir():
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                elif path.name != NAME:
                    path.unlink()
        return held
