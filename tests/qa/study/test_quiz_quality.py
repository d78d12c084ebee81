"""Questions on real and made documents: each right answer is proven by its citation, and no other answer is right.

The checks here read the texts and facts themselves; they share nothing with ``qa.study.proof``, which decides what is asked.
"""

import datetime as dt
import itertools
import os
import random
import re
from pathlib import Path

import pytest

from corpus.folding import fold
from corpus.store import Corpus
from graph.codec.records import TaskRecord
from graph.codec.rows import to_rows
from graph.extract import extract
from graph.kinds import PUBLISHED
from graph.units.resolve import parts_of
from ingest.reader import read
from qa import study
from qa.study.facts import StudyFacts
from qa.study.guessing import chances, guess, is_guessable
from qa.study.question import BLANK, QuizQuestion
from qa.study.validity_questions import in_force

SHARED = Path(os.environ.get("CEMAI_SHARED", Path(__file__).resolve().parents[4] / "shared"))
ROUNDS = 80
DAY = dt.date(2026, 11, 30)
REMEMBERED = ("unit", "number", "term", "deadline")


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    files = sorted((SHARED / "seeds").glob("*.txt"))
    if not files:
        pytest.skip("the shared documents are not here: set CEMAI_SHARED")
    with Corpus.open(tmp_path_factory.mktemp("seeds")) as corpus:
        for path in files:
            doc = read(path.read_bytes(), path.name)
            corpus.put(doc, original=path.read_bytes(), passages=[], facts=to_rows(doc, extract(doc)))
        yield corpus


@pytest.fixture(scope="module")
def questions(seeds):
    return [question for seed in range(7, 15) for question in study.quiz(seeds, ROUNDS, seed, as_of=DAY, guessable=True)]


def facts_of(corpus, question):
    wanted = set(question.facts)
    return [fact for kind in PUBLISHED for fact in corpus.facts(kind.record) if fact.id in wanted]


def holds(unit, fact):
    """Whether a unit, by any form of its name, has a part in a task."""
    mine = parts_of(unit)
    for other in fact.value.units:
        theirs = parts_of(other.name)
        if fold(unit) == fold(other.name) or (mine and theirs and mine.usual == theirs.usual):
            return True
    return fold(unit) in fold(fact.value.quote)


def said(question):
    return fold(question.prompt.partition("\n")[2]).rstrip("。.")


def second_right(corpus, question):
    """Offered answers besides the key that would be right, too; and keys that are not."""
    texts = {c.source_id: corpus.text(corpus.find(c.source_id).row) for c in question.citations}
    quotes = [fold(texts[c.source_id][c.start : c.end]) for c in question.citations]
    facts = facts_of(corpus, question)
    tasks = [fact for fact in facts if isinstance(fact.value, TaskRecord)]
    if question.kind == "fill":
        filled = said(question).replace(fold(BLANK), question.answer[0])
        return [] if any(filled in quote for quote in quotes) else ["填空"]
    if question.kind == "match":
        by_id = {fact.id: fact for fact in tasks}
        ordered = [by_id[id] for id in question.facts]
        right = [
            order
            for order in itertools.permutations(question.options, len(ordered))
            if all(holds(unit, fact) for unit, fact in zip(order, ordered, strict=True))
        ]
        return [] if right == [question.answer] else ["连线"]
    wrong = [option for option in question.options if option not in question.answer]
    if BLANK in question.prompt:
        both = {option: said(question).replace(fold(BLANK), fold(option)) for option in question.options}
        stand = {option for option, text in both.items() if any(text in quote for quote in quotes)}
        return sorted(stand ^ set(question.answer))
    if tasks and question.proof:  # which of these tasks a unit has
        named = {fact.value.name: fact for fact in corpus.facts(TaskRecord) if fact.document == tasks[0].document}
        return [name for name in wrong if holds(question.proof[0], named[name])]
    if tasks and "完成" not in question.prompt:
        return [unit for unit in wrong if holds(unit, tasks[0])] + [u for u in question.answer if not holds(u, tasks[0])]
    missing = [option for option in question.answer if not any(fold(option) in quote for quote in quotes)]
    return missing + [option for option in wrong if any(fold(option) in quote for quote in quotes)]


def test_what_is_remembered_is_proven_and_has_one_right_answer(seeds, questions):
    asked = [question for question in questions if question.aim in REMEMBERED]
    assert len(asked) >= 25
    bad = [(question.id, fault) for question in asked if (fault := second_right(seeds, question))]
    assert bad == []


