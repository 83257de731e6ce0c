"""Shared by the batch tests."""

from tests.study.conftest import key_file, study, tmp_path  # noqa: F401 - fixtures
