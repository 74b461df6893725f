"""The index of a gazetteer of words: arrays on disk, memory-mapped, and the few dictionaries that words need."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from rapidfuzz.distance import OSA

from cse_geo.errors import StoreError
from cse_geo.geocode.text.namesakes import Namesakes, count_namesakes
from cse_geo.geocode.text.spelling import Spelling
from cse_geo.geocode.text.words import lists

if TYPE_CHECKING:
    from pathlib import Path

    Array = np.ndarray[Any, np.dtype[Any]]

VERSION = 2
_LISTS = ("street_names", "places", "words")


@dataclass(frozen=True)
class Arrays:
    """Numbers of the index. "Start" arrays hold where the run of each number begins, and one end more.

    Rows (addresses and premises) are ordered by street and number. A name is a distinct name of premises or
    places in standard form; a place is the name of a locality or town; a street is one street name in one
    locality and town.
    """

    row_kind: Array
    row_named: Array  # 1 = of its kind a town has one by that name
    row_number: Array  # `words.number_code`, 0 = none
    row_to: Array  # end of a range 9-11, else 0
    row_street: Array
    row_locality: Array
    row_town: Array
    row_postcode: Array
    row_x: Array  # EPSG:27700 metres
    row_y: Array
    row_r95: Array
    row_rooftop: Array
    row_name: Array
    street_start: Array
    street_name: Array
    street_locality: Array
    street_town: Array
    street_x: Array
    street_y: Array
    street_r95: Array
    street_whole: Array  # 1 = of a list of addresses or streets, so that its extent is known
    street_of_name: Array  # start: streets are ordered by their name
    postcode_sorted: Array
    postcode_row: Array
    name_rows: Array
    name_rows_start: Array
    name_words: Array
    name_words_start: Array
    word_names: Array
    word_names_start: Array
    word_weight: Array
    name_weight: Array
    place_x: Array
    place_y: Array
    place_r95: Array
    place_is_town: Array
    street_checksum: Array
    street_owner: Array
    word_checksum: Array
    word_owner: Array
    place_checksum: Array
    place_owner: Array


@dataclass(frozen=True)
class TextIndex:
    """A gazetteer of words to look up in.

    Parameters
    ----------
    arrays
        Numbers, perhaps memory-mapped.
    street_names, places, words
        Distinct street names, names of localities and towns, and words of names, in standard form.
    release
        Name for provenance.
    """

    arrays: Arrays
    street_names: list[str]
    places: list[str]
    words: list[str]
    release: str

    def __len__(self) -> int:
        """Return the number of addresses and premises."""
        return len(self.arrays.row_kind)

    @cached_property
    def street_at(self) -> dict[str, int]:
        """Return the number of each street name."""
        return {name: at for at, name in enumerate(self.street_names)}

    @cached_property
    def street_starts(self) -> frozenset[str]:
        """Return the words with which names of streets begin."""
        return frozenset(name.partition(" ")[0] for name in self.street_names)

    @cached_property
    def place_starts(self) -> frozenset[str]:
        """Return the words with which names of localities and towns begin."""
        return frozenset(name.partition(" ")[0] for name in self.places)

    @cached_property
    def place_at(self) -> dict[str, int]:
        """Return the number of each locality and town."""
        return {name: at for at, name in enumerate(self.places)}

    @cached_property
    def word_at(self) -> dict[str, int]:
        """Return the number of each word of a name of premises or places."""
        return {word: at for at, word in enumerate(self.words)}

    @cached_property
    def streets_without_type(self) -> dict[str, list[int]]:
        """Return street names by what is left without their type: PEEL -> Peel Street, Peel Road."""
        out: dict[str, list[int]] = {}
        types = lists().types
        for at, name in enumerate(self.street_names):
            base, _, last = name.rpartition(" ")
            if base and last in types:
                out.setdefault(base, []).append(at)
        return out

    @cached_property
    def known_words(self) -> frozenset[str]:
        """Return every word of the gazetteer: none of them is a typing error."""
        every = set(self.words)
        for names in (self.street_names, self.places):
            every.update(word for name in names for word in name.split())
        return frozenset(every | lists().noise | lists().kinds | lists().types)

    @cached_property
    def longest_place(self) -> int:
        """Return the most words that a place's name has."""
        return max((name.count(" ") + 1 for name in self.places), default=0)

    @cached_property
    def places_by_letter(self) -> dict[str, tuple[list[int], list[str]]]:
        """Return the numbers of localities and towns, and their letters without spaces, by their first letter."""
        out: dict[str, tuple[list[int], list[str]]] = {}
        for at, key in enumerate(self.place_keys):
            numbers, keys = out.setdefault(key[:1], ([], []))
            numbers.append(at)
            keys.append(key)
        return out

    @cached_property
    def places_by_end(self) -> dict[str, list[int]]:
        """Return localities and towns by what follows their first word: NORCOMBE -> North Norcombe."""
        out: dict[str, list[int]] = {}
        for at, name in enumerate(self.places):
            _, _, rest = name.partition(" ")
            if rest:
                out.setdefault(rest, []).append(at)
        return out

    @cached_property
    def postcodes(self) -> Array:
        """Return every postcode in which something is listed, sorted."""
        return np.unique(self.arrays.postcode_sorted)

    def is_cut_place(self, before: str, name: str) -> bool:
        """Return whether a place's name may be the end of another one's, of which the word before is misspelt.

        "Rittle Ashford" is no Ashford where there is a Little Ashford.
        """
        longer = self.places_by_end.get(name, []) if len(before) > 3 else []
        firsts = {self.places[place].partition(" ")[0] for place in longer}
        return any(OSA.distance(before, first, score_cutoff=2) <= 1 + (len(first) > 5) for first in firsts)

    @cached_property
    def has_street_list(self) -> bool:
        """Return whether streets are listed of which no address is: by a list of streets, and so all of them."""
        a = self.arrays
        return bool(np.any(a.street_whole[np.diff(a.street_start) == 0]))

    @cached_property
    def named_rows(self) -> Array:
        """Return the rows of which a town has one by that name: parks, stations, hospitals."""
        return np.flatnonzero(self.arrays.row_named)

    @cached_property
    def namesakes(self) -> Namesakes:
        """Return how frequent each street name and its first words are."""
        a = self.arrays
        return count_namesakes(
            self.street_names,
            streets=(a.street_name, a.street_town, a.street_locality),
            numbers=(a.row_number, a.row_street),
        )

    @cached_property
    def of_outcode(self) -> dict[int, Array]:
        """Return the streets of the outcodes that were asked for so far (`namesakes.streets_of_outcode`)."""
        return {}

    @cached_property
    def street_spelling(self) -> Spelling:
        """Return the spelling of street names."""
        return Spelling(self.arrays.street_checksum, self.arrays.street_owner)

    @cached_property
    def word_spelling(self) -> Spelling:
        """Return the spelling of the words of names."""
        return Spelling(self.arrays.word_checksum, self.arrays.word_owner)

    @cached_property
    def place_spelling(self) -> Spelling:
        """Return the spelling of localities and towns."""
        return Spelling(self.arrays.place_checksum, self.arrays.place_owner)

    @cached_property
    def street_keys(self) -> list[str]:
        """Return street names without spaces, as their spelling knows them."""
        return [name.replace(" ", "") for name in self.street_names]

    @cached_property
    def place_keys(self) -> list[str]:
        """Return places without spaces, as their spelling knows them."""
        return [name.replace(" ", "") for name in self.places]


