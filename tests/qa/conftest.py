"""A small library of documents written for these tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cemai.library import Library
from tests.encoders import BlankEncoder

PLAN = """甘南州人民政府办公室关于印发甘南州2022年乡村振兴工作方案的通知
州政办发〔2022〕18号
各县市人民政府，州直有关部门：
现将《甘南州2022年乡村振兴工作方案》印发给你们，请认真组织实施。
甘南州人民政府办公室
2022年3月8日
甘南州2022年乡村振兴工作方案
根据《甘肃省人民政府关于做好二〇二二年乡村振兴工作的通知》（甘政发〔2022〕5号）精神，制定本方案。
一、工作目标
（一）总体目标。到2025年，全州建成牦牛养殖基地36万亩，脱贫村集体经济年收入全部达到6万元以上。
（二）年度目标。2022年新增城镇就业4200人，农村自来水普及率达到93%以上。
二、重点工作
（一）抓好医疗保障。对特困供养人员参加居民医保给予全额资助，对低保对象给予定额资助，过渡期内逐步调整脱贫人口的资助标准。（责任单位：州医保局、州民政局、州财政局）
（二）促进稳定就业。开发乡村公益岗位，优先安排脱贫人口和残疾人。延续就业车间的优惠政策。（责任单位：州人社局、州财政局）
（三）改善饮水条件。建立供水问题排查台账，发现问题及时整改，不得瞒报漏报。（责任单位：州水务局、州财政局）
三、保障措施
（一）加强组织领导。
（二）强化资金投入。落实“三个一批”，即储备一批、开工一批、投产一批。
（三）严格考核问责。将考核结果作为干部选拔任用的重要参考。
"""

MEASURES = """大兴安岭地区行署办公室关于印发大兴安岭地区巩固拓展脱贫成果衔接工作措施的通知
大署办发〔2022〕7号
各县（市、区）人民政府：
现将《大兴安岭地区巩固拓展脱贫成果衔接工作措施》印发给你们，请抓好落实。
大兴安岭地区行署办公室
2022年5月6日
大兴安岭地区巩固拓展脱贫成果衔接工作措施
一、医疗保障。监测对象纳入参保资助范围，过渡期内对脱贫人口的参保资助实行逐步退坡。
二、产业发展。衔接资金用于产业的比例达到56%以上，重点支持中药材和寒地果蔬。
三、乡村治理。推广积分制、清单制，落实“三个一批”要求。
四、项目公开。各级衔接资金的分配结果一律公开。
"""


@contextmanager
def library_of(folder: Path, *texts: str) -> Iterator[Library]:
    """A library of some texts, a.txt, b.txt and so on, without a model."""
    sources = folder / "in"
    sources.mkdir()
    for name, text in zip("abcdefgh", texts, strict=False):
        (sources / f"{name}.txt").write_text(text, encoding="utf-8")
    with Library.open(folder / "library", encoder=BlankEncoder()) as opened:
        opened.ingest([sources])
        yield opened


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("qa")
    sources = folder / "sources"
    sources.mkdir()
    (sources / "plan.txt").write_text(PLAN, encoding="utf-8")
    (sources / "measures.txt").write_text(MEASURES, encoding="utf-8")
    with Library.open(folder / "library", encoder=BlankEncoder()) as opened:
        opened.ingest(sorted(sources.glob("*.txt")))
        yield opened
