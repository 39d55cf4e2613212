"""The self-signed certificate with which phones on the local network may use the camera.

Browsers give the camera to https pages only, and no authority certifies addresses of a local
network. Production has its own certificate, at the reverse proxy.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from eventhub import clock

LIFETIME = timedelta(days=365)  # some phones refuse more than 398 days
RENEW_BEFORE = timedelta(days=30)


@dataclass(frozen=True)
class Certificate:
    """Two PEM files."""

    certificate: Path
    key: Path


def ensure_certificate(
    folder: Path, *, names: Sequence[str], addresses: Sequence[str]
) -> Certificate:
    """A certificate for these host names and addresses, made anew only when it has to be.

    That is when there is none, when it lacks one of the names or addresses, or when it ends
    within 30 days: each new one makes every phone ask again whether to trust it.
    """
    files = Certificate(folder / "certificate.pem", folder / "key.pem")
    if not _is_good(files, set(names), set(addresses)):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(files, sorted(set(names)), sorted(set(addresses), key=ip_address))
    return files


def _is_good(files: Certificate, names: set[str], addresses: set[str]) -> bool:
    try:
        found = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        key = serialization.load_pem_private_key(files.key.read_bytes(), None)
        covered = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    return (
        key.public_key() == found.public_key()
        and found.not_valid_after_utc - clock.now() > RENEW_BEFORE
        and names <= set(covered.get_values_for_type(x509.DNSName))
        and addresses <= {str(a) for a in covered.get_values_for_type(x509.IPAddress)}
    )


def _make(files: Certificate, names: list[str], addresses: list[str]) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "EventHub development")])
    started = clock.now() - timedelta(hours=1)  # for a phone whose clock is behind
    covered: list[x509.GeneralName] = [
        *(x509.DNSName(name) for name in names),
        *(x509.IPAddress(ip_address(address)) for address in addresses),
    ]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(started)
        .not_valid_after(started + LIFETIME)
        .add_extension(x509.SubjectAlternativeName(covered), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(
        files.key,
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
    _write(files.certificate, made.public_bytes(serialization.Encoding.PEM))


def _write(path: Path, content: bytes) -> None:
    """Replace a file whole, readable by its owner alone."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(content)
    draft.replace(path)
