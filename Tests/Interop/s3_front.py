"""A backend that only knows the presigned API and keeps its files on moto's S3, behind a storage host that can do harm."""

from __future__ import annotations

import hashlib
import http.client
import json
import threading
import time
import uuid
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer

BUCKET = "files"


class Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, status: int, data: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class S3Front:
    """`harm(number, query)` may answer (status, body) instead of the storage, or "cut" to close the connection."""

    def __init__(self, part_size: int = 5 << 20, lifetimes: list[int] | None = None, harm=None):
        self.part_size = part_size
        self.lifetimes = lifetimes or []
        self.harm = harm or (lambda number, query: None)
        self.seen: list[dict] = []
        self.asked: list[dict] = []
        self.uploads: dict[str, str | None] = {}
        self.lock = threading.Lock()

    def __enter__(self) -> "S3Front":
        self.moto = ThreadedMotoServer(port=0, verbose=False)
        self.moto.start()
        host, port = self.moto.get_host_and_port()
        self.moto_port = port
        self.storage = self.serve(self.storage_handler())
        self.backend = self.serve(self.backend_handler())
        settings = dict(
            aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1",
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )
        # What signs names the storage host; what works on the files goes straight to moto.
        self.signer = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{self.storage.server_port}", **settings)
        self.s3 = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", **settings)
        self.s3.create_bucket(Bucket=BUCKET)
        return self

    def __exit__(self, *_):
        for server in (self.storage, self.backend):
            server.shutdown()
            server.server_close()
        self.moto.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.backend.server_port}"

    def serve(self, handler) -> ThreadingHTTPServer:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    # The storage: what is too late or meant to fail ends here, everything else reaches moto.

    def storage_handler(front):
        class Storage(Quiet):
            def do_PUT(self):
                data = self.body()
                query = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
                with front.lock:
                    number = len(front.seen)
                    front.seen.append({"path": urlsplit(self.path).path, "query": query, "size": len(data),
                                       "headers": {name.lower(): value for name, value in self.headers.items()}})
                signed = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
                if datetime.now(timezone.utc) > signed + timedelta(seconds=int(query["X-Amz-Expires"])):
                    text = (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Request has expired</Message>"
                            b"</Error>")
                    return self.answer(403, text, Content_Type="application/xml")
                harm = front.harm(number, query)
                if harm == "cut":
                    self.close_connection = True
                    return self.connection.close()
                if harm:
                    return self.answer(*harm)
                inner = http.client.HTTPConnection("127.0.0.1", front.moto_port, timeout=30)
                headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
                inner.request("PUT", self.path, data, headers)
                answer = inner.getresponse()
                content = answer.read()
                etag = answer.getheader("ETag")
                self.answer(answer.status, content, **({"ETag": etag} if etag else {}))
                inner.close()

        return Storage

    # The backend.

    def backend_handler(front):
        class Backend(Quiet):
            def do_GET(self):
                storage = {"id": 1, "name": "s3", "category": "internal", "provider": "amazon_s3", "is_default": True}
                self.reply({"count": 1, "results": [storage]})

            def do_POST(self):
                body = json.loads(self.body())
                if self.path.endswith("/presigned_upload/upload/"):
                    self.reply(front.grant(body))
                else:
                    self.reply(front.confirm(body))

            def reply(self, value):
                self.answer(200, json.dumps(value).encode(), Content_Type="application/json")

        return Backend

    def grant(self, body: dict) -> dict:
        with self.lock:
            lifetime = self.lifetimes.pop(0) if self.lifetimes else body["expiration"]
            self.asked.append(body)
        files = []
        for file in body["files"]:
            key = f"tenants/4/files/{uuid.uuid4()}"
            entry = {"filename": file["filename"], "file_key": key, "presigned_url": None, "multipart": None}
            if file["size"] <= self.part_size:
                settings = {"Bucket": BUCKET, "Key": key}
                if file["content_type"]:
                    settings["ContentType"] = file["content_type"]
                entry["presigned_url"] = self.signer.generate_presigned_url("put_object", settings, ExpiresIn=lifetime)
                self.uploads[key] = None
            else:
                upload = self.s3.create_multipart_upload(Bucket=BUCKET, Key=key)["UploadId"]
                self.uploads[key] = upload
                entry["multipart"] = {"upload_id": upload, "part_size": self.part_size, "parts": [
                    {"part_number": number, "presigned_url": self.signer.generate_presigned_url(
                        "upload_part",
                        {"Bucket": BUCKET, "Key": key, "UploadId": upload, "PartNumber": number}, ExpiresIn=lifetime)}
                    for number in range(1, -(-file["size"] // self.part_size) + 1)]}
            files.append(entry)
        if lifetime < 60:
            # The URLs are over before the first of them is used.
            time.sleep(lifetime + 1)
        return {"files": files, "expires_at": "2099-01-01T00:00:00Z"}

    def confirm(self, body: dict) -> dict:
        results = []
        for number, file in enumerate(body["files"]):
            key, error = file["file_key"], None
            try:
                if "multipart" in file:
                    parts = [{"PartNumber": part["part_number"], "ETag": part["etag"]} for part in file["multipart"]["parts"]]
                    self.s3.complete_multipart_upload(
                        Bucket=BUCKET, Key=key, UploadId=file["multipart"]["upload_id"], MultipartUpload={"Parts": parts})
                data = self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
                if hashlib.sha1(data).hexdigest() != file["checksum"] or len(data) != file["size"]:
                    error = "digest or size differs"
            except Exception as exception:  # noqa: BLE001
                error = type(exception).__name__
            results.append({"file_key": key, "checksum": file["checksum"], "data_file_id": None if error else 900 + number,
                            "success": error is None, "created": error is None, "error": error})
        failed = sum(not result["success"] for result in results)
        return {"results": results, "created_count": len(results) - failed, "failed_count": failed}
