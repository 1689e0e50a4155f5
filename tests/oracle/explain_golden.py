"""Golden values of tests/harness/run/explain_scores_test.cc: means of NLTK's sentence_bleu.

Run with NLTK 3.9.1: python3 tests/oracle/explain_golden.py
"""

import warnings

from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

PAIRS = [("CCOCC", "CCOCN"), ("CN", "CCOCN"), ("", "CC")]
METHODS = {
    "rows": None,
    "rows-method1": SmoothingFunction().method1,
    "rows-method2": SmoothingFunction().method2,
}

warnings.simplefilter("ignore")
for name, method in METHODS.items():
    scores = [
        sentence_bleu([list(reference)], list(prediction), smoothing_function=method)
        for prediction, reference in PAIRS
    ]
    print(name, repr(sum(scores) / len(scores)))
