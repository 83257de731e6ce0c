"""The study folder: keys, vault, ledger, lock, disk."""

from __future__ import annotations

from pipeline.errors.base import SessionDeidError


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
