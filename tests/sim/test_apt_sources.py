"""The mirror and its trust, read from the apt configurations that people have."""

from pathlib import Path

import pytest

from dermaroller.sim.apt_sources import find_debian, write_entry

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SECURITY = "deb http://security.example/debian-security bookworm-security main\n"

FOUND = {
    "one line": (
        {"sources.list": "deb http://a.example/debian bookworm main contrib\n"},
        {"URIs": "http://a.example/debian"},
    ),
    "one line with options": (
        {"sources.list": f"deb [ arch=amd64 signed-by={KEYRING} trusted=yes ] http://a.example/debian sid main # x\n"},
        {"URIs": "http://a.example/debian", "Signed-By": KEYRING, "Trusted": "yes"},
    ),
    "after a vendor, the sources, a disabled line and the security archive": (
        {
            "sources.list": "# deb http://a.example/debian sid main\ndeb-src http://b.example/debian sid main\n",
            "sources.list.d/cloud.list": "deb https://cloud.example/apt cloud-sdk-bookworm main\n",
            "sources.list.d/debian.list": SECURITY + "deb http://c.example/debian bookworm main\n",
        },
        {"URIs": "http://c.example/debian"},
    ),
    "deb822": (
        {
            "sources.list.d/debian.sources": (
                "Types: deb deb-src\n# a remark\nURIs: http://a.example/debian http://b.example/debian\n"
                f"Suites: bookworm bookworm-updates\nComponents: main\nSigned-By: {KEYRING}\n\n"
                "Types: deb\nURIs: http://a.example/debian-security\nSuites: bookworm-security\nComponents: main\n"
            )
        },
        {"URIs": "http://a.example/debian", "Signed-By": KEYRING},
    ),
    "deb822 in other letters, one entry disabled": (
        {
            "sources.list.d/debian.sources": (
                "enabled: no\ntypes: deb\nuris: http://off.example/debian\nsuites: trixie\ncomponents: main\n"
                "\n\nTypes: deb\nURIs:\n http://a.example/debian\nSuites: trixie\nComponents: main\n"
                "Check-Valid-Until: no\n"
            )
        },
        {"URIs": "http://a.example/debian", "Check-Valid-Until": "no"},
    ),
    "deb822 with the key in it": (
        {
            "sources.list.d/debian.sources": (
                "Types: deb\nURIs: http://a.example/debian\nSuites: stable\nComponents: main\n"
                "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n"
            )
        },
        {"URIs": "http://a.example/debian", "Signed-By": "\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF"},
    ),
}
NOT_FOUND = {
    "nothing": {},
    "only security": {"sources.list": SECURITY},
    "a disc": {"sources.list": "deb cdrom:[Debian 12]/ bookworm main\n"},
    "another distribution": {"sources.list": "deb http://archive.example/ubuntu noble main\n"},
    "without main": {"sources.list": "deb http://a.example/debian bookworm contrib\n"},
    "a file that apt ignores": {"sources.list.d/debian.list.disabled": "deb http://a.example/debian bookworm main\n"},
}


@pytest.mark.parametrize("name", FOUND)
def test_the_main_archive_is_found(name: str, tmp_path: Path) -> None:
    files, entry = FOUND[name]
    assert find_debian(configuration(tmp_path, files)) == entry


@pytest.mark.parametrize("name", NOT_FOUND)
def test_no_archive_is_invented(name: str, tmp_path: Path) -> None:
    assert find_debian(configuration(tmp_path, NOT_FOUND[name])) is None


def test_an_entry_is_written_as_apt_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "debian.sources"
    write_entry({"Types": "deb", "Signed-By": "\n -----BEGIN\n .\n mQINBF"}, path)
    assert path.read_text() == "Types: deb\nSigned-By: \n -----BEGIN\n .\n mQINBF\n"


def configuration(folder: Path, files: dict[str, str]) -> Path:
    """Lay out what stands in /etc/apt."""
    (folder / "sources.list.d").mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder
