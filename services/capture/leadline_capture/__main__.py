"""`python -m leadline_capture step | edge | fetcher`: the step, or what writes what it reads: the HTTP edge, and the
fetcher of what vendors only point at."""

import sys


def run(arguments: list[str]) -> None:
    """Run the part that is asked for until it is stopped. Raises SystemExit(2) if it is neither."""
    match arguments:
        case ["step"]:
            from leadline_capture.app import STEP  # noqa: PLC0415 - one part does not load the other's libraries
            from leadline_runtime.app import main  # noqa: PLC0415

            main(STEP)
        case ["edge"]:
            from leadline_capture.edge.app import main as edge  # noqa: PLC0415

            edge()
        case ["fetcher"]:
            from leadline_capture.fetcher.app import main as fetcher  # noqa: PLC0415

            fetcher()
        case _:
            print("usage: python -m leadline_capture step|edge|fetcher", file=sys.stderr)
            raise SystemExit(2)


if __name__ == "__main__":
    run(sys.argv[1:])
