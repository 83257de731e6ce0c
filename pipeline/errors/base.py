"""The root of the tree, what nobody foresaw, and what only some of several met."""

from __future__ import annotations

from typing import ClassVar, Self

EXIT_BUG = 70
EXIT_INTERRUPTED = 130


class SessionDeidError(Exception):
    """Base of the tree. `problem` and `remedy` are class templates filled with keyword facts.

    `study_remedy` stands in the remedy's place where no option of a command is meant but a line of study.toml.
    """

    exit_code: ClassVar[int] = 1
    problem: ClassVar[str] = ""
    remedy: ClassVar[str] = ""
    study_remedy: ClassVar[str] = ""

    def __init__(self, **facts: object) -> None:
        self.facts = {name: printable(str(value)) for name, value in facts.items()}
        super().__init__(self._say(self.remedy))

    def for_study(self) -> Self:
        """The same error as whoever runs a study is told of it."""
        if self.study_remedy:
            self.args = (self._say(self.study_remedy),)
        return self

    def _say(self, remedy: str) -> str:
        return " ".join(text.format(**self.facts) for text in (self.problem, remedy) if text)

    def __reduce__(self) -> tuple[object, tuple[type[SessionDeidError], dict[str, str]]]:
        return (_rebuild, (type(self), self.facts))


def _rebuild(kind: type[SessionDeidError], facts: dict[str, str]) -> SessionDeidError:
    """Errors cross process borders (workers) by class and facts."""
    return kind(**facts)


def printable(text: str) -> str:
    """Strip control characters, so that a file name cannot write to the terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)


class InternalError(SessionDeidError):
    exit_code = EXIT_BUG
    problem = "{file}: an internal error ({kind}) while {stage}, at {place}."
    remedy = "Please report this line; it holds nothing of the recording."


class OutOfMemoryError(SessionDeidError):
    exit_code = 71
    problem = "{file}: there was not enough memory for it."
    remedy = "Close other programs, or use a computer with more memory, and run the same command again."


class SomeFailedError(SessionDeidError):
    exit_code = 60
    problem = "{failed} of {total} failed or want a look; the others are done."
    remedy = "The lines above say why each failed."


class ClusterError(SessionDeidError):
    exit_code = 65
    problem = "The cluster cannot be used: {what}: {why}."
    remedy = "docs/cluster.md shows how to start one with TLS; nothing was lost, run again."
