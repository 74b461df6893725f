"""Small wrongs that a test should notice: every place where one fits into a module, and the module with it in."""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMPARED = {
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
}  # fmt: skip
_REPLACED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One wrong: where it is, what it is, and the module's syntax tree with it in."""

    line: int
    what: str
    tree: ast.Module


def mutants_of(source: str) -> list[Mutant]:
    """Return every mutant of a module, in the order of its lines.

    Left alone are docstrings, annotations, imports and the words of messages: a test on those would hold
    wording still, not behaviour.
    """
    tree = ast.parse(source)
    nodes = list(_walk(tree))
    found = []
    for at, node in enumerate(nodes):
        for what, change in _changes(node):
            other = copy.deepcopy(tree)
            twin = list(_walk(other))[at]
            change(twin)
            found.append(Mutant(getattr(node, "lineno", 0), what, ast.fix_missing_locations(other)))
    return sorted(found, key=lambda mutant: mutant.line)


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may be mutated, always in the same order."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns"} or _is_message(node, name):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_apart(child):
                yield from _walk(child)


def _is_apart(node: ast.AST) -> bool:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    typing_only = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    return is_text or typing_only or isinstance(node, (ast.Import, ast.ImportFrom))


def _is_message(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Assign) and name == "value":
        return any(isinstance(t, ast.Name) and t.id in {"message", "words"} for t in node.targets)
    return isinstance(node, ast.JoinedStr)


def _changes(node: ast.AST) -> Iterator[tuple[str, object]]:
    yield from _other_signs(node)
    match node:
        case ast.If() | ast.IfExp() | ast.While():
            yield from _decisions(node)
        case ast.Constant():
            yield from _constants(node.value)
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield "returns nothing", lambda n: setattr(n, "value", ast.Constant(None))
        case ast.Raise():
            yield "raises nothing", _emptied
        case ast.Expr() | ast.Continue() | ast.Break() | ast.AugAssign():
            yield "left out", _emptied
        case ast.keyword(arg=str(name), value=ast.Name() | ast.Call() | ast.Attribute()):
            yield f"{name}=None", lambda n: setattr(n, "value", ast.Constant(None))


def _other_signs(node: ast.AST) -> Iterator[tuple[str, object]]:
    match node:
        case ast.Compare(ops=[op]):
            for other in _COMPARED[type(op)]:
                yield _said(op, other()), lambda n, other=other: n.ops.__setitem__(0, other())
        case ast.BoolOp(op=op):
            other = ast.Or if isinstance(op, ast.And) else ast.And
            yield _said(op, other()), lambda n, other=other: setattr(n, "op", other())
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in _REPLACED:
            other = _REPLACED[type(op)]
            yield _said(op, other()), lambda n, other=other: setattr(n, "op", other())
        case ast.UnaryOp(op=ast.Not() | ast.Invert()):
            yield "without not", lambda n: (setattr(n, "op", ast.UAdd()), _plain(n))


def _decisions(node: ast.If | ast.IfExp | ast.While) -> Iterator[tuple[str, object]]:
    for always in (False,) if isinstance(node, ast.While) else (True, False):
        yield f"condition always {always}", lambda n, always=always: setattr(n, "test", ast.Constant(always))


def _constants(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, bool):
        yield f"{value} -> {not value}", lambda n: setattr(n, "value", not n.value)
    elif isinstance(value, (int, float)):
        yield f"{value} -> {value + 1}", lambda n: setattr(n, "value", n.value + 1)
    elif isinstance(value, (str, bytes)) and value:
        end = "x" if isinstance(value, str) else b"x"
        yield f"{value!r} -> {value + end!r}", lambda n, end=end: setattr(n, "value", n.value + end)
    elif value == "":
        yield "'' -> 'x'", lambda n: setattr(n, "value", "x")


def _plain(node: ast.AST) -> None:
    """Turn `not x` and `~x` into x: `x or x` says so for any kind of x without asking its truth."""
    node.__class__ = ast.NamedExpr
    operand = node.operand
    node.__dict__ = {k: v for k, v in node.__dict__.items() if k not in {"op", "operand"}}
    node.target = ast.Name("_same", ast.Store())
    node.value = operand


def _emptied(node: ast.AST) -> None:
    kept = {k: v for k, v in node.__dict__.items() if k in {"lineno", "col_offset"}}
    node.__class__ = ast.Pass
    node.__dict__ = kept


def _said(before: ast.AST, after: ast.AST) -> str:
    return f"{type(before).__name__} -> {type(after).__name__}"


def _is_none(value: ast.AST) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
