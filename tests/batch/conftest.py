"""Shared by the batch tests."""

from tests.study.conftest import tmp_path  # noqa: F401 - a fixture
