"""The trainer's commands and reports."""
