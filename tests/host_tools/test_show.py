"""A session as text for a terminal."""

from rich.console import Console

from dermaroller.session import Session
from dermaroller.show import session_view
from dermaroller.summary import summary

from .visits import ZONES, visit


def test_brackets_in_a_zone_s_name_are_no_markup():
    console = Console(width=80)
    with console.capture() as caught:
        console.print(session_view(summary(Session.parse(visit(zones=[ZONES[0] | {"name": "[left] cheek"}]).data()))))
    assert "[left] cheek" in caught.get()
