"""What an answer costs the store: few statements, however many passages and documents it looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from cemai.library import Library
from tests import postgres
from tests.stores import counting_statements, open_plain, take_in, write_notices

MOST = 30
NOTICES = 60
QUESTIONS = (
    "校车安全覆盖率达到多少",
    "养老服务由哪个部门牵头",
    "冬季供暖多久检查一次",
    "哪些文件提到垃圾分类",
    "到2025年的目标有哪些",
    "云岫县水利局负责哪些工作",
    "库里有哪些文件",
    "哪些文件已经废止",
    "云岫政发〔2024〕3号现在还有效吗",
    "水窖改造12和水窖改造13的覆盖率有什么不同",
    "地铁票价是多少",
    "什么是防汛抢险",
)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("statements")
    paths = write_notices(folder / "in", range(NOTICES))
    if request.param == "sqlite":
        with open_plain(folder / "library") as opened:
            take_in(opened, paths)
            yield opened
        return
    server = request.getfixturevalue("postgres_server")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CEMAI_NODE", str(folder / "node"))
        with open_plain(postgres.make_database(server, "statements")) as opened:
            take_in(opened, paths)
            yield opened


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_takes_few_statements(library: Library, question: str) -> None:
    library.ask("河道管护")  # what is made once of the whole library
    with counting_statements(library) as statements:
        library.ask(question)
    assert 0 < len(statements) <= MOST, Counter(statements).most_common(5)


def test_many_documents_are_read_with_the_statements_of_one(library: Library) -> None:
    rows = list(library.corpus.heads)
    costs, read = [], []
    for some in (rows[:1], rows):
        with counting_statements(library) as statements:
            read.append(library.corpus.documents(some))
            list(library.corpus.texts(some)), library.corpus.labels(some), library.corpus.pages(some)
        costs.append(len(statements))
    assert costs[0] == costs[1]
    assert read[1] == {row: library.corpus.document(row) for row in rows}
    assert dict(library.corpus.texts(rows)) == {row: doc.text for row, doc in read[1].items()}
