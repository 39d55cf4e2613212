"""Forms that organisers build: questions, when each is shown, and what an answer must be."""
