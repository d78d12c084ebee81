"""Cells of tables that answer 表格取值: the row and the column a question names, in words, and the cell where they meet.

A question on a table repeats words of a row and words of a column's header; what it says beyond that stands in the title, the
caption or the place of the document. So a cell is found by what its row and column cover of the question, and refused where a word
or a year of the question is covered by nothing: the next row's figure is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

from corpus.divisions import gazetteer
from corpus.document import Span
from corpus.folding import fold
from corpus.store import year_of
from corpus.table_cells import TableCells, is_number
from corpus.wordlists import entries, expand, word_lists
from index.lexical.tokens import natures
from qa.documents import DocumentView
from qa.evidence.constraints import Violation
from qa.understanding.lexicons import everyday_forms, function_words, phrases
from qa.understanding.question import ParsedQuestion, find_everyday

FEWEST = 2
"""Characters of the question that a row must hold to be the one asked about."""
HALF, LONG = 0.5, 4
"""The share of a cell, or the number of its characters, that must stand in the question for it to name its row."""
ASKED = 1.5
"""What it counts, in characters, that the question asks for what a header names in other words (谁牵头: 牵头单位)."""
MOST = 4
"""Cells that one question may mean: a row with a plan and a result of each of two years."""
ALIKE = 0.1
"""Rows or columns that differ less in how much of their own words the question holds are meant alike."""
CONTEXT = 0.3
"""What a character of the question counts that only the title holds."""
LARGEST = 60_000
"""Cells that are looked at for one question."""

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:年度?)?(?!\d)")
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d\d)年?\s?[-—–－~～至到/]{1,2}\s?((?:19|20)\d\d)(?!\d)")
_BRACKET = re.compile(r"[(（\[【][^()（）\[\]【】]{0,24}[)）\]】]")
_SERIAL = re.compile(r"^(?:[(（]?[\d一二三四五六七八九十]{1,3}[)）.、．]|其中[:：]?|#)")
_BETWEEN = re.compile(r"[^\w%‰]|_")
_UNIT_ASKED = re.compile(r"(?:多少|几)(?:万|亿|千|百)?([^\W\d_]{1,4})")
_EACH = re.compile(r"每([^\W\d_])")
_COUNTED = re.compile("多少|几(?![点类级等档])|多高|多大|[^效]率|比例|比重|占比|数量")
_WHICH_ONE = re.compile(expand("qa", r"哪[一几]?{classifiers}"))
_WHICH = re.compile("哪|谁|什么|由|啥")
_LEGEND = re.compile(r"([●○◎■□▲△★☆◆√])\s*(?:为|是|表示|代表|指|[:：—\-－])+\s*([\u4e00-\u9fff]{1,8})")
_THINGS = re.compile(
    r"(?:一共|总共|共)?(?:有|设|列|分)?(?:几|多少|哪些|哪几)(?:[条个家项名座处所种类位支本])?(?P<things>[^\W\d_]{2,6}?)(?=[?!。呢吗]|是|分别|$)"
    r"|(?P<before>[^\W\d_]{2,12}?)(?:一共|总共|共|都)?(?:有|包括|是)?(?:哪些|哪几个|几个|几项)[?!。呢]*$"
)
_EXTREME = re.compile(expand("qa", r"(?:{most}|{least})"))
_TAIL = re.compile(r"[省市州县区旗盟]$")


@dataclass(frozen=True, slots=True)
class FoundCell:
    """A cell that answers, with what names it.

    Args:
        document: Its document.
        cells: Its table.
        value: The cell.
        row: The cells of its row, and the line over its group, that name the row.
        column: The cells that name its column.
        mark: Whether the cell only marks its column, which is the answer.
        whole: Whether it is one of a column that is asked for as a whole.
        extreme: The superlative that it was found by (最高), or "".
    """

    document: DocumentView
    cells: TableCells
    value: Span
    row: tuple[Span, ...]
    column: tuple[Span, ...]
    mark: bool = False
    whole: bool = False
    extreme: str = ""


@dataclass(frozen=True, slots=True)
class _Match:
    """What a text holds of the question: the places, as bits, and the share of its own characters that stand there."""

    mask: int = 0
    share: float = 0.0

    @property
    def names(self) -> bool:
        """Whether the text names something: enough of it stands in the question."""
        return self.share >= HALF or self.mask.bit_count() >= LONG


NOTHING = _Match()


class CellQuestion:
    """A question as it is held against the words of tables.

    Args:
        parsed: The question.
    """

    def __init__(self, parsed: ParsedQuestion) -> None:
        self.parsed = parsed
        self.text = parsed.folded
        self.years = frozenset(int(match[1]) for match in _YEAR.finditer(self.text))
        self._pairs = {self.text[i : i + 2] for i in range(len(self.text) - 1)}
        self._known: dict[str, _Match] = {}

    @cached_property
    def content(self) -> int:
        """The places that say something: not years, punctuation, words of asking."""
        mask = 0
        rest = _YEAR.sub(lambda m: " " * len(m[0]), self.text)
        rest = _WHICH_ONE.sub(lambda m: " " * len(m[0]), rest)
        for word in function_words():
            if len(word) > 1:
                rest = rest.replace(word, " " * len(word))
        for i, char in enumerate(rest):
            if not _BETWEEN.match(char) and char not in function_words():
                mask |= 1 << i
        return mask

    @cached_property
    def asking(self) -> tuple[tuple[int, re.Pattern[str]], ...]:
        """What is asked for in words other than the header's: where the question does so, and what headers name it."""
        return tuple((_bits(m.start(), m.end()), header) for asked, header in _asked_columns() if (m := asked.search(self.text)))

    @cached_property
    def vague(self) -> int:
        """The places of words that a table need not hold: of measures, of asking, the unit asked for."""
        mask = 0
        for word in (*phrases("measure_nouns.txt"), *phrases("generic_words.txt"), *phrases("document_words.txt")):
            mask |= self.every(word)
        for word in word_lists("qa")["asking_verbs"]:
            mask |= self.every(word)
        for where, _ in self.asking:
            mask |= where
        for match in (*_UNIT_ASKED.finditer(self.text), *_EACH.finditer(self.text)):
            mask |= _bits(match.start(), match.end())
        return mask

    @cached_property
    def places(self) -> tuple[tuple[int, frozenset[str]], ...]:
        """The divisions named: where, and the codes they may have."""
        return tuple(
            (_bits(m.span.start, m.span.end), frozenset(d.code for d in m.candidates)) for m in gazetteer().mentions(self.text)
        )

    @cached_property
    def words(self) -> tuple[tuple[str, int, bool], ...]:
        """The words of two and more characters, where they stand, and whether they name something."""
        found: list[tuple[str, int, bool]] = []
        at = 0
        for word, nature in natures(self.text):
            at = self.text.find(word, at)
            if at < 0:
                break
            if len(word) >= FEWEST:
                found.append((word, _bits(at, at + len(word)), nature[:1] in ("n", "s", "x")))
            at += len(word)
        return tuple(found)

    @property
    def counts(self) -> bool:
        """Whether a number is asked for."""
        return _COUNTED.search(self.text) is not None

    def match(self, text: str) -> _Match:
        """What a cell's text holds of the question, without bracket, serial number and year.

        Args:
            text: As written.
        """
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self._match(text)
        return found

    def covered(self, text: str) -> int:
        """The places of the question whose words stand anywhere in a folded text."""
        mask = i = 0
        while i < len(self.text) - 1:
            end = i
            while end < len(self.text) and self.text[i : end + 1] in text:
                end += 1
            if end - i >= FEWEST:
                mask |= _bits(i, end)
                i = end
            else:
                i += 1
        for where, codes in self.places:
            if any(d.code in codes for m in gazetteer().mentions(text) for d in m.candidates):
                mask |= where
        return mask

    @cached_property
    def everyday(self) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """The everyday phrases: where they stand, and what documents write for them."""
        return tuple((self.every(phrase), everyday_forms()[phrase]) for phrase in find_everyday(self.text))

    def covered_otherwise(self, row: str, context: str) -> int:
        """The places of words that a row or what stands around has in another form: 公租房 as 公共租赁住房, 增长 as 同比."""
        mask = 0
        for where, forms in self.everyday:
            if any(form in row or form in context for form in forms):
                mask |= where
        growth = word_lists("qa")["growth"]
        if any(word in row for word in growth):
            for word in growth:
                mask |= self.every(word)
        return mask

    def _match(self, text: str) -> _Match:
        key = _key(text)
        if not key:
            return NOTHING
        if key in self.text:
            return _Match(self.every(key), 1.0) if len(key) > 1 else NOTHING
        if _TAIL.search(key):
            codes = {d.code for d in gazetteer().named(key)}
            where = next((where for where, other in self.places if codes & other), 0)
            if where:
                return _Match(where, 1.0)
        if not any(key[i : i + 2] in self._pairs for i in range(len(key) - 1)):
            return NOTHING
        mask = held = i = 0
        while i < len(key) - 1:
            end = i
            while end < len(key) and key[i : end + 1] in self.text:
                end += 1
            if end - i >= FEWEST:
                mask |= self.every(key[i:end])
                held += end - i
                i = end
            else:
                i += 1
        return _Match(mask, held / len(key))

    def every(self, word: str) -> int:
        """All places of a word."""
        mask = 0
        at = self.text.find(word)
        while at >= 0:
            mask |= _bits(at, at + len(word))
            at = self.text.find(word, at + len(word))
        return mask


