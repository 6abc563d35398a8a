"""Wires the objects for this board and runs the loop; nothing else lives here."""

import gc

LOG = "/log"

# While modules load: what one leaves behind is filled by the next, so that the free heap stays in one piece.
gc.threshold(1024)
try:
    import board
    from hal import Hal
    from roller import area
    from roller import plan as plans
    from roller.app import App
    from roller.store import SessionStore

    hal = Hal(board)
    store = SessionStore(area.of_device(hal.flash(), LOG), LOG, hal.load_number("session"), hal.keep_session)
    app = App(hal, store, plans.load("/plan.bin", hal.counts_per_rev))
finally:
    # From here on the loop collects, while the drum is in the air. A threshold counts all bytes ever taken, also those
    # that large frames give back at once, and so would stall the sampling for nothing; a prompt would crawl under it.
    gc.threshold(-1)
app.run()
