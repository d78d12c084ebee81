import os
import zlib
from dataclasses import replace

import pytest

from corpus.document import ParsedDocument
from corpus.errors import RefusedInput
from ingest import worker
from ingest.limits import DEFAULT, MEGABYTE
from ingest.progress import tell_page
from ingest.worker import SafeReader

HTML = "<html><body><p>一、做好春耕备耕，落实种植面积，保障农资供应。</p></body></html>".encode()
TEXT = "某县通知\n一、做好春耕备耕。\n".encode()


def flate_bomb(size=200 << 20):
    stream = zlib.compress(b" " * size, 9)
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n4 0 obj<</Length %d/Filter/FlateDecode>>stream\n"
        % len(stream)
        + stream
        + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )


@pytest.fixture(scope="module")
def reader():
    with SafeReader(replace(DEFAULT, seconds=60.0, memory_bytes=1024 * MEGABYTE)) as safe:
        yield safe


def test_one_process_serves_all(reader):
    assert isinstance(reader.read(HTML, "甲.html"), ParsedDocument)
    first = reader._process.pid
    reader.read(HTML, "乙.html", region="贵州省")
    assert reader._process.pid == first


def test_text_needs_no_process():
    with SafeReader() as safe:
        assert safe.read(TEXT, "甲.txt").source == "甲.txt"
        assert safe._process is None


def test_a_refusal_crosses_the_wall(reader):
    with pytest.raises(RefusedInput) as caught:
        reader.read(b"%PDF-1.7 nothing", "坏.pdf")
    assert (caught.value.source, caught.value.reason) == ("坏.pdf", "broken")


def test_a_killed_process_is_a_refusal_and_a_new_start(reader):
    reader.read(HTML, "甲.html")
    os.kill(reader._process.pid, 9)
    reader._process.join(60)
    assert reader.read(HTML, "甲.html").source == "甲.html"


def test_time_runs_out(reader):
    slow = SafeReader(replace(DEFAULT, seconds=0.0))
    with slow, pytest.raises(RefusedInput) as caught:
        slow.read(HTML, "甲.html")
    assert caught.value.reason == "timeout"


def test_a_bomb_stops_at_the_wall_and_the_next_file_is_read(reader):
    with pytest.raises(RefusedInput):
        reader.read(flate_bomb(), "炸弹.pdf")
    assert reader.read(HTML, "甲.html").source == "甲.html"


def test_a_file_too_large_is_refused_before_it_is_sent():
    with SafeReader(replace(DEFAULT, file_bytes=100)) as safe, pytest.raises(RefusedInput) as caught:
        safe.read(HTML, "甲.html")
    assert caught.value.reason == "size"


def test_long_text_is_read_behind_the_wall_too():
    lines = ("一、\n" * 400_000).encode()
    with SafeReader(replace(DEFAULT, seconds=1.0)) as safe:
        assert safe.read(TEXT, "短.txt").source == "短.txt"
        with pytest.raises(RefusedInput) as caught:
            safe.read(lines, "长.txt")
        assert caught.value.reason == "timeout"
    with SafeReader() as safe:
        long = TEXT + "各乡镇要落实责任，做好管护。\n".encode() * 30_000
        assert safe.read(long, "长.txt").text == long.decode()
        assert safe.pid is not None


def test_long_records_pass_the_wall_and_its_limits(reader):
    short = {"_id": "1", "text": "一、做好春耕备耕。"}
    with SafeReader() as fresh:
        assert fresh.read_record(short, "r.jsonl").id == "1" and fresh.pid is None
    long = {"_id": "2", "text": "一、做好春耕备耕，落实种植面积。" * 70_000}
    assert reader.is_long(long) and reader.read_record(long, "r.jsonl").id == "2" and reader.pid is not None
    assert reader.read_record(short, "r.jsonl", region="贵州省", apart=True).head.region == "贵州省"
    with SafeReader(replace(DEFAULT, seconds=0.0)) as slow, pytest.raises(RefusedInput) as caught:
        slow.read_record(long, "r.jsonl")
    assert caught.value.reason == "timeout"
    with pytest.raises(RefusedInput) as caught:
        reader.read_record({"_id": "3", "text": "  "}, "r.jsonl", apart=True)
    assert caught.value.reason == "empty"


def test_each_page_of_a_scan_has_the_processor_time_to_itself(monkeypatch, tmp_path):
    """A scan is recognised without being asked for: the limit of the child is set anew for each of its pages."""
    told: list[object] = []
    requests = [(TEXT, "扫描.pdf", None, False, False), None]

    class Pipe:
        def recv(self):
            return requests.pop(0)

        def send(self, message):
            told.append(message[0])

    def read(*_, **__):
        for number in (1, 2, 3):
            tell_page(number, 3)
        raise RefusedInput("扫描.pdf", "empty", "没有文字")

    monkeypatch.setattr(worker, "limit_cpu", told.append)
    monkeypatch.setattr(worker, "restrict", lambda _: None)
    monkeypatch.setattr(worker.reader, "read", read)
    monkeypatch.setenv("TMPDIR", os.environ.get("TMPDIR", ""))
    monkeypatch.setattr(worker.tempfile, "tempdir", None)
    worker._serve(Pipe(), DEFAULT, str(tmp_path), None, None)
    limit = DEFAULT.seconds
    assert told == [limit, limit, "page", limit, "page", limit, "page", None, "refused"]
