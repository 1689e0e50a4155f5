"""A model process that does, when it is asked to generate or fit, what its first argument says."""

import json
import os
import signal
import subprocess
import sys
import time

MODE = sys.argv[1]
OUT = sys.stdout.fileno()


def say(text):
    os.write(OUT, text.encode())


def outputs(request):
    return json.dumps({"outputs": [text.upper() for text in request["inputs"]]}) + "\n"


def die(how):
    print("loading\nout of \x1b[31mmemory", file=sys.stderr, flush=True)
    how()


def fill_both():
    """More than a pipe holds, both ways at once."""
    os.write(2, b"x" * 300000)
    say(" " * 300000)


def endless():
    while True:
        os.write(OUT, b"[" * 65536)


def orphan():
    """Ends, while a child of its own keeps the output open."""
    child = subprocess.Popen(["sleep", "600"])
    print("orphan %d" % child.pid, file=sys.stderr, flush=True)
    os._exit(0)


def close_output():
    os.close(OUT)
    time.sleep(600)


MODES = {
    "silent": lambda: time.sleep(600),
    "exit": lambda: die(lambda: os._exit(3)),
    "signal": lambda: die(lambda: os.kill(os.getpid(), signal.SIGSEGV)),
    "close": close_output,
    "orphan": orphan,
    "endless": endless,
    "prose": lambda: say("Loading checkpoint \x1b[2J shards: 100%\n"),
    "latin": lambda: os.write(OUT, b'{"outputs": ["\xe9"]}\n'),
    "nan": lambda: say('{"scores": [[NaN]]}\n'),
    "few": lambda: say('{"outputs": ["a"]}\n'),
    "types": lambda: say('{"outputs": [1, 2]}\n'),
    "other": lambda: say('{"done": true}\n'),
    "extra": lambda: say('{"outputs": ["a", "b"], "time": 3}\n'),
    "early": lambda: say('{"progress": 0.5}\n'),
    "usage": lambda: say('{"error": "no \\u001b such option", "kind": "usage"}\n'),
    "capability": lambda: say('{"error": "no GPU", "kind": "capability"}\n'),
    "refuse": lambda: say('{"error": "too long"}\n'),
}


def main():
    if MODE == "start-garbage":
        say("Welcome to model 3.1\n")
    if MODE == "start-exit":
        sys.exit("no such weights: a.bin")
    if MODE == "deaf":
        os.close(0)
        time.sleep(600)
    if MODE == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    start = json.loads(sys.stdin.readline())
    say(json.dumps({"protocol": 9 if MODE == "future" else start["protocol"]}) + "\n")
    asked = []
    for line in sys.stdin:
        request = json.loads(line)
        if request["request"] == "fit":
            answer_fit(request)
            continue
        if request["request"] == "load":
            say('{"progress": 1.0, "loss": 0.5, "step": 7}\n' if MODE == "load-progress" else '{"done": true}\n')
            asked.append(" ".join([request["folder"], request["capability"], *request["labels"]]))
            continue
        if MODE in MODES:
            MODES[MODE]()
        elif MODE == "leak":  # what a mask that was left out would do
            longest = max(map(len, request["inputs"]))
            say(json.dumps({"outputs": [text + " " + str(longest) for text in request["inputs"]]}) + "\n")
        elif MODE == "twice":
            say(outputs(request) * 2)
        elif MODE == "later":
            say(outputs(request))
            time.sleep(0.05)
            say(outputs(request))
        elif MODE == "both":
            fill_both()
            say(outputs(request))
        elif MODE == "stages":
            say(json.dumps({"outputs": asked}) + "\n")
        elif MODE == "where":
            say(json.dumps({"outputs": [os.getcwd(), " ".join(sorted(os.listdir("/proc/self/fd")))]})
                + "\n")
        else:
            say(outputs(request))
    if MODE == "stubborn":
        time.sleep(600)


def answer_fit(request):
    if MODE == "early-fit":
        say('{"done": true}\n')
        time.sleep(600)
    if MODE == "hang-up":
        os.close(0)
        time.sleep(0.2)  # by now Cupel has written into a pipe without a reader
        say('{"error": "enough"}\n')
        time.sleep(600)
    if MODE == "walk-out":
        os._exit(5)
    if MODE == "stages":
        for _ in range(request["train"]):
            sys.stdin.readline()
        say('{"progress": 0.5, "loss": 3}\n')
        say('{"progress": 0.5, "loss": 2, "step": 70}\n')
        said = [request[key] for key in ("capability", "stage", "parent", "folder")]
        say(json.dumps({"error": "|".join(said)}) + "\n")
        return
    if MODE == "chatty":  # writes while it is written to
        for _ in range(request["train"] + request["validation"]):
            sys.stdin.readline()
            say('{"progress": 0.0, "loss": %s}\n' % ("1" + "0" * 20 + ".5"))
        say('{"done": true}\n')
        return
    for _ in range(request["train"] + request["validation"]):
        sys.stdin.readline()
    if MODE == "slow":  # longer than its time-out, but never silent
        for i in range(10):
            time.sleep(0.25)
            say('{"progress": %s, "loss": 0.5}\n' % (i / 10))
    if MODE == "forever":
        while True:
            say('{"progress": 0.25}\n')
            time.sleep(0.01)
    if MODE == "beyond":
        say('{"progress": 1.5}\n')
    say('{"done": true}\n')


main()
