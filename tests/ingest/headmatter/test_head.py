"""Head matter on small documents of our own."""

import pytest

from ingest.headmatter.head import document_kind
from ingest.headmatter.references import find_references
from ingest.lines.dates import date_at, find_dates
from ingest.lines.organs import DOC_NUMBER, split_organs
from ingest.raw import RawText
from ingest.reader import read
from ingest.structure import build

NOTICE = """索引号： | 113300-2023-0007 | 发布机构： | 市水务局 |
发布日期： | 2023-03-09 | 时效： | 有效 |
文 号： | 延市水发〔2023〕8号 | 主题分类： | 水利 |
延安市水务局关于印发延安市2023年饮水管护方案的通知
各县（市、区）水务局：
现将《延安市2023年饮水管护方案》印发给你们，请抓好落实。
延安市水务局
二〇二三年三月六日
延安市2023年饮水
管护方案
根据《陕西省水利厅关于加强饮水管护的通知》（陕水发〔2022〕31号）要求，制定本方案。
一、目标
供水正常。
附件：延安市饮水管护任务台账
扫一扫在手机打开当前页"""


def parse(text, **options):
    return build(RawText(text=text, format="txt"), id="d", source="d.txt", sha256="0", **options)


def test_a_notice_with_an_index_table():
    doc = parse(NOTICE)
    head = doc.head
    assert head.title == "延安市水务局关于印发延安市2023年饮水管护方案的通知"
    assert head.issuers == ("延安市水务局",)
    assert (head.region, head.level) == ("陕西省延安市", "市州")
    assert head.doc_number == "延市水发〔2023〕8号"
    assert head.index_number == "113300-2023-0007"
    assert (head.issued_on, head.published_on) == ("2023-03-06", "2023-03-09")
    assert (head.status, head.kind, head.plan_period) == ("有效", "方案", ("2023", "2023"))
    assert [(r.title, r.relation, r.doc_number) for r in head.based_on] == [
        ("陕西省水利厅关于加强饮水管护的通知", "依据", "陕水发〔2022〕31号")
    ]
    for name, value in (("doc_number", "延市水发〔2023〕8号"), ("published_on", "2023-03-09")):
        assert head.spans[name].of(doc.text) == value
    (plan,) = doc.attached
    assert plan.head.title == "延安市2023年饮水管护方案"
    assert plan.head.region == head.region
    assert any(issue.code == "attachment-missing" and "台账" in issue.message for issue in doc.issues)
    assert doc.zones[-1].kind == "boilerplate"


def test_a_forwarded_draft_is_a_document_of_its_own():
    doc = parse(
        "关于征求《关于管好水窖的意见（征求意见稿）》修改意见的函\n公文时效\n有效\n发文字号\n延水函〔2020〕3号\n"
        "各县区水务局：\n现将省水利厅《关于管好水窖的意见（征求意见稿）》转发你们，请反馈意见。\n延安市水务局\n2020年5月1日\n"
        "附件\n关于管好水窖的意见（征求意见稿）\n为管好水窖，提出以下意见。\n一、目标\n全省水窖完好率达到九成。"
    )
    assert (doc.head.region, doc.head.status, doc.head.kind) == ("陕西省延安市", "有效", "函")
    (draft,) = doc.attached
    assert (draft.head.region, draft.head.level, draft.head.status) == ("陕西省", "省", "征求意见稿")
    assert doc.head_at(len(doc.text) - 2) is draft.head
    assert [r.relation for r in doc.head.based_on] == ["转发"]


def test_title_and_region_are_concluded_and_marked():
    doc = parse(
        "甘南州地处高原，饮水条件差。为贯彻《中共甘肃省委、甘肃省人民政府关于办好农村供水的意见》，结合我州实际，制定本实施意见。\n"
        "一、目标\n我州各县供水正常。"
    )
    assert doc.head.title == "中共甘南州委 甘南州人民政府关于办好农村供水的实施意见"
    assert {"title", "region"} <= doc.head.inferred
    assert doc.head.issuers == ()
    assert {"title-inferred", "region-inferred"} <= {issue.code for issue in doc.issues}


