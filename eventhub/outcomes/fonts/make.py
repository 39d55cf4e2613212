"""Make the two fonts of this folder from the packages of Debian that the manifest names.

Run as ``python -m eventhub.outcomes.fonts.make LXGWWenKai-Regular.ttf NotoSerifCJK-Bold.ttc``.
Hinting, Latin ligatures and vertical forms are left out, and the families are renamed, as the
licence asks of a font that was changed.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

HERE = Path(__file__).parent
COMMON = (
    (0x20, 0x7F), (0xA0, 0x250), (0x370, 0x460), (0x2000, 0x2070), (0x2100, 0x2200),
    (0x2460, 0x2500), (0x3000, 0x3040), (0x30FB, 0x30FC), (0xFF00, 0xFFF0),
)  # fmt: skip
IDEOGRAPHS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x33480))
UNUSED = ["GSUB", "GPOS", "GDEF", "vhea", "vmtx", "VORG", "BASE", "DSIG", "STAT"]


def _spread(ranges: Iterable[tuple[int, int]]) -> set[int]:
    return {code for first, end in ranges for code in range(first, end)}


def _gb2312() -> set[int]:
    """The 6763 ideographs in daily use, which headings are set in."""
    found = set()
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            text = bytes([row, cell]).decode("gb2312", "ignore")
            found |= {ord(text)} if text else set()
    return found


def _make(source: str, number: int, codes: set[int], family: str, target: str) -> dict[str, Any]:
    options = subset.Options()
    options.hinting, options.layout_features, options.glyph_names = False, [], False
    options.name_IDs, options.notdef_outline = [0, 1, 2, 4, 5, 6, 13, 14], True
    options.drop_tables += UNUSED
    font = TTFont(source, fontNumber=number)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    names = {1: family, 4: family, 6: family.replace(" ", "")}
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]
    if "CFF " in font:
        top = font["CFF "].cff
        top.fontNames = [names[6]]
        top.topDictIndex[0].FullName = top.topDictIndex[0].FamilyName = family
    whole = io.BytesIO()
    font.save(whole)
    packed = lzma.compress(whole.getvalue(), preset=9)
    (HERE / target).write_bytes(packed)
    return {
        "file": target,
        "family": family,
        "characters": len(font.getBestCmap()),
        "bytes": len(packed),
        "sha256": hashlib.sha256(packed).hexdigest(),
        "source": Path(source).name,
        "source_sha256": hashlib.sha256(Path(source).read_bytes()).hexdigest(),
    }


def main(kai: str, song: str) -> None:
    """Write both fonts and bring the manifest up to date."""
    common = _spread(COMMON)
    made = {
        "text": _make(kai, 0, common | _spread(IDEOGRAPHS), "EventHub Kai", "kai.ttf.xz"),
        "heading": _make(song, 2, common | _gb2312(), "EventHub Song", "song.otf.xz"),
    }
    path = HERE / "manifest.json"
    manifest = json.loads(path.read_text())
    for use, facts in made.items():
        manifest["fonts"].setdefault(use, {}).update(facts)
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])
