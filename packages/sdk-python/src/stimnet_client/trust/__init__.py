"""What is checked and signed without trusting the gateway: keys, envelopes, receipts, proofs."""
