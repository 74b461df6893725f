"""What an officer should look at in the audit log: patterns that have an innocent reason more often than not.

A pattern is a question to a person's supervisor, never a finding about the person.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

COLUMNS = ("pattern", "user", "role", "agency", "first", "last", "n", "words")


@dataclass(frozen=True)
class MisuseParams:
    """From where on a pattern is shown; proposals for the data protection officer to set.

    Raises
    ------
    ValueError
        If a threshold is below 1, or an hour is none.
    """

    views_a_day: int = 60
    queries_a_day: int = 30  # different ones: many narrow questions are how one child is singled out
    night_from: int = 22  # hour, UTC
    night_to: int = 6
    night_views: int = 3
    refused_sign_ins: int = 5
    reference_days: int = 90  # a meeting, operation or tasking that is never closed
    roles_of_one_person: int = 2
    clock_back_minutes: int = 5  # an entry this much earlier than the one before it

    def __post_init__(self) -> None:
        if min(vars(self).values()) < 1 or max(self.night_from, self.night_to) > 23:
            message = "Thresholds must be at least 1, and hours between 1 and 23."
            raise ValueError(message)


_PARAMS = MisuseParams()


def patterns(entries: pd.DataFrame, *, params: MisuseParams = _PARAMS) -> pd.DataFrame:
    """Return what stands out in the log, most frequent first: `COLUMNS`, in words without any record.

    Parameters
    ----------
    entries
        AUDIT.
    params
        Thresholds.
    """
    log = entries.assign(at=pd.to_datetime(entries["time"], utc=True, format="ISO8601"))
    log["day"] = log["at"].dt.date
    looked = log[log["action"].isin(("consultation", "disclosure")) & ~log["what"].str.startswith("sign_in")]
    hour = looked["at"].dt.hour
    night = looked[(hour >= params.night_from) | (hour < params.night_to)]
    refused = log[log["what"] == "sign_in_refused"]
    found = [
        _many(looked, ["user", "day"], params.views_a_day, "many views", "looked {n} times in one day"),
        _many(
            looked.drop_duplicates(["user", "day", "what"]),
            ["user", "day"],
            params.queries_a_day,
            "many different queries",
            "asked {n} different questions in one day",
        ),
        _many(
            night, ["user"], params.night_views, "at night", "looked {n} times between 22:00 and 06:00 UTC"
        ),
        _many(
            refused,
            ["user"],
            params.refused_sign_ins,
            "refused sign-ins",
            "was refused {n} times at the door",
        ),
        _many(
            log[(log["action"] == "disclosure") & (log["reference"] == "")],
            ["user"],
            1,
            "export without a reference",
            "exported {n} times without a meeting, operation or tasking",
        ),
        _long(looked, params.reference_days),
        _clock_back(log, params.clock_back_minutes),
        _many(
            log.drop_duplicates(["user", "role"]),
            ["user"],
            params.roles_of_one_person,
            "several roles",
            "was in {n} roles",
        ),
    ]
    kept = [frame for frame in found if len(frame)]
    if not kept:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in COLUMNS})
    return pd.concat(kept).sort_values("n", ascending=False, ignore_index=True)[list(COLUMNS)]


def _many(log: pd.DataFrame, by: list[str], least: int, pattern: str, words: str) -> pd.DataFrame:
    groups = log.groupby(by, sort=True)
    counted = groups.agg(
        role=("role", "last"),
        agency=("agency", "last"),
        first=("at", "min"),
        last=("at", "max"),
        n=("seq", "size"),
    ).reset_index()
    shown = counted[counted["n"] >= least]
    return _told(shown, pattern, [words.format(n=n) for n in shown["n"]])


def _long(log: pd.DataFrame, most_days: int) -> pd.DataFrame:
    named = log[log["reference"].str.contains(r"\d", regex=True)]
    counted = (
        named.groupby(["user", "reference"], sort=True)
        .agg(
            role=("role", "last"),
            agency=("agency", "last"),
            first=("at", "min"),
            last=("at", "max"),
            n=("seq", "size"),
        )
        .reset_index()
    )
    days = (counted["last"] - counted["first"]).dt.days
    shown = counted[days >= most_days]
    words = [f"used one reference for {d} days" for d in days[days >= most_days]]
    return _told(shown, "purpose never closed", words)


def _clock_back(log: pd.DataFrame, least_minutes: int) -> pd.DataFrame:
    """Entries are ordered by number; where time runs backwards somebody set the machine's clock."""
    back = log["at"].diff() <= -pd.Timedelta(minutes=least_minutes)
    shown = log[back].assign(first=log["at"].shift()[back], last=log["at"][back], n=1)
    words = [f"the clock of the machine went back before entry {seq}" for seq in shown["seq"]]
    return _told(shown, "clock set back", words)


def _told(shown: pd.DataFrame, pattern: str, words: list[str]) -> pd.DataFrame:
    return shown.assign(pattern=pattern, words=words).reindex(columns=list(COLUMNS))
