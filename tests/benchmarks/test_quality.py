"""The comparison with cheap rivals, on a made-up set of a few documents."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tools.arena import rivals
from tools.arena.documents import Document, choose_distractors, pieces
from tools.arena.engine import Refusal
from tools.arena.measures import DRAWS, MEASURES, FoundSpan, interval, measures, table_of
from tools.arena.passages import Passages
from tools.arena.rivals import pairs_of
from tools.arena.vectors import Vectors

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("云山县", "临河县")
SUBJECTS = {
    "ncp": {
        "供水": "村镇供水工程由乡镇管护，水费按方计收，水质每季检测一次",
        "养老": "八十岁以上老人每月发放高龄津贴，社区食堂提供午餐",
        "校车": "校车须取得使用许可，驾驶人每年接受安全培训，停靠站由公安划定",
        "秸秆": "秸秆禁止露天焚烧，打捆离田每亩补助二十元",
    },
    "stard": {
        "消防": "高层住宅每层设置两具灭火器，物业每月检查，消防通道不得停放车辆",
        "停车": "路内停车首小时免费，其后每半小时两元，夜间不收费",
        "广告": "户外招牌须经批准设置，期限三年，期满自行拆除或者重新申请",
        "垃圾": "生活垃圾分四类投放，大件预约上门收运，装修垃圾单独堆放",
    },
}


@pytest.fixture(scope="module")
def quality() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("quality_benchmark", ROOT / "benchmarks" / "quality.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["quality_benchmark"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules["quality_benchmark"]


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sets, one of which has the places of its answers, and text files."""
    folder = tmp_path_factory.mktemp("shared")
    for name, subjects in SUBJECTS.items():
        (folder / "eval" / name).mkdir(parents=True)
        documents, queries, answers, qrels = [], [], [], ["query-id\tcorpus-id\tscore"]
        for place in PLACES:
            for subject, rule in subjects.items():
                key = f"{place}{subject}"
                text = f"{place}人民政府关于{subject}工作的通知。各单位要认真落实。{rule}。{place}各乡镇遵照执行。"
                documents.append({"_id": key, "title": f"{place}{subject}通知", "text": text})
                queries.append({"_id": f"问{key}", "text": f"{place}{subject}有什么规定？"})
                start = text.index(rule)
                answers.append({"_id": f"问{key}", "doc": key, "start": start, "end": start + len(rule), "answer": rule})
                qrels.append(f"问{key}\t{key}\t1")
        _write(folder / "eval" / name / "corpus.jsonl", documents)
        _write(folder / "eval" / name / "queries.jsonl", queries)
        if name == "ncp":
            _write(folder / "eval" / name / "answers.jsonl", answers)
        (folder / "eval" / name / "qrels.tsv").write_text("\n".join(qrels) + "\n", encoding="utf-8")
    (folder / "corpus" / "some_laws").mkdir(parents=True)
    (folder / "corpus" / "办法.txt").write_text("本办法适用于全县图书馆。\n" * 30 + "图书馆每周二闭馆。\n", encoding="utf-8")
    (folder / "corpus" / "some_laws" / "法.txt").write_text("第一条 为了规范图书馆，制定本法。\n" * 30, encoding="utf-8")
    (folder / "train").mkdir()
    _write(folder / "train" / "pairs.jsonl", [{"q": "云山县供水有什么规定？", "p": "水费按方计收"}])
    return folder


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def run(quality: ModuleType, sets: Path, work: Path, *more: str) -> dict[str, Any]:
    out = work / "out.json"
    quality.main(["--eval", str(sets / "eval"), "--work", str(work), "--out", str(out), *more])
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


