"""The checks a table must pass, built from its entry in the catalogue and from nothing else."""

from __future__ import annotations

import pandera.pandas as pa

from casebook.data.catalogue import Table, TableField


def schema(table: Table) -> pa.DataFrameSchema:
    """Build the pandera schema of a table.

    Parameters
    ----------
    table
        The table's entry in the catalogue.

    Returns
    -------
    pandera.DataFrameSchema
        One column for each field, in the order described, with the field's type and constraints;
        the primary key is unique. It checks a frame that is already typed; it does not coerce.

    Examples
    --------
    >>> from casebook.data import catalogue, project
    >>> list(schema(catalogue.load(project.root()).table("health_checks")).columns)
    ['line', 'area', 'value']
    """
    return pa.DataFrameSchema(
        {
            field.name: _column(field, field.name in table.table_schema.primary_key)
            for field in table.table_schema.fields
        },
        unique=list(table.table_schema.primary_key),
        report_duplicates="exclude_first",
        strict=True,
        ordered=True,
        name=table.name,
    )


def _column(field: TableField, in_key: bool) -> pa.Column:
    limits = field.constraints
    checks = []
    if limits.minimum is not None:
        checks.append(pa.Check.ge(limits.minimum, error=f"at least {_plain(limits.minimum)}"))
    if limits.maximum is not None:
        checks.append(pa.Check.le(limits.maximum, error=f"at most {_plain(limits.maximum)}"))
    if limits.enum is not None:
        checks.append(pa.Check.isin(list(limits.enum), error=f"one of {', '.join(limits.enum)}"))
    if limits.pattern is not None:
        checks.append(pa.Check.str_matches(f"^(?:{limits.pattern})$", error=f"of the form {limits.pattern}"))
    return pa.Column(
        field.dtype,
        checks=checks,
        nullable=not (limits.required or in_key),
        unique=limits.unique,
        description=field.description,
    )


def _plain(number: float) -> str:
    return f"{number:,.10g}"
