"""The built book on a web server of its own."""

import gzip
import mimetypes
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

SITE = Path(__file__).parents[2] / "_build" / "html"
COMPRESSED = {".html", ".css", ".js", ".svg", ".json"}


class Handler(BaseHTTPRequestHandler):
    """Serves files as a web host does: text is compressed."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = SITE / unquote(urlsplit(self.path).path).lstrip("/")
        if path.is_dir():
            path /= "index.html"
        if not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", mimetypes.guess_type(path.name)[0] or "application/octet-stream")
        if path.suffix in COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle(self):
        with suppress(ConnectionError):  # a browser that leaves a page before it is there
            super().handle()

    def log_message(self, *arguments):
        """Silent: a test's own message is the one to read."""


@contextmanager
def served():
    """The address of the book on a free port, without a slash at its end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
