"""Colours of the light on a screen: the LED's duties are linear light, a screen's values are not."""

RGB = tuple[int, ...]


def on_screen(duties: RGB) -> RGB:
    """The sRGB values (IEC 61966-2-1) that show light of these duties, each of 255."""
    return tuple(round(255 * _encoded(duty / 255)) for duty in duties)


def hex_on_screen(duties: RGB) -> str:
    """The same as #rrggbb."""
    return "#" + "".join(f"{value:02x}" for value in on_screen(duties))


def _encoded(linear: float) -> float:
    return 12.92 * linear if linear <= 0.0031308 else float(1.055 * linear ** (1 / 2.4) - 0.055)
