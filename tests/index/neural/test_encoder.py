"""The pretrained encoder that comes with the program: its vectors, and what is said where it cannot be read."""

import shutil
import sys
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelUnavailable
from index.neural.encoder import FILES, SETTINGS, ItemEncoder, load
from index.neural.tokenization import PASSAGE, QUERY, clean

ITEM = "对招用毕业年度高校毕业生并签订一年以上劳动合同的中小微企业，按每人1500元的标准给予一次性吸纳就业补贴。"
TEXTS = [
    "补贴",
    ITEM,
    "森林防火期内，任何单位和个人不得在森林防火区野外用火。",
    "参保人员跨省异地就医前，应当办理备案手续；" * 12,
    "",
    "Ａ类企业（含“专精特新”）可以申请 ２０２５年 贷款贴息\n每户不超过 30 万元。",
]


@pytest.fixture(scope="module")
def encoder() -> ItemEncoder:
    return load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with resources.as_file(resources.files("index.neural").joinpath("model")) as model:
        for file in FILES:
            shutil.copyfile(model / file, tmp_path / file)
    return tmp_path


def test_vectors_have_length_one(encoder: ItemEncoder) -> None:
    for vectors in (encoder.encode_queries(TEXTS), encoder.encode_passages(TEXTS)):
        assert vectors.dtype == np.float32
        assert vectors.shape == (len(TEXTS), encoder.dimension)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_vector_does_not_depend_on_its_neighbours(encoder: ItemEncoder) -> None:
    together = encoder.encode_passages(TEXTS * 3)
    alone = np.concatenate([encoder.encode_passages([text]) for text in TEXTS])
    np.testing.assert_allclose(together, np.tile(alone, (3, 1)), atol=1e-5)


def test_no_text_gives_no_row(encoder: ItemEncoder) -> None:
    assert encoder.encode_queries([]).shape == (0, encoder.dimension)


def test_question_and_passage_are_read_with_different_prefixes(encoder: ItemEncoder) -> None:
    assert not np.allclose(encoder.encode_queries([ITEM]), encoder.encode_passages([ITEM]), atol=1e-3)


@pytest.mark.parametrize("prefix", [QUERY, PASSAGE])
def test_prefix_is_cut_into_known_pieces(encoder: ItemEncoder, prefix: str) -> None:
    tokenizer = encoder._load()._tokenizer
    tokens = tokenizer.encode(clean(prefix + "补贴", {}), add_special_tokens=False).tokens
    assert "".join(tokens).startswith("\u2581" + prefix.strip())
    assert len(tokens) <= 5, "a prefix whose pieces were trimmed away is spelled letter by letter"


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        ("企业招用大学生能拿多少补贴？", ITEM, TEXTS[2]),
        ("山上可以烧荒吗", TEXTS[2], ITEM),
        ("去外省看病要先办什么", TEXTS[3], TEXTS[2]),
        ("公积金最多能贷多少", "双缴存职工家庭住房公积金贷款最高额度为80万元。", "住房公积金管理中心的办公地址为人民路1号。"),
    ],
)
def test_answer_is_nearer_than_another_text(encoder: ItemEncoder, question: str, near: str, far: str) -> None:
    right, wrong = encoder.encode_passages([near, far]) @ encoder.encode_queries([question])[0]
    assert right > wrong


def test_width_and_form_of_characters_do_not_matter(encoder: ItemEncoder) -> None:
    one, other = encoder.encode_passages(["２０２５年（第３批）　补贴", "2025年(第3批) 补贴"])
    assert float(one @ other) > 0.9999


def test_text_beyond_the_limit_is_not_read(encoder: ItemEncoder) -> None:
    start = "各级人民政府应当加强对就业工作的领导。" * 120
    one, other = encoder.encode_passages([start, start + "森林防火期内不得野外用火。" * 400])
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_name_changes_with_the_files(folder: Path) -> None:
    before = ItemEncoder(folder).name
    settings = folder / SETTINGS
    settings.write_text(settings.read_text(encoding="utf-8") + " ", encoding="utf-8")
    after = ItemEncoder(folder).name
    assert before == load().name
    assert before != after
    assert before.rpartition("-")[0] == after.rpartition("-")[0]


@pytest.mark.parametrize("file", FILES)
def test_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    encoder = ItemEncoder(folder)
    with pytest.raises(ModelUnavailable, match=rf"缺少文件 {file}.*重新安装"):
        encoder.encode_queries(["就业"])


@pytest.mark.parametrize("file", FILES)
def test_damaged_file_is_told(folder: Path, file: str) -> None:
    (folder / file).write_bytes((folder / file).read_bytes()[:20_000])
    with pytest.raises(ModelUnavailable, match="已损坏"):
        ItemEncoder(folder).encode_queries(["就业"])


def test_whose_vectors_they_are_is_known_before_the_model_is_ready(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ItemEncoder(folder)
    whole.prepare()
    monkeypatch.setattr("onnxruntime.InferenceSession", None)
    described = ItemEncoder(folder)
    assert (described.name, described.dimension) == (whole.name, whole.dimension)
    with pytest.raises(ModelUnavailable, match="已损坏"):
        described.prepare()


def test_missing_package_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelUnavailable, match="pip install onnxruntime"):
        ItemEncoder(folder).encode_queries(["就业"])
