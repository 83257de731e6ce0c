"""`session-deid models`: install, list, verify and remove model weights."""

from __future__ import annotations

import click

from pipeline.cli.study_options import at_terminal, json_option
from pipeline.errors import SessionDeidError
from pipeline.models import install as installing
from pipeline.models import manifest as manifests
from pipeline.models.store import installed


@click.group()
def models() -> None:
    """Install, list, verify and remove models. Only `models install` ever uses the network."""


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
