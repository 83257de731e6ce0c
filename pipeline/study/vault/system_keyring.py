"""Secrets the operating system's keyring keeps for a study."""

from __future__ import annotations

import secrets

from pipeline.errors import KeyUnavailableError

KEYRING_SERVICE = "session-deid"
SECRET_BYTES = 32


def make_secret(study: str, name: str) -> bytes:
    """Make a secret for one way into a study, and keep it."""
    secret = secrets.token_bytes(SECRET_BYTES)
    with _KeyringErrors():
        import keyring

        keyring.set_password(KEYRING_SERVICE, f"{study}/{name}", secret.hex())
    return secret


def read_secret(study: str, name: str) -> bytes:
    """The secret kept for one way; raises KeyUnavailableError when there is none."""
    with _KeyringErrors():
        import keyring

        stored = keyring.get_password(KEYRING_SERVICE, f"{study}/{name}")
    if stored is None:
        raise KeyUnavailableError(source="The system's keyring", why="holds no key for this study")
    return bytes.fromhex(stored)


def forget_secret(study: str, name: str) -> None:
    """Delete a secret; one that is gone already is no error."""
    with _KeyringErrors():
        import keyring

        if keyring.get_password(KEYRING_SERVICE, f"{study}/{name}") is not None:
            keyring.delete_password(KEYRING_SERVICE, f"{study}/{name}")


class _KeyringErrors:
    """Turn the keyring library's errors into ours, without their text."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        from keyring.errors import KeyringError

        if isinstance(error, (KeyringError, ValueError)):
            why = f"cannot be used here ({type(error).__name__})"
            raise KeyUnavailableError(source="The system's keyring", why=why) from None
