"""The archive: every session that this computer holds, under the hash of its bytes.

Each module has one job: `place` knows where things lie, `shelf` puts files there, `rows` says what the index keeps of
one, `schema`, `catchup` and `query` are the index, `store` joins them, and `find` knows what an argument means.
"""

from dermaroller.archive.find import LAST, beside, resolve, sessions_of
from dermaroller.archive.place import ENVIRONMENT, default_folder, make_folder

__all__ = ["ENVIRONMENT", "LAST", "beside", "default_folder", "make_folder", "resolve", "sessions_of"]
