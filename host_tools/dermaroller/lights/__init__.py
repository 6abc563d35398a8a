"""Draws the language of light from roller.feedback: the rhythm chart, the ring, the table of the README."""
