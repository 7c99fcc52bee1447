"""Files: the operations that the core asks for, and the one pass over a document."""
