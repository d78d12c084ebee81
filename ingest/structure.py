"""Turns a frozen text into a document: head matter, attached documents, the tree of headings, a zone for every character."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.divisions import Division, gazetteer
from corpus.document import AttachedDocument, HeadMatter, Issue, ParsedDocument, Reference, Span, Table, ZoneKind
from corpus.folding import without_radicals
from ingest.headmatter.attached import attached_head
from ingest.headmatter.filename import GLUED_NUMBER, are_same_title, place_in_filename, title_from_source
from ingest.headmatter.head import HeadDraft, document_kind, find_plan_period, read_head
from ingest.headmatter.inferred import infer_title
from ingest.headmatter.labels import Labelled, read_labels
from ingest.headmatter.references import find_references
from ingest.headmatter.title import Header, extend_title, read_header, read_titled
from ingest.lexicon import expand
from ingest.lines.boilerplate import boilerplate_lines, contents_lines
from ingest.lines.lines import RECORD, TextLine, covered_lines, lines_of
from ingest.lines.signatures import SignatureParts, SignaturePiece
from ingest.outline.members import MemberStart, find_member_starts
from ingest.outline.parts import divide_parts, find_issued_names
from ingest.outline.tree import OutlineNode, OutlinePart, build_nodes, numbering_issues, to_sections
from ingest.outline.zones import partition_zones
from ingest.raw import RawText

_INDEX_LINES, _INDEX_FIELDS = 12, 4
_SENTENCE = re.compile(r"[。！？!?；]")
_FORWARDING_OR_ASKING = re.compile(expand(r"{forwarding}|征求"))
_SPOKEN = re.compile(expand(r"{spoken_kinds}(?:[（(][^（）()]{1,30}[)）])?$"))
_EXPLAINING = re.compile(expand(r"{explaining}"))


def build(raw: RawText, *, id: str, source: str, sha256: str, region: str | None = None) -> ParsedDocument:
    """Recognise the structure of a text. Never raises on any text; ``region`` overrides what the text says.

    Radicals in the place of characters (⼀、 for 一、) are read as these; the text itself stays as it is.
    """
    frozen, raw = raw.text, replace(raw, text=without_radicals(raw.text))
    text = raw.text
    # records of a data set are short and many, and their ranking was learned as they are: cut, the right one of 599 pages
    # came first for 648 questions in .903 instead of .915
    every = lines_of(text, lost_breaks=raw.format != "jsonl")
    boiler = boilerplate_lines(text, every)
    boiler.update(dict.fromkeys(covered_lines(every, raw.boilerplate), "页面边框"))
    boiler.update(contents_lines(text, every, boiler))
    places = [i for i in range(len(every)) if i not in boiler]
    trailing, index = _trailing_index(text, [every[i] for i in places])
    below, places = places[index:], places[:index]
    lines = [every[i] for i in places]
    named = title_from_source(source)
    raw = _with_record_fields(raw, lines)
    given = _given_title(raw)
    raw = replace(raw, fields={name: value for name, value in raw.fields.items() if name != "title" or given is not None})
    header = read_header(text, lines, known_title=given)
    if header.title is not None and not header.certain and named and not are_same_title(header.title.of(text), named):
        header = read_header(text, lines, known_title=given, weak=False)
    header.labelled += trailing
    if header.title is not None and not header.certain and _is_in_row_of_cells(raw.tables, header.title):
        header = Header()
    if header.title is not None and header.body >= len(lines) and _SENTENCE.search(header.title.of(text)):
        header = Header()
    title = _choose_title(text, lines, header, raw, named)
    starts = find_member_starts(text, lines, header.body, _known_titles(text, lines, header.body, title))
    own = lines[: starts[0].first] if starts else lines
    site = [text[line.start : line.end] for i, line in enumerate(every) if i in boiler and line.end - line.start <= 60][:12]
    first = _read_member(text, raw, own, header, title, site=site, region=region, source=source)
    members = [first]
    ends = [*(start.first for start in starts[1:]), len(lines)]
    members += [
        _read_later_member(text, raw, lines[start.first : stop], start, first.head)
        for start, stop in zip(starts, ends, strict=False)
    ]
    head = _with_common_region(first.head, [member.head for member in members[1:]])
    attached = [part for member in members for part in member.attached]
    attached += [AttachedDocument(member.span, member.head) for member in members[1:]]
    nodes = [node for member in members for node in member.nodes]
    issues = [*raw.issues, *first.issues, *numbering_issues(nodes)]
    for member in members:
        issues += _find_missing_attachments(text, member.lines, member.parts)
    if len(members) > 1:
        issues.append(Issue("compilation", f"这份文件里先后有 {len(members)} 份文件，各按自己的标题、机关、日期和地区记录。"))
    kinds = _zone_kinds(every, boiler, places, header, first.parts, len(own))
    for i in below:
        kinds[i] = ("head", "索引")
    if not any(kind in ("body", "attachment") for kind, _ in kinds):
        # a title and no more: it is what the document says
        kinds = [("body", "") if kind == "head" else (kind, why) for kind, why in kinds]
    return ParsedDocument(
        id=id,
        source=source,
        format=raw.format,
        sha256=sha256,
        text=frozen,
        head=head,
        outline=to_sections(text, nodes, id),
        attached=tuple(sorted(attached, key=lambda part: (part.span.start, -part.span.end))),
        zones=partition_zones(text, every, kinds),
        tables=raw.tables,
        anchors=raw.anchors,
        issues=tuple(issues),
    )


def _trailing_index(text: str, lines: Sequence[TextLine]) -> tuple[list[Labelled], int]:
    """The index table (索引号, 发文机关, 成文日期 …) where a page has it below the text, and the number of lines above it."""
    for first in range(max(0, len(lines) - _INDEX_LINES), len(lines)):
        last = lines[first:]
        content = text[last[0].start : last[0].end]
        if "|" not in content and "：" not in content and ":" not in content:
            continue
        found, used = read_labels(text, last)
        if len(used) == len(last) and len({entry.field for entry in found if len(entry.value)} - {"-"}) >= _INDEX_FIELDS:
            return found, first
    return [], len(lines)


def _is_in_row_of_cells(tables: Sequence[Table], span: Span) -> bool:
    """Whether a stretch stands in a row of several cells; a title has its row for itself."""
    rows = (row for table in tables if table.span.overlaps(span) for row in table.rows)
    return any(len({cell for cell in row if len(cell)}) > 1 and any(cell.overlaps(span) for cell in row) for row in rows)


@dataclass(frozen=True, slots=True)
class _Member:
    """One document of the file: its lines and what was recognised in them."""

    lines: Sequence[TextLine]
    span: Span
    head: HeadMatter
    parts: SignatureParts
    attached: tuple[AttachedDocument, ...]
    nodes: list[OutlineNode]
    issues: list[Issue]


def _read_member(
    text: str,
    raw: RawText,
    lines: Sequence[TextLine],
    header: Header,
    title: tuple[str, Span | None, bool] | None,
    *,
    site: Sequence[str],
    region: str | None,
    source: str,
) -> _Member:
    """The document whose head is ``header``; ``source`` is the name of the file where the file is named after it, else empty."""
    parts = divide_parts(text, lines, header.body, title[0] if title else None)
    end = lines[-1].end if lines else 0
    body = Span(lines[header.body].start, end) if header.body < len(lines) else Span(end, end)
    main = Span(body.start, lines[parts.main.last - 1].end) if parts.main.last > header.body else Span(body.start, body.start)
    start = lines[0].start if lines and not source else 0
    references = _find_references(text, Span(start, end), title, parts, lines)
    draft = read_head(
        text,
        header,
        parts,
        fields=raw.fields,
        field_spans=raw.field_spans,
        site=site,
        region=region,
        title=title,
        body=main,
        filed=place_in_filename(source),
    )
    named = title_from_source(source, whole=True) or ""
    if title is not None and (title[2] or are_same_title(title[0], named)) and (number := GLUED_NUMBER.search(named)):
        draft.put("doc_number", number["number"], inferred=True)
    if title is None:
        _put_inferred_title(text, draft, main, references)
    elif title[2]:
        draft.issues.append(Issue("title-inferred", "文中没有标题行，标题取自文件名。"))
    head = draft.done(references)
    attached = _attached_documents(text, lines, parts, head, references)
    nodes = _build_outline(text, raw, lines, header, parts, end)
    return _Member(lines, Span(start, end), head, parts, attached, nodes, draft.issues)


def _read_later_member(text: str, raw: RawText, lines: Sequence[TextLine], start: MemberStart, before: HeadMatter) -> _Member:
    """Read a document that follows others in the file; it takes the region of the one before where it names none."""
    skipped = start.title_first - start.first
    header = read_titled(text, lines, start.title, skipped + start.body - start.title_first, start.dated)
    title = (re.sub(r"[ \t]*\n\s*", "", start.title.of(text)), start.title, False)
    member = _read_member(text, replace(raw, fields={}, field_spans={}), lines, header, title, site=(), region=None, source="")
    if member.head.region is not None or before.region is None:
        return member
    head = replace(
        member.head,
        region=before.region,
        region_code=before.region_code,
        level=before.level,
        inferred=member.head.inferred | {"region"},
    )
    return replace(member, head=head)


def _with_common_region(head: HeadMatter, others: Sequence[HeadMatter]) -> HeadMatter:
    """The first document's head; where it names no place, the smallest division that holds all the documents behind it."""
    codes = [other.region_code for other in others if other.region_code]
    if head.region is not None or len(codes) < 2:
        return head
    places = gazetteer()
    division: Division | None = places.by_code.get(codes[0])
    while division is not None and not all(division.contains(code) for code in codes):
        division = places.by_code.get(division.parent or "")
    if division is None:
        return head
    return replace(
        head, region=division.path, region_code=division.code, level=division.level, inferred=head.inferred | {"region"}
    )


