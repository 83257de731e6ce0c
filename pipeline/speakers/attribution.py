"""Words and turns joined: who said what, as utterances of one speaker each.

Every word goes to exactly one speaker. The choice is made over the whole recording at once (Viterbi): a word
whose middle lies in a speaker's turn costs that speaker nothing, a word outside costs more the farther away,
and a change of speakers costs more inside a sentence than at its end. So a word on a border goes where its
middle is, unless the sentence says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.language.conversation import is_backchannel
from pipeline.records import Diarization, Transcription, Turn, Utterance, Word
from pipeline.speakers.marking import inaudible_word, mark_pauses
from pipeline.speakers.overlap import mark_overlaps
from pipeline.speakers.timeline import SpeakerTurns, turns_by_speaker

# Costs of the Viterbi search, in units of "one word clearly inside another's turn".
_OUTSIDE = 0.3
_PER_SECOND_AWAY = 3.0
_FARTHEST = 20.0
_CHANGE_IN_SENTENCE = 1.0
_CHANGE_AT_CAPITAL = 0.5
_CHANGE_AT_PAUSE = 0.15
_BACKCHANNEL_OF_ANOTHER = 1.2

_PAUSE_SECONDS = 0.5
_BACKCHANNEL_TURN_SECONDS = 1.5
_INTERJECTION_SECONDS = 2.5
_JOIN_SECONDS = 2.0
_PARAGRAPH_PAUSE_SECONDS = 3.0
_LONGEST_PAUSE_SECONDS = 8.0
_PARAGRAPH_SECONDS = 60.0
_REACH_SECONDS = 1.0
_INAUDIBLE_SECONDS = 1.0
_PHRASE_END = tuple(".,?!…;:-")
_SENTENCE_END = (".", "?", "!", "…", "...")


@dataclass(frozen=True, slots=True)
class _Run:
    """Consecutive words of one speaker."""

    speaker: str
    words: tuple[Word, ...]

    @property
    def start(self) -> float:
        return self.words[0].start

    @property
    def end(self) -> float:
        return max(w.end for w in self.words)


def attribute(
    transcription: Transcription,
    diarization: Diarization,
    *,
    pause_mark: float | None = None,
    inaudible: float | None = _INAUDIBLE_SECONDS,
) -> tuple[Utterance, ...]:
    """Give every word to a speaker; utterances in order of start, `participant` the local speaker (S1 ...).

    Words outside any turn go to the nearest; without any turn all words are S1's. Pauses of at least
    `pause_mark` seconds inside an utterance are marked as words "(2.4 s)". A turn of at least `inaudible` seconds
    in which no word was heard becomes an utterance "[inaudible]" (None leaves it out). An utterance's text is
    its words joined by single spaces.
    """
    voices = turns_by_speaker(diarization.turns)
    words = sorted(transcription.words, key=lambda w: (w.start, w.end))
    runs = _group_runs(words, _choose_speakers(words, voices))
    runs = [part for run in _join_interrupted(runs, voices) for part in _split_paragraphs(run)]
    utterances = [_utterance(run) for run in runs]
    utterances = _stretch_to_turns(utterances, diarization.turns)
    if inaudible is not None:
        utterances += _wordless_turns(utterances, diarization.turns, inaudible)
    marked = mark_overlaps(sorted(utterances, key=_by_time), diarization.turns)
    return mark_pauses(marked, pause_mark) if pause_mark is not None else marked


def _by_time(utterance: Utterance) -> tuple[float, float, str]:
    return (utterance.start, -utterance.end, utterance.participant)


def _choose_speakers(words: Sequence[Word], voices: Sequence[SpeakerTurns]) -> list[str]:
    """The cheapest speaker for each word over the whole recording."""
    if not words:
        return []
    if not voices:
        return ["S1"] * len(words)
    noises = _listener_noises(words)
    costs = _word_costs(words[0], voices, noises[0])
    steps: list[list[int]] = []
    for before, word, noise in zip(words, words[1:], noises[1:], strict=False):
        change = _change_cost(before, word)
        best = min(range(len(costs)), key=costs.__getitem__)
        came_from = [i if costs[i] <= costs[best] + change else best for i in range(len(costs))]
        here = _word_costs(word, voices, noise)
        costs = [here[i] + min(costs[i], costs[best] + change) for i in range(len(costs))]
        steps.append(came_from)
    path = [min(range(len(costs)), key=costs.__getitem__)]
    for came_from in reversed(steps):
        path.append(came_from[path[-1]])
    return [voices[i].speaker for i in reversed(path)]


def _listener_noises(words: Sequence[Word]) -> list[bool]:
    """For each word whether it belongs to a phrase, set off by marks or pauses, that is only listeners' noise."""
    noises: list[bool] = []
    phrase: list[Word] = []
    for i, word in enumerate(words):
        phrase.append(word)
        last = i + 1 == len(words)
        if last or word.text[-1:] in _PHRASE_END or words[i + 1].start - word.end >= _PAUSE_SECONDS:
            noises += [is_backchannel(" ".join(w.text for w in phrase))] * len(phrase)
            phrase = []
    return noises


