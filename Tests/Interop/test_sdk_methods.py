"""Every public method of the SDK's client is called by a test, or this fails."""

import pytest
import sdk_methods


def test_every_public_method_of_the_sdk_was_called(request):
    if not request.config.runs_everything:
        pytest.skip("only some tests run: " + sdk_methods.summary())
    assert sdk_methods.never_called() == []
