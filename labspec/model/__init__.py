"""What a spec says: one class a kind, and the words that kinds are made of."""