def test_a_national_document():
    head = parse("国务院办公厅关于加强水窖管理的意见\n国办发〔2021〕5号\n各省、自治区、直辖市人民政府：\n现提出意见。").head
    assert (head.region, head.level, head.doc_number) == ("全国", "国家", "国办发〔2021〕5号")


def test_region_can_be_given():
    assert parse("一、目标\n供水正常。", region="黔南州").head.region == "贵州省黔南布依族苗族自治州"


@pytest.mark.parametrize(
    "number", ["陕水发〔2022〕31号", "陕水发[2022]31号", "陕水发(2022)31号", "陕水发（2022）31号", "陕水发【2022】第31号"]
)
def test_bracket_forms_of_document_numbers(number):
    assert DOC_NUMBER.fullmatch(number)


@pytest.mark.parametrize(
    ("line", "iso"),
    [
        ("2022年4月25日", "2022-04-25"),
        ("二〇二二年四月二十五日", "2022-04-25"),
        ("（2018年1月2日）", "2018-01-02"),
        ("2022年2月30日", None),
        ("9999年99月99日", None),
    ],
)
def test_dates(line, iso):
    found = date_at(line, 0, len(line))
    assert (found[0] if found else None) == iso


def test_several_dates_in_a_line():
    line = "自2022-01-01至2022.12.31"
    assert [iso for iso, _ in find_dates(line, 0, len(line))] == ["2022-01-01", "2022-12-31"]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("某市关于印发饮水实施方案的通知", "实施方案"),
        ("《某州“十四五”供水规划》解读", "规划解读"),
        ("某县饮水管理办法（试行）", "管理办法"),
        ("关于征求意见的函", "函"),
    ],
)
def test_kinds(title, kind):
    assert document_kind(title) == kind


def test_joint_issuers():
    assert split_organs("某省水利厅 某省财政厅") == ("某省水利厅", "某省财政厅")
    assert split_organs("中共中央 国务院") == ("中共中央", "国务院")


def test_references_in_one_list_share_their_relation():
    text = "为贯彻落实《供水条例》和《某省关于管好水窖的意见》精神（以下简称《意见》），按照《意见》办理。参见《水与生活》一书。"
    found = find_references(text, 0, len(text))
    assert [(r.title, r.relation) for r in found] == [("供水条例", "贯彻"), ("某省关于管好水窖的意见", "贯彻")]


@pytest.mark.parametrize(
    ("head", "region", "issuers"),
    [
        (
            "政府工作报告\n——2026年1月20日在甘肃省第十四届\n人民代表大会第四次会议上\n各位代表：\n我代表省人民政府报告工作。",
            "甘肃省",
            ("甘肃省人民政府",),
        ),
        (
            "政府工作报告\n——2021年3月5日在第十三届全国人民代表大会第四次会议上\n各位代表：\n我代表国务院报告工作。",
            "全国",
            ("国务院",),
        ),
    ],
)
def test_a_report_belongs_to_the_assembly_it_was_given_to(head, region, issuers):
    rest = "\n一、上年工作\n发展多层次资本市场，健全市场机制。武汉市、上海市的经验得到推广，武汉市尤其突出。\n"
    document = read((head + rest).encode(), "报告.txt")
    assert (document.head.region, document.head.issuers) == (region, issuers)
    assert "region" not in document.head.inferred


def test_a_file_name_gives_the_place_where_the_text_gives_none():
    text = "各有关单位：\n一、调整贷款额度，支持职工购房。\n二、本通知自印发之日起执行。\n"
    document = read(text.encode(), "2023-05-02_【山东省淄博市】关于调整贷款额度有关事项的通知淄金发〔2023〕8号.txt")
    head = document.head
    assert (head.region, head.title, head.doc_number) == ("山东省淄博市", "关于调整贷款额度有关事项的通知", "淄金发〔2023〕8号")
    assert {"region", "title", "doc_number"} <= head.inferred


