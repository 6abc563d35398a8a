"""What a handle keeps of its sessions in NVS, and when: never in contact, through power loss, and told if it cannot."""

from story import FakeHal, Folder, Handle
from test_guide import planned
from test_ledger import old_block
from test_planning import ask

from roller.ledger import MAX_ENTRIES
from roller.store import CLOSED

DAY_S = 86400
NOW_S = 1800000000
FULL = OSError(-0x1105, "ESP_ERR_NVS_NOT_ENOUGH_SPACE")


def alerts(handle):
    """[(kind, value)] that the handle's sessions are told of from now on."""
    found = []
    original = handle.app.session.alert

    def alert(t_ms, kind, value=0):
        assert handle.app.session.is_open
        found.append((kind, value))
        original(t_ms, kind, value)

    handle.app.session.alert = alert
    return found


def crowded(folder):
    """A handle whose ledger is full of others: head H0, of one session, and subject S0, of 30 days ago, go first."""
    heads = [["H%d" % n, n + 1, 10] for n in range(MAX_ENTRIES)]
    subjects = [["S%d" % n, NOW_S - (30 - n) * DAY_S] for n in range(MAX_ENTRIES)]
    hal = FakeHal()
    hal.nvs.blobs["led_a"] = old_block(2, {"session": 0, "heads": heads, "subjects": subjects})
    return Handle(folder, planned(), hal=hal)


def treat(handle):
    handle.roll(51, 1000)
    handle.lift()
    handle.press(2200)
    handle.wait(200)


def test_who_is_pushed_out_is_an_alert_of_the_session_that_does_it():
    with Folder() as folder:
        handle = crowded(folder)
        handle.hal.set_utc(NOW_S)
        found = alerts(handle)
        treat(handle)
        assert ("head_forgotten", 1) in found and ("subject_forgotten", 30) in found
        first = len(found)
        treat(handle)
        assert not [kind for kind, _ in found[first:] if "forgotten" in kind]
        assert handle.app.ledger.head("H0") == (0, 0) and handle.app.ledger.last_utc_s("S0") is None
        assert handle.app.ledger.head("H1") == (2, 10) and handle.app.ledger.last_utc_s("P-1") is not None


def test_a_subject_is_pushed_out_when_the_clock_is_set_if_only_then():
    with Folder() as folder:
        handle = crowded(folder)
        found = alerts(handle)
        handle.roll(51, 1000)
        handle.lift()
        assert ("head_forgotten", 1) in found
        assert not [kind for kind, _ in found if kind == "subject_forgotten"]
        for _ in range(2):
            ask(handle, "time set %d 0" % NOW_S)
        assert [each for each in found if each[0] == "subject_forgotten"] == [("subject_forgotten", 30)]
        handle.press(2200)
        handle.wait(200)
        assert handle.app.ledger.last_utc_s("S0") is None


def test_a_handle_with_room_pushes_nobody_out():
    with Folder() as folder:
        handle = Handle(folder, planned())
        handle.hal.set_utc(NOW_S)
        found = alerts(handle)
        treat(handle)
        assert found and not [kind for kind, _ in found if "forgotten" in kind]


def test_nvs_is_never_written_in_contact():
    with Folder() as folder:
        handle = Handle(folder, planned())
        nvs = handle.hal.nvs
        written = []
        original = nvs.set_blob

        def set_blob(key, data):
            written.append(handle.hal.force_mn)
            original(key, data)

        nvs.set_blob = set_blob
        keep_number = handle.hal.keep_number

        def keep(n):
            written.append(handle.hal.force_mn)
            keep_number("session", n)

        handle.store._keep_number = keep
        handle.roll(51, 1000)
        handle.press(2200)  # on the skin: that ends the session, and the next one begins at once
        handle.wait(500)
        assert handle.store.state(1) == CLOSED and handle.app.session.recorder.session == 2
        assert written == []
        handle.lift()
        assert written == [0, 0]
        treat(handle)
        assert written == [0] * 3  # the second number was kept with the first
        assert handle.app.ledger.head("A1")[0] == 2


def test_the_lock_outlasts_a_power_cut_in_the_session():
    for sets_meanwhile in (False, True):
        with Folder() as folder:
            handle = Handle(folder, planned(0))
            handle.hal.identity = lambda hal=handle.hal: {"device": "fake", "boot": 1, "utc_s": hal.utc_s()}
            if not sets_meanwhile:
                handle.hal.set_utc(NOW_S)
            handle.roll(51, 1000)
            handle.lift()
            if sets_meanwhile:
                ask(handle, "time set %d 0" % NOW_S)
            handle.lift(4000)
            assert handle.app.session.is_open
            handle.hal.epoch_s = None
            again = Handle(folder, planned(0), hal=handle.hal)
            assert again.app.ledger.head("A1")[0] == 1
            again.hal.set_utc(NOW_S + DAY_S)
            again.wait(1500)
            assert again.app.feedback.state == "locked", sets_meanwhile


def test_a_ledger_that_cannot_be_kept_is_told_and_the_next_boot_enters_its_sessions():
    with Folder() as folder:
        handle = Handle(folder, planned())
        handle.hal.nvs.error = FULL
        treat(handle)
        error = handle.hal.stored_error
        assert error.startswith("led: ") and "NOT_ENOUGH_SPACE" in error
        handle.hal.nvs.error = None
        again = Handle(folder, planned(), hal=handle.hal)
        assert again.app.ledger.head("A1") == (1, 51)
        assert len(again.hal.nvs.blobs) == 1


def test_a_damaged_ledger_is_told_and_learns_again_from_the_sessions_in_flash():
    with Folder() as folder:
        handle = Handle(folder, planned())
        treat(handle)
        treat(handle)
        blobs = handle.hal.nvs.blobs
        for key in blobs:
            blobs[key] = blobs[key][:-9] + b"damage to it"[:9]
        again = Handle(folder, planned(), hal=handle.hal)
        assert sorted(each.split(":")[0] for each in again.hal.stored_error.split("; ")) == ["led_a", "led_b"]
        assert again.app.ledger.head("A1") == (2, 102)
