"""Virtual time, what comes due in it, and the scheduler that runs soft callbacks as the chip does.

Stand-ins say how long they take; bytecode does where it was compiled to (see `work` and `branch`), else it takes no
time. Callbacks run where a stand-in lets time pass, at a branch that says so, and after a flash stall at the next
branch, one after the other, never inside each other. `now` is kept below `_TURN` by
taking whole turns off everything that holds a time, so that no integer ever outgrows the 31 bits that need no heap.
"""

from micropython import const, schedule

QUEUE_DEPTH = const(8)
NEVER = const(0x1FFFFFFF)
_TURN = const(250_000_000)  # whole seconds, so that the coarse clocks stay exact
_MASK = const(0x3FFFFFFF)  # ticks wrap at 2**30
_CALLBACK_US = const(20)  # dispatch of one callback: a rough figure
_READ_US = const(2)  # a look at the clock: small, but enough that a busy loop gets somewhere
_STEP_US = const(1000)
_LONGEST_WAIT_US = const(100_000_000)
_GRAIN = const(1000)  # instructions that are summed up before they become time

# Slots of `due`, in the order in which things due at the same instant happen.
WORLD = const(0)
WAKE = const(1)
TURN = const(2)
LIGHT = const(3)
HOST = const(4)
WDT = const(5)
VIRTUAL_TIMERS = const(6)
TIMERS = const(8)
SLOTS = const(12)

# Slots of `marks`: times that are no deadlines.
FORCE_START = const(0)
TX_EMPTY = const(1)
LIGHT_CHANGED = const(2)
MARKS = const(3)

now = 0
next_due = _TURN
due = [NEVER] * SLOTS
due[TURN] = _TURN
marks = [0] * MARKS
handlers = [None] * SLOTS  # called with the slot whose time has come; must put it off
periods = [0] * SLOTS  # of the hardware timers, which have no handlers as they tick so often; 0: one shot
callbacks = [None] * SLOTS
timers = [None] * SLOTS

turn_us = -0x40000000  # what `now` lacks to ticks_us, less 2**30 so that the sum never outgrows a small int
turn_ms = -0x40000000
turn_s = 0

attention = False  # a callback or Ctrl-C waits
in_callback = False
in_flash = False
settling = False
interrupted = False
has_arrival = False  # a byte came to the serial port
dropped = 0  # callbacks that found the queue full
ran = 0
rate = 1  # instructions that the processor does in a microsecond
has_branches = False  # the program says where it branches
_worked = 0  # instructions that have not become time yet
_soon = False
_head = 0
_queued = 0
_functions = [None] * QUEUE_DEPTH
_arguments = [None] * QUEUE_DEPTH


def settle():
    """Let everything happen that is due by now. Callbacks are queued, not run."""
    global next_due, settling
    settling = True
    while next_due <= now:
        slot = due.index(next_due)
        if slot >= TIMERS:
            due[slot] = next_due + periods[slot] if periods[slot] else NEVER
            push(callbacks[slot], timers[slot])
        else:
            handlers[slot](slot)
        next_due = min(due)
    settling = False


def set_due(slot, at):
    """Plan the slot's next event for the time `at`."""
    global next_due
    due[slot] = at
    next_due = min(due)


def stall(us):
    """Time passes in which no callback can run."""
    global now
    now += us
    if now >= next_due:
        settle()


def spend(us):
    """Time passes in a stand-in; then what is queued runs, as it would at the chip's next branch."""
    global now
    now += us
    if now >= next_due:
        settle()
    if attention:
        run_pending()


def work(n):
    """The program works for n instructions; callbacks wait."""
    global now, _worked
    _worked += n
    if _worked >= _GRAIN and not settling:
        us = _worked // rate
        _worked -= us * rate
        now += us
        if now >= next_due:
            settle()


def branch(n):
    """The same; then it branches, where the chip lets in what waits."""
    global now, _worked
    _worked += n
    if _worked >= _GRAIN and not settling:  # as in work(), which is not called because this runs all the time
        us = _worked // rate
        _worked -= us * rate
        now += us
        if now >= next_due:
            settle()
        if attention:
            run_pending()


def wait(us, is_over=None):
    """Sleep, running callbacks as they come, until the time is over or, after an arrival, `is_over()` says so."""
    global now, has_arrival
    if in_callback:
        _wait_in_callback(us)
        return
    set_due(WAKE, now + us)
    while due[WAKE] != NEVER:
        now = next_due
        if not _tick():
            settle()
        if attention:
            if interrupted:
                run_pending()
            _run_queue()
            while attention and due[WAKE] != NEVER:  # those that came meanwhile do not wait for the next event
                _run_queue()
        if has_arrival:
            has_arrival = False
            if is_over and is_over():
                set_due(WAKE, NEVER)


