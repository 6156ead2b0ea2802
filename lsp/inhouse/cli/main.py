"""The program `inhouse`: its commands, and what becomes of their failures. What they do stands in their own files."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from inhouse.cli import bench, complete, conventions, doctor, index, model, serve, stats, tour
from inhouse.cli.errors import Failed
from inhouse.cli.say import say

app = typer.Typer(
    name="inhouse",
    help="Inline completions in the style of your own project, by a small model on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(serve.serve)
app.command()(complete.complete)
app.command()(index.index)
app.command()(conventions.conventions)
app.command()(tour.tour)
app.command()(doctor.doctor)
app.command()(stats.stats)
app.command()(stats.forget)
app.add_typer(model.app, name="model")
app.add_typer(bench.app, name="bench")


def _print_version(wanted: bool) -> None:
    if wanted:
        from inhouse.server.version import program_version

        say(f"inhouse {program_version()}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Options of the program itself."""


def run(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 done, 1 failed, 2 wrong use. Failures are one line, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a character is no reason to fail
    sys.exit(_outcome(lambda: app(args=arguments, prog_name="inhouse", standalone_mode=False)))


def fail(error: Exception) -> NoReturn:
    """Exit as a command does that has ended with this error."""

    def again() -> int:
        raise error

    sys.exit(_outcome(again))


def _outcome(work: Callable[[], object]) -> int:
    try:
        code = work()
        sys.stdout.flush()
    except TyperException as error:
        return _complain(error)
    except BrokenPipeError:
        return _nobody_reads()
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _complain(Failed(f"{where}{error.strerror or error}"))
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except Exception as error:
        if not _is_expected(error):
            raise
        return _complain(Failed(str(error)))
    return code if isinstance(code, int) else 0


def _is_expected(error: Exception) -> bool:
    """Whether the error's text is meant for the user."""
    # Imported here: numpy and the parsers take 0.5 s, which `--help` need not pay.
    from inhouse.context import ContextError
    from inhouse.model import ModelError

    return isinstance(error, ModelError | ContextError)


def _complain(error: TyperException) -> int:
    message = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)  # what typer itself finds wrong has one, and does not say what to do
    if context is not None:
        message = f"{message.rstrip('.')}; see `{context.command_path} --help`"
    if error.format_message():  # called without arguments, the help has been printed already
        say(f"inhouse: {message}", err=True)
    return error.exit_code


def _nobody_reads() -> int:
    """The reader of our output has gone, as `head` does: nothing to say, and nothing to flush at exit."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
