"""What the first review would wait for, read beforehand: word lists, our sentences' forms, what records are read by.

It takes some tenths of a second, and is the same for every study; nothing of one is touched.
"""

from __future__ import annotations

import threading


def warm_up_soon(seconds: float = 0.0) -> None:
    """Do it in so many seconds, beside what this process does: while the browser starts, say."""
    timer = threading.Timer(seconds, warm_up)
    timer.daemon = True
    timer.start()


def warm_up() -> None:
    """Read what a review needs whatever is in it; a second time nothing is left to do."""
    import pipeline.audio.decode  # what makes sound of a source
    import pipeline.audio.tracks  # noqa: F401
    from pipeline.records import Attribution, LabelMap, Redaction, Roster, Transcription, from_json, to_json
    from pipeline.verify.decisions import Event, Undo
    from pipeline.verify.log import pack_event, read_decision, unpack_events
    from pipeline.web.told import told

    for empty in (
        Attribution(()),
        Redaction((), (), LabelMap()),
        Transcription(0.0, "en", "", "", ()),
        Roster(()),
        LabelMap(),
    ):
        from_json(type(empty), to_json(empty))
    read_decision({"kind": "undo"})
    unpack_events(pack_event(Event(1, "", "", Undo())))
    _ask_once()
    told("mark")


def _ask_once() -> None:
    """A question as of any review: whoever asks one looks its words up in every list."""
    from pipeline.verify.queue import open_questions
    from pipeline.verify.state import Line, Mark, ReviewedTranscript

    mark = Mark("m", 4, 10, "PERSON", "direct", 1.0, "", "flag", "", uncertain=True)
    line = Line("u", "P01", 0.0, 1.0, "I'm Zorvik", marks=(mark,))
    open_questions(ReviewedTranscript(1.0, ("u",), {"u": line}))
