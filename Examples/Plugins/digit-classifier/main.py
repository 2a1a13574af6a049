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
