"""The one door of the command line: the group of commands, and errors turned into words and exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from typing import TYPE_CHECKING

import click

from cse_geo.cli.report import print_problems
from cse_geo.cli.settings import Settings
from cse_geo.errors import CseGeoError, InputRefusedError, fault_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


# Command -> the modules of this folder that declare it; one more where another adds commands to its group.
_MODULES = {
    "act": ("act",),
    "audit": ("keep", "oversight"),
    "backup": ("keep",),
    "border": ("border",),
    "boundaries": ("bring", "border"),
    "calibrate": ("calibrate",),
    "context": ("context",),
    "copies": ("copies",),
    "cross-border": ("find",),
    "demo": ("start",),
    "evaluate": ("evaluate",),
    "exchange": ("border",),
    "gazetteer": ("bring",),
    "geocode": ("geocode",),
    "hotspots": ("find",),
    "import": ("bring",),
    "init": ("start",),
    "instruments": ("instruments",),
    "marker": ("marker",),
    "migrate": ("keep",),
    "pack": ("pack",),
    "places": ("places",),
    "plan": ("plan",),
    "pseudonym": ("pseudonym",),
    "release": ("release",),
    "restore": ("keep",),
    "retention": ("retention",),
    "review": ("review",),
    "scan": ("scan",),
    "serve": ("start",),
    "template": ("start",),
    "user": ("user",),
    "verify": ("keep",),
}


class Commands(click.Group):
    """The commands, each imported when it is asked for: one of them pays for no other."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's own signature)
        """Return the names of every command."""
        return sorted(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, its module imported; none where there is no such command."""
        for module in _MODULES.get(cmd_name, ()):
            for command in import_module(f"cse_geo.cli.{module}").COMMANDS:
                self.add_command(command)
        return super().get_command(ctx, cmd_name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="cse-geo", prog_name="cse-geo")
def cli() -> None:
    """Map where records of concern about child sexual exploitation gather: places, never people.

    Exit codes: 0 done; 2 wrong usage; 3 the input was refused (with the table of problems); 4 not
    permitted; 5 the store is damaged, locked or of the wrong version; 1 our fault.
    """


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> int:
    """Run the command line and exit with its code; nothing but words reaches the person."""
    settings = Settings.from_environ(os.environ if environ is None else environ)
    code = _run(arguments, settings)
    sys.exit(code)


def _run(arguments: Sequence[str] | None, settings: Settings) -> int:
    try:
        result = cli.main(args=arguments, prog_name="cse-geo", standalone_mode=False, obj=settings)
    except InputRefusedError as refused:
        print_problems(refused.problems)
        return _say(f"Refused: {refused}", refused.exit_code)
    except CseGeoError as error:
        return _say(str(error), error.exit_code)
    except click.ClickException as wrong:
        wrong.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        return _say("Stopped. Nothing was half written.", 130)
    except Exception as fault:  # noqa: BLE001 (the one broad catch of the command line)
        return _our_fault(fault, settings)
    return result if isinstance(result, int) else 0


def _say(words: str, code: int) -> int:
    click.echo(words, err=True)
    return code


def _our_fault(fault: Exception, settings: Settings) -> int:
    if settings.debug:
        traceback.print_exception(fault)
    return _say(f"{fault_words(fault)} Nothing was saved. Set CSE_GEO_DEBUG=1 to see more.", 1)
