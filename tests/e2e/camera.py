"""What Chromium takes for its camera: a film, JPEG after JPEG, played over and over."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

SIZE = (640, 480)


def write_film(path: Path, pictures: Iterable[Image.Image], *, each: int = 30) -> Path:
    """A film of some pictures, ``each`` thirtieths of a second long."""
    frames = io.BytesIO()
    for picture in pictures:
        frame = io.BytesIO()
        picture.save(frame, "JPEG", quality=95)
        frames.write(frame.getvalue() * each)
    path.write_bytes(frames.getvalue())
    return path


def camera_that_sees(picture: bytes, path: Path) -> str:
    """A film of a ticket."""
    ticket = Image.open(io.BytesIO(picture)).convert("RGB")
    ticket.thumbnail((400, 400))
    frame = Image.new("RGB", SIZE, "white")
    frame.paste(ticket, ((SIZE[0] - ticket.width) // 2, (SIZE[1] - ticket.height) // 2))
    return str(write_film(path, [frame]))


def wait_for_camera(page: Page) -> None:
    """Until it is on: the page starts it by itself where the browser allows the camera."""
    page.locator("[data-camera][data-camera-state=on]").wait_for()
