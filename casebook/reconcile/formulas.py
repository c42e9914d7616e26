"""Formulas over printed numbers, as text: what a figure follows from, for people who do not write Python.

A formula is written as in Python, of which only this is understood::

    rate[Cambridgeshire, 2020]                   the cell of a table in whose row these words stand
    ehcps_by_need.january_2031['Total']          of a table with several columns of numbers
    mean(rate[neighbours, 2020])                 a list of words gives a list of cells
    all_but(neighbours, England)                 in place of a word: the rows named by none of these
    a + b - c * d / e    a < b    a <= b < c     a < b and c >= d

Numbers written out are exact; cells are known as closely as they are printed (``quantities``). Lists are worked with
one by one, and compared all together.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce
from string import Formatter
from typing import Any

from casebook.errors import InputError, and_list, one_of
from casebook.methods.costing import FinancialYear
from casebook.reconcile import quantities
from casebook.reconcile.as_printed import WHEN, PrintedTable
from casebook.reconcile.quantities import Quantity, Truth, exactly

LONGEST = 1_000
"""Characters of a formula: a longer one hides what it does, and belongs in named parts."""
LARGEST = 1_000
"""Binary digits of a number's parts: no printed number comes near, and arithmetic stays quick."""

_ARITHMETIC = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
_COMPARISONS = {ast.Gt: Quantity.over, ast.Lt: Quantity.under, ast.LtE: Quantity.at_most, ast.GtE: Quantity.at_least}
_FORMAT = re.compile(r"[+]?,?(\.\d)?f?")


class _FormulaError(Exception):
    """What cannot be worked out in a formula: the sentence says what, the node where, ``blank`` which cell is."""

    def __init__(self, sentence: str, node: ast.expr | None = None, blank: str = "") -> None:
        super().__init__(sentence)
        self.node, self.blank = node, blank


class BlankError(InputError):
    """A formula takes a cell that the source leaves blank; ``cell`` says which."""

    def __init__(self, sentence: str, cell: str) -> None:
        super().__init__(sentence)
        self.cell = cell


@dataclass(frozen=True)
class NumberColumn:
    """A table's column of numbers, of which words pick cells."""

    table: PrintedTable
    name: str

    def cell(self, words: Sequence[str]) -> Quantity:
        """Return the number in the one row whose key holds all the words."""
        keys, having = self.table.keys, self.table.having
        for word in words:
            if word not in having:
                by = f"write a word of its {and_list(self.table.key)}, as it is printed there."
                raise _FormulaError(f"no row of {self.table.name} has {word!r}: {_nearest(having, word, by)}")
        rows = sorted(frozenset.intersection(*(having[word] for word in words)))
        said = and_list(map(repr, words))
        if not rows:
            raise _FormulaError(f"{said} stand in {self.table.name}, but not in one row: name words of the same row.")
        if len(rows) > 1:
            more = and_list(", ".join(word for word in keys[at] if word not in words) for at in rows[:4])
            raise _FormulaError(
                f"{len(rows)} rows of {self.table.name} have {said}: add a word that only one has"
                + (f" ({more})." if len(rows) <= 4 else f" (the first have {more}).")
            )
        return self.number(rows[0])

    def number(self, at: int) -> Quantity:
        """Return the number in a row."""
        number = self.table.quantities[at, self.name]
        if number is None:
            blank = f"{self.table.cell(at, self.name)}"
            raise _FormulaError(f"the cell {blank} of {self.table.name} holds no number.", blank=blank)
        return number


Value = Quantity | Truth | str | list[Any] | NumberColumn | PrintedTable


