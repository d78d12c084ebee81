"""Writes the scanned pages the tests read, so that these need no Chinese font: ``python -m tests.ingest.formats.pdf.ocr.make_pages``.

The texts are made up. Fonts: see ``tools/scanned_pages.py``.
"""

from __future__ import annotations

import random
from pathlib import Path

from tools.scanned_pages import Damage, MadePage, PageSetter, find_fonts, scan

FOLDER = Path(__file__).with_name("pages")
LETTER = (
    "各乡镇人民政府，县直有关部门：",
    "《云岭县山塘水库除险加固三年行动方案》已经县人民政府第38次常务会议审议通过，现印发给你们，请认真组织实施。",
    "一、到2027年底前完成全县126座山塘的除险加固，其中2025年完成41座、2026年完成50座。（责任单位：县水利局）",
    "二、健全管护机制，每座山塘落实1名巡查员，补助标准由每年1200元提高到1850元。（牵头单位：县财政局；配合单位：县水利局）",
    "三、对库容10万立方米以上的水库，自动监测覆盖率达到97.5%以上。",
)
COLUMNS = (
    "一、把好粮食安全关。粮食播种面积稳定在48.6万亩，总产量不低于19.3万吨，建成高标准农田3.2万亩，亩均产能提高80公斤左右。"
    "完善耕地保护责任制，坚决遏制耕地非农化。",
    "二、办好群众身边事。改造老旧小区27个，新增公办幼儿园学位960个，城镇新增就业5400人以上，养老机构护理型床位占比达到62%。",
    "三、守好生态底线。空气质量优良天数比率达到94.1%，县级以上集中式饮用水水源地水质达标率保持100%，森林覆盖率达到58.73%。",
    "四、提升治理效能。推行“一件事一次办”，高频事项网上可办率不低于95%，群众诉求按期办结率达到98.5%以上。",
) * 2
TABLE = (
    ("序号", "指标名称", "单位", "2025年", "2030年", "责任单位"),
    ("1", "农村自来水普及率", "%", "91.4", "96", "县水利局"),
    ("2", "规模以上工业企业数", "家", "138", "205", "县工业和信息化局"),
    ("3", "新建改建农村公路里程", "公里", "1,260", "1,875.5", "县交通运输局"),
    ("4", "每千人口执业（助理）医师数", "人", "3.07", "3.6", "县卫生健康局"),
    ("5", "社会消费品零售总额", "亿元", "86.29", "118", "县商务局"),
    ("6", "单位地区生产总值能耗降低", "%", "—", "13.5", "县发展和改革局"),
)


def make_letter(font: Path) -> MadePage:
    """An official paper with red head and seal."""
    setter = PageSetter(font, top=330)
    setter.head("云岭县人民政府办公室文件", "云政办发〔2025〕16号")
    setter.title("关于印发云岭县山塘水库除险加固三年行动方案的通知")
    for line in LETTER:
        setter.paragraph(line)
    setter.signature("云岭县人民政府办公室", "2025年4月18日", seal=True)
    return setter.done(1)


def make_columns(font: Path) -> MadePage:
    """Two columns under a title."""
    setter = PageSetter(font, size=12, top=300)
    setter.title("云岭县政府工作报告（摘登）")
    setter.columns(COLUMNS)
    return setter.done()


def make_table(font: Path) -> MadePage:
    """A ruled table under a title."""
    setter = PageSetter(font, top=300)
    setter.title("附件：主要目标表", 18)
    setter.ruled(TABLE)
    return setter.done()


def main() -> None:
    """Write the pictures."""
    chance = random.Random(20)
    uming, ukai, noto = find_fonts()[:3]
    pages = (
        ("letter", make_letter(uming), Damage(1.1, 1.4, 4, 0.12, 40), 60),
        ("columns", make_columns(noto), Damage(-0.5, 1.0, 2, 0.05, 10), 50),
        ("table", make_table(ukai), Damage(-1.4, 1.3, 4, 0.1, 30), 60),
    )
    for name, page, damage, quality in pages:
        picture = scan(page, 150, damage, chance)
        picture = picture if name == "letter" else picture.convert("L")
        if name == "table":
            picture = picture.crop((0, 0, picture.width, picture.height // 2))
        picture.save(FOLDER / f"{name}.jpg", quality=quality, dpi=(150, 150))


if __name__ == "__main__":
    main()
