"""Where the three servers answer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Endpoints:
    """Addresses of a running stack, complete with the passwords that they need.

    kind: who runs the servers: `local`, `containers` or `external`.
    kafka: bootstrap servers, `host:port[,host:port]`.
    database_url: `postgresql://user:password@host:port/database`.
    redis_url: `redis://[:password@]host:port/database`.
    """

    kind: str
    kafka: str
    database_url: str
    redis_url: str

    def environment(self) -> dict[str, str]:
        """The variables by which every service is told these addresses."""
        return {
            "LEADLINE_KAFKA": self.kafka,
            "LEADLINE_DATABASE_URL": self.database_url,
            "LEADLINE_REDIS_URL": self.redis_url,
        }