class Formulas:
    """What formulas may speak of, and what they come to.

    Parameters
    ----------
    file
        Where the formulas stand, for messages.
    table
        Returns a table as printed by its name, or None if there is none.
    ids
        The name of the table whose rows are numbers of their own, each with its id, in the column ``value``; a
        formula calls ``ehcps-now`` ``ehcps_now``.
    names
        Terms: a formula, or a list of words that name rows.
    columns
        Formulas of whole columns, by ``table.column``, in which the other columns of a row go by their names.
    """

    def __init__(
        self,
        file: str,
        table: Callable[[str], PrintedTable | None],
        ids: str = "",
        names: Mapping[str, str | list[str]] | None = None,
        columns: Mapping[str, str] | None = None,
    ) -> None:
        self._file, self._table, self._names, self._columns = file, table, names or {}, columns or {}
        self._ids_table = ids
        self._known: dict[str, Value] = {}
        self._asked: list[str] = []
        self._row: tuple[PrintedTable, int] | None = None

    def value(self, where: str, text: str) -> Quantity | Truth:
        """Return what a formula comes to: a number, or a statement that holds or not.

        Parameters
        ----------
        where
            Whose formula it is, for messages.
        text
            The formula.

        Raises
        ------
        InputError
            If it cannot be read or worked out; the sentence says where and what.
        """
        found = self._value(where, text)
        if isinstance(found, Quantity | Truth):
            return found
        raise InputError(f"{self._file}, {where}: {text!r} is {_kind(found)}, expected a number or a comparison.")

    def number(self, where: str, text: str) -> Quantity:
        """Return what a formula comes to, which must be one number.

        Raises
        ------
        InputError
            If it is not.
        """
        found = self.value(where, text)
        if isinstance(found, Truth):
            raise InputError(f"{self._file}, {where}: {text!r} is a comparison, expected a number.")
        return found

    def write(self, where: str, text: str) -> str:
        """Fill each ``{formula:format}`` of a text with what the formula comes to; formats are such as ``,.1f``.

        Raises
        ------
        InputError
            If a formula is no number, or a format or a brace is wrong.
        """
        said = []
        try:
            parts = list(Formatter().parse(text))
        except ValueError as error:
            raise InputError(f"{self._file}, {where}: the braces in {text!r} do not match ({error}).") from None
        for words, formula, spec, conversion in parts:
            said.append(words)
            if formula is None:
                continue
            if conversion or not _FORMAT.fullmatch(spec or ""):
                raise InputError(
                    f"{self._file}, {where}: the format of {{{formula}:{spec}}} is not understood: write one such as "
                    ",.0f (thousands separated, no decimals) or .2f (two decimals)."
                )
            said.append(format(float(self.number(where, formula)), spec or ""))
        return "".join(said)

    def of_row(self, table: PrintedTable, at: int, column: str) -> Quantity:
        """Return what the formula of a column comes to in one row.

        Raises
        ------
        InputError
            If it has none, or it is not one number.
        """
        name = f"{table.name}.{column}"
        if name not in self._columns:
            raise InputError(f"{self._file} has no formula for the column {name}: {one_of(self._columns, name)}")
        outside, self._row = self._row, (table, at)
        try:
            found = self._value(f"columns, {name}", self._columns[name])
        finally:
            self._row = outside
        if not isinstance(found, Quantity):
            raise InputError(f"{self._file}, columns, {name}: it is {_kind(found)}, expected a number for each row.")
        return found

    def comparisons(self, where: str, text: str) -> list[str]:
        """Return the signs of a formula's comparisons, in order, those of the terms it names included."""
        tree = self._parse(where, text)
        nodes = sorted(
            (node for node in ast.walk(tree) if isinstance(node, ast.Compare | ast.Name)),
            key=lambda node: (node.lineno, node.col_offset),
        )
        return [sign for node in nodes for sign in self._signs(node)]

    def _signs(self, node: ast.Compare | ast.Name) -> Iterator[str]:
        if isinstance(node, ast.Compare):
            signs = {ast.Gt: ">", ast.Lt: "<", ast.LtE: "<=", ast.GtE: ">="}
            yield from (signs[type(sign)] for sign in node.ops if type(sign) in signs)
        elif isinstance(term := self._names.get(node.id), str):
            yield from self.comparisons(f"names, {node.id}", term)

    def _parse(self, where: str, text: str) -> ast.expr:
        if len(text) > LONGEST:
            raise InputError(
                f"{self._file}, {where}: the formula has {len(text):,} characters, expected {LONGEST:,} at most: give "
                "parts of it names, under names."
            )
        try:
            # Over several lines, a formula is one all the same.
            return ast.parse(" ".join(text.split()), mode="eval").body
        except SyntaxError as error:
            if "nested" in error.msg:
                raise InputError(f"{self._file}, {where}: {_too_deep(text)}") from None
            raise InputError(
                f"{self._file}, {where}: the formula {text!r} cannot be read at character {error.offset} "
                f"({error.msg}): words that hold more than letters, digits and _ stand in '...'."
            ) from None
        except (RecursionError, MemoryError, ValueError):
            raise InputError(f"{self._file}, {where}: {_too_deep(text)}") from None

    def _value(self, where: str, text: str) -> Value:
        tree = self._parse(where, text)
        try:
            return self._of(tree)
        except _FormulaError as fault:
            at = f", at character {fault.node.col_offset + 1}" if fault.node and fault.node.col_offset else ""
            sentence = f"{self._file}, {where}: in {text!r}{at}: {fault}"
            raise (BlankError(sentence, fault.blank) if fault.blank else InputError(sentence)) from None
        except RecursionError:
            raise InputError(f"{self._file}, {where}: {_too_deep(text)}") from None

    def _of(self, node: ast.expr) -> Value:
        rule = _RULES.get(type(node))
        if rule is None:
            raise _FormulaError(f"{ast.unparse(node)!r} is no part of a formula: {_UNDERSTOOD}", node)
        try:
            return rule(self, node)
        except _FormulaError as fault:
            raise _FormulaError(str(fault), fault.node or node, fault.blank) from None
        except ZeroDivisionError:
            raise _FormulaError(f"{ast.unparse(node)!r} divides by what is, or may be, 0.", node) from None
        except OverflowError:
            raise _FormulaError(f"{ast.unparse(node)!r} is too large a number.", node) from None
        except InputError:
            raise
        except ValueError as error:
            raise _FormulaError(f"{ast.unparse(node)!r} cannot be worked out ({error}).", node) from None

    def _constant(self, node: ast.Constant) -> Value:
        value = node.value
        if isinstance(value, str):
            return value
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise _FormulaError(f"{value!r} is no number: {_UNDERSTOOD}", node)
        return exactly(value)

    def _negative(self, node: ast.UnaryOp) -> Value:
        if not isinstance(node.op, ast.USub):
            raise _FormulaError(f"{ast.unparse(node)!r} is no part of a formula: {_UNDERSTOOD}", node)
        value = self._number(node.operand)
        if isinstance(value, Quantity) and not value.inputs:
            return exactly(-value.value)
        return _each(operator.neg, value)

    def _name(self, node: ast.Name) -> Value:
        name = node.id
        if self._row is not None and name in self._row[0].rows[0]:
            table, at = self._row
            return NumberColumn(table, name).number(at) if name in table.titles else table.rows[at][name]
        if name not in self._known:
            self._known[name] = self._look_up(name)
        return self._known[name]

    def _look_up(self, name: str) -> Value:
        if name in self._names:
            term = self._names[name]
            if isinstance(term, list):
                return list(term)
            if name in self._asked:
                raise _FormulaError(f"the names go round in a circle: {' needs '.join([*self._asked, name])}.")
            outside, self._row = self._row, None
            self._asked.append(name)
            try:
                return self._value(f"names, {name}", term)
            finally:
                self._asked.pop()
                self._row = outside
        if (table := self._table(name)) is not None:
            return NumberColumn(table, next(iter(table.titles))) if len(table.titles) == 1 else table
        identifier = name.replace("_", "-")
        if self._ids is not None and identifier in self._ids.table.named:
            return self._ids.cell([identifier])
        ids = [one.replace("-", "_") for one in self._ids.table.named] if self._ids else []
        row = list(self._row[0].rows[0]) if self._row else []
        otherwise = f"write a name of this file, a table or an id of {self._ids_table}."
        raise _FormulaError(f"nothing is called {name!r}: {_nearest([*self._names, *row, *ids], name, otherwise)}")

    @cached_property
    def _ids(self) -> NumberColumn | None:
        table = self._table(self._ids_table) if self._ids_table else None
        return NumberColumn(table, "value") if table else None

    def _arithmetic(self, node: ast.BinOp) -> Value:
        if type(node.op) not in _ARITHMETIC:
            raise _FormulaError(f"{ast.unparse(node)!r} is no part of a formula: {_UNDERSTOOD}", node)
        return _each(_ARITHMETIC[type(node.op)], self._number(node.left), self._number(node.right))

    def _compare(self, node: ast.Compare) -> Value:
        if any(type(sign) not in _COMPARISONS for sign in node.ops):
            raise _FormulaError(f"{ast.unparse(node)!r}: compare with <, <=, > or >=.", node)
        terms = [self._number(one) for one in (node.left, *node.comparators)]
        found = [
            _each(_COMPARISONS[type(sign)], one, other)
            for one, sign, other in zip(terms, node.ops, terms[1:], strict=False)
        ]
        return _together(_flat(found))

    def _all(self, node: ast.BoolOp) -> Value:
        truths = []
        for one in node.values:
            value = self._of(one)
            if not isinstance(value, Truth) or not isinstance(node.op, ast.And):
                raise _FormulaError(f"{ast.unparse(one)!r}: only 'and' joins, and it joins comparisons.", one)
            truths.append(value)
        return _together(truths)

    def _call(self, node: ast.Call) -> Value:
        name = ast.unparse(node.func)
        if name in _OF_ROWS and not node.keywords and len(node.args) == 1:
            return _OF_ROWS[name](self, node.args[0])
        if name not in FUNCTIONS:
            raise _FormulaError(f"there is no function {name!r}: {one_of([*FUNCTIONS, *_OF_ROWS], name)}", node)
        function = FUNCTIONS[name]
        if node.keywords or (len(node.args) != len(function.takes) if function.each else not node.args):
            raise _FormulaError(f"{name} is written {name}({', '.join(function.takes)}).", node)
        if not function.each:
            return function.compute(_flat([self._number(one) for one in node.args]))
        return _each(
            function.compute,
            *(
                self._number(one) if kind not in _WORDS else self._words_given(one)
                for one, kind in zip(node.args, function.takes, strict=True)
            ),
        )

    def _number(self, node: ast.expr) -> Quantity | list[Quantity]:
        value = self._of(node)
        if isinstance(value, Quantity) or (isinstance(value, list) and isinstance(value[0], Quantity)):
            return value
        raise _FormulaError(f"{ast.unparse(node)!r} is {_kind(value)}, expected a number.", node)

    def _words_given(self, node: ast.expr) -> str | list[str]:
        value = self._of(node)
        if isinstance(value, str) or (isinstance(value, list) and isinstance(value[0], str)):
            return value
        raise _FormulaError(f"{ast.unparse(node)!r} is {_kind(value)}, expected words.", node)

    def _count(self, node: ast.expr) -> Quantity:
        """Return how many words a list has: what a paper lists and counts."""
        words = _listed(self._words_given(node))
        return quantities.found(len(words), f"count of {', '.join(words)}", ())

    def _previous(self, node: ast.expr) -> Quantity:
        """Return a number of the row before, by time, of the same thing."""
        if self._row is None or not isinstance(node, ast.Name) or node.id not in self._row[0].titles:
            raise _FormulaError(
                "previous(column) belongs in the formula of a whole column, with one of its table's columns."
            )
        table, at = self._row
        same = [name for name in table.key if name not in WHEN]
        rows = [one for one, row in enumerate(table.rows) if all(row[name] == table.rows[at][name] for name in same)]
        if rows.index(at) == 0:
            raise _FormulaError(f"no row stands before {table.cell(at, node.id)}.")
        return NumberColumn(table, node.id).number(rows[rows.index(at) - 1])

    def _worked_out(self, node: ast.expr) -> Value:
        """Return what the formula of their column gives for the cells picked."""
        return _each(self._worked_out_one, self._number(node))

    def _worked_out_one(self, number: Quantity) -> Quantity:
        table = self._table(number.cell.table) if number.cell else None
        if table is None or number.cell is None:
            raise _FormulaError("worked_out(cells) takes cells of a column that has a formula under columns.")
        return self.of_row(table, table.positions[number.cell.row], number.cell.column)

    def _column(self, node: ast.Attribute) -> Value:
        table = self._of(node.value)
        if not isinstance(table, PrintedTable):
            what = (
                "has one column of numbers, which needs no name" if isinstance(table, NumberColumn) else "is no table"
            )
            raise _FormulaError(f"{ast.unparse(node.value)!r} {what}.", node)
        if node.attr not in table.titles:
            raise _FormulaError(
                f"{table.name} has no column of numbers {node.attr!r}: {one_of(table.titles, node.attr)}", node
            )
        return NumberColumn(table, node.attr)

    def _cells(self, node: ast.Subscript) -> Value:
        column = self._of(node.value)
        if isinstance(column, PrintedTable):
            columns = and_list(f"{column.name}.{name}" for name in column.titles)
            raise _FormulaError(f"{column.name} has several columns of numbers: name one of {columns}.", node)
        if not isinstance(column, NumberColumn):
            raise _FormulaError(
                f"{ast.unparse(node.value)!r} is {_kind(column)}, expected a table or a column of it.", node
            )
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        words = [self._words(part, column) for part in parts]
        return _each(lambda *wanted: column.cell(wanted), *words)

    def _words(self, node: ast.expr, column: NumberColumn) -> str | list[str]:
        """Return the words that a part of a subscript stands for."""
        if isinstance(node, ast.Name):
            term = self._names.get(node.id)
            return list(term) if isinstance(term, list) else node.id
        if isinstance(node, ast.Constant) and type(node.value) in (str, int):
            return str(node.value)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "all_but":
            left_out = {word for part in node.args for word in _listed(self._words(part, column))}
            keys = [key[0] for key in column.table.keys]
            if wrong := sorted(left_out - set(keys)):
                raise _FormulaError(
                    f"no row of {column.table.name} is called {wrong[0]!r}: {one_of(keys, wrong[0])}", node
                )
            if kept := [key for key in dict.fromkeys(keys) if key not in left_out]:
                return kept
        raise _FormulaError(f"{ast.unparse(node)!r} names no row: write a word, a number, or words in '...'.", node)


