"""Makes pages as a scanner gives them: official papers, two columns, small print and ruled tables, set in Chinese fonts and damaged.

Fonts are taken from the machine, or from the folder that the variable CEMAI_FONTS names; without one ``find_fonts`` is empty.
Pages are set at 300 dots an inch, damaged, and given at the resolution asked for.
"""

from __future__ import annotations

import io
import os
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

SET = 300
"""Dots an inch at which pages are set."""
A4 = (2480, 3508)
FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)
FAMILIES = (
    "uming",
    "ukai",
    "notoserifcjk-regular",
    "notosanscjk-regular",
    "simfang",
    "simsun",
    "simkai",
    "wqy-zenhei",
    "fandolfang",
)
NO_START = frozenset("，。、；：？！）》】〕」』”’％%")
NO_END = frozenset("（《【〔「『“‘")
BLACK, RED = (25, 25, 25), (205, 30, 30)


@dataclass(frozen=True, slots=True)
class Damage:
    """What happens to a page on its way through printer and scanner.

    Args:
        turn: how far it lies askew, in degrees.
        blur: the radius of the blur at 300 dots an inch.
        noise: the deviation of the noise, in steps of 256.
        shade: how much darker one side is, as a share.
        specks: how many specks of dirt lie on it.
        quality: of the JPEG it is kept in; 0 for none.
    """

    turn: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    shade: float = 0.0
    specks: int = 0
    quality: int = 0


def light_damage(random_: random.Random) -> Damage:
    """A good scanner."""
    return Damage(random_.uniform(-0.4, 0.4), 1.2, 5, 0.05, 25, 80)


def strong_damage(random_: random.Random) -> Damage:
    """A bad one, or a copy of a copy."""
    return Damage(random_.choice((-1, 1)) * random_.uniform(0.8, 1.6), 2.0, 11, 0.18, 160, 55)


@dataclass(frozen=True, slots=True)
class MadePage:
    """A page and what stands on it: its paragraphs in reading order, and the cells of its table."""

    picture: Image.Image
    paragraphs: tuple[str, ...]
    table: tuple[tuple[str, ...], ...] = ()

    @property
    def text(self) -> str:
        """All of it, a paragraph or the row of a table on a line."""
        return "\n".join([*self.paragraphs, *("".join(row) for row in self.table)])


def find_fonts() -> list[Path]:
    """The Chinese fonts of this machine that ``FAMILIES`` names, in that order."""
    folders = [os.environ["CEMAI_FONTS"]] if os.environ.get("CEMAI_FONTS") else FOLDERS
    files = [
        path for folder in folders for path in Path(folder).expanduser().rglob("*") if path.suffix in (".ttc", ".ttf", ".otf")
    ]
    return [path for family in FAMILIES for path in sorted(files) if path.stem.lower() == family]


@cache
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    names = [ImageFont.truetype(str(path), size, index=0)]
    if path.suffix == ".ttc":
        for index in range(1, 8):
            try:
                names.append(ImageFont.truetype(str(path), size, index=index))
            except OSError:
                break
    # Of the faces in a collection the one for simplified Chinese, where it says so.
    return next((font for font in names if any(mark in f"{font.getname()}" for mark in (" SC", " CN"))), names[0])


def _dots(points: float) -> int:
    return round(points * SET / 72)


