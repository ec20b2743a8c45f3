"""Installations of real processes that can be hurt: the embedded one, and the larger one."""
