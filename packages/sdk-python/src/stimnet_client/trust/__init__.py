"""Verification and signing without trust in the gateway: keys, envelopes, receipts, proofs."""