def test_every_citation_is_its_source(seeds, questions):
    for question in questions:
        assert question.citations
        for citation in question.citations:
            assert seeds.text(seeds.find(citation.source_id).row)[citation.start : citation.end] == citation.quote


def test_the_check_finds_a_second_right_answer(seeds, questions):
    """The check itself can fail: a question whose key is exchanged for a wrong option does not pass."""
    from dataclasses import replace

    for kind in sorted({q.kind for q in questions if q.aim in REMEMBERED}):
        question = next(q for q in questions if q.kind == kind and q.aim in REMEMBERED)
        if kind == "fill":
            other = replace(question, answer=("987654",))
        elif kind == "match":
            other = replace(question, answer=question.answer[::-1])
        else:
            other = replace(question, answer=tuple(o for o in question.options if o not in question.answer))
        assert second_right(seeds, question) == [] and second_right(seeds, other) != [], kind


# ------------------------------------------------------------------ made documents, whose answers are known

GRANTS = """青禾市人才安居补贴办法
青政发〔2024〕{n}号
青禾市人民政府
2024年{month}月1日
第一条 对全职引进的博士研究生，给予一次性{a}万元购房补贴；对全职引进的硕士研究生，给予一次性{b}万元购房补贴；对全职引进的本科毕业生，给予一次性{c}万元购房补贴。
第二条 连续缴存住房公积金满24个月的职工购买自住住房的，给予{d}万元购房补贴。
第三条 购买首套自住住房的，住房公积金贷款最高额度由{e}万元提高到{f}万元；购买第二套自住住房的，住房公积金贷款最高额度由{g}万元提高到{h}万元。
第四条 申请人有下列情形之一的，不予补贴：
（一）提供虚假材料的；
（二）在本市已有两套以上住房的；
（三）被列入失信名单的。
第五条 申请人符合下列条件的，可以申请补贴：
（一）与本市用人单位签订劳动合同的；
（二）在本市依法缴纳社会保险的；
（三）取得本市居住证满一年的。
第六条 本办法自2024年{month}月1日起施行，有效期至{end}。
"""
VALUES = [
    {"n": 1, "month": 1, "a": 30, "b": 15, "c": 8, "d": 12, "e": 50, "f": 70, "g": 40, "h": 55, "end": "2026年12月31日"},
    {"n": 2, "month": 3, "a": 25, "b": 14, "c": 6, "d": 10, "e": 45, "f": 65, "g": 35, "h": 52, "end": "2025年12月31日"},
    {"n": 3, "month": 5, "a": 40, "b": 20, "c": 9, "d": 16, "e": 60, "f": 90, "g": 48, "h": 72, "end": "2027年6月30日"},
    {"n": 4, "month": 7, "a": 35, "b": 18, "c": 5, "d": 11, "e": 55, "f": 80, "g": 42, "h": 66, "end": "2025年6月30日"},
]
NAMES = ("青禾市人才安居补贴办法", "白沙市青年安居补贴办法", "石桥市人才购房补贴办法", "云岭市安居补贴办法")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with Corpus.open(tmp_path_factory.mktemp("made")) as corpus:
        for name, values in zip(NAMES, VALUES, strict=True):
            put(corpus, name, GRANTS.format(**values))
        yield corpus


def put(corpus, name, text):
    data = text.replace("青禾市", name[:3]).replace(f"{name[:3]}人才安居补贴办法", name).encode()
    doc = read(data, f"{name}.txt")
    corpus.put(doc, original=data, passages=[], facts=to_rows(doc, extract(doc)))


@pytest.fixture(scope="module")
def understood(made):
    found = [question for seed in range(8) for question in study.quiz(made, 40, seed, as_of=dt.date(2025, 3, 1), guessable=True)]
    return list({question.id: question for question in found}.values())


def bare(text):
    return re.sub(r"[^\u4e00-\u9fff0-9%.]", "", fold(text))


def named(question):
    """The made document a question is about, by its title, with its values."""
    title = re.search(r"《(.+?)》", question.prompt)[1]
    return VALUES[NAMES.index(title)], title


def text_of(question, corpus):
    return corpus.text(corpus.find(question.citations[0].source_id).row)


def test_what_somebody_gets_is_what_the_text_gives_that_case(made, understood):
    asked = [q for q in understood if q.aim == "entitlement" and "情形适用哪一项" in q.prompt]
    assert len(asked) >= 6
    for question in asked:
        said = question.prompt.partition("\n")[2].rstrip("…")
        right = [option for option in question.options if bare(said + option) in bare(text_of(question, made))]
        assert right == list(question.answer), question.text(answers=True)


