"""Whether a PDF or a picture may be taken: what it does, needs and weighs."""

from __future__ import annotations

from typing import Any

from PIL import Image
from pypdf import PdfReader
from pypdf.errors import PdfReadError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

PAGES_MAX = 1000
NODES_MAX = 200_000
SIDE_MAX = 12_000  # pixels of a picture's longer side
PIXELS_MAX = 100_000_000

_ACTS = {"/JavaScript", "/Launch", "/ImportData"}
_PLAYS = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/3D"}
# ways back up and what holds no actions; following them would only cost time
_SKIPPED = {"/Parent", "/P", "/Resources", "/Contents", "/StructTreeRoot", "/Metadata", "/AP"}


def check_pdf(*, path: str) -> dict[str, Any]:
    """``pages``, or ``refusal``: locked, empty, many, active or attached."""
    reader = PdfReader(path)
    if reader.is_encrypted:
        return {"refusal": "locked"}
    try:
        count = len(reader.pages)
    except PdfReadError:
        return {"refusal": "empty"}
    if count == 0:
        return {"refusal": "empty"}
    if count > PAGES_MAX:
        return {"refusal": "many"}
    found = _walk(reader.trailer.get("/Root"))
    return {"refusal": found} if found else {"pages": count}


def _walk(root: Any) -> str | None:
    """What in the tree below the catalogue acts or is attached."""
    waiting, seen, count = [root], set(), 0
    while waiting:
        node = waiting.pop()
        if isinstance(node, IndirectObject):
            if (node.idnum, node.generation) in seen:
                continue
            seen.add((node.idnum, node.generation))
            node = node.get_object()
        count += 1
        if count > NODES_MAX:
            raise ValueError("too many objects")
        if isinstance(node, ArrayObject):
            waiting.extend(node)
        elif isinstance(node, DictionaryObject):
            found = _judge(node)
            if found:
                return found
            waiting.extend(node.raw_get(key) for key in node if key not in _SKIPPED)
    return None


def _judge(node: DictionaryObject) -> str | None:
    if "/JS" in node or "/JavaScript" in node or node.get("/S") in _ACTS:
        return "active"
    if "/EmbeddedFiles" in node or node.get("/Subtype") in _PLAYS:
        return "attached"
    if "/EF" in node and node.get("/Type") in {"/Filespec", "/F", None}:
        return "attached"
    return None


def check_picture(*, path: str, kind: str) -> dict[str, Any]:
    """``width`` and ``height``, or ``refusal``: large. Every pixel is decoded once."""
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    with Image.open(path, formats=[{"jpg": "JPEG"}.get(kind, kind.upper())]) as picture:
        width, height = picture.size
        if max(width, height) > SIDE_MAX or width * height > PIXELS_MAX:
            return {"refusal": "large"}
        picture.verify()
    with Image.open(path) as picture:
        picture.load()
    return {"width": width, "height": height}
