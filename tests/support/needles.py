"""Looks for thousands of values at once, in one pass over what may hold them."""

from collections.abc import Iterable, Iterator

import ahocorasick


class Needles:
    """What is looked for, each with what it stands for."""

    def __init__(self, needles: Iterable[tuple[bytes, object]]):
        self._automaton = ahocorasick.Automaton()
        for needle, meaning in needles:
            # The automaton takes texts: a character for each byte.
            self._automaton.add_word(needle.decode("latin-1"), (len(needle), meaning))
        self._automaton.make_automaton()

    def found_in(self, held: bytes) -> Iterator[tuple[int, object]]:
        """Where each one begins, and what it stands for."""
        if len(self._automaton):
            for last, (length, meaning) in self._automaton.iter(held.decode("latin-1")):
                yield last - length + 1, meaning
