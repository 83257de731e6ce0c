"""A file given to us."""

from __future__ import annotations

from pipeline.errors.base import SessionDeidError


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
