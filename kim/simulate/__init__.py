"""`kim simulate`: plays scenario files and says whether every check holds (exit 0: yes, 1: no, 2: file invalid)."""

from kim.simulate.cli import command

__all__ = ["command"]
