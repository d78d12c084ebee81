"""Text from bytes of an unknown encoding, with nothing changed but the newlines."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from corpus.document import Issue, Span
from corpus.errors import RefusedInput

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_SAMPLE = 200_000
_NAMED = 10
_BYTES_NO_TEXT_HOLDS = bytes(byte for byte in range(32) if (byte < 9 or byte > 13) and byte != 27)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe00-\ufe0f\U000e0000-\U000e01ef]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_ODD = re.compile(f"{_CONTROL.pattern[:-1]}{_INVISIBLE.pattern[1:-1]}{_PRIVATE.pattern[1:]}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ENCODED = re.compile(
    r"(?:^[ \t]{0,8}[A-Za-z0-9+/_-]{57,120}={0,2}[ \t]{0,8}\n){4,}(?:^[A-Za-z0-9+/_-]{1,120}={0,2}$)?|[A-Za-z0-9+/]{800,}={0,2}",
    re.M,
)
_LONG_RUN = re.compile(r"[A-Za-z0-9+/_-]{57}")
_TAG = re.compile(r"</?[A-Za-z!?][^<>]{0,2000}>")
_FEWEST_TAGS = 20
_UTF7 = re.compile(rb"\+[A-Za-z0-9/]{3,}-")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded text with the encoding it was read in and what was doubtful about that."""

    text: str
    encoding: str
    issues: tuple[Issue, ...] = ()


def unify_newlines(text: str) -> str:
    """Every line end as ``\\n``."""
    if "\r" not in text:
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n")


