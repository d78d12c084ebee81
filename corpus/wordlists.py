"""Reading the data files of a package: lists of one entry a line, and the named short lists that patterns are composed of.

Blank lines and lines that start with ``#`` are left out. The many short lists are the rows of ``words_*.tsv``: the name of a list,
a tab, its words between blanks. Those of ``corpus/data`` can be named in the patterns of every package.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

_PLACE = re.compile(r"\{([a-z_]+)\}")
_NAMED = re.compile(r"\\.|(?P<characters>\[(?:\\.|[^\]\\])+\])|\{(?P<name>[a-z_]+)(?P<spaced>:spaced)?\}", re.DOTALL)


def entries(package: str, name: str) -> tuple[str, ...]:
    """The entries of ``package/data/name`` in order, without blanks at their ends."""
    lines = resources.files(package).joinpath("data", name).read_text(encoding="utf-8").splitlines()
    return tuple(line.rstrip() for line in lines if line.strip() and not line.startswith("#"))


@lru_cache(maxsize=8)
def word_lists(package: str) -> dict[str, tuple[str, ...]]:
    """The named lists in ``words_*.tsv`` of a package, the words of each longest first.

    Raises:
        ValueError: If two lists have one name.
    """
    found: dict[str, tuple[str, ...]] = {}
    files = sorted(file.name for file in resources.files(package).joinpath("data").iterdir())
    for file in (name for name in files if name.startswith("words_") and name.endswith(".tsv")):
        for row in entries(package, file):
            name, _, words = row.partition("\t")
            if name in found:
                raise ValueError(f"two lists in {package}/data/words_*.tsv are named {name}")
            found[name] = tuple(sorted(dict.fromkeys(words.split()), key=len, reverse=True))
    return found


def expand(package: str, template: str) -> str:
    """A regular expression in which every ``{name}`` is replaced by the words of that list of the package, or of ``corpus``.

    Longer words come first, so that none hides a longer one. Inside a character class the words have to be single characters.
    ``{name:spaced}`` also finds words broken by a blank. Repetitions such as ``{2,8}`` stay as they are. With ``seals`` as the list
    公章 印章, ``expand("ingest", r"(?:{seals}){1,2}")`` is ``(?:(?:公章|印章)){1,2}``.

    Raises:
        KeyError: If no list has that name.
    """
    lists = {**word_lists("corpus"), **word_lists(package)}

    def write_out(match: re.Match[str]) -> str:
        if match["characters"] is not None:
            return _PLACE.sub(lambda place: "".join(map(re.escape, lists[place[1]])), match["characters"])
        if match["name"] is not None:
            between = r"\s?" if match["spaced"] else ""
            return f"(?:{'|'.join(between.join(map(re.escape, word)) for word in lists[match['name']])})"
        return match.group()  # an escaped character: \\[ opens no class

    return _NAMED.sub(write_out, template)