_UNDERSTOOD = "use cells, names, + - * /, comparisons, 'and' and the functions of docs/reconciliation.md."
_RULES: dict[type[ast.expr], Callable[[Formulas, Any], Value]] = {
    ast.Constant: Formulas._constant,
    ast.UnaryOp: Formulas._negative,
    ast.Name: Formulas._name,
    ast.BinOp: Formulas._arithmetic,
    ast.Compare: Formulas._compare,
    ast.BoolOp: Formulas._all,
    ast.Call: Formulas._call,
    ast.Attribute: Formulas._column,
    ast.Subscript: Formulas._cells,
}
_OF_ROWS: dict[str, Callable[[Formulas, ast.expr], Value]] = {
    "count": Formulas._count,
    "previous": Formulas._previous,
    "worked_out": Formulas._worked_out,
}


@dataclass(frozen=True)
class Function:
    """What formulas call: the arguments it takes, and whether lists are worked with one by one or all together."""

    takes: tuple[str, ...]
    compute: Callable[..., Quantity]
    each: bool = True


_WORDS = ("words", "day")


def _chance(limit: str) -> Callable[[Quantity, Quantity, Quantity], Quantity]:
    def of(rate: Quantity, people: Quantity, per: Quantity) -> Quantity:
        # SciPy takes its time to load, and few formulas ask for limits of chance.
        from casebook.methods import intervals

        limits = intervals.rate(float(rate) * float(people) / float(per), float(people), float(per))
        return quantities.found(float(getattr(limits, limit)), f"{limit} limit of chance", (rate, people))

    return of