def find_cells(parsed: ParsedQuestion, documents: Iterable[DocumentView]) -> tuple[FoundCell, ...]:
    """The cells that a question asks for, the best table's; none where no row and column of any table are named.

    Args:
        parsed: The question.
        documents: The documents whose tables are looked at, the likeliest first.
    """
    question = CellQuestion(parsed)
    best: tuple[float, tuple[FoundCell, ...]] = (0.0, ())
    looked = 0
    for document in documents:
        for cells in _joined(document):
            looked += len(cells.rows) * len(cells.columns)
            if looked > LARGEST:
                return best[1]
            reading = _TableReading(question, document, cells)
            score, found = reading.find()
            if found and score > best[0] + ALIKE:
                best = score, found
    return best[1]


def _joined(document: DocumentView) -> Iterator[TableCells]:
    """The tables of a document; those under each other with one header as one."""
    last: TableCells | None = None
    for cells in document.tables:
        if last is not None and cells.continued:
            last = replace(last, rows=(*last.rows, *cells.rows), notes=(*last.notes, *cells.notes))
            continue
        if last is not None:
            yield last
        last = cells
    if last is not None:
        yield last


class _TableReading:
    """One table held against a question."""

    def __init__(self, question: CellQuestion, document: DocumentView, cells: TableCells) -> None:
        self.question, self.document, self.cells = question, document, cells
        self.text = document.text

    def find(self) -> tuple[float, tuple[FoundCell, ...]]:
        """How well the table answers, and the cells."""
        if not self.cells.rows or not self._meets():
            return 0.0, ()
        if (whole := self._whole_column())[1]:
            return whole
        rows = self._rows()
        marked = self._mark_columns
        if rows:
            found = self._marked(rows, marked) if len(marked) > 1 else (0.0, ())
            return found if found[1] else self._values(rows)
        return self._marked_rows(marked) if len(marked) > 1 else (0.0, ())

    def _meets(self) -> bool:
        """Whether a table can be meant at all: some cell shares two characters with the question."""
        pairs = self.question._pairs
        folded = fold(self.cells.table.span.of(self.text)[:LARGEST])
        return any(pair in folded for pair in pairs)

    @cached_property
    def _matches(self) -> list[list[_Match]]:
        """What each cell holds of the question; figures and marks hold nothing."""
        marked = self._mark_columns
        return [
            [
                NOTHING if not len(cell) or c in marked or _no_name(said := cell.of(self.text)) else self.question.match(said)
                for c, cell in enumerate(row.cells)
            ]
            for row in self.cells.rows
        ]

    @cached_property
    def _context(self) -> int:
        """What stands around the table holds of the question."""
        return self.question.covered(self._context_text)

    @cached_property
    def _context_text(self) -> str:
        """The title, the caption, the headings, the place and the unit."""
        part = self.document.parts[self.document.part_at(self.cells.table.span.start)]
        heads = (part.head, self.document.info.head)
        said = [line.of(self.text) for line in (*self.cells.lines, *self.cells.notes)]
        said += [head.title or "" for head in heads] + [head.region or "" for head in heads]
        said += self.document.doc.heading_path(self.cells.table.span.start)
        said += [name for d in (part.division,) if d is not None for name in (d.name, d.short, *d.aliases)]
        said += [self.cells.table.label or "", *(issuer for head in heads for issuer in head.issuers)]
        return fold(" ".join(said))

    @cached_property
    def _context_years(self) -> frozenset[int]:
        part = self.document.parts[self.document.part_at(self.cells.table.span.start)]
        said = " ".join(
            [line.of(self.text) for line in self.cells.lines]
            + [
                part.head.title or "",
                self.document.info.head.title or "",
                *self.document.doc.heading_path(self.cells.table.span.start),
            ]
        )
        found = _years_of(said)
        if found:
            return found
        dated = {year for head in (part.head, self.document.info.head) if (year := year_of(head))}
        return frozenset({year - back for year in dated for back in (0, 1)})

    def _rows(self) -> list[tuple[int, int]]:
        """The rows that the question names, best first, with the places of the question that name them."""
        content = self.question.content
        scored: list[tuple[float, float, int, int]] = []
        for r, matches in enumerate(self._matches):
            named = [m for m in matches if m.names]
            group = self.cells.rows[r].group
            over = self.question.match(group.of(self.text)) if group is not None else NOTHING
            mask = 0
            for match in (*named, *((over,) if over.names else ())):
                mask |= match.mask
            if (mask & content).bit_count() >= FEWEST:
                share = max((m.share for m in named), default=0.0)
                scored.append(((mask & content).bit_count(), share, r, mask))
        if not scored:
            return []
        scored.sort(key=lambda row: (-row[0], -row[1], row[2]))
        most, share, _, mask = scored[0]
        alike = [row for row in scored if row[0] == most and share - row[1] <= ALIKE]
        if len(alike) > MOST or (len(alike) == len(self.cells.rows) > 1):
            return []
        # a second row that the question names whole, in other words than the first
        others = [row for row in scored if row not in alike and row[1] == 1.0 and not row[3] & mask]
        return [(r, m) for _, _, r, m in (*alike, *others)[: 2 * MOST]]

    def _values(self, rows: Sequence[tuple[int, int]]) -> tuple[float, tuple[FoundCell, ...]]:
        """The cells of rows in the columns that the question names."""
        question, content = self.question, self.question.content
        found: list[FoundCell] = []
        best = 0.0
        for r, _ in rows:
            row = self.cells.rows[r]
            scored: list[tuple[float, float, int]] = []
            for c, cell in enumerate(row.cells):
                said = cell.of(self.text).strip()
                if not said or _SERIAL_HEAD.match(self._header(c)) or (question.counts and not re.search(r"\d", said)):
                    continue
                keys = self._keys(r, c)
                if not keys or not self._of_year(r, c, keys):
                    continue
                mask = 0
                for k in keys:
                    mask |= self._matches[r][k].mask
                if row.group is not None and (over := question.match(row.group.of(self.text))).names:
                    mask |= over.mask
                header, share = self._column(c)
                asked = self._asked(c, said)
                year = bool(question.years & _years_of(self._header(c)))
                if not (header & content & ~mask or asked or year or self._only_value(c, keys)):
                    continue
                named = mask | header
                if self._left(r, named, c):
                    continue
                points = (named & content).bit_count() + asked + (0.5 if year else 0.0)
                scored.append((points, share, c))
            if not scored:
                continue
            scored.sort(key=lambda column: (-column[0], -column[1], column[2]))
            top, share, _ = scored[0]
            chosen = [c for points, own, c in scored if points == top and share - own <= ALIKE][:MOST]
            best = max(best, top + CONTEXT * (self._context & content).bit_count())
            found += [self._found(r, c) for c in self._newest_first(chosen)]
        return best, tuple(found[: 2 * MOST])

    def _keys(self, r: int, c: int) -> list[int]:
        """The cells that name a row beside the one asked for."""
        own = self.cells.rows[r].cells
        return [k for k, match in enumerate(self._matches[r]) if k != c and own[k] != own[c] and match.names]

    def _column(self, c: int) -> tuple[int, float]:
        """What the header of a column holds of the question, and the share of the header that is there."""
        mask, held, length = 0, 0.0, 0
        for piece in self.cells.columns[c]:
            said = piece.of(self.text)
            key = _key(said)
            match = self.question.match(said)
            mask |= match.mask
            held += match.share * len(key)
            length += len(key)
        return mask, held / length if length else 0.0

    def _asked(self, c: int, value: str) -> float:
        """What it counts that a header, or the unit of a value, names what the question asks for."""
        header = self._header(c)
        points = ASKED if any(pattern.search(header) for _, pattern in self.question.asking) else 0.0
        each = _EACH.search(self.question.text)
        if each is not None and f"/{each[1]}" in value:
            points += ASKED
        unit = _UNIT_ASKED.search(self.question.text)
        if unit is not None and any(unit[1].startswith(own[-1:]) and own for own in (self._unit_of_header(c),) if own):
            points += ASKED
        return points

    def _header(self, c: int) -> str:
        return fold("".join(piece.of(self.text) for piece in self.cells.columns[c]))

    def _unit_of_header(self, c: int) -> str:
        brackets = _BRACKET.findall(self._header(c))
        return brackets[-1][1:-1] if brackets else ""

    def _only_value(self, c: int, keys: Sequence[int]) -> bool:
        """Whether a column is the only one that does not name its row."""
        others = [k for k in range(len(self.cells.columns)) if k not in keys and not _SERIAL_HEAD.match(self._header(k))]
        return others == [c]

    def _of_year(self, r: int, c: int, keys: Sequence[int]) -> bool:
        """Whether a cell is of a year the question names; where it names none, of any."""
        years = self.question.years
        if not years:
            return True
        own = self.cells.rows[r].cells
        said = " ".join([self._header(c), *(own[k].of(self.text) for k in keys)])
        stated = _years_of(said) or self._context_years
        return not stated or bool(years & stated)

    def _left(self, r: int, named: int, c: int) -> bool:
        """Whether the question says something that neither row, column nor context holds."""
        question = self.question
        left = question.content & ~named & ~self._context & ~question.vague
        if not left:
            return False
        row = " ".join(cell.of(self.text) for cell in self.cells.rows[r].cells if len(cell) <= 60)
        said = fold(row + " " + self._header(c))
        left &= ~question.covered(said) & ~question.covered_otherwise(said, self._context_text)
        for suffix in word_lists("qa")["count_suffixes"]:
            left &= ~(question.every(suffix) & ~(left << 1))
        return left.bit_count() > FEWEST or any(left & where and word not in said for word, where, _ in question.words)

    def _newest_first(self, columns: Sequence[int]) -> list[int]:
        """Columns in the order of the table; where years tell them apart, the latest first."""
        years = {c: max(_years_of(self._header(c)), default=0) for c in columns}
        return sorted(columns, key=lambda c: (-years[c], c))

    def _found(self, r: int, c: int, *, mark: bool = False, whole: bool = False, extreme: str = "") -> FoundCell:
        row = self.cells.rows[r]
        keys = self._keys(r, c) or self._labels(r, c)
        named = tuple(row.cells[k] for k in keys)
        group = (row.group,) if row.group is not None else ()
        path = (*group, *dict.fromkeys(named))
        return FoundCell(self.document, self.cells, row.cells[c], path, self.cells.columns[c], mark, whole, extreme)

    def _labels(self, r: int, c: int) -> list[int]:
        """The first cell of words in a row."""
        cells = self.cells.rows[r].cells
        return [k for k, cell in enumerate(cells) if k != c and len(cell) and not _no_name(cell.of(self.text))][:1]

    # ------------------------------------------------------------------ whole columns

    def _whole_column(self) -> tuple[float, tuple[FoundCell, ...]]:
        """The cells of a column that is asked for as a whole (一共有几条河流, 哪个县参保率最高); of a superlative the cell it holds for."""
        question = self.question
        counted, extreme = _THINGS.search(question.text), _EXTREME.search(question.text)
        if (counted is None and extreme is None) or not self._even:
            return 0.0, ()
        asked = _bits(*(counted or extreme).span())  # type: ignore[union-attr]
        if extreme is not None:
            asked = question.every(extreme[0])
        best: tuple[int, float, int] | None = None
        for c in range(len(self.cells.columns)):
            mask, share = self._column(c)
            if extreme is None:
                if counted is None or not _names_things(self._header(c), counted["things"] or counted["before"]):
                    continue
                mask, share = mask | asked, 1.0
            figures = all(is_number(said) for row in self.cells.rows if (said := row.cells[c].of(self.text).strip()))
            if figures is (extreme is None) or share < 1 - 2 * ALIKE or not self._of_year(0, c, ()):
                continue
            if best is None or (mask.bit_count(), share) > best[:2]:
                best = (mask.bit_count(), share, c)
        if best is None:
            return 0.0, ()
        c = best[2]
        rows = [r for r, row in enumerate(self.cells.rows) if len(row.cells[c]) and not self._is_total(r)]
        named = self._column(c)[0] | asked
        for where, _ in question.asking:
            named |= where
        labels = fold(" ".join(self._header(k) for k in range(len(self.cells.columns))))
        if not rows or self._left(rows[0], named | question.covered(labels), c) or (extreme is None and self._names_a_row()):
            return 0.0, ()
        score = (named & question.content).bit_count() + CONTEXT * (self._context & question.content).bit_count()
        if extreme is None:
            return score, tuple(self._found(r, c, whole=True) for r in rows if r == rows[0] or self._own(r, c))
        numbers = {r: number for r in rows if (number := _number(self.text, self.cells.rows[r].cells[c])) is not None}
        if len(numbers) < len(rows) or len(rows) < FEWEST:
            return 0.0, ()
        least = extreme[0] in word_lists("qa")["least"]
        edge = min(numbers.values()) if least else max(numbers.values())
        return score, tuple(self._found(r, c, extreme=extreme[0]) for r in rows if numbers[r] == edge)[:MOST]

    def _names_a_row(self) -> bool:
        """Whether the question names one row, so that no whole column is asked for."""
        first = [matches[k] for matches in self._matches for k in self._label_columns]
        header = self._column(self._label_columns[0])[0] if self._label_columns else 0
        return any(match.names and match.mask & self.question.content & ~header for match in first)

    @cached_property
    def _label_columns(self) -> list[int]:
        return self._labels(0, -1)

    def _own(self, r: int, c: int) -> bool:
        """Whether a cell is not the one above, merged over both rows."""
        return r == 0 or self.cells.rows[r].cells[c] != self.cells.rows[r - 1].cells[c]

    def _is_total(self, r: int) -> bool:
        said = {fold(cell.of(self.text)) for cell in self.cells.rows[r].cells}
        return any(word in said for word in word_lists("qa")["totals"])

    # ------------------------------------------------------------------ tables of marks

    @cached_property
    def _mark_columns(self) -> frozenset[int]:
        """The columns whose cells only say that, or in which role, their header takes part."""
        found = []
        for c in range(len(self.cells.columns)):
            said = [mark for row in self.cells.rows if (mark := row.cells[c].of(self.text).strip())] if self._even else []
            if said and all(_is_mark(mark) for mark in said):
                found.append(c)
        return frozenset(found)

    @cached_property
    def _even(self) -> bool:
        return all(len(row.cells) == len(self.cells.columns) for row in self.cells.rows)

    @cached_property
    def _legend(self) -> dict[str, str]:
        """What the signs of a table mean, where it says so."""
        end = self.cells.table.span.end
        said = " ".join([*(note.of(self.text) for note in (*self.cells.notes, *self.cells.lines)), self.text[end : end + 120]])
        return dict(_LEGEND.findall(said))

    def _fits(self, mark: str, *, role: str | None) -> bool:
        meant = self._legend.get(mark, mark)
        if role is None:
            return bool(mark)
        return any(word in meant for word in word_lists("corpus")[role])

    @cached_property
    def _role(self) -> str | None:
        """The role asked for."""
        for role in ("support_marks", "lead_marks"):
            if any(word in self.question.text for word in word_lists("corpus")[role] if len(word) > 1):
                return role
        return None

    def _marked(self, rows: Sequence[tuple[int, int]], marked: frozenset[int]) -> tuple[float, tuple[FoundCell, ...]]:
        """The headers that are marked in the row asked about."""
        question = self.question
        named = 0
        for _, mask in rows:
            named |= mask
        if not _WHICH.search(question.text) and question.parsed.kind not in ("responsible_unit", "beneficiary"):
            return 0.0, ()
        for c in marked:
            header = self._column(c)
            if header[1] >= 1.0 and header[0] & ~named:
                return 0.0, ()
        role = self._role
        for word in _mark_words():
            named |= question.every(word)
        for where, _ in question.asking:
            named |= where
        found: list[FoundCell] = []
        for r, _ in rows[:1]:
            if self._left(r, named, next(iter(marked))):
                return 0.0, ()
            cells = self.cells.rows[r].cells
            marks = {c: cells[c].of(self.text).strip() for c in sorted(marked)}
            if role == "lead_marks" and not any(self._fits(mark, role=role) for mark in marks.values() if mark):
                role = None
            found += [self._found(r, c, mark=True) for c, mark in marks.items() if mark and self._fits(mark, role=role)]
        score = (named & question.content).bit_count() + CONTEXT * (self._context & question.content).bit_count()
        return score, tuple(found)

    def _marked_rows(self, marked: frozenset[int]) -> tuple[float, tuple[FoundCell, ...]]:
        """The rows that are marked in the column asked about (市公安局牵头哪些任务)."""
        question = self.question
        named = [(c, mask) for c in sorted(marked) if (told := self._column(c))[1] >= 1.0 and (mask := told[0])]
        if len(named) != 1 or not _WHICH.search(question.text):
            return 0.0, ()
        c, mask = named[0]
        for word in _mark_words():
            mask |= question.every(word)
        for where, _ in question.asking:
            mask |= where
        if self._left(0, mask, c):
            return 0.0, ()
        found = [
            self._found(r, c)
            for r, row in enumerate(self.cells.rows)
            if (mark := row.cells[c].of(self.text).strip()) and self._fits(mark, role=self._role)
        ]
        return float((mask & question.content).bit_count()), tuple(found)


