// SPDX-License-Identifier: GPL-2.0-only
"use strict";

// n and p step through the hunks of a page.
function steps() {
  const hunks = [...document.querySelectorAll(".hunk")];
  let now = -1;
  function go(to) {
    if (to < 0 || to >= hunks.length)
      return;
    if (now >= 0)
      hunks[now].classList.remove("now");
    now = to;
    hunks[now].classList.add("now");
    hunks[now].focus({ preventScroll: true });
    hunks[now].scrollIntoView({ block: "start" });
    history.replaceState(null, "", "#" + hunks[now].id);
  }
  // A link into a hunk is where the next step starts from.
  function arrive() {
    const there = document.getElementById(location.hash.slice(1));
    const hunk = there && there.closest(".hunk");
    if (hunk) {
      if (now >= 0)
        hunks[now].classList.remove("now");
      now = hunks.indexOf(hunk);
      hunk.classList.add("now");
    }
  }
  addEventListener("hashchange", arrive);
  arrive();
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey ||
        /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) &&
        event.target.type !== "radio")
      return;
    if (event.key === "n")
      go(now + 1);
    else if (event.key === "p")
      go(now < 0 ? hunks.length - 1 : now - 1);
  });
}

// The front page's list, filtered; what is asked for stands in the address.
function filters() {
  const form = document.getElementById("filter");
  if (!form)
    return;
  const rows = [...document.querySelectorAll("#sites > li")];
  const said = document.getElementById("shown");
  function apply() {
    const words = form.q.value.toLowerCase().split(/\s+/);
    let count = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !(
        (!form.d.value || row.dataset.d === form.d.value) &&
        (!form.s.value || row.dataset.s === form.s.value) &&
        words.every((word) => text.includes(word)));
      count += !row.hidden;
    }
    said.textContent = count + " of " + rows.length + " sites";
  }
  function keep() {
    apply();
    const kept = new URLSearchParams();
    for (const name of ["d", "s", "q"])
      if (form[name].value)
        kept.set(name, form[name].value);
    history.replaceState(null, "", "#?" + kept);
  }
  function arrive() {
    if (location.hash.startsWith("#?")) {
      const kept = new URLSearchParams(location.hash.slice(2));
      for (const name of ["d", "s", "q"])
        form[name].value = kept.get(name) || "";
    }
    apply();
  }
  form.hidden = false;
  form.addEventListener("input", keep);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", arrive);
  arrive();
}

filters();
steps();
