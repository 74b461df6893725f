"""What must never change a scan or a Knox test, whatever the records."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cse_geo.hotspots.knox import KnoxParams, knox
from cse_geo.hotspots.scan import ScanParams, ScanResult, scan

SEEDS = st.integers(0, 10**6)
MODEL_NAMES = st.sampled_from(["poisson", "bernoulli", "retrospective", "prospective"])
FEW = settings(max_examples=20, deadline=None)


class World:
    """A random small map: integer places, so that moving and scaling it is exact."""

    def __init__(self, seed: int, model: str) -> None:
        rng = np.random.default_rng(seed)
        n = int(rng.integers(4, 25))
        spots = rng.integers(0, 12, (n, 2)) * 100.0  # some ids share a spot
        self.locations = pd.DataFrame(
            {"id": [f"p{k:02d}" for k in range(n)], "x_m": spots[:, 0], "y_m": spots[:, 1]}
        )
        rows = int(rng.integers(6, 80))
        self.cases = pd.DataFrame(
            {
                "id": self.locations["id"].to_numpy()[rng.integers(0, n, rows)],
                "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 20, rows), unit="D"),
                "cases": rng.integers(1, 4, rows),
            }
        )
        self.people = pd.DataFrame({"id": self.locations["id"], "people": rng.integers(1, 60, n)})
        space_time = {"max_days": 6, "aggregate_days": 2, "prospective": model == "prospective"}
        is_spatial = model in {"poisson", "bernoulli"}
        self.options = {
            "model": model if is_spatial else "space-time-permutation",
            "max_radius_m": 400.0,
            "seed": seed,
            "replicates": 19,
            **({} if is_spatial else space_time),
        }

    def scan(self, **options: object) -> ScanResult:
        chosen = self.options | options
        model = chosen["model"]
        population = self.people.set_axis(["id", "population"], axis=1) if model == "poisson" else None
        controls = self.people.set_axis(["id", "controls"], axis=1) if model == "bernoulli" else None
        return scan(
            self.cases, self.locations, population=population, controls=controls, params=ScanParams(**chosen)
        )


def same(one: ScanResult, other: ScanResult, *, but: tuple[str, ...] = ()) -> None:
    pd.testing.assert_frame_equal(
        one.clusters.drop(columns=list(but)), other.clusters.drop(columns=list(but)), rtol=1e-12
    )
    np.testing.assert_allclose(one.null_maxima, other.null_maxima, rtol=1e-12)


@FEW
@given(SEEDS, MODEL_NAMES)
def test_the_order_of_rows_does_not_matter(seed: int, model: str):
    world = World(seed, model)
    before = world.scan()
    for name in ("cases", "locations", "people"):
        setattr(world, name, getattr(world, name).sample(frac=1, random_state=seed % 1000))
    same(before, world.scan())


@FEW
@given(SEEDS, MODEL_NAMES)
def test_splitting_rows_into_single_cases_does_not_matter(seed: int, model: str):
    world = World(seed, model)
    before = world.scan()
    world.cases = world.cases.loc[world.cases.index.repeat(world.cases["cases"])].drop(columns="cases")
    same(before, world.scan())


@FEW
@given(SEEDS, MODEL_NAMES)
def test_the_names_of_places_do_not_matter(seed: int, model: str):
    world = World(seed, model)
    before = world.scan()
    new = {name: f"q{k:02d}" for k, name in enumerate(world.locations["id"])}
    for name in ("cases", "locations", "people"):
        frame = getattr(world, name)
        setattr(world, name, frame.assign(id=frame["id"].map(new)))
    after = world.scan()
    same(before, after, but=("members", "centre_id"))
    assert [tuple(new[m] for m in names) for names in before.clusters["members"]] == after.clusters[
        "members"
    ].tolist()


@FEW
@given(SEEDS, MODEL_NAMES, st.integers(-(10**5), 10**5), st.integers(-(10**5), 10**5))
def test_moving_the_world_does_not_matter(seed: int, model: str, east: int, north: int):
    world = World(seed, model)
    before = world.scan()
    world.locations = world.locations.assign(
        x_m=world.locations["x_m"] + east, y_m=world.locations["y_m"] + north
    )
    same(before, world.scan())


@FEW
@given(SEEDS, MODEL_NAMES, st.sampled_from([0.25, 2.0, 64.0]))
def test_the_unit_of_length_does_not_matter(seed: int, model: str, factor: float):
    world = World(seed, model)
    before = world.scan()
    scaled = world.locations[["x_m", "y_m"]] * factor
    world.locations = world.locations.assign(**scaled)
    after = world.scan(max_radius_m=400.0 * factor)
    same(before, after, but=("radius_m",))
    np.testing.assert_allclose(after.clusters["radius_m"], before.clusters["radius_m"] * factor)


@FEW
@given(SEEDS, MODEL_NAMES)
def test_a_far_place_without_records_does_not_matter(seed: int, model: str):
    world = World(seed, model)
    before = world.scan()
    far = pd.DataFrame({"id": ["zz"], "x_m": [1e6], "y_m": [1e6]})
    world.locations = pd.concat([world.locations, far], ignore_index=True)
    same(before, world.scan())


@FEW
@given(SEEDS, st.sampled_from([2, 8]))
def test_only_shares_of_the_population_matter(seed: int, factor: int):
    world = World(seed, "poisson")
    before = world.scan()
    world.people = world.people.assign(people=world.people["people"] * factor)
    same(before, world.scan())


@FEW
@given(SEEDS, MODEL_NAMES)
def test_threads_do_not_matter(seed: int, model: str):
    world = World(seed, model)
    same(world.scan(threads=1), world.scan(threads=3))


@FEW
@given(SEEDS, MODEL_NAMES)
def test_clusters_are_told_in_order_and_within_the_caps(seed: int, model: str):
    world = World(seed, model)
    result = world.scan()
    clusters = result.clusters
    assert clusters["statistic"].is_monotonic_decreasing
    assert clusters["p_value"].is_monotonic_increasing
    assert (clusters["observed"] > clusters["expected"]).all()
    assert (clusters["observed"] >= 2).all()
    assert (clusters["radius_m"] <= 400).all()
    assert (clusters["p_value"].iloc[1:] < 1).all()
    if model in {"poisson", "bernoulli", "prospective"}:
        members = [name for names in clusters["members"] for name in names]
        assert len(members) == len(set(members))


@FEW
@given(SEEDS, st.integers(-(10**4), 10**4), st.sampled_from([1.0, 2.0]))
def test_knox_depends_on_neither_order_nor_origin_nor_unit(seed: int, shift: int, factor: float):
    rng = np.random.default_rng(seed)
    x, y, days = rng.integers(0, 30, (3, 50)) * 1.0
    who = rng.integers(0, 30, 50)
    bands = KnoxParams((0.0, 3.0, 6.0), (0.0, 2.0, 9.0), seed=seed, permutations=0)
    scaled = KnoxParams((0.0, 3.0 * factor, 6.0 * factor), (0.0, 2.0, 9.0), seed=seed, permutations=0)
    order = rng.permutation(50)
    one = knox(x, y, days, subjects=who, params=bands)
    other = knox(
        (x[order] + shift) * factor,
        (y[order] - shift) * factor,
        days[order] + shift,
        subjects=99 - who[order],
        params=scaled,
    )
    assert one.table["observed"].tolist() == other.table["observed"].tolist()
    assert (one.near_pairs, one.close_pairs, one.n_pairs) == (
        other.near_pairs,
        other.close_pairs,
        other.n_pairs,
    )
