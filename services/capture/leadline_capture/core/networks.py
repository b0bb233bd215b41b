"""The network that a browser was in: of its address no more than a country needs."""

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

# Registries assign no country to less than these: 256 addresses, or a site.
_IPV4, _IPV6 = 24, 48


def network_of(address: str) -> str | None:
    """The first address of the network, as `198.51.100.0` or `2001:db8:1::`; None for what is no address.

    An IPv4 address inside an IPv6 one counts as itself; zones and brackets are left away.
    """
    try:
        found = ip_address(address.strip().removeprefix("[").removesuffix("]").partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return str(IPv6Network((found, _IPV6), strict=False).network_address)
        found = found.ipv4_mapped
    return str(IPv4Network((found, _IPV4), strict=False).network_address)
