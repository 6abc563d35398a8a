"""Wires the objects for this board and runs the loop; nothing else lives here."""

import board
from hal import Hal
from roller import plan as plans
from roller.app import App
from roller.store import SessionStore

hal = Hal(board)
store = SessionStore("/log", hal.load_number("session"), hal.keep_session)
store.close_leftovers()
app = App(hal, store, plans.load("/plan.bin", hal.counts_per_rev))
app.run()
