"""Draw one page of a PDF or of a picture file as a PNG: run as a program of its own, the file on stdin, PNG on stdout.

A PDF comes from outside: the drawing is done where it can be stopped and where little memory can be taken.
Arguments: page number from 1, boxes to mark as ``x0,y0,x1,y1;…`` in points from the top left, ``whole`` or ``part``.
"""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH = 1200
"""Pixels across; a page is never drawn larger, whatever size it claims."""
AROUND = 80.0
"""Points shown above and below the marked place of a part."""
MEMORY = 1 << 30
PORTRAIT, LANDSCAPE = 595.0, 842.0
"""Points across a sheet of A4."""


def draw(data: bytes, number: int, boxes: list[tuple[float, ...]], part: bool) -> bytes:
    """The picture of a page with its boxes marked."""
    from PIL import Image, ImageChops, ImageDraw

    image, scale = _drawn(data, number) if b"%PDF-" in data[:1024] else _scanned(data, number)
    marks = Image.new("RGB", image.size, "white")
    pen = ImageDraw.Draw(marks)
    for x0, y0, x1, y1 in boxes:
        pen.rectangle([scale * (x0 - 2), scale * (y0 - 2), scale * (x1 + 2), scale * (y1 + 2)], fill="#fff1b8", outline="#b3261e")
    image = ImageChops.multiply(image, marks)
    if part and boxes:
        top = max(0, round(scale * (min(box[1] for box in boxes) - AROUND)))
        bottom = min(image.height, round(scale * (max(box[3] for box in boxes) + AROUND)))
        if bottom - top > 8:
            image = image.crop((0, top, image.width, bottom))
    out = io.BytesIO()
    image.quantize(32).save(out, "PNG", optimize=True)
    return out.getvalue()


def _drawn(data: bytes, number: int) -> tuple[Image, float]:
    """A page of a PDF, and pixels a point."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    page = document[number - 1]
    width, height = page.get_size()
    scale = min(WIDTH / max(width, 1), 2 * WIDTH / max(height, 1))
    image: Image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    return image, scale


def _scanned(data: bytes, number: int) -> tuple[Image, float]:
    """A page of a picture file, and pixels a point: it is taken for a sheet of A4, as ``ingest.formats.picture`` takes it."""
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "TIFF")) as held:
        held.seek(number - 1)
        held.draft("RGB", (WIDTH, 2 * WIDTH))
        image = ImageOps.exif_transpose(held).convert("RGB")
    image.thumbnail((WIDTH, 2 * WIDTH))
    return image, image.width / (PORTRAIT if image.width <= image.height else LANDSCAPE)


def main() -> int:
    """Run as a program."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):
        pass  # no such limits here: the time limit of the caller still holds
    number, places, shown = sys.argv[1:4]
    boxes = [tuple(float(part) for part in box.split(",")) for box in places.split(";") if box]
    sys.stdout.buffer.write(draw(sys.stdin.buffer.read(), int(number), boxes, shown == "part"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
