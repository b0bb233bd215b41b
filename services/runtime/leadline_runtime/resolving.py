"""Where a request really goes: only to public addresses, whatever a name resolves to (server-side request forgery)."""

import socket
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver


class NotPublic(OSError):
    """The host is, or resolves to, an address of a private, local or reserved network."""


def is_public(address: str) -> bool:
    """Whether an address may be asked: no private, loopback, link-local, multicast, mapped or reserved one."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if inner is not None:
        return is_public(str(inner))
    return found.is_global and not found.is_multicast


class PublicResolver(AbstractResolver):
    """Looks a host up and leaves out every address that is not public; the connection is made to what is left."""

    def __init__(self) -> None:
        self._system = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The public addresses of `host`. Raises NotPublic if there is none among them."""
        found = [each for each in await self._system.resolve(host, port, family) if is_public(each["host"])]
        if not found:
            raise NotPublic("the host has no public address")
        return found

    async def close(self) -> None:
        """Nothing is held."""
        await self._system.close()