@cache
def _asked_columns() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    rows = (line.split("\t") for line in entries("qa", "asked_columns.tsv"))
    return tuple((re.compile(asked), re.compile(header)) for asked, header in rows)


_SERIAL_HEAD = re.compile(expand("qa", r"^(?:序号|编号|行次|代码|科目编码)$"))


@cache
def _mark_words() -> tuple[str, ...]:
    """The words with which a question asks for what is marked."""
    lists = word_lists("corpus")
    words = (*word_lists("qa")["mark_questions"], *lists["lead_marks"], *lists["support_marks"])
    return tuple(word for word in words if len(word) > 1)


@cache
def _marks() -> frozenset[str]:
    lists = word_lists("corpus")
    return frozenset((*lists["ticks"], *lists["lead_marks"], *lists["support_marks"], "×", "/", "-", "—", "否"))


def _is_mark(said: str) -> bool:
    return said in _marks() or said.removesuffix("单位").removesuffix("部门") in _marks()


def _no_name(said: str) -> bool:
    """Whether a cell names nothing: a figure, a date of digits, a sign."""
    return not re.search(r"[^\W\d_]", said) and not re.fullmatch(r"\d{5,}", said.strip())


@cache
def _key(text: str) -> str:
    """The words of a cell by which a question may name it: folded, without bracket, serial number, year and stops."""
    folded = fold(text)
    plain = _YEAR.sub("", _BRACKET.sub("", _SERIAL.sub("", folded)))
    return _BETWEEN.sub("", plain)


