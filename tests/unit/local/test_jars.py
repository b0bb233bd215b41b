"""The list of Kafka's jars."""

import hashlib
from pathlib import Path

import pytest

from leadline_local import jars
from leadline_local.jars import Jar

GOOD = f"{'0a' * 32}  12  org.example:thing:1.2.3"


def test_the_committed_list_has_46_jars_of_45_megabytes_no_two_of_one_name() -> None:
    every = jars.parse(jars.lock_text())
    assert len({jar.filename for jar in every}) == len(every) == 46
    assert sum(jar.size for jar in every) == 45_025_660
    assert {jar.version for jar in every if jar.group == "org.apache.kafka"} == {"4.3.1"}


def test_a_line_tells_hash_size_and_coordinates() -> None:
    (jar,) = jars.parse(GOOD)
    assert jar == Jar("0a" * 32, 12, "org.example", "thing", "1.2.3")
    assert jar.filename == "thing-1.2.3.jar"


@pytest.mark.parametrize(
    "bad",
    [
        GOOD.replace("0a" * 32, "0a" * 31),
        GOOD.replace("0a" * 32, "zz" * 32),
        GOOD.replace(" 12 ", " twelve "),
        GOOD.replace(":thing", ""),
        GOOD + " more",
        "",
    ],
)
def test_a_wrong_line_is_named_by_its_number(bad: str) -> None:
    with pytest.raises(ValueError, match=r"^kafka\.lock, line 2: .*a line is `sha256 bytes group:artifact:version`$"):
        jars.parse("\n".join([GOOD, bad, GOOD]))


def test_only_the_very_bytes_are_good(tmp_path: Path) -> None:
    jar = Jar(hashlib.sha256(b"right").hexdigest(), 5, "org.example", "thing", "1")
    file = tmp_path / jar.filename
    assert not jars.is_good(file, jar)
    for content, good in ((b"righ", False), (b"tight", False), (b"right", True)):
        file.write_bytes(content)
        assert jars.is_good(file, jar) is good


def test_another_list_is_kept_in_another_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    before = jars.cache()
    monkeypatch.setattr(jars, "lock_text", lambda: GOOD)
    assert before.parent == jars.cache().parent == tmp_path / "leadline"
    assert before != jars.cache()
