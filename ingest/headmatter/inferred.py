"""Infers a title for a text without one, from the document it carries out and the kind it calls itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.divisions import Division
from corpus.document import Reference, Span
from ingest.lexicon import expand
from ingest.lines.organs import kind_of

_SELF_KIND = re.compile(expand(r"{making_plans}(?:了)?{these}(?P<kind>[一-龥]{2,8}?)[。：:；;，,]"))
_ABOUT = re.compile(expand(r"关于(?P<what>.{4,80}?)的?(?P<kind>{kinds_carried_out})$"))
_ORGAN = re.compile(
    expand(
        r"(?P<party>中共[一-龥]{0,12}委员会|中共中央|中共[一-龥]{2,10}[{divisions}]委)|(?P<state>国务院|[一-龥]{2,12}人民政府)"
    )
)


def infer_title(text: str, body: Span, references: Sequence[Reference], division: Division | None) -> str | None:
    """The title inferred from an opening such as 为贯彻《甲关于某事的意见》…制定本实施意见: <某地>人民政府关于某事的实施意见. Else None."""
    opening = Span(body.start, min(body.end, body.start + 2500))
    own = _SELF_KIND.search(text, opening.start, opening.end)
    if own is None or kind_of("某" + own["kind"]) is None or division is None:
        return None
    above = [r for r in references if r.relation in ("贯彻", "依据") and r.span and r.span.end <= own.start()]
    for reference in reversed(above):
        match = _ABOUT.search(re.sub(r"\s+", "", reference.title))
        if match is None or match["what"].startswith(("印发", "转发", "发布", "公布")):
            continue
        issuers = reference.title[: match.start()]
        named = division.short if division.level == "市州" else division.name
        names: list[str] = []
        for organ in _ORGAN.finditer(issuers):
            if organ["party"]:
                names.append(f"中共{named}委")
            else:
                names.append(f"{named}人民政府")
        if issuers and not names:
            return None
        lead = " ".join(dict.fromkeys(names)) or f"{named}人民政府"
        return f"{lead}关于{match['what']}的{own['kind']}"
    return None
