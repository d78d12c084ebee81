"""Make the groups that the encoder learns from: a question, a passage that answers it, and a passage that only looks as if it did.

    python -m tools.encoder.groups TRAIN_DIR CORPUS_DIR OUT.jsonl --exclude SET_DIR[:N]...

Pairs come from the sets in TRAIN_DIR whose licence asks nothing of a trained model (``SOURCES``) and from the documents in
CORPUS_DIR: sentences that fit a pattern of ``data/questions.tsv`` become questions about the item they stand in, headings questions
about what is under them. The misleading passage is another item of the same document, or of a document of another year or region
where the question names year or region, or the best other hit of the set. Passages and questions that occur in the sets under
--exclude are left out: they are measured on.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from corpus.document import ParsedDocument
from corpus.text import SENTENCE_ENDS
from tools.encoder.evaluate import draw_queries
from tools.encoder.pairs import PairIndex, pairs_of
from tools.encoder.texts import read_documents
from tools.retrieval_set import records, relevant

SOURCES = {
    "stard_train": ("law", 2_200),
    "lecoqa_answer": ("law", 1_200),
    "lawyer_llama_answer": ("advice", 2_200),
    "lawbench_consult": ("advice", 500),
    "policy_title_para": ("policy", 1_700),
    "policy_heading_body": ("policy", 1_500),
}
"""Sets by name: the family whose pairs share a batch, and how many pairs are drawn. None is under a share-alike licence."""
STATUTES = "law_article"
MADE = 4_000
PER_KIND = 450
PER_FOLDER = 0.34
"""No folder of documents gives more than this share of the made questions."""
SKIPPED = ("docx_made",)
SHORTEST, LONGEST = 24, 420
WINDOW = 24
TAKEN_RANKS = (1, 8)
NEAR_COPY = 0.5
SEED = 5
DATA = Path(__file__).parent / "data"


@dataclass(slots=True)
class Group:
    """A question ``q``, its passage ``p``, misleading passages ``n``; ``family`` are the groups it may share a batch with."""

    q: str
    p: str
    n: list[str]
    source: str
    family: str


@dataclass(frozen=True, slots=True)
class Item:
    """A numbered item or paragraph of a document with the headings above it."""

    document: int
    text: str
    trail: tuple[str, ...]
    pairs: frozenset[str] = field(repr=False)


def is_near_copy(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two passages say nearly the same, so that neither misleads about the other."""
    return len(one & other) > NEAR_COPY * min(len(one), len(other))


class Excluded:
    """Questions and passages that are measured on: those of whole sets, or the questions drawn from a set and what answers them."""

    def __init__(self, sets: Iterable[str]) -> None:
        self.questions: set[str] = set()
        self.passages: set[str] = set()
        self.windows: set[str] = set()
        for name in sets:
            place, _, asked = name.partition(":")
            folder = Path(place)
            queries = draw_queries(folder, int(asked) if asked else None)
            self.questions |= {_bare(query["text"]) for query in queries}
            found = relevant(folder)
            answers = {document for query in queries for document in found[query["_id"]]}
            for record in records(folder / "corpus.jsonl"):
                text = _bare(record["text"])
                if not asked:
                    self.windows |= {text[i : i + WINDOW] for i in range(len(text) - WINDOW + 1)}
                elif record["_id"] in answers:
                    self.passages.add(text)

    def __contains__(self, pair: tuple[str, str]) -> bool:
        passage = _bare(pair[1])
        if _bare(pair[0]) in self.questions or passage in self.passages:
            return True
        looked = range(0, max(1, len(passage) - WINDOW), WINDOW)
        return any(passage[i : i + WINDOW] in self.windows for i in looked)


def _bare(text: str) -> str:
    return "".join(text.split())


def best(index: PairIndex, question: str, many: int) -> list[int]:
    """The passages that look most like an answer, best first."""
    scores = index.scores(question)
    top = np.argpartition(-scores, many)[:many]
    return [int(i) for i in top[np.argsort(-scores[top], kind="stable")]]


