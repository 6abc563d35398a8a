"""What a session's log says, as types."""
