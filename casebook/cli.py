"""The command line of a pipeline: run, list, check, seal. It prints; the work is done in ``casebook.run``.

Exit codes: 0 all went well; 1 a report failed or could not be published; 2 something a person gave is
not usable. With 1 and 2 the pack published before is untouched.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

from casebook.errors import InputError, ReportFailedError

try:
    import rich.progress
    import rich.table
    import typer
    from rich.console import Console

    from casebook.run import parameters, plan
    from casebook.run.plan import Job, Report
except ModuleNotFoundError as missing:
    # Started with a Python that lacks the packages: hand over to the project's own, made by `make reports`.
    _python = Path(__file__).resolve().parents[1] / ".venv" / "bin" / "python"
    if _python.is_file() and Path(sys.prefix) != _python.parents[1]:
        os.execv(_python, [str(_python), *sys.argv])
    sys.exit(
        f"The package {missing.name} is not installed in {sys.executable}: run `make reports` once, "
        "which installs everything, or activate the conda environment made from environment.yml."
    )

__all__ = ["Report", "main"]

FAILED, WRONG_INPUT = 1, 2
Names = Annotated[list[str] | None, typer.Argument(metavar="[REPORT]...", help="Reports to run; all if none is named.")]
Area = Annotated[str | None, typer.Option("--area", help="The local authority the reports are about.")]
Set = Annotated[
    list[str] | None,
    typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="Set a notebook parameter; may be repeated."),
]


def main(pack: Sequence[Report], area: str, arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line of a pipeline and exit.

    Parameters
    ----------
    pack
        The reports, in order.
    area
        The area of the pack unless ``--area`` names another.
    arguments
        Words of the command line; those the program was called with, if left out.
    """
    sys.exit(_commands(list(pack), area)(list(arguments) if arguments is not None else None))


def _commands(pack: list[Report], default_area: str) -> typer.Typer:
    app = typer.Typer(
        help="Make, list and check the reports of this pipeline.", no_args_is_help=True, add_completion=False,
        pretty_exceptions_enable=False,
    )  # fmt: skip

    @app.command()
    def run(names: Names = None, area: Area = None, parameter: Set = None) -> None:
        """Make reports and publish them together, or, if one fails, publish nothing."""
        from casebook.data.tables import Tables

        root = _root()
        known = Tables(root)
        jobs = plan.make(pack, root, names or [], area, default_area, _typed(parameter or []), known)
        # Data that cannot be used stops the run before the first notebook starts.
        for table in known.catalogue.resources:
            known.prepare(table.name)
        for report in pack:
            if not names and report.only_for not in ("", jobs[0].area):
                _console(stderr=True).print(f"Left out: {report.name}, whose sources are about {report.only_for} only")
        _run(jobs, root, pack, whole=not names)

    @app.command("list")
    def list_reports() -> None:
        """List the reports with their parameters (types and defaults) and what they are made from."""
        from casebook.data import catalogue

        root = _root()
        console = _console()
        described = catalogue.load(root)
        for report in pack:
            path = report.path(root)
            values = parameters.resolve(path, report.parameters, {}, report.name)
            console.print(f"\n[bold]{report.name}[/bold]  notebooks/{path.name}")
            grid = rich.table.Table.grid(padding=(0, 2))
            for one in parameters.declared(path).values():
                grid.add_row("   ", one.name, one.type_as_written.replace("[", r"\["), f"= {values[one.name]!r}")
            console.print(grid)
            console.print(f"    reads {', '.join(plan.tables_read(path, values, described)) or 'no table'}")
            if upstream := dict.fromkeys(plan.reports_read(path)):
                console.print(f"    builds on {', '.join(upstream)}")

    @app.command()
    def check() -> None:
        """Check the data, the notebooks and the parameters without running anything."""
        from casebook.data import catalogue

        root = _root()
        problems = _problems(pack, root, default_area)
        for problem in problems:
            _complain(problem)
        if problems:
            raise typer.Exit(WRONG_INPUT)
        count = len(catalogue.load(root).resources)
        _console().print(f"{count} tables and {len(pack)} reports are in order.")

    @app.command()
    def seal(names: Annotated[list[str] | None, typer.Argument(metavar="[TABLE]...")] = None) -> None:
        """Accept changed raw tables: write their present hash into data/raw/datapackage.json."""
        from casebook.data import catalogue

        changed = catalogue.seal(_root(), names or [])
        _console().print(f"Sealed {', '.join(changed)}." if changed else "Nothing had changed.")

    return _with_exit_codes(app)


