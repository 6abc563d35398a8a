"""The moment as the device's clock takes it."""

from datetime import datetime, timezone

Moment = tuple[int, int, int, int, int, int, int, int]


def utc_now() -> Moment:
    """(year, month, day, weekday, hour, minute, second, 0) in UTC, as machine.RTC().datetime() takes it."""
    now = datetime.now(timezone.utc)
    return (now.year, now.month, now.day, now.weekday(), now.hour, now.minute, now.second, 0)
