# SPDX-License-Identifier: GPL-2.0-only
"""The report's pages, in a browser and without one."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
from html.parser import HTMLParser

import pytest
from pinlib.base import records
from pinlib.base.errors import UsageError
from pinlib.report import html_diff, html_links, pages
from pinlib.series import mail_reader
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from trees import lab

OWNED = "<img src=x onerror=\"document.title='owned'\">"
EVIL = lab.c("""\
#include <linux/mm.h>

int evil(unsigned long addr)
{
    struct page *page;
    const char *s = "</pre><script>document.title='owned'</script>";
    int ret;

    ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
    if (ret != 1)
        return -EFAULT;
    pr_info("%s", s);
    dma_map_page(NULL, page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
    put_page(page); /* <b>bold</b> */
    return 0;
}
""")


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """The series of a small tree, some names in which hold markup."""
    home = tmp_path_factory.mktemp("html")
    tree = lab.make(home / "linux", {"drivers/evil/<b>x.c": EVIL}, "idioms")
    with open(tree / "MAINTAINERS", "a", encoding="ascii") as stream:
        stream.write(f"\n{OWNED}\nS:\tMaintained\nF:\tdrivers/evil/\n")
    (home / "none.toml").write_text("")
    done = subprocess.run(
        [lab.TREES.parents[1] / "scripts/gup2pin", "series", "--no-install",
         "--kernel", tree, "--out", home / "out", "--decisions",
         home / "none.toml"],
        env={**os.environ, "GUP2PIN_CACHE": lab.cold_cache(home / "c")},
        check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return home / "out"


@pytest.fixture(scope="module")
def report(out):
    return json.loads((out / "report.json").read_text())


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium, without a window."""
    wanted = Options()
    wanted.binary_location = "/usr/bin/chromium"
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu",
                 "--disable-dev-shm-usage"):
        wanted.add_argument(word)
    wanted.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"),
                              options=wanted)
    yield driver
    driver.quit()


def width(browser, pixels):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": pixels, "height": 900, "deviceScaleFactor": 1,
        "mobile": False})


def open_page(browser, path, fragment=""):
    browser.get("about:blank")
    browser.get(path.as_uri() + fragment)


def page_of(report, out, subsystem):
    names = pages._pages([*dict.fromkeys(sorted(
        (s["subsystem"] for s in report["sites"]), key=str.lower)), *(
            p["subsystem"] for p in report["patches"])])
    return out / "html" / names[subsystem]


@pytest.mark.parametrize("pixels", [400, 1600])
def test_every_page_opens_clean_and_fits(browser, out, pixels):
    width(browser, pixels)
    for path in [out / "report.html", *sorted((out / "html").iterdir())]:
        open_page(browser, path)
        assert browser.get_log("browser") == [], path
        assert browser.title != "owned"
        assert browser.execute_script(
            "return document.documentElement.scrollWidth") <= pixels, path


def test_filter(browser, out, report):
    width(browser, 1600)
    open_page(browser, out / "report.html")

    def shown():
        return [row for row in browser.find_elements(
            By.CSS_SELECTOR, "#sites > li") if row.is_displayed()]
    counts = report["summary"]["by_disposition"]
    assert len(shown()) == len(report["sites"])
    form = browser.find_element(By.ID, "filter")
    form.find_element(By.NAME, "d").send_keys("manual")
    assert len(shown()) == counts["manual"] > 1
    form.find_element(By.NAME, "q").send_keys("ARRAY_leak main.c")
    assert [r.get_attribute("data-d") for r in shown()] == ["manual"]
    assert form.find_element(By.ID, "shown").text.startswith("1 of ")
    # What was asked for can be sent to somebody as an address.
    asked = browser.current_url
    browser.get("about:blank")
    browser.get(asked)
    assert len(shown()) == 1
    open_page(browser, out / "report.html", "#?s=" + "TOY%20DRIVERS")
    assert len(shown()) == len(report["sites"]) - 1


