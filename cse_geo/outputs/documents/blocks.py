"""What a paper is made of: headed pages of words, facts, tables, lists and drawn maps, with its marking."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Words:
    """A paragraph; `style` is plain, strong, small or warning."""

    text: str
    style: str = "plain"


@dataclass(frozen=True)
class Facts:
    """A row of large numbers or words with what they are."""

    pairs: tuple[tuple[str, str], ...]  # value, label


@dataclass(frozen=True)
class Bullets:
    """A short heading and a list."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Ticks:
    """A short heading and lines with a box to tick by hand."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table; `widths` are shares of the line."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A drawing (SVG of our own) and the words that say what it shows."""

    svg: str
    alt: str
    height_mm: int = 78


Block = Words | Facts | Bullets | Ticks | Table | Picture


@dataclass(frozen=True)
class Page:
    """One page of the paper: a heading and its blocks; `wide` blocks follow the two columns of `left`, `right`."""

    title: str
    blocks: tuple[Block, ...] = ()
    left: tuple[Block, ...] = ()
    right: tuple[Block, ...] = ()
    after: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Document:
    """A paper, and what every page of it must say of itself."""

    title: str
    marking: str  # handling marking, e.g. "OFFICIAL-SENSITIVE"
    recipient: str
    made_on: str
    window: str  # the period of the data
    copy: str  # number of the copy
    synthetic: bool
    pages: tuple[Page, ...] = field(default_factory=tuple)
    paper: str = "a4"

    @property
    def heading(self) -> str:
        """What stands at the top of every page."""
        data = "SYNTHETIC DATA \u2013 nothing in it is real" if self.synthetic else self.marking
        return f"{data} \u00b7 {self.marking}" if self.synthetic else data

    @property
    def footing(self) -> str:
        """What stands at the foot of every page, before its number."""
        copy = f" \u00b7 copy {self.copy}" if self.copy else ""
        return f"For {self.recipient} \u00b7 made {self.made_on} \u00b7 data {self.window}{copy}"
