#!/usr/bin/env python3
"""Check a published draw without trusting whoever published it.

    python3 verify_draw.py draw.json
    python3 verify_draw.py https://…/draw.json --commitment 6b51d4…

Needs Python 3.9 or later and nothing else; it shares no line with the system that drew.

The rule, eventhub-draw-1: the commitment is the hex SHA-256 of the secret. Each code's digest is
the hex HMAC-SHA256 of the code (UTF-8) under the key: secret, then a byte "|", then the public
text (Unicode NFC, UTF-8). The order is that of ascending digests.

Exit status: 0 the draw holds, 1 it does not or cannot be read. Give the commitment and compare
the list of codes that you noted down *before* the draw: a page can change both afterwards.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import io
import json
import sys
import unicodedata
import urllib.request
from pathlib import Path
from typing import Any

ALGORITHM = "eventhub-draw-1"
MAX_BYTES = 20_000_000
MIN_SECRET_BYTES = 16


class UnreadableError(Exception):
    """The document is no draw at all."""


def load(source: str) -> Any:
    if source.startswith(("https://", "http://")):
        with urllib.request.urlopen(source, timeout=30) as response:  # noqa: S310 - http(s) only
            raw = response.read(MAX_BYTES + 1)
    else:
        raw = Path(source).read_bytes()
    if len(raw) > MAX_BYTES:
        raise UnreadableError("the document is too large")
    return json.loads(raw.decode("utf-8-sig"), object_pairs_hook=refuse_doubles)


def refuse_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that stands twice can mean one thing to a reader and another to a program."""
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise UnreadableError("a name stands twice in one JSON object")
    return dict(pairs)


def take(document: Any, name: str, kind: type) -> Any:
    value = document.get(name) if isinstance(document, dict) else None
    if not isinstance(value, kind) or isinstance(value, bool):
        raise UnreadableError(f"{name!r} is missing or of the wrong kind")
    return value


def find_problems(document: Any, noted_commitment: str | None) -> list[str]:
    """Return one line for each thing that does not hold."""
    if take(document, "algorithm", str) != ALGORITHM:
        raise UnreadableError(f"this program knows only {ALGORITHM}")
    try:
        secret = bytes.fromhex(take(document, "secret", str))
    except ValueError:
        raise UnreadableError("'secret' is not hexadecimal") from None
    commitment = take(document, "commitment", str).strip().lower()
    public_text = take(document, "public_text", str)
    codes = take(document, "codes", list)
    if not all(isinstance(code, str) for code in codes):
        raise UnreadableError("'codes' holds something that is not text")
    published = [
        (take(row, "position", int), take(row, "code", str), take(row, "digest", str).lower())
        for row in take(document, "order", list)
    ]

    problems = []
    actual = hashlib.sha256(secret).hexdigest()
    if commitment != actual:
        problems.append(f"the secret does not fit the commitment: its SHA-256 is {actual}")
    if noted_commitment and noted_commitment.strip().lower() != commitment:
        problems.append("the published commitment is not the one that you noted down")
    if len(secret) < MIN_SECRET_BYTES:
        problems.append(f"the secret is shorter than {MIN_SECRET_BYTES} bytes")
    if not public_text.strip():
        problems.append("the public text is blank")
    if not codes:
        problems.append("there are no codes")
    doubles = sorted({code for code in codes if codes.count(code) > 1})
    problems += [f"code {code!r} stands twice in the list" for code in doubles]

    key = secret + b"|" + unicodedata.normalize("NFC", public_text).encode()
    digests = {code: hmac.new(key, code.encode(), hashlib.sha256).hexdigest() for code in codes}
    ordered = sorted(digests, key=lambda code: (digests[code], code))
    expected = [(place, code, digests[code]) for place, code in enumerate(ordered, 1)]
    for row in sorted(set(published) - set(expected)):
        problems.append(f"position {row[0]}, code {row[1]!r}, does not follow from the draw")
    for row in sorted(set(expected) - set(published)):
        problems.append(f"position {row[0]} should be code {row[1]!r}, digest {row[2][:12]}…")
    if not problems and published != expected:
        problems.append("the order lists the positions out of turn or more than once")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description="Check a published draw of eventhub-draw-1.")
    parser.add_argument("source", help="the draw's JSON: a file, or an http(s) address")
    parser.add_argument("--commitment", help="the commitment as noted down before the draw")
    arguments = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        document = load(arguments.source)
        problems = find_problems(document, arguments.commitment)
    except (UnreadableError, OSError, ValueError, RecursionError) as error:
        print(f"CANNOT BE CHECKED 无法核验: {error}", file=sys.stderr)
        return 1
    if problems:
        print(f"DOES NOT HOLD 抽签结果不成立: {len(problems)} problem(s)")
        for problem in problems:
            print(f"  - {problem}")
        return 1
    print(f"HOLDS 抽签结果成立: {len(document['codes'])} codes, all in the order that follows from")
    print(f"  commitment   {document['commitment']}")
    print(f"  public text  {document['public_text']}")
    if not arguments.commitment:
        print("Compare the commitment with the one published before the draw.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
