"""The demonstration's programs: against NumPy, against analytic winds, and on the interpreter."""

import itertools

import numpy as np
import pytest

import bise as gtx
from bise.demo import structured, wind

BACKENDS = ["native", "reference"]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("size", [(8, 8, 4), (17, 9, 5)])
def test_structured_programs_have_the_bits_of_numpy(backend, size):
    for program, arguments, expected in (
        (
            structured.horizontal_diffusion,
            structured.diffusion_arguments(size),
            structured.diffusion_in_numpy,
        ),
        (structured.vertical_advection, structured.advection_arguments(size), structured.advection_in_numpy),
    ):
        program.with_backend(backend)(**arguments, offset_provider={})
        assert arguments["out"].asnumpy().tobytes() == np.ascontiguousarray(expected(arguments)).tobytes()


def analytic_wind(longitude, latitude):
    """A smooth wind on the unit sphere, eastward and northward."""
    u = np.cos(latitude) * (1.0 + 0.5 * np.sin(latitude) + 0.3 * np.cos(longitude))
    v = 0.4 * np.cos(latitude) ** 2 * np.sin(longitude)
    return u, v


def exact(longitude, latitude):
    """Vorticity and divergence of the analytic wind, derivatives by centred differences.

    vorticity = (dv/dlon - d(u cos lat)/dlat) / cos lat, divergence = (du/dlon + d(v cos lat)/dlat) / cos lat.
    """
    step = 1e-5
    east, west = analytic_wind(longitude + step, latitude), analytic_wind(longitude - step, latitude)
    north, south = analytic_wind(longitude, latitude + step), analytic_wind(longitude, latitude - step)
    u_lon, v_lon = ((e - w) / (2 * step) for e, w in zip(east, west, strict=True))
    cos_north, cos_south = np.cos(latitude + step), np.cos(latitude - step)
    u_lat, v_lat = ((n * cos_north - s * cos_south) / (2 * step) for n, s in zip(north, south, strict=True))
    return (v_lon - u_lat) / np.cos(latitude), (u_lon + v_lat) / np.cos(latitude)


def errors(level):
    """Area-weighted relative L2 errors of vorticity and divergence, away from the coordinate poles."""
    mesh = gtx.mesh.icosahedral(level, radius=1.0)
    lon, lat = np.asarray(mesh.edge_longitude), np.asarray(mesh.edge_latitude)
    u, v = analytic_wind(lon, lat)
    of_cells, of_vertices = wind.arguments(mesh, u[:, None].copy(), v[:, None].copy())
    wind.wind_divergence(**of_cells)
    wind.wind_vorticity(**of_vertices)
    found = []
    for which, arguments, place, area in (
        (0, of_vertices, "vertex", mesh.vertex_dual_area),
        (1, of_cells, "cell", mesh.cell_area),
    ):
        lon, lat = (np.asarray(getattr(mesh, f"{place}_{name}")) for name in ("longitude", "latitude"))
        inside = np.abs(lat) < 1.4
        true = exact(lon[inside], lat[inside])[which]
        weight = np.asarray(area)[inside]
        difference = arguments["out"].asnumpy()[inside, 0] - true
        found.append(np.sqrt(np.sum(weight * difference**2) / np.sum(weight * true**2)))
    return np.array(found)


def test_operators_converge_with_first_order_at_least():
    """Edge midpoints on triangles support first order in L2; both operators reach it under refinement."""
    by_level = [errors(level) for level in (3, 4, 5, 6)]
    orders = [np.log2(coarse / fine) for coarse, fine in itertools.pairwise(by_level)]
    assert np.all(np.array(orders) > 0.9), orders
    assert np.all(by_level[-1] < 0.02), by_level


def test_divergence_integrates_to_zero():
    mesh = gtx.mesh.icosahedral(4)
    rng = np.random.default_rng(0)
    u, v = rng.normal(size=(2, mesh.edges, 3))
    of_cells, _ = wind.arguments(mesh, u, v)
    wind.wind_divergence(**of_cells)
    flux = of_cells["out"].asnumpy() * np.asarray(mesh.cell_area)[:, None]
    assert np.abs(flux.sum(axis=0)).max() < 1e-13 * np.abs(flux).sum(axis=0).max()


@pytest.mark.parametrize("backend", BACKENDS)
def test_wind_programs_have_the_bits_of_numpy(backend):
    mesh = gtx.mesh.icosahedral(2)
    rng = np.random.default_rng(1)
    u, v = rng.normal(size=(2, mesh.edges, 3))
    of_cells, of_vertices = wind.arguments(mesh, u, v)
    wind.wind_divergence.with_backend(backend)(**of_cells)
    wind.wind_vorticity.with_backend(backend)(**of_vertices)
    assert of_cells["out"].asnumpy().tobytes() == wind.divergence_in_numpy(of_cells).tobytes()
    assert of_vertices["out"].asnumpy().tobytes() == wind.vorticity_in_numpy(of_vertices).tobytes()


def test_interpolation_is_exact_for_bilinear_fields():
    latitudes, longitudes = np.linspace(-90, 90, 19), np.arange(0, 360, 10.0)
    values = (2.0 * latitudes[:, None] + 0.0 * longitudes)[None]
    at_latitude, at_longitude = np.radians([-33.0, 0.0, 71.0, 90.0]), np.radians([5.0, -179.0, 359.0, 12.0])
    found = wind.interpolate(values, latitudes, longitudes, at_latitude, at_longitude)
    np.testing.assert_allclose(found[:, 0], 2.0 * np.degrees(at_latitude))
