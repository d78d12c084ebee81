"""What is done to the picture of a page before it is read: laid straight, seals faded, rules found. Needs OpenCV."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

pytest.importorskip("cv2", reason="OpenCV is not installed (make test-ocr)")

from ingest.formats.pdf.ocr import picture as pictures

DPI = 150
SIZE = (1240, 1754)


def page(draw: object = None) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", SIZE, (250, 250, 248))
    return image, ImageDraw.Draw(image)


def lines_of_blocks(pen: ImageDraw.ImageDraw, top: int = 200, count: int = 24) -> None:
    """Blocks of the size of characters, in lines."""
    for y in range(count):
        for x in range(28):
            pen.rectangle((160 + 33 * x, top + 55 * y, 160 + 33 * x + 24, top + 55 * y + 24), fill=(20, 20, 20))


@pytest.mark.parametrize("angle", [-2.6, -0.85, 0.0, 0.4, 1.7])
def test_a_page_that_lies_askew_is_laid_straight_and_its_places_are_known(angle: float) -> None:
    image, pen = page()
    lines_of_blocks(pen)
    turned = np.asarray(image.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=(250, 250, 248)))
    straight = pictures.straighten(turned)
    rows = (straight.picture.mean(axis=(1, 2)) < 200).astype(int)
    assert abs(int((np.diff(rows) == 1).sum()) - 24) == 0  # every line a band of its own
    x0, top, x1, bottom = straight.shown((160, 200, 184, 224))
    part = turned[round(top) : round(bottom), round(x0) : round(x1)]
    assert part.mean() < 150  # the block of the straight page is where the scan has it


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_places_on_a_turned_page_are_known(quarters: int) -> None:
    image, pen = page()
    lines_of_blocks(pen)
    scanned = np.ascontiguousarray(np.rot90(np.asarray(image), -quarters))
    straight = pictures.straighten(scanned, quarters)
    assert straight.picture.shape[:2] == (SIZE[1], SIZE[0])
    x0, top, x1, bottom = straight.shown((160, 200, 184, 224))
    assert scanned[round(top) + 2 : round(bottom) - 2, round(x0) + 2 : round(x1) - 2].max() < 60


def test_a_round_seal_fades_and_leaves_the_black_text_below_it_and_the_red_head() -> None:
    image, pen = page()
    pen.rectangle((200, 100, 1000, 160), fill=(205, 30, 30))
    pen.ellipse((700, 900, 950, 1150), outline=(205, 30, 30), width=8)
    pen.rectangle((690, 1015, 960, 1035), fill=(25, 25, 25))
    faded, seals = pictures.fade_seals(np.asarray(image), DPI)
    assert len(seals) == 1 and seals[0] == pytest.approx((700, 900, 950, 1150), abs=12)
    assert faded[902:906, 815:835].min() > 200  # the ring
    assert faded[1020:1030, 720:940].max() < 60  # the text
    assert np.array_equal(faded[100:160, 200:1000], np.asarray(image)[100:160, 200:1000])


def test_the_rules_of_a_table_are_found_and_strokes_of_characters_are_none() -> None:
    image, pen = page()
    lines_of_blocks(pen, count=6)
    for y in range(5):
        pen.line((160, 700 + 60 * y, 1080, 700 + 60 * y), fill=(20, 20, 20), width=2)
    for x in (160, 300, 600, 1080):
        pen.line((x, 700, x, 940), fill=(20, 20, 20), width=2)
    pen.line((300, 730, 600, 730), fill=(20, 20, 20), width=2)  # parts one cell
    rules = pictures.find_rules(np.asarray(image), DPI)
    across = sorted((round(r.at), round(r.start), round(r.end)) for r in rules if r.across)
    assert [y for y, _, _ in across] == pytest.approx([700, 730, 760, 820, 880, 940], abs=1)
    assert across[1][1:] == pytest.approx((300, 600), abs=6)
    assert sorted(round(r.at) for r in rules if not r.across) == pytest.approx([160, 300, 600, 1080], abs=1)
    assert pictures.without_rules(np.asarray(image), rules, DPI)[690:950, 200:280].min() > 200


def test_an_empty_page_is_blank_and_dirt_does_not_change_that() -> None:
    image, pen = page()
    for x in range(30):
        pen.point((30 * x, 50 * x), fill=(40, 40, 40))
    assert pictures.is_blank(np.asarray(image), DPI)
    lines_of_blocks(pen, count=1)
    assert not pictures.is_blank(np.asarray(image), DPI)
