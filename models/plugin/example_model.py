"""A model as a process: answers with what belongs to the nearest training example.

Cupel writes one JSON object a line to standard input and reads one a line from standard output;
README.md beside this file has the protocol. Standard output is for answers alone: print anything
else to standard error. The standard library is enough.
"""

import json
import sys

PROTOCOL = 2


def read():
    """The next line of Cupel, or the end of this process when there is none."""
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    return json.loads(line)


def write(answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


class Nearest:
    """Similarity is the Jaccard index of character n-grams; the first of equals wins."""

    def __init__(self, options):
        self.n = options["n"]
        self.known = []
        self.gallery = []

    def grams(self, text):
        return {text[i:i + self.n] for i in range(len(text) - self.n + 1)}

    @staticmethod
    def similarity(a, b):
        return len(a & b) / max(1, len(a | b))

    def nearest(self, text):
        asked = self.grams(text)
        return max(self.known, key=lambda example: self.similarity(asked, example["grams"]))

    def fit(self, request):
        from_text = request["capability"] in ("generation", "molecule-retrieval")
        given, other = ("text", "smiles") if from_text else ("smiles", "text")
        train = [read() for _ in range(request["train"])]
        for _ in range(request["validation"]):
            read()  # nothing is chosen here
        if not train:
            return {"error": "there is nothing to learn from", "kind": "usage"}
        for done, sample in enumerate(train, 1):
            self.known.append({"grams": self.grams(sample[given]), "other": sample[other],
                               "labels": sample["labels"]})
            if done % 1000 == 0 or done == len(train):
                write({"progress": done / len(train), "examples": done})
        return {"done": True}

    def generate(self, request):
        return {"outputs": [self.nearest(text)["other"] for text in request["inputs"]]}

    def set_gallery(self, request):
        self.gallery = [self.grams(text) for text in request["candidates"]]
        return {"done": True}

    def rank(self, request):
        likely = [self.grams(self.nearest(query)["other"]) for query in request["queries"]]
        return {"scores": [[self.similarity(one, other) for other in self.gallery]
                           for one in likely]}

    def classify(self, request):
        return {"scores": [self.nearest(smiles)["labels"] for smiles in request["inputs"]]}


def main():
    start = read()
    write({"protocol": PROTOCOL})
    model = Nearest(start["options"])
    while True:
        request = read()
        write(getattr(model, request["request"])(request))


if __name__ == "__main__":
    main()
