/// The program between the server and a job: it outlives the server, and writes down how the job ended.
///
/// A file of Python, because whatever runs plugins has Python; only its standard library is used. It holds a lock of the
/// kernel's on `lock` for as long as it lives: whoever wants to know whether the run goes on asks for the holder, and no
/// process that came later under the same number is ever taken for it.
///
/// In the folder of a job: `run.json` in; `lock`, `state` (its own number and the job's group) and `exit` out.
enum LocalRunner {
    static let filename = "runner.py"

    static let source = #"""
        import fcntl, glob, hashlib, json, os, shlex, shutil, signal, subprocess, sys, time

        PREFIX = "SYNAPSE_RUNNER_INSTALL_"
        folder = sys.argv[1]
        plugin = os.path.join(folder, "plugin")
        stopping = False
        group = None


        def note_stop(*_):
            global stopping
            stopping = True


        def write(name, value):
            temporary = os.path.join(folder, name + ".new")
            with open(temporary, "w") as file:
                json.dump(value, file)
                file.flush()
                os.fsync(file.fileno())
            os.rename(temporary, os.path.join(folder, name))


        def say(text):
            os.write(1, (text + "\n").encode("utf-8", "replace"))


        def adopt_orphans():
            """Makes the kernel give this process what the job leaves behind, so that nothing of it gets away."""
            try:
                import ctypes
                ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
            except (ImportError, OSError, AttributeError):
                pass


        def strays():
            """Processes of the job: what descends from here, and what has its number in the environment."""
            mark = b"SYNAPSE_JOB_ID=" + os.environ["SYNAPSE_JOB_ID"].encode()
            found, parents = set(), {}
            for path in glob.glob("/proc/[0-9]*"):
                pid = int(path.split("/")[2])
                try:
                    with open(path + "/stat", "rb") as file:
                        state, parent = file.read().rpartition(b")")[2].split()[:2]
                    if state in b"ZX" or pid == os.getpid():
                        continue
                    parents[pid] = int(parent)
                    with open(path + "/environ", "rb") as file:
                        if mark in file.read().split(b"\0"):
                            found.add(pid)
                except OSError:
                    pass
            for pid in parents:
                above, steps = pid, 0
                while above in parents and steps < len(parents):
                    above, steps = parents[above], steps + 1
                if above == os.getpid():
                    found.add(pid)
            return found


        def kill_group(number):
            try:
                os.killpg(group, number)
                return True
            except (ProcessLookupError, PermissionError):
                return False


        def end_all(run, is_gentle):
            """Ends the job's group and what has left it: gently first, then for certain."""
            if is_gentle and kill_group(signal.SIGTERM):
                deadline = time.monotonic() + run["grace"]
                while time.monotonic() < deadline and kill_group(0):
                    time.sleep(0.02)
                    reap()
            for _ in range(50):
                others = strays()
                for pid in others:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except OSError:
                        pass
                if not kill_group(signal.SIGKILL) and not others:
                    return
                time.sleep(0.01)
                reap()


        child = None


        def reap():
            if child is not None:
                child.poll()


        def launch(arguments, environment, memory=None):
            def prepare():
                os.setpgid(0, 0)
                if memory:
                    import resource
                    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

            global child, group
            child = subprocess.Popen(
                arguments, env=environment, cwd=plugin, stdin=subprocess.DEVNULL, preexec_fn=prepare)
            group = child.pid
            write("state", {"pid": os.getpid(), "group": group})


        def wait(run, deadline):
            """Waits for the program; answers what ended it."""
            pause = 0.002
            while True:
                status = child.poll()
                if status is not None:
                    end_all(run, False)
                    if stopping:
                        return {"stopped": True}
                    return {"signal": -status} if status < 0 else {"status": status}
                if stopping:
                    end_all(run, True)
                    child.wait()
                    return {"stopped": True}
                if deadline is not None and time.monotonic() > deadline:
                    end_all(run, True)
                    child.wait()
                    return {"time_limit": True}
                time.sleep(pause)
                pause = min(pause * 1.5, 0.05)


