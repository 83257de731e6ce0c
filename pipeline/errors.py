"""Every error a user can cause, with its exit code. A message says what happened, to which file,
and what to do now; it never carries words of a transcript, names or keys.

    SessionDeidError                       1   (never raised itself)
    ├── InputError                     10-19   a file given to us
    ├── ModelError                     20-29   models and engines
    ├── SettingsError                  30-39   settings, rosters, policies, transcripts to read
    ├── StudyError                     40-49   the study folder: keys, vault, ledger, lock, disk; also 72, 73
    ├── VerifyError                    50-59   verification and destruction refused
    ├── SomeFailedError                   60   some files or recordings failed, the others are done
    ├── DestroyError                   61-64   destruction refused or not proven
    ├── ClusterError                   65-69   the cluster
    ├── InternalError                     70   a bug of ours
    └── OutOfMemoryError                  71   there was not enough memory

0 is success, 2 a wrong command line (click), 130 Ctrl-C. docs/exit-codes.md lists them all.
"""

from __future__ import annotations

from typing import ClassVar

EXIT_BUG = 70
EXIT_INTERRUPTED = 130


class SessionDeidError(Exception):
    """Base of the tree. `problem` and `remedy` are class templates filled with keyword facts."""

    exit_code: ClassVar[int] = 1
    problem: ClassVar[str] = ""
    remedy: ClassVar[str] = ""

    def __init__(self, **facts: object) -> None:
        self.facts = {name: printable(str(value)) for name, value in facts.items()}
        super().__init__(" ".join(t.format(**self.facts) for t in (self.problem, self.remedy) if t))

    def __reduce__(self) -> tuple[object, tuple[type[SessionDeidError], dict[str, str]]]:
        return (_rebuild, (type(self), self.facts))


def _rebuild(kind: type[SessionDeidError], facts: dict[str, str]) -> SessionDeidError:
    """Errors cross process borders (workers) by class and facts."""
    return kind(**facts)


