"""The archive: every session that this computer holds, under the hash of its bytes.

Each module has one job: `place` knows where things lie, `find` what an argument means.
"""

from dermaroller.archive.find import beside, resolve, sessions_of
from dermaroller.archive.place import ENVIRONMENT, default_folder, make_folder

__all__ = ["ENVIRONMENT", "beside", "default_folder", "make_folder", "resolve", "sessions_of"]
