"""The chip's `select`, for one stream."""

import scene

POLLIN = 1


class poll:
    def register(self, *_):
        pass

    def ipoll(self, wait_ms):
        if wait_ms:
            scene.rest(wait_ms)
            return ()
        return (1,) if scene.look() else ()