def printable(text: str) -> str:
    """Strip control characters, so that a file name cannot write to the terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)


# --- what nobody foresaw --------------------------------------------------------------------------


class InternalError(SessionDeidError):
    exit_code = EXIT_BUG
    problem = "{file}: an internal error ({kind}) while {stage}, at {place}."
    remedy = "Please report this line; it holds nothing of the recording."


class OutOfMemoryError(SessionDeidError):
    exit_code = 71
    problem = "{file}: there was not enough memory for it."
    remedy = "Close other programs, or use a computer with more memory, and run the same command again."


# --- a file given to us -------------------------------------------------------------------------


class InputError(SessionDeidError):
    exit_code = 10
    problem = "{file}: cannot be used."


class FileMissingError(InputError):
    exit_code = 10
    problem = "{file}: there is no such file."
    remedy = "Check the path."


class FileUnreadableError(InputError):
    exit_code = 11
    problem = "{file}: cannot be read ({why})."
    remedy = "Check its permissions, or copy it again from the recorder."


class NotRemovableError(FileUnreadableError):
    problem = "{file}: is not destroyed: {why}."
    remedy = "Nothing was changed; destroy it yourself, under each of its names."


class EmptyFileError(InputError):
    exit_code = 12
    problem = "{file}: the file is empty (0 bytes)."
    remedy = "Copy it again from the recorder."


class NotAudioError(InputError):
    exit_code = 13
    problem = "{file}: no sound could be found in it."
    remedy = (
        "Give a WAV, MP3, M4A, FLAC, OGG, WMA, AIFF or video file; an encrypted file must be opened first."
    )


class DictationError(NotAudioError):
    problem = "{file}: is {what}, which only the program that made it can open."
    remedy = "Export it as WAV with the recorder's program, and give that file."


class TruncatedAudioError(InputError):
    exit_code = 14
    problem = "{file}: the recording breaks off or is damaged after {seconds} s of {expected} s."
    remedy = "Copy it again from the recorder."


class SilentAudioError(InputError):
    exit_code = 15
    problem = "{file}: holds only silence (peak {peak} dBFS)."
    remedy = "Check the recorder's microphone, or whether this is the right channel."


class EncryptedFileError(InputError):
    exit_code = 16
    problem = "{file}: is encrypted or copy-protected."
    remedy = "Export an unprotected copy from the program that made it."


class OutputError(InputError):
    exit_code = 17
    problem = "{file}: cannot be written ({why})."
    remedy = "Choose another folder, or free some space."


class OutputExistsError(OutputError):
    exit_code = 18
    problem = "{file}: is there already, and is not written over."
    remedy = "Move it away, or choose another folder."


class OwnFileError(InputError):
    exit_code = 19
    problem = "{file}: {what}, so it is not imported."
    remedy = "An import removes what it takes in: name the recordings, or the folder of the recorder."


# --- models and engines -------------------------------------------------------------------------


class ModelError(SessionDeidError):
    exit_code = 20


class ModelMissingError(ModelError):
    exit_code = 20
    problem = "The model {model} is not installed."
    remedy = "Run: session-deid models install {model}"


class ModelUnknownError(ModelError):
    exit_code = 21
    problem = "There is no model called {model}."
    remedy = "session-deid models list shows those there are."


class ModelInstallError(ModelError):
    exit_code = 22
    problem = "The model {model} could not be installed: {why}."
    remedy = "Check the connection and run the same command again; what has arrived is kept."


class ModelDamagedError(ModelError):
    exit_code = 23
    problem = "The model {model} is damaged: {file} is not what was published."
    remedy = "Run: session-deid models install {model}"


class EngineMissingError(ModelError):
    exit_code = 24
    problem = "The engine {engine} is not available."
    remedy = "{install}"


class EngineFailedError(EngineMissingError):
    problem = "The engine {engine} could not load the model {model}: {why}."
    remedy = "The model's files are whole. Free some memory, or choose another --model or --engine."


class GpuUnusableError(EngineMissingError):
    problem = "The GPU cannot be used: {why}."


class ModelStoreError(ModelError):
    exit_code = 25
    problem = "The model store {folder} cannot be {done} by this account ({why})."
    remedy = "{remedy}"


class LanguageUnknownError(ModelError):
    exit_code = 28
    problem = "The model {model} does not know the language {language}."
    remedy = "Give a code such as en, de or mi, or leave --language out to have it detected."


# --- settings, rosters, policies, transcripts to read --------------------------------------------


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


# --- the study folder ----------------------------------------------------------------------------


class StudyError(SessionDeidError):
    exit_code = 40


class StudyMissingError(StudyError):
    problem = "{folder}: there is no study here."
    remedy = "Give its folder with --study, or make one with: session-deid init FOLDER"


class StudyExistsError(StudyError):
    problem = "{folder}: there is a study (or something else) here already."
    remedy = "Give a folder that does not exist yet, or an empty one."


class WrongKeyError(StudyError):
    exit_code = 41
    problem = "{source}: does not open this study. Nothing was touched."
    remedy = "Try again, or open it with the recovery file: --key-file RECOVERY"


class WrongLabelsKeyError(WrongKeyError):
    problem = "{source}: does not open the labels in {file}. Nothing was touched."
    remedy = "Try again with the passphrase or key file they were made with."


class LockedError(StudyError):
    exit_code = 42
    problem = "{what}: in use by another session-deid at this moment."
    remedy = "Wait until it ends; nothing was changed."


class SealBrokenError(StudyError):
    exit_code = 43
    problem = "{file}: {why}; the sealed file is damaged or was changed, and nothing of it was used."
    remedy = "Put back the file from a backup, or import the recording again."


class LedgerError(StudyError):
    exit_code = 44
    problem = "{file}: the study's ledger is damaged ({why})."
    remedy = "Keep the folder as it is elsewhere, and put the whole study folder back from a backup."


class KeyBookError(LedgerError):
    problem = "{file}: the list of ways into the study is damaged ({why})."
    remedy = "Put back this file from a backup; any copy of it since the last key command will do."


class DiskFullError(StudyError):
    exit_code = 45
    problem = "{file}: the disk is full ({why}). What was done until here is kept."
    remedy = "Free some space and run the same command again."


class ReadOnlyError(StudyError):
    exit_code = 46
    problem = "{file}: cannot be written, the disk or folder is read-only."
    remedy = "Make it writable and run the same command again; what was done until here is kept."


class NotPermittedError(ReadOnlyError):
    problem = "{file}: this account has no permission for it ({why})."
    remedy = "Give the account the whole study folder, and run the same command again; nothing was lost."


class FileRefusedError(ReadOnlyError):
    problem = "{file}: the system refused ({why})."
    remedy = "Check the path and the disk it lies on, and run the same command again; nothing was lost."


class LocksRefusedError(ReadOnlyError):
    problem = (
        "{file}: the disk it lies on keeps no locks ({why}), so two commands at once could not be kept apart."
    )
    remedy = "Keep the study on a disk of this computer, or a network disk with locks. Nothing was changed."


class DiskFaultError(ReadOnlyError):
    problem = "{file}: the disk reports a fault ({why}). What was done until here is kept."
    remedy = "Check the disk and its cable, then run the same command again."


class StateError(StudyError):
    exit_code = 47
    problem = "{recording}: is {state}, so it cannot be {wanted}."
    remedy = "session-deid status shows where each recording stands."


class NotReopenedError(StateError):
    problem = "{recording}: it was not reopened: {why}."
    remedy = "Give another reason with --reason; nothing was changed."


class NotAmendedError(StateError):
    problem = "{recording}: its transcript was not amended: {why}."
    remedy = "Nothing was changed; look at the transcript again."


class RecipientError(StateError):
    problem = "Nothing was given out: {why}."
    remedy = "Say it in other words."


class CorrectionError(StateError):
    problem = "The correction was not kept: {why}."
    remedy = "session-deid corrections list shows what is there."


class RecordingUnknownError(StateError):
    problem = "{recording}: there is no such recording in this study."
    remedy = "session-deid status shows those there are."


class RecordingAmbiguousError(RecordingUnknownError):
    problem = "{recording}: {count} recordings have this name."
    remedy = "Give one by its id: {ids}."


class NotKeptError(RecordingUnknownError):
    problem = "{recording}: its {what} is not kept: it was destroyed, or never made."
    remedy = "session-deid status shows where it stands."


class NothingHeldError(StateError):
    problem = "No hold stands on {recording}."
    remedy = "session-deid hold --list shows which do."


class KeyUnavailableError(StudyError):
    exit_code = 48
    problem = "{source}: {why}."
    remedy = "Give the key file with --key-file or SESSION_DEID_KEY_FILE, or the passphrase at the prompt."


class RingNeededError(StudyError):
    exit_code = 73
    problem = "This needs the {ring} ring of the study's keys, and the key given opens the {held} ring alone. Nothing was changed."
    remedy = "session-deid key list shows which way opens what."


class KeyChangeError(KeyUnavailableError):
    problem = "{what}: {why}."
    remedy = "No way into the study was changed."


class AuditBrokenError(StudyError):
    exit_code = 49
    problem = "The audit chain does not hold: {why}."
    remedy = "Keep the study folder as it is and compare it with a backup."


class OlderLedgerError(AuditBrokenError):
    problem = "The ledger is older than the study: entry {missing} is missing, the audit chain's head is entry {head}."
    remedy = (
        "Nothing was changed. Keep what is there now elsewhere, and put the whole study folder back from one "
        "backup: ledger, audit.head and vault belong together."
    )


class UnknownSealedError(StudyError):
    exit_code = 72
    problem = (
        "The vault holds what the ledger does not know ({count}: {found}), as when an older ledger was put back. "
        "Nothing was changed."
    )
    remedy = (
        "Put the newest ledger.sqlite3 and audit.head back. Where they are lost for good: "
        "session-deid import --from-vault takes these recordings in again."
    )


# --- verification and destruction -----------------------------------------------------------------


class VerifyError(SessionDeidError):
    exit_code = 50


class DecisionError(VerifyError):
    exit_code = 55
    problem = "The decision does not fit the transcript: {why}."
    remedy = "Look at the line again; nothing was changed."


class ReviewLockedError(VerifyError):
    exit_code = 56
    problem = "Somebody else ({holder}) is deciding on this recording."
    remedy = "You can read along; close their page, or wait, to decide yourself."


class ApprovalError(VerifyError):
    exit_code = 57
    problem = "The transcript was not verified: {why}."
    remedy = "Go back to the review page and try again."


class PortTakenError(VerifyError):
    exit_code = 59
    problem = "Port {port} of this computer is taken by another program."
    remedy = "Leave --port out, or choose another."


class UndecidedError(VerifyError):
    exit_code = 52
    problem = "{recording}: {open} open questions are not decided yet."
    remedy = "Decide them with: session-deid verify {recording} --interactive"


class StillOpenError(UndecidedError):
    exit_code = 52
    problem = "{recording}: {places} places that may identify somebody still stand in the open."
    remedy = "Look at each of them in the review page; verify with: session-deid verify {recording} --still-open {places}"


class TranscriptChangedError(VerifyError):
    exit_code = 53
    problem = "{recording}: the transcript changed since it was read."
    remedy = "Read it again, then verify."


class StatementError(VerifyError):
    exit_code = 54
    problem = "{recording}: the statement was not accepted, so it is not verified."
    remedy = "Verify again when the transcript has been read and checked."


class UndertakingError(StatementError):
    problem = (
        "{person} has not accepted this study's undertaking of confidentiality, so nothing is heard or read."
    )
    remedy = "Read and accept it at a terminal, with session-deid verify, or in the page (session-deid open)."


class SecondReviewerError(VerifyError):
    exit_code = 50
    problem = "{recording}: {why}."
    remedy = "This study asks for {needed} reviewers; another person verifies the same transcript."


class NotVerifiedError(VerifyError):
    exit_code = 51
    problem = "{recording}: no person has verified this transcript yet, so it is not exported."
    remedy = "Verify it first, or add --draft for a copy that is marked as a draft."


class CertificateError(VerifyError):
    exit_code = 58
    problem = "{file}: not a valid certificate: {why}."
    remedy = "Use the file as it was written when the recording was destroyed."


# --- destruction ----------------------------------------------------------------------------------


class DestroyError(SessionDeidError):
    exit_code = 61


class NotDestroyableError(DestroyError):
    exit_code = 61
    problem = "{recording}: is not destroyed: {why}."
    remedy = (
        "Only what a person verified is destroyed; session-deid status shows where it stands. "
        "What can never be verified: session-deid withdraw."
    )


class KeptError(NotDestroyableError):
    problem = "{recording}: is not destroyed: it is to be kept until {day} ({rule} in study.toml)."
    remedy = "Wait until that day; where the rule itself is wrong, correct study.toml, which the audit chain notes."


class HeldError(NotDestroyableError):
    problem = "{recording}: nothing of it is destroyed: {by} placed a hold on {day}."
    remedy = "Whoever may end it lifts it first, with session-deid hold --lift; session-deid hold --list shows why."


class CopyFoundError(NotDestroyableError):
    problem = "{recording}: is not destroyed: {file} in the study's folder holds {what}, and would survive. Nothing of it was touched."
    remedy = (
        "Delete that file, or import it if it came from a recorder, and run the same command again. A copy that is "
        "only moved elsewhere is still a copy."
    )


class VaultMovedError(NotDestroyableError):
    problem = "{recording}: is not destroyed: {file} is a link, so its sealed files lie elsewhere. Nothing more was touched."
    remedy = "Put the real folder, or file, in its place (a disk can be mounted there), and run the same command again."


class StudyOpenError(NotDestroyableError):
    problem = "{recording}: is {state}, so the study stays open."
    remedy = "Verify and destroy it; what can never be verified is withdrawn by: session-deid withdraw."


class DestructionUnprovenError(DestroyError):
    exit_code = 62
    problem = "{recording}: destruction is not proven; a check failed: {why}."
    remedy = "Run the same command again; until every check passes the recording does not count as destroyed."


class ConsentError(DestroyError):
    exit_code = 63
    problem = "Nothing was destroyed: nobody confirmed it."
    remedy = "Confirm at a terminal, or set unattended_destroy = true in study.toml and give --yes."


class DeclinedError(ConsentError):
    problem = "Nothing was destroyed: it was not confirmed."
    remedy = ""


class MistypedError(DeclinedError):
    problem = "Nothing was destroyed: what was typed is not {wanted}."
    remedy = "Run the same command again, and type {wanted} when you are asked."


class NotConfirmedError(ConsentError):
    problem = "{recording}: is not withdrawn: nobody confirmed it."
    remedy = "Only a person at a terminal can withdraw a recording, by typing its id when asked."


class NotLiftedError(ConsentError):
    problem = "The hold on {recording} stands: nobody confirmed that it ends."
    remedy = "Only a person at a terminal can lift a hold, by typing what is asked for."


class NotWithdrawableError(DestroyError):
    exit_code = 64
    problem = "{recording}: is not withdrawn: {why}."
    remedy = "Nothing was changed; session-deid status shows where it stands."


# --- the cluster ----------------------------------------------------------------------------------


class ClusterError(SessionDeidError):
    exit_code = 65
    problem = "The cluster cannot be used: {what}: {why}."
    remedy = "docs/cluster.md shows how to start one with TLS; nothing was lost, run again."


# --- several at once ------------------------------------------------------------------------------


class SomeFailedError(SessionDeidError):
    exit_code = 60
    problem = "{failed} of {total} failed or want a look; the others are done."
    remedy = "The lines above say why each failed."
