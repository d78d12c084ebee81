"""The five-year plans 五年规划: the years that a plan's short name stands for.

The short names are the list ``five_year_plans`` of ``corpus/data/words_text.tsv``, by which patterns find them.
"""

from __future__ import annotations

from functools import cache

from corpus.numerals import chinese_number
from corpus.wordlists import word_lists


@cache
def five_year_plans() -> dict[str, tuple[int, int]]:
    """The first and the last year of each plan by its short name, in order.

    Example: ``five_year_plans()["十四五"] == (2021, 2025)``.
    """
    numbers = {name: chinese_number(name.removesuffix("五")) or 0 for name in word_lists("corpus")["five_year_plans"]}
    # the plans follow each other without a gap since the third, 1966–1970
    return {name: (1951 + 5 * number, 1955 + 5 * number) for name, number in sorted(numbers.items(), key=lambda item: item[1])}