def _known_titles(text: str, lines: Sequence[TextLine], body: int, title: tuple[str, Span | None, bool] | None) -> list[str]:
    """The title of the first document and the names of what it issues or forwards: their title lines begin no new document."""
    if title is None or body >= len(lines):
        return []
    opening = text[lines[body].start : lines[min(len(lines), body + 4) - 1].end]
    return [title[0], *find_issued_names(title[0], opening[:1500])]


def _given_title(raw: RawText) -> str | None:
    """The title the format names, unless it is a sentence (the first paragraph of a file that was cut out of another)."""
    given = raw.fields.get("title")
    return None if given is None or given.endswith(("。", "；")) else given


def _choose_title(
    text: str, lines: Sequence[TextLine], header: Header, raw: RawText, named: str | None
) -> tuple[str, Span | None, bool] | None:
    """Title, its place, and whether it was concluded."""
    given = _given_title(raw)
    if header.title is not None:
        header.title = _without_number(text, header, header.title)
        return re.sub(r"[ \t]*\n\s*", "", header.title.of(text)), header.title, False
    if given:
        at = raw.field_spans.get("title")
        if at is None and lines and text.startswith(given, lines[0].start):
            at = Span(lines[0].start, lines[0].start + len(given))
            if text[at.end : at.end + 1].isspace():
                at = _without_number(text, header, extend_title(text, lines[0], at))
            return " ".join(at.of(text).split()), at, False
        return given, at, False
    return (named, None, True) if named else None


