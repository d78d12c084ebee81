"""The editor of a document's head matter: every field with what was read, what a person gave, and what is doubtful."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cemai.corrections import STATUSES, held_value, write_value, written_correction
from cemai.doubts import Doubt
from corpus.corrections import FIELDS, CorrectableField, Correction, read_value
from corpus.document import LEVELS
from corpus.store import DocumentInfo
from corpus.titles import in_marks
from graph.codec.columns import UNSTATED
from ui.desk.desk import Desk, ShelfEntry
from ui.page.kit.address import document_link
from ui.page.kit.forms import choices_list
from ui.page.kit.html import Html, cut, el, join

EDITED: tuple[CorrectableField, ...] = tuple(f for f in FIELDS.values() if f.type != "parts" and f.name != "checked")
"""The fields of the form, in order."""
OPENING, CLOSING = 420, 160
"""Characters of the beginning and the end of a text beside the fields of a doubtful document."""
_WIDE = frozenset({"title", "issuers", "replaces", "replaced_by", "copy_of", "not_copy_of"})
_HINTS: Mapping[str, str] = {
    "issuers": "几个机关之间用顿号",
    "plan_period": "如 2021-2025",
    "replaces": "标题、文号或编号，几份之间用分号",
    "replaced_by": "标题、文号或编号，几份之间用分号",
    "copy_of": "标题、文号或编号",
    "not_copy_of": "标题、文号或编号",
}


@dataclass(frozen=True, slots=True)
class EditedField:
    """A field as the form shows it: the value that holds, the one that was read, and the correction in force."""

    field: CorrectableField
    value: str
    read: str
    inferred: bool
    correction: Correction | None


@dataclass(frozen=True, slots=True)
class EditedDocument:
    """A document with everything its form shows."""

    info: DocumentInfo
    status: str
    fields: tuple[EditedField, ...]
    history: tuple[tuple[Correction, str, str], ...]
    parts: tuple[str, ...]
    opening: str
    closing: str
    others: Mapping[str, str]
    """Titles of the documents that it may be a copy of, by id."""


def load_document(desk: Desk, entry: ShelfEntry, doubts: Sequence[Doubt]) -> EditedDocument:
    """Read what the form of a document shows."""
    info = entry.info
    every = desk.corrections(info.id)
    in_force = desk.read(lambda corpus: corpus.corrections_of(info.id, info.source, info.origin))

    def read() -> EditedDocument:
        doc = desk.library.corpus.document(info.row, as_read=True)
        current = desk.library.corpus.document(info.row)
        fields = []
        for field in EDITED:
            correction = next((c for c in in_force if c.field == field.name), None)
            value = write_value(desk.library, field, held_value(info, in_force, field))
            if field.name == "status":
                value = info.user_status or ""
            was = write_value(desk.library, field, read_value(doc, field.name))
            fields.append(EditedField(field, value, was, field.name in doc.head.inferred, correction))
        return EditedDocument(
            info=info,
            status=entry.status,
            fields=tuple(fields),
            history=tuple((c, *written_correction(desk.library, c)) for c in reversed(every)),
            parts=tuple(part.head.title or part.span.of(doc.text)[:30] for part in current.attached),
            opening=doc.text[:OPENING].strip(),
            closing=doc.text[max(OPENING, len(doc.text) - CLOSING) :].strip(),
            others={d.other: _name(desk, d.other) for d in doubts if d.other},
        )

    return desk.read(lambda _: read())


def editor_view(
    document: EditedDocument,
    *,
    regions: Sequence[str],
    kinds: Sequence[str],
    doubts: Sequence[Doubt] = (),
    who: str = "",
    in_queue: bool = False,
) -> Html:
    """The form of one document; in the queue only the doubtful fields are open, and its text is beside them."""
    doubtful = {doubt.field for doubt in doubts if doubt.reason != "copy"}
    shown = [field for field in document.fields if field.field.name in doubtful] if in_queue else list(document.fields)
    rest = [field for field in document.fields if field not in shown]
    drawn = [
        _field(field, document, [d for d in doubts if d.field == field.field.name], focus=i == 0) for i, field in enumerate(shown)
    ]
    id = document.info.id
    buttons = (
        [
            el("button", "保存并下一份", type="submit", class_="primary"),
            el("button", "跳过", type="button", class_="quiet", data_act="skip", data_doc=id),
        ]
        if in_queue
        else [
            el("button", "保存", type="submit", class_="primary"),
            el("button", "关闭", type="button", class_="quiet", data_act="cancel"),
        ]
    )
    form = el(
        "form",
        el("input", type="hidden", name="doc", value=id),
        _of_text([doubt for doubt in doubts if doubt.reason == "text"]),
        _of_copies(document, [doubt for doubt in doubts if doubt.reason == "copy"]),
        el("div", drawn, class_="edit-fields"),
        el("details", el("summary", "其余要素"), el("div", [_field(f, document, ()) for f in rest], class_="edit-fields"), class_="more")
        if rest
        else None,
        el(
            "div",
            _input("who", "更正人（可不填）", who, maxlength=50),
            _input("note", "依据（可不填）", "", maxlength=300),
            class_="edit-fields by",
        ),
        el("div", buttons, class_="edit-acts"),
        choices_list("shelf-regions", regions),
        choices_list("shelf-kinds", kinds),
        data_act="save-next" if in_queue else "save",
        class_="edit-form",
    )  # fmt: skip
    beside = _text_beside(document) if in_queue else None
    head = el(
        "div",
        el("h3", cut(document.info.head.title or document.info.source, 120)),
        document_link("看原文", id),
        class_="lead",
    )
    return el(
        "div",
        head,
        el("p", document.info.source, class_="meta") if document.info.head.title else None,
        el("div", form, beside, class_="edit-body" if beside else None),
        _parts(document),
        _history(document),
        class_="editor",
    )


def _field(edited: EditedField, document: EditedDocument, doubts: Iterable[Doubt], *, focus: bool = False) -> Html:
    field = edited.field
    name = f"to-{field.name}"
    wide = "wide" if field.name in _WIDE else None
    if field.name == "level":
        control = _select(name, field.label, LEVELS, edited.value, UNSTATED, focus)
    elif field.name == "status":
        control = _select(name, field.label, STATUSES, edited.value, f"按文件判断（{document.status}）", focus)
    else:
        lists = {"region": "shelf-regions", "kind": "shelf-kinds"}
        hint = "如 2024-05-01" if field.type == "date" else _HINTS.get(field.name)
        control = _input(name, field.label, edited.value, placeholder=hint, list=lists.get(field.name), data_focus=focus)
    return el(
        "div",
        control,
        _origin(edited),
        [_doubt(doubt, name, edited.value) for doubt in doubts if doubt.reason != "copy"],
        class_=wide,
    )


def _input(name: str, label: str, value: str, **attributes: object) -> Html:
    made = {"type": "text", "autocomplete": "off", "maxlength": 500} | attributes
    return el("label", el("span", label), el("input", name=name, value=value, **made), class_="field")


def _select(name: str, label: str, values: Sequence[str], chosen: str, empty: str, focus: bool) -> Html:
    known = list(values) if not chosen or chosen in values else [chosen, *values]
    options = [el("option", empty, value=""), *(el("option", v, value=v, selected=v == chosen) for v in known)]
    return el("label", el("span", label), el("select", options, name=name, data_focus=focus), class_="field")


def _origin(edited: EditedField) -> Html | None:
    """Where a value comes from: a person, the text, a conclusion, or nowhere."""
    read = edited.read or "未读出"
    correction = edited.correction
    if correction is not None:
        by = " · ".join(part for part in ("人工更正", correction.who, correction.at[:10]) if part)
        undo = el("button", "撤销更正", type="button", class_="open", data_act="revert", data_number=correction.number)
        return el("p", el("span", by, class_="tag"), f"　读出：{cut(read, 60)}　", undo, class_="meta")
    if edited.field.type == "documents" or edited.field.name == "status":
        return None
    return el("p", "推定，原文没有写明" if edited.inferred else "读自原文" if edited.read else "未读出", class_="meta")


def _doubt(doubt: Doubt, name: str, value: str) -> Html:
    """Why a field is doubtful, what may be written there, and how a person says that it is right."""
    take = None
    if doubt.proposal and doubt.proposal != value:
        take = el(
            "button",
            f"采用“{cut(doubt.proposal, 60)}”",
            type="button",
            class_="quiet",
            data_put=name,
            data_text=doubt.proposal,
            title=doubt.proposal,
        )
    said = "原文确实没有" if doubt.reason in ("title-missing", "region-missing", "date-missing") else "无误，不用改"
    return el("div", el("span", doubt.message, class_="why"), take, _tick(doubt.field, said), class_="doubt")


def _tick(field: str, label: str) -> Html:
    return el("label", el("input", type="checkbox", name="ok", value=field), label, class_="tick")


def _of_text(doubts: Sequence[Doubt]) -> Html | None:
    if not doubts:
        return None
    said = [el("span", cut(doubt.message, 400), class_="why") for doubt in doubts]
    return el("div", said, _tick("checked", "正文已对照原件核对"), class_="doubt wide")


def _of_copies(document: EditedDocument, doubts: Sequence[Doubt]) -> Html | None:
    rows = [
        el(
            "div",
            el("span", doubt.message, class_="why"),
            document_link("看那一份", doubt.other or ""),
            el(
                "label",
                el("span", f"与{document.others.get(doubt.other or '', '另一份')}", class_="unseen"),
                el("select", el("option", "还不能确定", value=""), el("option", "是同一份（副本）", value="same"),
                   el("option", "不是同一份", value="other"), name=f"copy-{doubt.other}", data_focus=True),
            ),
            class_="doubt",
        )
        for doubt in doubts
    ]  # fmt: skip
    return el("div", rows, class_="wide") if rows else None


def _text_beside(document: EditedDocument) -> Html:
    """The beginning and the end of the text, where title, issuer, number and date are."""
    closing = join(el("p", "……", class_="soft"), el("p", document.closing, class_="quote")) if document.closing else None
    return el(
        "section",
        el("h3", "原文的开头和结尾"),
        el("p", document.opening, class_="quote"),
        closing,
        class_="edit-text",
        tabindex="0",
    )


def _parts(document: EditedDocument) -> Html:
    id = document.info.id
    rows = [
        el(
            "li",
            el("span", cut(title, 80)),
            el("button", "并回", type="button", class_="open", data_act="join", data_doc=id, data_number=number),
        )
        for number, title in enumerate(document.parts, 1)
    ]
    return el(
        "details",
        el("summary", f"内含文件 {len(rows)} 份" if rows else "内含文件"),
        el("ol", rows) if rows else el("p", "没有识别出单独的一份。", class_="soft"),
        el(
            "form",
            el("input", type="hidden", name="doc", value=id),
            _input("words", "另有一份从这几个字开始（照原文写，文中只出现一次）", ""),
            el("button", "划出", type="submit", class_="quiet"),
            data_act="split",
            class_="filters",
        ),
        class_="more",
    )


def _history(document: EditedDocument) -> Html | None:
    if not document.history:
        return None
    rows = [
        el(
            "li",
            f"{c.at[:10]}　{c.who or '未署名'}　{c.label}：{cut(value, 80)}（原来读出：{cut(was, 80)}）",
            f"　{c.note}" if c.note else None,
            el("span", f"　{c.undone_at[:10]} 撤销", class_="soft") if c.undone_at else None,
        )
        for c, value, was in document.history
    ]
    return el("details", el("summary", f"更正记录 {len(rows)} 条"), el("ul", rows), class_="more")


def _name(desk: Desk, id: str) -> str:
    entry = desk.entry(id)
    title = entry.info.head.title if entry else None
    return in_marks(title) if title else entry.info.source if entry else "另一份文件"
