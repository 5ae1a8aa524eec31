"""Tests against a running mesh, which ``test/interop/python-sdk.test.ts`` starts; without one they are skipped."""
