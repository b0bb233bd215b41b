"""`leadline` and `python -m leadline_console`."""

from leadline_console.app import build


def main() -> None:
    """Run the command of this process's arguments and exit."""
    build()(prog_name="leadline")


if __name__ == "__main__":
    main()
