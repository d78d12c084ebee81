"""Training of the embedded model 内置语义模型: word vectors whose mean brings a question near the passage that answers it.

Input are pairs (question, passage): files of JSON Lines with ``q`` and ``p``, and pairs made from the structure of policy
documents (title → paragraph, heading → its body, clause → the rest of its paragraph). Every word is the sum of a vector of its
own and the vectors of its characters, so that a rare word still means something; the sum is folded into one row per word when
the model is written, so reading costs one look-up a word. Most of the entries are dropped at random in every step: with so few
pairs the words would otherwise learn single questions by heart. One run takes some minutes on two cores and gives the same
model for the same seed on the same machine.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus.document import ParsedDocument
from corpus.errors import FULL_INSTALLATION, ModelUnavailable, UsageError
from corpus.text import SENTENCE_ENDS
from index.dense.encoder import VERSION, damp_counts
from index.lexical.tokens import words_of

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, heading or title and a passage that belongs to it; ``kind`` names where the pair came from."""

    question: str
    passage: str
    kind: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run depends on besides its pairs."""

    dimension: int = 640
    epochs: int = 7
    batch: int = 2048
    rate: float = 2e-3
    scale: float = 20.0
    """Sharpness of the contrast (inverse temperature)."""
    drop: float = 0.6
    words: int = 40_000
    characters: int = 6_000
    longest: int = 250
    """Words read of a passage."""
    evenness: float = 0.5
    """0 shows every pair as often as any other, 1 every kind of pair: the small kinds are the hand-made ones."""
    seed: int = 1


def read_pairs(folder: Path) -> list[Pair]:
    """The pairs of every ``*.jsonl`` file of a folder."""
    pairs = []
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    record = json.loads(line)
                    pairs.append(Pair(record["q"], record["p"], path.stem))
    if not pairs:
        raise UsageError(f'{folder} 里没有训练数据：需要 .jsonl 文件，每行一条 {{"q": 问题, "p": 段落}}。')
    return pairs


_sentence = re.compile(f"[^{SENTENCE_ENDS}]{{12,}}[{SENTENCE_ENDS}]?")


def structure_pairs(doc: ParsedDocument, seed: int = 1) -> Iterator[Pair]:
    """Pairs from the structure of one document: title → paragraph, heading → body, a sentence → the rest of its paragraph."""
    draw = random.Random(f"{seed}{doc.id}")
    title = doc.head.title
    paragraphs = [p for span in doc.body_spans() for p in span.of(doc.text).split("\n") if 40 <= len(p) <= 1500]
    for paragraph in draw.sample(paragraphs, min(30, len(paragraphs))):
        if title:
            yield Pair(title, paragraph, "title")
        sentences = _sentence.findall(paragraph)
        if len(sentences) > 1:
            sentence = draw.choice(sentences)
            yield Pair(sentence[:60], paragraph.replace(sentence, "", 1), "cloze")
    for section in doc.outline:
        body = doc.text[section.body_start : section.body_end].strip()
        if section.kind == "heading" and 4 <= len(section.heading) <= 60 and len(body) >= 40:
            yield Pair(section.heading, body[:600], "heading")


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    entries: dict[str, int]
    weights: Any

    def ids(self, words: Sequence[str]) -> list[int]:
        """Entries of the words and of their characters."""
        out = []
        for word in words:
            at = self.entries.get(word)
            if at is not None:
                out.append(at)
            if len(word) > 1:
                out += [self.entries[char] for char in word if char in self.entries]
        return out


def _vocabulary(texts: Sequence[list[str]], settings: Settings) -> _Vocabulary:
    import numpy as np

    counts: Counter[str] = Counter()
    for words in texts:
        counts.update(words)
    characters: Counter[str] = Counter()
    for word, count in counts.items():
        for char in word:
            characters[char] += count
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    entries = {"[UNK]": 0}
    for word, count in ranked[: settings.words]:
        if count > 1:
            entries.setdefault(word, len(entries))
    for char, _ in sorted(characters.items(), key=lambda item: (-item[1], item[0]))[: settings.characters]:
        entries.setdefault(char, len(entries))
    bare = _Vocabulary(entries, None)
    frequency = np.zeros(len(entries), dtype=np.int64)
    for words in texts:
        frequency[sorted(set(bare.ids(words)))] += 1
    weights = np.log(1 + len(texts) / (1 + frequency)).astype(np.float32)
    weights /= weights.mean()
    weights[0] = 0.0
    return _Vocabulary(entries, weights)


def train(
    train_dir: Path,
    out: Path,
    *,
    documents: Iterable[ParsedDocument] = (),
    keep: Callable[[Pair], bool] = lambda pair: True,
    settings: Settings | None = None,
    threads: int = 2,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Train on the pairs in ``train_dir`` and on the structure of ``documents``; write a sentence-transformers folder.

    ``keep`` holds pairs back, for measuring on them. Returns what the model card says of the run.
    """
    import numpy as np

    try:
        import torch
        from torch.nn import functional
    except ImportError as error:
        raise ModelUnavailable(f"训练模型需要 torch。{FULL_INSTALLATION}") from error

    settings = settings or Settings()
    say = progress or (lambda done, total, what: None)
    torch.manual_seed(settings.seed)
    torch.set_num_threads(threads)
    draw = np.random.default_rng(settings.seed)
    pairs = [pair for pair in read_pairs(train_dir) if keep(pair)]
    for doc in documents:
        pairs += [pair for pair in structure_pairs(doc, settings.seed) if keep(pair)]
    sizes = Counter(pair.kind for pair in pairs)
    say(0, settings.epochs, "正在分词")
    cut: dict[str, list[str]] = {}
    for pair in pairs:
        for text in (pair.question, pair.passage):
            if text not in cut:
                counted = damp_counts(words_of(text)[: settings.longest])
                cut[text] = [word for word, times in counted.items() for _ in range(times)]
    texts = [cut[text] for pair in pairs for text in (pair.question, pair.passage)]
    vocabulary = _vocabulary(texts, settings)
    known = {text: np.array(vocabulary.ids(words) or [0], dtype=np.int64) for text, words in cut.items()}
    number = {text: i for i, text in enumerate(known)}
    most = max(sizes.values())
    times = {kind: round((most / size) ** settings.evenness) for kind, size in sizes.items()}
    repeated = [pair for pair in pairs for _ in range(times[pair.kind])]
    questions = [known[pair.question] for pair in repeated]
    passages = [known[pair.passage] for pair in repeated]
    marks = torch.tensor([[number[pair.question], number[pair.passage]] for pair in repeated])

    size = len(vocabulary.entries)
    start = torch.randn(size, settings.dimension, generator=torch.Generator().manual_seed(settings.seed))
    rows = torch.nn.Parameter(start / math.sqrt(settings.dimension))
    weights = torch.from_numpy(vocabulary.weights)
    optimiser = torch.optim.Adam([rows], lr=settings.rate)

    def vectors(batch: list[Any]) -> Any:
        flat = torch.from_numpy(np.concatenate(batch))
        offsets = torch.from_numpy(np.cumsum([0, *(len(ids) for ids in batch[:-1])]))
        scale = weights[flat] * (torch.rand(len(flat)) >= settings.drop)
        summed = functional.embedding_bag(flat, rows, offsets, mode="sum", per_sample_weights=scale)
        return functional.normalize(summed, dim=1)

    per_epoch = max(1, len(repeated) // settings.batch)
    total, step, loss_sum = settings.epochs * per_epoch, 0, 0.0
    for epoch in range(settings.epochs):
        order = draw.permutation(len(repeated))
        loss_sum = 0.0
        for begin in range(0, per_epoch * settings.batch, settings.batch):
            chosen = order[begin : begin + settings.batch]
            for group in optimiser.param_groups:
                group["lr"] = settings.rate * min(1.0, (step + 1) / 20) * max(0.02, 1 - step / total)
            near = vectors([questions[i] for i in chosen]) @ vectors([passages[i] for i in chosen]).T * settings.scale
            mark = marks[chosen]
            # the same title or passage twice in one batch: the other partner is no wrong answer
            same = (mark[:, None, 0] == mark[None, :, 0]) | (mark[:, None, 1] == mark[None, :, 1])
            near = near.masked_fill(same.fill_diagonal_(False), -1e4)
            right = torch.arange(len(chosen))
            loss = (functional.cross_entropy(near, right) + functional.cross_entropy(near.T, right)) / 2
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            step += 1
            loss_sum += float(loss.detach())
        say(epoch + 1, settings.epochs, f"第 {epoch + 1} 轮，损失 {loss_sum / per_epoch:.3f}")
    weighted = rows.detach().numpy() * vocabulary.weights[:, None]
    composed = _composed(vocabulary, weighted)
    save(out, vocabulary.entries, composed)
    return {"pairs": dict(sorted(sizes.items())), "vocabulary": size, "settings": asdict(settings)}


def _composed(vocabulary: _Vocabulary, weighted: Any) -> Any:
    """One row per word: its own vector plus those of its characters."""
    import numpy as np

    out = np.zeros_like(weighted)
    for word, at in vocabulary.entries.items():
        ids = vocabulary.ids([word]) if at else [0]
        out[at] = weighted[ids].sum(axis=0)
    return out


def save(out: Path, entries: dict[str, int], rows: Any) -> None:
    """Write a folder that sentence-transformers loads as it is: every row as whole numbers of 8 bits with a weight of its own."""
    import numpy as np
    from safetensors.numpy import save_file
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit

    out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(WordLevel(entries, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    rows = np.asarray(rows, dtype=np.float32)
    weights = np.maximum(np.abs(rows).max(axis=1), 1e-9) / 127
    tensors = {"embeddings": np.round(rows / weights[:, None]).astype(np.int8), "weights": weights.astype(np.float32)}
    save_file(tensors, out / "model.safetensors")
    package = "sentence_transformers.sentence_transformer.modules"
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": f"{package}.static_embedding.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": f"{package}.normalize.Normalize"},
    ]
    (out / "modules.json").write_text(json.dumps(modules, indent=1), encoding="utf-8")
    (out / "1_Normalize").mkdir(exist_ok=True)
    (out / "1_Normalize" / "config.json").write_text("{}", encoding="utf-8")
    (out / "config_sentence_transformers.json").write_text(json.dumps({"similarity_fn_name": "cosine"}), encoding="utf-8")
    (out / "cemai.json").write_text(json.dumps({"cemai": VERSION, "dimension": int(rows.shape[1])}), encoding="utf-8")