def _with_exit_codes(app: typer.Typer) -> typer.Typer:
    class Guarded(typer.core.TyperGroup):
        def invoke(self, context: typer.Context) -> object:  # type: ignore[override]
            try:
                return super().invoke(context)
            except InputError as error:
                _complain(str(error))
                raise typer.Exit(WRONG_INPUT) from None
            except ReportFailedError as error:
                _complain(str(error))
            except OSError as error:
                _complain(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.")
            except Exception as error:
                # The command line's own ways of ending carry their exit code.
                if hasattr(error, "exit_code") or isinstance(error, typer.Abort):
                    raise
                _complain(
                    f"Casebook itself failed ({type(error).__name__}: {error}); nothing was published. Please report "
                    "it, with the command."
                )
            raise typer.Exit(FAILED)

    app.info.cls = Guarded
    return app


def _run(jobs: list[Job], root: Path, pack: list[Report], whole: bool) -> None:
    # Loaded here because it takes a second that `--help` and `list` need not spend.
    from casebook.run import pack as packs

    started = time.perf_counter()
    console = _console(stderr=True)
    with rich.progress.Progress(
        rich.progress.TextColumn("{task.description}"), rich.progress.BarColumn(), rich.progress.MofNCompleteColumn(),
        rich.progress.TimeElapsedColumn(), console=console, disable=not console.is_terminal,
    ) as progress:  # fmt: skip
        bar = progress.add_task("Starting", total=len(jobs))

        def starting(job: Job) -> None:
            progress.update(bar, description=f"{job.report.name} ({job.area})")
            if not console.is_terminal:
                console.print(f"Running {job.report.name} ({job.area})")

        packs.make(jobs, root, [report.name for report in pack], whole, starting, lambda job: progress.advance(bar))
    seconds = time.perf_counter() - started
    area = jobs[0].area
    count = "1 report" if len(jobs) == 1 else f"{len(jobs)} reports"
    print(f"{count} for {area} published in {seconds:.0f} s. Open {_shown(root / 'reports' / 'index.html')}")


def _problems(pack: list[Report], root: Path, area: str) -> list[str]:
    from casebook.data.tables import Tables

    problems: list[str] = []

    def attempt(action: object, *arguments: object) -> object:
        try:
            return action(*arguments)  # type: ignore[operator]
        except InputError as error:
            if str(error) not in problems:
                problems.append(str(error))
            return None

    known = attempt(Tables, root)
    if not isinstance(known, Tables):
        return problems
    for table in known.catalogue.resources:
        attempt(known.prepare, table.name)
    for report in pack:
        jobs = attempt(plan.make, pack, root, [report.name], None, area, {}, known)
        for job in jobs if isinstance(jobs, list) else []:
            for name in plan.tables_read(job.notebook, job.parameters, known.catalogue):
                attempt(known.catalogue.table, name)
    return problems


def _typed(settings: Sequence[str]) -> dict[str, str]:
    typed = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name.strip():
            raise InputError(f"-p {setting!r} is not of the form name=value: write, for example, -p average=median.")
        typed[name.strip()] = value
    return typed


def _root() -> Path:
    # pipeline.py stands in the project's folder; notebooks and their kernels must find the same one.
    root = Path(sys.argv[0]).resolve().parent
    os.environ.setdefault("CASEBOOK_PROJECT", str(root))
    from casebook.data import project

    return project.root()


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _console(stderr: bool = False) -> Console:
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def _complain(sentence: str) -> None:
    print(sentence, file=sys.stderr)
