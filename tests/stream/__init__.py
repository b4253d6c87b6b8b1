"""Tests of the decoder: bytes in, events out."""

import pytest

pytest.register_assert_rewrite("stream.feeding", "stream.simulated")
