"""The kind of value a question asks for 数值与期限, and how to find such a value in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.wordlists import expand
from qa.understanding.question import ParsedQuestion

_NUM = r"(?:\d(?:[\d.,]{0,13}\d)?|[一二三四五六七八九十百千两]{1,6})"
_SCALE = r"(?:多|余|几)?[万亿千百]{0,2}(?:多|余)?(?:个|名)?"
_year = re.compile(
    r"(?:19|20)\d\d年?[-—–~至到]{1,2}(?:19|20)\d\d年?|(?:19|20)\d\d年?|[“\"]?"
    + expand("corpus", "{five_year_plans}")
    + r"[”\"]?(?:末|期间|时期|期末)|本世纪中叶|二〇[一二三四五〇]{2}年"
)
_date = re.compile(
    r"(?:19|20)\d\d[-年./]\d{1,2}(?:[-月./]\d{1,2})?|\d{1,2}月(?:\d{1,2}日|底|末|上旬|中旬|下旬)|\d{1,2}月|[年月季]底前?|年内|年底|月底"
)
_duration = re.compile(
    r"(?<![年月第\d])(?!(?:19|20)\d\d年)" + _NUM + r"(?:个?(?:年|日|天|小时|周(?!岁)|工作日|季度|学期|分钟)|个月)(?!级)"
)
_percent = re.compile(
    r"\d[\d.]{0,8}(?:%|个百分点|‰)|百分之[一二三四五六七八九十百]{1,5}|[一二三四五六七八九两]成|一半|全覆盖|全部|\d+(?:\.\d+)?倍"
)
_UNIT = (
    "亿元|万元|元|块钱|钱|个百分点|百分点|平方公里|平方千米|平方米|立方米|公里|千米|公顷|公斤|千瓦时|千瓦|米|亩|吨|"
    "个工作日|工作日|小时|分钟|个月|户|个人|人|名|家|所|座|套|张|辆|台|条|项|次|件|种|类|级|倍|岁|天|日|年|个|分|场|批|对|处|支|门|本|篇|"
    "头|只|株|棵|斤"
)
_NUMERAL_BEFORE = r"(?<![第一二三四五六七八九十百零\d.〔])"
_any = re.compile(
    rf"{_NUMERAL_BEFORE}\d(?:[\d.,]*\d)?(?![\d.〕号])(?:%|‰|[万亿千百]{{0,2}}多?(?:{_UNIT})|(?![\d条号]))"
    rf"|{_NUMERAL_BEFORE}(?![一二三]套){_NUM}(?:个|项|类|年|月|日|户|人|家|种|倍|成|元|亩|所|座|套|名|点|方面)|一半|全覆盖"
)
_asked_unit = re.compile(rf"(?:多少|(?<!哪)几|多大|各多少|约多少|近多少)(?:万|亿|千|百)?({_UNIT})")
_units = {
    "块钱": "元", "钱": "元", "万元": "元", "亿元": "元", "平方千米": "平方公里", "千米": "公里", "个百分点": "百分点", "名": "(?:名|人|位)",
    "平方米": "(?:平方米|平米|m2)", "个人": "(?:人|名)", "个工作日": "工作日", "天": "(?:个?工作日|[天日])", "日": "(?:个?工作日|[天日])", "类": "(?:类|种|个|大)", "种": "(?:类|种|个|大)",
    "家": "(?:家|户|个)", "所": "(?:所|个|家)", "座": "(?:座|个)", "项": "(?:项|个|条)", "条": "(?:条|个|项|公里)",
    "处": "(?:处|个)", "个": "(?:个|家|项|所|处|座|条|件|种|类|村|县|市|镇|乡|户|名|支|对)", "台": "(?:台|辆|套)", "辆": "(?:辆|台)",
    "人": "(?:人|名|位)", "户": "户", "次": "(?:次|场)", "场": "(?:次|场)", "件": "(?:件|个|起)", "套": "(?:套|个|户)",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ValueMeasure:
    """A kind of value: its Chinese name and its pattern in a folded text."""

    name: str
    pattern: re.Pattern[str]

    def stands_in(self, folded: str) -> bool:
        """True if a folded text has a value of this kind outside titles."""
        return any(not in_title(folded, match.start()) for match in self.pattern.finditer(folded))


def in_title(folded: str, position: int) -> bool:
    """True for a position inside 《》: years and numbers of a title are not values."""
    return folded.rfind("《", 0, position) > folded.rfind("》", 0, position)


_paid = re.compile("(?:补|奖|罚|交|缴|付|贷|扣|领|发|赔|给)(?:贴|助|励|款|金|纳)?多少(?![个户人名家项次件天年月])")
"""补多少, 能贷多少: money is asked for without its name."""


_stated = re.compile(
    rf"{_NUMERAL_BEFORE}(?<![年第])(?!(?:19|20)\d\d年)(\d[\d.]*(?:万|亿|千|百)?(%|{_UNIT}))(?:以上|以下|左右)?[^,。;]{{0,2}}(?:吗|么|嘛|[?!]|$|是吗|对不对|是不是)"
)


def find_stated_value(folded: str) -> str | None:
    """The value that a question wants confirmed: 3000元 in 每月3000元对吗."""
    match = _stated.search(folded.replace(",", ""))
    return match[1] if match else None


def find_measure(parsed: ParsedQuestion) -> ValueMeasure | None:
    """The kind of value a question asks for, or None."""
    text = parsed.folded
    if parsed.kind == "deadline":
        if re.search("多长时间|多久|几年(?!度)|几个月|几天|几个工作日|多少天|多少年|多少个工作日", text) and "哪" not in text:
            return ValueMeasure("时长", _duration)
        if re.search("几号到几号|哪天到哪天|几月几(?:号|日)到|起止|从什么时候到什么时候", text):
            return ValueMeasure("起止时间", re.compile(f"(?:{_date.pattern})[^，,。；;]{{0,6}}[至到—-]"))
        if re.search("哪年|哪一年|哪个年份|哪几年|哪些年|规划期|几年", text):
            return ValueMeasure("年份", _year)
        return ValueMeasure(
            "时间", re.compile(f"{_year.pattern}|{_date.pattern}|{_duration.pattern}|(?<=[年月日底末期旬会天])前")
        )
    if parsed.kind not in ("target_value", "policy_lookup", "beneficiary", "list_tasks", "yes_no"):
        return None
    if parsed.kind == "yes_no" and (match := _stated.search(text.replace(",", ""))):
        unit = match[2]
        pattern = _units.get(unit, re.escape(unit))
        return ValueMeasure(
            f"具体数值（{unit}）",
            _percent if unit == "%" else re.compile(_NUMERAL_BEFORE + _NUM + _SCALE + f"(?:{pattern})"),
        )
    if match := _asked_unit.search(text):
        unit = match[1]
        if unit == "年":
            return ValueMeasure("时长", _duration)
        pattern = _units.get(unit, re.escape(unit))
        return ValueMeasure(
            f"具体数值（{'元' if unit in ('钱', '块钱') else unit}）",
            re.compile(_NUMERAL_BEFORE + _NUM + _SCALE + f"(?:{pattern})"),
        )
    if parsed.kind != "target_value":
        return None
    if re.search("面积|多大(?!比)", text) and not re.search("比例|比重|占比|率", text):
        return ValueMeasure("面积", re.compile(_NUM + _SCALE + "(?:亩|公顷|平方)"))
    if re.search("比例|比重|占比|权重|几成|百分|多大比|覆盖率|增长率|增速|增幅|[\u4e00-\u9fff]率", text):
        return ValueMeasure("比例", _percent)
    if _paid.search(text) or (
        re.search("金额|投资|资金|经费|标准|收入|产值|额度|限额|工资|补贴|补助|奖励|罚款|价|费", text)
        and re.search("多少|多高|几", text)
    ):
        return ValueMeasure("金额", re.compile(_NUM + _SCALE + r"(?:元|美元)|\d[\d.]{0,8}%"))
    return ValueMeasure("数值", _any)
