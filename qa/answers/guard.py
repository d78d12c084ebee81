"""The last check of an answer 守门: what it states must be in its quotes.

That is every number, date, document number and unit; only what the program counted or concluded itself (a status, the end of a term) needs no quote.
And a quote begins and ends where a reader would: never inside a number, a word or a pair of brackets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from corpus.document import Span
from corpus.folding import fold
from qa.answer import AnswerCitation
from qa.answers.borders import has_true_borders
from qa.answers.draft import AnswerDraft, AnswerLine

_figure = re.compile(r"\d+(?:[.,]\d+)*%?")
_doc_number = re.compile(r"[\u4e00-\u9fff]{1,10}[〔\[(](?:19|20)\d\d[〕\])]\d{1,5}号")
_counted = re.compile(r"[一二三四五六七八九十百千万亿两零]{1,8}(?:%|个百分点|元|亩|公里|公顷|吨|户|人|万|亿|年|月|日|倍|成)")
_unit_list = re.compile(r"(?:单位共[^：]{1,8}家)[：:]([^。“”；]{2,600})")


def extract_figures(text: str) -> tuple[str, ...]:
    """The numbers in a text, folded and without thousands separators: ``("1200", "5%")`` for 1,200户、5%."""
    folded = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", fold(text))
    return tuple(m.group().rstrip(".,").replace(",", "") for m in _figure.finditer(folded))


def is_supported(text: str, citations: Iterable[AnswerCitation], counts: Iterable[int] = ()) -> bool:
    """Whether every figure, document number and listed unit of a text is in a quote, or in the title of a cited document.

    Args:
        text: What is to be printed.
        citations: The quotes beside it.
        counts: Numbers the program counted itself; each is allowed once.
    """
    cited = list(citations)
    held = [fold(c.quote) for c in cited]
    held += [fold(part) for c in cited for part in (c.title or "", c.doc_number or "")]
    known = {figure for part in held for figure in extract_figures(part)}
    plain = [re.sub(r"\s", "", part) for part in held]
    folded = fold(text)
    if Counter(figure for figure in extract_figures(text) if figure not in known) - Counter(map(str, counts)):
        return False
    if any(not any(_same_number(number, part) for part in plain) for number in _doc_number.findall(folded)):
        return False
    if any(not any(word in part for part in plain) for word in _counted.findall(folded)):
        return False
    return all(
        not unit or any(unit in part for part in plain) or _written_out(unit, plain)
        for match in _unit_list.finditer(text)
        for unit in map(fold, match[1].split("、"))
    )


def _same_number(number: str, part: str) -> bool:
    """True if a text contains a document number, not counting a word run into its front (文号为大署办发〔2022〕7号)."""
    bracket = re.search(r"[〔\[(]", number)
    tail = number[bracket.start() :] if bracket else number
    at = part.find(tail)
    while at >= 0:
        i, j = len(number) - len(tail) - 1, at - 1
        while i >= 0 and j >= 0 and number[i] == part[j]:
            i, j = i - 1, j - 1
        if i < 0 or j < 0 or not "\u4e00" <= part[j] <= "\u9fff" or number[i] in "为是号即和及与":
            return True
        at = part.find(tail, at + 1)
    return False


def drop_unsupported(draft: AnswerDraft) -> AnswerDraft:
    """The draft without the lines that their citations do not support. A line without citations is checked against all."""
    every = [citation for line in draft.lines for citation in line.citations]
    kept = [line for line in draft.lines if is_supported(_quoted_text(line), line.citations or every, line.counts)]
    return replace(draft, lines=tuple(kept))


def drop_torn(draft: AnswerDraft, text_of: Callable[[str], str]) -> AnswerDraft:
    """The draft without the lines that quote a torn piece of a text, or one that is not there.

    Args:
        draft: The answer.
        text_of: The text of a document, by its id.
    """
    kept = tuple(line for line in draft.lines if all(_is_true(text_of(c.source_id), c) for c in line.citations))
    return draft if len(kept) == len(draft.lines) else replace(draft, lines=kept)


def _is_true(text: str, citation: AnswerCitation) -> bool:
    span = Span(citation.start, citation.end)
    return span.of(text) == citation.quote and has_true_borders(text, span)


def _quoted_text(line: AnswerLine) -> str:
    """The text of a line without what the program concluded itself."""
    text = line.text
    for derived in line.derived:
        text = text.replace(derived, " ")
    return text


def _written_out(unit: str, plain: Sequence[str]) -> bool:
    """True if a unit completes a shared prefix in a quote: 县市政府 from 县市党委、政府."""
    return any(unit[:i] in part and unit[i:] in part for part in plain for i in range(1, len(unit)))