def test_a_record_on_one_line_gives_date_organ_and_title():
    text = "2024-03-05 00:00:00 | 住建部、央行 | 关于做好某项工作的通知 | 为做好某项工作，现通知如下。 | http://example.org/1\n"
    head = read(text.encode(), "a.txt").head
    assert (head.published_on, head.issuers, head.title, head.region) == (
        "2024-03-05",
        ("住建部", "央行"),
        "关于做好某项工作的通知",
        "全国",
    )


def test_a_number_glued_to_the_title_is_the_number():
    text = "某县住房和城乡建设局关于做好供水保障的若干意见某建规〔2023〕4号\n各乡镇：\n一、保障供水。\n"
    head = read(text.encode(), "a.txt").head
    assert (head.title, head.doc_number) == ("某县住房和城乡建设局关于做好供水保障的若干意见", "某建规〔2023〕4号")


def test_signatures_without_a_date_and_behind_the_attached_document():
    letter = "关于做好春耕工作的通知\n各乡镇：\n一、备足农资。\n特此通知。\n康乐县农业农村局\n康乐县财政局\n"
    assert read(letter.encode(), "a.txt").head.issuers == ("康乐县农业农村局", "康乐县财政局")
    late = "关于印发春耕工作方案的通知\n各乡镇：\n现将《春耕工作方案》印发给你们。\n春耕工作方案\n一、备足农资。\n二、抓好播种。\n康乐县人民政府\n2024年3月1日\n"
    head = read(late.encode(), "a.txt").head
    assert (head.issuers, head.issued_on, head.region) == (("康乐县人民政府",), "2024-03-01", "甘肃省临夏回族自治州康乐县")


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("襄樊市人民政府", "湖北省襄阳市"),
        ("西咸新区管理委员会", "陕西省西安市"),
        ("东莞市虎门镇人民政府", "广东省东莞市"),
    ],
)
def test_former_names_zones_and_towns(name, region):
    document = read(f"{name}关于做好供水工作的通知\n各单位：\n一、保障供水。\n".encode(), "a.txt")
    assert document.head.region == region
    assert (document.head.level == "乡镇") == ("镇" in name)


def test_a_town_of_every_city_names_none():
    document = read("关于支持购房的通知\n各单位：\n城区补贴按面积发放，城区以外减半。\n".encode(), "a.txt")
    assert document.head.region is None


COLLECTED = """榆县人民政府办公室关于印发榆县修渠方案的通知
榆政办发〔2022〕6号各乡镇人民政府，县政府各部门：
现将《榆县修渠方案》印发给你们，请认真执行。
榆县人民政府办公室2022年4月5日
榆县修渠方案为修好渠道，制定本方案。
一、目标
修渠十里。
（二）甘肃
6.玉门市水务局关于做好水窖管护的通知（2022年5月4日）玉水发〔2022〕9号各乡镇水务站：
一、摸清底数
逐窖登记。
7.陇南市人民政府关于印发《陇南市水价办法》的通知
各县（区）人民政府：
现将《陇南市水价办法》印发给你们。
陇南市人民政府
2022年6月3日
陇南市水价办法
第一条 为了定好水价，制定本办法。"""


