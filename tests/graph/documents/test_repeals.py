"""What the words of a document take out of force, and that no text takes long to read."""

from __future__ import annotations

import time

import pytest

from corpus.document import Span
from graph.documents.repeals import read_statements
from ingest.headmatter.force import read_force
from ingest.headmatter.history import find_note, read_history


def test_lists_leave_out_what_they_keep_or_change() -> None:
    text = (
        "云岫县人民政府关于废止和修改部分规范性文件的决定\n经研究，决定废止下列规范性文件：\n1. 云岫县供水管理办法（云政发〔2012〕3号）\n"
        "2. 《云岫县节水奖励办法》（云政发〔2013〕5号）\n二、修改下列文件\n3. 云岫县排水管理办法（云政发〔2014〕6号）\n"
        "本决定自公布之日起施行。\n"
    )
    found = {str(repeal.number) for repeal in read_statements(text, "云岫县人民政府关于废止和修改部分规范性文件的决定").repeals}
    assert found == {"云政发〔2012〕3号", "云政发〔2013〕5号"}


def test_a_list_that_follows_the_repeal() -> None:
    text = (
        "云岫县人民政府关于停止执行部分文件的通知\n经研究，下列文件自2024年9月1日起停止执行：\n1.《云岫县河道管理办法》（云政发〔2009〕33号）\n"
        "下列文件予以保留：\n2.《云岫县堤防管理办法》（云政发〔2009〕34号）\n"
    )
    (repeal,) = read_statements(text, "云岫县人民政府关于停止执行部分文件的通知").repeals
    assert (repeal.title, str(repeal.number), repeal.on) == ("云岫县河道管理办法", "云政发〔2009〕33号", "2024-09-01")
    named = "云岫县人大常委会关于废止《云岫县殡葬条例》的决定\n会议决定：废止2009年6月26日通过的《云岫县殡葬条例》。\n"
    (repeal,) = read_statements(named, "云岫县人大常委会关于废止《云岫县殡葬条例》的决定").repeals
    assert repeal.span.of(named).startswith("会议决定")


def test_extensions_and_rules_on_trial_documents() -> None:
    text = "《云岫县供水管理办法》（云政发〔2012〕3号）有效期延长至2027年12月31日。"
    (extension,) = read_statements(text, None).extensions
    assert (extension.title, extension.until) == ("云岫县供水管理办法", "2027-12-31")
    (extension,) = read_statements("将《云岫县供水管理办法》的执行期限延长至2026年底。", None).extensions
    assert (extension.until, extension.years) == ("2026-12-31", None)
    rule = read_statements("规范性文件名称冠以“暂行”“试行”的，有效期不超过2年。", None).trial
    assert rule is not None and rule.years == 2
    assert read_statements("合作协议试行的，有效期不超过2年。", None).trial is None


@pytest.mark.parametrize(
    "piece",
    [
        "废止",
        "《",
        "《甲办法》同时废止",
        "有效期延长",
        "〔2012〕3号",
        "自2022年",
        "本办法自",
        "（2005年4月27日通过",
        "有效期至",
        "试行",
        "云政发〔2012〕3号废止",
        "文号废止",
        "《废止》",
        "自即日起施行",
    ],
)
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (10_000 // len(piece))
    begun = time.process_time()
    read_statements(text, text[:200])
    read_force(text, Span(0, len(text)), "2021-01-01")
    note = find_note(text, 0, len(text))
    read_history(text, note or Span(0, 4000))
    assert time.process_time() - begun < 2