def _without_number(text: str, header: Header, title: Span) -> Span:
    """The title without a document number glued to its end, which goes into the head."""
    glued = GLUED_NUMBER.search(title.of(text))
    if glued is None:
        return title
    start, end = (title.start + at for at in glued.span("number"))
    header.doc_number = header.doc_number or Span(start, end)
    return Span(title.start, start).trimmed(text)


def _with_record_fields(raw: RawText, lines: Sequence[TextLine]) -> RawText:
    """Add the cells before the text in a record of a table of documents (date | organ | title | text) as fields."""
    if len(lines) < 4 or not all(line.piece for line in lines[:3]) or not RECORD.match(raw.text, lines[0].start, lines[3].end):
        return raw
    spans = {name: line.span for name, line in zip(("published_on", "source", "title"), lines, strict=False)}
    if len(spans["title"]) > 100:
        return raw
    fields = {name: span.of(raw.text) for name, span in spans.items()}
    return replace(raw, fields={**fields, **raw.fields}, field_spans={**spans, **raw.field_spans})


def _find_references(
    text: str, span: Span, title: tuple[str, Span | None, bool] | None, parts: SignatureParts, lines: Sequence[TextLine]
) -> list[Reference]:
    own = [title[0]] if title else []
    forwards = bool(title and _FORWARDING_OR_ASKING.search(title[0]) and "关于印发" not in title[0])
    forwarded = [piece.title.of(text) for piece in parts.attached if piece.title and forwards and piece.named]
    own += [piece.title.of(text) for piece in parts.attached if piece.title and not (forwards and piece.named)]
    explained = title[0] if title and _EXPLAINING.search(title[0]) else None
    return find_references(text, span.start, span.end, own=own, explained=explained, forwarded=forwarded)


