"""What has to be confirmed before a session: a fresh head, an interval that is over.

It guards, but never stops the counting: whoever rolls without confirming is warned, and the log says so.
"""

from roller.settings import Settings

_DAY_S = 86400


class Gate:
    """Judges the plan against the ledger.

    `is_head_confirmed` and `is_overridden` last until the session ends; and if none begins, until due_ms.
    """

    def __init__(self, plan, ledger):
        self._plan = plan
        self._ledger = ledger
        self.is_head_confirmed = False
        self.is_overridden = False
        self.due_ms = 0

    def is_head_used_up(self):
        head = self._plan.head
        sessions, counts = self._ledger.head(head.id)
        revolutions = counts // head.counts_per_rev
        return 0 < head.max_sessions <= sessions or 0 < head.max_revolutions <= revolutions

    def asks_for_head(self):
        """Whether a sterile head has still to be confirmed. Free mode knows no head and asks for none."""
        return self._plan.source is not None and not self.is_head_confirmed

    def is_locked(self, utc_s):
        """Whether the plan's interval is surely not over."""
        return not self.is_overridden and self._interval(utc_s) == "interval_ignored"

    def _interval(self, utc_s):
        """The name of how the plan's interval stands; None if it sets none.

        Not known without the time, nor where the last session lies more than a day ahead: then a clock was wrong. By
        less, it was only put right.
        """
        plan = self._plan
        if not plan.min_interval_days:
            return None
        last_s = self._ledger.last_utc_s(plan.subject)
        if utc_s is None or (last_s is not None and last_s > utc_s + _DAY_S):
            return "interval_unknown"
        is_over = last_s is None or utc_s - last_s >= plan.min_interval_days * _DAY_S
        return "interval_over" if is_over else "interval_ignored"

    def expire(self, t_ms):
        """Outside a session: what was confirmed too long ago has to be confirmed again."""
        if t_ms >= self.due_ms:
            self.end_session()

    def confirm(self, t_ms, utc_s):
        """A long press: the name of what was confirmed, or None if nothing was asked."""
        self.due_ms = t_ms + Settings.confirmed_ms
        if self.is_locked(utc_s):
            self.is_overridden = True
            return "interval_override"
        if self.asks_for_head():
            self.is_head_confirmed = True
            return "head_used_up" if self.is_head_used_up() else "head_confirmed"
        return None

    def warnings(self, utc_s):
        """Names of what a session that starts now was confirmed for or not, and of what of it is against the plan."""
        found = []
        interval = self._interval(utc_s)
        if interval:  # whichever: a log that lost its beginning must not look like one after an interval that was over
            found.append("interval_override" if self.is_overridden else interval)
        if self._plan.source is not None:
            # Either way: a log that lost its beginning must not look like one of a confirmed head.
            found.append("head_confirmed" if self.is_head_confirmed else "head_unconfirmed")
            if self.is_head_used_up():
                found.append("head_used_up")
        return found

    def end_session(self):
        """The next session needs its own confirmations."""
        self.is_head_confirmed = self.is_overridden = False