def test_who_gets_it_is_who_the_text_gives_it_to(made, understood):
    asked = [q for q in understood if "下列哪一种情形适用" in q.prompt]
    assert asked
    for question in asked:
        rule = re.search(r"适用“(.+)”", question.prompt)[1]
        right = [option for option in question.options if bare(option + rule) in bare(text_of(question, made))]
        assert right == list(question.answer), question.text(answers=True)


def test_a_made_case_falls_on_its_side_of_the_limit(understood):
    asked = [q for q in understood if q.aim == "case"]
    assert {q.answer[0] == "不够这一条的条件" for q in asked} == {True, False}
    for question in asked:
        months = int(re.search(r"公积金(\d+)个月", question.prompt)[1])
        values, _ = named(question)
        expected = f"给予{values['d']}万元购房补贴" if months >= 24 else "不够这一条的条件"
        assert months != 24 and question.answer == (expected,), question.text(answers=True)


def test_a_day_lies_in_the_term_of_its_document_and_no_other_does(understood):
    asked = [q for q in understood if "下列哪一天" in q.prompt]
    assert asked
    for question in asked:
        values, _ = named(question)
        within = [option for option in question.options if dt.date(2024, values["month"], 1) <= day(option) <= day(values["end"])]
        assert within == list(question.answer), question.text(answers=True)


def test_of_four_documents_one_held_on_the_day(tmp_path):
    # one after the other: of the made ones, four hold at nearly the same time
    years = dict(zip(NAMES, (2019, 2021, 2023, 2025), strict=True))
    with Corpus.open(tmp_path) as corpus:
        for (name, year), values in zip(years.items(), VALUES, strict=True):
            put(corpus, name, GRANTS.format(**{**values, "end": f"{year + 1}年12月31日"}).replace("2024年", f"{year}年"))
        study_facts = StudyFacts(corpus, DAY)
        asked = [question for seed in range(8) for question in in_force(study_facts, DAY, random.Random(seed))]
    assert {name for question in asked for name in question.answer} == set(NAMES)
    for question in asked:
        on = day(re.search(r"20\d\d年\d+月\d+日", question.prompt)[0])
        holding = [
            name for name in question.options
            if dt.date(years[name], VALUES[NAMES.index(name)]["month"], 1) <= on <= dt.date(years[name] + 1, 12, 31)
        ]  # fmt: skip
        assert holding == list(question.answer)


def day(text):
    return dt.date(*map(int, re.findall(r"\d+", text)))


def test_a_change_is_the_one_the_text_makes(understood):
    asked = [q for q in understood if "作了怎样的调整" in q.prompt]
    assert asked
    for question in asked:
        values, _ = named(question)
        old, new = ("e", "f") if "首套" in question.prompt else ("g", "h")
        assert question.answer == (f"由{values[old]}万元提高到{values[new]}万元",), question.text(answers=True)
        numbers = [tuple(map(int, re.findall(r"\d+", option))) for option in question.options]
        assert len({a for a, _ in numbers}) == len({b for _, b in numbers}) == 2, "either number may be the wrong one"


def test_an_item_stands_in_the_list_that_is_asked_about(made, understood):
    asked = [q for q in understood if "列在其中" in q.prompt]
    assert asked
    for question in asked:
        text = text_of(question, made)
        article = next(
            part
            for part in re.split(r"\n(?=第)", text)
            if ("不予补贴" in part) == ("不予补贴" in question.prompt) and "下列" in part
        )
        assert [option for option in question.options if bare(option) in bare(article)] == list(question.answer)


def test_every_answer_shows_its_quote_document_and_place(made, understood):
    for question in understood:
        lines = question.sources()
        assert len(lines) == len(question.citations) and all("《" in line and "：" in line for line in lines)


def test_what_can_be_guessed_is_not_asked(made):
    for question in study.quiz(made, 40, 3, as_of=dt.date(2025, 3, 1)):
        assert not is_guessable(question)


def test_a_question_that_gives_itself_away_is_guessable():
    plain = QuizQuestion(
        "single",
        "按办法，对下岗失业人员培训补贴的规定是哪一项？",
        ("对下岗失业人员给予培训补贴",),
        (),
        ("建设水库", "对下岗失业人员给予培训补贴", "修桥", "绿化"),
    )
    assert guess(plain) == plain.answer and is_guessable(plain)
    even = QuizQuestion("single", "补多少？", ("给予5万元",), (), ("给予3万元", "给予5万元", "给予6万元", "给予8万元"))
    assert max(chances(even)) < 0.45 and sum(chances(even)) == pytest.approx(1)
