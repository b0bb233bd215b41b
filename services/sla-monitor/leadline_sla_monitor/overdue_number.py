"""How many leads of each owner are overdue, kept beside the rows, so that nobody has to read these to count them.

By triggers, because instances of the release before write the rows as well while this one is brought out. Each writer
counts at a place of its own, of so many that in normal work no two instances write one row; that the places are summed
makes any of them right.
"""
# ruff: noqa: S608 - only our own text is put together

from collections.abc import Mapping
from typing import Final

_OF: Final[Mapping[str, tuple[str, str]]] = {
    "INSERT": ("NEW TABLE AS more", "SELECT owner, 1 AS one FROM more"),
    "DELETE": ("OLD TABLE AS less", "SELECT owner, -1 AS one FROM less"),
    "UPDATE": (
        "NEW TABLE AS more OLD TABLE AS less",
        "SELECT owner, 1 AS one FROM more UNION ALL SELECT owner, -1 FROM less",
    ),
}


def _counting(event: str, tables: str, changes: str) -> str:
    name = f"overdue_{event.lower()}"
    return f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
        BEGIN
            INSERT INTO overdue_number AS kept (owner, place, number)
            SELECT coalesce(owner, ''), pg_backend_pid() % 256, sum(one) FROM ({changes}) AS changed
            GROUP BY 1 HAVING sum(one) <> 0 ORDER BY 1
            ON CONFLICT (owner, place) DO UPDATE SET number = kept.number + excluded.number;
            RETURN NULL;
        END $$;
        CREATE TRIGGER {name} AFTER {event} ON overdue REFERENCING {tables}
            FOR EACH STATEMENT EXECUTE FUNCTION {name}();"""


NUMBER: Final = f"""
        CREATE TABLE overdue_number (owner text, place integer, number bigint NOT NULL, PRIMARY KEY (owner, place))
            WITH (fillfactor = 50);
        COMMENT ON TABLE overdue_number IS
          'how many rows of overdue an owner has (empty: nobody): the sum over places, one for each of those who write';
        CREATE INDEX overdue_of_owner ON overdue ((coalesce(owner, '')), since, lead_id);
        {"".join(_counting(event, *of) for event, of in _OF.items())}
        INSERT INTO overdue_number SELECT coalesce(owner, ''), 0, count(*) FROM overdue GROUP BY 1;
        """
