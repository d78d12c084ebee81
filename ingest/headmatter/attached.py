"""Reads the head matter of an attached document. What it does not state itself it takes from the notice that issues it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.divisions import NATION, Division, gazetteer
from corpus.document import HeadMatter, ParsedDocument, Reference, Span
from ingest.headmatter.head import HeadDraft, document_kind, find_draft_status, find_plan_period, put_force_dates
from ingest.headmatter.history import find_note, read_history
from ingest.headmatter.references import find_references
from ingest.headmatter.region import division_of, level_of, own_division_word, speaks_for_nation
from ingest.lexicon import expand
from ingest.lines.organs import leading_organs

_FORWARDED = re.compile(
    expand(
        r"(?:现将|将|转发)(?P<organ>[^《》，,。；;：:\s]{2,24})(?:《|关于)"
        r"|关于{forwarding}(?P<organ2>[^《》，,。；;：:\s]{2,24}?)(?:《|关于)|征求(?P<organ3>[^《》，,。；;：:\s]{2,20}?)《"
    )
)
_FORWARDS = re.compile(expand(r"{forwarding}|征求"))
_ACT_BEFORE = re.compile(r"^(?:转发|印发|征求)")
_MADE_BY = re.compile(expand(r"(?:(?:联合)?{drawing_up})?的?$"))
_TIER = (
    ("省", re.compile(expand(r"^{province_openers}"))),
    ("市州", re.compile(expand(r"^{prefecture_openers}"))),
    ("县", re.compile(r"^(?:县|旗)")),
)


def attached_head(
    text: str, title: Span | None, span: Span, letter: HeadMatter, references: Sequence[Reference], *, opening: str, issued: bool
) -> HeadMatter:
    """Head matter of the attached document ``span``. ``issued``: the letter issues or forwards this very document by name."""
    draft = HeadDraft()
    name = re.sub(r"\s*\n\s*", "", title.of(text)) if title else None
    draft.put("title", name, title)
    draft.put("kind", document_kind(name) if name else None, title)
    if name:
        find_plan_period(text, draft, name, None)
        status = find_draft_status(name)
        draft.put("status", status, title)
        draft.put("issuers", leading_organs(name), title)
    forwarded = issued and _FORWARDS.search(re.sub(r"\s", "", letter.title or "") + opening[:200]) is not None
    forwarded = forwarded and "关于印发" not in (letter.title or "")
    organ = _forwarding_organ(letter.title or "", opening) if forwarded else None
    elsewhere = None if forwarded else _division_in_title(name, letter)
    if forwarded:
        _put_forwarded_region(text, draft, span, letter, organ)
    elif elsewhere is not None:
        draft.values["region"], draft.values["region_code"] = elsewhere.path, elsewhere.code
        draft.values["level"] = level_of(elsewhere)
        if title is not None:
            draft.spans["region"] = title
    else:
        draft.values["region"], draft.values["region_code"] = letter.region, letter.region_code
        draft.values["level"] = letter.level
        draft.inferred.update(("region",) if letter.region else ())
        if issued:
            for field in ("issuers", "doc_number", "issued_on", "published_on", "effective_on", "expires_on"):
                draft.put(field, getattr(letter, field), letter.spans.get(field), inferred=True)
            draft.put("status", letter.status, letter.spans.get("status"), inferred=True)
        elif letter.issuers:
            draft.put("issuers", letter.issuers, letter.spans.get("issuers"), inferred=True)
            draft.put("issued_on", letter.issued_on, letter.spans.get("issued_on"), inferred=True)
    note = find_note(text, title.end, span.end) if title is not None else None
    history = read_history(text, note) if note is not None else ()
    draft.put("history", history)
    put_force_dates(text, draft, span)
    return draft.done(references)


def read_part(document: ParsedDocument, span: Span) -> HeadMatter:
    """The head matter of a stretch of a document that a person says is a document of its own; its name line is its title."""
    text = document.text
    inside = span.trimmed(text)
    end = text.find("\n", inside.start, inside.end)
    title = Span(inside.start, end if end >= 0 else inside.end).trimmed(text)
    references = find_references(text, title.end, inside.end, own=[title.of(text)])
    return attached_head(text, title, inside, document.head, references, opening=text[:800], issued=False)


def _division_in_title(name: str | None, letter: HeadMatter) -> Division | None:
    """The division that a title begins with (a city's plan attached to a province's notice); None for the letter's own."""
    division = division_of(name.lstrip("《")) if name else None
    return division if division is not None and division.code != letter.region_code else None


def _forwarding_organ(title: str, opening: str) -> str | None:
    for source in (opening[:400], title):
        for match in _FORWARDED.finditer(re.sub(r"\s", "", source)):
            organ = match["organ"] or match["organ2"] or match["organ3"]
            organ = _ACT_BEFORE.sub("", organ)
            if organ and not organ.startswith(("《", "关于")):
                return _MADE_BY.sub("", organ)
    return None


def _put_forwarded_region(text: str, draft: HeadDraft, span: Span, letter: HeadMatter, organ: str | None) -> None:
    """Set the region of a forwarded document: of the organ that made it, else of the level that the text calls its own (全省)."""
    if organ:
        draft.put("issuers", (organ,))
    below = gazetteer().by_code.get(letter.region_code or "")
    division: Division | None = None
    if organ:
        if speaks_for_nation(organ):
            division = NATION
        else:
            division = division_of(organ) or _ancestor_for_organ(below, organ)
    if division is None and draft.text("title") and draft.text("title"):
        division = division_of(draft.text("title") or "")
    if division is None:
        what = own_division_word(text, span.start, min(span.end, span.start + 8000))
        if what in ("省", "自治区"):
            division = _ancestor_for_organ(below, "省")
        elif what in ("市", "州"):
            division = _ancestor_for_organ(below, "市")
    if division is not None:
        draft.values["region"], draft.values["region_code"] = division.path, division.code
        draft.values["level"] = level_of(division)
        draft.inferred.add("region")
    else:
        draft.values["region"], draft.values["region_code"] = letter.region, letter.region_code
        draft.values["level"] = letter.level
        draft.inferred.add("region")


def _ancestor_for_organ(division: Division | None, organ: str) -> Division | None:
    """The ancestor of a division at the level that an organ's name begins with: 省扶贫办 in a document of 延安市 → 陕西省."""
    if division is None:
        return None
    chain = [division, *gazetteer().parents(division)]
    for level, pattern in _TIER:
        if pattern.match(organ):
            return next((d for d in chain if d.level == level), None)
    return None