def _tick():
    """What a sampling program waits for almost always: one hardware timer is due, and nothing waits in the queue.

    Its callback then runs at once, as if it had been queued. False if things are not so simple: nothing has happened.
    """
    global next_due, ran, in_callback, now, attention
    slot = due.index(next_due)
    if slot < TIMERS or attention or not periods[slot]:
        return False
    due[slot] = now + periods[slot]
    next_due = min(due)
    if next_due <= now + _CALLBACK_US:
        next_due = due[slot] = now
        return False
    ran += 1
    now += _CALLBACK_US
    in_callback = True
    _call(callbacks[slot], timers[slot])
    in_callback = False
    attention = interrupted or _queued > 0
    return True


def _wait_in_callback(us):
    """No other callback runs, but Ctrl-C comes through."""
    while us > 0:
        stall(min(us, _STEP_US))
        us -= _STEP_US
        if interrupted:
            run_pending()


def wait_long(ms, is_over=None):
    """The same for any number of milliseconds, or for ever with a negative one."""
    while ms < 0 or ms > 100_000:
        wait(_LONGEST_WAIT_US, is_over)
        if is_over and is_over():
            return
        if ms > 0:
            ms -= 100_000
    if ms:
        wait(ms * 1000, is_over)


def push(function, argument):
    """Queue a soft callback; if the queue is full it is lost, as on the chip."""
    global _queued, attention, dropped
    if _queued == QUEUE_DEPTH:
        dropped += 1
        return
    slot = (_head + _queued) & 7
    _functions[slot] = function
    _arguments[slot] = argument
    _queued += 1
    attention = True


def interrupt():
    """Ctrl-C came: KeyboardInterrupt at the next check, even inside a callback."""
    global interrupted, attention
    interrupted = attention = True


def forget_interrupt():
    """A program has ended: the chip drops a Ctrl-C that it did not live to see."""
    global interrupted, attention
    interrupted = False
    attention = _queued > 0


def run_pending():
    """Raise what Ctrl-C left, then run the callbacks that are queued now."""
    global interrupted, attention
    if interrupted:
        interrupted = False
        attention = _queued > 0
        raise KeyboardInterrupt
    if not in_callback:
        _run_queue()


# Cut in two, because a frame of more than eleven words takes heap, and each `except` around the call has three of them.


def _run_queue():
    global now, attention, in_callback, ran
    left = _queued  # those that come meanwhile let the program go on first
    attention = interrupted
    while left:
        left -= 1
        ran += 1
        in_callback = True
        now += _CALLBACK_US
        _run_first()
        in_callback = False
    attention = interrupted or _queued > 0


def _run_first():
    global _head, _queued
    function = _functions[_head]
    argument = _arguments[_head]
    _head = (_head + 1) & 7
    _queued -= 1
    if now >= next_due:
        settle()
    _call(function, argument)


def _call(function, argument):
    try:
        function(argument)
    except SystemExit:
        raise
    except BaseException as error:
        report(error)


def report(error):
    """Called with an exception that a callback let out; the console puts its own function here."""


def flash_done():
    """A flash stall has ended: let the queue run at the program's next branch; the runtime's own scheduler finds it.

    It also takes one in a stand-in for one of the program's, and so lets callbacks into a long walk through the file
    system; a program that says where it branches does without it.
    """
    global _soon
    if attention and not (in_callback or _soon or has_branches):
        _soon = True
        schedule(_after_stall, None)


def _after_stall(_):
    global _soon
    _soon = False
    if in_flash:
        flash_done()  # still inside the file system: not the program's branch yet
    elif not (in_callback or settling):
        _run_queue()


def ticks_us():
    """Microseconds, wrapping at 2**30."""
    global now
    now += _READ_US
    if now >= next_due or attention:  # as in spend(), which is not called because this runs at every sample
        spend(0)
    return (now + turn_us) & _MASK


def ticks_ms():
    """Milliseconds, wrapping at 2**30."""
    spend(_READ_US)
    return (now // 1000 + turn_ms) & _MASK


def uptime_s():
    """Whole seconds since the boot; `now % 1_000_000` are the microseconds."""
    return turn_s + now // 1_000_000


def _turn(slot):
    global now, turn_us, turn_ms, turn_s
    now -= _TURN
    for i in range(SLOTS):
        if due[i] != NEVER:
            due[i] -= _TURN
    for i in range(MARKS):
        marks[i] = max(marks[i] - _TURN, -_TURN)
    due[slot] = _TURN
    turn_us += _TURN
    if turn_us >= 0:
        turn_us = turn_us - _MASK - 1
    turn_ms += _TURN // 1000
    if turn_ms >= 0:
        turn_ms = turn_ms - _MASK - 1
    turn_s += _TURN // 1_000_000


def _wake(slot):
    due[slot] = NEVER


handlers[WAKE] = _wake
handlers[TURN] = _turn
