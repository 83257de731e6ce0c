"""A letter to a participant who withdrew: what went, what did not, in plain words. It names nobody.

Their name is left open, since the study no longer knows it; whoever sends the letter fills it in. It is made from the
certificate, whose signature is checked first.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from pipeline.erase import signing
from pipeline.erase.participant.asking import OTHERS
from pipeline.erase.participant_certificate import ParticipantCertificate
from pipeline.errors import NotWithdrawableError
from pipeline.export.xml import repack
from pipeline.study.evidence import certificate_files
from pipeline.study.requests import DONE

if TYPE_CHECKING:
    from pipeline.study.study import Study

NAME = "[Name]"
MEANT = {
    "their words": "What you said was taken out of the transcripts; each of your turns is marked as withdrawn, with its time.",
    "whole recording": "The recordings in which you speak, and their transcripts, were destroyed as a whole.",
    "from now on": "What was recorded until then stays in the study; nothing of you is added from now on.",
}


def find_certificate(study: Study, participant: str) -> ParticipantCertificate:
    """The newest certificate of a participant's withdrawal, checked.

    Raises NotWithdrawableError when there is none, AuditBrokenError or CertificateError for one that does not hold.
    """
    ends = [entry for entry in study.audit.events(DONE) if entry.facts()["participant"] == participant]
    if not ends:
        raise NotWithdrawableError(recording=participant, why="nothing of theirs was withdrawn yet")
    file = next(certificate_files(study, ends[-1]))
    found = signing.check(file.content, file=file.name, public_key=study.audit.verify_key)
    assert isinstance(found, ParticipantCertificate)
    return found


def make_letter(study: Study, participant: str) -> bytes:
    """The letter as a Word file; raises what `find_certificate` raises."""
    import docx

    certificate = find_certificate(study, participant)
    document = docx.Document()
    document.core_properties.author = document.core_properties.last_modified_by = certificate.tool
    document.add_heading(f"Your withdrawal from the study {certificate.study}", 1)
    document.add_paragraph(f"Dear {NAME},")
    for text in _paragraphs(certificate):
        document.add_paragraph(text)
    for line in _gone(certificate):
        document.add_paragraph(line, style="List Bullet")
    if certificate.given_out:
        document.add_paragraph(
            "Some transcripts had been given out before. We cannot call these copies back ourselves; we have asked, or "
            "will ask, those who have them to delete them:"
        )
    for number, line in enumerate(_given(certificate), 1):
        document.add_paragraph(f"{number}. {line}")
    for text in _last(certificate):
        document.add_paragraph(text)
    document.add_paragraph("[Signature, date, and whom to ask]")
    target = io.BytesIO()
    document.save(target)
    return repack(target.getvalue())


def _paragraphs(c: ParticipantCertificate) -> list[str]:
    return [
        f"On {c.asked} you asked to withdraw. It was done on {c.done_at[:10]}. In the study you were known by a code, "
        f"{c.participant}. {MEANT[c.rule]}",
        "This was removed:",
    ]


def _gone(c: ParticipantCertificate) -> list[str]:
    whole = [each for each in c.recordings if each.whole]
    parts = [each for each in c.recordings if not each.whole]
    lines = []
    if whole:
        lines.append(f"{len(whole)} recordings, with all that was made of them")
    if parts:
        turns, mentions = sum(e.turns for e in parts), sum(e.mentions for e in parts)
        lines.append(
            f"what you said, in {len(parts)} recordings ({turns} turns), and what named you ({mentions} places)"
        )
    if any(each.silenced and each.seconds for each in parts):
        lines.append("your voice in the sound that still exists: it is silent where you speak")
    return [
        *lines,
        *(
            line.replace("their ", "your ").replace("they ", "you ").replace("them", "you")
            for line in c.study_wide
        ),
    ]


def _given(c: ParticipantCertificate) -> list[str]:
    """Each export by day, kind and place, without who made it."""
    found = []
    for line in c.given_out:
        where, _, rest = line.partition(": ")
        day, what = rest.partition(",")[0], rest.rpartition(": ")[2]
        found.append(f"{where}, {day}: {what}")
    return found


def _last(c: ParticipantCertificate) -> list[str]:
    certain = "Each step was checked afterwards, and a signed certificate says so; you may ask for it."
    remains = (
        OTHERS if c.rule != "whole recording" else "Backups the team keeps elsewhere are deleted by the team."
    )
    return [certain, remains.replace("them", "you")]