def _word_costs(word: Word, voices: Sequence[SpeakerTurns], noise: bool) -> list[float]:
    middle = (word.start + word.end) / 2
    away = [v.distance(middle) for v in voices]
    someone = min(away) == 0
    costs = [min(_FARTHEST, d * _PER_SECOND_AWAY + (_OUTSIDE if d and someone else 0.0)) for d in away]
    if noise:
        short = [
            d == 0 and v.length_at(middle) <= _BACKCHANNEL_TURN_SECONDS
            for d, v in zip(away, voices, strict=True)
        ]
        if any(short):
            costs = [c if s else c + _BACKCHANNEL_OF_ANOTHER for c, s in zip(costs, short, strict=True)]
    return costs


def _change_cost(before: Word, word: Word) -> float:
    """What it costs to change speakers between two words."""
    if ends_sentence(before.text) or word.start - before.end >= _PAUSE_SECONDS:
        return _CHANGE_AT_PAUSE
    if word.text[:1].isupper() and not word.text.startswith(("I'", "I ")) and word.text != "I":
        return _CHANGE_AT_CAPITAL
    return _CHANGE_IN_SENTENCE


def ends_sentence(text: str) -> bool:
    """True when a word closes a sentence."""
    return text.rstrip("\"'”’)").endswith(_SENTENCE_END)


def _group_runs(words: Sequence[Word], speakers: Sequence[str]) -> list[_Run]:
    runs: list[_Run] = []
    for word, speaker in zip(words, speakers, strict=True):
        if runs and runs[-1].speaker == speaker:
            runs[-1] = _Run(speaker, (*runs[-1].words, word))
        else:
            runs.append(_Run(speaker, (word,)))
    return runs


def _join_interrupted(runs: Sequence[_Run], voices: Sequence[SpeakerTurns]) -> list[_Run]:
    """A speaker whom another only interjects goes on in the same utterance; the interjection stands apart."""
    turns = {v.speaker: v for v in voices}
    joined: list[_Run] = []
    position = 0
    while position < len(runs):
        run, inside = runs[position], list[_Run]()
        while position + 2 < len(runs) and _goes_on(run, runs[position + 1], runs[position + 2], turns):
            inside.append(runs[position + 1])
            run = _Run(run.speaker, run.words + runs[position + 2].words)
            position += 2
        joined += [run, *inside]
        position += 1
    return joined


def _goes_on(run: _Run, between: _Run, after: _Run, turns: dict[str, SpeakerTurns]) -> bool:
    if run.speaker != after.speaker or after.start - run.end > _JOIN_SECONDS + (between.end - between.start):
        return False
    if between.end - between.start > _INTERJECTION_SECONDS:
        return False
    if is_backchannel(" ".join(w.text for w in between.words)):
        return True
    voice = turns.get(run.speaker)
    return voice is not None and voice.same_turn(run.end, after.start)


def _split_paragraphs(run: _Run) -> Iterator[_Run]:
    """Break a long run at long pauses, and at ends of sentences once it has grown past a minute."""
    first = 0
    for i in range(1, len(run.words)):
        before, word = run.words[i - 1], run.words[i]
        pause = word.start - before.end
        ended = ends_sentence(before.text)
        long_enough = before.end - run.words[first].start >= _PARAGRAPH_SECONDS
        if pause >= _LONGEST_PAUSE_SECONDS or (ended and (pause >= _PARAGRAPH_PAUSE_SECONDS or long_enough)):
            yield _Run(run.speaker, run.words[first:i])
            first = i
    yield _Run(run.speaker, run.words[first:])


def _utterance(run: _Run) -> Utterance:
    return Utterance(run.speaker, run.start, run.end, " ".join(w.text for w in run.words), run.words)


def _stretch_to_turns(utterances: Sequence[Utterance], turns: Sequence[Turn]) -> list[Utterance]:
    """Each turn's time belongs to the utterance of its speaker it mostly overlaps, so nothing of a turn is lost.

    An utterance grows by at most a second on either side and never into another utterance of its speaker.
    """
    kept = list(utterances)
    for speaker in sorted({u.participant for u in utterances}):
        mine = sorted(
            (i for i, u in enumerate(kept) if u.participant == speaker), key=lambda i: kept[i].start
        )
        own = [t for t in turns if t.speaker == speaker]
        for place, i in enumerate(mine):
            low = kept[mine[place - 1]].end if place else 0.0
            high = kept[mine[place + 1]].start if place + 1 < len(mine) else float("inf")
            kept[i] = _stretch(kept[i], own, low, high)
    return kept


def _stretch(utterance: Utterance, own: Sequence[Turn], low: float, high: float) -> Utterance:
    touching = [t for t in own if t.start < utterance.end and utterance.start < t.end]
    if not touching:
        return utterance
    start = max(low, utterance.start - _REACH_SECONDS, min(t.start for t in touching))
    end = min(high, utterance.end + _REACH_SECONDS, max(t.end for t in touching))
    return replace(utterance, start=min(utterance.start, start), end=max(utterance.end, end))


def _wordless_turns(
    utterances: Sequence[Utterance], turns: Sequence[Turn], seconds: float
) -> list[Utterance]:
    found = []
    for turn in turns:
        mine = [u for u in utterances if u.participant == turn.speaker]
        if turn.end - turn.start >= seconds and not any(
            u.start < turn.end and turn.start < u.end for u in mine
        ):
            word = inaudible_word(turn.start, turn.end)
            found.append(Utterance(turn.speaker, turn.start, turn.end, word.text, (word,)))
    return found
