"""The book as one zip: unpacked, it is read from a disk without a network, explorers included."""

import zipfile

LEFT_OUT = {"lite"}  # needs a web server


def make(html):
    archive = html / "spikebook.zip"
    files = [path for path in sorted(html.rglob("*")) if path.is_file() and path.suffix != ".zip"]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in files:
            place = path.relative_to(html)
            if place.parts[0] not in LEFT_OUT:
                packed.write(path, "spikebook" / place)
    return archive
