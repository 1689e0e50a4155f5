"""Times whole processes: start-up, and scoring beside the reference Python (outputs compared first, runs alternating).

usage: processes.py CUPEL yes|no      with CUPEL_DATA set; prints one table and, as JSON, the figures with their conditions
"""
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def run(command):
    begin = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin, done.stdout


def alternate(commands, repetitions):
    """Times of each command, in turns, so that a disturbance meets all of them."""
    times = {name: [] for name in commands}
    for _ in range(repetitions):
        for name, command in commands.items():
            times[name].append(run(command)[0])
    return times


def values(output):
    return {score["metric"]: score["value"] for score in json.loads(output)["scores"]}


def check_equal(ours, peer):
    mine, theirs = values(run(ours)[1]), json.loads(run(peer)[1].splitlines()[0])
    assert mine.keys() == theirs.keys(), (mine.keys(), theirs.keys())
    worst = max(abs(mine[key] - theirs[key]) for key in mine)
    assert worst <= 1e-12, f"outputs differ by {worst}"


def row(label, seconds, peer=None):
    low, middle = min(seconds), statistics.median(seconds)
    figures = {"what": label, "min_s": low, "median_s": middle}
    text = f"{label:<58} {low:9.4f} {middle:9.4f}"
    if peer:
        figures |= {"peer_min_s": min(peer), "peer_median_s": statistics.median(peer)}
        figures["ratio_of_medians"] = statistics.median(peer) / middle
        text += f" {statistics.median(peer):9.3f} {figures['ratio_of_medians']:7.1f}x"
    print(text, flush=True)
    return figures


def startup(cupel):
    times = {name: [] for name in ("--version", "--help", "list protocols")}
    for _ in range(30):
        for name in times:
            times[name].append(run([cupel, *name.split()])[0])
    return [row(f"cupel {name}", seconds) for name, seconds in times.items()]


def score_command(cupel, task, *files):
    return [cupel, "score", *files, "--task", task, "--protocol", "molt5", "--format", "json", "--resamples", "0"]


def scoring(cupel, data, with_peers):
    python = sys.executable
    molt5 = os.path.join(data, "molt5")
    captions = os.path.join(molt5, "molt5-large-smiles2caption.txt")
    molecules = [os.path.join(molt5, f"molt5-{size}-caption2smiles.txt") for size in ("large", "small")]
    caption_peer = [python, os.path.join(HERE, "peers/score_captions.py"), os.path.join(data, "scibert/vocab.txt"),
                    "/usr/share/wordnet", captions]
    molecule_peer = [python, os.path.join(HERE, "peers/score_molecules.py")]
    jobs = [("3,300 captions, six metrics", score_command(cupel, "captioning", captions), caption_peer, 5)]
    for path in molecules:
        jobs.append((f"3,300 pairs, seven metrics, cold ({os.path.basename(path).split('-caption')[0]})",
                     score_command(cupel, "generation", path), [*molecule_peer, path], 3))
    rows = []
    for label, ours, peer, repetitions in jobs:
        commands = {"ours": ours} | ({"peer": peer} if with_peers else {})
        if with_peers:
            check_equal(ours, peer)
        times = alternate(commands, repetitions)
        rows.append(row(label, times["ours"], times.get("peer")))
    commands = {"one": score_command(cupel, "generation", molecules[0]), "both": score_command(cupel, "generation", *molecules)}
    if with_peers:
        commands["peer"] = [*molecule_peer, molecules[1]]
    times = alternate(commands, 3)
    further = [both - one for both, one in zip(times["both"], times["one"])]
    rows.append(row("a further file over the same references (two files - one)", further, times.get("peer")))
    return rows


def main():
    cupel, with_peers = sys.argv[1], sys.argv[2] == "yes"
    print(f"{'':<58} {'min s':>9} {'median s':>9} {'peer s':>9} {'ratio':>8}")
    rows = startup(cupel)
    data = os.environ.get("CUPEL_DATA", "")
    if os.path.isdir(os.path.join(data, "molt5")):
        rows += scoring(cupel, data, with_peers)
    else:
        print("scoring: skipped, needs real data: set CUPEL_DATA to a folder that has molt5 and scibert")
    with tempfile.NamedTemporaryFile("w", prefix="cupel-bench-", suffix=".json", delete=False) as out:
        json.dump({"conditions": conditions(cupel), "rows": rows}, out, indent=1)
    print("figures:", out.name)


def conditions(cupel):
    return {"cpu": cpu_name(), "processors": len(os.sched_getaffinity(0)), "python": platform.python_version(),
            "load_before": os.getloadavg()[0], "cupel": run([cupel, "--version"])[1].decode().strip()}


def cpu_name():
    with open("/proc/cpuinfo") as lines:
        return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")


if __name__ == "__main__":
    main()