@pytest.mark.slow
def test_rivals_and_cemai_answer_the_same_questions(
    quality: ModuleType, sets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("bm25s", reason="bm25s is not installed: pip install --group bench")
    found = run(quality, sets, tmp_path, "--set", "ncp", "--rows", "pairs,words,cemai", "--distractors", "0")
    (bare,) = found["places"]
    assert (bare["documents"], bare["distractors"], bare["questions"]) == (8, 0, 8)
    assert set(bare["rows"]) == {"pairs", "words", "cemai"}
    assert bare["rows"]["cemai"]["learned_from"] == "in-sample: trees"
    for row in bare["rows"].values():
        for mean, low, high in row["measures"].values():
            assert 0 <= low <= mean <= high <= 1
        assert row["measures"]["recall@10"][0] == 1
    assert set(bare["rows"]["pairs"]["less_cemai"]) == set(MEASURES)
    assert found["seen_in_training"] == {"ncp": 1}
    printed = capsys.readouterr().out
    assert "### ncp, bare: 8 documents, 8 questions" in printed and "in-sample: trees" in printed and "Published: none" in printed


def test_the_cheapest_rival_is_measured_among_distractors(quality: ModuleType, sets: Path, tmp_path: Path) -> None:
    pytest.importorskip("bm25s", reason="bm25s is not installed: pip install --group bench")
    bare, among = run(quality, sets, tmp_path, "--set", "ncp", "--rows", "pairs,words")["places"]
    assert (bare["documents"], bare["distractors"]) == (8, 0)
    assert among["documents"] == 8 + among["distractors"] and among["distractors"] > 8
    for place in (bare, among):
        assert set(place["rows"]) == {"pairs", "words"} and not place["left_out"]
        assert place["rows"]["pairs"]["learned_from"] == "nothing"
        assert place["rows"]["pairs"]["measures"]["recall@10"] == [1, 1, 1]


def test_words_alone_need_no_rival_installed(quality: ModuleType, sets: Path, tmp_path: Path) -> None:
    """Questions are the same sample each time; a row whose encoder is missing is left out with the reason."""
    more = ("--set", "stard", "--distractors", "3", "--queries", "4", "--rows", "words,encoder", "--encoder", str(tmp_path))
    bare, among = run(quality, sets, tmp_path, *more)["places"]
    assert (bare["questions"], among["documents"], among["distractors"]) == (4, 11, 3)
    assert set(bare["rows"]) == {"words"} and "there is no encoder that can be read" in bare["left_out"]["encoder"]
    assert run(quality, sets, tmp_path, *more)["places"][1]["rows"]["words"]["measures"] == among["rows"]["words"]["measures"]
    assert "passage@1" not in bare["rows"]["words"]["measures"]


class Letters:
    """An encoder of a vector for the characters of a text; counts what it is asked for."""

    name = "letters"

    def __init__(self) -> None:
        self.encoded = 0

    def encode_passages(self, texts: list[str]) -> Any:
        self.encoded += len(texts)
        out = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in enumerate(texts):
            for character in text:
                out[row, ord(character) % 64] += 1
        return out / np.linalg.norm(out, axis=1, keepdims=True)

    encode_queries = encode_passages


def test_vectors_are_made_once(quality: ModuleType, tmp_path: Path) -> None:
    encoder = Letters()
    for _ in range(2):
        vectors = Vectors(encoder, tmp_path)
        table, cost = vectors.of(["村镇供水", "高龄津贴", "村镇供水"], 10)
        vectors.close()
        assert table.shape == (3, 64) and np.array_equal(table[0], table[2]) and cost >= 0
    assert encoder.encoded == 2
    vectors = Vectors(encoder, tmp_path)
    with pytest.raises(Refusal, match="1 passages have no vectors"):
        vectors.of(["村镇供水", "校车"], 0)
    vectors.close()


def test_a_document_is_as_good_as_its_best_passage(quality: ModuleType) -> None:
    passages = Passages([Document("a", "甲", "字" * 700), Document("b", "乙", "")])
    assert [text[:2] for text in passages.texts] == ["甲\n"] * 3 + ["乙\n"]
    best = passages.best(np.array([0.1, 0.2, 0.9, 0.5]))
    assert passages.spans(best) == [FoundSpan("a", 600, 700), FoundSpan("b", 0, 0)]
    both = passages.best_of_sums(np.array([0.5, 0.0, 0.2, 0.6]), np.array([0.0, 0.1, 0.4, 0.0]))
    assert both == [(0.9, 0, 2), (0.6, 1, 3)]


def test_two_lists_are_scaled_alike(quality: ModuleType) -> None:
    passages = Passages([Document(name, "", "字") for name in "abcd"])
    scores = np.array([1.0, 3.0, 5.0, 2.0])
    assert rivals._scaled(passages, scores, 0.5).tolist() == [0, 0.25, 0.5, 0.125]
    assert rivals._scaled(passages, scores, 1.0, 2).tolist() == [0, 0, 1, 0]
    assert rivals._scaled(passages, np.zeros(4), 1.0).tolist() == [0, 0, 0, 0]


def test_what_may_answer_is_no_distractor(quality: ModuleType, sets: Path) -> None:
    answer = Document("a", "", "".join(SUBJECTS["ncp"].values()))
    quoting = Document("b", "", "转发：" + answer.text[5:60])
    other = Document("c", "", "图书馆每周二闭馆，读者凭证入馆，过期一日罚一角" * 3)
    assert choose_distractors([quoting, other], [answer], None) == [other]
    found = list(pieces(sets / "corpus"))
    assert found and all("图书馆" in d.text and "制定本法" not in d.text for d in found)


def test_pairs_do_not_run_over_other_characters(quality: ModuleType) -> None:
    assert pairs_of("云山县２０２４年第3批PPP项目") == ["云山", "山县", "2024", "年第", "3", "批", "ppp", "项目"]


def test_measures_are_those_of_the_scorer(shared: Path, tmp_path: Path) -> None:
    import subprocess

    draw = np.random.default_rng(3)
    lists, relevant, each = [], {}, []
    spans = {}
    for number in range(40):
        name = f"q{number}"
        relevant[name] = {f"d{d}" for d in draw.choice(150, size=draw.integers(1, 5), replace=False)}
        found = [FoundSpan(f"d{d}", 0, 50) for d in draw.permutation(150)]
        if number % 3 == 0:
            found.insert(0, FoundSpan(min(relevant[name]), 10, 30))
        spans[name] = FoundSpan(min(relevant[name]), int(draw.integers(0, 40)), 45)
        each.append(measures(found, relevant[name], spans[name]))
        hits = [{"source_id": hit.document, "start": hit.start, "end": hit.end} for hit in found]
        lists.append({"_id": name, "hits": hits})
    _write(tmp_path / "run.jsonl", lists)
    _write(tmp_path / "answers.jsonl", [{"_id": q, "doc": s.document, "start": s.start, "end": s.end} for q, s in spans.items()])
    rows = ["q\td\ts", *(f"{q}\t{d}\t1" for q, some in relevant.items() for d in some)]
    (tmp_path / "qrels.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    command = [sys.executable, str(shared / "eval" / "score.py"), "retrieval", str(tmp_path / "run.jsonl")]
    command += [str(tmp_path / "qrels.tsv"), "--answers", str(tmp_path / "answers.jsonl")]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    for name, values in table_of(each).items():
        assert values.mean() == pytest.approx(told[name], abs=1e-4)


def test_the_interval_of_a_mean_has_the_width_it_should() -> None:
    values = np.array([0.0, 1.0] * 200)
    mean, low, high = interval(values)
    assert mean == 0.5 and DRAWS >= 1000
    assert high - low == pytest.approx(2 * 1.96 * 0.5 / 20, rel=0.1)
    assert interval(values - values) == (0, 0, 0)
