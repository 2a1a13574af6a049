/// The program that Ray starts: it gives the job a folder of its own, its variables and parameters, passes on what it
/// prints in the form that ``RayLogDecoder`` reads, and ends all that it has started.
///
/// A file of Python, standard library only. What it must know comes in a file beside it, which it removes when it has
/// read it: Ray shows a job's environment variables to everybody, but not what is in its packages.
enum RayLauncher {
    static let module = "synapse_ray_run"
    static let filename = module + ".py"
    static let runFilename = module + ".json"

    /// The command as Ray's shell gets it.
    static let entrypoint = "exec \"$(command -v python || command -v python3)\" -m " + module

    static let source = #"""
        """Runs one job of a Synapse backend on Ray."""
        import codecs, ctypes, json, os, re, resource, select, shutil, signal, subprocess, sys, tempfile, time

        LONGEST_LINE = 8192
        STOP_GRACE = 2.0
        UNSAFE = re.compile("[\x1a\r\udc80-\udcff]")
        stopping = None


        def note_stop(*_):
            global stopping
            if stopping is None:
                stopping = time.monotonic()


        def write(data):
            while data:
                data = data[os.write(1, data):]


        class Output:
            """The program's bytes as text that Ray can read, without a loss."""

            def __init__(self):
                self.decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
                self.column = 0

            def encode(self, match):
                character = ord(match.group())
                return "\x1a%02x" % (character - 0xDC00 if character >= 0xDC80 else character)

            def put(self, data, final=False):
                parts = []
                for line in self.decoder.decode(data, final).split("\n"):
                    if parts:
                        parts.append("\n")
                        self.column = 0
                    start = 0
                    while len(line) - start > LONGEST_LINE - self.column:
                        end = start + LONGEST_LINE - self.column
                        parts.append(UNSAFE.sub(self.encode, line[start:end]) + "\x1a\n")
                        self.column, start = 0, end
                    self.column += len(line) - start
                    parts.append(UNSAFE.sub(self.encode, line[start:]))
                write("".join(parts).encode("utf-8"))


        def children():
            """Everything that this process has started and that still lives, however deep."""
            parents = {}
            if os.path.isdir("/proc/self"):
                for name in os.listdir("/proc"):
                    if name.isdigit():
                        try:
                            with open("/proc/%s/stat" % name, "rb") as file:
                                fields = file.read().rpartition(b")")[2].split()
                        except OSError:
                            continue
                        if fields[0] != b"Z":
                            parents[int(name)] = int(fields[1])
            else:
                listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True).stdout
                for line in listed.splitlines():
                    pid, parent = line.split()
                    parents[int(pid)] = int(parent)
            found, last = set(), {os.getpid()}
            while last:
                last = {pid for pid, parent in parents.items() if parent in last and pid not in found}
                found |= last
            return found


        def signal_all(number):
            found = children()
            for pid in found:
                try:
                    os.kill(pid, number)
                except OSError:
                    pass
            return found


        def kill_all():
            for _ in range(100):
                if not signal_all(signal.SIGKILL):
                    return
                time.sleep(0.01)


        def adopt_orphans():
            """What the program's children leave behind stays below this process, and ends with it."""
            try:
                ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
            except (OSError, AttributeError):
                pass


        def prepare(run, folder):
            here = os.path.dirname(os.path.abspath(__file__))
            shared = os.getcwd()
            work = os.path.join(folder, "plugin")
            shutil.copytree(shared, work, symlinks=True)
            if run["parameters_file"]:
                with open(os.path.join(work, run["parameters_file"]), "w", encoding="utf-8") as file:
                    file.write(run["parameters"])
            environment = dict(os.environ)
            paths = environment.get("PYTHONPATH", "").split(os.pathsep)
            paths = [work if path == shared else path for path in paths if path and path != here]
            environment["PYTHONPATH"] = os.pathsep.join(paths or [work])
            environment.update(run["environment"])
            return work, environment


        def follow(child, reader, output, deadline):
            """Passes output on until the program and all that it has started are gone; answers how it ended."""
            told, ended, late = False, None, False
            while True:
                ready, _, _ = select.select([reader], [], [], 0.1)
                if ready:
                    data = os.read(reader, 65536)
                    if not data:
                        break
                    output.put(data)
                now = time.monotonic()
                if ended is None and child.poll() is not None:
                    ended = now
                if ended is not None and (not ready or now - ended > 1):
                    kill_all()
                if deadline is not None and now > deadline and ended is None and stopping is None:
                    late = True
                    note_stop()
                if stopping is not None:
                    if not told:
                        told = True
                        signal_all(signal.SIGTERM)
                    elif now - stopping > STOP_GRACE:
                        kill_all()
            while child.poll() is None:
                if stopping is not None and time.monotonic() - stopping > STOP_GRACE:
                    kill_all()
                time.sleep(0.01)
            kill_all()
            output.put(b"", True)
            return "T" if late else "E%d" % child.returncode


        def limit_memory(limit):
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


        def main():
            started = time.monotonic()
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, note_stop)
            path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "synapse_ray_run.json")
            with open(path, encoding="utf-8") as file:
                run = json.load(file)
            try:
                os.remove(path)
            except OSError:
                pass
            adopt_orphans()
            # Ray removes the package's folder when nothing uses it: also that of a job that was killed.
            folder = tempfile.mkdtemp(prefix="job-", dir=os.path.dirname(path))
            try:
                work, environment = prepare(run, folder)
                reader, writer = os.pipe()
                write(b"\x1aS\n")
                child = subprocess.Popen(
                    [sys.executable] + run["arguments"], cwd=work, env=environment, stdin=subprocess.DEVNULL,
                    stdout=writer, stderr=writer,
                    preexec_fn=(lambda: limit_memory(run["memory_limit"])) if run["memory_limit"] else None)
                os.close(writer)
                deadline = None if run["time_limit"] is None else started + run["time_limit"]
                end = follow(child, reader, Output(), deadline)
                write(b"\x1a" + end.encode() + b"\n")
                code = child.returncode
                return code if code >= 0 else 128 - code
            finally:
                shutil.rmtree(folder, ignore_errors=True)


        if __name__ == "__main__":
            sys.exit(main())
        """#
}
