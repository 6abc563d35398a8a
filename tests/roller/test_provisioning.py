"""Who a handle is: written once, kept through power loss, told by whoever asks."""

from story import Folder, Handle
from test_planning import ask

from roller import wire


def test_a_new_handle_is_nobody():
    with Folder() as folder:
        assert ask(Handle(folder), "provision") == (wire.JSON, {"hw": None, "name": None})


def test_it_is_kept_in_one_piece_and_known_at_once():
    with Folder() as folder:
        handle = Handle(folder)
        assert ask(handle, "provision set B2 left handle")[1] == {"hw": "B2", "name": "left handle"}
        assert handle.hal.nvs.blobs["who"] == b"B2\nleft handle"
        assert handle.hal.who == ["B2", "left handle"]
        assert ask(handle, "provision")[1] == {"hw": "B2", "name": "left handle"}


def test_it_is_written_once_and_the_same_again_is_harmless():
    with Folder() as folder:
        handle = Handle(folder)
        ask(handle, "provision set B2 left handle")
        assert ask(handle, "provision set B2 left handle")[0] == wire.JSON
        kind, answer = ask(handle, "provision set C right handle")
        assert (kind, answer["error"]) == (wire.ERROR, "provisioned")
        assert answer["text"] == "this is left handle, hardware B2, and not right handle, hardware C"
        assert handle.hal.nvs.blobs["who"] == b"B2\nleft handle"
        assert ask(handle, "provision replace C right handle")[1] == {"hw": "C", "name": "right handle"}


BAD = (
    "provision B2",
    "provision set B2",
    "provision keep B2 name",
    "provision set %s name" % ("B" * 17),
    "provision set B2 %s" % ("n" * 41),
)


def test_what_is_incomplete_or_too_long_is_refused():
    with Folder() as folder:
        handle = Handle(folder)
        for text in BAD:
            kind, answer = ask(handle, text)
            assert (kind, answer["error"]) == (wire.ERROR, "usage"), text
        assert "who" not in handle.hal.nvs.blobs
