"""Real PDF files for made-up projects, written without fonts of our own.

The text is set in STSong-Light, one of the fonts that every PDF reader has for Chinese
(PDF 32000-1, 9.7.5.2: predefined CMaps), so the file stays under two kilobytes.
"""

from __future__ import annotations

from io import BytesIO
from textwrap import wrap

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

WIDTH, HEIGHT, MARGIN = 595, 842, 72


def plan_pdf(title: str, lines: list[str]) -> BytesIO:
    """A page with a title and paragraphs; characters outside the basic plane become a box."""
    writer = PdfWriter()
    page = writer.add_blank_page(WIDTH, HEIGHT)
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(_font())})}
    )
    content = DecodedStreamObject()
    content.set_data(_draw(title, lines).encode("ascii"))
    page[NameObject("/Contents")] = writer._add_object(content)
    writer.add_metadata({"/Title": title})
    out = BytesIO()
    writer.write(out)
    out.seek(0)
    return out


def _font() -> DictionaryObject:
    descriptor = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/FontDescriptor"),
            NameObject("/FontName"): NameObject("/STSong-Light"),
            NameObject("/Flags"): NumberObject(6),
            NameObject("/FontBBox"): ArrayObject(map(NumberObject, (-25, -254, 1000, 880))),
            NameObject("/ItalicAngle"): NumberObject(0),
            NameObject("/Ascent"): NumberObject(880),
            NameObject("/Descent"): NumberObject(-120),
            NameObject("/CapHeight"): NumberObject(880),
            NameObject("/StemV"): NumberObject(93),
        }
    )
    system = DictionaryObject()
    for key, value in (("/Registry", "Adobe"), ("/Ordering", "GB1")):
        system[NameObject(key)] = TextStringObject(value)
    system[NameObject("/Supplement")] = NumberObject(4)
    descendant = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/CIDFontType0"),
            NameObject("/BaseFont"): NameObject("/STSong-Light"),
            NameObject("/CIDSystemInfo"): system,
            NameObject("/FontDescriptor"): descriptor,
            NameObject("/DW"): NumberObject(1000),
        }
    )
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type0"),
            NameObject("/BaseFont"): NameObject("/STSong-Light-UniGB-UCS2-H"),
            NameObject("/Encoding"): NameObject("/UniGB-UCS2-H"),
            NameObject("/DescendantFonts"): ArrayObject([descendant]),
        }
    )


def _draw(title: str, lines: list[str]) -> str:
    out = ["BT", f"/F1 20 Tf {MARGIN} {HEIGHT - 100} Td", f"<{_hex(title)}> Tj", "/F1 12 Tf"]
    out.append("0 -16 Td")
    for line in lines:
        out.append("0 -12 Td")
        for part in wrap(line, 36) or [""]:
            out += ["0 -20 Td", f"<{_hex(part)}> Tj"]
    return "\n".join([*out, "ET"])


def _hex(text: str) -> str:
    plain = "".join(c if ord(c) < 0x10000 else "□" for c in text)
    return plain.encode("utf-16-be").hex()
