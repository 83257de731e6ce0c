"""Settings, rosters, policies, transcripts to read."""

from __future__ import annotations

from pipeline.errors.base import SessionDeidError


class SettingsError(SessionDeidError):
    exit_code = 30
    problem = "{file}: {why}."
    remedy = "Correct the file and run the command again."


class RosterError(SettingsError):
    exit_code = 31
    problem = "{file}: not a roster: {why}."
    remedy = "A roster is a CSV file with the columns code,name,nicknames,role."


class RosterEntryError(RosterError):
    problem = "{code}: {why}."
    remedy = "session-deid roster list shows who is in the roster."


class PolicyError(SettingsError):
    exit_code = 32
    problem = "{file}: not a policy: {why}."
    remedy = "See config/policies for examples."


class TranscriptFormatError(SettingsError):
    exit_code = 33
    problem = "{file}: not a transcript that can be read: {why}."
    remedy = "docs/reading-transcripts.md says which formats are read, and what each must hold."


class LabelFileError(SettingsError):
    exit_code = 35
    problem = "{file}: its labels cannot be used: {why}."
    remedy = "Give the file that redact --labels wrote, or a name that does not exist yet for a new one."


class ParticipantUnknownError(SettingsError):
    exit_code = 38
    problem = "{code}: no participant of this study has this code{where}."
    remedy = "session-deid participants list shows those there are."


class ParticipantCodeError(SettingsError):
    exit_code = 39
    problem = "{code}: this cannot be done: {why}."
    remedy = "session-deid participants list shows the codes and the recordings they were heard in."


class LanguageUnsupportedError(SettingsError):
    exit_code = 34
    problem = "There is no model to de-identify the language {language}."
    remedy = "Give --language when it was detected wrongly; docs/deidentification.md says how to add one."
    study_remedy = (
        "Give the right one as language in study.toml when it was detected wrongly; docs/deidentification.md says "
        "how to add one."
    )


class RecognizersError(LanguageUnsupportedError):
    """A language's recognizers: other languages are not touched by them."""

    problem = "{file}: these recognizers cannot be used: {why}."
    remedy = "Correct the file and try again."
    study_remedy = ""
