"""The redaction report on the page: the one kept with the approval, or a draft of where the review stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline import __version__
from pipeline.records import from_json
from pipeline.verify import report
from pipeline.verify.changes import count_put_right
from pipeline.verify.final import decided_spans, final_redaction
from pipeline.web.desk import FROZEN
from pipeline.web.endings import allow_own_style

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from pipeline.web.desk import Desk


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    return [
        Route("/recordings/{recording}/report", report_page),
        Route("/api/recordings/{recording}/report", report_file),
    ]


def find_report(desk: Desk, recording: str) -> report.Report:
    """The report kept at verification, else one of the review as it stands; raises RecordingUnknownError."""
    info = desk.info(recording)
    # One kept with the first of two approvals may be older than the review.
    kept = desk.store.kept_report(recording) if info.state in FROZEN else None
    if kept is not None:
        return from_json(report.Report, kept)
    review = desk.review(recording)
    state = review.state
    return report.build(
        info.name,
        final_redaction(state),
        id=info.id,
        versions={"session-deid": __version__},
        decided_by=f"{desk.reviewer} (not verified yet)",
        decided=decided_spans(state),
        coverage=review.progress.coverage,
        how=review.progress.how,
        put_right=count_put_right(review.begun, state),
    )


def report_page(request: Request) -> Response:
    """The report to read and print. Its own style is allowed by its digest, and nothing else."""
    from starlette.responses import HTMLResponse

    text = report.to_html(find_report(request.app.state.place.desk, request.path_params["recording"]))
    allow_own_style(request, text)
    return HTMLResponse(text)


def report_file(request: Request) -> Response:
    """The report as a JSON file to keep."""
    from starlette.responses import Response

    made = find_report(request.app.state.place.desk, request.path_params["recording"])
    name = re.sub(r"[^A-Za-z0-9._-]", "_", made.recording)
    headers = {"content-disposition": f'attachment; filename="{name}.report.json"'}
    return Response(report.to_json(made), media_type="application/json", headers=headers)
