"""`session-deid models`: install, add, list, verify and remove model weights."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.study_options import at_terminal, json_option
from pipeline.errors import NetworkUnfitError, SessionDeidError
from pipeline.models import install as installing
from pipeline.models import manifest as manifests
from pipeline.models.store import installed

UNMEASURED = (
    "How well it tells voices apart was not measured with this program: docs/speakers.md says how to."
)


@click.group()
def models() -> None:
    """Install, add, list, verify and remove models. Only `models install` ever uses the network."""


@models.command()
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option(
    "--recommended",
    is_flag=True,
    help="Also the best recogniser this computer can carry, measured for a run at night; asks nothing.",
)
def install(names: tuple[str, ...], recommended: bool) -> None:
    """Install the models named, or the default ones. Goes on where an earlier try broke off.

    Without names it says at a terminal which larger recogniser this computer can carry, and asks.
    """
    manifest = manifests.load()
    chosen = [manifest.get(name) for name in names] or manifest.defaults()
    with _Bar() as bar:
        installing.install_all(chosen, progress=bar.show, say=bar.say)
        if recommended or (not names and at_terminal()):
            _install_better(bar, ask=not recommended)


def _install_better(bar: _Bar, *, ask: bool) -> None:
    """The recogniser this computer can carry and does not have: told, and installed where it is wanted."""
    from pipeline.transcribe.choosing import best_installed, better_than_installed, offers, this_machine

    found = offers(this_machine())
    if not any(each.installed for each in found):
        return
    has, better = best_installed(found), better_than_installed(found)
    if better is None:
        bar.say(f"{has.model} is the best recogniser this computer can carry: {has.in_words}")
        return
    bar.say(f"{has.model}, installed: {has.in_words}")
    bar.say(f"{better.model}, fewer errors by its publisher's figures: {better.in_words}")
    if not ask or click.confirm(f"Install {better.model} now?", default=False, err=True):
        installing.install_all([manifests.load().get(better.model)], progress=bar.show, say=bar.say)


@models.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="What it is called from now on.")
@click.option(
    "--task",
    required=True,
    type=click.Choice(["diarization", "voiceprints"]),
    help="Who speaks when (segmentation), or what a voice sounds like.",
)
@click.option(
    "--filterbank",
    type=click.Choice(["3d-speaker", "wespeaker"]),
    help="Of a network for voiceprints: whose features it was trained on, where the file does not say.",
)
@click.option("--licence", default="not stated", show_default=True, help="Its licence, for the record.")
def add(file: Path, name: str, task: str, filterbank: str | None, licence: str) -> None:
    """Bring a network of your own that tells voices apart: FILE, as ONNX (docs/speakers.md says of which form).

    It is tried, copied into the store, and its SHA-256 shown. --diarizer and study.toml choose it by its name.
    """
    from pipeline.models.added import add as add_model
    from pipeline.speakers.diarization.networks import check_segmentation, check_voiceprints, trained_on

    if task == "diarization" and filterbank:
        raise click.UsageError("--filterbank is for voiceprints.")

    def check(copy: Path) -> str:
        try:
            if task == "diarization":
                check_segmentation(copy, name)
                return ""
            network = check_voiceprints(copy, name)
        except NetworkUnfitError as error:
            raise NetworkUnfitError(**{**error.facts, "file": file}) from None
        wanted = filterbank or trained_on(network)
        if not wanted:
            raise click.UsageError("The file does not say what it was trained on: give --filterbank.")
        return wanted

    click.echo(f"{name}: added; SHA-256 {add_model(file, name, task, licence, check)}")
    click.echo(UNMEASURED, err=True)


@models.command(name="list")
@json_option
def list_models(as_json: bool) -> None:
    """The models there are, and which are installed."""
    import json

    for model in manifests.load():
        row = {
            "name": model.name,
            "task": model.task,
            "installed": installed(model.name),
            "default": model.default,
            "licence": model.licence,
            "homepage": model.homepage,
            "about": model.about,
        }
        if as_json:
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            mark = "*" if row["installed"] else " "
            click.echo(f"{mark} {model.name:<24} {model.task:<14} {model.licence:<11} {model.about}")
    if not as_json:
        click.echo("* installed")


@models.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
def remove(names: tuple[str, ...]) -> None:
    """Remove the models named from the store; `models install` brings them back."""
    manifest = manifests.load()
    for model in [manifest.get(name) for name in names]:
        click.echo(f"{model.name}: removed, {installing.remove(model) / 1e6:.0f} MB")


@models.command()
@click.argument("names", nargs=-1, metavar="[NAME...]")
@json_option
def verify(names: tuple[str, ...], as_json: bool) -> None:
    """Check installed models file by file against the digests they were published with."""
    import json

    manifest = manifests.load()
    chosen = [manifest.get(name) for name in names] or [m for m in manifest if installed(m.name)]
    failed: SessionDeidError | None = None
    for model in chosen:
        try:
            installing.verify(model)
            row = json.dumps({"name": model.name, "whole": True})
            click.echo(row if as_json else f"{model.name}: whole")
        except SessionDeidError as error:
            if as_json:
                click.echo(json.dumps({"name": model.name, "whole": False, "error": str(error)}))
            click.echo(str(error), err=True)
            failed = failed or error
    if failed:
        raise click.exceptions.Exit(failed.exit_code)


class _Bar:
    """A line with the file, its share and megabytes, on a terminal only; plain lines otherwise."""

    def __init__(self) -> None:
        import sys

        self._live = sys.stderr.isatty()
        self._shown = False

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()

    def show(self, name: str, done: int, total: int) -> None:
        if self._live:
            share = f"{100 * done // total:3d} %" if total else ""
            click.echo(f"\r  {name:<24} {share} {done / 1e6:7.1f} MB", nl=False, err=True)
            self._shown = True

    def say(self, line: str) -> None:
        self._clear()
        click.echo(line)

    def _clear(self) -> None:
        if self._shown:
            click.echo("\r" + " " * 60 + "\r", nl=False, err=True)
            self._shown = False
