"""People of more renders, and the script that renders them, which is the data folder's."""

import importlib.util
from pathlib import Path

# Specs, who take turns.
PEOPLE = [
    dict(seed=1, sex="male", tone="east_asian", hair=dict(style="crop", color="black"), slim_eye=0.4),
    dict(seed=21, sex="female", tone="east_asian_fair", hair=dict(style="tied", color="black"), slim_eye=0.3),
    dict(seed=5, sex="male", tone="olive", hair=dict(style="parted", color="dark_brown"), iris="brown"),
    dict(seed=8, sex="female", tone="dark", hair=dict(style="tied", color="black")),
    dict(seed=33, sex="female", tone="european", hair=dict(style="tied", color="light_brown"), iris="blue"),
]
SHIRT = dict(type="shirt", color=[0.86, 0.86, 0.88])


def renderer(data):
    """DATA/renders/render.py as a module; it needs bpy."""
    place = importlib.util.spec_from_file_location("render", Path(data) / "renders" / "render.py")
    render = importlib.util.module_from_spec(place)
    place.loader.exec_module(render)
    return render
