"""Train the model that decides the frame 语域 of each block of a document (``graph/data/frames.json``).

    python tools/train_frames.py --library LIB              train on all documents and write the weights
    python tools/train_frames.py --library LIB --folds 5    measure on documents the model has not seen; write nothing

LIB is a library that holds documents of many kinds (``cemai ingest``). The same library gives the same file, byte for byte, on one machine:
documents are taken in the order of their names, nothing is drawn but with a fixed seed, weights are rounded. Nobody annotates anything: labels are read from documents
that say themselves what their parts are, and a block about which they say nothing may be any of a few frames (a field with partial
labels). Where they come from:

- work reports whose chapter headings tell (工作回顾; 主要任务, 工作安排): review, plan;
- laws and rules: rule, and condition under headings of conditions, papers and procedures;
- plans: plan; review under headings such as 发展基础, 工作成效;
- measures and notices: rule where money or a bound is granted, condition under such headings, else plan or rule or explanation;
- explanations and interviews: explanation; what they tell in figures may be review, statistics or rule;
- news of markets and statistics: statistics where a block compares figures.

Each report is learned from several times: as it is, without its headings, without its title, without both, and its chapters of review
once more under the titles of other kinds of accounts (总结, 通报, 公报, with the label of that kind), so that the words of the blocks and
not the one sign decide.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from corpus.document import ParsedDocument, Span
from corpus.store import Corpus
from graph.frames.model import FRAMES, FrameModel, model_of
from graph.frames.signs import Block, kind_of_title, read_blocks, signs_of_blocks

ROOT = Path(__file__).resolve().parents[1]
REVIEW, PLAN, RULE, CONDITION, EXPLANATION, STATISTICS = range(6)
ANY = frozenset(range(6))
_REVIEW = re.compile(
    r"回顾|发展成就|工作总结|工作情况|主要成绩|工作成效|主要成效|发展基础|现实基础|发展现状|取得的成|完成情况|执行情况"
)
_PLAN = re.compile(
    r"主要任务|目标|工作安排|重点工作|主要工作|重大举措|总体部署|政府自身建设|主要考虑|工作任务|的建议|总体要求|政策取向|"
    r"20\d\d年(?:的)?工作$|治理效能|服务型政府|党的全面领导|治理现代化"
)
_CONDITION = re.compile(r"条件|材料|对象|程序|流程|方式|范围|申请|办理|申报|资格")
_EXPLANATION = re.compile(r"背景|定义|名词|依据|意义|解释|说明")
_TELLING = ("head:chapter:past", "head:chapter:plan", "head:under:past", "head:under:plan")
"""The signs of headings that tell the truth; what is left of a heading may be rhetoric (更加有力, 做强…)."""
_GRANTS = re.compile(r"给予|补贴|奖励|补助|额度|首付|不超过|不低于|最高|利率|比例")


@dataclass
class Example:
    """The signs of the blocks of one document, and which frames each may have."""

    document: str
    signs: list[list[str]]
    allowed: list[frozenset[int]]
    kind: str


def label(doc: ParsedDocument, blocks: Sequence[Block], signs: Sequence[Sequence[str]]) -> list[frozenset[int]] | None:
    """The frames each block may have; None for a document that says nothing."""
    kind = kind_of_title("".join((doc.head.title or "").split()))
    text = doc.text
    out: list[frozenset[int]] = []
    for block, own in zip(blocks, signs, strict=True):
        words, names = block.span.of(text), set(own)
        top = block.headings[0] if block.headings else ""
        under = " ".join(block.headings)
        digits = re.search(r"\d", words) is not None
        if kind == "account" and "工作报告" in (doc.head.title or ""):
            looks, plans = _REVIEW.search(top), _PLAN.search(top)
            both = bool(looks) and bool(plans)
            out.append(frozenset({REVIEW, PLAN}) if both or not (looks or plans) else frozenset({REVIEW if looks else PLAN}))
            if not block.headings:
                out[-1] = frozenset({REVIEW, PLAN, EXPLANATION})
        elif kind == "law":
            if _EXPLANATION.search(under):
                out.append(frozenset({EXPLANATION, RULE}))
            elif _CONDITION.search(under):
                out.append(frozenset({CONDITION} if "has:condition" in names else {CONDITION, RULE}))
            else:
                out.append(frozenset({RULE} if block.headings else {RULE, EXPLANATION}))
        elif kind == "plan":
            if _REVIEW.search(under):
                out.append(frozenset({REVIEW}))
            elif not block.headings:
                out.append(frozenset({PLAN, EXPLANATION}))
            elif _GRANTS.search(words) and digits:
                out.append(frozenset({PLAN, RULE}))
            else:
                out.append(frozenset({PLAN}))
        elif kind in ("favour", "procedure"):
            if _CONDITION.search(under) or "thick:condition" in names:
                out.append(frozenset({CONDITION}))
            elif _GRANTS.search(words) and digits:
                out.append(frozenset({RULE}))
            elif not block.headings:
                out.append(frozenset({EXPLANATION, RULE}))
            elif "opens:4" in names or "opens:3" in names:
                out.append(frozenset({PLAN, RULE}) if kind == "favour" else frozenset({CONDITION, RULE}))
            else:
                out.append(frozenset({RULE, PLAN, CONDITION, EXPLANATION}))
        elif kind in ("explain", "news"):
            if "has:compared" in names and digits:
                out.append(frozenset({REVIEW, STATISTICS}))
            elif digits:
                out.append(frozenset({REVIEW, RULE, STATISTICS, EXPLANATION, PLAN}))
            else:
                out.append(frozenset({EXPLANATION}))
        elif kind == "bulletin":
            compares = digits and ("has:compared" in names or "has:statistic" in names)
            out.append(frozenset({STATISTICS}) if compares else frozenset({STATISTICS, EXPLANATION, PLAN, REVIEW}))
        else:
            return None
    return out if any(allowed != ANY for allowed in out) else None


def examples(docs: Iterable[ParsedDocument], most: int) -> list[Example]:
    """What is learned from the documents, at most so many of a kind."""
    out: list[Example] = []
    taken: Counter[str] = Counter()
    seen: set[str] = set()
    for doc in docs:
        title = "".join((doc.head.title or "").split())
        kind = kind_of_title(title)
        if doc.text[:400] in seen or taken[kind] >= most or len(doc.text) > 60_000:
            continue
        seen.add(doc.text[:400])
        blocks = read_blocks(doc)
        signs = signs_of_blocks(doc, blocks)
        allowed = label(doc, blocks, signs) if len(blocks) >= 4 else None
        if allowed is None:
            continue
        taken[kind] += 1
        out.append(Example(doc.id, signs, allowed, kind))
        out.append(Example(doc.id, [hidden(own, *_TELLING) for own in signs], allowed, kind))
        if kind == "account":
            for number in range(4):
                out += abridged(doc, blocks, allowed, number)
        if kind in ("account", "plan"):
            out.append(Example(doc.id, [hidden(own, "title:", "period:") for own in signs], allowed, kind))
            out.append(Example(doc.id, [hidden(own, *_TELLING, "title:", "period:") for own in signs], allowed, kind))
        if kind == "account":
            out += retitled(doc.id, signs, allowed)
    return out


def abridged(doc: ParsedDocument, blocks: Sequence[Block], allowed: Sequence[frozenset[int]], number: int) -> list[Example]:
    """A report cut to a few blocks of a few words, as a short one of a county would be, without headings that tell."""
    draw = random.Random(f"{doc.id} {number}")
    # how much of a report looks back differs: of a short one often half
    back, ahead = draw.choice((0.1, 0.3, 0.8)), draw.choice((0.03, 0.1, 0.2))
    kept = [i for i in range(len(blocks)) if draw.random() < (back if REVIEW in allowed[i] else ahead)]
    short = []
    for i in kept:
        span = blocks[i].span
        stop = doc.text.find("。", min(span.end, span.start + draw.choice((20, 40, 80, 160))), span.end)
        short.append(replace(blocks[i], span=Span(span.start, stop + 1 if stop >= 0 else span.end)))
    if len(short) < 4:
        return []
    signs = [hidden(own, *_TELLING) for own in signs_of_blocks(doc, short)]
    return [Example(doc.id, signs, [allowed[i] for i in kept], "account")]


def hidden(signs: Sequence[str], *prefixes: str) -> list[str]:
    """The signs without those of some kinds."""
    return [sign for sign in signs if not sign.startswith(prefixes)]


def retitled(id: str, signs: Sequence[Sequence[str]], allowed: Sequence[frozenset[int]]) -> list[Example]:
    """The chapters of review of a report under the titles of other accounts, with the label those have."""
    review = [i for i, frames in enumerate(allowed) if frames == {REVIEW}]
    if len(review) < 6:
        return []
    out: list[Example] = []
    for kind, frame in (("bulletin", STATISTICS), ("appraisal", REVIEW), ("budget", REVIEW), ("news", REVIEW)):
        dressed = []
        for i in review:
            period = "past" if kind != "budget" else "two"
            own = hidden(signs[i], "title:", "period:", *_TELLING)
            dressed.append([*own, f"title:{kind}", f"period:{period}", f"title:{kind}&{period}"])
        frames = [frozenset({frame} if any(s.startswith("has:figures") for s in own) else {frame, REVIEW}) for own in dressed]
        out.append(Example(id, dressed, frames, kind))
    whole = [hidden(own, "title:", "period:", *_TELLING) for own in signs]
    for kind, period in (("budget", "two"), ("appraisal", "none"), ("news", "none")):
        dressed = [[*own, f"title:{kind}", f"period:{period}", f"title:{kind}&{period}"] for own in whole]
        out.append(Example(id, dressed, list(allowed), kind))
    return out


def train(learned: Sequence[Example], *, penalty: float = 2.0, least: int = 8, rounds: int = 60) -> FrameModel:
    """Fit the field: the likelihood of the allowed frames against all, with a penalty on the squares of the weights."""
    seen = Counter(sign for example in learned for own in example.signs for sign in set(own))
    names = sorted(sign for sign, n in seen.items() if n >= least)
    index = {name: i for i, name in enumerate(names)}
    batches = [batch(rows, index) for rows in in_batches(learned)]
    size = len(names) * 6

    def loss(vector: np.ndarray) -> tuple[float, np.ndarray]:
        emission = vector[:size].reshape(-1, 6)
        transition, opening = vector[size : size + 36].reshape(6, 6), vector[size + 36 :]
        total, slope = 0.0, np.zeros_like(vector)
        for known in batches:
            scores = (known.signs @ emission).reshape(known.barred.shape)
            logs, single, pairs = expectations(scores, transition, opening, known.inside)
            kept, single_kept, pairs_kept = expectations(scores - known.barred, transition, opening, known.inside)
            total += logs - kept
            difference = single - single_kept
            slope[:size] += (known.signs.T @ difference.reshape(-1, 6)).ravel()
            slope[size : size + 36] += (pairs - pairs_kept).ravel()
            slope[size + 36 :] += difference[:, 0].sum(axis=0)
        return total + penalty * float(vector @ vector) / 2, slope + penalty * vector

    done = minimize(loss, np.zeros(size + 42), jac=True, method="L-BFGS-B", options={"maxiter": rounds})
    print(f"{len(learned)} sequences, {len(names)} signs, loss {done.fun:.0f} after {done.nit} rounds")
    vector = done.x.round(3)
    return FrameModel(index, vector[:size].reshape(-1, 6), vector[size : size + 36].reshape(6, 6), vector[size + 36 :])


@dataclass
class Batch:
    """Sequences of like length side by side: signs of their blocks, frames barred to them, which places are inside."""

    signs: csr_matrix
    barred: np.ndarray
    inside: np.ndarray


def in_batches(learned: Sequence[Example], most: int = 64) -> list[list[Example]]:
    """The sequences by length, so many at a time."""
    ordered = sorted(learned, key=lambda example: len(example.signs))
    return [ordered[i : i + most] for i in range(0, len(ordered), most)]


def batch(rows: Sequence[Example], index: dict[str, int]) -> Batch:
    """The arrays of some sequences."""
    longest = max(len(example.signs) for example in rows)
    barred, inside = np.zeros((len(rows), longest, 6)), np.zeros((len(rows), longest), dtype=bool)
    places: list[int] = []
    columns: list[int] = []
    for i, example in enumerate(rows):
        inside[i, : len(example.signs)] = True
        for k, (own, allowed) in enumerate(zip(example.signs, example.allowed, strict=True)):
            barred[i, k] = [0.0 if frame in allowed else 1e3 for frame in range(6)]
            known = [index[sign] for sign in own if sign in index]
            places += [i * longest + k] * len(known)
            columns += known
    shape = (len(rows) * longest, len(index))
    return Batch(csr_matrix((np.ones(len(places)), (places, columns)), shape=shape), barred, inside)


def expectations(
    scores: np.ndarray, transition: np.ndarray, opening: np.ndarray, inside: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """The logarithm of the sum over all paths, the share of each frame at each block, of each pair of frames."""
    several, longest, _ = scores.shape
    top = scores.max(axis=2, keepdims=True)
    local, moves = np.exp(scores - top), np.exp(transition)
    forward, backward = np.zeros_like(local), np.ones_like(local)
    scale = np.ones((several, longest))
    row = np.exp(opening) * local[:, 0]
    for i in range(longest):
        if i:
            row = (forward[:, i - 1] @ moves) * local[:, i]
        live = inside[:, i]
        scale[live, i] = row[live].sum(axis=1)
        forward[live, i] = row[live] / scale[live, i, None]
    for i in range(longest - 2, -1, -1):
        live = inside[:, i + 1]
        backward[live, i] = (local[live, i + 1] * backward[live, i + 1]) @ moves.T / scale[live, i + 1, None]
    single = forward * backward
    after = np.where(inside[:, 1:, None], local[:, 1:] * backward[:, 1:] / scale[:, 1:, None], 0.0)
    pairs = np.einsum("nik,nil->kl", forward[:, :-1], after) * moves
    return float(np.log(scale).sum() + top[..., 0][inside].sum()), single, pairs


def measure(model: FrameModel, held: Sequence[Example]) -> Counter[tuple[str, str]]:
    """How many blocks of a known frame were decided right, by kind of document and frame."""
    out: Counter[tuple[str, str]] = Counter()
    for example in held:
        bare = not any(sign.startswith("head:") for own in example.signs for sign in own)
        for (frame, _), allowed in zip(model.decide(example.signs), example.allowed, strict=True):
            if len(allowed) == 1:
                truth = FRAMES[next(iter(allowed))]
                name = f"{example.kind}{' without headings' if bare else ''}: {truth}"
                out[name, "all"] += 1
                out[name, "right"] += frame == truth
    return out


def write(model: FrameModel, path: Path) -> None:
    """Write the weights as JSON, one sign a line."""
    rows = ",\n".join(f"{json.dumps(n, ensure_ascii=False)}: {model.emission[i].tolist()}" for n, i in model.signs.items())
    path.write_text(
        f'{{"frames": {json.dumps(FRAMES)},\n"opening": {model.opening.tolist()},\n"transition": {model.transition.tolist()},\n'
        f'"emission": {{\n{rows}\n}}}}\n',
        encoding="utf-8",
    )
    model_of(json.loads(path.read_text(encoding="utf-8")))


def documents(library: Path) -> list[ParsedDocument]:
    """The documents of a library, in an order that does not hang on when they came."""
    with Corpus.open(library) as corpus:
        return sorted((corpus.document(info.row) for info in corpus.infos()), key=lambda doc: (doc.source, doc.id))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--most", type=int, default=120, help="documents of one kind")
    parser.add_argument("--out", type=Path, default=ROOT / "graph" / "data" / "frames.json")
    given = parser.parse_args()
    learned = examples(documents(given.library), given.most)
    if not given.folds:
        write(train(learned), given.out)
        return
    found: Counter[tuple[str, str]] = Counter()
    for fold in range(given.folds):
        inside = [e for e in learned if int(e.document[:6], 16) % given.folds == fold]
        outside = [e for e in learned if int(e.document[:6], 16) % given.folds != fold]
        found += measure(train(outside), inside)
    for name in sorted({name for name, _ in found}):
        print(f"{name}: {found[name, 'right']} of {found[name, 'all']}")


if __name__ == "__main__":
    main()
