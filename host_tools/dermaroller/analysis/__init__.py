"""What follows from a session's log: its numbers in the units that people use, as types."""
