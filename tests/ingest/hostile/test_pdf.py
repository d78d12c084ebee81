"""PDF files that are known to hold or mislead readers: each must end as the threat list says (rows M201 to M218)."""

import io
import pickle
import zipfile
import zlib
from dataclasses import replace

import pytest

from corpus.errors import RefusedInput
from ingest.limits import DEFAULT, MEGABYTE
from ingest.worker import SafeReader

pytestmark = pytest.mark.hostile

FONT = b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
PAGES = b"<</Type/Catalog/Pages 2 0 R>>"
SENTENCE = b"The county office repairs rural roads every spring and reports in public"


@pytest.fixture(scope="module")
def reader():
    with SafeReader(replace(DEFAULT, seconds=60.0, memory_bytes=1_024 * MEGABYTE)) as safe:
        yield safe


def pdf(*objects, root=1):
    """A PDF of numbered objects."""
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, table)
    return out + b"trailer<</Root %d 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (root, len(objects) + 1, start)


def stream(data, entries=b""):
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (entries, len(data), data)


def words(text, x=60, y=700, size=14):
    return b"BT /F %d Tf %d %d Td (%b) Tj ET\n" % (size, x, y, text)


def one_page(contents, *, resources=FONT, more=(), page=b"", catalog=b"", box=b"0 0 595 842"):
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R%b>>" % catalog,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%b]/Contents 4 0 R/Resources<<%b>>%b>>" % (box, resources, page),
        contents if contents.startswith(b"<<") else stream(contents),
        *more,
    )


