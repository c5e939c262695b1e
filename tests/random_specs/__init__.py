"""Random architectures over all kinds of the language, and what holds of each of them."""