def test_documents_that_follow_one_another_keep_their_own_head():
    doc = parse(COLLECTED)
    heads = [part.head for part in doc.attached]
    assert [(h.title, h.issuers, h.region, h.doc_number, h.issued_on) for h in heads if (h.title or "").endswith("的通知")] == [
        ("玉门市水务局关于做好水窖管护的通知", ("玉门市水务局",), "甘肃省酒泉市玉门市", "玉水发〔2022〕9号", "2022-05-04"),
        ("陇南市人民政府关于印发《陇南市水价办法》的通知", ("陇南市人民政府",), "甘肃省陇南市", None, "2022-06-03"),
    ]
    inside = doc.head_at(doc.text.index("定好水价"))
    assert (inside.title, inside.region) == ("陇南市水价办法", "甘肃省陇南市")
    assert doc.head.doc_number == "榆政办发〔2022〕6号"
    assert "compilation" in {issue.code for issue in doc.issues}
    assert [s.heading for s in doc.outline if s.kind == "title" and s.parent is None][1:] == [
        "玉门市水务局关于做好水窖管护的通知",
        "陇南市人民政府关于印发《陇南市水价办法》的通知",
    ]


def test_a_title_that_is_only_listed_begins_no_document():
    doc = parse(
        "一、修渠\n按下列文件执行：\n1.玉门市水务局关于做好水窖管护的通知\n2.陇南市人民政府关于印发水价办法的通知\n二、管水\n定期巡查。"
    )
    assert doc.attached == ()


def test_one_notice_issues_several_plans():
    doc = parse(
        "延安市水务局关于印发修渠等两个方案的通知\n各县（市、区）水务局：\n现将《延安市修渠方案》《延安市管水方案》印发给你们。\n延安市水务局\n"
        "2022年4月5日\n延安市修渠方案\n一、目标\n修渠十里。\n二、措施\n分段施工。\n延安市管水方案为管好水，制定本方案。\n一、目标\n水清。"
    )
    assert [part.head.title for part in doc.attached] == ["延安市修渠方案", "延安市管水方案"]
    assert {part.head.issued_on for part in doc.attached} == {"2022-04-05"}


def test_an_attachment_that_names_its_own_place_is_of_that_place():
    doc = parse(
        "陕西省水利厅关于推广管水经验的通知\n各市水利局：\n现将有关经验印发，供参考。\n陕西省水利厅\n2022年4月5日\n附件1\n"
        "延安市水窖管护办法\n第一条 分户管护。\n附件2\n联络表\n姓名、电话。"
    )
    first, second = doc.attached
    assert (first.head.region, "region" in first.head.inferred) == ("陕西省延安市", False)
    assert (second.head.region, "region" in second.head.inferred) == ("陕西省", True)


def test_an_attachment_left_out_is_listed_and_reported():
    doc = parse(
        "延安市水务局关于修渠的通知\n各县水务局：\n请抓好修渠。\n附件（略）：\n1.修渠任务表\n2.水价表\n延安市水务局\n2022年4月5日"
    )
    assert doc.attached == ()
    assert len([issue for issue in doc.issues if issue.code == "attachment-missing"]) == 2


@pytest.mark.parametrize(
    ("name", "organs"),
    [
        ("中共中央办公厅国务院办公厅", ("中共中央办公厅", "国务院办公厅")),
        ("财政部生态环境部工业和信息化部", ("财政部", "生态环境部", "工业和信息化部")),
        ("国家税务总局上海市税务局", ("国家税务总局上海市税务局",)),
        ("国务院国有资产监督管理委员会", ("国务院国有资产监督管理委员会",)),
    ],
)
def test_national_organs_written_without_a_gap(name, organs):
    assert split_organs(name) == organs


def test_a_decree_is_of_the_government_that_gives_it():
    doc = parse(
        "延安市人民政府令\n第12号\n《延安市水窖办法》已经通过，现予公布。\n市长 某某\n2022年4月5日\n延安市水窖办法\n第一条 分户管护。"
    )
    assert (doc.head.issuers, doc.head.doc_number) == (("延安市人民政府",), "第12号")


def test_a_remark_in_brackets_over_several_lines_gives_the_date():
    doc = parse(
        "水窖管护条例\n（2003年12月27日某省第十届人民代表大会\n常务委员会第六次会议通过）\n第一条 为了管好水窖，制定本条例。"
    )
    assert doc.head.issued_on == "2003-12-27"


