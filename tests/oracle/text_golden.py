#!/usr/bin/env python3
"""Makes tests/data/text_golden.json: text metrics and tokenizers of the reference implementations.
Scores are texts, so that no JSON reader can round them.

Needs Python 3.11, and from PyPI: nltk==3.9.1 rouge-score==0.1.2 sacrebleu==2.6.0
transformers==4.30.0 tokenizers==0.13.3; a second folder with nltk==3.8.1
(pip install --no-deps --target FOLDER nltk==3.8.1); WordNet 3.0 (Debian's wordnet-base).

usage: text_golden.py --wordnet /usr/share/wordnet --old-nltk FOLDER > tests/data/text_golden.json
"""

import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile

# Python code points of interest: Kelvin sign, dotted I, CJK, combining marks, emoji, controls,
# zero-width, non-ASCII white space and punctuation, final sigma, private use, young characters.
SENTENCES = [
    "", " ", "a", ".", "acid", "The molecule is an acid.", "the molecule is an acid .",
    "It is a conjugate base of 3-oxo-acid(1-).", "Heated to 300 \u212A, or 27\u2103 (80\u00b0F).",
    "\u0130stanbul \u0130I", "\u6c34 is water\u3002\u6c34\u6c34", "cafe\u0301 caf\u00e9 na\u00efve",
    "a\u0301\u0327b", "acid\U0001F600acid \U0001F9A0", "ac\u0000id ac\u0007id ac\u200bid ac\u00adid",
    "tab\tacid\nacid\r\nacid\u00a0acid\u3000acid\u2028acid\u2029acid\u0085acid\u000bacid\u001cacid",
    "[UNK] acid[UNK]acid [unk]", "[CLS] acid [SEP]", "[PAD][MASK][PAD]", "[ CLS ] [CLS",
    "##acid ## #", "\u201cacid\u201d \u00bbacid\u00ab \u00bfacid? acid\u2014acid\u2026",
    "\u03a3\u039f\u03a6\u039f\u03a3 \u03a3 a\u03a3", "\ue000acid \ufffdacid \ufeffacid", "\u166dacid\u1734acid",
    "\u08e2acid \u2e55acid \U0002B820acid \U0002B920acid", "\ufb01sh \u01c6 \u1e9e", "a" * 100,
    "a" * 101, "(a,b)->[c]{d}|e~f`g^h_i\\j@k", "$5 + 3 = 8 < 9 > 7", "\uac00\u1100\u1161",
    "The cats are running, dying and lying in skies.", "three men possess 3 geese",
    "an automobile or a car", "It has a role as a metabolite. It has a role as a drug.",
    "&quot;A &amp;amp; B&quot; &lt;skipped&gt; <skipped>c", "1,000.5 1-2 a-b 3-x .5 5. ,a, ...",
    "end-\nofline 1.\n2", "don't can't 'tis e.g. U.S.A. 3,4-dihydro", "x.\u00e9 \u00e9.x \u00e9,\u00e9 9.\u00e9",
    "THE ACID IS AN ACID", "b a b a a b", "a b a b b a", "iii 3 three i 1 one dna DNA",
]

PAIRS = [
    ("The molecule is an acid.", "The molecule is an acid."),
    ("the molecule is a weak acid", "The acids were weaker molecules"),
    ("", "acid"), ("acid", ""), ("", ""), ("acid", "acid"), ("acid", "base"),
    ("b a b a a b", "a b a b b a"), ("a b c d e f", "f e d c b a"),
    ("three running cats", "3 cat runs"), ("the quick car stopped", "an fast auto halted"),
    ("iii i 1 dna DNA", "3 iodine one DNA dna"), ("possess", "posse"),
    ("It is a conjugate base of 3-oxo-acid(1-).", "It is the conjugate acid of a 3-oxo-acid(1-)."),
    ("Heated to 300 \u212A", "heated to 300 K"), ("\u0130 i", "i \u0130"),
    ("\u03a3\u039f\u03a6\u039f\u03a3", "\u03c3\u03bf\u03c6\u03bf\u03c2"), ("\u6c34 \u6c34", "\u6c34"),
    ("two two two two", "two"), ("one", "one one one one"),
    ("biggest dogs barked loudly at large houses", "the large dog was barking at big house"),
    ("he was better than geese and oxen", "he is good as goose or ox"),
    ("x*ded ab*ded", "x*d ab*d"), ("\u2020\u2020ed a\u20ac\u20acing", "\u2020 a\u20ac"),
]