def read_set_groups(folder: Path, excluded: Excluded, draw: random.Random) -> list[Group]:
    """Groups of the sets in ``SOURCES``, each with the best other hit of its pool."""
    pools: dict[str, list[str]] = defaultdict(list)
    groups: list[Group] = []
    for name, (family, many) in SOURCES.items():
        pairs = [(row["q"].strip(), row["p"].strip()) for row in records(folder / f"{name}.jsonl")]
        pairs = [pair for pair in pairs if len(pair[0]) >= 4 and len(pair[1]) >= SHORTEST and pair not in excluded]
        draw.shuffle(pairs)
        seen: Counter[str] = Counter()
        kept = []
        for question, passage in pairs:
            if seen[question] < (2 if name == "policy_title_para" else 3):
                seen[question] += 1
                kept.append((question, passage))
        pools[name] = [passage for _, passage in pairs]
        groups += [Group(question, passage, [], name, family) for question, passage in kept[:many]]
    statutes = [f"{row['q']}{row['p']}" for row in records(folder / f"{STATUTES}.jsonl")]
    pools["stard_train"] += draw.sample(statutes, 12_000)
    answers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for group in groups:
        answers[group.source, group.q].add(group.p)
    for name in SOURCES:
        chosen = [group for group in groups if group.source == name]
        pool = list(dict.fromkeys(pools[name]))
        index = PairIndex(pool)
        for group in chosen:
            own = [frozenset(pairs_of(passage)) for passage in answers[name, group.q]]
            others = [pool[i] for i in best(index, group.q, 2 * TAKEN_RANKS[1])]
            others = [text for text in others if not any(is_near_copy(frozenset(pairs_of(text)), pairs) for pairs in own)]
            if name == "policy_title_para":
                others = [text for text in others if text not in answers[name, group.q]]
            ranked = others[TAKEN_RANKS[0] : TAKEN_RANKS[1]] or others
            group.n = [draw.choice(ranked)] if ranked else []
    return [group for group in groups if group.n]


def items_of(document: ParsedDocument, number: int) -> list[Item]:
    """The leaves of a document's outline and the paragraphs outside it, cut where they are long."""
    items = []
    for span in document.body_spans():
        at = span.start
        for line in span.of(document.text).split("\n"):
            text = line.strip()
            if SHORTEST <= len(text) <= 1_500:
                trail = tuple(label for label in document.heading_path(at) if label not in text)[-2:]
                for part in _parts(text):
                    items.append(Item(number, part, trail, frozenset(pairs_of(part))))
            at += len(line) + 1
    return items


def _parts(text: str) -> Iterator[str]:
    while len(text) > LONGEST:
        at = max(text.rfind(end, SHORTEST, LONGEST) for end in SENTENCE_ENDS) + 1 or LONGEST
        yield text[:at]
        text = text[at:]
    if len(text) >= SHORTEST:
        yield text


def show(documents: Sequence[ParsedDocument], item: Item) -> str:
    """An item as it is encoded: title, headings, text."""
    return " ".join([title_of(documents[item.document]), *item.trail, item.text]).strip()


def title_of(document: ParsedDocument) -> str:
    """The title without the marks of a plain-text format."""
    return (document.head.title or "").lstrip("# ")


_number = re.compile(r"^[（(]?[一二三四五六七八九十百\d]+[、.．）)]\s*|^第[一二三四五六七八九十百\d]+[章节条款]\s*|^[①-⑳]\s*")
_clause = re.compile(r"[^。；\n]+")
_whole = re.compile(r"(?:(?!情节|构成犯罪|以下|下列|其他|该)[^,，:：;；()（）])+")
_year = re.compile(r"20\d\d")


