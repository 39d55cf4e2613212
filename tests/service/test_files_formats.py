"""What a file is, and which ones are not taken; each refusal has its own words."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from eventhub.files import errors, formats, sandbox
from tests.factories.entries import make_pdf
from tests.factories.files import (
    box,
    change_pdf,
    make_mp4,
    make_office,
    make_ole,
    make_picture,
    make_text_pdf,
    make_zip,
)

SAMPLES = {
    "pdf": make_pdf(),
    "png": make_picture("PNG"),
    "jpg": make_picture("JPEG"),
    "mp4": make_mp4(),
    "pptx": make_office("pptx"),
    "docx": make_office("docx"),
    "xlsx": make_office("xlsx"),
    "ppt": make_ole("PowerPoint Document", "Current User"),
    "doc": make_ole("WordDocument", "1Table"),
    "zip": make_zip({"说明.txt": "材料", "图/一.png": make_picture()}),
}


@pytest.fixture
def recognise(tmp_path):
    """``recognise(content, *kinds)``."""

    def asked(content: bytes, *kinds: str) -> str | None:
        path = tmp_path / "upload"
        path.write_bytes(content)
        return formats.recognise(path, kinds)

    return asked


@pytest.mark.parametrize("kind", SAMPLES)
def test_each_format_is_known_by_its_content(recognise, kind):
    assert recognise(SAMPLES[kind], kind) == kind
    assert kind in formats.MEDIA_TYPES


@pytest.mark.parametrize("kind", SAMPLES)
def test_no_format_is_taken_for_another(recognise, kind):
    containers = {"zip"} if kind in {"pptx", "docx", "xlsx"} else set()
    for asked in set(SAMPLES) - {kind} - containers:
        assert recognise(SAMPLES[kind], asked) is None, asked


def test_an_office_file_may_come_where_an_archive_is_asked_for(recognise):
    assert recognise(SAMPLES["pptx"], "zip") == "zip"
    assert recognise(SAMPLES["pptx"], "zip", "pptx") == "pptx"


@pytest.mark.parametrize(
    "content",
    [
        b"MZ executable",
        b"<html><script>alert(1)</script></html>",
        b" " + SAMPLES["pdf"],
        b"",
        b"PK\x03\x04 only a claim",
    ],
)
def test_what_is_something_else_is_no_format(recognise, content):
    assert recognise(content, *SAMPLES) is None


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 only a claim",
        b"%PDF-1.7\n" + b"\xff" * 5000,
        SAMPLES["pdf"][: len(SAMPLES["pdf"]) // 3],
        b"%PDF-1.4\ntrailer<</Root 1 0 R/Prev 0>>\nstartxref\n9\n%%EOF",
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
        SAMPLES["png"][:60],
        SAMPLES["mp4"] + b"behind the end",
        SAMPLES["mp4"][:-10],
        box(b"ftyp", b"isom\0\0\0\0") + box(b"mdat", b"\0" * 30),
        SAMPLES["ppt"][:700],
    ],
)
def test_what_is_cut_or_empty_is_broken(recognise, content):
    with pytest.raises(errors.BrokenFileError):
        recognise(content, *SAMPLES)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ("locked", errors.LockedFileError),
        ("script", errors.ActivePdfError),
        ("launch", errors.ActivePdfError),
        ("attachment", errors.AttachedFilesError),
    ],
)
def test_a_pdf_that_is_locked_acts_or_carries_files_is_not_taken(recognise, change, error):
    plain = make_text_pdf("A plan")
    assert recognise(plain, "pdf") == "pdf"

    with pytest.raises(error):
        recognise(change_pdf(plain, change), "pdf")


def test_a_script_below_a_page_is_found(recognise):
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(make_text_pdf("one", "two"))))
    script = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x()")}
    )
    note = DictionaryObject(
        {NameObject("/Subtype"): NameObject("/Widget"), NameObject("/AA"): DictionaryObject()}
    )
    note["/AA"][NameObject("/E")] = writer._add_object(script)
    writer.pages[1][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])
    out = io.BytesIO()
    writer.write(out)

    with pytest.raises(errors.ActivePdfError):
        recognise(out.getvalue(), "pdf")


def test_a_pdf_with_links_and_bookmarks_is_taken(recognise):
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_font("helvetica", size=12)
    pdf.add_page()
    pdf.start_section("First")
    pdf.cell(text="home", link="https://example.com/")

    assert recognise(bytes(pdf.output()), "pdf") == "pdf"


@pytest.mark.parametrize("kind", ["pdf", "png", "jpg", "mp4"])
def test_an_archive_behind_another_format_is_ambiguous(recognise, kind):
    inner = make_zip({"a.class": b"\xca\xfe\xba\xbe" * 40})

    with pytest.raises(errors.AmbiguousFileError):
        recognise(SAMPLES[kind] + inner, kind)


def test_an_archive_inside_a_film_s_box_is_ambiguous(recognise):
    inner = make_zip({"a.txt": "x" * 400})

    with pytest.raises(errors.AmbiguousFileError):
        recognise(make_mp4(inner), "mp4")


@pytest.mark.parametrize("mark", [b"<html>", b"<SCRIPT>alert(1)</SCRIPT>", b"<?php x ?>"])
def test_a_page_at_the_head_of_a_pdf_is_ambiguous(recognise, mark):
    head, rest = SAMPLES["pdf"].split(b"\n", 1)

    with pytest.raises(errors.AmbiguousFileError):
        recognise(head + b"\n%" + mark + b"\n" + rest, "pdf")


def test_a_pdf_inside_the_head_of_a_picture_is_ambiguous(recognise):
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", comment=b"%PDF-1.4 and more")

    with pytest.raises(errors.AmbiguousFileError):
        recognise(out.getvalue(), "jpg")


def test_bytes_before_or_behind_an_archive_are_ambiguous(recognise):
    with pytest.raises(errors.AmbiguousFileError):
        recognise(SAMPLES["zip"] + b"trailer", "zip")


def test_two_entries_of_one_name_are_ambiguous(recognise):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "one")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.txt", "two")

    with pytest.raises(errors.AmbiguousFileError):
        recognise(out.getvalue(), "zip")


def test_a_bomb_that_says_so_is_not_unpacked(recognise):
    bomb = make_zip({f"{n}.txt": b"\0" * 60_000_000 for n in range(2)})
    assert len(bomb) < 200_000

    with pytest.raises(errors.ZipBombError):
        recognise(bomb, "zip")


def test_a_bomb_that_lies_about_its_size_is_found_out(recognise):
    bomb = bytearray(make_zip({"a.txt": b"\0" * 5_000_000}))
    at = bomb.rfind(b"PK\x01\x02")
    bomb[at + 24 : at + 28] = struct.pack("<I", 1000)
    bomb[22:26] = struct.pack("<I", 1000)

    with pytest.raises(errors.ZipBombError):
        recognise(bytes(bomb), "zip")


def test_entries_that_share_their_bytes_are_a_bomb(recognise):
    """As in the bomb of 2019: many names for one kernel."""
    plain = make_zip({"a.txt": b"\0" * 100_000})
    at = plain.rfind(b"PK\x01\x02")
    directory, end = plain[at : plain.rfind(b"PK\x05\x06")], bytearray(plain[-22:])
    names = [directory.replace(b"a.txt", f"{n}.txt".encode()) for n in "bcd"]
    whole = directory + b"".join(names)
    end[8:10] = end[10:12] = struct.pack("<H", 4)
    end[12:16] = struct.pack("<I", len(whole))

    with pytest.raises(errors.ZipBombError):
        recognise(plain[:at] + whole + bytes(end), "zip")


def test_too_many_entries_are_a_bomb(recognise):
    with pytest.raises(errors.ZipBombError):
        recognise(make_zip({f"{n}": "" for n in range(5001)}), "zip")


def test_an_office_file_can_be_a_bomb_too(recognise):
    bomb = make_office("docx", word__media__a=b"\0" * 120_000_000)

    with pytest.raises(errors.ZipBombError):
        recognise(bomb, "docx")


@pytest.mark.parametrize(
    "inner",
    [make_zip({"x": "y"}), b"Rar!\x1a\x07\x00", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08" + b"\0" * 9],
)
def test_an_archive_in_an_archive_is_not_taken(recognise, inner):
    with pytest.raises(errors.NestedArchiveError):
        recognise(make_zip({"more.bin": inner}), "zip")


def test_a_table_in_a_presentation_is_no_archive_in_an_archive(recognise):
    deck = make_office(
        "pptx", ppt__embeddings__sheet=make_office("xlsx"), ppt__media__a=b"\x1f\x8b\x08"
    )

    assert recognise(deck, "pptx") == "pptx"
    assert recognise(make_zip({"deck.pptx": deck}), "zip") == "zip"


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "C:\\Windows\\a.dll",
        "a/../../b",
        "..\\b",
        "a\nb",
        "a\x1bb",
    ],
)
def test_a_path_that_leaves_the_archive_is_not_taken(recognise, name):
    with pytest.raises(errors.UnsafePathError):
        recognise(make_zip({name: "x"}), "zip")


def test_a_link_in_an_archive_is_not_taken(recognise):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")

    with pytest.raises(errors.UnsafePathError):
        recognise(out.getvalue(), "zip")


def test_an_archive_under_a_password_is_not_taken(recognise):
    locked = bytearray(make_zip({"a.txt": "secret"}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.find(mark) + at] |= 1

    with pytest.raises(errors.LockedFileError):
        recognise(bytes(locked), "zip")


def test_an_unusual_packing_is_told(recognise):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.txt", "x" * 1000)

    with pytest.raises(errors.UnusualArchiveError):
        recognise(out.getvalue(), "zip")


def test_a_torn_archive_is_broken(recognise):
    torn = bytearray(make_zip({"a.txt": "x" * 50_000}, stored=False))
    torn[60:80] = b"\xff" * 20

    with pytest.raises(errors.UnsafeFileError):
        recognise(bytes(torn), "zip")


@pytest.mark.parametrize("kind", ["pptx", "docx", "xlsx"])
def test_macros_of_the_newer_formats_are_not_taken(recognise, kind):
    folder = {"pptx": "ppt", "docx": "word", "xlsx": "xl"}[kind]
    with pytest.raises(errors.MacroError):
        recognise(make_office(kind, **{f"{folder}__vbaProject.bin": b"x"}), kind)

    enabled = make_zip(
        {
            "[Content_Types].xml": '<Override ContentType="vnd.ms-x.macroEnabled.main"/>',
            {
                "pptx": "ppt/presentation.xml",
                "docx": "word/document.xml",
                "xlsx": "xl/workbook.xml",
            }[kind]: "<x/>",
        }
    )
    with pytest.raises(errors.MacroError):
        recognise(enabled, kind)


def test_macros_of_the_old_formats_are_not_taken(recognise):
    with pytest.raises(errors.MacroError):
        recognise(make_ole("WordDocument", "Macros", "VBA", "_VBA_PROJECT"), "doc")

    atom = b"\x02\x00\x00\x04\x0c\x00\x00\x00" + struct.pack("<III", 7, 1, 2)
    with pytest.raises(errors.MacroError):
        recognise(make_ole("PowerPoint Document", content=b"\0" * 100 + atom), "ppt")
    none = b"\x02\x00\x00\x04\x0c\x00\x00\x00" + struct.pack("<III", 0, 0, 2)
    assert recognise(make_ole("PowerPoint Document", content=none), "ppt") == "ppt"


def test_a_newer_office_file_under_a_password_is_told(recognise):
    with pytest.raises(errors.LockedFileError):
        recognise(make_ole("EncryptedPackage", "EncryptionInfo"), "pptx")


def test_an_old_office_file_that_runs_in_circles_is_broken(recognise):
    circle = bytearray(make_ole("WordDocument"))
    circle[512 + 4 : 512 + 8] = struct.pack("<I", 1)  # the directory follows itself

    with pytest.raises(errors.BrokenFileError):
        recognise(bytes(circle), "doc")


def test_a_film_of_a_phone_is_told_by_name(recognise):
    with pytest.raises(errors.QuickTimeError):
        recognise(make_mp4(brand=b"qt  "), "mp4")


def test_a_picture_of_too_many_pixels_is_not_decoded(recognise):
    def chunk(kind: bytes, content: bytes) -> bytes:
        told = kind + content
        return struct.pack(">I", len(content)) + told + struct.pack(">I", zlib.crc32(told))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    huge = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    huge += chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")

    with pytest.raises(errors.UnsafeFileError):
        recognise(huge, "png")


def test_each_refusal_has_words_of_its_own():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    unsafe = [k for k in kinds if issubclass(k, errors.UnsafeFileError)]
    words = [str(kind.message) for kind in unsafe]

    assert len(unsafe) > 12
    assert len(set(words)) == len(words)
    assert len({kind.code for kind in kinds if hasattr(kind, "code")}) >= len(unsafe)


def test_a_reader_that_dies_takes_nobody_along(tmp_path):
    """Not enough memory to draw: the child ends, the next one works."""
    path = tmp_path / "plan.pdf"
    path.write_bytes(make_text_pdf("A plan"))
    target = str(tmp_path / "page.webp")
    order = {"path": str(path), "page": 0, "width": 2400, "target": target}

    with pytest.raises(sandbox.JobFailedError):
        sandbox.run("draw_page", megabytes=1, **order)
    with pytest.raises(sandbox.JobFailedError):
        sandbox.run("draw_page", seconds=0.001, **order)

    assert sandbox.run("draw_page", **order)["width"] == 2400
    assert Path(target).read_bytes()[:4] == b"RIFF"


def test_a_helper_that_was_killed_is_started_again(tmp_path):
    path = tmp_path / "plan.pdf"
    path.write_bytes(make_text_pdf("A plan"))
    sandbox.run("measure", path=str(path), pages_max=5)
    helper = sandbox._helper
    assert helper is not None

    helper.process.kill()
    helper.process.wait(10)

    assert sandbox.run("measure", path=str(path), pages_max=5)["count"] == 1
    assert sandbox._helper is not helper


def test_the_helper_knows_no_secret():
    """Whatever it may be made to do, it has no settings to tell."""
    with pytest.raises(sandbox.JobFailedError):
        sandbox.run("measure", path="/dev/null", pages_max=1)
    assert sandbox._helper is not None
    environment = Path(f"/proc/{sandbox._helper.process.pid}/environ")
    if not environment.exists():
        pytest.skip("no /proc on this system")

    names = {pair.split(b"=")[0] for pair in environment.read_bytes().split(b"\0") if pair}
    assert names <= {b"PATH", b"LANG", b"LC_CTYPE"}