STEMS = """
skies sky dying lying tying news innings inning outings outing cannings canning howe proceed exceed
succeed Skies News flies dies lies ties died tied tried cried ponies caress caresses cats feed
agreed plastered bled motoring sing conflated troubled sized hopping tanned falling hissing fizzed
failing filing happy sky enjoy spy by ay say relational conditional rational valenci hesitanci
digitizer conformabli radicalli differentli vileli analogousli vietnamization predication operator
feudalism decisiveness hopefulness callousness formaliti sensitiviti sensibiliti fulli carefulli
geologi logi apologi archaeologi theologi bli ably possibly electricalli finalli allied ally alli
triplicate formative formalize electriciti electrical hopeful goodness revival allowance inference
airliner gyroscopic adjustable defensible irritant replacement adjustment dependent adoption
homologou communism activate angulariti homologous effective bowdlerize probate rate cease
controll roll ##ation ##ed ##ing ##ies 3ed xxing aed eed ied xied us is as os ees a's yyy yay yoyed
syzygy ion tion sion aion ll all ell ed ing aing ois ab*ded a*ding \u00e9t\u00e9s na\u00efvely
\u2020\u2020ed a\u20ac\u20acing caf\u00e9ing \u6c34\u6c34s \U0001F600ies \u0130ies MOTORING \u03a3\u039f\u03a3 Abilities
oed ooed oing owing awed boxed fixing playing buzzing skill skilled ability methyl methylation acidic
""".split()

SYNONYMS = """
cat dog three 3 iii i 1 dna acid base molecul molecule conjug role metabolit possess less iss cass geese
oxen men women women's better best good big bigger biggest larg large run running ran was were be
ies es s ed ing er est boxes churches wives analyses axes leaves bases data media children ##s
high-speed o'clock a.d. DNA Cat u.s. ses xes ves zes shes ches eses offer involucra aurar
quickly well far farther harder saw sawed lay lie lying dying
""".split()

CHARACTERS = ("BertNormalizer and BertPreTokenizer on 'a' + character + 'b': 'drop' joins, 'space' "
              "splits, 'alone' gives a token of its own, 'word' stays inside; runs of [class, last]")

VOCABULARY = """[PAD] [UNK] [CLS] [SEP] [MASK] EMPTY the molecule is an acid a b it conjugate base of 3 - oxo ( 1 )
. , heated to 300 k or 27 80 f i ##stanbul istanbul ii \u6c34 water cafe naive ##b ##a ##cid acida ##ci ##d ##id ##ac
ac tab [ ] unk cls # ## \u201c \u201d \u00bb \u00ab \u00bf ? \u2014 \u2026 \u3002 \u03c3 ##\u03c3 \u03c3\u03bf\u03c6\u03bf\u03c3 ##\u03bf a\u03c3 \u166d
fish \u00df ##\u6c34 c d e g h j { } | ~ ` ^ _ \\ @ $ + = < > 8 9 7 5 cats are run ##ning running dy ##ing and
lying in skies ; \u1112 \u1100\u1161 possess men geese has role as drug metabol ##ite auto ##mobile car
##c ##aaaa aaaaaaaaaa ##aaaaaaaaaa \u08e2acid \u2e55acid \U0001F600 acid\U0001F600acid \u00b0 : ! ##s three two""".split()


def wordnet_reader(folder):
    """NLTK's reader wants a lexnames file, which Debian does not ship; its content is not used."""
    from nltk.corpus.reader.wordnet import WordNetCorpusReader

    class Reader(WordNetCorpusReader):
        def map_wn(self, *_):  # numbers of other WordNets, from a download; used for other languages only
            return None

    copy = tempfile.mkdtemp()
    for name in os.listdir(folder):
        os.symlink(os.path.join(folder, name), os.path.join(copy, name))
    with open(os.path.join(copy, "lexnames"), "w") as out:
        out.writelines(f"{i:02}\tlexicographer-file-{i}\t1\n" for i in range(45))
    return Reader(copy, None)


def names(wordnet, word):
    found = {n for s in wordnet.synsets(word) for n in s.lemma_names() if "_" not in n}
    return " ".join(sorted(found, key=lambda n: n.encode()))


def character_classes(tokenizer):
    normalizer, splitter = tokenizer.backend_tokenizer.normalizer, tokenizer.backend_tokenizer.pre_tokenizer
    runs = []
    for code in range(0x110000):
        if 0xD800 <= code < 0xE000:
            continue
        normal = normalizer.normalize_str("a" + chr(code) + "b")
        tokens = [t for t, _ in splitter.pre_tokenize_str(normal)]
        kind = ("drop" if tokens == ["ab"] else "space" if tokens == ["a", "b"]
                else "alone" if len(tokens) == 3 else "word" if len(tokens) == 1 else "odd")
        if runs and runs[-1][0] == kind:
            runs[-1][1] = code
        else:
            runs.append([kind, code])
    return runs