def read_patterns() -> list[tuple[str, re.Pattern[str], list[str]]]:
    """The rows of ``data/questions.tsv``."""
    rows = []
    for line in (DATA / "questions.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, pattern, wordings = line.split("\t")
            rows.append((kind, re.compile(pattern), wordings.split("|")))
    return rows


def place_of(document: ParsedDocument) -> str:
    """The last part of a document's region, as people say it."""
    region = document.head.region or ""
    parts = re.findall(r".+?(?:省|自治区|自治州|市|区|县|州|盟|旗)", region)
    return parts[-1] if parts else ""


def year_of(document: ParsedDocument) -> str:
    """The year a document is about: that in its title, else of its issue."""
    found = _year.findall(document.head.title or "")
    return found[-1] if found else (document.head.issued_on or "")[:4]


def make_questions(
    documents: Sequence[ParsedDocument], items: Sequence[Item], draw: random.Random
) -> dict[str, list[tuple[str, Item, bool]]]:
    """Questions by kind: wording, the item it is about, and whether it names place or year."""
    patterns = read_patterns()
    wordings = [line for line in (DATA / "headings.txt").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    found: dict[str, list[tuple[str, Item, bool]]] = defaultdict(list)
    for item in items:
        document = documents[item.document]
        place, year, title = place_of(document), year_of(document), title_of(document)
        for clause in _clause.findall(item.text):
            text = _number.sub("", clause.strip())
            for kind, pattern, templates in patterns:
                match = pattern.search(text)
                if match is None or not _whole.fullmatch("".join(match.groupdict().values())):
                    continue
                question = draw.choice(templates).format(**{key: value or "" for key, value in match.groupdict().items()})
                named = False
                if place and draw.random() < 0.35 and place not in question:
                    question, named = place + (f"{year}年" if year and draw.random() < 0.4 else "") + question, True
                elif title and len(title) <= 30 and draw.random() < 0.12:
                    question = f"《{title}》规定，{question}"
                found[kind].append((question, item, named))
                break
        heading = _number.sub("", item.trail[-1]) if item.trail else ""
        if 4 <= len(heading) <= 24 and not heading.startswith(("附", "第")):
            wording = draw.choice(wordings)
            if (
                ("{place}" in wording and not place)
                or ("{year}" in wording and not year)
                or ("《" in wording and len(title) > 30)
            ):
                wording = "{heading}"
            question = wording.format(heading=heading, place=place, year=year, title=title)
            # the heading itself is hidden where the item is shown, or it would be found by its words alone
            bare = Item(item.document, item.text, item.trail[:-1], item.pairs) if draw.random() < 0.6 else item
            found["heading"].append((question, bare, "{place}" in wording or "{year}" in wording))
    return found


def make_document_groups(folder: Path, excluded: Excluded, draw: random.Random) -> list[Group]:
    """Groups about the documents of a folder."""
    documents, folders = [], []
    for document in read_documents(folder):
        top = document.source.split("/")[0]
        if top not in SKIPPED:
            documents.append(document)
            folders.append(top)
    by_document = [items_of(document, i) for i, document in enumerate(documents)]
    items = [item for found in by_document for item in found]
    print(f"{len(documents)} documents, {len(items)} items", flush=True)
    found = make_questions(documents, items, draw)
    print({kind: len(rows) for kind, rows in found.items()}, flush=True)
    chosen: list[tuple[str, str, Item, bool]] = []
    taken: Counter[str] = Counter()
    per_document: Counter[tuple[str, int]] = Counter()
    for kind, rows in sorted(found.items()):
        draw.shuffle(rows)
        many = 0
        for question, item, named in rows:
            top = folders[item.document]
            if many >= PER_KIND or taken[top] >= PER_FOLDER * MADE or per_document[kind, item.document] >= 3:
                continue
            if (question, item.text) in excluded:
                continue
            chosen.append((kind, question, item, named))
            taken[top] += 1
            per_document[kind, item.document] += 1
            many += 1
    index = PairIndex([show(documents, item) for item in items])
    groups = []
    for kind, question, item, named in chosen:
        ranked = best(index, question, 30)
        own = documents[item.document]
        wanted = set(pairs_of(question))

        def misleads(other: Item, item: Item = item, own: ParsedDocument = own, named: bool = named) -> bool:
            if other.document == item.document:
                return other.text != item.text and not is_near_copy(other.pairs, item.pairs)
            elsewhere = documents[other.document]
            return named and (place_of(elsewhere), year_of(elsewhere)) != (place_of(own), year_of(own))

        same = sorted(
            (other for other in by_document[item.document] if misleads(other)), key=lambda other: -len(other.pairs & wanted)
        )[:3]
        away = [items[i] for i in ranked if items[i].document != item.document and misleads(items[i])][:4]
        other = draw.choice(away) if away and (named or not same) else draw.choice(same) if same else None
        if other is not None:
            groups.append(Group(question, show(documents, item), [show(documents, other)], f"made {kind}", "policy"))
    draw.shuffle(groups)
    return groups[:MADE]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "--exclude", nargs="*", default=[], help="folders of the sets that are measured on; FOLDER:N only N questions"
    )
    args = parser.parse_args()
    draw = random.Random(SEED)
    excluded = Excluded(args.exclude)
    groups = make_document_groups(args.corpus, excluded, draw)
    groups += read_set_groups(args.train, excluded, draw)
    draw.shuffle(groups)
    with args.out.open("w", encoding="utf-8") as out:
        for group in groups:
            out.write(json.dumps(asdict(group), ensure_ascii=False) + "\n")
    print(dict(sorted(Counter(group.source for group in groups).items())))


if __name__ == "__main__":
    main()
