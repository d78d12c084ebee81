"""How well scanned pages are read: 40 pages made of real texts at run time, beside tesseract where that is installed.

    ocr.py [--shared DIR] [--pages N] [--seed N] [--engines rapidocr,tesseract] [--show N]

Pages are set by ``tools/scanned_pages.py`` in the Chinese fonts of the machine (CEMAI_FONTS names another folder): official papers
with red head and seal, plain text, two columns, small print and ruled tables, at 150, 200 and 300 dots an inch, from clean to
strongly damaged. Each is read as a PDF of one picture by ``ingest.reader``, as an import does it.

Columns: share of characters wrong (all, ideographs, digits), cells of tables that are exactly right and stand in their place,
tasks and targets found in the text that are found in the scan too, CPU seconds a page, memory in MB at the end.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import subprocess
import sys
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from tools.scanned_pages import Damage, MadePage, PageSetter, as_pdf, find_fonts, light_damage, scan, strong_damage  # noqa: E402

FOLDERS = ("beijing_2026", "business_2023", "work_reports")
KINDS = ("official", "plain", "columns", "small", "table")
LEVELS = ("clean", "light", "strong")
SIGNS = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "〔": "(", "〕": ")", "[": "(", "]": ")", "—": "-", "－": "-", "·": ".", "•": "."}
)
ORGANS = ("云岭县人民政府", "青禾市发展和改革委员会", "临川区教育局", "安平县农业农村局")


@dataclass(frozen=True, slots=True)
class Case:
    """A made page with what was done to it."""

    kind: str
    level: str
    dpi: int
    font: str
    page: MadePage
    data: bytes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("CEMAI_SHARED", HERE.parent / "shared")))
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--engines", default="rapidocr,tesseract")
    parser.add_argument("--show", type=int, default=0, help="print so many pages with the most errors")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not (options.shared / "corpus").is_dir():
        print(f"没有 {options.shared}/corpus：请用 --shared 指定共享资料文件夹")
        sys.exit(2)
    if not find_fonts():
        print("no Chinese font on this machine: install one (fonts-noto-cjk, fonts-arphic-uming) or name a folder in CEMAI_FONTS")
        sys.exit(2)
    if options.one:
        measure(options.one, options)
        return
    for engine in options.engines.split(","):
        # a process each, so that the memory is its own
        subprocess.run([sys.executable, __file__, *sys.argv[1:], "--one", engine], check=False)


def measure(engine: str, options: argparse.Namespace) -> None:
    from ingest.formats.pdf.ocr import rapid, tesseract
    from ingest.reader import read

    if engine == "tesseract":
        rapid.models = lambda: None
    if not (rapid.models() if engine == "rapidocr" else tesseract.available()):
        print(f"{engine}: not installed here, left out")
        return
    cases = make_cases(options.shared / "corpus", options.pages, options.seed)
    before = 0
    rows: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    worst = []
    for case in cases:
        before = before or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.process_time()
        try:
            doc = read(case.data, "扫描.pdf")
        except Exception as error:  # a page that cannot be read counts as all wrong
            doc, text = None, ""
            print(f"  {case.kind} {case.level} {case.dpi}: {error}")
        else:
            text = doc.text
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = time.process_time() - start + after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime
        row = (*errors(case.page.text, text), *cells(case.page, doc), *facts(case.page, doc), seconds)
        for name in ("all", case.kind, f"{case.level} {case.dpi}"):
            rows[name].append(row)
        worst.append(
            (
                row[0],
                replace(case, data=b"", page=replace(case.page, picture=None)),
                text,
                [i.message for i in doc.issues] if doc else [],
            )
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"\n{engine}: {len(worst)} pages, seed {options.seed}; memory {before} MB before, {peak} MB at most")
    print(f"{'':<14}{'pages':>6}{'wrong':>9}{'Han':>9}{'digits':>9}{'cells':>8}{'tasks':>8}{'targets':>9}{'CPU s':>8}")
    for name, values in rows.items():
        sums = [sum(column) for column in zip(*values, strict=True)]
        wrong, chars, han_wrong, han, digits_wrong, digits, right, cell_count, found, tasks, met, targets, seconds = sums
        print(
            f"{name:<14}{len(values):>6}{share(wrong, chars):>9}{share(han_wrong, han):>9}{share(digits_wrong, digits):>9}"
            f"{share(right, cell_count):>8}{share(found, tasks):>8}{share(met, targets):>9}{seconds / len(values):>8.2f}"
        )
    for _, case, text, issues in sorted(worst, key=lambda item: -item[0])[: options.show]:
        print(f"\n--- {case.kind} {case.level} {case.dpi} {case.font}\n{case.page.text}\n--- read\n{text}\n--- {issues}")


def share(part: float, whole: float) -> str:
    return f"{part / whole:.4f}" if whole else "–"


def make_cases(corpus: Path, count: int, seed: int) -> Iterator[Case]:
    """Pages of all kinds, levels of damage and resolutions in turn, of texts drawn by chance."""
    chance = random.Random(seed)
    paths = [path for folder in FOLDERS for path in sorted((corpus / folder).rglob("*.txt"))]
    chance.shuffle(paths)
    fonts = find_fonts()[:3]
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        level, dpi = LEVELS[number % 3], (150, 200, 300)[number // 3 % 3]
        font = fonts[number % len(fonts)]
        page = make_page(kind, paths, chance, font, number)
        damage = {"clean": Damage(), "light": light_damage(chance), "strong": strong_damage(chance)}[level]
        picture = scan(page, dpi, damage, chance)
        yield Case(kind, level, dpi, font.stem, replace(page, picture=picture), as_pdf([picture], dpi))


def make_page(kind: str, paths: list[Path], chance: random.Random, font: Path, number: int) -> MadePage:
    while True:
        lines = [line.strip() for line in paths.pop().read_text(encoding="utf-8", errors="replace").split("\n")]
        lines = [re.sub(r"\s+", "", line) for line in lines if line.strip() and not re.search(r"[\ue000-\uf8ff\ufffd]", line)]
        title = next((line for line in lines if 8 < len(line) < 45), None)
        body = [line for line in lines if line != title and len(line) > 12]
        if title and len("".join(body)) > 2_500:
            break
    body = body[chance.randrange(max(1, len(body) // 2)) :]
    if kind == "table":
        return make_table(lines, paths, chance, font, number)
    setter = PageSetter(font, size=10.5 if kind in ("small", "columns") else 16, top=430 if kind == "official" else 300)
    if kind == "official":
        organ = chance.choice(ORGANS)
        setter.head(f"{organ}文件", f"{organ[:2]}政发〔{chance.randrange(2012, 2026)}〕{chance.randrange(1, 90)}号")
    if number % 2 == 0 or kind == "official":
        setter.title(title)
    if kind == "columns":
        setter.columns(body)
        return setter.done(number + 1)
    kept = 7 if kind == "official" else 0
    for line in body:
        if setter.room() <= kept:
            break
        cut = sum(len(part) for part in setter.wrap(line, setter.right - setter.left, setter.size, 90)[: setter.room() - kept])
        setter.paragraph(line[:cut])
    if kind == "official":
        setter.signature(
            organ, f"{chance.randrange(2012, 2026)}年{chance.randrange(1, 13)}月{chance.randrange(1, 29)}日", seal=True
        )
    return setter.done(number + 1)


def make_table(lines: list[str], paths: list[Path], chance: random.Random, font: Path, number: int) -> MadePage:
    """A table of the targets that several real texts set."""
    from graph.extract import extract
    from ingest.reader import read

    rows: list[tuple[str, ...]] = []
    while len(rows) < 14:
        doc = read("\n".join(lines).encode(), "甲.txt")
        for target in extract(doc).targets:
            if target.value is None or not 2 < len(target.indicator) < 24 or len(target.unit or "") > 5:
                continue
            year = str(target.by_year or chance.randrange(2023, 2031))
            value = f"{target.value:,.0f}" if target.value > 999 else f"{target.value:g}"
            rows.append((target.indicator, target.unit or "—", value, f"{year}年", chance.choice(ORGANS)))
        lines = [line.strip() for line in paths.pop().read_text(encoding="utf-8", errors="replace").split("\n")]
    chance.shuffle(rows)
    setter = PageSetter(font, top=300)
    setter.title("主要目标任务分解表", 18)
    head = ("序号", "指标", "单位", "目标值", "完成时限", "责任单位")
    setter.ruled([head, *((str(at), *row) for at, row in enumerate(rows, 1))], size=chance.choice((9, 10.5, 12)))
    return setter.done(number + 1)


def packed(text: str) -> str:
    text = "".join(text.translate(SIGNS).split()).replace("|", "")
    return unicodedata.normalize("NFKC", text).translate(SIGNS)


def errors(expected: str, got: str) -> tuple[int, int, int, int, int, int]:
    """Wrong and all characters: of all kinds, ideographs, digits."""
    from rapidfuzz.distance import Levenshtein

    out: list[int] = []
    for kept in (r"", r"[^\u3400-\u9fff]", r"[^0-9]"):
        a, b = (re.sub(kept, "", packed(text)) if kept else packed(text) for text in (expected, got))
        out += [Levenshtein.distance(a, b), len(a)]
    return tuple(out)  # type: ignore[return-value]


def cells(page: MadePage, doc: object) -> tuple[int, int]:
    """Cells that are exactly right and stand where they stood, and all cells."""
    count = sum(len(row) for row in page.table)
    if doc is None or not page.table or not doc.tables:
        return 0, count
    table = max(doc.tables, key=lambda table: len(table.rows))
    read = [[packed(cell.of(doc.text)) for cell in row] for row in table.rows]
    right = 0
    for r, row in enumerate(page.table):
        for c, text in enumerate(row):
            right += r < len(read) and c < len(read[r]) and read[r][c] == packed(text)
    return right, count


def facts(page: MadePage, doc: object) -> tuple[int, int, int, int]:
    """Tasks and targets of the text that are found in the scan too, and all."""
    from rapidfuzz.fuzz import ratio

    from graph.extract import extract
    from ingest.reader import read

    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in page.table)
    source = "<html><body>" + "".join(f"<p>{line}</p>" for line in page.paragraphs) + f"<table>{table}</table></body></html>"
    original = read(source.encode(), "原文.html")
    wanted = extract(original)
    found = extract(doc) if doc is not None else None
    tasks = [packed(task.name) for task in found.tasks] if found else []
    targets = [(packed(t.indicator), t.value, t.unit) for t in found.targets] if found else []
    met = hit = 0
    for task in wanted.tasks:
        best = max(tasks, key=lambda name: ratio(name, packed(task.name)), default="")
        if ratio(best, packed(task.name)) >= 90:
            tasks.remove(best)
            met += 1
    for target in wanted.targets:
        same = [t for t in targets if t[1:] == (target.value, target.unit) and ratio(t[0], packed(target.indicator)) >= 80]
        if same:
            targets.remove(same[0])
            hit += 1
    return met, len(wanted.tasks), hit, len(wanted.targets)


if __name__ == "__main__":
    main()
