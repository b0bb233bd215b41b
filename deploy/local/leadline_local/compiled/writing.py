"""What the sources leave to `@dataclass`, written out in the copy that is compiled: only so is it fast there.

A compiled class whose constructor Python makes at run time is slower than a plain one. So each value gets its
constructor and `copied` as text, and `declare` tells the types of its fields, of which the compiler keeps only the
classes (see leadline_schemas.values). A class that makes more of its fields than to keep them stays as it is.
"""

import ast

_PLAIN = {"frozen", "slots"}
_OWN = {"__init__", "__post_init__"}


def written_out(source: str) -> str:
    """The module's text with the constructors of its values."""
    lines, declared = source.splitlines(), [""]
    values = [each for each in ast.parse(source).body if isinstance(each, ast.ClassDef) and _is_value(each)]
    for value in reversed(values):
        fields = _fields(value)
        at, decorator = fields[-1].end_lineno, value.decorator_list[0].lineno - 1
        assert at is not None, "parsed from text"
        lines[at:at] = ["", *_constructor(fields), "", *_copied(value, fields)]
        lines[decorator] = lines[decorator].replace("frozen=True", "unsafe_hash=True, init=False")
    for value in values:
        types = ", ".join(f"{_name(each)!r}: {ast.unparse(each.annotation)!r}" for each in _fields(value))
        declared.append(f"declare({value.name}, {{{types}}})")
    if values:
        declared.insert(1, "from leadline_schemas.values import declare")
    return "\n".join([*lines, *declared, ""])


def _is_value(kind: ast.ClassDef) -> bool:
    """Is it `@dataclass(frozen=True, slots=True)`, of fields that are kept as they are given?"""
    if len(kind.decorator_list) != 1 or not isinstance(call := kind.decorator_list[0], ast.Call):
        return False
    options = {each.arg for each in call.keywords}
    made = (each.value for each in _fields(kind))
    return (
        isinstance(call.func, ast.Name) and call.func.id == "dataclass" and options == _PLAIN and not kind.bases
        and not any(isinstance(each, ast.FunctionDef) and each.name in _OWN for each in kind.body)
        and not any(isinstance(each, ast.Call) and ast.unparse(each.func) == "field" for each in made)
    )  # fmt: skip


def _fields(kind: ast.ClassDef) -> list[ast.AnnAssign]:
    return [each for each in kind.body if isinstance(each, ast.AnnAssign)]


def _name(field: ast.AnnAssign) -> str:
    return ast.unparse(field.target)


def _constructor(fields: list[ast.AnnAssign]) -> list[str]:
    parameters = ", ".join(
        f"{_name(each)}: {ast.unparse(each.annotation)}" + (f" = {ast.unparse(each.value)}" if each.value else "")
        for each in fields
    )
    stored = (f"        self.{_name(each)} = {_name(each)}" for each in fields)
    return [f"    def __init__(self, {parameters}) -> None:", *stored]


def _copied(kind: ast.ClassDef, fields: list[ast.AnnAssign]) -> list[str]:
    values = ", ".join(f"self.{_name(each)}" for each in fields)
    return [f'    def copied(self) -> "{kind.name}":', f"        return {kind.name}({values})"]
