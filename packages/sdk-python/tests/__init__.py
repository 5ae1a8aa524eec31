"""Tests of the Python SDK: unit tests here, tests that need a running mesh in ``mesh/``."""
