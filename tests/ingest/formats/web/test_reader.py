import time

import pytest

from corpus.errors import RefusedInput
from ingest.reader import read_raw

BODY = "<p>一、加快灌区改造。各地要在2026年底前完成干渠衬砌，确保春灌用水，做好管护工作。</p><p>二、落实责任。县水利局牵头，乡镇配合。</p>"


def page(main, head="", before="", after=""):
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>某县水利通知_某县人民政府门户网站</title>{head}</head><body>"
        f"<div class='header'><ul><li><a href='/'>首页</a></li><li><a href='/x'>政务公开</a></li></ul></div>"
        f"<div class='breadcrumb'>当前位置：<a href='/'>首页</a> &gt; 通知</div>{before}{main}{after}"
        f"<div class='footer'>版权所有：某县人民政府办公室　网站标识码：0000000000</div></body></html>"
    ).encode()


@pytest.mark.parametrize(
    "box",
    [
        "<div class='TRS_Editor'>{}</div>",
        "<div id='zoom'>{}</div>",
        "<section><div>{}</div></section>",
        "<table><tr><td>{}</td></tr></table>",
    ],
)
def test_the_document_without_its_site(box):
    raw = read_raw(page(box.format(BODY)), "a.html")
    assert raw.text.split("\n")[:2] == [
        "某县水利通知",
        "一、加快灌区改造。各地要在2026年底前完成干渠衬砌，确保春灌用水，做好管护工作。",
    ]
    for word in ("首页", "当前位置", "版权所有"):
        assert word not in raw.text


def test_index_table_and_meta_tags_become_fields():
    index = (
        "<table><tr><td><b>索 引 号：</b></td><td>11330000/2026-00012</td><td>发文机关：</td><td>某县水利局</td></tr>"
        "<tr><td>成文日期：</td><td>2026年3月1日</td><td>文　　号：</td><td>某水发〔2026〕3号</td></tr></table>"
    )
    head = "<meta name='PubDate' content='2026-03-05 10:00'><meta name='ArticleTitle' content='某县水利局关于春灌的通知'>"
    raw = read_raw(page(f"<div id='zoom'>{BODY}</div>", head, index), "a.html")
    assert raw.fields["index_number"] == "11330000/2026-00012"
    assert raw.fields["issuers"] == "某县水利局"
    assert raw.fields["doc_number"] == "某水发〔2026〕3号"
    assert raw.fields["title"] == "某县水利局关于春灌的通知"
    for name, span in raw.field_spans.items():
        assert span.of(raw.text) == raw.fields[name]


def test_tables_keep_their_cells_and_spans():
    grid = (
        "<table><thead><tr><th>任务</th><th>责任单位</th></tr></thead>"
        "<tr><td>清淤</td><td rowspan='2'>县水利局</td></tr><tr><td>护岸</td></tr></table>"
    )
    raw = read_raw(page(f"<div id='zoom'>{BODY}{grid}</div>"), "a.html")
    (table,) = raw.tables
    assert [[cell.of(raw.text) for cell in row] for row in table.rows] == [
        ["任务", "责任单位"],
        ["清淤", "县水利局"],
        ["护岸", "县水利局"],
    ]


def test_hidden_text_is_out_and_said():
    raw = read_raw(
        page(f"<div id='zoom'>{BODY}<p style='display: none'>暗文</p><p hidden>暗文</p><script>var 暗文=1</script></div>"),
        "a.html",
    )
    assert "暗文" not in raw.text
    assert "hidden_text" in {issue.code for issue in raw.issues}


def test_a_page_shown_by_script_is_not_hidden():
    data = page(f"<div id='zoom'>{BODY}</div>").replace(b"<body>", b"<body style='visibility: hidden'>")
    assert "加快灌区改造" in read_raw(data, "a.html").text


@pytest.mark.parametrize(
    "data",
    [
        b"<div>" * 100_000 + "深处的文字。".encode() + b"</div>" * 100_000,
        b"<html>" + b"<a <a <a" * 200_000 + "末尾的文字。".encode(),
    ],
)
def test_deep_and_broken_markup_neither_hangs_nor_loses_text(data):
    start = time.process_time()
    raw = read_raw(data, "a.html")
    assert "的文字" in raw.text
    assert time.process_time() - start < 5


def test_content_decides_over_the_name():
    raw = read_raw(page(f"<div id='zoom'>{BODY}</div>"), "a.txt")
    assert raw.format == "html"
    assert "mismatch" in {issue.code for issue in raw.issues}


def test_gb_page_with_wrong_declaration():
    text = page(f"<div id='zoom'>{BODY}</div>").decode()
    assert "加快灌区改造" in read_raw(text.encode("gb18030"), "a.html").text


def test_the_form_of_a_search_is_no_index_table():
    form = "<div><span>标题：</span><span>全文</span><span>文件状态：</span><span>不限</span><span>发文日期：</span><span>2026-03-02</span></div>"
    raw = read_raw(page(f"<div id='zoom'>{BODY}</div>", before=form), "a.html")
    assert "不限" not in raw.text
    assert raw.fields["title"] == "某县水利通知"


def test_a_list_of_links_is_said_to_be_one():
    links = "".join(
        f"<li><a href='/{i}'>某县关于第{i}号水库除险加固工程的通知。</a><span>[2026-03-0{i}]</span></li>" for i in range(1, 10)
    )
    raw = read_raw(page(f"<ul>{links}</ul>"), "a.html")
    assert "link_list" in {issue.code for issue in raw.issues}
    assert "link_list" not in {issue.code for issue in read_raw(page(f"<div id='zoom'>{BODY}</div>"), "a.html").issues}


