"""文档库: files in, found, corrected, marked, out and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from cemai.corrections import find_start, join_document, split_document
from cemai.doubts import REASONS, Doubt
from cemai.library import Library
from corpus.corrections import FIELDS, Correction
from corpus.errors import PolicyError
from corpus.store import DocumentInfo
from corpus.titles import in_marks
from ingest.formats.registry import ENDINGS, list_formats
from ui.desk.backups import back_up
from ui.desk.catalogue import CatalogueQuery, count_values
from ui.desk.desk import Desk, ShelfEntry
from ui.page.events import Payload, integer, safely, text
from ui.page.kit.address import ARRIVE, standing
from ui.page.kit.html import Html, join
from ui.page.kit.states import empty_state, error_message
from ui.page.kit.tab import Step, Tab
from ui.page.library.editor import EditedDocument, editor_view, load_document
from ui.page.library.state import (
    BulkChange,
    ShelfState,
    UndoableChange,
    address_values,
    doubtful_ids,
    doubts_in_queue,
    read_query,
    shown_entries,
)
from ui.page.library.table import (
    bulk_bar,
    conditions_form,
    empty_shelf,
    notice_of_change,
    question_of_change,
    queue_lead,
    shelf_lead,
    shelf_table,
    upload_box,
)
from ui.page.tasks.ledgers import PAGE, pager

MOST_SKIPPED = 2_000
"""Documents put aside in the queue that are remembered; the oldest come back first."""


def form() -> Html:
    """Where files go in."""
    limit = f"{list_formats()}，每份不超过 50 MB；{list_formats(convertible=True)} 要装有 LibreOffice"
    return upload_box(",".join(f".{ending}" for ending in sorted(ENDINGS)), limit)


def answer(desk: Desk, payload: Payload, state: ShelfState | None) -> Step:
    """Do what was pressed, and show the table or the queue as it is then; an error leaves the state as it was."""
    kept = state or ShelfState()
    before = replace(kept, undo=None)
    act = text(payload, "act") or ""
    wrong: Html | None = None
    try:
        if act == "undo":
            after = _undo(desk, before, kept.undo)
        else:
            after = _ACTS[act](desk, payload, before) if act in _ACTS else kept
    except PolicyError as error:
        after, wrong = before, error_message(str(error))
    return safely(
        lambda: join(wrong, show(desk, after), standing("shelf", address_values(after), name=after.wanted.query))
    ), after


def _undo(desk: Desk, state: ShelfState, undo: UndoableChange | None) -> ShelfState:
    """Take back what was done last, to one document or to many."""
    if undo is None or not (undo.corrections or undo.removed):
        raise PolicyError("没有可以撤销的改动。")

    def work(library: Library) -> None:
        library.undo_corrections(undo.corrections)
        library.restore_many(undo.removed)

    desk.change(work)
    count = len(undo.removed)
    said = f"已恢复 {count} 份文件。" if count else "已撤销刚才的改动。"
    return replace(state, undo=UndoableChange(said))


def show(desk: Desk, state: ShelfState) -> Html:
    """The table or the queue."""
    notices = join(notice_of_change(state.undo), question_of_change(state.pending))
    if not desk.entries():
        return join(notices, empty_shelf())
    return join(notices, show_queue(desk, state) if state.queue else show_table(desk, state))


def show_table(desk: Desk, state: ShelfState) -> Html:
    """The conditions and a page of the rows that meet them."""
    entries = desk.entries()
    doubtful = doubtful_ids(desk)
    kept = shown_entries(desk, state)
    head = join(
        conditions_form(state.wanted, count_values(entries, state.wanted, doubtful)),
        shelf_lead(
            len(entries),
            len(kept),
            sum(entry.info.id in doubtful for entry in kept),
            state.wanted.conditions,
            desk.embedding,
        ),
    )
    if not kept:
        return join(head, empty_state("没有这样的文件", "没有同时符合这些条件的文件。请减少一个条件，或换一个词。"))
    start = min(state.start, max(0, len(kept) - 1))
    shown = kept[start : start + PAGE]
    doubts = _by_document(desk)
    opened = next((entry for entry in shown if entry.info.id == state.opened), None)
    editor = _editor(desk, opened, doubts.get(opened.info.id, []), state) if opened else None
    return join(
        head,
        bulk_bar(len(kept), len(shown), desk.regions()),
        shelf_table(shown, doubts, state.opened, editor),
        pager(len(kept), start, "shelf"),
    )


def show_queue(desk: Desk, state: ShelfState) -> Html:
    """The doubtful document that most depends on, with its editor."""
    every = doubts_in_queue(desk, replace(state, reason=None))
    found = doubts_in_queue(desk, state)
    counts = Counter(reason for doubts in every.values() for reason in {doubt.reason for doubt in doubts})
    left = [id for id in found if id not in state.skipped]
    lead = queue_lead(len(left), state.reason, counts)
    entry = desk.entry(left[0]) if left else None
    if entry is None:
        said = (
            f"还有 {len(found)} 份先跳过了，随时可以回来。"
            if found
            else "每份文件的标题、地区、日期和正文都核对过了，或没有疑问。"
        )
        return join(lead, empty_state("核对完了", said))
    return join(lead, _editor(desk, entry, found[entry.info.id], state, in_queue=True))


def _editor(desk: Desk, entry: ShelfEntry, doubts: list[Doubt], state: ShelfState, *, in_queue: bool = False) -> Html:
    kinds = Counter(other.info.head.kind for other in desk.entries() if other.info.head.kind)
    return editor_view(
        load_document(desk, entry, doubts),
        regions=desk.regions(),
        kinds=[kind for kind, _ in kinds.most_common(60)],
        doubts=doubts,
        who=state.who,
        in_queue=in_queue,
    )


def _by_document(desk: Desk) -> dict[str, list[Doubt]]:
    found: dict[str, list[Doubt]] = {}
    for doubt in desk.doubts():
        found.setdefault(doubt.document, []).append(doubt)
    return found


# ------------------------------------------------------------------ what is pressed


def _arrive(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
    """Show what an address says."""
    reason = text(payload, "reason")
    state = replace(
        state, wanted=read_query(payload), start=integer(payload, "start"), opened=None, pending=None,
        queue=text(payload, "queue") is not None, reason=reason if reason in REASONS else None, skipped=(),
    )  # fmt: skip
    return _edit(desk, {"doc": text(payload, "edit") or ""}, state) if text(payload, "edit") else state


def _filter(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
    return replace(state, wanted=read_query(payload), start=0, opened=None, pending=None)


def _clear(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
    return replace(state, wanted=CatalogueQuery(sort=state.wanted.sort), start=0, opened=None, pending=None)


def _page(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
    return replace(state, start=integer(payload, "start"), opened=None)


def _edit(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
    """Open the editor, on the page of the table where its document is."""
    entry = _entry(desk, payload)
    order = [one.info.id for one in shown_entries(desk, state)]
    if entry.info.id not in order:
        state = replace(state, wanted=CatalogueQuery(sort=state.wanted.sort))
        order = [one.info.id for one in shown_entries(desk, state)]
    start = order.index(entry.info.id) // PAGE * PAGE
    return replace(state, opened=entry.info.id, queue=False, pending=None, start=start)


def _cancel(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
    return replace(state, opened=None)


def _save(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
    entry = _entry(desk, payload)
    undo = _correct(desk, entry, payload)
    return replace(state, opened=None, undo=undo or UndoableChange("没有改动。"), who=(text(payload, "who") or "")[:50])


def _save_next(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
    """Save and go on; what a person left open is put aside, so that the next one comes."""
    entry = _entry(desk, payload)
    undo = _correct(desk, entry, payload)
    state = replace(state, undo=undo, who=(text(payload, "who") or "")[:50])
    return _skip(desk, payload, state) if any(d.document == entry.info.id for d in desk.doubts()) else state


def _skip(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
    return replace(state, skipped=(*state.skipped, text(payload, "doc") or "")[-MOST_SKIPPED:])


def _queue(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
    """Begin with the queue, or limit it to a reason; what was put aside before comes again."""
    return replace(state, queue=True, opened=None, pending=None, reason=text(payload, "reason"), skipped=())


def _list(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
    return replace(state, queue=False, opened=None)


def _revert(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
    done = desk.change(lambda library: library.undo_correction(integer(payload, "number")))
    return replace(state, undo=UndoableChange(f"已撤销{done.label}的更正，恢复读出的内容。"))


def _status(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
    info = _entry(desk, payload).info
    name = _name(info)
    if text(payload, "value"):
        made = desk.change(lambda library: library.correct(info.id, "status", text(payload, "value") or ""))
        return replace(state, undo=UndoableChange(f"{name}已标为废止。", (made.number,)))
    desk.change(lambda library: library.set_status(info.id, None))
    return replace(state, undo=UndoableChange(f"{name}已恢复为文件自身的状态。"))


def _remove(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
    info = desk.change(lambda library: library.remove(_entry(desk, payload).info.id))
    return replace(state, opened=None, undo=UndoableChange(f"已移除{_name(info)}。", removed=(info.id,)))


def _back_up(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
    made = back_up(desk.library.corpus.required_folder())
    said = f"已备份 {made.manifest.counts['documents']} 份文件到 {made.folder}。恢复：cemai restore {made.folder}"
    return replace(state, undo=UndoableChange(said))


def _split(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
    info = _entry(desk, payload).info

    def work(library: Library) -> Correction:
        start = find_start(library.corpus.text(info.row), text(payload, "words") or "")
        return split_document(library, info.id, start, who=state.who)

    made = desk.change(work)
    return replace(state, undo=UndoableChange("已划出一份内含文件。", (made.number,)))


def _join(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
    info = _entry(desk, payload).info
    made = desk.change(lambda library: join_document(library, info.id, integer(payload, "number"), who=state.who))
    return replace(state, undo=UndoableChange("已并回这份内含文件。", (made.number,)))


# ------------------------------------------------------------------ many documents


def _bulk(field: str | None) -> Callable[[Desk, Payload, ShelfState], ShelfState]:
    def ask(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
        """Ask before many documents are changed; a value that makes no sense is refused here."""
        from cemai.corrections import field_named, parse_value, write_value

        ids = _ticked(desk, payload, state)
        value = text(payload, "value") or ""
        if not ids:
            raise PolicyError("还没有选中文件。请先在表格左边勾选。")
        if field is not None:
            if not value:
                raise PolicyError(f"请先写要设的{FIELDS[field].label}。")
            named = field_named(field)
            value = desk.read(lambda _: write_value(desk.library, named, parse_value(desk.library, named, value)))
        return replace(state, pending=BulkChange(ids, field, value), opened=None)

    return ask


def _ticked(desk: Desk, payload: Payload, state: ShelfState) -> tuple[str, ...]:
    if text(payload, "everything"):
        return tuple(entry.info.id for entry in shown_entries(desk, state))
    asked = payload.get("doc")
    known = {entry.info.id for entry in desk.entries()}
    return tuple(id for id in (asked if isinstance(asked, list) else [asked]) if id in known)


def _confirm(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
    pending = state.pending
    if pending is None:
        raise PolicyError("没有等待确认的改动。")
    done = replace(state, pending=None)
    count = len(pending.documents)
    if pending.field is None:
        removed = desk.change(lambda library: [info.id for info in library.remove_many(pending.documents)])
        return replace(done, start=0, undo=UndoableChange(f"已移除 {count} 份文件。", removed=tuple(removed)))
    values = {pending.field: pending.value}
    made = desk.change(lambda library: library.correct_many(pending.documents, values, who=state.who))
    said = f"已把 {count} 份文件的{FIELDS[pending.field].label}设为“{pending.value}”。"
    return replace(done, undo=UndoableChange(said, tuple(correction.number for correction in made)))


def _dismiss(desk: Desk, payload: Payload, state: ShelfState) -> ShelfState:
    return replace(state, pending=None)


# ------------------------------------------------------------------ one document


def _correct(desk: Desk, entry: ShelfEntry, payload: Payload) -> UndoableChange | None:
    """Store what was changed in the form, and what a person ticked as right; None where nothing was."""
    doubts = [doubt for doubt in desk.doubts() if doubt.document == entry.info.id]
    document = load_document(desk, entry, doubts)
    values = _changed_values(document, payload) | _copies_said(document, payload)
    back = values.pop("status", None) if values.get("status") == "" else None
    if not values and back is None:
        return None
    id, who, note = entry.info.id, text(payload, "who"), text(payload, "note")

    def work(library: Library) -> list[Correction]:
        if back is not None:
            library.set_status(id, None)
        return library.correct_many([id], values, who=who, note=note) if values else []

    made = desk.change(work)
    labels = "、".join(FIELDS[name].label for name in [*values, *(["status"] if back is not None else [])])
    name = _name(desk.read(lambda corpus: corpus.find(id)))
    return UndoableChange(f"已更正{name}的{labels}。", tuple(correction.number for correction in made))


def _changed_values(document: EditedDocument, payload: Payload) -> dict[str, str]:
    """The fields whose value differs from the one shown, and those ticked as right; the page sends no empty field."""
    ticked = payload.get("ok")
    right = set(ticked if isinstance(ticked, list) else [ticked])
    values = {
        edited.field.name: written
        for edited in document.fields
        if (written := text(payload, f"to-{edited.field.name}") or "") != edited.value or edited.field.name in right
    }
    return values | ({"checked": "已核对"} if "checked" in right else {})


def _copies_said(document: EditedDocument, payload: Payload) -> dict[str, str]:
    """What was said of suspected copies, beside what was said before."""
    held = {edited.field.name: edited.value for edited in document.fields}
    said: dict[str, list[str]] = {}
    for other in document.others:
        word = text(payload, f"copy-{other}")
        if word in ("same", "other"):
            said.setdefault("copy_of" if word == "same" else "not_copy_of", []).append(other)
    return {name: "；".join(filter(None, [held[name], *others])) for name, others in said.items()}


def _entry(desk: Desk, payload: Payload) -> ShelfEntry:
    entry = desk.entry(text(payload, "doc") or "")
    if entry is None:
        raise PolicyError("这份文件已不在文档库里，可能刚被移除。")
    return entry


def _name(info: DocumentInfo) -> str:
    return in_marks(info.head.title or info.source)


_ACTS: Mapping[str, Callable[[Desk, Payload, ShelfState], ShelfState]] = {
    ARRIVE: _arrive, "filter": _filter, "clear": _clear, "page": _page, "edit": _edit, "cancel": _cancel, "save": _save, "save-next": _save_next,
    "skip": _skip, "queue": _queue, "list": _list, "revert": _revert, "status": _status, "remove": _remove,
    "split": _split, "join": _join, "bulk-region": _bulk("region"), "bulk-status": _bulk("status"), "bulk-remove": _bulk(None),
    "confirm": _confirm, "dismiss": _dismiss, "backup": _back_up,
}  # fmt: skip
_LOOKING = frozenset({
    ARRIVE, "filter", "clear", "page", "edit", "cancel", "skip", "queue", "list", "bulk-region", "bulk-status", "bulk-remove",
    "dismiss", "backup",
})  # fmt: skip
"""Presses that change nothing in the library."""

TAB = Tab(
    "shelf",
    "文档库",
    "正在处理…",
    form=form(),
    start=lambda desk: show(desk, ShelfState()),
    act=answer,
    state=ShelfState(),
    changes=lambda payload: text(payload, "act") not in _LOOKING,
)