def wordpiece():
    from transformers import BertTokenizerFast
    text = "".join(("" if token == "EMPTY" else token) + "\n" for token in VOCABULARY)
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "vocab.txt"), "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        # Only from_pretrained tells the fast tokenizer which literal tokens are special.
        tokenizer = BertTokenizerFast.from_pretrained(folder, do_lower_case=True)
    left_out = {"[PAD]", "[CLS]", "[SEP]"}

    def tokens(sentence):
        found = tokenizer.tokenize(sentence, truncation=True, max_length=512, padding="max_length")
        return [t for t in found if t not in left_out]

    sentences = SENTENCES + ["acid [CLS] " * 300]
    return {
        "vocabulary": text,
        "cases": [{"text": s, "tokens": tokens(s)} for s in sentences],
        "characters": {"about": CHARACTERS, "runs": character_classes(tokenizer)},
    }


def scored_pairs(wordnet):
    from nltk.translate import meteor_score
    from rouge_score import rouge_scorer
    rouge = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"])
    out = []
    for prediction, reference in PAIRS:
        hypothesis, truth = prediction.split(), reference.split()
        f = rouge.score(prediction, reference)
        # As nltk's align_words, stage by stage.
        h, r = meteor_score._generate_enums(hypothesis, truth)
        exact, h, r = meteor_score._match_enums(h, r)
        stems, h, r = meteor_score._enum_stem_match(h, r)
        synonyms, h, r = meteor_score._enum_wordnetsyn_match(h, r, wordnet)
        matches = sorted(exact + stems + synonyms)
        out.append({
            "prediction": prediction, "reference": reference,
            "rouge-1": repr(f["rouge1"].fmeasure), "rouge-2": repr(f["rouge2"].fmeasure),
            "rouge-l": repr(f["rougeL"].fmeasure),
            "meteor": repr(meteor_score.meteor_score([truth], hypothesis, wordnet=wordnet)),
            "meteor-matches": len(matches),
            "meteor-chunks": meteor_score._count_chunks(matches) if matches else 0,
            "meteor-stages": [len(exact), len(stems), len(synonyms)],
        })
    return out


def corpus_bleu(tokenize):
    from nltk.translate.bleu_score import corpus_bleu as bleu
    references = [[tokenize(r)] for _, r in PAIRS]
    predictions = [tokenize(p) for p, _ in PAIRS]
    return {str(n): repr(bleu(references, predictions, weights=(1 / n,) * n)) for n in (1, 2, 3, 4)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wordnet", required=True)
    parser.add_argument("--old-nltk")
    parser.add_argument("--names-only", action="store_true")
    arguments = parser.parse_args()
    wordnet = wordnet_reader(arguments.wordnet)
    if arguments.names_only:
        print(json.dumps([names(wordnet, word) for word in SYNONYMS]))
        return
    import nltk
    import sacrebleu
    import tokenizers
    import transformers
    from nltk.stem.porter import PorterStemmer
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
    old = json.loads(subprocess.run(
        [sys.executable, __file__, "--wordnet", arguments.wordnet, "--names-only"], check=True,
        capture_output=True, env={**os.environ, "PYTHONPATH": arguments.old_nltk}).stdout)
    stemmer, cut_13a = PorterStemmer(), Tokenizer13a()
    print(json.dumps({
        "versions": {
            "python": platform.python_version(), "nltk": nltk.__version__, "nltk (old morphy)": "3.8.1",
            "rouge_score": importlib.metadata.version("rouge-score"), "sacrebleu": sacrebleu.__version__,
            "transformers": transformers.__version__, "tokenizers": tokenizers.__version__, "wordnet": "3.0",
        },
        "wordpiece": wordpiece(),
        "13a": [{"text": s, "tokens": cut_13a(s).split()} for s in SENTENCES],
        "white-space": [{"text": s, "tokens": s.split()} for s in SENTENCES],
        "lower-case": [[s, s.lower()] for s in SENTENCES],
        "stems": [[word, stemmer.stem(word)] for word in STEMS],
        "synonyms": [[word, names(wordnet, word), before] for word, before in zip(SYNONYMS, old)],
        "pairs": scored_pairs(wordnet),
        "bleu": {"characters": corpus_bleu(list), "white-space": corpus_bleu(str.split)},
    }, indent=0, ensure_ascii=True))


main()
