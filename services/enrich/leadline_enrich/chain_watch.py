"""What enrichments really read and write, watched while the examples of the rules file run at load."""

from collections.abc import Iterator, Mapping
from typing import Any

from leadline_enrich.core.links import Link
from leadline_enrich.core.sight import Sight
from leadline_runtime.rules import RulesError
from leadline_schemas.enriched import Fact

# Parts of the captured event that are no input: when it was received stands on every fact, consent decides beforehand.
_NO_INPUT = frozenset({"captured.received_at", "captured.lead"})
_CALLED = {"company.domain": "company_domain", "company.source": "company_domain", "gathered.answer": "answers"}


def watch(file: str, place: int, link: Link, sight: Sight) -> None:
    """Run an enrichment. Raises RulesError for anything it reads or writes that its entry in the chain does not say."""
    seen: set[str] = set()
    watched = Sight(
        captured=_Watched(sight.captured, "captured", seen, {"lead": _Watched(sight.lead, "lead", seen)}),  # type: ignore[arg-type]
        company=_Watched(sight.company, "company", seen) if sight.company else None,  # type: ignore[arg-type]
        gathered=_Watched(sight.gathered, "gathered", seen),  # type: ignore[arg-type]
        earlier=sight.earlier,
        rules=sight.rules,
        now=sight.now,
        earlier_account=sight.earlier_account,
        confidence=link.confidence,
        found=_Facts(sight.found, seen),
    )
    written = link.enrichment.run(watched)
    own = {*link.enrichment.reads, *link.writes, *(("answers",) if link.enrichment.asks else ())}
    read = {_CALLED.get(name, name) for name in seen} - _NO_INPUT - own
    if read:
        raise RulesError(file, f"chain.{place}.reads", f"{link.name} also reads {', '.join(sorted(read))}")
    # A refused value stands beside the fact as fact:provider.
    said = {*link.writes, *(sight.rules.fields.values() if link.enrichment.asks == "providers" else ())}
    surplus = [name for name in written if name not in said and name.rpartition(":")[0] not in said]
    if surplus:
        raise RulesError(file, f"chain.{place}.writes", f"{link.name} also writes {', '.join(sorted(surplus))}")
    sight.found.update(written)


class _Watched:
    """Something whose attributes are noted when they are read."""

    def __init__(self, inner: Any, name: str, seen: set[str], parts: Mapping[str, Any] | None = None) -> None:
        self._inner, self._name, self._seen, self._parts = inner, name, seen, parts or {}

    def __getattr__(self, name: str) -> Any:
        self._seen.add(f"{self._name}.{name}")
        return self._parts[name] if name in self._parts else getattr(self._inner, name)


class _Facts(dict[str, Fact]):
    """Facts that are noted when they are looked for."""

    def __init__(self, facts: Mapping[str, Fact], seen: set[str]) -> None:
        super().__init__(facts)
        self._seen = seen

    def get(self, name: str, default: Any = None) -> Any:
        self._seen.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> Fact:
        self._seen.add(name)
        return super().__getitem__(name)

    def __iter__(self) -> Iterator[str]:
        self._seen.update(super().keys())
        return super().__iter__()
