"""`session-deid doctor`: is this computer ready, and what is missing."""

from __future__ import annotations

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def doctor(as_json: bool) -> None:
    """Check this machine, the models and the settings; exit code 20 when something needed is missing."""
    import json

    from pipeline.doctor import examine

    findings = examine()
    if as_json:
        click.echo(json.dumps([f.as_row() for f in findings], ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{finding.mark:<5} {finding.what:<22} {finding.found}")
            if finding.remedy:
                click.echo(f"      {'':<22} -> {finding.remedy}")
    if any(f.level == "missing" for f in findings):
        raise click.exceptions.Exit(20)