def test_from_a_release_to_its_acquisition_across_files(browser, out, report):
    width(browser, 1600)
    open_page(browser, page_of(report, out, "TOY DRIVERS"))
    [site] = [s for s in report["sites"]
              if s["file"] == "drivers/member/main.c"]
    far = next(r for r in site["releases"]
               if r["file"] == "drivers/member/other.c")
    note = browser.find_element(By.ID, html_links.place_anchor("release", far))
    assert "Release at drivers/member/other.c" in note.text
    assert "struct member_ctx.page" in note.text        # the path
    note.find_element(By.LINK_TEXT, f"{site['file']}:{site['line']}").click()
    target = browser.execute_script(
        "return document.querySelector(':target').id")
    assert target == html_links.place_anchor("acquisition", site)
    back = browser.find_element(By.ID, target)
    assert "Acquisition drivers/member/main.c" in back.text
    back.find_element(By.LINK_TEXT, f"{far['file']}:{far['line']}").click()
    assert browser.execute_script("return document.querySelector(':target')"
                                  ".id") == note.get_attribute("id")
    # The line itself leads to its note.
    mark = browser.find_element(
        By.CSS_SELECTOR, f".side a.mark[href='#{target}']")
    row = mark.find_element(By.XPATH, "./ancestor::tr")
    assert "get_user_pages_fast" in row.text
    assert "pin_user_pages_fast" in row.text


def test_stepping_through_hunks(browser, out, report):
    width(browser, 1600)
    open_page(browser, page_of(report, out, "TOY DRIVERS"))
    body = browser.find_element(By.TAG_NAME, "body")
    names = [h.get_attribute("id") for h in browser.find_elements(
        By.CSS_SELECTOR, ".hunk")]
    assert len(names) > 5

    def now():
        return [h.get_attribute("id") for h in browser.find_elements(
            By.CSS_SELECTOR, ".hunk.now")]
    for key, name in (("n", 0), ("n", 1), ("n", 2), ("p", 1)):
        body.send_keys(key)
        assert now() == [names[name]]
        assert browser.current_url.endswith(f"#{names[name]}")
    top = browser.execute_script(
        "return document.querySelector('.hunk.now').getBoundingClientRect()"
        ".top")
    assert 0 <= top < 200
    # A deep link to a hunk is where the next step starts.
    open_page(browser, page_of(report, out, "TOY DRIVERS"), f"#{names[4]}")
    browser.find_element(By.TAG_NAME, "body").send_keys("n")
    assert now() == [names[5]]


def test_both_views(browser, out, report):
    def shown(kind):
        return browser.find_element(By.CSS_SELECTOR,
                                    f".{kind}.diff").is_displayed()
    for pixels, wide in ((1600, True), (400, False)):
        width(browser, pixels)
        open_page(browser, page_of(report, out, "TOY DRIVERS"))
        assert (shown("side"), shown("one")) == (wide, not wide)
        browser.find_element(By.ID, "v-one").click()
        assert (shown("side"), shown("one")) == (False, True)
        browser.find_element(By.ID, "v-side").click()
        assert (shown("side"), shown("one")) == (True, False)


class Words(HTMLParser):
    """The text of a page, and the elements that it is made of."""

    def __init__(self):
        super().__init__()
        self.tags = []
        self.text = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)


def parsed(path):
    words = Words()
    words.feed(path.read_text("utf-8"))
    return words


def test_markup_in_the_tree_is_text(out, report):
    page = parsed(page_of(report, out, OWNED))
    text = "".join(page.text)
    assert OWNED in text and "drivers/evil/<b>x.c" in text
    assert "</pre><script>document.title='owned'</script>" in text
    for path in [out / "report.html", *(out / "html").iterdir()]:
        tags = parsed(path).tags
        assert sum(tag == "script" for tag, _ in tags) == 1
        assert not any(tag == "img" or any(a.startswith("on") for a in attrs)
                       for tag, attrs in tags)


def test_nothing_is_loaded_and_links_lead_somewhere(out):
    ids = {}
    shown = [out / "report.html", *(out / "html").iterdir()]
    for path in shown:
        found = [a["id"] for _, a in parsed(path).tags if "id" in a]
        assert len(found) == len(set(found)), path
        ids[path.resolve()] = set(found)
    count = 0
    for path in shown:
        for tag, attrs in parsed(path).tags:
            assert "src" not in attrs
            link = attrs.get("href", "data:,")
            if link == "data:,":
                continue
            name, _, fragment = link.partition("#")
            there = (path.parent / name).resolve() if name else path.resolve()
            assert there.is_file(), link
            assert not fragment or fragment in ids[there], (path, link)
            count += 1
    assert count > 100


def test_a_page_says_all_that_is_known(out, report):
    """Readable with scripts off: everything stands in the page itself."""
    for site in report["sites"]:
        text = "".join(parsed(page_of(report, out, site["subsystem"])).text)
        for word in (site["id"], site["reason"], site["code"],
                     *site["steps"], *site["proof"]["case"],
                     *site["proof"]["iterators"]):
            assert word in text
        assert site["blocked_by"] is None or site["blocked_by"] in text
    for patch in report["patches"]:
        text = "".join(parsed(page_of(report, out, patch["subsystem"])).text)
        mail = mail_reader.read(out / patch["mail"])
        assert mail.text in text and patch["command"] in text
        for file in mail.files:
            for row in (r for h in file.hunks for r in h.rows):
                assert row.text in text
    front = "".join(parsed(out / "report.html").text)
    for finding in report["findings"]:
        assert f"{finding['file']}:{finding['line']}" in front


