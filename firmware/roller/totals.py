"""What a session's footer sums up."""

from roller import records


class Totals:
    """Kept while recording; rebuilt from the records after a power cut."""

    def __init__(self):
        self.end_ms = 0
        self.contact_ms = 0
        self.gap_ms = 0
        self.passes = 0
        self.path_counts = 0
        self.effective_counts = 0
        self.zones = {}

    def add(self, tag, values):
        if tag == records.CONTACT:
            self.contact_ms += values[1]
            self.end_ms = max(self.end_ms, values[0] + values[1])
        elif tag == records.GAP:
            self.gap_ms += values[1]
        elif tag == records.STROKE:
            zone = self.zones.setdefault(values[7], [0, 0, 0])
            zone[0] += values[8]
            zone[1] += values[3]
            zone[2] += values[4]
            self.passes += values[8]
            self.path_counts += values[3]
            self.effective_counts += values[4]
            self.end_ms = max(self.end_ms, values[0] + values[1])
