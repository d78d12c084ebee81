"""Today at a desk 今日: what is worked out from documents is kept until the library changes, what the office says is read each time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from cemai.incoming import AnswerChange, IncomingDocument, changed_answers, days_back, find_incoming, list_arrived, saved_answers
from cemai.today import DaySummary, OwnUnit, doubts_of_region, due_now, find_expiring
from qa.answers.replay import Replay
from ui.desk.desk import Desk
from ui.desk.supervision import due_tasks


def day_summary(
    desk: Desk,
    own: OwnUnit,
    *,
    since: str | None = None,
    as_of: dt.date | None = None,
    saved: Iterable[str] = (),
    most: int | None = None,
) -> DaySummary:
    """Everything that a day has for a unit of a region (see ``cemai.today.summarize_day``).

    ``saved`` are ids of kept answers that a person wants watched, beside those whose questions stand in dossiers. Of what came in
    the last ``most`` documents are looked at, which takes long where many came; all without it.
    """
    day = as_of or dt.date.today()
    since = since or days_back(day)
    with desk.state():
        return DaySummary(
            day,
            since,
            own,
            desk.read(lambda corpus: len(list_arrived(corpus, since, own.region))),
            incoming_documents(desk, own, since, day, most),
            desk.read(lambda corpus: tuple(find_expiring(corpus, own.region, day)), keep=f"expiring|{own.region}|{day}"),
            due_now(due_tasks(desk, unit=own.unit, region=own.region, as_of=day), day),
            answers_changed(desk, saved, day),
            desk.read(lambda corpus: tuple(doubts_of_region(corpus, desk.doubts(), own.region)), keep=f"doubts|{own.region}"),
        )


def incoming_documents(
    desk: Desk, own: OwnUnit, since: str, day: dt.date, most: int | None = None
) -> tuple[IncomingDocument, ...]:
    """What came in since a day or moment, or the last ``most`` of it."""

    def find() -> list[IncomingDocument]:
        compare = desk.versions
        return find_incoming(desk.library, since, unit=own.unit, region=own.region, as_of=day, compare=compare, most=most)

    return desk.read(lambda _: tuple(find()), keep=f"incoming|{own.unit}|{own.region}|{since}|{day}|{most}")


def answers_changed(desk: Desk, saved: Iterable[str], day: dt.date) -> tuple[AnswerChange, ...]:
    """The watched answers that would be given otherwise; each is asked again once for a state of the library."""

    def replay(id: str) -> Replay:
        dated = (desk.library.kept_answer(id).payload.get("asked") or {}).get("as_of")
        return desk.library.replay(id, as_of=None if dated else day)

    with desk.state():
        ids = [*(id for id in saved if desk.kept_answer(id) is not None), *desk.read(saved_answers)]
        return tuple(
            changed_answers(desk.library, ids, day, replay=lambda id: desk.read(lambda _: replay(id), keep=f"recheck|{id}|{day}"))
        )
