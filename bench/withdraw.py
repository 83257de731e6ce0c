"""A participant leaves a study: how long it takes to take one of ten out of a hundred destroyed recordings.

    python -m bench.withdraw [--recordings 100] [--words 9000] [--folder DIR] [--small] [--profile]

Made-up hour-long transcripts (no one's words) of ten people are kept, verified and destroyed by the study's own rooms; then one
of the ten withdraws, with every check and the certificate. As a peer in the same run the same number of transcripts is only
read, changed, written and synced as plain JSON files: what no program that keeps nothing else could do without.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import random
import tempfile
import time
from pathlib import Path

from bench.sound import write_hiss
from pipeline.deidentify.leaving import leave_utterances
from pipeline.erase.destroy import destroy
from pipeline.erase.participant.asking import PersonClaim, find_loss
from pipeline.erase.participant.withdrawing import withdraw_participant
from pipeline.records import (
    Attribution,
    Audio,
    Diarization,
    LabelMap,
    Redaction,
    Span,
    Transcription,
    Turn,
    Utterance,
    Voiceprint,
    Word,
    from_json,
    to_json,
)
from pipeline.speakers.codes import KnownVoices, learn
from pipeline.study.approved import Approved
from pipeline.study.intake.importing import import_files
from pipeline.study.review_store import StudyReviewStore
from pipeline.study.study import Study
from pipeline.study.vault.keys import ScryptCost
from pipeline.study.vault.states import Artifact, State
from pipeline.verify.final import review_digest
from pipeline.verify.session import ReviewSession

PEOPLE = [f"P{n:02d}" for n in range(1, 11)]
LEAVER = "P03"
SECONDS = 3600.0
SMALL = (3, 300)
LIMIT_S = 10.0
SYLLABLES = "ba do ki la mu ne po ri su ta ve zo".split()


def make_words(dice: random.Random, count: int) -> list[str]:
    """Words nobody ever said."""
    return ["".join(dice.choices(SYLLABLES, k=dice.randint(1, 3))) for _ in range(count)]


def make_talk(seed: int, total: int) -> tuple[Attribution, Redaction, Transcription, Diarization]:
    """An hour of ten people in utterances of 4 to 30 words; every tenth names somebody by a name that is replaced."""
    dice, at, said = random.Random(seed), 0.0, 0
    raw, clean, spans, turns = list[Utterance](), list[Utterance](), list[Span](), list[Turn]()
    rate = SECONDS / total
    while said < total:
        words = make_words(dice, dice.randint(4, 30))
        who = dice.choice(PEOPLE)
        named = f"[{dice.choice([code for code in PEOPLE if code != who])}]" if dice.random() < 0.1 else ""
        timed = tuple(Word(at + n * rate, at + (n + 1) * rate, w) for n, w in enumerate(words))
        text, end = " ".join(words), timed[-1].end
        raw.append(Utterance(who, at, end, text, timed))
        shown = named + text[len(words[0]) :] if named else text
        clean.append(Utterance(who, at, end, shown, timed))
        if named:
            spans.append(
                Span(
                    len(raw) - 1,
                    0,
                    len(words[0]),
                    "PERSON",
                    "direct",
                    0.9,
                    "bench",
                    words[0],
                    "remove",
                    named,
                )
            )
        turns.append(Turn(at, end, f"S{PEOPLE.index(who) + 1}"))
        said, at = said + len(words), end
    codes = tuple((f"S{n + 1}", code) for n, code in enumerate(PEOPLE))
    prints = tuple(
        Voiceprint(speaker, tuple(dice.random() for _ in range(192)), 60.0) for speaker, _ in codes
    )
    attribution = Attribution(tuple(raw), codes, spoken_by=tuple(turn.speaker for turn in turns))
    heard = Transcription(SECONDS, "en", "bench", "bench", tuple(w for said in raw for w in said.words))
    return (
        attribution,
        Redaction(tuple(clean), tuple(spans), LabelMap(), "bench"),
        heard,
        Diarization(SECONDS, tuple(turns), prints),
    )


def make_study(folder: Path, recordings: int, words: int) -> Study:
    """A study whose recordings were taken in, verified and destroyed, one after another."""
    study = Study.create(folder / "study", key_file=folder / "key", name="Bench", cost=ScryptCost(n=1 << 14))
    for code in PEOPLE:
        study.roster.add(f"Name{code} Surname{code}", code=code)
    for number in range(recordings):
        source = folder / f"week-{number}.wav"
        write_hiss(source, seconds=2 + number * 0.01)
        (taken,) = import_files(study, [source], sleep=lambda _: None)
        _bring(study, taken.recording, number, words)
        destroy(study, taken.recording, by="bench")
    return study


def _bring(study: Study, recording: str, seed: int, words: int) -> None:
    attribution, redaction, heard, voices = make_talk(seed, words)
    study.keep(recording, Artifact.TRANSCRIPTION, to_json(heard), state=State.TRANSCRIBED, duration=SECONDS)
    study.keep(recording, Artifact.DIARIZATION, to_json(voices))
    held = study.voices.read()
    known = learn(
        from_json(KnownVoices, held) if held else KnownVoices(),
        attribution,
        voices,
        verified=False,
        recording=recording,
    )
    study.keep(
        recording,
        Artifact.ATTRIBUTION,
        to_json(attribution),
        state=State.ATTRIBUTED,
        shared={"voices": to_json(known)},
    )
    study.keep(recording, Artifact.REDACTION, to_json(redaction), state=State.REDACTED)
    store = StudyReviewStore(study, _no_sound)
    store.take_lease(recording, "bench", "Bench")
    session = ReviewSession(store, recording)
    session.approve("Bench", review_digest(session.state), True, "bench")
    store.release_lease(recording, "bench")


def _no_sound(_source: object, _name: str) -> Audio:
    raise AssertionError


def take_out(study: Study) -> tuple[float, float, float]:
    """Seconds to be told what goes, seconds from the statement to the certificate, and processor seconds of both."""
    begin, busy = time.perf_counter(), time.process_time()
    seen = find_loss(study, LEAVER, (), asked="2021-05-04")
    told = time.perf_counter()
    left = withdraw_participant(study, PersonClaim("Bench", seen, "2021-05-04"), by="bench")
    assert left is not None
    return told - begin, time.perf_counter() - told, time.process_time() - busy


def change_plain(folder: Path, recordings: int, words: int) -> float:
    """Seconds to read, change, write and sync as many transcripts as plain JSON."""
    folder.mkdir()
    for number in range(recordings):
        redaction = make_talk(number, words)[1]
        record = Approved(f"R{number}", "", SECONDS, redaction.utterances)
        (folder / f"{number}.json").write_bytes(to_json(record))
    begin = time.perf_counter()
    for path in sorted(folder.iterdir()):
        record = from_json(Approved, path.read_bytes())
        after = leave_utterances(record.utterances, LEAVER)
        with path.open("r+b") as file:
            file.write(to_json(Approved(record.recording, "", SECONDS, after)))
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
    return time.perf_counter() - begin


def main() -> None:
    """Make the study, take one out, print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recordings", type=int, default=100)
    parser.add_argument("--words", type=int, default=9000)
    parser.add_argument(
        "--folder", type=Path, help="Where the study is made (else the system's temporary folder)."
    )
    parser.add_argument("--small", action="store_true", help="Only see that it runs.")
    parser.add_argument("--profile", action="store_true", help="Show where the time goes.")
    chosen = parser.parse_args()
    recordings, words = SMALL if chosen.small else (chosen.recordings, chosen.words)
    with tempfile.TemporaryDirectory(dir=chosen.folder) as place:
        with make_study(Path(place), recordings, words) as study:
            profile = cProfile.Profile()
            told, done, used = profile.runcall(take_out, study) if chosen.profile else take_out(study)
        plain = change_plain(Path(place) / "plain", recordings, words)
    if chosen.profile:
        pstats.Stats(profile).sort_stats("cumulative").print_stats(35)
    print(
        "| recordings | words each | told what goes | taken out, checked, certified | processor | plain files alone | ratio |"
    )
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {recordings} | {words} | {told:.2f} s | {done:.2f} s | {used:.2f} s | {plain:.2f} s | {(told + done) / plain:.1f} |"
    )
    print(f"limit for both: {LIMIT_S:.0f} s; {'kept' if told + done < LIMIT_S else 'MISSED'}")


if __name__ == "__main__":
    main()
