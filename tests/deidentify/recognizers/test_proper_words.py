"""Words that nobody has explained: capitals inside sentences, and words English hardly knows."""

from __future__ import annotations

import pytest

from pipeline.deidentify.recognizers.proper_words import ProperWordRecognizer
from tests.deidentify.recognizers.seen import seen

# Enough talk with capitals for them to mean something.
REST = "Right, so that was what Doctor Odell and I had said, and then we went home, and it was fine. " * 2


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("So is it still Brackworth?", "Brackworth"),
        ("Can I ring Blessing?", "Blessing"),
        ("He drove past Coxmere, and the lights.", "Coxmere"),
    ],
)
def test_a_capital_of_its_own_is_a_name(said: str, found: str) -> None:
    """No cue and no list is needed."""
    assert found in [text for _, text in seen(ProperWordRecognizer(), REST, said)]


def test_a_word_english_hardly_knows_is_a_name_where_nothing_has_capitals() -> None:
    """Lower-cased transcripts have no capitals to go by."""
    assert ("LOCATION", "waipukerau") in seen(
        ProperWordRecognizer(), "then we drove home to waipukerau, slowly"
    )


@pytest.mark.parametrize(
    "said",
    [
        "I take the Ramipril, and some Gaviscon, on Mondays and in May.",
        "It may be Crohn's, or Bowen's disease, or Gout.",
        "I want an MRI, an FBC and some LFTs.",
        "I was on Zelkorin, fifty micrograms, twice a day.",
        "We watched Netflix on the iPad, in English.",
        "i felt headachy and used the vaporisers, and then the redness went down",
    ],
)
def test_what_is_known_to_be_harmless_stays(said: str) -> None:
    """Drugs, doses, diseases, days, abbreviations, brands, derived words."""
    assert seen(ProperWordRecognizer(), *([REST] if said[0].isupper() else []), said, least=0.5) in (
        [],
        [("PERSON", "Odell")] * 2,
    )


def test_titles_written_with_capitals_throughout_tell_nothing() -> None:
    """Where every word has a capital, none is found by it."""
    assert seen(ProperWordRecognizer(), "The Sorrow Of Brackworth Town And Other Matters " * 30) == []
