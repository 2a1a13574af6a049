// swift-format-ignore-file
// The files of Examples/Plugins/digit-classifier, written by scripts/embed_example.py: change them there.
extension DigitClassifier {
    static let files: [(name: String, text: StaticString)] = [
        (
            "README.md",
            #"""
            # Digit classifier

            An example of a Synapse plugin that needs nothing but Python 3.10: no SDK, no packages.

            The action `train` reads the tasks of a project (`{"project": 1}`), downloads their pictures, trains a classifier by nearest neighbours
            on three quarters of those that people have annotated, and measures it on the others. It reports progress, metrics and a picture of
            the confusion, registers a model whose file goes up in chunks, and writes its predictions:

            - Into tasks that nobody has annotated, as saved data that a person can confirm: `{"label": "3", "prediction": {"label": "3",
              "confidence": 1.0, "model": 1, "by": "digit-classifier"}}`. Just before it writes, it looks again whether a person was faster.
            - For the annotated tasks that were held back, into a project of their own, "TITLE: predictions", on the same data units. What people
              have annotated is never written over.

            Which pictures are held back depends on their bytes alone, so that two runs on the same pictures make the same model; it is then
            registered once. Tasks without a label, broken pictures and files that can't be downloaded are skipped and counted.

            | file | what it does |
            |---|---|
            | `config.yaml` | says what the plugin is, and that `train` runs `main.py` |
            | `main.py` | the job |
            | `api.py` | calls with retries, pages, chunked upload |
            | `report.py` | progress, metrics, messages |
            | `picture.py` | reads PNG files |
            | `classifier.py` | the nearest neighbours |

            ```sh
            synapse plugin publish Examples/Plugins/digit-classifier
            synapse plugin run digit-classifier train --params '{"project": 1}' --follow
            ```

            """#
        ),
        (
            "api.py",
            #"""
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

            """#
        ),
        (
            "classifier.py",
            #"""
            """A classifier by nearest neighbours."""

            from __future__ import annotations

            import heapq
            import json
            import math
            import zlib


            class Classifier:
                """Remembers pictures with their labels; a new one gets the label that most of its nearest have."""

                def __init__(self, neighbours: int = 3):
                    self.neighbours = neighbours
                    self.known: list = []

                def add(self, features: tuple, label: str) -> None:
                    self.known.append((features, label))

                def predict(self, features: tuple):
                    """The label, and the share of the neighbours' weight that speaks for it."""
                    distance = math.dist
                    nearest = heapq.nsmallest(
                        self.neighbours, ((distance(features, known), label) for known, label in self.known)
                    )
                    weights: dict = {}
                    for far, label in nearest:
                        weights[label] = weights.get(label, 0.0) + 1 / (far + 1e-6)
                    best = max(sorted(weights), key=weights.__getitem__)
                    return best, weights[best] / sum(weights.values())

                def packed(self) -> bytes:
                    """The model's file: the same pictures give the same bytes."""
                    rows = [[label, list(features)] for features, label in sorted(self.known)]
                    text = json.dumps({"format": "nearest-neighbours-1", "neighbours": self.neighbours, "known": rows})
                    return zlib.compress(text.encode(), 9)

                @classmethod
                def unpacked(cls, data: bytes) -> "Classifier":
                    """Reads a model's file."""
                    document = json.loads(zlib.decompress(data))
                    made = cls(document["neighbours"])
                    for label, features in document["known"]:
                        made.add(tuple(features), label)
                    return made

            """#
        ),
        (
            "config.yaml",
            #"""
            name: Digit classifier
            code: digit-classifier
            version: 1.0.0
            category: neural_net
            description: Learns from annotated pictures by their nearest neighbours, and predicts the labels of the others.
            readme: README.md
            data_type: image
            tasks:
              - image.classification
            requires:
              python: ">=3.10"
            tags: [example]
            actions:
              train:
                entrypoint: main.py
                method: job
                description: Trains on part of a project's tasks, measures on the rest, registers a model and writes predictions.
                hyperparameters:
                  train_ui_schemas:
                    - {$formkit: number, name: project, label: Project, number: true}
                    - {$formkit: number, name: neighbours, label: Neighbours, value: 3, min: 1, max: 25, number: true}
                    - {$formkit: number, name: holdout, label: One picture in this many is held back, value: 4, min: 2, max: 20, number: true}

            """#
        ),
        (
            "main.py",
            #"""
            """Trains a digit classifier on the annotated tasks of a project.

            Run by a Synapse backend as `python -u main.py` in the unpacked folder. See README.md.
            """

            from __future__ import annotations

            import concurrent.futures
            import hashlib
            import json
            import os
            import re
            import sys
            import time
            import traceback
            from pathlib import Path

            from api import Api
            from classifier import Classifier
            from picture import BrokenPicture, decode, encode, features
            from report import Report

            MOST_BYTES = 16 << 20


            def main() -> int:
                params = read_params(os.environ)
                api = Api()
                report = Report(api)
                report.running()
                try:
                    result = Training(api, report, params).run()
                except Exception as error:
                    traceback.print_exc()
                    report.failed(f"{type(error).__name__}: {error}")
                    return 1
                print("__SYNAPSE_RESULT_START__", json.dumps(result), "__SYNAPSE_RESULT_END__", sep="\n", flush=True)
                report.succeeded(result)
                return 0


            def read_params(environment) -> dict:
                """The parameters of the run, from the environment or from the file that it names."""
                file = environment.get("SYNAPSE_ACTION_PARAMS_FILE")
                text = Path(file).read_text("utf-8") if file else environment.get("SYNAPSE_ACTION_PARAMS") or "{}"
                return json.loads(text)


            class Training:
                def __init__(self, api: Api, report: Report, params: dict):
                    self.api, self.report = api, report
                    if not isinstance(params.get("project"), int):
                        raise SystemExit('the parameter "project" is required: the number of a project')
                    self.project = params["project"]
                    self.neighbours = min(max(int(params.get("neighbours", 3)), 1), 25)
                    self.holdout = min(max(int(params.get("holdout", 4)), 2), 20)
                    self.threads = min(max(int(params.get("threads", 8)), 1), 32)
                    config = Path(__file__).with_name("config.yaml").read_text("utf-8")
                    self.code, self.version = (re.search(rf"(?m)^{key}: *(\S+)", config)[1] for key in ("code", "version"))

                def run(self) -> dict:
                    started = time.monotonic()
                    project = self.api.get(f"projects/{self.project}/")
                    self.report.say(f"project {self.project}: {project['title']}")
                    pictures, skipped = self.load()
                    labelled = [one for one in pictures if one["label"] is not None]
                    held_back = [one for one in labelled if one["held_back"]]
                    known = [one for one in labelled if not one["held_back"]]
                    if not known or not held_back:
                        raise ValueError(f"{len(labelled)} annotated pictures are too few to train and to measure")
                    classifier = Classifier(self.neighbours)
                    for one in known:
                        classifier.add(one["features"], one["label"])
                    accuracy, confusion = self.measure(classifier, held_back, len(known))
                    model = self.register(classifier, accuracy, len(known), len(held_back))
                    written = self.write_predictions(classifier, model, pictures, project)
                    seconds = round(time.monotonic() - started, 2)
                    self.report.say(f"done in {seconds} s", "success")
                    return {
                        "accuracy": accuracy, "model_id": model, "train_count": len(known), "test_count": len(held_back),
                        "skipped": skipped, "predictions": written, "confusion": confusion, "seconds": seconds,
                    }

                # The pictures

                def load(self):
                    """Every task with its picture's features; what can't be used is counted by its reason."""
                    tasks = list(self.api.pages("tasks/", project=self.project, page_size=200, expand="data_unit"))
                    self.report.say(f"{len(tasks)} tasks")
                    pictures, skipped = [], {}
                    with concurrent.futures.ThreadPoolExecutor(self.threads) as pool:
                        for index, (picture, reason) in enumerate(pool.map(self.read, tasks)):
                            if picture:
                                pictures.append(picture)
                            if reason:
                                skipped[reason] = skipped.get(reason, 0) + 1
                            self.report.progress("dataset", index + 1, len(tasks))
                    for reason, count in sorted(skipped.items()):
                        self.report.say(f"{count} tasks: {reason}", "warning")
                    return pictures, skipped

                def read(self, task: dict):
                    unit = task.get("data_unit")
                    files = (unit.get("files") or {}) if isinstance(unit, dict) else {}
                    file = next((one for one in files.values() if one.get("is_primary")), next(iter(files.values()), None))
                    if not file or not file.get("url"):
                        return None, "without a file"
                    try:
                        content = self.api.download(file["url"], MOST_BYTES)
                        numbers = features(decode(content))
                    except BrokenPicture:
                        return None, "not a picture that can be read"
                    except Exception as error:
                        print(f"task {task['id']}: {error}", flush=True)
                        return None, "not downloaded"
                    # The same picture is on the same side in every run.
                    side = int(hashlib.md5(content).hexdigest()[:8], 16) % self.holdout
                    label = human_label(task)
                    picture = {"task": task["id"], "unit": unit["id"], "features": numbers, "label": label,
                               "held_back": side == 0, "is_open": label is None and may_be_written(task)}
                    return picture, None if label is not None else "without a label"

                # Training

                def measure(self, classifier: Classifier, held_back: list, known: int):
                    self.report.say(f"training on {known} pictures, measuring on {len(held_back)}")
                    labels = sorted({one["label"] for one in held_back} | {label for _, label in classifier.known})
                    confusion: dict = {}
                    right = 0
                    for index, one in enumerate(held_back):
                        one["prediction"] = classifier.predict(one["features"])
                        guess = one["prediction"][0]
                        right += guess == one["label"]
                        row = confusion.setdefault(one["label"], {})
                        row[guess] = row.get(guess, 0) + 1
                        self.report.progress("train", index + 1, len(held_back))
                    accuracy = round(right / len(held_back), 4)
                    self.report.measure("train", accuracy=accuracy, train_count=known, test_count=len(held_back))
                    most = max(max(row.values()) for row in confusion.values())
                    levels = [[255 - 255 * confusion.get(true, {}).get(guess, 0) // most for guess in labels for _ in range(16)]
                              for true in labels for _ in range(16)]
                    self.report.show("confusion", encode(levels), caption="rows: true labels, columns: predicted", labels=labels)
                    self.report.say(f"accuracy {accuracy}: {right} of {len(held_back)} held-back pictures", "success")
                    return accuracy, confusion

                def register(self, classifier: Classifier, accuracy: float, known: int, held_back: int) -> int:
                    """The model; one that is the same to the byte is there already after a second run."""
                    content = classifier.packed()
                    digest = hashlib.sha256(content).hexdigest()
                    name = f"{self.code} {self.version} {digest[:12]}"
                    for model in self.api.pages("models/", search=name, page_size=50):
                        if model["name"] == name:
                            self.report.progress("model_upload", 1, 1)
                            self.report.say(f"model {model['id']} is the same and stays")
                            return model["id"]
                    upload = self.api.upload(f"{self.code}-{digest[:12]}.json.z", content, 16 << 10,
                                             lambda done, total: self.report.progress("model_upload", done, total))
                    model = self.api.call("POST", "models/", {
                        "name": name, "plugin": self.code, "version": self.version, "chunked_upload": upload,
                        "configuration": {"accuracy": accuracy, "neighbours": self.neighbours, "train_count": known,
                                          "test_count": held_back, "sha256": digest},
                    })
                    self.report.say(f"model {model['id']}: {len(content)} bytes")
                    return model["id"]

                # Predictions

                def write_predictions(self, classifier: Classifier, model: int, pictures: list, project: dict) -> int:
                    """Writes what was predicted where it stands in nobody's way.

                    A task that nobody has annotated gets its prediction as saved data, for a person to confirm. The predictions of
                    annotated, held-back tasks go to tasks of a project of their own on the same units.
                    """
                    open_tasks = [one for one in pictures if one["is_open"]]
                    for one in open_tasks:
                        one["prediction"] = classifier.predict(one["features"])
                    held_back = [one for one in pictures if one["held_back"] and one["label"] is not None]
                    work = [(one["task"], one, True) for one in open_tasks]
                    if held_back:
                        tasks = self.prediction_tasks(project, [one["unit"] for one in held_back])
                        work += [(tasks[one["unit"]], one, False) for one in held_back if one["unit"] in tasks]

                    def write(item):
                        task, one, is_checked = item
                        # A person may have been faster.
                        if is_checked and not may_be_written(self.api.get(f"tasks/{task}/")):
                            return 0
                        label, share = one["prediction"]
                        note = {"label": label, "confidence": round(share, 3), "model": model, "by": self.code}
                        self.api.call("PUT", f"tasks/{task}/annotate_task_data/",
                                      {"action": "save", "data": {"label": label, "prediction": note}})
                        return 1

                    written = 0
                    with concurrent.futures.ThreadPoolExecutor(self.threads) as pool:
                        for index, count in enumerate(pool.map(write, work)):
                            written += count
                            self.report.progress("predictions", index + 1, len(work))
                    self.report.progress("predictions", 1, 1)
                    self.report.say(f"{written} predictions written")
                    return written

                def prediction_tasks(self, project: dict, units: list) -> dict:
                    """Tasks of the project for predictions, by their units; made where they are missing."""
                    title = f"{project['title'][:180]}: predictions"
                    collection = project.get("data_collection", project.get("data_collection_id"))
                    collection = collection["id"] if isinstance(collection, dict) else collection
                    target = next((one["id"] for one in self.api.pages("projects/", search=title, page_size=50)
                                   if one["title"] == title), None)
                    if target is None:
                        made = self.api.call("POST", "projects/", {
                            "title": title, "category": "image", "data_collection": collection,
                            "configuration": project.get("configuration") or {},
                            "description": f"Predictions of {self.code}, apart from what people have annotated."})
                        target = made["id"]
                    there = {}
                    for task in self.api.pages("tasks/", project=target, page_size=500, fields="id,data_unit"):
                        there[task["data_unit"]] = task["id"]
                    missing = [unit for unit in units if unit not in there]
                    for start in range(0, len(missing), 500):
                        rows = [{"project": target, "data_unit": unit} for unit in missing[start : start + 500]]
                        for task in self.api.call("POST", "tasks/", rows):
                            there[task["data_unit"]] = task["id"]
                    return there


            def is_prediction(task: dict) -> bool:
                """Whether the data is a prediction as this program saved it, and nobody has handed it in."""
                data = task.get("data")
                return isinstance(data, dict) and isinstance(data.get("prediction"), dict) and not task.get("is_submitted")


            def human_label(task: dict):
                """The label that a person gave, or none."""
                data = task.get("data")
                if not isinstance(data, dict) or is_prediction(task):
                    return None
                label = data.get("label")
                return label if isinstance(label, str) and label else None


            def may_be_written(task: dict) -> bool:
                """Whether nobody's work stands in the task."""
                return not task.get("data") or is_prediction(task)


            if __name__ == "__main__":
                sys.exit(main())

            """#
        ),
        (
            "picture.py",
            #"""
            """Reads and writes PNG files, and turns a picture into the 64 numbers that the classifier compares."""

            from __future__ import annotations

            import struct
            import zlib

            SIGNATURE = b"\x89PNG\r\n\x1a\n"
            CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
            SIDE = 8
            MOST_PIXELS = 4_000_000


            class BrokenPicture(ValueError):
                """The file is no picture that can be read here."""


            def decode(data: bytes):
                """Rows of grey levels, 0 to 255, of a PNG with 8 bits a channel and without interlacing."""
                try:
                    return _decode(data)
                except (struct.error, zlib.error, IndexError) as error:
                    raise BrokenPicture(f"not a PNG: {error}") from error


            def _decode(data: bytes):
                if data[:8] != SIGNATURE:
                    raise BrokenPicture("not a PNG")
                at, header, palette, packed = 8, None, b"", []
                while at + 8 <= len(data):
                    length, kind = struct.unpack(">I4s", data[at : at + 8])
                    body = data[at + 8 : at + 8 + length]
                    (checksum,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
                    if zlib.crc32(kind + body) != checksum:
                        raise BrokenPicture("a checksum is wrong")
                    if kind == b"IHDR":
                        header = struct.unpack(">IIBBBBB", body)
                    elif kind == b"PLTE":
                        palette = body
                    elif kind == b"IDAT":
                        packed.append(body)
                    elif kind == b"IEND":
                        break
                    at += 12 + length
                if header is None:
                    raise BrokenPicture("no header")
                width, height, depth, colour, _, _, interlaced = header
                if depth != 8 or colour not in CHANNELS or interlaced:
                    raise BrokenPicture(f"{depth} bits, colour type {colour}: only 8 bits without interlacing are read")
                if not 0 < width * height <= MOST_PIXELS:
                    raise BrokenPicture(f"{width} x {height} pixels")
                channels = CHANNELS[colour]
                size = height * (width * channels + 1)
                raw = zlib.decompressobj().decompress(b"".join(packed), size)
                if len(raw) != size:
                    raise BrokenPicture("the picture is cut")
                rows, before = [], bytes(width * channels)
                for row in range(height):
                    start = row * (width * channels + 1)
                    before = unfilter(raw[start], raw[start + 1 : start + 1 + width * channels], before, channels)
                    rows.append(grey(before, colour, palette))
                return rows


            def unfilter(kind: int, line: bytes, above: bytes, step: int) -> bytes:
                """Undoes the filter of one row. Source: PNG specification, section 9."""
                if kind == 0:
                    return line
                if kind > 4:
                    raise BrokenPicture(f"filter {kind}")
                result = bytearray(line)
                for index in range(len(result)):
                    left = result[index - step] if index >= step else 0
                    up = above[index]
                    if kind == 1:
                        guess = left
                    elif kind == 2:
                        guess = up
                    elif kind == 3:
                        guess = (left + up) // 2
                    else:
                        corner = above[index - step] if index >= step else 0
                        estimate = left + up - corner
                        guess = min((left, up, corner), key=lambda value: abs(estimate - value))
                    result[index] = (result[index] + guess) & 0xFF
                return bytes(result)


            def grey(line: bytes, colour: int, palette: bytes) -> bytes:
                """The grey levels of one row."""
                if colour == 0:
                    return line
                if colour == 4:
                    return line[::2]
                if colour == 3:
                    line = b"".join(palette[3 * index : 3 * index + 3] for index in line)
                step = 4 if colour == 6 else 3
                channels = (line[0::step], line[1::step], line[2::step])
                return bytes((299 * red + 587 * green + 114 * blue) // 1000 for red, green, blue in zip(*channels))


            def features(rows) -> tuple:
                """The mean ink of each of 8 x 8 fields, 0 to 16: what is dark is ink."""
                height, width = len(rows), len(rows[0])
                result = []
                for down in range(SIDE):
                    top = down * height // SIDE
                    bottom = max(top + 1, (down + 1) * height // SIDE)
                    for across in range(SIDE):
                        left = across * width // SIDE
                        right = max(left + 1, (across + 1) * width // SIDE)
                        total = sum(sum(row[left:right]) for row in rows[top:bottom])
                        mean = total / ((bottom - top) * (right - left))
                        result.append(round((255 - mean) * 16 / 255, 3))
                return tuple(result)


            def encode(rows) -> bytes:
                """A grey PNG of rows of levels."""

                def chunk(kind: bytes, body: bytes) -> bytes:
                    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

                header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
                lines = b"".join(b"\x00" + bytes(row) for row in rows)
                return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")

            """#
        ),
        (
            "report.py",
            #"""
            """What a job tells its backend: state, progress, metrics, messages, pictures."""

            from __future__ import annotations

            import base64
            import datetime
            import os
            import threading
            import time

            STEPS = {"dataset": 40, "train": 30, "model_upload": 10, "predictions": 20}


            class Report:
                """Reports of one job; without SYNAPSE_JOB_ID everything is only printed."""

                def __init__(self, api, environment=os.environ):
                    self.api = api
                    self.job = environment.get("SYNAPSE_JOB_ID") or environment.get("RAY_JOB_ID")
                    self.steps = {name: {"proportion": share} for name, share in STEPS.items()}
                    self.metrics: dict = {}
                    self.current: dict = {"overall": 0}
                    self.began = time.monotonic()
                    self._step_began = self.began
                    self._sent = 0.0
                    self._lock = threading.Lock()

                def say(self, text: str, level: str = "info") -> None:
                    """A line of the console, and a message of the job."""
                    print(text, flush=True)
                    self._log({"event": "message", "data": {"content": text}, "level": level})

                def progress(self, step: str, done: int, total: int) -> None:
                    """How far a step is; sent about twice a second, and at its end."""
                    with self._lock:
                        state = self.steps[step]
                        if "order" not in state:
                            state["order"] = list(self.steps).index(step)
                            self._step_began = time.monotonic()
                        share = min(1.0, done / total) if total else 1.0
                        elapsed = time.monotonic() - self._step_began
                        state["percent"] = round(100 * share, 1)
                        state["time_remaining"] = round(elapsed / share * (1 - share), 2) if share else None
                        overall = sum(one["proportion"] * one.get("percent", 0) / 100 for one in self.steps.values())
                        self.current = {
                            "overall": round(min(100.0, overall), 2),
                            "step": step,
                            "percent": state["percent"],
                            "time_remaining": state["time_remaining"],
                            "order": state["order"],
                        }
                        now = time.monotonic()
                        if share < 1 and now - self._sent < 0.5:
                            return
                        self._sent = now
                        self._patch({"progress_record": self._progress_record()})

                def measure(self, step: str, **values) -> None:
                    """Numbers that belong to a step."""
                    self.metrics.setdefault(step, {}).update(values)
                    self._patch({"metrics_record": {"record": {"steps": self.metrics}}})
                    for key, value in values.items():
                        if isinstance(value, (int, float)):
                            self._log({"event": "metric", "step": step,
                                       "data": {"category": "validation", "key": key, "value": value, "metrics": {}}})

                def show(self, group: str, picture: bytes, **notes) -> None:
                    """A picture among the job's files."""
                    file = "data:image/png;base64," + base64.b64encode(picture).decode()
                    self._log({"event": "visualization", "file": file,
                               "data": {"category": "validation", "group": group, "index": 0, **notes}})

                def running(self) -> None:
                    self._patch({"status": "RUNNING"})

                def succeeded(self, result: dict) -> None:
                    self._end("SUCCEEDED", result)

                def failed(self, error: str) -> None:
                    self._end("FAILED", {"error": error})

                def _end(self, status: str, result: dict) -> None:
                    self.current["time_elapsed"] = int(time.monotonic() - self.began)
                    self._patch({"status": status, "progress_record": self._progress_record(), "result": result})

                def _progress_record(self) -> dict:
                    return {"record": {"steps": self.steps}, "current_progress": self.current}

                def _patch(self, body: dict) -> None:
                    self._try("PATCH", f"jobs/{self.job}/", body)

                def _log(self, entry: dict) -> None:
                    now = datetime.datetime.now(datetime.timezone.utc).isoformat()
                    self._try("POST", "logs/", {**entry, "datetime": now, "job": self.job})

                def _try(self, method: str, path: str, body: dict) -> None:
                    """A report that can't be sent costs the job nothing: the end is told by the exit status too."""
                    if not self.job:
                        return
                    try:
                        self.api.call(method, path, body)
                    except Exception as error:
                        print(f"warning: a report could not be sent: {error}", flush=True)

            """#
        ),
    ]
}