def test_the_index_table_may_stand_below_the_text():
    doc = parse(
        "延安市水务局关于修渠的通知\n各县水务局：\n请抓好修渠，按月报送进度。\n延安市水务局\n2022年4月5日\n"
        "索引号： | 016001-2022-0003 | 主题分类： | 水利\n发文机关： | 延安市水务局 | 成文日期： | 2022年4月5日\n"
        "发文字号： | 延水发〔2022〕3号 | 发布日期： | 2022年4月8日"
    )
    assert (doc.head.index_number, doc.head.doc_number, doc.head.published_on) == (
        "016001-2022-0003",
        "延水发〔2022〕3号",
        "2022-04-08",
    )
    assert doc.zones[-1].kind == "head"


def test_a_title_over_lines_that_each_look_complete():
    doc = parse("国务院办公厅对某次会议\n第12号建议的答复\n国办函〔2005〕9号\n某代表：\n建议收悉。")
    assert doc.head.title == "国务院办公厅对某次会议第12号建议的答复"
    doc = parse("延安市水务局关于推行分段包干制度\n定期巡查制度的指导意见\n各县水务局：\n请抓好落实。")
    assert doc.head.title == "延安市水务局关于推行分段包干制度定期巡查制度的指导意见"


BODY = "各区人民政府：\n现将有关事项通知如下。\n一、工作目标\n完善水网，保障粮食安全。\n二、主要任务\n加快渠道改造。\n"
ARTICLES = "第一条 为了保护水源，制定本条例。\n第二条 市水务局应当加强管理。\n"
CONGRESS = "广州市第十六届人民代表大会常务委员会第三次会议"
FIGURES = "一、综合\n初步核算，全年地区生产总值303.73亿元，比上年增长4.6%。\n"


@pytest.mark.parametrize(
    ("text", "issuers", "issued_on"),
    [
        (f"广州市水务局\n广州市财政局\n关于加强渠道管护的通知\n{BODY}", ("广州市水务局", "广州市财政局"), None),
        (f"广州市水务局和广州市财政局关于加强渠道管护的通知\n{BODY}", ("广州市水务局", "广州市财政局"), None),
        (f"广州市住房和城乡建设局关于加强渠道管护的通知\n{BODY}", ("广州市住房和城乡建设局",), None),
        (f"关于加强渠道管护的通知\n{BODY}广州市水务局（代章）2024年5月6日\n", ("广州市水务局",), "2024-05-06"),
        (
            f"广州市饮用水管理条例\n（2023年5月6日{CONGRESS}通过 2023年7月27日广东省第十四届人民代表大会常务委员会"
            f"第四次会议批准）\n{ARTICLES}",
            ("广州市人民代表大会常务委员会",),
            "2023-07-27",
        ),
        (
            f"湿地保护法\n（2021年12月24日第十三届全国人民代表大会常务委员会第三十二次会议通过）\n{ARTICLES}",
            ("全国人民代表大会常务委员会",),
            "2021-12-24",
        ),
        (f"广州市渠道管理办法\n（2023年5月6日广州市人民政府令第201号公布）\n{ARTICLES}", ("广州市人民政府",), "2023-05-06"),
        (f"青泽县2023年国民经济和社会发展统计公报\n青泽县统计局（2024年4月12日）\n{FIGURES}", ("青泽县统计局",), "2024-04-12"),
        (
            f"2023年广州市国民经济和社会发展统计公报[1]\n广州市统计局 国家统计局广州调查队\n2024年3月29日\n{FIGURES}",
            ("广州市统计局", "国家统计局广州调查队"),
            "2024-03-29",
        ),
    ],
)
def test_joint_issuers_congresses_and_days_in_brackets(text: str, issuers: tuple[str, ...], issued_on: str | None) -> None:
    head = parse(text).head
    assert (head.issuers, head.issued_on) == (issuers, issued_on)