def _mondays_left(day: str, year: Quantity) -> Quantity:
    try:
        return exactly(FinancialYear(int(float(year))).mondays_after(date.fromisoformat(day)))
    except ValueError:
        raise _FormulaError(
            f"{day!r} is no day of the financial year {float(year):.0f}: write one as 2020-04-30."
        ) from None


def _mondays_in(year: Quantity) -> Quantity:
    return exactly(FinancialYear(int(float(year))).weeks)


FUNCTIONS: dict[str, Function] = {
    "sum": Function(("numbers",), quantities.total, each=False),
    "mean": Function(("numbers",), quantities.mean, each=False),
    "median": Function(("numbers",), quantities.median, each=False),
    "min": Function(("numbers",), quantities.least, each=False),
    "max": Function(("numbers",), quantities.largest, each=False),
    "change": Function(("after", "before"), quantities.per_cent_change),  # in per cent
    "share": Function(("per cent",), Quantity.of_hundred),  # to multiply with
    "exact": Function(("number",), Quantity.as_exact),
    "called": Function(("number", "words"), Quantity.called),
    "mondays_in": Function(("year",), _mondays_in),
    "mondays_left": Function(("day", "year"), _mondays_left),
    "lowest_by_chance": Function(("rate", "people", "per"), _chance("lower")),
    "highest_by_chance": Function(("rate", "people", "per"), _chance("upper")),
}


