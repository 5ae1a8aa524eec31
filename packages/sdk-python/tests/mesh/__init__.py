"""Tests with a running mesh, which ``test/interop/python-sdk.test.ts`` starts; skipped without one."""
