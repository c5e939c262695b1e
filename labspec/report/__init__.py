"""Diagnostics for people and for machines: one file for each form, all of them over the same run.

What every command needs is here; the forms for machines are in `forms`, which a plain build does not import.
"""

from __future__ import annotations

from labspec.report.order import counted, ordered, summed
from labspec.report.run import Outcome, Run
from labspec.report.text import silenced_to_text, to_text

__all__ = ["Outcome", "Run", "counted", "ordered", "silenced_to_text", "summed", "to_text"]
