"""Where a request comes from, and whether that is one of the places a source sends from."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network


def is_within(address: str | None, networks: Sequence[Network]) -> bool:
    """Whether `address` lies in one of `networks`; what is no address lies nowhere."""
    try:
        found = ip_address((address or "").strip().strip("[]"))
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped  # how a socket for both kinds shows an IPv4 peer
    return any(found in network for network in networks if network.version == found.version)
