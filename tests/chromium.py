"""Where the browser is that the tests drive."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
MAC_APPLICATIONS = ("Chromium", "Google Chrome")


def find_chromium() -> str | None:
    """The path of a Chromium or Chrome; None if this machine has none.

    ``CHROMIUM`` in the environment comes first, then the system's, then Playwright's own.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    for name in MAC_APPLICATIONS:
        path = Path(f"/Applications/{name}.app/Contents/MacOS/{name}")
        if path.exists():
            return str(path)
    return _from_playwright()


def need_chromium() -> str:
    """The path of a browser; without one the calling test is skipped, but in CI it fails."""
    found = find_chromium()
    if found is not None:
        return found
    reason = "no Chromium: run make test, or name one in CHROMIUM"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def _from_playwright() -> str | None:
    """The newest browser that ``playwright install chromium`` has fetched."""
    caches = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or caches / "ms-playwright")
    patterns = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
    found = [path for pattern in patterns for path in folder.glob(pattern)]
    return str(max(found, key=lambda path: path.stat().st_mtime)) if found else None
