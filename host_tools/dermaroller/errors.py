"""The errors that end a command: each is one sentence for the user, and an exit code for scripts."""


class DermarollerError(Exception):
    """Base of all errors that the user can act on; the message names the thing, the place and the next step."""

    exit_code = 1
