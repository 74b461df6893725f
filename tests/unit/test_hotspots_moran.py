"""Moran's I: published values, every order of small maps, plain loops."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from cse_geo.hotspots.gi import exact_p
from cse_geo.hotspots.moran import local_moran, moran_i

if TYPE_CHECKING:
    from pathlib import Path


def row_standardised(gal: Path, ids: list[str]) -> sparse.csr_array:
    """Return the weights of a GAL file for places in the order of `ids`."""
    words = gal.read_text().split("\n")
    at = {name: place for place, name in enumerate(ids)}
    out = np.zeros((len(ids), len(ids)))
    for head, near in zip(words[1::2], words[2::2], strict=False):
        names = near.split()
        out[at[head.split()[0]], [at[name] for name in names]] = 1 / len(names)
    return sparse.csr_array(out)


@pytest.fixture(scope="module")
def pysal(shared_data: Path) -> Path:
    return shared_data / "D" / "pysal__libpysal"


@pytest.mark.shared_data
def test_st_louis_homicide_equals_esda(pysal: Path) -> None:
    """EXPECTED_DEV.md 3: HR8893 with stl.gal."""
    rates = pd.read_csv(pysal / "stl" / "stl_hom.csv")["HR8893"]
    weights = row_standardised(pysal / "stl" / "stl.gal", [str(k) for k in range(1, 79)])
    assert moran_i(rates, weights).value == pytest.approx(0.24365582621771659, abs=1e-14)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("column", "value", "digits"), [("SIDR74", 0.24772519320480135, 1e-14), ("SIDR79", 0.16655745, 5e-9)]
)
def test_sudden_infant_deaths_of_north_carolina_equal_esda(
    pysal: Path, column: str, value: float, digits: float
) -> None:
    frame = gpd.read_file(pysal / "sids2" / "sids2.shp")
    weights = row_standardised(pysal / "sids2" / "sids2.gal", frame["FIPSNO"].astype("str").tolist())
    assert moran_i(frame[column], weights).value == pytest.approx(value, abs=digits)
    assert local_moran(frame[column], weights).sum() == pytest.approx(100 * value, abs=100 * digits)


def random_map(seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    upper = np.triu(rng.random((n, n)) < 0.6, 1)
    upper[0, 1] = True
    y = rng.integers(0, 9, n).astype(float)
    y[0] += 1 - (np.ptp(y) > 0)
    return y, (upper | upper.T).astype(float)


@pytest.mark.parametrize("seed", range(8))
def test_values_equal_plain_loops(seed: int) -> None:
    y, w = random_map(seed, 12)
    mean = sum(y) / 12
    m2 = sum((v - mean) ** 2 for v in y) / 12
    parts = [(y[i] - mean) * sum(w[i, j] * (y[j] - mean) for j in range(12)) / m2 for i in range(12)]
    np.testing.assert_allclose(local_moran(y, sparse.csr_array(w)), parts, atol=1e-12)
    assert moran_i(y, sparse.csr_array(w)).value == pytest.approx(sum(parts) / w.sum(), abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("standardised", [False, True])
def test_expectation_and_z_are_those_of_every_order_of_the_values(seed: int, standardised: bool) -> None:  # noqa: FBT001
    y, w = random_map(seed, 6)
    if standardised:
        w = np.divide(w, w.sum(axis=1, keepdims=True), out=np.zeros_like(w), where=w > 0)
    weights = sparse.csr_array(w)
    off = np.array(list(itertools.permutations(y - y.mean())))
    every = np.einsum("pi,ij,pj->p", off, w, off) / (w.sum() * (y - y.mean()).dot(y - y.mean()) / 6)
    found = moran_i(y, weights)
    assert found.expected == pytest.approx(every.mean(), abs=1e-12)
    assert found.z == pytest.approx((found.value - every.mean()) / every.std(), abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_exact_p_of_gi_is_that_of_local_i_above_the_mean(seed: int) -> None:
    """The place's own count held still, the others in every order."""
    y, w = random_map(seed, 7)
    p = exact_p(y, sparse.csr_array(w))
    above = [i for i in range(7) if y[i] > y.mean() and w[i].any()]
    assert above
    for i in above:
        others = np.array(list(itertools.permutations(np.delete(y, i))))
        whole = np.insert(others, i, y[i], axis=1) - y.mean()
        parts = (y[i] - y.mean()) * (whole @ w[i])
        observed = (y[i] - y.mean()) * (w[i] @ (y - y.mean()))
        assert p[i] == pytest.approx((parts >= observed - 1e-9).mean(), abs=1e-12)


def test_a_chessboard_is_as_unlike_as_can_be() -> None:
    """Four by four, each square beside squares of the other colour alone: I = -1."""
    side = np.arange(16)
    w = (np.abs(side[:, None] // 4 - side // 4) + np.abs(side[:, None] % 4 - side % 4) == 1).astype(float)
    colour = (side // 4 + side % 4) % 2
    found = moran_i(colour, sparse.csr_array(w))
    assert (found.value, found.p < 0.001, found.z < 0) == (pytest.approx(-1), True, True)
