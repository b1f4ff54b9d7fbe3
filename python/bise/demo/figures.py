"""Maps of fields on the mesh."""

import numpy as np


def draw(path: str, mesh, vorticity: np.ndarray, divergence: np.ndarray, months=(0, 6)) -> None:
    """Draws vorticity (at vertices) and divergence (at cells) of some months, in 1e-5 per second, to ``path``.

    Both have shape (points, months). Every pixel shows the nearest point of the mesh.
    """
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    names: tuple[str, ...] = ("January", "February", "March", "April", "May", "June", "July", "August")
    names += ("September", "October", "November", "December")
    at_vertices = _pixels(np.asarray(mesh.vertex_longitude), np.asarray(mesh.vertex_latitude))
    at_cells = _pixels(np.asarray(mesh.cell_longitude), np.asarray(mesh.cell_latitude))
    panels = (
        ("Vorticity at vertices", vorticity, at_vertices),
        ("Divergence at cells", divergence, at_cells),
    )
    figure, axes = plt.subplots(len(months), 2, figsize=(13, 3.4 * len(months)), layout="constrained")
    for row, month in zip(np.atleast_2d(axes), months, strict=True):
        for axis, (title, values, nearest) in zip(row, panels, strict=True):
            shown = 1e5 * values[:, month]
            limit = np.percentile(np.abs(shown), 99)
            picture = axis.imshow(
                shown[nearest],
                origin="lower",
                extent=(-180, 180, -90, 90),
                cmap="RdBu_r",
                vmin=-limit,
                vmax=limit,
            )
            axis.set_title(f"{title}, {names[month]}")
            axis.set_xticks(range(-180, 181, 60))
            axis.set_yticks(range(-90, 91, 30))
            axis.grid(linewidth=0.3, color="black", alpha=0.4)
            axis.set_xlabel("longitude, degrees east")
            axis.set_ylabel("latitude, degrees north")
            figure.colorbar(picture, ax=axis, label="1e-5 / s", shrink=0.85)
    figure.suptitle(f"Observed mean wind at 200 hPa on {mesh.cells} triangles")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _pixels(longitude: np.ndarray, latitude: np.ndarray, height: int = 360) -> np.ndarray:
    """For each pixel of a map of that height, the index of the nearest point (angles in radians)."""
    from scipy.spatial import cKDTree

    def on_sphere(lon, lat):
        return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)

    lat = (np.arange(height) + 0.5) / height * np.pi - np.pi / 2
    lon = (np.arange(2 * height) + 0.5) / height * np.pi - np.pi
    grid = on_sphere(*np.meshgrid(lon, lat))
    return cKDTree(on_sphere(longitude, latitude)).query(grid)[1]