def _flat(value: str) -> str:
    return re.sub(r"[\s　《》]", "", value)


def _put_inferred_title(text: str, draft: HeadDraft, main: Span, references: Sequence[Reference]) -> None:
    code = draft.values.get("region_code")
    division = gazetteer().by_code.get(code) if isinstance(code, str) else None
    title = infer_title(text, main, references, division)
    if title is None:
        draft.issues.append(Issue("title-missing", "没有找到标题；文首直接是正文。"))
        return
    draft.put("title", title, inferred=True)
    draft.put("kind", document_kind(title), inferred=True)
    find_plan_period(text, draft, title, None)
    draft.issues.append(Issue("title-inferred", "文中没有标题行，标题由首段所贯彻的上级文件和本文自称推定。"))


def _attached_documents(
    text: str, lines: Sequence[TextLine], parts: SignatureParts, head: HeadMatter, references: Sequence[Reference]
) -> tuple[AttachedDocument, ...]:
    out: list[AttachedDocument] = []
    starts = [r.span.start if r.span else -1 for r in references]
    opening = text[lines[parts.main.body].start : lines[parts.main.body].start + 800] if parts.main.body < parts.main.last else ""
    for piece in parts.attached:
        if piece.title is None:
            continue
        span = Span((piece.label or piece.title).start, lines[piece.last - 1].end)
        near = references[bisect_left(starts, span.start) : bisect_left(starts, span.end)]
        inside = [r for r in near if r.span and span.covers(r.span)]
        issued = piece.named or len(parts.attached) == 1
        out.append(AttachedDocument(span, attached_head(text, piece.title, span, head, inside, opening=opening, issued=issued)))
    return tuple(out)


def _build_outline(
    text: str, raw: RawText, lines: Sequence[TextLine], header: Header, parts: SignatureParts, end: int
) -> list[OutlineNode]:
    headings = {span.trimmed(text).start: depth for span, depth in raw.headings}
    tabular = covered_lines(lines, [table.span for table in raw.tables])
    tabular += covered_lines(lines, raw.notes)
    left_out = set(tabular) | parts.signoff | {i for i in range(len(lines)) if text[lines[i].start] == "|"}
    for listing in parts.listings:
        left_out |= set(range(*listing))

    def body_of(piece: SignaturePiece) -> list[TextLine]:
        kept = [lines[i] for i in range(piece.body, piece.last) if i not in left_out]
        if piece.title and kept and kept[0].start < piece.title.end < kept[0].end:
            start = piece.title.end
            while start < kept[0].end and text[start].isspace():
                start += 1
            kept[0] = TextLine(start, kept[0].end)
        return kept

    main_lines = body_of(parts.main)
    closing = left_out - set(tabular)
    stop = _part_end(lines, parts.main, closing)
    start = lines[parts.main.body].start if parts.main.body < len(lines) else end
    nodes = build_nodes(
        text,
        OutlinePart(Span(start, max(start, stop)), header.title, spoken=_is_spoken(text, header.title)),
        main_lines,
        headings,
        None,
        end,
    )
    top = nodes[0] if nodes and nodes[0].kind == "title" else None
    nodes += [_listing_node(text, lines, listing, top) for listing in parts.listings if listing[0] < parts.main.last]
    for piece in parts.attached:
        last = _part_end(lines, piece, closing)
        first = lines[piece.body].start if piece.body < piece.last else last
        if piece.title and piece.title.end > first:
            first = piece.title.end
        part = OutlinePart(Span(first, max(first, last)), piece.title, piece.label, inner=True)
        inner = build_nodes(text, part, body_of(piece), headings, top, lines[piece.last - 1].end)
        nodes += inner
        within = parts.listings[bisect_left(parts.listings, (piece.first, 0)) : bisect_left(parts.listings, (piece.last, 0))]
        nodes += [_listing_node(text, lines, listing, inner[0] if inner else top) for listing in within]
    nodes.sort(key=lambda node: (node.start, node.depth))
    return nodes


