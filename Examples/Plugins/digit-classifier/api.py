"""The few calls of the Synapse API that the plugin needs, with nothing but the standard library."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import random
import threading
import time
import urllib.parse
import uuid

ATTEMPTS = 5
RETRIED = (429, 502, 503, 504)


class ApiError(Exception):
    """An answer that is no success; its text names the call and says what the server said."""

    def __init__(self, call: str, status: int, body: bytes):
        self.status = status
        self.body = body
        super().__init__(f"{call} answered {status}: {body[:500].decode('utf-8', 'replace')}")


class Api:
    """One backend. Connections are kept, one for each thread."""

    def __init__(self, environment=os.environ):
        self.base = environment.get("SYNAPSE_HOST", "").rstrip("/")
        if not self.base:
            raise SystemExit("SYNAPSE_HOST is not set: this program runs as a job of a Synapse backend")
        self.headers = {"Accept": "application/json"}
        if environment.get("SYNAPSE_PLUGIN_RUN_USER_TOKEN"):
            self.headers["Authorization"] = "Token " + environment["SYNAPSE_PLUGIN_RUN_USER_TOKEN"]
        elif environment.get("SYNAPSE_ACCESS_TOKEN"):
            self.headers["Synapse-Access-Token"] = "Token " + environment["SYNAPSE_ACCESS_TOKEN"]
        if environment.get("SYNAPSE_PLUGIN_RUN_TENANT"):
            self.headers["Synapse-Tenant"] = "Token " + environment["SYNAPSE_PLUGIN_RUN_TENANT"]
        self._connections = threading.local()

    # The operations

    def pages(self, path: str, **query):
        """Every row of a list, page after page."""
        url = path + "?" + urllib.parse.urlencode(query, doseq=True)
        seen = set()
        while url and url not in seen:
            seen.add(url)
            page = self.get(url)
            yield from page["results"]
            # Only path and query of the next address count: the token goes to no other host.
            following = urllib.parse.urlsplit(page.get("next") or "")
            base = urllib.parse.urlsplit(self.base).path
            url = following.path[len(base):].lstrip("/") + "?" + following.query if following.path else ""

    def get(self, path: str, **query):
        if query:
            path += "?" + urllib.parse.urlencode(query, doseq=True)
        return self.call("GET", path)

    def call(self, method: str, path: str, body=None):
        """Sends JSON and reads JSON."""
        content = None if body is None else json.dumps(body).encode()
        headers = {**self.headers, **({"Content-Type": "application/json"} if content else {})}
        if method != "GET":
            # A backend that knows the header does a repeated write once.
            headers["Idempotency-Key"] = str(uuid.uuid4())
        answer = self._send(method, f"{self.base}/{path}", content, headers)
        return json.loads(answer) if answer else None

    def download(self, url: str, limit: int) -> bytes:
        """Reads a file by its signed address, which needs no token."""
        return self._send("GET", urllib.parse.urljoin(self.base + "/", url), None, {}, limit)

    def upload(self, name: str, content: bytes, chunk: int, on_progress=lambda done, total: None) -> str:
        """Sends a file in chunks and returns the upload's identifier."""
        url, offset, total, failures = f"{self.base}/chunked_upload/", 0, len(content), 0
        while offset < total:
            part = content[offset : offset + chunk]
            body, kind = multipart(name, part)
            headers = {
                **self.headers,
                "Content-Type": kind,
                "Content-Range": f"bytes {offset}-{offset + len(part) - 1}/{total}",
            }
            try:
                answer = json.loads(self._send("PUT", url, body, headers))
            except ApiError as error:
                expected = expected_offset(error)
                failures += 1
                if expected is None or failures >= ATTEMPTS:
                    raise
                # A chunk whose answer was lost is there already: go on where the server says.
                offset = expected
                continue
            url, offset = urllib.parse.urljoin(url, answer["url"]), answer["offset"]
            on_progress(offset, total)
        done = self._send(
            "POST",
            url,
            json.dumps({"md5": hashlib.md5(content).hexdigest()}).encode(),
            {**self.headers, "Content-Type": "application/json"},
        )
        return json.loads(done)["id"]

    # Sending

    def _send(self, method: str, url: str, body, headers, limit: int = 256 << 20) -> bytes:
        """One request, repeated a few times where that may help."""
        call = f"{method} {urllib.parse.urlsplit(url).path}"
        for attempt in range(ATTEMPTS):
            isLast = attempt == ATTEMPTS - 1
            pause = min(8.0, 0.25 * 2**attempt) * random.uniform(0.5, 1)
            try:
                status, wait, content = self._once(method, url, body, headers, limit)
            except (OSError, http.client.HTTPException) as error:
                self._connections.__dict__.clear()
                if isLast:
                    raise ConnectionError(f"{call} failed: {error}") from error
            else:
                if status < 300:
                    return content
                if status not in RETRIED or isLast:
                    raise ApiError(call, status, content)
                if wait.isdigit():
                    pause = min(float(wait), 30.0)
            time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, method: str, url: str, body, headers, limit: int):
        parts = urllib.parse.urlsplit(url)
        kept = self._connections.__dict__
        connection = kept.get((parts.scheme, parts.netloc))
        if connection is None:
            secure = parts.scheme == "https"
            kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
            connection = kept[(parts.scheme, parts.netloc)] = kind(parts.netloc, timeout=30)
        target = parts.path + ("?" + parts.query if parts.query else "")
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        content = answer.read(limit + 1)
        if len(content) > limit:
            kept.clear()
            raise ApiError(f"{method} {parts.path}", 413, b"the answer is larger than expected")
        return answer.status, answer.headers.get("Retry-After") or "", content


def multipart(name: str, content: bytes):
    """The body of a chunk, and its type."""
    boundary = uuid.uuid4().hex
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="filename"\r\n\r\n{name}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


def expected_offset(error: ApiError):
    """Where the server wants an upload to go on, when that is what it says."""
    try:
        body = json.loads(error.body)
        return body.get("expected_offset", body.get("offset"))
    except (ValueError, AttributeError):
        return None
