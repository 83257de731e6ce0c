"""`session-deid docs`: the documentation that belongs to the installed version."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("page", default="")
@click.option("--json", "as_json", is_flag=True, help="The list as one JSON object a line.")
def docs(page: str, as_json: bool) -> None:
    """Show PAGE (study, review, security, benchmarks/detection ...), or list the pages."""
    import json

    pages = find_pages()
    if not page:
        for name, (title, file) in pages.items():
            row = json.dumps({"page": name, "title": title, "file": str(file)})
            click.echo(row if as_json else f"{name:24} {title}")
        return
    if page not in pages:
        raise click.BadParameter("there is no such page; `session-deid docs` lists them.", param_hint="PAGE")
    click.echo_via_pager(pages[page][1].read_text(encoding="utf-8"))


def find_pages() -> dict[str, tuple[str, Path]]:
    """Each page by its name, with its title and file."""
    from pipeline.resources import data_root, docs_folder

    folder = docs_folder()
    files = {"readme": data_root() / "README.md"}
    files |= {f.relative_to(folder).with_suffix("").as_posix(): f for f in sorted(folder.rglob("*.md"))}
    return {name: (_title(file), file) for name, file in files.items()}


def _title(file: Path) -> str:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next((line.lstrip("# ") for line in lines if line.startswith("#")), file.stem)