@pytest.mark.parametrize("line", ["【打印】", "【字体：大 中 小】", "[关闭窗口]", "点击查看政策解读：某办法一图读懂"])
def test_buttons_in_brackets_go(line):
    assert line not in read_raw(page(f"<div id='zoom'>{BODY}<p>{line}</p></div>"), "a.html").text


FRAME = "<div id='content'><iframe src='/pdfjs/web/viewer.html?file=/2023/08/P02.pdf'></iframe></div>"
LINKS = "<div class='list'>推荐阅读：<a href='/1'>某县病虫害防治方案</a><a href='/2'>某县森林防火命令；</a></div>"


@pytest.mark.parametrize(
    "frame",
    [
        FRAME,
        "<embed src='a.PDF#page=1'>",
        "<object data='/f/1.doc'></object>",
        "<object type='application/pdf' data='/f?id=1'></object>",
        "<iframe src='v.html?file=%2Fa%2Epdf&amp;x=1'></iframe>",
    ],
)
def test_a_page_whose_body_is_a_file_in_a_frame_has_no_body(frame):
    raw = read_raw(page(f"<h1>某县水利通知</h1>{frame}{LINKS}"), "a.html")
    assert [issue.code for issue in raw.issues] == ["body_elsewhere"] and raw.issues[0].doubts_text
    assert raw.fields["title"] == "某县水利通知" and raw.text.strip() == "某县水利通知"


def test_a_sentence_beside_the_frame_is_kept_and_the_file_said():
    raw = read_raw(page(f"<div id='zoom'><p>现将方案印发给你们，请认真贯彻执行。</p>{FRAME}</div>"), "a.html")
    assert "现将方案印发给你们" in raw.text and [issue.code for issue in raw.issues] == ["body_elsewhere"]


def test_a_frame_alone_is_refused_by_what_it_is():
    with pytest.raises(RefusedInput, match="框架"):
        read_raw(f"<html><body>{FRAME}</body></html>".encode(), "a.html")


@pytest.mark.parametrize("main", [BODY * 3 + FRAME, f"<p>{BODY}</p><iframe src='/count.html'></iframe>"])
def test_a_page_with_text_beside_a_frame_keeps_it(main):
    raw = read_raw(page(f"<div id='zoom'>{main}</div>"), "a.html")
    assert "干渠衬砌" in raw.text and [issue.code for issue in raw.issues] == ["frames"]
    assert not raw.issues[0].doubts_text


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        ("<ol><li>目标任务</li><li><p>保障措施</p></li></ol>", ["1. 目标任务", "2. 保障措施"]),
        ("<ol start=4 type=A><li>目标<li value=7>保障</ol>", ["D. 目标", "G. 保障"]),
        ("<ol style='list-style-type: cjk-ideographic'><li>目标</li><li>保障</li></ol>", ["一、目标", "二、保障"]),
        (
            "<ol><li>目标<ol type=a><li>粮食</li><li>蔬菜</li></ol></li><li>保障</li></ol>",
            ["1. 目标", "a. 粮食", "b. 蔬菜", "2. 保障"],
        ),
        ("<ol reversed><li>目标</li><li>保障</li></ol>", ["2. 目标", "1. 保障"]),
        ("<ol style='list-style:none'><li>目标</li></ol><ul><li>保障</li></ul>", ["目标", "保障"]),
        (
            "<ol><li>一、目标</li><li>（二）保障</li><li>第三条 附则</li><li></li><li>其他</li></ol>",
            ["一、目标", "（二）保障", "第三条 附则", "5. 其他"],
        ),
        ("<ol><li>目标<p>要点</p></li></ol><p>说明</p>", ["1. 目标", "要点", "说明"]),
    ],
)
def test_ordered_lists_keep_the_numbers_the_browser_draws(markup, lines):
    raw = read_raw(page(f"<div id='zoom'>{BODY}{markup}</div>"), "a.html")
    assert raw.text.strip().split("\n")[-len(lines) :] == lines


def old_page(title, cells):
    rows = "".join(f"<tr><td align=center>{text}</td></tr>" for text in cells)
    return (
        f"<html><head><meta charset='utf-8'><title>{title}</title></head><body><table width=1000><tr><td>"
        "<table><tr><td>首页</td><td>走进某县</td><td>政务公开</td></tr></table></td></tr><tr><td><table width=960><tr>"
        f"<td width=200>栏目导航<br>政府文件<br>人事任免</td><td><table>{rows}</table></td></tr></table></td></tr>"
        "<tr><td>版权所有 某县人民政府</td></tr></table></body></html>"
    ).encode()


@pytest.mark.parametrize("site", ["某县人民政府公众信息网", "某县政务网", "某县人民政府门户网站"])
def test_an_old_page_laid_out_by_tables_is_read_without_its_site(site):
    raw = read_raw(old_page(site, ["<b>某县关于做好春灌工作的公告</b>", BODY * 2]), "a.html")
    assert raw.text.split("\n")[0] == "某县关于做好春灌工作的公告" and "春灌用水" in raw.text
    assert "title" not in raw.fields or raw.fields["title"] == "某县关于做好春灌工作的公告"
    for word in ("走进某县", "栏目导航", "版权所有", site):
        assert word not in raw.text


@pytest.mark.hostile
@pytest.mark.parametrize("start", ["<table><tr><td>", "<ol><li>", "<iframe src=a.pdf></iframe><div>。"])
def test_deep_tables_and_lists_take_no_time(start):
    before = time.process_time()
    read_raw(f"<html><body>{start * 1_900}{BODY}".encode(), "a.html")
    assert time.process_time() - before < 8
