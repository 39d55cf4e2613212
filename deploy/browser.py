"""Find or install the browser for the tests, and print its path: ``python -m deploy.browser``.

Debian's packages where this user may install them, with fonts for Chinese; else Playwright's own
browser; else a line that says what is missing, and status 0: the tests themselves then fail in
CI, and are skipped elsewhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tests.chromium import find_chromium

PACKAGES = ("chromium", "fonts-noto-cjk")


def main() -> None:
    """Print the path of a browser, or say on stderr that there is none."""
    wanted = [] if find_chromium() else [PACKAGES[0]]
    if not _has_chinese_fonts():
        wanted.append(PACKAGES[1])
    if wanted:
        _install_from_debian(wanted)
    if find_chromium() is None:
        _run([sys.executable, "-m", "playwright", "install", "chromium"])
    found = find_chromium()
    if found:
        print(found)
    else:
        print(
            "EventHub: no browser could be installed, so its tests cannot run."
            " Install Chromium, or name one in CHROMIUM.",
            file=sys.stderr,
        )


def _has_chinese_fonts() -> bool:
    """Whether Chinese is drawn; True where that cannot be asked."""
    if sys.platform != "linux":
        return True
    if shutil.which("fc-list") is None:
        return False
    told = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False)  # noqa: S607
    return bool(told.stdout.strip())


def _install_from_debian(packages: list[str]) -> None:
    if shutil.which("apt-get") is None:
        return
    prefix: list[str] = []
    if os.geteuid() != 0:
        if shutil.which("sudo") is None or not _run(["sudo", "--non-interactive", "true"]):
            return
        prefix = ["sudo", "--non-interactive"]
    print(f"Installing {' and '.join(packages)} …", file=sys.stderr)
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    _run([*quiet, "update"])
    _run([*quiet, "install", "--yes", "--no-install-recommends", *packages])


def _run(command: list[str]) -> bool:
    """Whether a command succeeded; what it said is shown only when it did not."""
    done = subprocess.run(  # noqa: S603 - the commands of this module
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode and command[-1] != "true":
        print(done.stderr.strip()[-2000:], file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    main()
