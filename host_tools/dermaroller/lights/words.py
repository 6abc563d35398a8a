"""What each state of the light means, and what the person with the handle does: for charts, tables and the monitor."""

# state: (what it means, what to do)
WORDS = {
    "fault": ("force sensor or plan cannot be trusted", "Stop; `dermaroller info` says what is wrong."),
    "too_hard": ("force above the window", "Press less. Logged after 0.3 s."),
    "overdose": ("zone is over the plan's limit", "Leave the zone. Logged; counting goes on."),
    "pass_counted": ("a pass was counted", "Go on; what was shown before comes back at once."),
    "next_zone": ("the next zone begins", "Roll there."),
    "too_light": ("force below the window", "Press a little more."),
    "zone_done": ("zone has reached its target", "Short press: next zone. Long press: end."),
    "rolling": ("force is right", "Go on."),
    "session_done": ("session is closed and in flash", "Put it down."),
    "log_full": ("no room left in flash", "Pull the sessions, then erase them."),
    "low_battery": ("battery is low", "Charge. An empty one closes the session."),
    "pulling": ("the host fetches sessions", "Leave the cable in."),
    "locked": ("interval since the last treatment is not over", "Wait; or long press to override, which is logged."),
    "confirm_head": ("is a fresh, sterile head mounted?", "Long press confirms, which is logged."),
    "progress": ("lifted: flashes count quarters of the target", "Touch down again, or change the zone."),
    "host_attached": ("a host is connected", "Nothing."),
    "charging": ("the battery is charging", "Nothing."),
    "asleep": ("untouched for five minutes", "Roll the drum or press to wake."),
    "ready": ("ready", "Touch down, or press to begin."),
}


def title(state: str) -> str:
    """A state's name as people read it."""
    return state.replace("_", " ")
