"""Errors that a caller may see: a code for machines, a sentence for people."""

from __future__ import annotations


class LuxeBrainError(Exception):
    """Base of what services refuse; edges turn it into an answer with `status`."""

    code = "error"
    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInputError(LuxeBrainError):
    code = "invalid_input"


class NotAllowedError(LuxeBrainError):
    code = "not_allowed"
    status = 403


class UnknownError(LuxeBrainError):
    """Not there, or another store's: the two must look alike."""

    code = "not_found"
    status = 404


class ConflictError(LuxeBrainError):
    """Someone was faster, or the state does not allow this step."""

    code = "conflict"
    status = 409