def _each(function: Callable[..., Any], *values: Any) -> Value:
    """Work with values, or with lists of them one by one."""
    lengths = {len(value) for value in values if isinstance(value, list)}
    if not lengths:
        return _checked(function(*values))  # type: ignore[no-any-return]
    if len(lengths) > 1:
        raise _FormulaError(
            f"lists of {and_list(map(str, sorted(lengths)))} do not go together: they must be equally long."
        )
    length = lengths.pop()
    spread = [value if isinstance(value, list) else [value] * length for value in values]
    return [_checked(function(*these)) for these in zip(*spread, strict=True)]


def _checked(value: Any) -> Any:
    if isinstance(value, Quantity) and any(
        max(end.numerator.bit_length(), end.denominator.bit_length()) > LARGEST
        for end in (value.value, value.low, value.high)
    ):
        raise OverflowError
    return value


def _together(truths: Sequence[Truth]) -> Truth:
    return reduce(Truth.__and__, truths)


def _flat(values: Sequence[Any]) -> list[Any]:
    return [one for value in values for one in _listed(value)]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _kind(value: Any) -> str:
    if isinstance(value, list):
        return "a list of words" if isinstance(value[0], str) else "a list"
    return {Quantity: "a number", Truth: "a comparison", str: "words", NumberColumn: "a whole column"}.get(
        type(value), "a table"
    )


def _nearest(names: Iterable[str], wrong: str, otherwise: str) -> str:
    """Say the nearest name or, where none is near, what to do: all there are would be too many."""
    meant = one_of(names, wrong)
    return meant if meant.startswith("did you") else otherwise


def _too_deep(text: str) -> str:
    return f"the formula {text[:40]!r}... is nested too deeply: give parts of it names, under names."