def many_pages(count, declared=None):
    """Pages that share one content stream."""
    kids = b" ".join(b"%d 0 R" % (4 + i) for i in range(count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R/Resources<<%b>>>>" % FONT
    tree = b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, declared or count)
    return pdf(PAGES, tree, stream(words(SENTENCE)), *[page] * count)


def repeated(data, times):
    """``data`` many times over, compressed, without ever holding it."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(data) for _ in range(times)) + packer.flush()


def forms(links):
    """Forms that draw each other: for each form, the object numbers it draws (the first form is object 5)."""
    out = []
    for drawn in links:
        names = b"".join(b"/X%d %d 0 R" % (i, number) for i, number in enumerate(drawn))
        calls = b" ".join(b"/X%d Do" % i for i in range(len(drawn))) or b"0 0 1 1 re f"
        out.append(stream(calls, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<<%b>>>>" % names))
    return one_page(b"/F Do", resources=b"/XObject<</F 5 0 R>>", more=out)


def codes(document):
    return {issue.code for issue in document.issues}


REFUSED = {
    "M201 ten thousand pages": ("size", lambda: many_pages(10_000)),
    "M203 one stream of 360 MB": (
        "bomb",
        lambda: one_page(stream(repeated(b" " * MEGABYTE, 360), b"/Filter/FlateDecode")),
    ),
    "M204 flate in flate": (
        "bomb",
        lambda: one_page(stream(zlib.compress(repeated(b" " * MEGABYTE, 400), 9), b"/Filter[/FlateDecode/FlateDecode]")),
    ),
    "M205 forms in forms": ("bomb", lambda: forms([[6 + i, 6 + i] for i in range(29)] + [[]])),
    "M206 a form in itself": ("loop", lambda: forms([[5]])),
    "M206 two forms in each other": ("loop", lambda: forms([[6], [5]])),
    "M206 a page tree in itself": ("broken", lambda: pdf(PAGES, b"<</Type/Pages/Kids[2 0 R]/Count 1>>")),
    "M215 a million texts": ("size", lambda: one_page(b"BT /F 9 Tf 9 9 Td " + b"(a)Tj " * 1_000_000 + b"ET")),
    "M216 a cut file": ("broken", lambda: one_page(words(SENTENCE))[:150]),
    "M216 a head and nothing": ("broken", lambda: b"%PDF-1.7\n" + b"\0" * 4_000),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_its_reason(reader, name):
    reason, make = REFUSED[name]
    data = make()
    with pytest.raises(RefusedInput) as caught:
        reader.read(data, "a.pdf")
    assert caught.value.reason == reason
    assert "road" in reader.read(one_page(words(SENTENCE)), "b.pdf").text


def test_m201_a_page_tree_that_hides_pages_is_never_read_in_silence(reader):
    document = reader.read(many_pages(6, declared=2), "a.pdf")
    assert document.text.count("rural roads") == 6 or "page_count" in codes(document)


def test_m202_three_thousand_pages_are_read_whole(reader):
    document = reader.read(many_pages(3_000), "a.pdf")
    assert document.text.count("rural roads") == 3_000
    assert {anchor.page for anchor in document.anchors} == set(range(1, 3_001))


def test_m206_tables_of_contents_that_point_at_themselves(reader):
    data = one_page(words(SENTENCE))
    start = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
    looped = data.replace(b"trailer<<", b"trailer<</Prev %d" % start)
    inner = stream(b"9 0 <<>>", b"/Type/ObjStm/N 1/First 4/Extends 5 0 R")
    for case in (looped, one_page(words(SENTENCE), more=[inner])):
        try:
            assert "rural roads" in reader.read(case, "a.pdf").text
        except RefusedInput as refusal:
            assert refusal.reason == "broken"


def test_m207_a_password_is_refused_and_restrictions_are_said(reader):
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    encryption = pytest.importorskip("reportlab.lib.pdfencrypt").StandardEncryption

    def made(user):
        out = io.BytesIO()
        page = canvas.Canvas(out, encrypt=encryption(user, "owner", canPrint=0, canCopy=0))
        page.drawString(80, 700, SENTENCE.decode())
        page.save()
        return out.getvalue()

    with pytest.raises(RefusedInput, match="加密") as caught:
        reader.read(made("secret"), "a.pdf")
    assert caught.value.reason == "encrypted"
    document = reader.read(made(""), "a.pdf")
    assert "rural roads" in document.text
    assert "restricted" in codes(document)


def mapped(target, extra=0):
    """One page whose font maps its letters to ``target`` (hexadecimal UTF-16), and ``extra`` pages of plain text."""
    cmap = b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange\n"
    cmap += b"1 beginbfrange <20> <7E> <%b> endbfrange endcmap end end" % target
    kids = b"3 0 R " + b"6 0 R " * extra
    return pdf(
        PAGES,
        b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, 1 + extra),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        stream(words(SENTENCE)),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 7 0 R>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 8 0 R/Resources<<%b>>>>" % FONT,
        stream(cmap),
        stream(words(b"Plain text that anybody can read stands on this page")),
    )


@pytest.mark.parametrize("target", [b"E000", b"FFFD"], ids=["M209 private use", "M208 nothing"])
def test_text_without_meaning_is_named_and_kept_out(reader, target):
    with pytest.raises(RefusedInput) as caught:
        reader.read(mapped(target), "a.pdf")
    assert caught.value.reason == "garbled"
    document = reader.read(mapped(target, extra=2), "a.pdf")
    (issue,) = [issue for issue in document.issues if issue.code == "garbled"]
    assert "第 1 页" in issue.message
    body = "".join(span.of(document.text) for span in document.body_spans())
    assert "anybody can read" in document.text
    assert not any("\ue000" <= character <= "\uf8ff" for character in body)


def test_m211_a_character_map_named_like_a_path_is_not_loaded(reader, tmp_path):
    canary = tmp_path / "canary"

    class Touch:
        def __reduce__(self):
            return (open, (str(canary), "w"))

    (tmp_path / "map.pickle.gz").write_bytes(pickle.dumps(Touch()))
    name = b"/" + str(tmp_path / "map").encode().replace(b"/", b"#2F")
    font = b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding%b/DescendantFonts[6 0 R]>>" % name
    inner = b"<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(%b)/Ordering(x)/Supplement 0>>>>" % name
    data = one_page(words(SENTENCE), resources=b"/Font<</F 5 0 R>>", more=[font, inner])
    try:
        reader.read(data, "a.pdf")
    except RefusedInput as refusal:
        assert refusal.reason != "crash"
    assert not canary.exists()


def test_m212_actions_are_not_run_and_what_is_carried_along_is_said(reader):
    catalog = (
        b"/OpenAction<</S/Launch/F(/bin/true)>>/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(app.alert\\(1\\))>>]>>"
        b"/EmbeddedFiles<</Names[(b.txt)<</Type/Filespec/F(b.txt)/EF<</F 5 0 R>>>>]>>>>"
    )
    annotation = b"/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(http://127.0.0.1:9/)>>>>]"
    data = one_page(words(SENTENCE), catalog=catalog, page=annotation, more=[stream(b"inner", b"/Type/EmbeddedFile")])
    document = reader.read(data, "a.pdf")
    assert "rural roads" in document.text
    assert "inner" not in document.text
    assert {"attachments", "script"} <= codes(document)
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/">&e;</xdp:xdp>'
    form = one_page(words(SENTENCE), catalog=b"/AcroForm<</Fields[]/XFA 5 0 R>>", more=[stream(entity)])
    document = reader.read(form, "a.pdf")
    assert "form" in codes(document)
    assert "root:" not in document.text


def test_m213_text_nobody_sees_is_left_out_and_said(reader):
    drawn = words(SENTENCE) + b"BT 3 Tr /F 14 Tf 60 650 Td (third mode) Tj ET BT 0 Tr 1 g /F 14 Tf 60 600 Td (white) Tj ET 0 g "
    drawn += words(b"far away", y=-400) + words(b"tiny", y=500, size=0)
    document = reader.read(one_page(drawn), "a.pdf")
    assert document.text == SENTENCE.decode() + "\n"
    assert "hidden_text" in codes(document)


LINES = [b"First line of the text that is written here", b"Second line that follows it below", b"Third line is the last of them"]
TURNED = {
    "clockwise": (b"", b"0 -1 1 0 %d 780 Tm", 500, -24),
    "counterclockwise": (b"", b"0 1 -1 0 %d 60 Tm", 100, 24),
    "upside down": (b"", b"-1 0 0 -1 540 %d Tm", 100, 24),
    "a turned page": (b"/Rotate 90", b"0 1 -1 0 %d 60 Tm", 100, 24),
}


@pytest.mark.parametrize("name", TURNED)
def test_m214_turned_text_is_read_in_order(reader, name):
    page, matrix, first, step = TURNED[name]
    drawn = b"".join(b"BT /F 14 Tf %b (%b) Tj ET\n" % (matrix % (first + i * step), line) for i, line in enumerate(LINES))
    document = reader.read(one_page(drawn, page=page), "a.pdf")
    places = [document.text.find(line.decode()) for line in LINES]
    assert -1 not in places
    assert places == sorted(places)
    assert ("order" in codes(document)) is (not page)
    for anchor in document.anchors:
        assert anchor.box is not None
        assert 0 <= anchor.box[0] < anchor.box[2] <= 842
        assert 0 <= anchor.box[1] < anchor.box[3] <= 842


def test_m215_a_page_without_bounds_is_read(reader):
    document = reader.read(one_page(words(SENTENCE), box=b"0 0 1000000000 1000000000"), "a.pdf")
    assert "rural roads" in document.text


def test_m216_garbage_before_the_head_and_later_revisions(reader):
    plain = one_page(words(b"An old draft of the text"))
    assert "old draft" in reader.read(b"\r\n" * 50 + plain, "a.pdf").text
    assert "revisions" not in codes(reader.read(plain, "a.pdf"))
    place = len(plain)
    update = b"4 0 obj\n%b\nendobj\n" % stream(words(SENTENCE))
    size = len(plain) + len(update)
    old = plain.rsplit(b"startxref\n", 1)[1].split()[0]
    update += b"xref\n4 1\n%010d 00000 n \ntrailer<</Root 1 0 R/Size 5/Prev %b>>\nstartxref\n%d\n%%%%EOF\n" % (place, old, size)
    document = reader.read(plain + update, "a.pdf")
    assert "rural roads" in document.text
    assert "old draft" not in document.text
    assert "revisions" in codes(document)


def test_m217_a_file_of_two_kinds_is_read_as_one(reader):
    plain = one_page(words(SENTENCE))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", "<a>second face</a>")
    for data, name in ((plain + packed.getvalue(), "a.pdf"), (plain + b"<html><body>second face</body></html>", "a.html")):
        try:
            document = reader.read(data, name)
        except RefusedInput:
            continue
        assert document.format == "pdf"
        assert "second face" not in document.text


def test_m218_deep_outlines_and_many_annotations_cost_little(reader):
    items = [b"<</Title(a)/Parent %d 0 R/First %d 0 R/Last %d 0 R/Count 1>>" % (4 + i, 6 + i, 6 + i) for i in range(5_000)]
    data = one_page(words(SENTENCE), catalog=b"/Outlines 5 0 R", more=[*items, b"<</Title(z)/Parent 5004 0 R>>"])
    assert "rural roads" in reader.read(data, "a.pdf").text
    notes = b"/Annots[%b]" % (b"<</Subtype/Text/Rect[0 0 1 1]/Contents(n)>>" * 300_000)
    try:
        assert "rural roads" in reader.read(one_page(words(SENTENCE), page=notes), "a.pdf").text
    except RefusedInput as refusal:
        assert refusal.reason in ("size", "memory")
