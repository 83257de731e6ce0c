"""Read by every Python that finds this folder on its path: quick engines for the processes that a test starts."""

import os

if "SESSION_DEID_TEST_QUICK" in os.environ:
    from tests.web.quick import install

    install()
