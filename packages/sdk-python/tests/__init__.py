"""Tests of the Python SDK: the pure parts here, those that need a running mesh in ``mesh/``."""
