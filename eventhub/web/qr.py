"""QR codes as pictures."""

from __future__ import annotations

import io

import qrcode
from flask import Response, send_file
from qrcode.constants import ERROR_CORRECT_M

MODULE_PIXELS = 12  # sharp on paper at 3 cm and on a phone of any density
QUIET_MODULES = 4  # what the standard asks for


def png(text: str) -> bytes:
    """Draw a text, error level M, with the quiet zone that scanners need."""
    code = qrcode.QRCode(
        error_correction=ERROR_CORRECT_M, box_size=MODULE_PIXELS, border=QUIET_MODULES
    )
    code.add_data(text)
    code.make(fit=True)
    buffer = io.BytesIO()
    code.make_image().save(buffer, "PNG")
    return buffer.getvalue()


def png_response(text: str, *, name: str, as_attachment: bool = False) -> Response:
    """Answer with the picture, to be shown or kept under a name."""
    return send_file(
        io.BytesIO(png(text)),
        mimetype="image/png",
        as_attachment=as_attachment,
        download_name=name,
    )