def save_index(index: TextIndex, folder: Path) -> None:
    """Write an index into a new folder; the folder appears whole or not at all."""
    new = folder.with_name(f"{folder.name}.new")
    new.mkdir(parents=True, exist_ok=True)
    for field in fields(Arrays):
        np.save(new / f"{field.name}.npy", getattr(index.arrays, field.name), allow_pickle=False)
    for name in _LISTS:
        (new / f"{name}.txt").write_text("\n".join(getattr(index, name)), "utf-8")
    about = {"version": VERSION, "release": index.release, "rows": len(index)}
    (new / "index.json").write_text(json.dumps(about), "utf-8")
    new.replace(folder)


def open_index(folder: Path) -> TextIndex:
    """Open an index that `save_index` wrote; its arrays are memory-mapped.

    Raises
    ------
    StoreError
        If it is not whole, or of another version.
    """
    try:
        about = json.loads((folder / "index.json").read_text("utf-8"))
        if about["version"] != VERSION:
            message = "The index of the gazetteer is of another version; add a gazetteer to build it again."
            raise StoreError(message)
        arrays = Arrays(
            **{
                # A plain view of the map: a slice of `memmap` itself costs several times as much.
                field.name: np.asarray(
                    np.load(folder / f"{field.name}.npy", mmap_mode="r", allow_pickle=False)
                )
                for field in fields(Arrays)
            }
        )
        names = {name: _lines(folder / f"{name}.txt") for name in _LISTS}
    except (OSError, KeyError, ValueError):
        message = "The index of the gazetteer is damaged; add a gazetteer to build it again."
        raise StoreError(message) from None
    return TextIndex(arrays, **names, release=about["release"])


def _lines(path: Path) -> list[str]:
    text = path.read_text("utf-8")
    return text.split("\n") if text else []
