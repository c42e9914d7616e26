"""What a notebook's parameters may be: of Python's own types and pydantic's, an area, a year; and the check of it."""

from __future__ import annotations

import ast
import datetime
import json
import types
import typing
from dataclasses import dataclass
from typing import Annotated, Any

import pydantic
from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, ValidationInfo

from casebook.errors import InputError, and_list

_AS_DECLARED = "as declared"


def _authority(name: str, info: ValidationInfo) -> str:
    if info.context == _AS_DECLARED:
        # Reading a notebook's parameters must not wait for the tables; the value is checked when it is used.
        return name
    from casebook.data import tables

    return tables.authority(name).name


Area = Annotated[str, AfterValidator(_authority), Field(title="the name of a local authority")]
"""A local authority by name, code or a known spelling; becomes its official name."""

Year = Annotated[int, Field(ge=1990, le=2100)]
"""A calendar year, or the one in which a financial or school year ends."""

Share = Annotated[float, Field(ge=0, le=1)]
"""A part of a whole, from 0 to 1."""

Amount = Annotated[float, Field(ge=0)]
"""A number that cannot be below 0."""

Positive = Annotated[float, Field(gt=0)]
"""A number above 0."""

EachMonth = Annotated[
    list[Annotated[float, Field(ge=0)]],
    Field(min_length=12, max_length=12, title="a list of twelve numbers from 0, one a month from April to March"),
]
"""A number of the kind that cannot be below 0 at the end of each month of a financial year."""


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: its name, its type as written and as Python reads it, and its default."""

    name: str
    type_as_written: str
    type: Any
    default: Any

    @property
    def secret(self) -> bool:
        """Whether its value may stand in no record."""
        return self.type is pydantic.SecretStr

    def check(self, value: Any, where: str, declared: bool = False) -> Any:
        """Return the value as the declared type.

        Parameters
        ----------
        value
            The value, as Python has it.
        where
            Who gave it, to begin the message with.
        declared
            Whether it is the default as the notebook declares it, which may name an area that is not looked up yet.

        Raises
        ------
        InputError
            If the value is not of the declared type or range.
        """
        try:
            context = _AS_DECLARED if declared else None
            return TypeAdapter(self.type).validate_python(value, strict=True, context=context)
        except ValidationError as error:
            raise InputError(self._refusal(where, value, error)) from None

    def parse(self, text: str, where: str) -> Any:
        """Return what a value typed on the command line stands for, as the declared type.

        Raises
        ------
        InputError
            If it is not of the declared type or range.
        """
        adapter = TypeAdapter(self.type)
        try:
            return adapter.validate_strings(text)
        except ValidationError as error:
            refusal = self._refusal(where, text, error)
            # Lists, None and the like are written as JSON or as Python writes them.
            for read in (json.loads, ast.literal_eval):
                try:
                    return adapter.validate_python(read(text))
                except (ValueError, SyntaxError):
                    continue
            raise InputError(refusal) from None

    def accept(self, value: Any, where: str) -> Any:
        """Return a value from a parameters file as the declared type: dates may be written as text there.

        Raises
        ------
        InputError
            If it is not of the declared type or range.
        """
        try:
            adapter = TypeAdapter(self.type)
            return adapter.validate_json(json.dumps(value, default=str), strict=True)
        except ValidationError as error:
            raise InputError(self._refusal(where, value, error)) from None

    def accept_or_check(self, value: Any, where: str) -> Any:
        """Return a value of a notebook that runs: as Python has it or, set by papermill, as JSON has it.

        Raises
        ------
        InputError
            If it is not of the declared type or range.
        """
        try:
            return self.accept(value, where)
        except (InputError, TypeError, ValueError):
            return self.check(value, where)

    def _refusal(self, where: str, value: Any, error: ValidationError) -> str:
        for one in error.errors():
            if isinstance(said := one.get("ctx", {}).get("error"), InputError):
                # A kind of our own (casebook.kinds) knows better what to do.
                return f"{where}: {self.name}: {said}"
        found = "something else" if self.secret else repr(value)
        return f"{where}: {self.name} is {found}, expected {_in_words(self.type)}; give another value."


def _in_words(kind: Any) -> str:
    """Return what a type asks for, in plain words."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        if title := next((extra.title for extra in arguments[1:] if getattr(extra, "title", None)), ""):
            return str(title)
        limits = [word for extra in arguments[1:] for word in _limits(extra)]
        return " ".join([_in_words(arguments[0]), *([and_list(limits)] if limits else [])])
    if origin is typing.Literal:
        return "one of " + and_list(repr(argument) for argument in arguments)
    if origin in (typing.Union, types.UnionType):
        return " or ".join("None" if argument is type(None) else _in_words(argument) for argument in arguments)
    if origin is list:
        return f'a list such as ["...", "..."], of {_in_words(arguments[0])}'
    names = {
        int: "a whole number", float: "a number", str: "text", bool: "true or false",
        datetime.date: "a date such as 2020-03-31", pydantic.SecretStr: "text that is kept secret",
    }  # fmt: skip
    return names.get(kind, str(kind))


def _limits(extra: Any) -> list[str]:
    words = {"ge": "from", "gt": "above", "le": "up to", "lt": "below"}
    constraints = getattr(extra, "metadata", [extra])
    ends = {key: getattr(one, key) for one in constraints for key in ("ge", "le") if hasattr(one, key)}
    if len(ends) == 2:
        return [f"from {ends['ge']:g} to {ends['le']:g}"]
    return [f"{word} {getattr(one, key):g}" for one in constraints for key, word in words.items() if hasattr(one, key)]