def _years_of(text: str) -> frozenset[int]:
    found = {int(match[1]) for match in _YEAR.finditer(text)}
    for match in _YEARS.finditer(text):
        first, last = int(match[1]), int(match[2])
        found |= set(range(first, last + 1)) if last - first <= 20 else set()
    return frozenset(found)


def _bits(start: int, end: int) -> int:
    return ((1 << (end - start)) - 1) << start


def _names_things(header: str, things: str) -> bool:
    """Whether a header is the name of things: 河流名称 for 河流, 工作任务 for 任务."""
    plain = _BRACKET.sub("", header)
    if len(plain) >= FEWEST and things.endswith(plain):
        return True
    return plain in (things, f"{things}名称", f"{things}名") or (len(things) >= FEWEST and plain.endswith(things))


def _number(text: str, cell: Span) -> float | None:
    plain = re.sub(r"[,，\s%％‰]", "", fold(cell.of(text)))
    return float(plain) if re.fullmatch(r"[+\-－]?\d{1,15}(?:\.\d{1,9})?", plain) else None


def find_gap(parsed: ParsedQuestion, document: DocumentView, span: Span) -> Violation | None:
    """What a question asks that a table lacks: a year its columns do not have, a name that stands nowhere in its document.

    Args:
        parsed: The question.
        document: A document.
        span: A stretch of it; None is returned for one outside tables.
    """
    cells = next((cells for cells in document.tables if cells.table.span.overlaps(span)), None)
    if cells is None:
        return None
    question, text = CellQuestion(parsed), document.text
    headers = " ".join(piece.of(text) for path in cells.columns for piece in path)
    stated = _years_of(headers)
    if question.years and stated and not question.years & stated:
        return Violation(_in_words(question.years), _in_words(stated))
    left = question.content & ~question.vague & ~question.covered(document.folded)
    part = document.parts[document.part_at(span.start)]
    left &= ~question.covered(fold(" ".join((part.head.region or "", part.head.title or "", *part.head.issuers))))
    for where, _ in question.everyday:
        left &= ~where
    for _, where, names in question.words:
        left &= ~0 if names else ~where
    run = max((match for match in re.finditer("1+", f"{left:b}"[::-1])), key=lambda match: len(match[0]), default=None)
    if run is None or len(run[0]) < FEWEST:
        return None
    labels = [
        next((said for cell in row.cells if (said := cell.of(text).strip()) and not is_number(said)), "") for row in cells.rows
    ]
    named = "、".join(list(dict.fromkeys(filter(None, labels)))[:MOST])
    return Violation(f"“{question.text[run.start() : run.end()]}”", named) if named else None


def _in_words(years: Iterable[int]) -> str:
    return "、".join(f"{year}年" for year in sorted(years))


def group_cells(found: Sequence[FoundCell]) -> Iterator[list[FoundCell]]:
    """The cells of one row together."""
    group: list[FoundCell] = []
    for cell in found:
        alike = group and cell.document is group[-1].document and (cell.whole or cell.row == group[-1].row)
        if group and not alike:
            yield group
            group = []
        group.append(cell)
    if group:
        yield group