def test_proofs_with_the_command_to_run_each_again(out, report, tmp_path):
    patch = next(p for p in report["patches"] if p["kind"] == "convert")
    (out / "boot-qemu.json").write_text('{"machine": "qemu"}')
    site = pages.Site(out, report, {patch["tree"]: {
        "compile": [{"object": "a.o", "result": "pass",
                     "command": "make a.o"}],
        "sparse": {"result": "fail", "command": "make C=2", "reason": "<b>"},
        "run": [{"result": "pass", "machine": m, "command":
                 f"under {m}: 9 pins"} for m in ("UML", "qemu")]}})
    path = tmp_path / "page.html"
    path.write_text(site.subsystem(patch["subsystem"]))
    text = " ".join(" ".join(parsed(path).text).split())
    for part in ("compile a.o pass make a.o", "sparse fail: <b> make C=2",
                 "run under UML: 9 pins pass scripts/gup2pin boot --subsystem",
                 "run under qemu: 9 pins pass scripts/gup2pin boot --machine "
                 "qemu --subsystem",
                 "link not run", "rescan not run"):
        assert part in text, part


def test_colours_meet_wcag_aa():
    text = (pages.TEMPLATES / "style.css").read_text()
    light, dark = re.findall(r":root \{(.*?)\}", text, re.S)[:2]
    for block in (light, dark):
        colour = dict(re.findall(r"--(\w+): (#\w{6})", block))
        for name in ("text", "soft", "link", "keyword", "type", "string",
                     "comment", "number", "macro", "name"):
            grounds = ["page", "focus"] if name in ("text", "soft", "link") \
                else ["page", "delbg", "addbg"]
            grounds += ["box"] if name == "text" else []
            for ground in grounds:
                assert contrast(colour[name], colour[ground]) >= 4.5, (
                    name, ground, block)
        assert contrast(colour["marktext"], colour["mark"]) >= 4.5
        for name in records.DISPOSITIONS:
            assert contrast(colour[name], colour["page"]) >= 3, name


def contrast(one, other):
    """The contrast of two colours as WCAG defines it."""
    def light(colour):
        parts = [int(colour[n:n + 2], 16) / 255 for n in (1, 3, 5)]
        parts = [p / 12.92 if p <= .04045 else ((p + .055) / 1.055) ** 2.4
                 for p in parts]
        return .2126 * parts[0] + .7152 * parts[1] + .0722 * parts[2]
    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + .05) / (low + .05)


def test_lines_of_the_tree_through_earlier_mails():
    row = mail_reader.Row
    diff = mail_reader.FileDiff("a.c", False, [mail_reader.Hunk("", [
        row(" ", "a", 10, 10), row("+", "b", 0, 11), row("+", "c", 0, 12),
        row("-", "d", 11, 0), row(" ", "e", 12, 13)])])
    before = [mail_reader.Mail(None, "s", 1, "", "", [diff])]
    for line, base in ((3, 3), (10, 10), (11, 10), (12, 10), (13, 12),
                       (20, 19)):
        assert html_links.base_line(line, "a.c", before) == base
        assert html_links.base_line(line, "b.c", before) == line


def test_colour_keeps_every_character():
    hunk = mail_reader.Hunk("", [
        mail_reader.Row(" ", text, n, n) for n, text in enumerate([
            "\tint a = 1; /* <b>", " * \x1b & */", "", "#define X \"<\""],
            1)])
    found = html_diff.colours(hunk)
    assert [html.unescape(re.sub("<[^>]*>", "", found[n]))
            for n in range(4)] == [
        "\tint a = 1; /* <b>", r" * \x1b & */", "", '#define X "<"']


def test_a_mail_that_is_gone_or_damaged(out, report, tmp_path):
    work = tmp_path / "out"
    entry = report["patches"][0]
    (work / entry["mail"]).parent.mkdir(parents=True)
    small = {**report, "patches": [entry]}
    with pytest.raises(UsageError, match="make series"):
        pages.write(work, small, {})
    data = (out / entry["mail"]).read_bytes()
    for text in (b"", b"nonsense", data[:len(data) // 2],
                 data[:data.index(b"\n---\n")]):
        (work / entry["mail"]).write_bytes(text)
        with pytest.raises(UsageError, match=re.escape(entry["mail"])):
            pages.write(work, small, {})
    assert not (work / "report.html").exists()
