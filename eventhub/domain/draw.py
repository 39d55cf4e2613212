"""The order of appearance, drawn so that anyone can recompute it.

The draw ``eventhub-draw-1`` is a commitment followed by a keyed sort:

1. Before the draw the organiser picks ``secret`` at random and publishes
   ``commitment = hex(SHA-256(secret))``, the list of codes, and *which* public text will be
   used: something that nobody knows yet and everybody will, such as the winning numbers of a
   named lottery on a named later day, or words called out by the teams present.
2. When the public text is known, the secret is revealed, and for each code
   ``digest = hex(HMAC-SHA256(key = secret || "|" || UTF-8(NFC(public_text)), UTF-8(code)))``.
   The codes sorted by ascending digest are the order of appearance, from position 1.

What it protects against: the organiser cannot choose the order, because the secret was fixed
before the public text existed; teams cannot predict or steer it, because they do not know the
secret; and nobody can change order or list afterwards without the recomputation failing.

What it does not: a public text that the organiser knew or could influence before the commitment
(then secrets can be tried until the order pleases); a commitment or a list that was not public
before the draw; an organiser who refuses to reveal the secret or calls for a new draw, which is
why the number of draws of a round belongs on its page; and a draw that was verified against a
commitment taken from the same page afterwards instead of one noted down in advance.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

ALGORITHM = "eventhub-draw-1"
MIN_SECRET_BYTES = 16  # 128 bits: a shorter secret could be found from its commitment by trying

T = TypeVar("T")


class WeakSecretError(ValueError):
    """The secret is so short that its commitment gives it away."""


class MissingPublicTextError(ValueError):
    """Without a public text the organiser alone determines the order."""


class DuplicateCodeError(ValueError):
    """A code stands twice in the list and would get two positions."""


class InvalidRoomCountError(ValueError):
    """There must be at least one room."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A code at its place, counted from 1, with the digest that put it there."""

    position: int
    code: str
    digest: str


def commit(secret: bytes) -> str:
    """Return the hex SHA-256 to publish before the draw.

    Raises:
        WeakSecretError: the secret is shorter than ``MIN_SECRET_BYTES``.
    """
    if len(secret) < MIN_SECRET_BYTES:
        raise WeakSecretError(f"a secret has at least {MIN_SECRET_BYTES} bytes")
    return hashlib.sha256(secret).hexdigest()


def draw(codes: Sequence[str], *, secret: bytes, public_text: str) -> list[Drawn]:
    """Put the codes in order. The order they are given in has no influence.

    Codes are taken byte for byte; ``public_text`` in Unicode normal form C, so that the same
    words typed on another system give the same order. Its spaces count.

    Raises:
        WeakSecretError: the secret is shorter than ``MIN_SECRET_BYTES``.
        MissingPublicTextError: the public text is blank.
        DuplicateCodeError: a code stands twice.
    """
    commit(secret)
    if not public_text.strip():
        raise MissingPublicTextError("the public text is blank")
    if len(set(codes)) != len(codes):
        raise DuplicateCodeError("a code stands twice")
    key = secret + b"|" + unicodedata.normalize("NFC", public_text).encode()
    digests = sorted((hmac.new(key, code.encode(), "sha256").hexdigest(), code) for code in codes)
    return [Drawn(position, code, digest) for position, (digest, code) in enumerate(digests, 1)]


def publication(codes: Sequence[str], *, secret: bytes, public_text: str) -> dict[str, object]:
    """Return the draw as the public JSON that ``tools/verify_draw.py`` reads.

    It reveals the secret. Raises what ``draw`` raises.
    """
    order = draw(codes, secret=secret, public_text=public_text)
    return {
        "algorithm": ALGORITHM,
        "commitment": commit(secret),
        "secret": secret.hex(),
        "public_text": public_text,
        "codes": list(codes),
        "order": [
            {"position": drawn.position, "code": drawn.code, "digest": drawn.digest}
            for drawn in order
        ],
    }


def assign_rooms(order: Sequence[T], room_count: int) -> list[tuple[T, ...]]:
    """Deal a drawn order to rooms like cards: first to room A, second to B, and round again.

    Each room keeps the drawn order; sizes differ by one at most. With fewer items than
    rooms the last rooms stay empty.

    Raises:
        InvalidRoomCountError: ``room_count`` is less than 1.
    """
    if room_count < 1:
        raise InvalidRoomCountError("at least one room is needed")
    return [tuple(order[room::room_count]) for room in range(room_count)]
