"""What is kept up by changes equals what is made anew, whatever documents came, changed and went in whatever order."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest

from corpus.document import HeadMatter, ParsedDocument, Reference, Span
from corpus.store import READINGS, Corpus, following
from corpus.store.stored_views import FILE
from graph.documents.lineage import Citations, DocumentNames, edges
from graph.documents.named import fold_versions, resolver_of
from graph.documents.numbers import parse_number
from graph.documents.status import statuses
from graph.documents.works import works

DAYS = (dt.date(2019, 6, 1), dt.date(2026, 6, 1))
NAMES = ("供水管理办法", "燃气管理办法", "河道保护规定", "农村公路养护实施细则", "供水条例")
PLACES = (("云岫县", "522799"), ("青禾市", "5201"), (None, None))
BODIES = [
    "".join(f"第{n}条 {word}的{what}由{word}主管部门按照{n}级标准办理，逾期未办理的责令改正并通报{what}情况。" for n, what in enumerate(
        ("登记", "巡查", "收费", "验收", "抽检", "备案", "复核", "公示"), 1))
    for word in ("供水", "燃气", "河道", "公路", "消防")
]  # fmt: skip
ASKED = (
    "《云岫县供水管理办法》还有效吗",
    "云政发〔2015〕3号",
    "供水管理办法",
    "青禾市燃气办法",
    "公路养护细则",
    "d3.txt",
    "河道保护管理规定试行",
)


class Run:
    """A run of changes drawn at random."""

    def __init__(self, corpus: Corpus, seed: int) -> None:
        self.corpus = corpus
        self.draw = random.Random(seed)
        self.added = 0

    def step(self) -> str:
        """Make one change."""
        draw, corpus = self.draw, self.corpus
        live = list(corpus.heads)
        act = draw.choice(("add", "add", "replace", "remove", "restore", "purge", "correct", "relate", "undo", "status", "both"))
        if act == "add" or len(live) < 4:
            self.put()
        elif act == "replace":
            self.put(draw.choice(live))
        elif act == "remove":
            corpus.remove(draw.choice(live))
        elif act == "restore" and (gone := corpus.removed()):
            corpus.restore(draw.choice(gone).row)
        elif act == "purge":
            corpus.purge()
        elif act == "correct":
            field, value = draw.choice((
                ("title", self.title()), ("issued_on", f"{draw.randrange(2012, 2025)}-04-05"), ("doc_number", self.number()),
                ("expires_on", "2020-12-31"), ("region", [None, None, None]), ("issuers", ["青禾市人民政府"])))  # fmt: skip
            corpus.correct(draw.choice(live), field, value)
        elif act == "relate":
            one, other = draw.sample(live, 2)
            named = draw.choice((corpus.heads[other].id, corpus.heads[other].head.title, "d99"))
            corpus.correct(one, draw.choice(("copy_of", "not_copy_of", "replaces", "replaced_by")), [named])
        elif act == "undo" and (given := corpus.corrections()):
            corpus.undo_correction(draw.choice(given).number)
        elif act == "status":
            corpus.set_status(draw.choice(live), draw.choice(("已废止", "现行有效", None)))
        elif act == "both":
            with corpus.transaction():
                self.put()
                corpus.remove(draw.choice(live))
        return act

    def title(self) -> str:
        draw = self.draw
        place = draw.choice(PLACES)[0] or ""
        name = draw.choice(NAMES)
        return draw.choice((
            f"{place}{name}", f"{place}{name}", f"{place}{name}（试行）", f"{place}{name}（征求意见稿）", f"{place}{name}（2022年修订）",
            f"{place}人民政府关于印发{place}{name}的通知", f"{place}人民政府关于废止部分文件的决定", f"{place}规范性文件管理办法"))  # fmt: skip

    def number(self) -> str | None:
        return self.draw.choice((None, f"云政发〔{self.draw.randrange(2014, 2024)}〕{self.draw.randrange(1, 5)}号"))

    def put(self, instead: int | None = None) -> None:
        draw = self.draw
        region, code = draw.choice(PLACES)
        title, number = self.title(), self.number()
        said = draw.choice((
            "", "", f"本办法自2023年5月1日起施行，《{self.title()}》同时废止。", f"《{self.title()}》（{self.number()}）自2018年1月1日起废止。",
            f"《{self.title()}》有效期延长至2027年12月31日。", "本办法有效期与《供水条例》一致。",
            "规范性文件标注“暂行”“试行”的，有效期为2年。", f"现对《{self.title()}》作如下修订。"))  # fmt: skip
        body = draw.choice(BODIES)
        body = body if draw.random() < 0.5 else body[: len(body) - draw.randrange(1, 120)] + draw.choice(BODIES)[:60]
        text = f"{title}\n{body}\n规范性文件另有规定的从其规定。{said}\n"
        at = text.find(said) if said else 0
        spans = {"effective_on": Span(at, at + len(said))} if said.startswith("本办法") else {}
        based_on = (Reference(self.title(), "依据", self.number()),) if draw.random() < 0.5 else ()
        head = HeadMatter(
            based_on=based_on, title=title, doc_number=number, region=region, region_code=code, issuers=(f"{region or '某县'}人民政府",),
            issued_on=draw.choice((None, f"{draw.randrange(2014, 2024)}-03-0{draw.randrange(1, 9)}")),
            effective_on="2023-05-01" if "2023年5月1日" in said else None, spans=spans)  # fmt: skip
        self.added += 1
        id = f"d{self.added}"
        doc = ParsedDocument(id, f"{id}.txt", "txt", id * 4, text, head)
        replaces = [instead] if instead is not None else []
        self.corpus.put(doc, original=b"x", passages=(), facts=(), replaces=replaces)


def _made_of(corpus: Corpus) -> dict[str, Any]:
    """Everything that is kept up."""
    known = works(corpus)
    resolver, names = resolver_of(corpus), corpus.view(DocumentNames)
    return {
        "heads": dict(corpus.heads),
        "rows": dict(corpus.rows),
        "order": list(corpus.heads),
        "resolved": [resolver.resolve(text) for text in ASKED],
        "named": [
            [found.row for found in names.find_all(info, "云岫县供水管理办法", parse_number("云政发〔2015〕3号"))]
            for info in corpus.heads.values()
        ],
        "edges": edges(corpus),
        "cited": {row: corpus.view(Citations).cited.get(row, set()) for row in corpus.heads},
        "works": known.all,
        "replaced": {row: known.replaced_by(row) for row in corpus.heads},
        "proposals": known.proposals(),
        "several": known.several,
        "behind": [known.behind(day.isoformat()) for day in DAYS],
        "fronts": [fold_versions(corpus, corpus.heads, day) for day in DAYS],
        "statuses": [statuses(corpus, day) for day in DAYS],
    }


@pytest.mark.parametrize("seed", range(6))
def test_any_run_of_changes_gives_what_is_made_anew(tmp_path: Path, seed: int) -> None:
    with Corpus.open(tmp_path) as corpus:
        run = Run(corpus, seed)
        for _ in range(24):
            run.put()
        for step in range(60):
            act = run.step()
            if run.draw.random() < 0.3:
                continue  # several changes at once
            with Corpus.open(tmp_path) as anew:
                kept, made = _made_of(corpus), _made_of(anew)
            for behind, fronts in zip(kept["behind"], kept["fronts"], strict=True):
                assert behind == {row for rows in fronts.values() for row in rows}
            for name, value in made.items():
                assert kept[name] == value, (step, act, name)


@pytest.mark.parametrize("seed", range(4))
def test_views_of_another_process_are_followed_as_well(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "STORED_FROM", 1)
    with Corpus.open(tmp_path) as corpus:
        run = Run(corpus, seed)
        for _ in range(24):
            run.put()
    views = tmp_path / "cache" / f"{READINGS}{FILE}"
    for _ in range(12):
        with Corpus.open(tmp_path) as corpus:
            _made_of(corpus)
            views.unlink(missing_ok=True)
            corpus._following._made_anew = True
            corpus.store_views()
            assert views.exists()
        with Corpus.open(tmp_path) as corpus:
            run.corpus = corpus
            if run.draw.random() < 0.5:
                corpus.view(DocumentNames)  # some views are asked for before the change, others after it
            acts = [run.step() for _ in range(run.draw.randrange(1, 4))]
            taken_over = _made_of(corpus)
            assert corpus._following._stored is not None or "purge" in acts
            stored = views.read_bytes() if views.exists() else None
            views.unlink(missing_ok=True)
            with Corpus.open(tmp_path) as anew:
                made = _made_of(anew)
            if stored is not None:
                views.write_bytes(stored)
            for name, value in made.items():
                assert taken_over[name] == value, (acts, name)
