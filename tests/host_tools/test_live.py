"""The virtual board's light in the terminal."""

from rich.console import Console

from dermaroller.live import LightView


def text_of(view):
    console = Console(width=100)
    with console.capture() as captured:
        console.print(view.view())
    return captured.get()


def led(state, *rgb):
    return {"t_s": 0.0, "state": state, "rgb": list(rgb)}


def test_flashes_of_passes_are_counted_once_each():
    view = LightView(Console(), 90.0)
    for t_s, entry in enumerate([led("rolling", 0, 255, 0), led("pass_counted", 255, 255, 255)] * 3):
        view.update(t_s, None, entry)
    view.update(30.0, {"gaps": 2, "late_callbacks": 0}, None)
    text = text_of(view)
    assert "0:30 / 1:30" in text
    assert "pass counted" in text and "3 pass flashes" in text
    assert "gaps 2" in text and "late" not in text


def test_a_dim_light_is_shown_bright_and_its_dark_half_not_at_all():
    view = LightView(Console(), 10.0)
    view.update(1.0, None, led("ready", 0, 40, 10))
    view.update(2.0, None, led("ready", 0, 0, 0))
    assert view._rgb == (0, 255, 63)
    assert "all zero" in text_of(view)
