"""A copy of a PDF without the words that tell who made it.

Each page becomes a picture with black bars over what was found; the copy holds no text, no
notes, no links and no properties, so nothing lies under the bars.
"""

from __future__ import annotations

import ctypes
import io
import unicodedata
from collections.abc import Iterator
from typing import Any

import pypdfium2 as pdfium
from PIL import Image, ImageDraw
from pypdfium2 import raw

from eventhub.files.sandboxed.pages import fitting_scale

WIDTH = 1600
QUALITY = 85
MARGIN = 2  # pixels around each bar; the box of a character has room above and below
SHORT = 5  # letters of a word that is likely to stand inside of another
UNREADABLE_MAX = 0.1  # share of characters without a meaning


def cover(*, path: str, words: list[str], target: str, pages_max: int) -> dict[str, Any]:
    """Write the copy to ``target``; a document of more pages than ``pages_max`` is not begun.

    ``findings``: objects with ``page``, counted from 1, and ``word`` with ``count``; or ``note``:
    ``no_text`` or ``odd_text`` for a page that cannot be searched, ``pictures`` for one with
    pictures on it.
    """
    wanted = {folded: word for word in words if (folded := fold(word))}
    findings: list[dict[str, Any]] = []
    with pdfium.PdfDocument(path) as source, pdfium.PdfDocument.new() as copy:
        if len(source) > pages_max:
            raise ValueError("too many pages")
        for number, page in enumerate(source, start=1):
            boxes, notes = _search(page, wanted, number)
            findings += notes
            _add(copy, page.get_size(), _picture(page, boxes))
            page.close()
        copy.save(target)
        pages = len(copy)
    return {"findings": findings, "pages": pages}


def fold(text: str) -> str:
    """How a word is compared: width, case, blanks and dots between names do not count."""
    flat = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in flat if not c.isspace() and c not in "·•・‧.,-_'’")


Box = tuple[float, float, float, float]  # left, bottom, right, top


def _search(
    page: Any, wanted: dict[str, str], number: int
) -> tuple[list[Box], list[dict[str, Any]]]:
    text = page.get_textpage()
    try:
        count = text.count_chars()
        units = [raw.FPDFText_GetUnicode(text, at) for at in range(count)]
        notes = _doubts(units, number)
        if _has_pictures(page):
            notes.append({"page": number, "note": "pictures"})
        boxes: list[Box] = []
        for word, places in _places(units, wanted):
            notes.append({"page": number, "word": word, "count": len(places)})
            boxes += [text.get_charbox(at, loose=True) for place in places for at in place]
    finally:
        text.close()
    return boxes, notes


def _doubts(units: list[int], number: int) -> list[dict[str, Any]]:
    """Whether what was read off the page can be trusted."""
    letters = [unit for unit in units if not chr(unit).isspace()]
    if not letters:
        return [{"page": number, "note": "no_text"}]
    odd = sum(unit in {0, 0xFFFD} or 0xE000 <= unit <= 0xF8FF or unit < 32 for unit in letters)
    return [{"page": number, "note": "odd_text"}] if odd > len(letters) * UNREADABLE_MAX else []


def _has_pictures(page: Any) -> bool:
    return any(True for _ in page.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _places(units: list[int], wanted: dict[str, str]) -> Iterator[tuple[str, list[range]]]:
    """Where each word stands, as ranges of characters; a line break inside does not hide it."""
    flat: list[str] = []
    origin: list[int] = []
    characters = _characters(units)
    for at, character in enumerate(characters):
        for piece in fold(character):
            flat.append(piece)
            origin.append(at)
    line = "".join(flat)
    for folded, word in wanted.items():
        found = []
        at = line.find(folded)
        while at >= 0:
            place = range(origin[at], origin[at + len(folded) - 1] + 1)
            if _stands_alone(characters, place, folded):
                found.append(place)
            at = line.find(folded, at + 1)
        if found:
            yield word, found


def _characters(units: list[int]) -> list[str]:
    """One text a unit; the second half of a surrogate pair is empty, the first holds both."""
    texts = []
    for at, unit in enumerate(units):
        if 0xD800 <= unit < 0xDC00 and at + 1 < len(units):
            texts.append(chr(0x10000 + ((unit - 0xD800) << 10) + (units[at + 1] - 0xDC00)))
        elif 0xD800 <= unit < 0xE000:
            texts.append("")
        else:
            texts.append(chr(unit))
    return texts


def _stands_alone(characters: list[str], place: range, word: str) -> bool:
    """Whether a word of Latin letters is one: a short one at both ends, a longer one at either.

    So that a name in pinyin is found beside other words, and not inside of them. Whatever holds
    something else than Latin letters counts wherever it stands.
    """
    if not (word.isascii() and word.isalpha()):
        return True
    before, after = (
        characters[place.start - 1 : place.start],
        characters[place.stop : place.stop + 1],
    )
    ends = [not _is_latin("".join(beside)) for beside in (before, after)]
    return all(ends) if len(word) <= SHORT else any(ends)


def _is_latin(beside: str) -> bool:
    return beside.isascii() and beside.isalnum()


def _picture(page: Any, boxes: list[Box]) -> Image.Image:
    scale = fitting_scale(page.get_size(), WIDTH)
    picture: Image.Image = (
        page.render(scale=scale, draw_annots=False, may_draw_forms=False).to_pil().convert("RGB")
    )
    pen = ImageDraw.Draw(picture)
    for box in boxes:
        pen.rectangle(_on_picture(page, picture, box), fill="black")
    return picture


def _on_picture(page: Any, picture: Image.Image, box: Box) -> tuple[int, int, int, int]:
    """A box of the page in pixels, whichever way the page is turned."""
    left, bottom, right, top = box
    corners = [_pixel(page, picture, x, y) for x, y in ((left, bottom), (right, top))]
    (x0, y0), (x1, y1) = corners
    low_x, high_x, low_y, high_y = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
    return low_x - MARGIN, low_y - MARGIN, high_x + MARGIN, high_y + MARGIN


def _pixel(page: Any, picture: Image.Image, x: float, y: float) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(
        page, 0, 0, picture.width, picture.height, 0, x, y, ctypes.byref(across), ctypes.byref(down)
    )
    return across.value, down.value


def _add(copy: Any, size: tuple[float, float], picture: Image.Image) -> None:
    """A page that is nothing but this picture."""
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=QUALITY)
    packed.seek(0)
    image = pdfium.PdfImage.new(copy)
    image.load_jpeg(packed, inline=True)
    image.set_matrix(pdfium.PdfMatrix().scale(*size))
    page = copy.new_page(*size)
    page.insert_obj(image)
    page.gen_content()
    page.close()
