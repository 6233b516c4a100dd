"""`kim simulate`: plays scenario files and says whether every check holds. Exit 0: yes, 1: no, 2: a file is not valid."""

from kim.simulate.cli import command

__all__ = ["command"]
