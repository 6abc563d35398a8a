"""The version of firmware and host tools, which are released together."""

VERSION = "0.1.0"
