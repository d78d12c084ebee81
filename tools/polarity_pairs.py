"""Ask made rules and their negations both ways, and report what is answered: polarity_pairs.py FOLDER [--pairs 500] [--seed N].

Of each pair one library in FOLDER holds the rule (残疾人可以申请租房补贴) and the other its negation (残疾人不得申请租房补贴), ten rules a document,
half of either kind in each. Of both it is asked whether it is so and whether it is not. Printed are the shares of answers with a right
verdict or the rule quoted without one, with the rule in the first line, of refusals and of wrong verdicts, and each wrong one.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cemai.library import Library
from qa.answer import Answer

A_DOCUMENT = 10
"""Rules in a document."""
_VERDICT = re.compile(r"(不是|不可以|不能|不会|不需要|没有|是|可以|能|会|需要|有)。")
NUMERALS = "一二三四五六七八九十"
PLACES = ("云岭市", "川河市", "白石县", "南屏县", "青阳市", "临江市", "金沙县", "怀远县")


@dataclass(frozen=True, slots=True)
class Pair:
    """A rule, its negation, and the questions whether it is so and whether it is not."""

    rule: str
    negation: str
    whether: str
    whether_not: str


def read_lines(name: str) -> list[str]:
    """The lines of a file in ``tools/data`` that are no notes."""
    text = (Path(__file__).parent / "data" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def make_pairs(count: int, seed: int) -> list[Pair]:
    """Some of all the pairs of a person or body, a predicate and its object that ``tools/data`` names."""
    people = read_lines("polarity_people.txt")
    rows = [row.split("\t") for row in read_lines("polarity_rules.tsv")]
    every = [(who, row, thing) for who, row in product(people, rows) for thing in row[4].split("|")]
    chosen = random.Random(seed).sample(every, count)
    return [Pair(*(f"{who}{words.replace('~', thing)}" for words in row[:4])) for who, row, thing in chosen]


def write_document(folder: Path, number: int, rules: list[str]) -> None:
    """A document of some rules, one an article."""
    place = PLACES[number % len(PLACES)]
    title = f"{place}便民服务管理办法（第{number + 1}批）"
    articles = "".join(f"　　第{numeral}条 {rule}。\n" for numeral, rule in zip(NUMERALS, rules, strict=False))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{title}.txt").write_text(
        f"{place}人民政府关于印发《{title}》的通知\n{place[0]}政发〔2025〕{number + 1}号\n各有关单位：\n"
        f"　　现将《{title}》印发给你们，请遵照执行。\n{place}人民政府\n2025年3月1日\n{title}\n{articles}",
        encoding="utf-8",
    )


def judge(answer: Answer, rule: str, *, denied: bool, asked_denied: bool) -> str:
    """How a question is answered: first, later (the rule is quoted there), refused, other, or wrong (a verdict that is not so)."""
    if answer.status == "not_found":
        return "refused"
    verdict = _VERDICT.match(answer.answer)
    if verdict is not None:
        says_no = verdict[1].startswith(("不", "没"))
        # 是不是不再享受: 是 says that it is denied
        if (says_no if not asked_denied else says_no != (verdict[1] in ("是", "不是"))) != denied:
            return "wrong"
    return "first" if rule in answer.answer.split("\n")[0] else "later" if rule in answer.answer else "other"


def ask_pairs(folder: Path, pairs: list[Pair]) -> list[tuple[str, str, str]]:
    """Make the two libraries and ask: of each question how it is answered, the question, and the answer."""
    found = []
    for side in range(2):
        rules = [pair.negation if (k + side) % 2 else pair.rule for k, pair in enumerate(pairs)]
        sources = folder / f"sources{side}"
        for number in range(0, len(pairs), A_DOCUMENT):
            write_document(sources, number // A_DOCUMENT, rules[number : number + A_DOCUMENT])
        with Library.open(folder / f"library{side}") as library:
            library.ingest([sources])
            for k, pair in enumerate(pairs):
                place = PLACES[k // A_DOCUMENT % len(PLACES)]
                for question in (pair.whether, pair.whether_not):
                    answer = library.ask(f"{place}{question}？", keep=False)
                    told = judge(answer, rules[k], denied=rules[k] == pair.negation, asked_denied=question == pair.whether_not)
                    found.append((told, answer.question, answer.answer))
    return found


def main() -> None:
    """Read the arguments, ask, print the shares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    found = ask_pairs(args.folder, make_pairs(args.pairs, args.seed))
    for told, question, answer in found:
        if told in ("wrong", "other"):
            print(told, question, answer.replace("\n", " / ")[:200])
    for told, number in Counter(told for told, *_ in found).most_common():
        print(f"{told} {number / len(found):.4f}")


if __name__ == "__main__":
    main()
