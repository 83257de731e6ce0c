"""The command line's front door: finds the command, protects the process, turns errors into exit codes."""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Sequence

import click

from pipeline import __version__
from pipeline.errors import EXIT_BUG, EXIT_INTERRUPTED, FileRefusedError, SessionDeidError
from pipeline.safety import protect_process, refuse_network, refuse_sockets, stay_offline
from pipeline.safety.telemetry import remove_leftovers

# Command name to "module:object". Modules are imported when their command is asked for, so that
# `--help` answers at once; the one-line help stands here for the same reason.
COMMANDS: dict[str, tuple[str, str]] = {
    "deidentify": (
        "pipeline.cli.deidentify:deidentify",
        "Take recordings to de-identified transcripts and reports.",
    ),
    "transcribe": ("pipeline.cli.transcribe:transcribe", "Words with times from a recording."),
    "diarize": ("pipeline.cli.diarize:diarize", "Who spoke when, as RTTM."),
    "redact": ("pipeline.cli.redact:redact", "De-identify a transcript made by any tool."),
    "open": (
        "pipeline.cli.open:open_page",
        "The whole week in the browser: take in, review, verify, destroy, give out.",
    ),
    "desktop": ("pipeline.cli.desktop:desktop", "An entry in this computer's menu that opens the page."),
    "init": ("pipeline.cli.init:init", "Make a study."),
    "import": ("pipeline.cli.import_recordings:import_recordings", "Recordings into a study's vault."),
    "run": ("pipeline.cli.run:run", "Process what is new in a study (for cron)."),
    "status": ("pipeline.cli.status:status", "Where each recording of a study stands."),
    "review": ("pipeline.cli.review:review", "Check redactions in the browser, with the sound, and verify."),
    "verify": (
        "pipeline.cli.verify:verify",
        "Verify a transcript: decide what is open, accept the statement.",
    ),
    "retry": ("pipeline.cli.retry:retry", "Take up recordings that failed."),
    "reopen": ("pipeline.cli.reopen:reopen", "Take a verified recording back into review."),
    "amend": (
        "pipeline.cli.amend:amend",
        "Put an approved transcript right after its recording is destroyed.",
    ),
    "corrections": ("pipeline.cli.corrections:corrections", "What participants sent back about transcripts."),
    "destroy": ("pipeline.cli.destroy:destroy", "Destroy verified recordings for good, with certificates."),
    "withdraw": (
        "pipeline.cli.withdraw:withdraw",
        "Destroy what can never be verified, because a person states why.",
    ),
    "hold": (
        "pipeline.cli.hold:hold",
        "Stop every destruction of a recording or the study, until it is lifted.",
    ),
    "protocol": (
        "pipeline.cli.protocol:protocol",
        "Paragraphs for an ethics application, from the study's settings.",
    ),
    "certificate": ("pipeline.cli.certificate:certificate", "Check a certificate of destruction."),
    "close": ("pipeline.cli.close:close", "End a study: destroy its voiceprints."),
    "unseal": ("pipeline.cli.unseal:unseal", "A recording's source audio back, while it exists."),
    "audit": ("pipeline.cli.audit:audit", "Check and export the signed audit chain."),
    "roster": ("pipeline.cli.roster:roster", "The sealed roster: who takes part."),
    "participants": (
        "pipeline.cli.participants:participants",
        "Who is who: voices and codes, and repairs to them.",
    ),
    "key": ("pipeline.cli.key:key", "The ways to open a study."),
    "export": ("pipeline.cli.export:export", "Transcripts in the formats other tools read."),
    "models": ("pipeline.cli.models:models", "Install, add, list, verify and remove models."),
    "bench": ("pipeline.cli.bench:bench", "Compare engines and models on your recording and machine."),
    "samples": ("pipeline.cli.samples:samples", "A small study to try: recordings, roster, truth."),
    "docs": ("pipeline.cli.docs:docs", "The pages of the documentation."),
    "doctor": ("pipeline.cli.doctor:doctor", "Check this machine, the models and the settings."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command runs or shows its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_line) for name, (_, help_line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="session-deid")
def main() -> None:
    """Recordings of group sessions to de-identified transcripts, on this computer, offline."""


def run() -> None:
    """The console script: exit codes as documented in pipeline.errors, no traceback for a user's error."""
    protect_process()
    for stream in (sys.stdout, sys.stderr):  # a name that the encoding lacks must not end a run
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    keep_to_this_computer(sys.argv[1:])
    remove_leftovers()
    try:
        code = main(standalone_mode=False)  # click gives back the code of an Exit raised in a command
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except SessionDeidError as error:
        alone = next(iter(_words(sys.argv[1:])), "") in ALONE
        click.echo(f"session-deid: {error if alone else error.for_study()}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except OSError as refused:
        ours = FileRefusedError(
            file=refused.filename or "A file", why=refused.strerror or type(refused).__name__
        )
        click.echo(f"session-deid: {ours}", err=True)
        sys.exit(ours.exit_code)
    except Exception as bug:
        report_bug(bug)
        sys.exit(EXIT_BUG)


# Commands that serve a page: they listen first, and refuse themselves every further socket then.
SERVING = frozenset({"open", "review"})
# Commands that need nobody outside their process, not even the system keyring: they know no study.
ALONE = frozenset({"deidentify", "transcribe", "diarize", "redact", "bench", "models", "doctor"})


def keep_to_this_computer(arguments: Sequence[str]) -> None:
    """Hold the process to this computer as far as its command allows, before anything is imported."""
    if needs_network(arguments):
        return
    stay_offline()
    command = next(iter(_words(arguments)), "")
    if command in ALONE:
        refuse_sockets()
    elif command not in SERVING:
        refuse_network()


def needs_network(arguments: Sequence[str]) -> bool:
    """Only installing models and a run on a cluster do; everything else is held to this computer."""
    return _words(arguments)[:2] == ["models", "install"] or any(
        a.partition("=")[0] in ("--scheduler", "--slurm") for a in arguments
    )


def _words(arguments: Sequence[str]) -> list[str]:
    return [a for a in arguments if not a.startswith("-")]


def report_bug(bug: Exception) -> None:
    """Say where a bug of ours struck without its message, which might hold words of a transcript."""
    from pipeline.bugs import place_of

    click.echo(
        f"session-deid: an internal error ({type(bug).__name__}) at {place_of(bug)}. Please report this line.",
        err=True,
    )


if __name__ == "__main__":
    run()
