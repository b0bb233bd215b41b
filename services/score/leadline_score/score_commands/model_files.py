"""Model files on disk: read with words for a person, written whole or not at all."""

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from leadline_runtime.command_errors import USAGE, CommandError
from leadline_score.learned_file import ModelFile, read_model, written


def read(path: Path) -> ModelFile:
    """The model in a file. Raises CommandError, RulesError."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(
            f"{path} cannot be read: {error.strerror}. Give a file that `leadline score train` wrote.", USAGE
        ) from None
    except ValueError:
        raise CommandError(f"{path} is no JSON. Give a file that `leadline score train` wrote.", USAGE) from None
    return read_model(content, path.name)


def put(model: ModelFile, path: Path) -> None:
    """Write a model beside, then move it in place: whoever reads meanwhile reads the old one. Raises CommandError."""
    text = written(model)
    read_model(json.loads(text), path.name)  # what this writes, services read
    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            with suppress(OSError):
                Path(temporary).unlink()
        raise CommandError(f"{path} cannot be written: {error.strerror}.", USAGE) from None
