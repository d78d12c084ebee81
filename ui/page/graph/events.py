"""看图谱: a node with its neighbours, and three views with sentences: a time line, a path between two ends, a requirement by levels."""

from __future__ import annotations

from corpus.errors import PolicyError, UnclearDocument, UnknownDocument
from graph.queries.neighbourhood import resolve
from qa.suggestions import is_single_unit
from ui.desk.desk import Desk
from ui.labels import REGION_FILTER
from ui.page.events import Payload, listed, text
from ui.page.graph.steps import steps_view
from ui.page.graph.views import graph_view
from ui.page.kit.address import ARRIVE, standing
from ui.page.kit.forms import ask_box, select, text_field
from ui.page.kit.html import Html, cut, el, join
from ui.page.kit.states import empty_library, empty_state, error_message
from ui.page.kit.tab import Tab

Trail = tuple[tuple[str, str], ...]
KEPT = 5
SHOWN = 5
LOOKS = (("around", "周边"), ("timeline", "时间线"), ("path", "路径"), ("chain", "层级链"))
"""How a subject is looked at, by its name in an address."""
NEEDED = {
    "timeline": "请在上面写一份文件的标题、文号或文件名，再看它的时间线。",
    "path": "请在上面写一端，在“另一端”写另一个单位、指标或文件，再看两者之间的路径。",
    "chain": "请在上面写一项要求（如：过渡期医保资助），再看各级怎么写。",
}
"""What is said where a view lacks what it is of."""


def form(desk: Desk) -> Html:
    """The box, and nodes to start from."""
    units = [name for name, _ in desk.units()[:40] if is_single_unit(name)]
    starts = [(f"topic:{name}", name) for name in desk.topics()[:SHOWN]]
    starts += [(f"unit:{name}", name) for name in units[:SHOWN]]
    made = [el("button", name, type="button", class_="example", data_act="walk", data_node=key) for key, name in starts]
    return join(
        ask_box("graph-node", "从哪里看起", "看图谱", act="find", placeholder="单位、主题、指标、文件名，或一项要求"),
        el(
            "form",
            select("look", "怎样看", LOOKS, any_of=False),
            text_field("other", "另一端（看路径时）", placeholder="单位、指标或文件名"),
            text_field("region", f"{REGION_FILTER}（看层级链时）", placeholder="如 黔南州"),
            data_act="find",
            data_auto=True,
            class_="filters",
        ),
        el("div", el("span", "从这里看起"), made, class_="examples") if made else None,
    )


def start(desk: Desk) -> Html:
    """The newest document that obliges to something."""
    if not desk.entries():
        return empty_library()
    with_tasks = [entry for entry in desk.entries() if desk.facts_of(entry.info.id)[0]]
    if not with_tasks:
        return empty_state("还没有可画的图谱", "文档库里的文件没有读出任务。放入实施方案、行动计划一类的文件再来看。")
    found = desk.surroundings(f"document:{with_tasks[-1].info.id}")
    return graph_view(found) if found else empty_library()


def walk(desk: Desk, payload: Payload, trail: Trail | None) -> tuple[Html, Trail]:
    """The node that was pressed or named, and the way there."""
    if not desk.entries():
        return empty_library(), ()
    before = trail or ()
    act, key = text(payload, "act"), text(payload, "node")
    if act in ("find", ARRIVE) and (text(payload, "look") or "around") != "around":
        return _look(desk, payload), ()
    if act == ARRIVE:
        key, before = text(payload, "key"), _recalled(desk, listed(payload, "via"))
    if act == "find":
        words = (key or "")[:200]
        if not words:
            return start(desk), ()
        try:
            key = desk.read(lambda corpus: resolve(corpus, words))
        except UnclearDocument as error:
            return empty_state("没有找到", str(error)), before
        if key is None:
            return empty_state("没有找到", f"文档库里没有叫“{words[:40]}”的单位、主题、指标或文件。换一个名称试试。"), before
        before = ()
    found = desk.surroundings(key) if key else None
    if found is None or found.centre.key is None:
        return start(desk), ()
    here = (found.centre.key, found.centre.label)
    if here in before:
        before = before[: before.index(here)]
    values = {"key": found.centre.key, "via": [step for step, _ in before]}
    shown = join(graph_view(found, before), standing("graph", values, name=found.centre.label))
    return shown, (*before, here)[-KEPT:]


def _look(desk: Desk, payload: Payload) -> Html:
    """One of the views with sentences, with its address."""
    look, words = text(payload, "look") or "", (text(payload, "node") or "")[:200]
    other, region = ((text(payload, name) or "")[:200] for name in ("other", "region"))
    values = {"look": look, "node": words, "other": other, "region": region}
    here = standing("graph", values, name=words)
    if not words or look not in NEEDED or (look == "path" and not other):
        return join(empty_state("还缺一点", NEEDED.get(look, NEEDED["timeline"])), here)
    try:
        if look == "timeline":
            return join(steps_view(desk.timeline(words), "/api/v1/graph/timeline", {"document": words}), here)
        if look == "path":
            return join(steps_view(desk.paths(words, other), "/api/v1/graph/path", {"one": words, "other": other}), here)
        found = desk.chain(words, region=region or None)
        return join(steps_view(found, "/api/v1/graph/chain", {"subject": words, "region": region or None}), here)
    except UnclearDocument as error:
        return join(empty_state("没有找到", str(error)), here)
    except UnknownDocument:
        return join(empty_state("没有找到", f"文档库里没有“{cut(words, 40)}”这份文件。换一个标题、文号或文件名试试。"), here)
    except PolicyError as error:
        return join(error_message(str(error)), here)


def _recalled(desk: Desk, keys: list[str]) -> Trail:
    """The nodes that were walked through, as far as there are such nodes."""
    centres = [found.centre for key in keys[-KEPT:] if (found := desk.surroundings(key)) is not None]
    return tuple((centre.key, centre.label) for centre in centres if centre.key is not None)


TAB = Tab("graph", "看图谱", "正在画图…", form=form, start=start, act=walk, state=())
