"""Opens reports in a headless Chromium without a network, and clicks through every page.

    report_test.py [--screenshots FOLDER] [--report FILE]... CUPEL...

CUPEL... is the command of the program. It makes a store of hostile strings and one of a run of the baselines, and a
report of each; --report adds one that is there already. Ends with 0, or 1 and what is wrong. Where there is no
Chromium (CUPEL_CHROMIUM names one) it prints SKIPPED: and ends with 0.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time

from devtools import Browser, find_browser

SECONDS = 2
BYTES = 15_000_000
MARK = "window.hacked=1"
HOSTILE = [
    f"<script>{MARK}</script>", f"</script><script>{MARK}</script>", f"<!--<script>{MARK}</script>",
    f"<img src=x onerror={MARK}>", f"\"><svg onload={MARK}>", f"'-{MARK}-'", f"javascript:{MARK}", "{{data}} {{scripts}}",
    "&lt;b&gt; &amp;", "\u202eright to left\u202c \u200b\u2066isolated\u2069", "\u2028 line \u2029", "C" * 100_000,
    "word " * 20_000, "\\u003cscript\\u003e", "]]>", "__proto__", "constructor",
]


def say(text):
    print(text, flush=True)


def run(command, **more):
    done = subprocess.run(command, capture_output=True, **more)
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stderr.decode()[-2000:]}"
    return done.stdout


def hostile_report(cupel, folder):
    store = os.path.join(folder, "hostile <b>.db")
    for task, column in (("generation", "description"), ("captioning", "SMILES")):
        for shift, model in enumerate((f"<img src=x onerror={MARK}>", "\u202edlrow")):
            path = os.path.join(folder, f"{task}-{shift}.txt")
            rows = [(HOSTILE[i], HOSTILE[(i + 1) % len(HOSTILE)], HOSTILE[(i + 1 + shift) % len(HOSTILE)])
                    for i in range(len(HOSTILE))]
            with open(path, "w", encoding="utf-8", newline="\n") as file:
                file.write(f"{column}\tground truth\toutput\n")
                file.writelines("\t".join(row) + "\n" for row in rows)
            run(cupel + ["import", path, "--store", store, "--task", task, "--model", model, "--dataset", "made <i>",
                         "--force"])
    run(cupel + ["score", "--store", store, "--protocol", "cupel", "--resamples", "10"])
    return write_report(cupel, store, os.path.join(folder, "hostile.html"))


def baseline_report(cupel, folder):
    store = os.path.join(folder, "baselines.db")
    manifest = os.path.join(os.path.dirname(__file__), "../../tasks/manifests/mini-baselines.json")
    run(cupel + ["run", os.path.normpath(manifest), "--store", store, "--limit", "30"])
    return write_report(cupel, store, os.path.join(folder, "baselines.html"))


def write_report(cupel, store, path):
    page = run(cupel + ["report", "--store", store, "--format", "html"])
    with open(path, "wb") as file:
        file.write(page)
    return path


class Visit:
    """One report in one browser."""

    def __init__(self, program, path, pictures, width, dark):
        self.path, self.pictures = path, pictures
        self.name = f"{os.path.splitext(os.path.basename(path))[0]}-{width}-{'dark' if dark else 'light'}"
        self.profile = tempfile.TemporaryDirectory()
        self.browser = Browser(program, self.profile.name, width=width, dark=dark)

    def close(self):
        self.browser.close()
        self.profile.cleanup()

    def settled(self, what):
        self.browser.wait("document.getElementById('page').getAttribute('aria-busy') === 'false'", what)
        trouble = self.browser.value("[...document.querySelectorAll('#page .warning')].map((one) => one.textContent)"
                                     ".filter((text) => text.includes('could not be drawn')).join()")
        assert not trouble, f"{self.name}: {what}: {trouble}"
        text = self.browser.value("document.body.innerText")
        for sign in ("[object ", "undefined", "NaN"):
            assert sign not in text, f"{self.name}: {what}: {sign} stands at {text[max(0, text.find(sign) - 200):][:400]!r}"

    def picture(self, what):
        if self.pictures:
            time.sleep(0.3)
            self.browser.screenshot(os.path.join(self.pictures, f"{self.name}-{what}.png"))

    def open(self):
        """The fastest of three counts: a machine does other things as well."""
        size = os.path.getsize(self.path)
        assert size < BYTES, f"{self.path} has {size} bytes"
        fastest = min(self.seconds_to_open() for _ in range(3))
        say(f"{self.name}: {size / 1e6:.2f} MB, opens in {fastest:.2f} s")
        assert fastest < SECONDS, f"{self.name}: opens in {fastest:.2f} s"

    def seconds_to_open(self):
        self.browser.call("Page.navigate", url="about:blank")
        begin = time.monotonic()
        self.browser.call("Page.navigate", url="file://" + os.path.abspath(self.path))
        self.browser.wait("document.readyState === 'complete' && typeof cupel === 'object' && "
                          "document.getElementById('page').getAttribute('aria-busy') === 'false'", "the report opens")
        return time.monotonic() - begin

    def pages(self):
        titles = self.browser.value("[...document.querySelectorAll('[role=tab]')].map((tab) => tab.textContent)")
        assert len(titles) == 9, titles
        for i, title in enumerate(titles):
            begin = time.monotonic()
            self.browser.value(f"document.querySelectorAll('[role=tab]')[{i}].click()")
            self.browser.wait(f"document.querySelector('#page h2')?.textContent === '{title}'", f"page {title}")
            self.settled(title)
            say(f"{self.name}: {title} in {time.monotonic() - begin:.2f} s")
            self.picture(title.lower())
            self.browser.value("document.querySelectorAll('#page details').forEach((one) => { one.open = true; })")

    def keys(self):
        self.browser.value("document.querySelectorAll('[role=tab]')[0].click(); document.querySelectorAll('[role=tab]')[0].focus()")
        for _ in range(9):
            self.browser.press("ArrowRight")
        self.browser.wait("location.hash === '#/overview'", "nine arrows lead around")
        self.browser.press("End")
        self.browser.wait("location.hash === '#/provenance'", "the End key leads to the last page")
        self.settled("keys")

    def theme(self):
        before = self.browser.value("document.documentElement.dataset.theme")
        self.browser.value("document.getElementById('theme').click()")
        assert self.browser.value("document.documentElement.dataset.theme") != before
        self.settled("theme")
        self.browser.value("document.getElementById('theme').click()")

    def choose(self, label, place):
        """The value that was chosen, or None where the choice has no such place."""
        return self.browser.value(f"""(async () => {{
            const select = [...document.querySelectorAll('#page label')].find((one) => one.firstChild.textContent === '{label}')?.querySelector('select');
            if (!select || select.options.length <= {place}) return null;
            select.selectedIndex = {place};
            select.dispatchEvent(new Event('change'));
            await new Promise((done) => setTimeout(done, 150));
            return select.options[{place}].textContent;
        }})()""")

    def examples(self):
        self.browser.value("location.hash = '#/examples'")
        self.browser.wait("document.querySelector('#page h2')?.textContent === 'Examples'", "page Examples")
        self.settled("Examples")
        for place in range(100):
            task = self.choose("task", place)
            if task is None:
                break
            self.browser.wait("document.querySelector('.detail h3')", f"an example of {task}")
            self.choose("beside", 1)
            self.browser.wait("document.querySelector('.detail h3')", f"an example of {task} beside another")
            assert self.browser.value("document.querySelectorAll('[role=option]').length") < 60
            first = self.browser.value("document.querySelector('.detail h3').textContent")
            self.browser.value("document.querySelector('[role=listbox]').focus()")
            self.browser.press("ArrowDown")
            self.browser.wait(f"document.querySelector('.detail h3').textContent !== '{first}'", f"the next example of {task}")
            self.browser.press("End")
            self.choose("sort by", 1)
            self.browser.wait("document.querySelector('.detail h3')", f"a sorted example of {task}")
            self.picture(f"examples-{place}")
            self.choose("sort by", 0)

    def end(self):
        browser = self.browser
        assert not browser.complaints, f"{self.name}: {browser.complaints}"
        foreign = [url for url in browser.requests if not url.startswith(("file:", "data:", "blob:"))]
        assert not foreign, f"{self.name} asks for {foreign}"

    def stays_text(self):
        """No hostile string became an element, and they can all be read."""
        browser = self.browser
        assert browser.value("window.hacked") is None, "a hostile string was run"
        wrong = browser.value("document.querySelectorAll('img, iframe, object, b, i, [onerror], [onload]').length")
        assert wrong == 0, f"{wrong} elements come from data"
        browser.value("location.hash = '#/examples'")
        browser.wait("document.querySelector('#page h2')?.textContent === 'Examples'", "page Examples")
        self.settled("Examples")
        browser.wait("document.querySelector('.detail h3')", "an example")
        browser.value("document.querySelector('[role=listbox]').focus()")
        browser.press("Home")
        browser.wait("document.querySelector('.detail h3')?.textContent === 'Example 1'", "the first example")
        text = browser.value("document.querySelector('.detail').textContent")
        assert HOSTILE[0] in text and HOSTILE[1] in text, text[:2000]
        assert "\u202e" not in browser.value("document.body.innerText"), "a mark of direction works"


def visit(program, path, pictures, width=1280, dark=False, hostile=False):
    one = Visit(program, path, pictures, width, dark)
    try:
        one.open()
        one.pages()
        one.keys()
        one.theme()
        one.examples()
        if hostile:
            one.stays_text()
        one.end()
    except AssertionError as error:
        one.picture("failed")
        raise AssertionError(f"{error}; the browser says {one.browser.complaints}") from error
    finally:
        one.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--screenshots")
    parser.add_argument("--report", action="append", default=[])
    parser.add_argument("cupel", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    program = find_browser()
    if program is None:
        print("SKIPPED: no Chromium on the path; CUPEL_CHROMIUM names one")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        if arguments.cupel:
            visit(program, hostile_report(arguments.cupel, folder), arguments.screenshots, hostile=True)
            visit(program, baseline_report(arguments.cupel, folder), arguments.screenshots, dark=True)
        for path in arguments.report:
            visit(program, path, arguments.screenshots)
            visit(program, path, arguments.screenshots, width=420, dark=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AssertionError as error:
        print(f"FAILED: {error}")
        sys.exit(1)
