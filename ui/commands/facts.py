"""tasks, targets, study: what the documents oblige to, and learning it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from corpus.text import split_names
from corpus.titles import in_marks
from ui.commands.graph import ROLES, add_output
from ui.commands.shared import (
    add_all_versions,
    add_status,
    as_of_date,
    known_region,
    note,
    note_folded,
    open_library,
    print_json,
    print_table,
    write_table,
)

NOTHING = 1


def register(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    p = verbs.add_parser("tasks", parents=[common], help="任务台账")
    p.add_argument("--unit", metavar="单位", help="如 州医保局")
    p.add_argument("--region", metavar="地区", help="只看某地及其下级")
    p.add_argument("--topic", metavar="主题")
    add_status(p)
    add_all_versions(p)
    p.add_argument("--role", choices=ROLES, help="与 --unit 合用：只看它牵头、负责或配合的")
    p.add_argument("--former", action="store_true", help="与 --unit 合用：连同机构改革前的旧名")
    p.add_argument("--form", choices=("ledger", "duties"), default="ledger", help="任务台账，或按单位的责任清单（导出文件时）")
    add_output(p)
    p.set_defaults(run=tasks)
    p = verbs.add_parser("targets", parents=[common], help="目标指标")
    p.add_argument("--indicator", metavar="指标", help="指标名称中含有的字")
    p.add_argument("--family", metavar="指标族", help="同一指标的各种叫法，如 地区生产总值增长（也找 经济增长、GDP增速）")
    p.add_argument("--regions", metavar="甲,乙,…", help="与 --family 合用：只看这些地区本级，可写 京津冀、31个省")
    p.add_argument("--least", metavar="数", help="与 --family 合用：不小于，连单位写，如 5%%、100万人")
    p.add_argument("--most", metavar="数", help="与 --family 合用：不大于")
    p.add_argument(
        "--sort",
        choices=("document", "value", "year", "region", "date"),
        default=None,
        help="与 --family 合用：按数值、年份、地区、成文日期排",
    )
    p.add_argument("--each", action="store_true", help="与 --family 合用：每个地区每年每类只列一个数")
    p.add_argument("--region", metavar="地区", help="只看某地及其下级")
    p.add_argument("--kind", choices=("target", "achieved", "statistic", "rule"), help="目标、已完成、现状数、标准")
    p.add_argument("--year", type=int, metavar="年份", help="目标年")
    add_status(p)
    add_all_versions(p)
    add_output(p)
    p.set_defaults(run=targets)

    study = verbs.add_parser("study", parents=[common], help="学政策：术语、应知应会、练习题")
    study.set_defaults(run=lambda args: study.print_help() or 2)
    sub = study.add_subparsers(metavar="动作", title="动作", parser_class=type(study))
    p = sub.add_parser("terms", parents=[common], help="术语和它们的解释")
    p.add_argument("--json", action="store_true", help="输出 JSON")
    add_all_versions(p)
    p.set_defaults(run=study_terms)
    p = sub.add_parser("brief", parents=[common], help="一个岗位的应知应会")
    p.add_argument("--unit", metavar="单位")
    p.add_argument("--region", metavar="地区", help="某地及其下级")
    p.add_argument("--json", action="store_true", help="输出 JSON")
    p.set_defaults(run=study_brief)
    p = sub.add_parser("quiz", parents=[common], help="由原文事实生成的练习题")
    p.add_argument("--number", "-n", type=int, default=10, metavar="N", help="题数")
    p.add_argument("--seed", type=int, default=1, metavar="N", help="同一数字出同一套题")
    p.add_argument("--region", metavar="地区", help="某地及其下级")
    p.add_argument("--answers", action="store_true", help="显示答案")
    p.add_argument("--json", action="store_true", help="输出 JSON")
    p.add_argument("--out", type=Path, metavar="文件.docx", help="写成 Word 试卷（附答题卡和答案）")
    p.add_argument("--unit", metavar="单位", help="只出这个岗位的题")
    p.set_defaults(run=study_quiz)
    p = sub.add_parser("practice", parents=[common], help="在命令行做题，成绩按姓名记，答错的过后会再来")
    p.add_argument("--learner", required=True, metavar="姓名")
    p.add_argument("--unit", metavar="单位")
    p.add_argument("--region", metavar="地区", help="某地及其下级")
    p.add_argument("--number", "-n", type=int, default=10, metavar="N", help="题数")
    p.set_defaults(run=study_practice)
    p = sub.add_parser("scores", parents=[common], help="成绩单")
    add_output(p)
    p.set_defaults(run=study_scores)
    p = sub.add_parser("forget", parents=[common], help="清除一个人的学习记录")
    p.add_argument("learner", metavar="姓名")
    p.set_defaults(run=study_forget)


def tasks(args: argparse.Namespace) -> int:
    """The task ledger."""
    from graph.codec.columns import UNSTATED
    from graph.kinds import TASKS

    if args.region:
        known_region(args.region)
    with open_library(args) as library:
        found = library.tasks(
            unit=args.unit, region=args.region, topic=args.topic, role=args.role, former=args.former,
            status=args.status, as_of=as_of_date(args), all_versions=args.all_versions,
        )  # fmt: skip
    note_folded(found.folded)
    if args.format == "json" and args.out is None:
        print_json([task.record() for task in found])
    elif args.format == "table":
        print_table(
            ("序号", "任务", "牵头单位", "责任单位", "完成时限", "出处"),
            [
                (
                    number,
                    task.fact.name,
                    "、".join(task.fact.lead_units) or "—",
                    "、".join([*task.fact.responsible_units, *task.fact.supporting_units]) or UNSTATED,
                    task.fact.deadline or "—",
                    f"{in_marks(task.title or task.fact.source)}{' > '.join(task.fact.section_path)}",
                )
                for number, task in enumerate(found, 1)
            ],
            ratios=(1, 6, 4, 8, 3, 8),
        )
        note(f"共 {len(found)} 项任务。")
    else:
        from ui.exports import fact_table, unit_duties

        write_table(unit_duties(found) if args.form == "duties" else fact_table(TASKS, found), args.format, args.out)
        note(f"共 {len(found)} 项任务。")
    return 0 if found else NOTHING


def targets(args: argparse.Namespace) -> int:
    """The targets."""
    from graph.codec.columns import TARGET_KINDS
    from graph.kinds import TARGETS

    if args.region:
        known_region(args.region)
    if args.family:
        return _figures(args)
    if args.regions or args.least or args.most or args.sort or args.each:
        raise UsageError("--regions、--least、--most、--sort、--each 要与 --family 合用。")
    with open_library(args) as library:
        found = library.targets(
            indicator=args.indicator,
            region=args.region,
            kind=args.kind,
            year=args.year,
            status=args.status,
            as_of=as_of_date(args),
            all_versions=args.all_versions,
        )
    note_folded(found.folded)
    if args.format == "json" and args.out is None:
        print_json([target.record() for target in found])
    elif args.format == "table":
        print_table(
            ("序号", "指标", "数值（原文）", "年份", "类别", "地区", "原文"),
            [
                (n, t.indicator, t.value_text, t.by_year or "—", TARGET_KINDS[t.kind], t.region or "—", t.quote)
                for n, t in enumerate((target.fact for target in found), 1)
            ],
            ratios=(1, 6, 4, 2, 2, 4, 10),
        )
        note(f"共 {len(found)} 项。")
    else:
        from ui.exports import fact_table

        write_table(fact_table(TARGETS, found), args.format, args.out)
        note(f"共 {len(found)} 项。")
    return 0 if found else NOTHING


def _figures(args: argparse.Namespace) -> int:
    """The figures of a family of indicators."""
    from graph.codec.columns import TARGET_KINDS

    names = split_names(args.regions)
    with open_library(args) as library:
        found = library.figures(
            args.family,
            kind=args.kind,
            year=args.year,
            regions=names or ([args.region] if args.region else []),
            below=bool(args.region and not names),
            least=args.least,
            most=args.most,
            sort=args.sort or "document",
            each=args.each,
            status=args.status,
            as_of=as_of_date(args),
            all_versions=args.all_versions,
        )
    note_folded(found.folded)
    if args.format == "json" and args.out is None:
        print_json([figure.record() for figure in found])
    elif args.format == "table":
        print_table(
            ("序号", "地区", "指标族", "数值（原文）", "年份", "类别", "文件日期", "时效", "原文"),
            [
                (
                    n,
                    figure.region or "—",
                    figure.row.family.name,
                    figure.cited.fact.value_text,
                    f"{figure.row.year or '—'}{'（推定）' if figure.row.reckoned else ''}",
                    TARGET_KINDS[figure.cited.fact.kind],
                    figure.row.issued or "—",
                    figure.status,
                    figure.cited.fact.quote,
                )
                for n, figure in enumerate(found, 1)
            ],
            ratios=(1, 3, 5, 4, 3, 2, 5, 4, 8),
        )
        note(f"共 {len(found)} 项。")
    else:
        from ui.exports import figures_table

        write_table(figures_table(args.family, found), args.format, args.out)
        note(f"共 {len(found)} 项。")
    return 0 if found else NOTHING


def study_terms(args: argparse.Namespace) -> int:
    """Terms with their definitions."""
    from qa import study

    with open_library(args) as library:
        entries = study.terms(library.corpus, all_versions=args.all_versions)
    note_folded(entries.folded)
    if args.json:
        print_json([entry.record() for entry in entries])
    else:
        print_table(
            ("术语", "解释（原文）", "出处"),
            [(term.term, term.definition or "文件只提到，没有解释", term.source) for term in (entry.fact for entry in entries)],
            ratios=(2, 8, 4),
        )
    return 0 if entries else NOTHING


def study_brief(args: argparse.Namespace) -> int:
    """What a post has to know, and what its documents say otherwise than before."""
    from graph.queries.relations import UNRELATED, relations
    from qa import study
    from qa.study.changes import of_post

    with open_library(args) as library:
        brief = study.brief(library.corpus, unit=args.unit, region=args.region)
        known = relations(library.corpus)
        changed = of_post(brief, lambda id: known.get(id, UNRELATED), library.versions)
    if args.json:
        print_json({**brief.record(), "changes": [card.record() for card in changed]})
    else:
        print(brief.text())
        if changed:
            print("六、与上一版不同的规定")
        for card in changed:
            print(f"  · 〔{card.label}〕{card.fact}" + (f"　{card.note}" if card.note else ""))
    return 0 if brief.tasks or brief.targets else NOTHING


def study_quiz(args: argparse.Namespace) -> int:
    """Questions made from cited facts."""
    from qa import study

    with open_library(args) as library:
        post = study.brief(library.corpus, unit=args.unit, region=args.region) if args.unit else None
        questions = study.quiz(
            library.corpus,
            number=args.number,
            seed=args.seed,
            region=args.region,
            about=post.asked_about if post else (),
            documents=[document.id for document in post.documents] if post else (),
        )
    if args.out:
        from ui.exports.paper import write_paper

        write_paper(questions, args.out)
        note(f"已写入 {args.out}")
    elif args.json:
        print_json([question.record() for question in questions])
    else:
        for number, question in enumerate(questions, 1):
            print(f"{number}. {question.text(answers=args.answers)}\n")
    return 0 if questions else NOTHING


def study_practice(args: argparse.Namespace) -> int:
    """One question after the other; an empty line ends the round."""
    from qa import study
    from qa.study import learners
    from qa.study.rounds import begin

    with open_library(args) as library:
        corpus = library.corpus
        post = study.brief(corpus, unit=args.unit, region=args.region) if args.unit or args.region else None
        learner = learners.load(corpus, args.learner)
        questions = begin(corpus, learner, post, region=args.region, number=args.number)[1]
        done = right = 0
        for number, question in enumerate(questions, 1):
            print(f"{number}/{len(questions)} {question.text()}")
            try:
                typed = input("答案（字母或数字，直接回车结束）：").strip()
            except EOFError:
                typed = ""
            if not typed:
                break
            is_right = question.is_right(question.read(typed))
            learner = learners.note_answer(corpus, learner.name, question, is_right)
            done, right = done + 1, right + is_right
            print("答对了。" if is_right else f"答错了。正确答案：{question.letters}")
            print("\n".join(f"   依据：{line}" for line in question.sources()), end="\n\n")
    if not questions:
        note("这个岗位的文件里没有可以核对的事实，出不了题。")
        return NOTHING
    print(f"这一轮答了 {done} 题，答对 {right} 题；{learner.name}累计答题 {learner.answered} 道。")
    return 0


def study_scores(args: argparse.Namespace) -> int:
    """The score sheet."""
    from ui.exports.score_sheet import score_sheet

    with open_library(args) as library:
        table = score_sheet(library.corpus)
    if args.format == "json" and args.out is None:
        print_json(table.records)
    elif args.format == "table":
        print_table(tuple(column.header for column in table.columns), list(table.rows), ratios=(1, 4, 2, 2, 2, 2, 4))
    else:
        write_table(table, args.format, args.out)
    return 0 if table.rows else NOTHING


def study_forget(args: argparse.Namespace) -> int:
    """Erase a learner's record."""
    from qa.study.learners import forget

    with open_library(args) as library:
        known = forget(library.corpus, args.learner)
    print(f"已清除{args.learner}的学习记录。" if known else f"没有{args.learner}的学习记录。")
    return 0 if known else NOTHING
