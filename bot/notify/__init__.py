"""Speaking: one channel per file, and the cards, mails and texts they carry."""
