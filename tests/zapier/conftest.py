"""What every test here may ask for: Zapier, and accounts that are connected to it."""

import pytest

from zapier_platform import Connection, Platform, connected


@pytest.fixture(scope="module")
def platform():
    # The stack on loopback has no certificate.
    platform = Platform(ALLOW_HTTP="1")
    yield platform
    platform.close()


@pytest.fixture
def zapier(platform, account) -> Connection:
    """The test's account, connected."""
    return connected(platform, account)