def _is_spoken(text: str, title: Span | None) -> bool:
    return title is not None and _SPOKEN.search("".join(title.of(text).split())) is not None


def _part_end(lines: Sequence[TextLine], piece: SignaturePiece, left_out: set[int]) -> int:
    for i in range(piece.last - 1, piece.body - 1, -1):
        if i not in left_out:
            return lines[i].end
    return lines[piece.body].start if piece.body < len(lines) else 0


def _listing_node(text: str, lines: Sequence[TextLine], listing: tuple[int, int], top: OutlineNode | None) -> OutlineNode:
    first, last = listing
    start, end = lines[first].start, lines[last - 1].end
    number = re.match(r"附\s{0,4}件?\s{0,4}\d{0,2}\s?[:：]?", text[start : min(end, start + 16)])
    width = number.end() if number else 0
    head = start + width
    while head < end and text[head].isspace():
        head += 1
    depth = top.depth + 1 if top else 1
    return OutlineNode("attachment", text[start : start + width].strip(), start, head, end, end, depth, top, end)


def _zone_kinds(
    every: Sequence[TextLine], boiler: dict[int, str], places: Sequence[int], header: Header, parts: SignatureParts, own: int
) -> list[tuple[ZoneKind, str]]:
    """The zone of each line; the first ``own`` of the lines at ``places`` are the first document's, the rest later ones."""
    kinds: list[tuple[ZoneKind, str]] = [("boilerplate", boiler.get(i, "")) for i in range(len(every))]
    for k, i in enumerate(places):
        if k >= own:
            kinds[i] = ("attachment", "")
        elif k < header.body:
            kinds[i] = ("head", "")
        elif k in parts.signoff:
            kinds[i] = ("head", "落款")
        else:
            kinds[i] = ("body", "")
    for piece in parts.attached:
        for k in range(piece.first, piece.last):
            kinds[places[k]] = ("attachment", "")
    return kinds


def _find_missing_attachments(text: str, lines: Sequence[TextLine], parts: SignatureParts) -> list[Issue]:
    """Attachments that the letter lists but the file does not hold."""
    held = {_flat(piece.title.of(text)) for piece in parts.attached if piece.title}
    labelled = sum(piece.label is not None for piece in parts.attached)
    out: list[Issue] = []
    for first, last in parts.listings:
        for i in range(first, last):
            entry = re.sub(r"^附\s{0,4}件?\s{0,4}\d{0,2}\s?[:：]?", "", text[lines[i].start : lines[i].end]).strip()
            entry = re.sub(r"^\d{1,2}\s?[.．、]\s?", "", entry).strip("《》 　")
            entry = re.sub(r"[（(]略[)）]|[:：]", "", entry)
            if not entry or labelled >= last - first or any(_flat(entry) in name or name in _flat(entry) for name in held):
                continue
            out.append(Issue("attachment-missing", f"文中列有附件“{entry}”，但附件正文不在这份文件里。", lines[i].span))
    return out
