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
