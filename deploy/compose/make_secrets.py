"""Make the passwords of the compose stack, once, each into the volume of those who need it.

Usage: make_secrets.py FOLDER, where FOLDER holds services/, postgres/, valkey/ and grafana/.
What exists is kept, so that it still fits the data in PostgreSQL's volume.
"""

import json
import secrets
import sys
from pathlib import Path

BYTES = 32


def once(file: Path, text: str) -> str:
    """The content of `file`, which is written if it is not there: whole or not at all. Readable by all who mount it."""
    if not file.exists():
        part = file.with_suffix(".part")
        part.write_text(text, encoding="utf-8")
        part.chmod(0o444)
        part.replace(file)
    return file.read_text(encoding="utf-8")


def make(folder: Path) -> None:
    """Write all that is missing."""
    database = once(folder / "postgres" / "password", secrets.token_hex(BYTES))
    cache = once(folder / "valkey" / "password", secrets.token_hex(BYTES))
    once(folder / "grafana" / "password", secrets.token_hex(BYTES))
    once(folder / "valkey" / "valkey.conf", f"bind * -::*\nrequirepass {cache}\n")
    once(folder / "services" / "leadline_database_url", f"postgresql://leadline:{database}@postgres:5432/leadline")
    once(folder / "services" / "leadline_redis_url", f"redis://:{cache}@valkey:6379/0")
    once(folder / "services" / "leadline_consent_link_secrets", json.dumps([secrets.token_hex(BYTES)]))
    once(folder / "services" / "leadline_canary_key", f"ll_canary_{secrets.token_hex(BYTES)}")
    # Secrets of webhooks by the name that rules/sources.yaml gives them: {"typeform": ["..."]}
    once(folder / "services" / "leadline_source_secrets", "{}")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