        def wanted(run):
            """What the job needs installed: the arguments for the installer, and all that decides what comes of them."""
            arguments, facts = [], []
            for text in run["requirements"]:
                text = text.strip()
                if text and not text.startswith("#"):
                    arguments += text.split() if text.startswith("-") else [text]
            facts.append(arguments[:])
            path = os.path.join(plugin, "requirements.txt")
            if os.path.exists(path):
                with open(path, encoding="utf-8", errors="replace") as file:
                    lines = [line.strip() for line in file]
                lines = [line for line in lines if line and not line.startswith("#")]
                if lines:
                    arguments += ["-r", "requirements.txt"]
                    facts.append(lines)
                # What a line refers to by a path is of this archive.
                if any(line.startswith(("-", ".", "/")) or "file:" in line for line in lines):
                    facts.append(run["archive"])
            for wheel in sorted(glob.glob(os.path.join(glob.escape(os.path.join(plugin, run["wheels"])), "*.whl"))):
                with open(wheel, "rb") as file:
                    facts.append([os.path.basename(wheel), hashlib.sha256(file.read()).hexdigest()])
                arguments.append(wheel)
            options = [word for text in run["installer_options"] for word in shlex.split(text)]
            return options + arguments if arguments else [], facts + [options]


        def manager(run):
            """`uv` where the plugin asks for it and it is there, else `pip`."""
            return "uv" if run["package_manager"] == "uv" and shutil.which("uv") else "pip"


        def hold(path):
            """Takes a lock; `None` when the job is stopped meanwhile."""
            while True:
                lock = open(path, "a")
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    # Whoever removes an environment removes its lock while holding it.
                    if os.path.exists(path) and os.path.samestat(os.fstat(lock.fileno()), os.stat(path)):
                        return lock
                except (BlockingIOError, FileNotFoundError):
                    if stopping:
                        return None
                lock.close()
                time.sleep(0.05)


        def install(run):
            """The interpreter of an environment with all that the job needs, made when there is none."""
            arguments, facts = wanted(run)
            if not arguments:
                return sys.executable, None
            tool = manager(run)
            key = json.dumps([sys.version, sys.executable, tool, facts], sort_keys=True)
            home = os.path.join(run["environments"], hashlib.sha256(key.encode()).hexdigest()[:32])
            python = os.path.join(home, "bin", "python")
            done = os.path.join(home, "complete")
            # Dropped by the kernel with its holder: two jobs install one after the other.
            lock = hold(home + ".lock")
            if lock is None:
                return None, {"stopped": True}
            with lock:
                if os.path.exists(done):
                    os.utime(done)
                    return python, None
                shutil.rmtree(home, ignore_errors=True)
                say("Installing what the plugin needs with " + tool + ".")
                environment = {key[len(PREFIX):]: value for key, value in os.environ.items() if key.startswith(PREFIX)}
                environment["SYNAPSE_JOB_ID"] = os.environ["SYNAPSE_JOB_ID"]
                environment["PYTHONUNBUFFERED"] = "1"
                command = [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check",
                           "--progress-bar", "off"]
                if tool == "uv":
                    command = ["uv", "pip", "install", "--no-progress", "--python", python]
                make = [sys.executable, "-m", "venv"] + (["--without-pip"] if tool == "uv" else []) + [home]
                for step, what in ((make, "The virtual environment"), (command + arguments, "What the plugin needs")):
                    launch(step, environment)
                    end = wait(run, None if run["time_limit"] is None else started + run["time_limit"])
                    if end != {"status": 0}:
                        if "status" in end:
                            said = "could not be made" if step is make else "could not be installed"
                            end = {"preparation": what + " " + said + "."}
                        shutil.rmtree(home, ignore_errors=True)
                        os.remove(home + ".lock")
                        return None, end
                with open(done, "w") as file:
                    file.write(key)
                return python, None


        started = time.monotonic()
        os.chdir(folder)
        lock = open("lock", "a+")
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit("the job runs already")
        if os.path.exists("exit"):
            sys.exit("the job has ended already")
        # What the server had open is none of the job's business.
        for descriptor in os.listdir("/dev/fd"):
            if int(descriptor) > 2 and int(descriptor) != lock.fileno():
                try:
                    os.close(int(descriptor))
                except OSError:
                    pass
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, note_stop)
        adopt_orphans()
        write("state", {"pid": os.getpid(), "group": None})
        try:
            with open("run.json", encoding="utf-8") as file:
                run = json.load(file)
            run["grace"] = float(run["grace"])
            run["time_limit"] = None if run["time_limit"] is None else float(run["time_limit"])
            python, end = install(run)
            if end is None and stopping:
                end = {"stopped": True}
            if end is None:
                environment = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
                environment["PATH"] = os.path.dirname(python) + os.pathsep + environment["PATH"]
                launch([python] + run["arguments"], environment, run["memory_limit"])
                end = wait(run, None if run["time_limit"] is None else started + run["time_limit"])
        except BaseException as error:
            if group is not None:
                end_all({"grace": 0}, False)
            end = {"preparation": "The job could not be run: %s: %s" % (type(error).__name__, error)}
        write("exit", end)
        """#
}