def decode(data: bytes, source: str, declared: str | None = None) -> Decoded:
    """The text in ``data``: mark of byte order, strict UTF-8, then the Chinese encodings, weighed by how likely the text is.

    ``declared`` is what the document says about itself; it only decides where the bytes leave a choice.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _with_losses(data[len(mark) :], encoding, source)
    if wide := _is_wide(data):
        return _with_losses(data, wide, source)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if text.isascii() and len(_UTF7.findall(data)) >= 3 and _is_utf7(data):
            raise RefusedInput(source, "encoding", "文件是 UTF-7 编码，容易被用来隐藏内容，不予读取；请另存为 UTF-8 后再导入")
        return Decoded(text, "utf-8")
    return _chinese(data, source, declared)


def _chinese(data: bytes, source: str, declared: str | None) -> Decoded:
    candidates: list[tuple[float, str, str]] = []
    for encoding in ("gb18030", "big5hkscs"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        candidates.append((commonness(text[:_SAMPLE]), encoding, text))
    if not candidates:
        return _decode_damaged(data, source)
    candidates.sort(key=lambda candidate: candidate[0], reverse=True)
    score, encoding, text = candidates[0]
    issues: list[Issue] = []
    if len(candidates) > 1 and candidates[1][0] > score - 0.1:
        encoding, text = _tie(data, {name: decoded for _, name, decoded in candidates}, declared)
        issues.append(Issue("encoding_doubtful", f"编码存疑：可能是 GB18030 或 Big5，按 {_label(encoding)} 读取，请核对文字"))
    elif score < 0.5:
        issues.append(Issue("encoding_doubtful", f"编码存疑：按 {_label(encoding)} 读取，常用字偏少，请核对文字是否乱码"))
    return Decoded(text, encoding, tuple(issues))


def _tie(data: bytes, candidates: dict[str, str], declared: str | None) -> tuple[str, str]:
    name = (declared or "").lower().replace("-", "").replace("_", "")
    if name.startswith("big5"):
        return "big5hkscs", candidates["big5hkscs"]
    if not name.startswith("gb") and len(data) >= 64:
        from charset_normalizer import from_bytes

        best = from_bytes(data[:_SAMPLE], cp_isolation=["gb18030", "big5", "big5hkscs"]).best()
        if best is not None and best.encoding.startswith("big5"):
            return "big5hkscs", candidates["big5hkscs"]
    return "gb18030", candidates["gb18030"]


def commonness(text: str) -> float:
    """The share of characters beyond ASCII that are in daily use: the first-level characters of GB 2312 or of Big5."""
    beyond = [c for c in text if c > "\x7f"]
    if not beyond:
        return 1.0
    good = 0
    for character in beyond:
        code = ord(character)
        if 0x3000 <= code <= 0x303F or 0xFF00 <= code <= 0xFF65 or 0x2010 <= code <= 0x2026 or code == 0xB7:
            good += 1
        elif 0x4E00 <= code <= 0x9FFF:
            good += _daily(character)
    return good / len(beyond)


def _daily(character: str) -> bool:
    raw = character.encode("gb2312", "ignore")
    if raw and 0xB0 <= raw[0] <= 0xD7:
        return True
    raw = character.encode("big5", "ignore")
    # A character of Big5's first level counts only if GB 2312 has no place for it: then it is a traditional form in daily use.
    return bool(raw) and 0xA4 <= raw[0] <= 0xC6 and not character.encode("gb2312", "ignore")


def _is_wide(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: zero bytes (or the high bytes of Chinese characters) stand at one place of each unit."""
    sample = data[:4096]
    if len(data) < 4 or len(data) % 2 or b"\x00" not in sample:
        return None
    best: tuple[float, str | None] = (0.0, None)
    for encoding, unit in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        if len(data) % unit:
            continue
        try:
            text = sample[: len(sample) // unit * unit].decode(encoding)
        except UnicodeDecodeError:
            continue
        good = sum(1 for c in text if " " <= c <= "~" or c in "\r\n\t" or "\u3000" <= c <= "\u303f" or "\u4e00" <= c <= "\u9fff")
        good += sum(1 for c in text if "\uff00" <= c <= "\uff65")
        best = max(best, (good / len(text), encoding), key=lambda pair: pair[0])
    return best[1] if best[0] > 0.9 else None


def _is_utf7(data: bytes) -> bool:
    try:
        text = data[:_SAMPLE].decode("utf-7")
    except UnicodeDecodeError:
        return False
    return sum(1 for c in text if "\u4e00" <= c <= "\u9fff") >= 3


def _with_losses(data: bytes, encoding: str, source: str) -> Decoded:
    text = data.decode(encoding, "replace")
    return Decoded(text, encoding, _loss_issues(data, text, encoding, source))


def _loss_issues(data: bytes, text: str, encoding: str, source: str) -> tuple[Issue, ...]:
    """Replacement characters that decoding put in (a file may hold U+FFFD of its own, which is not a loss here)."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        lost = text.count("\ufffd")
    else:
        return ()
    if lost > max(1, len(text) // 100):
        raise RefusedInput(
            source, "encoding", f"有 {lost} 处字节不能按 {_label(encoding)} 解读，超过百分之一；请用原软件另存为 UTF-8 文本"
        )
    places = list(islice((match.start() for match in re.finditer("\ufffd", unify_newlines(text))), _NAMED + 1))
    named = list_first([str(place + 1) for place in places], _NAMED)
    message = f"有 {lost} 处字节不能按 {_label(encoding)} 解读，以“\ufffd”代替（第 {named} 字），请对照原件"
    return (Issue("bad_bytes", message, Span(places[0], places[0] + 1)),)


def _decode_damaged(data: bytes, source: str) -> Decoded:
    """No encoding fits every byte: the one with fewest losses, else line by line, else a refusal."""
    tries = [(data.decode(name, "replace"), name) for name in ("utf-8", "gb18030")]
    text, encoding = min(tries, key=lambda pair: pair[0].count("\ufffd"))
    if text.count("\ufffd") <= max(1, len(text) // 100):
        return Decoded(text, encoding, _loss_issues(data, text, encoding, source))
    lines: list[str] = []
    names: set[str] = set()
    for line in data.splitlines(keepends=True):
        for name in ("utf-8", "gb18030"):
            try:
                lines.append(line.decode(name))
            except UnicodeDecodeError:
                continue
            if not line.isascii():
                names.add(name)
            break
        else:
            raise RefusedInput(
                source, "encoding", "不是可识别的文字编码（UTF-8、GB18030、Big5、UTF-16 都不符）；请用原软件另存为 UTF-8 文本"
            )
    message = "文件内混有 UTF-8 和 GB18030 两种编码，已逐行判别，请核对文字"
    return Decoded("".join(lines), "+".join(sorted(names)), (Issue("encoding_mixed", message),))


def list_first(names: Sequence[str], most: int) -> str:
    """The first names as a Chinese list, with 等 where there are more than ``most``."""
    return "、".join(names[:most]) + (" 等" if len(names) > most else "")


def looks_binary(data: bytes) -> bool:
    """Whether bytes cannot be a text in any encoding that is read here."""
    sample = data[:8192]
    if any(sample.startswith(mark) for mark, _ in _BOMS) or _is_wide(data):
        return False
    controls = len(sample) - len(sample.translate(None, _BYTES_NO_TEXT_HOLDS))
    return controls > max(4, len(sample) // 50)


def find_encoded(text: str) -> list[Span]:
    """Stretches that are no words but bytes written as letters (base64): pictures and files inside a text."""
    found: list[Span] = []
    if _LONG_RUN.search(text) is None:
        return found
    for match in _ENCODED.finditer(text):
        sample = match.group()[:400]
        if any(c.isupper() for c in sample) and any(c.islower() for c in sample) and any(c.isdigit() for c in sample):
            found.append(Span(match.start(), match.end()))
    return found


def is_markup(text: str) -> bool:
    """Whether most of a text is the tags of a mark-up language."""
    sample = text[:_SAMPLE]
    if sample.count("<") < _FEWEST_TAGS:
        return False
    tags = [len(match.group()) for match in _TAG.finditer(sample)]
    return len(tags) >= _FEWEST_TAGS and sum(tags) * 2 > len("".join(sample.split()))


def odd_characters(text: str) -> list[Issue]:
    """Characters a reader does not see or no text should hold: counted and named, left where they are."""
    issues: list[Issue] = []
    if _ODD.search(text) is None:
        return issues
    kinds = (
        (_CONTROL, "control_characters", "含 {n} 个控制字符（包括空字符），不显示，请核对"),
        (_INVISIBLE, "hidden_characters", "含 {n} 个零宽或改变书写方向的不可见字符，检索时忽略"),
        (_PRIVATE, "private_characters", "含 {n} 个自造区字符，可能显示为空白或乱码，请对照原件"),
    )
    for pattern, code, message in kinds:
        found = pattern.search(text)
        if found:
            count = len(pattern.findall(text))
            issues.append(Issue(code, message.format(n=count), Span(found.start(), found.end())))
    return issues


def without_surrogates(text: str) -> tuple[str, int]:
    """The text with lone surrogates replaced, which no file can hold, and how many there were."""
    if not _SURROGATE.search(text):
        return text, 0
    return _SURROGATE.subn("\ufffd", text)


def _label(encoding: str) -> str:
    return {"big5hkscs": "Big5"}.get(encoding, encoding.upper())
