"""A folder in memory where there is one."""

from tests.study.conftest import tmp_path

__all__ = ["tmp_path"]
