"""Short codes that people read aloud, type and mistype: tickets, entries, draws.

Each code is written in 25 characters: no vowel, so that no code spells a word, and of
characters that look alike at most one. The other of such a pair is read as the one that is
kept; 0, 1, I, L and O have no partner here, so a code with one of them is a slip.

A checked code ends in a character that makes the weighted sum of all characters a multiple
of 25, the weights alternating 1, 2, 1, 2 from the right. As 1, 2 and their difference have
no factor in common with 25, any single wrong character and any swap of two different
neighbours shows.
"""

from eventhub.domain.text import compact, drop_dashes

ALPHABET = "23456789CDFGHJKMNPQRTVWXY"
_READ_AS = str.maketrans({"B": "8", "S": "5", "U": "V", "Z": "2"})
_BASE = len(ALPHABET)
_UNBIASED_BELOW = 256 - 256 % _BASE
_GROUP = 4


class InvalidCodeError(ValueError):
    """The text holds a character outside the alphabet, or nothing at all."""


class NotEnoughRandomnessError(ValueError):
    """The random bytes ran out before the code was complete."""


def from_bytes(random_bytes: bytes, length: int, *, checked: bool = False) -> str:
    """Make a code of ``length`` characters, the check character included.

    Every code is equally likely if every byte is. One byte in 43 is skipped for that, so
    give four times as many bytes as characters.

    Raises:
        NotEnoughRandomnessError: the bytes ran out. Never seen with four a character.
        InvalidCodeError: the length leaves no room for a random character.
    """
    body_length = length - checked
    if body_length < 1:
        raise InvalidCodeError("a code needs at least one random character")
    unbiased = [byte % _BASE for byte in random_bytes if byte < _UNBIASED_BELOW]
    if len(unbiased) < body_length:
        raise NotEnoughRandomnessError(f"{len(random_bytes)} bytes do not make {length} characters")
    body = "".join(ALPHABET[value] for value in unbiased[:body_length])
    return with_check(body) if checked else body


def with_check(body: str) -> str:
    """Append the check character.

    Raises:
        InvalidCodeError: ``body`` is empty or not normalised.
    """
    if not body or not _is_of_alphabet(body):
        raise InvalidCodeError("not a code")
    return body + ALPHABET[-_weighted_sum(body + ALPHABET[0]) % _BASE]


def normalise(typed: str) -> str:
    """Undo what hands and keyboards do to a code: case, spaces, dashes, full width, look-alikes.

    Never refuses; ``is_well_formed`` judges the outcome.
    """
    return drop_dashes(compact(typed)).upper().translate(_READ_AS)


def is_well_formed(code: str, *, length: int, checked: bool = False) -> bool:
    """Tell whether a normalised code can have been issued, and is not the slip of a finger."""
    if len(code) != length or not _is_of_alphabet(code):
        return False
    return not checked or _weighted_sum(code) % _BASE == 0


def format_code(code: str) -> str:
    """Group by four for the eye: ``7K3M-9QX2``. ``normalise`` undoes it."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def _is_of_alphabet(text: str) -> bool:
    return set(text) <= set(ALPHABET)


def _weighted_sum(code: str) -> int:
    return sum(
        (1 + index % 2) * ALPHABET.index(character) for index, character in enumerate(code[::-1])
    )
