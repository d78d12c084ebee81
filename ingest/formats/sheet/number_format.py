"""Numbers and dates as a sheet shows them: the number format of a cell (0.0%, #,##0"万亩", yyyy"年"m"月") applied to its value."""

from __future__ import annotations

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

_TOKEN = re.compile(
    r'"[^"]{0,200}"|\\.|_.|\*.|\[[^\]]{0,60}\]|(?:上午/下午|AM/PM|A/P)|E[+-]0{1,3}|[yYeE]{1,4}|[mM]{1,5}|[dD]{1,4}|[hH]{1,2}|[sS]{1,2}'
    r"|aaaa|aaa|[0#?][0#?,]*(?:\.[0#?]{1,30},{0,4})?|\.[0#?]{1,30}|.",
    re.S,
)
_DIGITS = re.compile(r"[0#?]")
_CURRENCY = re.compile(r"^\[\$([^\]-]{0,8})(?:-[^\]]{0,20})?\]$")
_DATE_LETTERS = re.compile(r"[yYdDhHsSmM]|aaa")
_GENERAL = ("general", "g/通用格式", "@", "")
_LOCAL = frozenset({"mm-dd-yy", "m/d/yy", "m/d/yyyy", "m/d/yy h:mm", "[$-f800]dddd, mmmm dd, yyyy"})
"""Formats that every system shows in its own way: such a date is written 2026-03-02."""
_WEEKDAYS = "一二三四五六日"


def shown_number(value: float, form: str) -> str:
    """A number under a number format."""
    sections = _sections(form)
    section = sections[0]
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if number < 0 and len(sections) > 1:
        section, number = sections[1], -number
    elif number == 0 and len(sections) > 2:
        section = sections[2]
    if section.lower() in _GENERAL or "/" in section or "DBNum" in section:
        return general(value)
    tokens = _TOKEN.findall(section)
    pattern = next((token for token in tokens if _DIGITS.match(token) or re.match(r"\.[0#?]", token)), None)
    if pattern is None:
        return _literal(tokens) or general(value)
    if any(re.match(r"E[+-]0", token) for token in tokens):
        return general(value)
    number = number.scaleb(2 * sum(token == "%" for token in tokens))
    try:
        written = _digits(number, pattern)
    except (InvalidOperation, ValueError):
        return general(value)
    first = tokens.index(pattern)
    return (_literal(tokens[:first]) + written + _literal(tokens[first + 1 :])).strip()


def shown_date(value: datetime.datetime | datetime.date | datetime.time, form: str) -> str:
    """A date or a time under a number format; in ISO form where the format leaves the order to the system."""
    section = _sections(form)[0]
    tokens = _TOKEN.findall(re.sub(r"^(?:\[[^\]]{0,20}\])+", "", section))
    if form.lower() in _LOCAL or section.lower() in _LOCAL or not any(_DATE_LETTERS.match(token) for token in tokens):
        return value.strftime("%Y-%m-%d") if isinstance(value, datetime.date) and "d" in form and "h" not in form else _iso(value)
    out: list[str] = []
    for i, token in enumerate(tokens):
        letters = token.lower()
        if letters[0] == "m" and letters.strip("m") == "" and _is_minute(tokens, i):
            out.append(_part(value, "minute", len(letters)))
        elif letters[0] in "ye" and letters.strip("ye") == "":
            out.append(_part(value, "year", 4) if len(letters) != 2 else _part(value, "year", 4)[2:])
        elif letters[0] == "m" and letters.strip("m") == "":
            out.append(_part(value, "month", len(letters)))
        elif letters in ("d", "dd"):
            out.append(_part(value, "day", len(letters)))
        elif letters in ("aaaa", "dddd") and isinstance(value, datetime.date):
            out.append(f"星期{_WEEKDAYS[value.weekday()]}")
        elif letters in ("aaa", "ddd") and isinstance(value, datetime.date):
            out.append(_WEEKDAYS[value.weekday()])
        elif letters[0] in "hs" and letters.strip("hs") == "":
            out.append(_part(value, "hour" if letters[0] == "h" else "second", len(letters)))
        else:
            out.append(_literal([token]))
    return "".join(out).strip() or _iso(value)


def general(value: float) -> str:
    """A number as a cell without a format shows it."""
    if isinstance(value, int):
        return str(value)
    return f"{value:.10g}" if abs(value) < 1e15 else repr(value)


def _iso(value: datetime.datetime | datetime.date | datetime.time) -> str:
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d") if value.time() == datetime.time() else value.strftime("%Y-%m-%d %H:%M")
    return value.isoformat()


def _part(value: object, name: str, width: int) -> str:
    number = getattr(value, name, None)
    return "" if number is None else f"{number:0{min(width, 4)}d}"


def _is_minute(tokens: list[str], at: int) -> bool:
    """Whether m stands for minutes: an hour before it or a second after it, with nothing but a colon or a word between."""
    before = next((t.lower() for t in reversed(tokens[:at]) if _DATE_LETTERS.match(t)), "")
    after = next((t.lower() for t in tokens[at + 1 :] if _DATE_LETTERS.match(t)), "")
    return before.startswith("h") or after.startswith("s")


@lru_cache(maxsize=500)
def _sections(form: str) -> tuple[str, ...]:
    """The parts for positive, negative and zero, which ; divides outside quotes."""
    parts, quoted, start = [], False, 0
    for i, character in enumerate(form):
        if character == '"':
            quoted = not quoted
        elif character == ";" and not quoted:
            parts.append(form[start:i])
            start = i + 1
    return (*parts, form[start:])


def _literal(tokens: list[str]) -> str:
    """What the tokens around the digits write: quoted words, escaped characters, currency signs."""
    out = []
    for token in tokens:
        if token[0] == '"' and len(token) > 1:
            out.append(token[1:-1])
        elif token[0] == "\\":
            out.append(token[1:])
        elif token[0] == "[":
            match = _CURRENCY.match(token)
            out.append(match[1] if match else "")
        elif token[0] in "_*" and len(token) > 1:
            continue
        elif not _DIGITS.match(token):
            out.append(token)
    return "".join(out)


def _digits(number: Decimal, pattern: str) -> str:
    whole, _, fraction = pattern.partition(".")
    scaled = len(whole) - len(whole.rstrip(",")) + len(fraction) - len(fraction.rstrip(","))
    fraction = fraction.rstrip(",")
    number = number.scaleb(-3 * scaled)
    rounded = number.quantize(Decimal(1).scaleb(-len(fraction)), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):{',' if ',' in whole.rstrip(',') else ''}f}"
    before, _, after = text.partition(".")
    least = whole.count("0")
    before = before.zfill(least) if before.strip("0") or least else ""
    kept = len(after)
    while kept and fraction[kept - 1] in "#?" and after[kept - 1] == "0":
        kept -= 1
    sign = "-" if rounded < 0 else ""
    return f"{sign}{before}{'.' if kept else ''}{after[:kept]}" or "0"