class PageSetter:
    """Sets text on a page from top to bottom."""

    def __init__(self, font: Path, *, size: float = 16, left: int = 330, right: int = 310, top: int = 430) -> None:
        self.path, self.size = font, size
        self.picture = Image.new("RGB", A4, (252, 252, 250))
        self.draw = ImageDraw.Draw(self.picture)
        self.left, self.right, self.y = left, A4[0] - right, top
        self.paragraphs: list[str] = []
        self.table: tuple[tuple[str, ...], ...] = ()

    def done(self, number: int | None = None) -> MadePage:
        """The page, with a page number below the text, which is no part of it."""
        if number is not None:
            self._put(f"— {number} —", 1110, 3190, 14)
        return MadePage(self.picture, tuple(self.paragraphs), self.table)

    def room(self) -> int:
        """How many lines of the body still fit."""
        return max(0, (3120 - self.y) // self._pitch(self.size))

    def _pitch(self, size: float) -> int:
        return round(_dots(size) * 1.75)

    def _put(self, text: str, x: int, y: int, size: float, fill: tuple[int, int, int] = BLACK) -> int:
        font = _font(self.path, _dots(size))
        for char in text:
            self.draw.text((x, y), char, font=font, fill=fill)
            x += round(self._width(char, size))
        return x

    def _width(self, char: str, size: float) -> float:
        return _dots(size) if char > "\u2000" else _font(self.path, _dots(size)).getlength(char)

    def wrap(self, text: str, width: int, size: float, indent: int = 0) -> list[str]:
        """A paragraph in lines; marks that may not begin or end a line do not."""
        lines, line, used = [], "", float(indent)
        for char in text:
            wide = self._width(char, size)
            glued = char in NO_START or (char.isdigit() and line[-1:].isdigit())
            if used + wide > width and not glued:
                keep = ""
                while line and (
                    line[-1] in NO_END or (char.isascii() and char.isalnum() and line[-1].isascii() and line[-1].isalnum())
                ):
                    keep, line = line[-1] + keep, line[:-1]
                lines.append(line)
                line, used = keep, sum(self._width(c, size) for c in keep)
            line += char
            used += wide
        return [*lines, line] if line else lines

    def head(self, organ: str, number: str) -> None:
        """The red head of an official paper, with its number and the red line."""
        size = 40 if len(organ) < 11 else 30
        width = _dots(size) * len(organ)
        self._put(organ, max(200, (A4[0] - width) // 2), self.y, size, RED)
        self.y += _dots(size) + 150
        self._put(number, (A4[0] - round(sum(self._width(c, 16) for c in number))) // 2, self.y, 16)
        self.y += 130
        self.draw.line((300, self.y, A4[0] - 300, self.y), RED, 6)
        self.y += 140
        self.paragraphs += [organ, number]

    def title(self, text: str, size: float = 22) -> None:
        """A title in the middle."""
        for line in self.wrap(text, self.right - self.left - 200, size):
            width = sum(self._width(char, size) for char in line)
            self._put(line, round((A4[0] - width) / 2), self.y, size)
            self.y += round(_dots(size) * 1.5)
        self.y += 70
        self.paragraphs.append(text)

    def paragraph(self, text: str, *, indent: bool = True) -> bool:
        """A paragraph, as far as it fits; whether it did whole."""
        first = 2 * _dots(self.size) if indent else 0
        lines = self.wrap(text, self.right - self.left, self.size, first)[: self.room()]
        for at, line in enumerate(lines):
            self._put(line, self.left + (0 if at else first), self.y, self.size)
            self.y += self._pitch(self.size)
        if lines:
            self.paragraphs.append("".join(lines))
        return "".join(lines) == text

    def signature(self, organ: str, day: str, *, seal: bool) -> None:
        """The organ and the day below the text on the right, under a red seal."""
        self.y += self._pitch(self.size)
        middle = self.right - 560
        for text in (organ, day):
            width = sum(self._width(char, self.size) for char in text)
            self._put(text, round(middle - width / 2), self.y, self.size)
            self.y += self._pitch(self.size)
            self.paragraphs.append(text)
        if seal:
            self._seal(organ, middle, self.y - self._pitch(self.size))

    def _seal(self, organ: str, x: int, y: int) -> None:
        """A round seal: a ring, the name along it, a star; printed over the text, which shows through."""
        radius = 250
        layer = Image.new("RGB", (2 * radius + 20, 2 * radius + 20), "white")
        draw = ImageDraw.Draw(layer)
        centre = radius + 10
        draw.ellipse((10, 10, 2 * radius + 10, 2 * radius + 10), outline=RED, width=14)
        star = [
            (centre + r * np.sin(k * np.pi / 5), centre - r * np.cos(k * np.pi / 5))
            for k in range(10)
            for r in [90 if k % 2 == 0 else 36]
        ]
        draw.polygon(star, fill=RED)
        font = _font(self.path, 64)
        for at, char in enumerate(organ):
            angle = -120 + 240 * (at + 0.5) / len(organ)
            piece = Image.new("L", (90, 90), 0)
            ImageDraw.Draw(piece).text((13, 5), char, font=font, fill=255)
            turned = piece.rotate(-angle, resample=Image.Resampling.BICUBIC)
            place = np.deg2rad(angle)
            spot = (int(centre + 190 * np.sin(place)) - 45, int(centre - 190 * np.cos(place)) - 45)
            layer.paste(RED, spot, turned)
        box = (x - centre, y - centre)
        under = self.picture.crop((*box, box[0] + layer.width, box[1] + layer.height))
        self.picture.paste(ImageChops.multiply(under, layer), box)

    def columns(self, paragraphs: Iterable[str]) -> None:
        """Two columns from here to the foot of the page."""
        left, right, top = self.left, self.right, self.y
        middle = (left + right) // 2
        rest, cut = list(paragraphs), False
        for place in ((left, middle - 60), (middle + 60, right)):
            self.left, self.right = place
            self.y = top
            while rest and self.room():
                count = len(self.paragraphs)
                whole = self.paragraph(rest[0], indent=not cut)
                written = self.paragraphs[-1] if len(self.paragraphs) > count else ""
                if cut and written:  # the rest of a paragraph whose beginning stands in the other column
                    self.paragraphs[-2:] = [self.paragraphs[-2] + written]
                if whole:
                    rest.pop(0)
                else:
                    rest[0] = rest[0][len(written) :]
                cut = not whole and bool(written or cut)
                if not whole:
                    break
        self.left, self.right = left, right

    def ruled(self, rows: Sequence[Sequence[str]], size: float = 10.5) -> None:
        """A table with all its rules, as wide as the text; its last rows are left out where the page ends."""
        columns = len(rows[0])
        need = [max(3.2, min(14, max(len(row[c]) for row in rows) * 0.75)) for c in range(columns)]
        wide = self.right - self.left
        edges = [self.left]
        for share in need:
            edges.append(edges[-1] + round(wide * share / sum(need)))
        top, y = self.y, self.y
        kept: list[tuple[str, ...]] = []
        pitch = round(_dots(size) * 1.35)
        lines_at = [top]
        for row in rows:
            wrapped = [self.wrap(text, edges[c + 1] - edges[c] - 36, size) for c, text in enumerate(row)]
            height = max(1, *(len(lines) for lines in wrapped)) * pitch + 34
            if y + height > 3120:
                break
            for c, lines in enumerate(wrapped):
                start = y + (height - len(lines) * pitch) // 2
                for line in lines:
                    width = sum(self._width(char, size) for char in line)
                    middle = kept == [] or len(lines) == 1
                    x = round((edges[c] + edges[c + 1] - width) / 2) if middle else edges[c] + 18
                    self._put(line, x, start + 4, size)
                    start += pitch
            y += height
            kept.append(tuple(row))
            lines_at.append(y)
        for line_y in lines_at:
            self.draw.line((edges[0], line_y, edges[-1], line_y), BLACK, 4)
        for edge in edges:
            self.draw.line((edge, top, edge, y), BLACK, 4)
        self.y = y + 60
        self.table = tuple(kept)


def scan(page: MadePage, dpi: int, damage: Damage, random_: random.Random) -> Image.Image:
    """The page as a scanner gives it, at so many dots an inch."""
    picture = page.picture
    if damage.turn:
        picture = picture.rotate(damage.turn, resample=Image.Resampling.BICUBIC, fillcolor=(252, 252, 250))
    if damage.blur:
        picture = picture.filter(ImageFilter.GaussianBlur(damage.blur))
    draw = ImageDraw.Draw(picture)
    for _ in range(damage.specks):
        x, y, r = random_.randrange(A4[0]), random_.randrange(A4[1]), random_.choice((1, 2, 2, 3, 4))
        draw.ellipse((x - r, y - r, x + r, y + r), fill=(70, 70, 70))
    if dpi != SET:
        picture = picture.resize((A4[0] * dpi // SET, A4[1] * dpi // SET), Image.Resampling.LANCZOS)
    values = np.asarray(picture, dtype=np.float32)
    if damage.shade:
        values = values * np.linspace(1, 1 - damage.shade, values.shape[1], dtype=np.float32)[None, :, None]
    if damage.noise:
        noise = np.random.default_rng(random_.randrange(1 << 30)).normal(0, damage.noise, values.shape[:2])
        values = values + noise[:, :, None].astype(np.float32)
    picture = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    if damage.quality:
        held = io.BytesIO()
        picture.save(held, "JPEG", quality=damage.quality)
        picture = Image.open(held)
        picture.load()
    return picture


def as_pdf(pictures: Sequence[Image.Image], dpi: int) -> bytes:
    """Pictures as the pages of a PDF without any text."""
    out = io.BytesIO()
    first, *rest = [picture.convert("RGB") for picture in pictures]
    first.save(out, "PDF", save_all=True, append_images=rest, resolution=dpi, quality=90)
    return out.getvalue()
