"""A coverage-guided fuzzer at the log's decoder: whatever the bytes, only clean errors, in bounded memory.

    python tests/soak/fuzz_decoder.py [SECONDS]

Needs atheris (the extra `bench`; Linux). It runs twice: on whole files, and on payloads in blocks whose checksums are
right, because no fuzzer guesses a CRC32.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = 30
MAX_RSS_MB = 1024
GOLDEN = Path(__file__).parents[1] / "data" / "golden"


def fuzz(kind: str, arguments: list[str]) -> None:
    """Never returns: the fuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=["dermaroller", "roller"]):
        from dermaroller.errors import IntegrityError, NewerFormat
        from dermaroller.session import Session
        from dermaroller.summary import summary
        from roller import wire

    def sealed(data: bytes) -> bytes:
        """Blocks of the payloads between the separators; a payload's first byte chooses the kind."""
        parts = [part for part in data.split(b"\xff\xfe\xfd") if part]
        blocks = [
            wire.pack_block((wire.HEADER, wire.DATA, wire.FOOTER)[part[0] % 3], 7, i, 10 * i, part[1:4096])
            for i, part in enumerate(parts)
        ]
        return b"".join(bytes(block) for block in blocks)

    def read(data: bytes) -> None:
        try:
            session = Session.parse(sealed(data) if kind == "payloads" else data)
        except (IntegrityError, NewerFormat):
            return
        summary(session)
        assert len(session.samples.t_s) == len(session.samples.counts)

    atheris.Setup([sys.argv[0], *arguments], read)
    atheris.Fuzz()


def seeds(kind: str, folder: Path) -> None:
    """The golden files, as they are or as payloads."""
    from dermaroller.blocks import scan

    for path in GOLDEN.glob("*.drl"):
        data = path.read_bytes()
        if kind == "payloads":
            payloads = [bytes([block.kind - 1]) + data[block.start : block.end] for block in scan(data)[0]]
            (folder / path.stem).write_bytes(b"\xff\xfe\xfd".join(payloads))
            for i, payload in enumerate(payloads):
                (folder / f"{path.stem}-{i}").write_bytes(payload)
        else:
            shutil.copy(path, folder)


def run(kind: str, seconds: int) -> bool:
    """Fuzz in a process of its own; print one line; True if nothing was found."""
    with tempfile.TemporaryDirectory() as folder:
        seeds(kind, Path(folder))
        options = [f"-max_total_time={seconds}", f"-rss_limit_mb={MAX_RSS_MB}", "-max_len=6000", "-timeout=10"]
        options += [f"-artifact_prefix={folder}/found-", folder]
        done = subprocess.run([sys.executable, __file__, "--fuzz", kind, *options], capture_output=True, text=True)
        log = done.stdout + done.stderr
        runs = re.search(r"Done (\d+) runs", log)
        coverage = re.findall(r"cov: (\d+)", log)
        if done.returncode == 0 and runs and coverage:
            grown = f"{coverage[0]} to {coverage[-1]} places covered"
            print(f"{kind}: {int(runs[1]):,} inputs in {seconds} s, {grown}, only clean errors")
            return True
        print(log[-3000:])
        print(f"{kind}: FOUND something: see above")
        return False


def main() -> None:
    if sys.argv[1:2] == ["--fuzz"]:
        fuzz(sys.argv[2], sys.argv[3:])
    try:
        import atheris  # noqa: F401
    except ImportError:
        print("fuzz_decoder: left out, because atheris is missing: pip install 'dermaroller[bench]'.")
        return
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    results = [run(kind, seconds) for kind in ("files", "payloads")]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
