"""Models and engines."""

from __future__ import annotations

from pipeline.errors.base import SessionDeidError


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


class DiarizerUnknownError(ModelUnknownError):
    problem = "There is no diarizer {diarizer}: {why}."
    remedy = (
        "Name two models of session-deid models list, one for diarization and one for voiceprints: "
        "segmentation-3.0+campplus-zh-en is the usual pair."
    )


class ModelInstallError(ModelError):
    exit_code = 22
    problem = "The model {model} could not be installed: {why}."
    remedy = "Check the connection and run the same command again; what has arrived is kept."


class ModelNotAddedError(ModelError):
    exit_code = 27
    problem = "The network could not be added as {model}: {why}."
    remedy = "Choose another name; session-deid models list shows those that are taken."


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
    study_remedy = (
        "The model's files are whole. Free some memory, or choose another model or engine in study.toml."
    )


class GpuUnusableError(EngineMissingError):
    problem = "The GPU cannot be used: {why}."


class ModelStoreError(ModelError):
    exit_code = 25
    problem = "The model store {folder} cannot be {done} by this account ({why})."
    remedy = "{remedy}"


class NetworkUnfitError(ModelError):
    exit_code = 26
    problem = "The network {file} of the model {model} cannot be used here: {why}."
    remedy = "Bring it in the form docs/speakers.md describes, or choose another diarizer."


class LanguageUnknownError(ModelError):
    exit_code = 28
    problem = "The model {model} does not know the language {language}."
    remedy = "Give a code such as en, de or mi, or leave --language out to have it detected."
    study_remedy = "Give a code such as en, de or mi as language in study.toml, or leave that line out to have it detected."
