"""Where this machine can be reached, and whether a port is free."""

from __future__ import annotations

import errno
import ipaddress
import socket
from contextlib import closing

import psutil

from eventhub.launch.errors import LaunchError, PortInUseError

EVERYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, not bound


def local_addresses() -> list[str]:
    """Every IPv4 address of this machine, loopback included, sorted."""
    found = {
        entry.address
        for entries in psutil.net_if_addrs().values()
        for entry in entries
        if entry.family is socket.AF_INET
    }
    return sorted(found | {"127.0.0.1"}, key=ipaddress.IPv4Address)


def address_for_phones(host: str) -> str | None:
    """The address at which another device of the local network reaches ``host``; None if none does.

    Of several it is the one from which this machine would reach the internet. Nothing is sent:
    connecting a UDP socket only asks the routing table.
    """
    if host not in EVERYWHERE:
        try:
            return None if ipaddress.ip_address(host).is_loopback else host
        except ValueError:
            return None if host == "localhost" else host
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address reserved for documentation
        except OSError:
            pass
        else:
            chosen = str(probe.getsockname()[0])
            if not ipaddress.ip_address(chosen).is_loopback:
                return chosen
    others = [a for a in local_addresses() if not ipaddress.ip_address(a).is_loopback]
    return others[0] if others else None


def check_port(host: str, port: int, *, setting: str) -> None:
    """Make sure that one can listen there.

    Raises:
        PortInUseError: another program does.
        LaunchError: the address is not this machine's, or the port is not ours to take.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE:
                raise PortInUseError(
                    f"Port {port} is in use. Stop the program that listens there,"
                    f" or choose another port: make run {setting}={port + 1}"
                ) from None
            raise LaunchError(
                f"Cannot listen on {host}:{port} ({problem.strerror or problem});"
                f" HOST and {setting} choose another place."
            ) from None


def free_port() -> int:
    """A port of the loopback interface that was free a moment ago."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
