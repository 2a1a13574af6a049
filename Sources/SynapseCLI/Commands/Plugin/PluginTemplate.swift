import SynapseModels

/// The files of a new plugin.
struct PluginTemplate {
    var name: String
    var code: String
    var category: String

    var files: [(name: String, text: String)] {
        [("config.yaml", config), ("main.py", program), ("README.md", readme), (".synapseignore", "tests\n*.zip\n")]
    }

    private var config: String {
        """
        name: \(Self.quoted(name))
        code: \(Self.quoted(code))
        version: 0.1.0
        category: \(Self.quoted(category))
        description: ""
        readme: README.md
        \(category == "neural_net" ? "data_type: image\n" : "")requires:
          python: ">=3.10"
        actions:
          run:
            entrypoint: main.py
            method: job
            description: Counts to a number of steps.

        """
    }

    /// A text that YAML reads back as it is: JSON's strings are YAML's.
    private static func quoted(_ text: String) -> String {
        String(decoding: text.jsonBytes(), as: UTF8.self)
    }

    private var program: String {
        #"""
        """A Synapse plugin: run as `python -u main.py` in the unpacked archive."""

        import json
        import os
        import time
        import urllib.request


        def report(**fields):
            """Tells the backend about this job; run by hand, there is none to tell."""
            job, host = os.environ.get("SYNAPSE_JOB_ID"), os.environ.get("SYNAPSE_HOST")
            if not job or not host:
                return
            headers = {"Content-Type": "application/json"}
            if os.environ.get("SYNAPSE_PLUGIN_RUN_USER_TOKEN"):
                headers["Authorization"] = "Token " + os.environ["SYNAPSE_PLUGIN_RUN_USER_TOKEN"]
            elif os.environ.get("SYNAPSE_ACCESS_TOKEN"):
                headers["Synapse-Access-Token"] = "Token " + os.environ["SYNAPSE_ACCESS_TOKEN"]
            if os.environ.get("SYNAPSE_PLUGIN_RUN_TENANT"):
                headers["Synapse-Tenant"] = "Token " + os.environ["SYNAPSE_PLUGIN_RUN_TENANT"]
            request = urllib.request.Request(
                f"{host.rstrip('/')}/jobs/{job}/", json.dumps(fields).encode(), headers, method="PATCH"
            )
            try:
                urllib.request.urlopen(request, timeout=30).close()
            except OSError as error:
                print(f"warning: a report could not be sent: {error}")


        def progress(done, total):
            percent = round(100 * done / total, 1)
            report(progress_record={
                "record": {"steps": {"run": {"proportion": 100, "percent": percent, "time_remaining": None, "order": 0}}},
                "current_progress": {"overall": percent, "step": "run", "percent": percent, "time_remaining": None},
            })


        def main():
            file = os.environ.get("SYNAPSE_ACTION_PARAMS_FILE")
            text = open(file, encoding="utf-8").read() if file else os.environ.get("SYNAPSE_ACTION_PARAMS", "{}")
            steps = int(json.loads(text or "{}").get("steps", 3))
            report(status="RUNNING")
            for step in range(steps):
                print(f"step {step + 1} of {steps}")
                time.sleep(0.05)
                progress(step + 1, steps)
            result = {"steps": steps}
            print("__SYNAPSE_RESULT_START__", json.dumps(result), "__SYNAPSE_RESULT_END__", sep="\n")
            report(status="SUCCEEDED", result=result)


        if __name__ == "__main__":
            try:
                main()
            except Exception as error:
                report(status="FAILED", result={"error": f"{type(error).__name__}: {error}"})
                raise

        """#
    }

    private var readme: String {
        """
        # \(name)

        The action `run` counts to a number of steps; `main.py` is the place for what the plugin is to do.

        ```sh
        synapse plugin publish .
        synapse plugin run \(code) run --params '{"steps": 5}' --follow
        ```

        """
    }
}
