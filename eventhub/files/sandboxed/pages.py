"""Pages of a PDF, and pictures, drawn as WebP of a given width."""

from __future__ import annotations

from typing import Any

import pypdfium2 as pdfium
from PIL import Image, ImageOps

PIXELS_MAX = 16_000_000
QUALITY = 82
POINTS = 72


def measure(*, path: str, pages_max: int) -> dict[str, Any]:
    """``count``, and ``sizes`` of the first pages in points, as they are shown."""
    with pdfium.PdfDocument(path) as pdf:
        count = len(pdf)
        sizes = [
            [round(side, 1) for side in pdf.get_page_size(n)] for n in range(min(count, pages_max))
        ]
    return {"count": count, "sizes": sizes}


def draw_page(*, path: str, page: int, width: int, target: str) -> dict[str, Any]:
    """Draw a page, counted from 0, into ``target``; very long ones come out narrower."""
    with pdfium.PdfDocument(path) as pdf:
        sheet = pdf[page]
        scale = fitting_scale(sheet.get_size(), width)
        picture = sheet.render(scale=scale, may_draw_forms=False).to_pil()
        _save(picture, target)
    return {"width": picture.width, "height": picture.height}


def fitting_scale(size: tuple[float, float], wanted: int) -> float:
    """How many pixels a point becomes, within the bound on pixels."""
    width, height = size
    if width <= 0 or height <= 0:
        raise ValueError("a page without extent")
    scale = (wanted - 0.01) / width  # the width is rounded up
    return float(min(scale, (PIXELS_MAX / (width * height)) ** 0.5))


def draw_picture(*, path: str, width: int, target: str) -> dict[str, Any]:
    """Draw an uploaded picture the right way up, without what else its file holds."""
    Image.MAX_IMAGE_PIXELS = 100_000_000
    with Image.open(path, formats=["PNG", "JPEG"]) as opened:
        opened.draft("RGB", (width, width))  # a JPEG need not be decoded at full size
        picture = ImageOps.exif_transpose(opened)
        if picture.mode not in {"RGB", "RGBA"}:
            picture = picture.convert(
                "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
            )
        picture.thumbnail((width, PIXELS_MAX // max(width, 1)))
        _save(picture, target)
    return {"width": picture.width, "height": picture.height}


def _save(picture: Image.Image, target: str) -> None:
    picture.info.clear()
    picture.save(target, "WEBP", quality=QUALITY, method=3)
