"use strict";
// What the page does beside being read: filters, walking along paths, the keyboard, dark and light. Everything it
// shows is in the document already; it makes no markup, and text goes in as text.
(() => {
  const root = document.documentElement;
  const one = (selector, inside = document) => inside.querySelector(selector);
  const all = (selector, inside = document) => Array.from(inside.querySelectorAll(selector));
  const form = one(".filters");
  const obligations = all(".obligation");
  const sections = all(".handler");
  const body = (obligation) => one(".body", obligation);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let chosen = null;
  let walked = null;
  let before = null;

  root.classList.add("scripted");

  // Said to people who see and to those who listen.
  let silence = 0;
  function say(text) {
    const said = one("#said");
    said.textContent = text;
    clearTimeout(silence);
    silence = setTimeout(() => { said.textContent = ""; }, 4000);
  }

  function look(element, block) {
    element.scrollIntoView({ block, behavior: still.matches ? "auto" : "smooth" });
  }

  function unfold(element) {
    for (let at = element; at; at = at.parentElement) {
      if (at.tagName === "DETAILS") at.open = true;
    }
  }

  // Filters. What is wished for stands in the address, so that it can be shared.
  const texts = new Map();
  function text(obligation) {
    if (!texts.has(obligation)) {
      const section = obligation.closest(".handler");
      const title = section ? one("h3", section).textContent : "";
      texts.set(obligation, `${obligation.textContent} ${title}`.toLowerCase());
    }
    return texts.get(obligation);
  }

  function wished() {
    const boxes = all("input[name=status]", form);
    const on = boxes.filter((box) => box.checked).map((box) => box.value);
    return {
      q: form.elements.q.value.trim().toLowerCase(),
      rule: form.elements.rule.value,
      file: form.elements.file.value,
      statuses: on,
      isAll: on.length === boxes.length,
    };
  }

  function fits(obligation, wish) {
    const { rule, status, files } = obligation.dataset;
    return (!wish.rule || rule === wish.rule)
      && wish.statuses.includes(status)
      && (!wish.file || files.split(" ").includes(wish.file))
      && (!wish.q || wish.q.split(/\s+/).every((word) => text(obligation).includes(word)));
  }

  function filter(isAddressKept) {
    const wish = wished();
    let shown = 0;
    const hidden = new Set();
    for (const obligation of obligations) {
      const isShown = fits(obligation, wish);
      obligation.hidden = !isShown;
      if (isShown) shown += 1;
      else hidden.add(body(obligation).id);
    }
    const isFiltered = shown < obligations.length || !wish.isAll || wish.q || wish.rule || wish.file;
    for (const section of sections) {
      const own = all(".obligation", section);
      section.hidden = Boolean(isFiltered) && own.every((obligation) => obligation.hidden);
    }
    for (const row of all("svg a.row")) row.classList.toggle("dim", hidden.has(row.dataset.obligation));
    const left = obligations.length - shown;
    one("#shown").textContent = left
      ? `${shown} of ${obligations.length} obligations shown, ${left} hidden by filters`
      : `${shown} obligations shown`;
    if (chosen && chosen.hidden) choose(null);
    if (!isAddressKept) remember();
  }

  function remember(at = chosen && body(chosen).id) {
    const wish = wished();
    const parts = new URLSearchParams();
    if (wish.rule) parts.set("rule", wish.rule);
    if (wish.file) parts.set("file", name(wish.file));
    if (!wish.isAll) parts.set("status", wish.statuses.join(","));
    if (wish.q) parts.set("q", wish.q);
    if (at && parts.size) parts.set("at", at);
    const address = parts.size ? `#${parts}` : `#${at ?? ""}`;
    history.replaceState(null, "", address);
  }

  function name(file) {
    const option = Array.from(form.elements.file.options).find((o) => o.value === file);
    return option ? option.textContent : "";
  }

  // An address may be older than the page: what it asks for and the page has not is told.
  function wish(parts) {
    const unknown = [];
    const option = (field, is) => {
      const wanted = parts.get(field);
      const found = wanted && Array.from(form.elements[field].options).find((one) => is(one) === wanted);
      if (wanted && !found) unknown.push(`the ${field} ${wanted}`);
      form.elements[field].value = found ? found.value : "";
    };
    form.elements.q.value = parts.get("q") ?? "";
    option("rule", (one) => one.value);
    option("file", (one) => one.textContent);
    const boxes = all("input[name=status]", form);
    const statuses = parts.get("status")?.split(",") ?? null;
    for (const box of boxes) box.checked = statuses === null || statuses.includes(box.value);
    for (const status of statuses ?? []) {
      if (status && boxes.every((box) => box.value !== status)) unknown.push(`the status ${status}`);
    }
    filter(true);
    if (unknown.length) say(`No obligation of this page has ${unknown.join(" or ")}`);
  }

  function takeFiltersOff(what) {
    wish(new URLSearchParams());
    say(`Filters were taken off to show this ${what}`);
  }

  // The obligation that keys are about.
  function choose(obligation) {
    if (chosen) chosen.classList.remove("chosen");
    chosen = obligation;
    if (chosen) chosen.classList.add("chosen");
  }

  function show(obligation) {
    if (obligation.hidden) {
      takeFiltersOff("obligation");
    }
    unfold(obligation);
    choose(obligation);
    const summary = one("summary", obligation);
    summary.focus({ preventScroll: true });
    look(obligation, "start");
  }

  function next(by) {
    const shown = obligations.filter((obligation) => !obligation.hidden);
    if (!shown.length) return;
    const at = shown.indexOf(chosen);
    const index = at < 0 ? (by > 0 ? 0 : shown.length - 1) : (at + by + shown.length) % shown.length;
    endWalk();
    show(shown[index]);
    remember();
  }

  // Walking along a path: the line of the step is shown and marked, in whichever file it is.
  function walk(obligation, index) {
    const steps = all(".step", obligation);
    if (!steps.length) return;
    const at = Math.max(0, Math.min(index, steps.length - 1));
    endWalk();
    choose(obligation);
    unfold(obligation);
    walked = { obligation, steps, at };
    const step = steps[at];
    const line = document.getElementById(step.hash.slice(1));
    step.classList.add("current");
    step.setAttribute("aria-current", "step");
    if (line) {
      unfold(line);
      line.classList.add("current");
      look(line, "center");
    }
    one("#walk-text").textContent = `Step ${at + 1} of ${steps.length}: ${step.textContent}`;
    one("#walk-previous").disabled = at === 0;
    one("#walk-next").disabled = at === steps.length - 1;
    one("#walk").hidden = false;
  }

  // The page has another width now: what is looked at stays in sight.
  function lookAgain() {
    const line = walked && one(".line.current");
    if (line) line.scrollIntoView({ block: "center" });
  }

  function endWalk() {
    if (!walked) return;
    for (const step of walked.steps) {
      step.classList.remove("current");
      step.removeAttribute("aria-current");
    }
    for (const line of all(".line.current")) line.classList.remove("current");
    one("#walk").hidden = true;
    walked = null;
  }

  function stepBy(by) {
    if (walked) walk(walked.obligation, walked.at + by);
    else if (chosen) walk(chosen, by > 0 ? 0 : Infinity);
    else {
      const first = obligations.find((obligation) => !obligation.hidden);
      if (first) walk(first, 0);
    }
  }

  // The room for a rule's page comes and goes; what is read stays in sight.
  function makeRoom(isOpen) {
    const read = one(".line.current") ?? (before === document.body ? null : before);
    const box = read && read.getBoundingClientRect();
    const isSeen = box && box.bottom > 0 && box.top < innerHeight;
    document.body.classList.toggle("has-rule", isOpen);
    if (isSeen) read.scrollIntoView({ block: "nearest" });
  }

  // A rule's page beside the code.
  function openRule(article) {
    closeRule();
    before = document.activeElement;
    article.classList.add("open");
    makeRoom(true);
    article.scrollTop = 0;
    article.focus({ preventScroll: true });
    lookAgain();
  }

  function closeRule() {
    const open = one(".rule-page.open");
    if (!open) return false;
    makeRoom(false);
    open.classList.remove("open");
    if (before && before.isConnected) before.focus({ preventScroll: true });
    before = null;
    lookAgain();
    return true;
  }

  function help(isOpen) {
    one("#help").hidden = !isOpen;
    one("#help-button").setAttribute("aria-expanded", String(isOpen));
    (isOpen ? one("#help-close") : one("#help-button")).focus();
  }

  // Dark and light: the system's wish, until somebody says otherwise.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const themed = Array.from(document.styleSheets[0].cssRules)
    .filter((rule) => rule.media && rule.media.mediaText.includes("prefers-color-scheme"));
  let isDark = dark.matches;
  function theme(wishes) {
    isDark = wishes;
    root.style.colorScheme = isDark ? "dark" : "light";
    for (const rule of themed) rule.media.mediaText = isDark ? "screen" : "not all";
  }

  async function copy() {
    if (!chosen) return;
    const address = new URL(location.href);
    address.hash = body(chosen).id;
    try {
      await navigator.clipboard.writeText(address.href);
      say("The link was copied");
    } catch {
      history.replaceState(null, "", address.hash);
      say("The link stands in the address bar");
    }
  }

  // The address: an obligation, a rule, a line, or filters.
  function follow() {
    const hash = location.hash.slice(1);
    if (!hash) return;
    if (hash.includes("=")) {
      const parts = new URLSearchParams(hash);
      wish(parts);
      const at = parts.get("at");
      if (at) go(at);
      return;
    }
    go(hash);
    if (document.getElementById(hash)) remember(hash);
  }

  function go(id) {
    const target = document.getElementById(id);
    if (!target) {
      say("What this address led to is not on this page");
      return;
    }
    const obligation = target.classList.contains("body") && target.closest(".obligation");
    if (obligation) {
      endWalk();
      show(obligation);
      return;
    }
    const section = target.closest(".handler");
    if (section && section.hidden) {
      takeFiltersOff("handler");
    }
    if (target.classList.contains("rule-page")) {
      openRule(target);
      return;
    }
    unfold(target);
    look(target, target.classList.contains("line") ? "center" : "start");
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const hash = link.getAttribute("href").slice(1);
    if (link.classList.contains("step")) {
      event.preventDefault();
      const obligation = link.closest(".obligation");
      walk(obligation, all(".step", obligation).indexOf(link));
    } else if (link.classList.contains("link")) {
      event.preventDefault();
      choose(link.closest(".obligation"));
      copy();
    } else if (link.classList.contains("to-rule") || hash.startsWith("rule-")) {
      const article = document.getElementById(hash);
      if (article && article.classList.contains("rule-page")) {
        event.preventDefault();
        openRule(article);
      }
    } else if (hash.startsWith("o-")) {
      event.preventDefault();
      // The way back leads to where the link stands.
      history.pushState(null, "", location.href);
      go(hash);
      remember();
    }
  });

  document.addEventListener("focusin", (event) => {
    const obligation = event.target.closest && event.target.closest(".obligation");
    if (obligation && obligation !== chosen) choose(obligation);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) closeRule();
  });
  one("#theme").addEventListener("click", () => theme(!isDark));
  one("#help-button").addEventListener("click", () => help(one("#help").hidden));
  one("#help-close").addEventListener("click", () => help(false));
  one("#walk-previous").addEventListener("click", () => stepBy(-1));
  one("#walk-next").addEventListener("click", () => stepBy(1));
  one("#walk-close").addEventListener("click", endWalk);
  form.addEventListener("input", () => filter(false));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => filter(false)));
  addEventListener("hashchange", follow);
  addEventListener("beforeprint", () => {
    for (const fold of all("details")) fold.open = true;
  });

  const keys = {
    j: () => next(1),
    k: () => next(-1),
    n: () => stepBy(1),
    p: () => stepBy(-1),
    c: copy,
    t: () => theme(!isDark),
    r: () => {
      const rule = chosen && document.getElementById(`rule-${chosen.dataset.rule}`);
      if (rule) openRule(rule);
    },
    "/": () => form.elements.q.focus(),
    "?": () => help(one("#help").hidden),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (!one("#help").hidden) help(false);
      else if (!closeRule()) endWalk();
      return;
    }
    if (event.target.closest("input:not([type=checkbox]), select")) return;
    const act = keys[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });

  filter(true);
  follow();
  // The browser goes to the address once more when everything is there, and takes the focus away.
  addEventListener("load", () => setTimeout(follow));
})();
