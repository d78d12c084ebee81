/* What has to happen in the browser itself: routing presses to panels, showing the quote, copying, sending files.
   All markup is made on the server; this script writes text only through textContent. */
(() => {
  "use strict";
  // the tabs by id, as ui/page/tabs.py writes them into the head: title, waiting, again
  const TABS = Object.fromEntries([...document.querySelectorAll("meta[data-view]")].map(({ dataset }) => [dataset.view, dataset]));
  const FIRST = Object.keys(TABS)[0];
  const OPENING = "正在打开原文…";
  const panels = {};
  const timers = {};
  let opened = "";
  let filled = false;
  let origin = null;
  let readerTab = "";
  let current = ""; // the tab that is open
  let pressedAt = ""; // what was pressed in the shelf, to be found again once it is drawn anew

  // where the session has ended meanwhile, the next call leads to signing in, and from there back
  const call = window.fetch;
  window.fetch = async (...what) => {
    const reply = await call(...what);
    if (reply.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    return reply;
  };

  document.documentElement.lang = "zh-CN";
  // Gradio takes the language of its own few strings from the browser; this page is Chinese for everyone
  for (const [name, value] of [["language", "zh-CN"], ["languages", ["zh-CN", "zh"]]]) {
    try { Object.defineProperty(navigator, name, { get: () => value, configurable: true }); } catch { /* stays as it is */ }
  }

  const narrow = () => window.innerWidth < 1100;
  const quiet = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const idOf = (element) => {
    for (let node = element; node; node = node.parentElement) {
      if (node.id && !node.id.startsWith("html-")) return node.id;
    }
    return "";
  };
  const viewOf = (element) => {
    for (let node = element; node; node = node.parentElement) {
      const found = /^([a-z]+)-(form|start|out|side|body)$/.exec(node.id || "");
      if (found && found[1] in TABS) return found[1];
    }
    return "";
  };

  /* ---- panels ---- */
  window.cemai = {
    mount(element, trigger, watch) {
      const id = idOf(element);
      panels[id] = { element, trigger };
      watch("value", () => changed(id));
      if (id === "shelf-form") poll(false);
      const [view, part] = id.split("-");
      if (part === "out" && looksAgain(view)) setTimeout(() => again(view), 0);
      if (part === "form") setTimeout(() => refill(view), 0);
      if (id === "reader") whenThere(() => tabButtons().length, follow, LONG);
    },
  };

  // what said that the library is empty looks again once files have come in; a tab may be opened only then
  const looksAgain = (view) => "again" in (TABS[view] || {});
  function again(view) {
    if (filled && panels[`${view}-out`]?.element.querySelector("[data-empty]")) send(view, "start");
  }

  function changed(id) {
    const [view, part] = id.split("-");
    if (part === "out" && arriving[view] && !arriving[view].sent) { dispatch(view); return; }
    const coming = panels[id].element.querySelector(".coming");
    if (!coming) busy(id, false);
    if (id === "reader") { showQuote(); note(); }
    lastDossier();
    if (part === "form") refill(view);
    if (part === "out") stand(view, Boolean(coming));
    if (id === "tasks-form") ledger();
    if (id === "shelf-out") {
      const panel = panels[id].element;
      const focus = panel.querySelector("[data-focus]") || (pressedAt ? panel.querySelector(pressedAt) : null);
      focus?.focus({ preventScroll: true });
      const editor = panel.querySelector(".edit-row .editor");
      if (editor && (editor.getBoundingClientRect().top < 120 || editor.getBoundingClientRect().top > window.innerHeight / 2)) editor.scrollIntoView();
      if (panel.querySelector(".queue-lead") && panel.getBoundingClientRect().top < 0) window.scrollTo(0, 0);
      pressedAt = "";
      filled = true;
      Object.keys(TABS).filter(looksAgain).forEach(again);
    }
    if (id === "study-out" || id === "graph-out") {
      middle();
      panels[id].element.querySelector("[data-focus]")?.focus({ preventScroll: true });
      if (document.getElementById(id)?.getBoundingClientRect().top < 0) window.scrollTo(0, 0);
    }
  }

  /* ---- addresses: the server writes what each panel shows (ui/page/kit/address.py); here the address bar follows the page, and the page
     the address bar. Nothing else pushes, replaces or reads an address. ---- */
  const APP = window.gradio_config?.title || document.title;
  const LONG = 600;
  const OF_READER = ["doc", "at", "more", "versions", "pane"];
  const here = {}; // by tab: the query that opens what its panel shows
  const names = {}; // by tab: what that is called
  const arriving = {}; // by tab: the query that is being followed, and whether the server was asked
  let kept = {}; // by tab: what was shown before a reload, to be opened with the tab
  let place = ""; // the part of the query that opens what the reader shows; empty where it follows from the answer
  let lastPlace = "";
  let following = false; // an address is being followed: it is put right, not added
  let leaving = false; // the reader was closed by a person, who then is taken back one step
  let height = null; // where the page was scrolled to
  try { kept = JSON.parse(sessionStorage.getItem("cemai.here")) || {}; } catch { /* none, or not ours */ }
  try { kept.today ??= localStorage.getItem("cemai.today") || undefined; } catch { /* the unit and region of this browser: none yet */ }

  const canonical = (query) => new URLSearchParams(query).toString();
  const plain = (view) => (view === FIRST ? "" : `tab=${view}`);

  function split(search) {
    const asked = new URLSearchParams([...new URLSearchParams(search)].filter(([, value]) => value));
    const reader = new URLSearchParams();
    for (const name of OF_READER) {
      if (asked.get(name)) reader.set(name, asked.get(name));
      asked.delete(name);
    }
    const named = asked.get("tab");
    asked.delete("tab");
    const view = named in TABS ? named : FIRST;
    const values = asked.toString();
    const shown = reader.has("doc") ? reader.toString() : "";
    return { view, query: values ? `tab=${view}&${values}` : plain(view), place: shown, alone: Boolean(shown) && !named && !values };
  }

  // the tab of the address is the first one that is drawn
  const drawnFirst = window.gradio_config?.components?.find((part) => part.props?.elem_id === "views");
  if (drawnFirst) drawnFirst.props.selected = split(location.search).view;
  history.scrollRestoration = "manual";

  function fullAddress() {
    const view = activeTab();
    const query = here[view] ?? plain(view);
    const shown = isReading() ? place : "";
    if (!shown) return query;
    return document.body.classList.contains("alone") ? shown : `${query || `tab=${view}`}&${shown}`;
  }

  /* write down where the page is: a step of its own, unless an address is being followed */
  function note(replace = following) {
    const view = activeTab();
    const alone = document.body.classList.contains("alone");
    const title = isReading() && place ? document.getElementById("reader-title")?.textContent : "";
    document.title = [title, ...(alone ? [] : [names[view], TABS[view].title]), APP].filter(Boolean).join(" - ");
    const before = canonical(location.search);
    const now = fullAddress();
    if (now === before) return;
    const url = now ? `?${now}` : location.pathname;
    if (replace) history.replaceState(history.state, "", url);
    else history.pushState({ from: before }, "", url);
  }

  /* a panel says what it shows */
  function stand(view, coming) {
    const said = panels[`${view}-out`].element.querySelector("[data-address]");
    const asked = arriving[view];
    if (!coming) delete arriving[view];
    const before = here[view];
    here[view] = said ? split(said.dataset.address.split("?")[1]).query : asked ? asked.query : plain(view);
    names[view] = said?.dataset.name || "";
    try { sessionStorage.setItem("cemai.here", JSON.stringify({ ...kept, ...here })); } catch { /* a reload then opens this state only */ }
    if (view === "ask" && said?.dataset.answer && !coming) remember(said.dataset);
    if (view === "today" && !coming && view === activeTab()) keepUnit(here.today);
    if (view !== activeTab()) return;
    following = Boolean(asked);
    if (!(asked && split(location.search).place)) {
      if (view === "ask") openFirst(coming);
      else if (view === "study" || view === "graph") close();
    }
    note();
    following = false;
    if (asked && !coming && height !== null) window.scrollTo(0, height);
    // what was pressed below an answer shows something new above
    if (!asked && view === FIRST && here[view] !== before && panels[`${view}-out`].element.getBoundingClientRect().top < 0) window.scrollTo(0, 0);
  }

  /* whose day it is stays with the browser; the day itself does not */
  function keepUnit(query) {
    const own = new URLSearchParams(query);
    own.delete("as_of");
    try { localStorage.setItem("cemai.today", own.toString()); } catch { /* to be chosen again */ }
  }

  /* show what the address says: at first, and whenever a person goes back or forward */
  function follow() {
    const asked = split(location.search);
    following = true;
    height = history.state?.y ?? null;
    if (asked.query !== (here[asked.view] ?? plain(asked.view))) arrive(asked.view, asked.query);
    if (activeTab() !== asked.view) toTab(asked.view);
    current = asked.view;
    document.body.classList.toggle("alone", asked.alone);
    if (asked.place) openPlace(asked.place);
    else if (!arriving[asked.view]) {
      if (asked.view === "ask" && !leaving) openFirst(false);
      else close();
      if (height !== null) window.scrollTo(0, height);
    }
    note();
    following = leaving = false;
  }

  function go(query) {
    history.pushState({ from: canonical(location.search) }, "", query);
    follow();
  }

  function arrive(view, query) {
    here[view] = query;
    arriving[view] = { query, sent: false };
    fill(view, query);
    whenThere(() => panels[`${view}-out`], ({ element }) => {
      busy(`${view}-out`, true);
      // what is drawn when the page is loaded comes before what the address asks for, and is not shown
      if (element.childElementCount || "apart" in TABS[view]) dispatch(view);
      else element.setAttribute("data-arriving", "");
    }, LONG);
  }

  function dispatch(view) {
    const asked = arriving[view];
    if (!asked || asked.sent) return;
    asked.sent = true;
    const values = {};
    new URLSearchParams(asked.query).forEach((value, name) => { values[name] = name in values ? [values[name], value].flat() : value; });
    Object.assign(values, own(view));
    if (view === "today" || (view === "ask" && values.do === "history")) values.asked = askedLines();
    panels[`${view}-out`].trigger("click", { ...values, act: "arrive", turn: turn() });
  }

  /* a tab that was not opened since the page was loaded again shows what it showed before */
  function revive(view) {
    if (kept[view] && !(view in here) && kept[view] !== plain(view)) arrive(view, kept[view]);
  }

  // a form that is drawn anew says what its results were asked with
  const refill = (view) => { if (here[view] || kept[view]) fill(view, here[view] ?? kept[view]); };

  function fill(view, query) {
    const asked = new URLSearchParams(query);
    asked.delete("tab");
    const form = document.querySelector(`[id="${view}-form"]`);
    if (view === FIRST) document.body.classList.toggle("asked", asked.has("question") || asked.has("do"));
    form?.querySelectorAll("form").forEach((one) => one.reset());
    form?.querySelectorAll("[name]").forEach((field) => {
      if (field.tagName !== "FORM" && asked.get(field.name)) field.value = asked.get(field.name);
    });
    form?.querySelectorAll("[data-toggle]").forEach((button) => {
      button.setAttribute("aria-pressed", String(asked.getAll(button.dataset.toggle).includes(button.value)));
    });
    for (const [name, value] of Object.entries(own(view))) {
      const field = form?.querySelector(`[name="${name}"]`);
      if (field) field.value = value;
    }
    const conditions = document.getElementById("ask-filters");
    if (view === "ask" && conditions && Object.keys(written(conditions)).length) conditions.hidden = false;
    if (view === "tasks") ledger();
  }

  /* who somebody is stands in no address, and so in no history and no log: it stays with this tab of the browser until that is closed */
  function own(view) {
    try { return JSON.parse(sessionStorage.getItem(`cemai.own.${view}`)) || {}; } catch { return {}; }
  }
  function keepOwn(view) {
    if (!TABS[view].own) return;
    const all = fields(view);
    const said = Object.fromEntries(TABS[view].own.split(" ").map((name) => [name, all[name] || ""]));
    try { sessionStorage.setItem(`cemai.own.${view}`, JSON.stringify(said)); } catch { /* a reload then asks for it again */ }
  }

  /* a file of what stands in no address: what it is made of is sent in the body */
  async function saveFile(button) {
    const { file, body } = button.dataset;
    try {
      const reply = await fetch(file, { method: "POST", headers: { "Content-Type": "application/json" }, body });
      if (!reply.ok) { say(button, "没有导出，请再试一次"); return; }
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await reply.blob());
      link.download = decodeURIComponent(reply.headers.get("Content-Disposition").split("UTF-8''")[1]);
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    } catch { lost(true); }
  }

  /* ---- what was asked in this browser: numbers and addresses of answers; the answers are in the library ---- */
  const MOST_ASKED = 100;
  function askedHere() {
    try {
      const found = JSON.parse(localStorage.getItem("cemai.asked"));
      return Array.isArray(found) ? found : [];
    } catch { return []; }
  }
  const askedLines = () => askedHere().map((entry) => JSON.stringify(entry)); // sent only where the list is drawn
  function keepAsked(entries) {
    const saved = entries.filter((entry) => entry.saved).length;
    let room = MOST_ASKED - saved;
    try { localStorage.setItem("cemai.asked", JSON.stringify(entries.filter((entry) => entry.saved || room-- > 0))); } catch { /* not kept */ }
  }
  function remember({ answer, address }) {
    if (!address.includes("question=")) return;
    const before = askedHere();
    const day = new Date();
    const at = new Date(day - day.getTimezoneOffset() * 60000).toISOString().slice(0, 16).replace("T", " ");
    const saved = before.some((entry) => entry.link === address && entry.saved);
    keepAsked([{ answer, link: address, at, saved }, ...before.filter((entry) => entry.link !== address)]);
  }
  function saveAsked(button) {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    keepAsked(askedHere().map((entry) => (entry.answer === button.dataset.save ? { ...entry, saved: on } : entry)));
  }
  function forgetAsked() {
    keepAsked(askedHere().filter((entry) => entry.saved));
    send("ask", "history");
  }

  /* ---- dossiers: what the reader shows, or an answer with its quotes, goes in ---- */
  function collect(form) {
    const values = { ...written(form), ...form.dataset };
    try { localStorage.setItem("cemai.dossier", values.dossier || ""); } catch { /* to be written again */ }
    lastDossier();
    if (!form.closest("#reader")) { send("ask", "collect", { ...values, link: `/?${here.ask}` }); return; }
    busy("reader", true);
    panels.reader.trigger("click", { ...values, act: "collect" });
  }
  function lastDossier() {
    document.querySelectorAll("[data-dossier]").forEach((field) => { field.value ||= localStorage.getItem("cemai.dossier") || ""; });
  }

  let turns = 0;
  // two answers that read the same still are two answers: the panel waits for a change
  const turn = () => String(turns += 1);

  window.addEventListener("popstate", follow);
  let scrolled = 0;
  window.addEventListener("scroll", () => {
    clearTimeout(scrolled);
    scrolled = setTimeout(() => history.replaceState({ ...history.state, y: window.scrollY }, ""), 300);
  }, { passive: true });

  function busy(id, on) {
    const panel = panels[id];
    if (!panel) return;
    clearTimeout(timers[id]);
    if (!on) { panel.element.removeAttribute("aria-busy"); panel.element.removeAttribute("data-arriving"); return; }
    const view = id.split("-")[0];
    panel.element.dataset.waiting = id === "reader" ? OPENING : TABS[view]?.waiting || "请稍候…";
    panel.element.setAttribute("aria-busy", "true");
    timers[id] = setTimeout(() => look(id, 0), 2500);
  }

  /* ---- is the server still there? asked only when an answer is late ---- */
  async function look(id, times) {
    let there = false;
    try { there = (await fetch("/api/v1/health", { cache: "no-store" })).ok; } catch { /* not there */ }
    lost(!there);
    const panel = panels[id];
    if (!there) {
      busy(id, false);
      timers.lost = setTimeout(() => look(id, times), 3000);
    } else if (panel?.element.hasAttribute("aria-busy")) {
      if (times > 3) panel.element.dataset.waiting = "还在进行，文件多时会久一些。可以先看别的页面，结果会留在这里。";
      timers[id] = setTimeout(() => look(id, times + 1), 3000);
    }
  }

  function lost(on) {
    let banner = document.getElementById("lost");
    if (!on && !banner) return;
    if (!banner) {
      banner = document.createElement("div");
      banner.id = "lost";
      banner.setAttribute("role", "alert");
      document.querySelector(".gradio-container")?.append(banner);
    }
    banner.textContent = on ? "与服务的连接断开了。请确认策脉仍在运行；连上以后这里会告诉您。" : "连接已恢复，请再做一次刚才的操作。";
    if (!on) { clearTimeout(timers.lost); setTimeout(() => banner.remove(), 4000); opened = ""; }
  }

  function written(holder, out = {}) {
    holder?.querySelectorAll("[name]").forEach((field) => {
      if (field.tagName === "FORM" || !field.value) return;
      if (field.type !== "checkbox") out[field.name] = field.value;
      else if (field.checked) (out[field.name] ||= []).push(field.value);
    });
    return out;
  }

  function fields(view) {
    const out = written(document.querySelector(`[id="${view}-form"]`));
    document.querySelectorAll(`[id="${view}-form"] [data-toggle][aria-pressed="true"]`).forEach((button) => {
      (out[button.dataset.toggle] ||= []).push(button.value);
    });
    return out;
  }

  function send(view, act, extra = {}) {
    const panel = panels[`${view}-out`];
    if (!panel) return;
    const box = document.querySelector(`[id="${view}-form"] form.box input`);
    const subject = extra.question || extra.subject;
    if (box && subject) { box.value = subject; extra[box.name] = subject; }
    if (view === "today" || (view === "ask" && act === "history")) extra.asked = askedLines();
    else if (view === "ask" && act === "ask" && !(box && box.value.trim())) { box?.focus(); return; }
    if (view === "ask") document.body.classList.add("asked");
    // what was chosen by a press stands in the form, too
    for (const [name, value] of Object.entries(extra)) {
      const field = document.querySelector(`[id="${view}-form"] form:not(.box) [name="${name}"]`);
      if (field && typeof value === "string") field.value = value;
    }
    keepOwn(view);
    if (view === "shelf") pressedAt = controlOf(document.activeElement);
    delete arriving[view];
    busy(`${view}-out`, true);
    panel.trigger("click", { ...fields(view), ...extra, act, turn: turn() });
  }

  const controlOf = (element) => {
    const { act, doc } = element?.dataset || {};
    if (act) return `[data-act="${act}"]${doc ? `[data-doc="${CSS.escape(doc)}"]` : ""}`;
    return element?.name ? `[name="${CSS.escape(element.name)}"]` : "";
  };

  /* ---- ticks: what is done to many files is shown once one is ticked ---- */
  const ticks = () => [...document.querySelectorAll("#shelf-out [data-tick]")];
  const ticked = () => ticks().filter((box) => box.checked).map((box) => box.value);
  function countTicks() {
    const bar = document.querySelector("#shelf-out .bulk");
    if (!bar) return;
    const all = bar.querySelector("[data-everything]");
    const count = ticked().length;
    bar.hidden = !count;
    bar.querySelector(".ticked").textContent = all?.checked ? "已选全部" : `已选 ${count} 份`;
    document.querySelector("#shelf-out [data-tick-all]").checked = count === ticks().length;
  }
  function tick(box) {
    if ("tickAll" in box.dataset) ticks().forEach((one) => { one.checked = box.checked; });
    if ("everything" in box.dataset && box.checked) ticks().forEach((one) => { one.checked = true; });
    countTicks();
  }
  const ofTicked = () => (document.querySelector("#shelf-out [data-everything]:checked") ? { everything: "1" } : { doc: ticked() });

  /* ---- the reader ---- */
  const isReading = () => document.body.classList.contains("reading");

  /* the part of an address that opens a place, and back */
  function placeOf({ act, doc, start, end, spans }) {
    const out = new URLSearchParams({ doc });
    if (act === "versions") out.set("versions", "1");
    else if (Number(end) > Number(start)) out.set("at", `${start}-${end}`);
    if (spans) out.set("more", spans);
    return out.toString();
  }
  function openPlace(query) {
    const asked = new URLSearchParams(query);
    const [start, end] = (asked.get("at") || "0-0").split("-");
    const data = { act: asked.has("versions") ? "versions" : "open", doc: asked.get("doc"), start, end };
    if (asked.get("more")) data.spans = asked.get("more");
    read(data, query);
  }

  function open(element, implied = false) {
    if (!element.closest("#reader")) origin = element.closest(".claim, .cell, .hit-main, .hit-more") || element;
    const data = { ...element.dataset };
    read(data, implied ? "" : placeOf(data));
  }

  // on a wide screen the first quote of an answer is open beside it
  function openFirst(coming) {
    const first = panels["ask-out"]?.element.querySelector(".claim");
    if (first && !narrow()) open(first, true);
    else if (!coming) close();
  }

  function read(data, asPlace) {
    const { act, doc, start = "0", end = "0", spans = "" } = data;
    const key = JSON.stringify([act === "versions", doc, start, end, spans]);
    document.querySelectorAll(".on").forEach((node) => node.classList.remove("on"));
    if (origin?.isConnected && origin.dataset.doc === doc) origin.classList.add("on");
    document.body.classList.add("reading");
    readerTab = activeTab();
    [place, lastPlace] = [asPlace, placeOf(data)];
    if (key === opened) { showQuote(); note(); return; }
    opened = key;
    busy("reader", true);
    whenThere(() => panels.reader, (reader) => reader.trigger("click", data), LONG);
    note();
  }

  function close() {
    if (!isReading()) return;
    document.body.classList.remove("reading", "alone");
    document.querySelectorAll(".on").forEach((node) => node.classList.remove("on"));
    if (narrow()) (origin?.querySelector?.("a") || origin)?.focus?.();
    readerTab = place = "";
  }

  /* closed by a person: one step back, where the step before was the same without the reader */
  function shut() {
    const explicit = place;
    close();
    if (!explicit) return;
    if (history.state?.from === fullAddress()) { leaving = true; history.back(); } else note();
  }

  function pane(name) {
    const reader = document.getElementById("reader");
    reader?.querySelectorAll("[data-pane]").forEach((tab) => {
      tab.setAttribute("aria-selected", String(tab.dataset.pane === name));
    });
    reader?.querySelectorAll("[data-for]").forEach((part) => { part.hidden = part.dataset.for !== name; });
    return reader?.querySelector(`[data-for="${name}"]`);
  }

  function centre(target, holder) {
    if (!target || !holder) return;
    const shift = target.getBoundingClientRect().top - holder.getBoundingClientRect().top;
    const room = Math.max(24, (holder.clientHeight - Math.min(target.offsetHeight, holder.clientHeight)) / 2);
    holder.scrollTop += shift - room;
  }

  function showQuote() {
    const wanted = new URLSearchParams(place).get("pane");
    if (wanted && document.querySelector(`#reader [data-for="${CSS.escape(wanted)}"]`)) { pane(wanted); return; }
    const holder = pane("text");
    const quote = document.getElementById("quote");
    if (quote) { quote.closest("details")?.setAttribute("open", ""); centre(quote, holder); }
    else if (holder) holder.scrollTop = 0;
    if (narrow()) document.querySelector("#reader [data-close]")?.focus();
  }

  function goTo(button) {
    const target = document.getElementById(button.dataset.goto);
    if (!target) { open(button); return; }
    place = placeOf(button.dataset);
    note(true);
    const holder = pane("text");
    holder.scrollTop += target.getBoundingClientRect().top - holder.getBoundingClientRect().top - 24;
  }

  function whenThere(find, then, tries = 60) {
    const found = find();
    if (found) then(found);
    else if (tries > 0) setTimeout(() => whenThere(find, then, tries - 1), 50);
  }

  /* ---- tabs ---- */
  const tabButtons = () => [...document.querySelectorAll('#views [role="tab"]')];
  const keyOf = (tab) => Object.keys(TABS).find((key) => TABS[key].title === tab?.textContent.trim()) || FIRST;
  const activeTab = () => current || keyOf(tabButtons().find((tab) => tab.getAttribute("aria-selected") === "true"));
  let steered = false; // a tab is opened for something that is shown in it: that is the step, not the tab
  function toTab(key) {
    steered = true;
    tabButtons().find((tab) => keyOf(tab) === key)?.click();
    steered = false;
  }
  function tabOpened(tab) {
    current = keyOf(tab);
    if (document.body.classList.contains("alone")) close();
    document.body.classList.toggle("reading", Boolean(readerTab) && readerTab === current);
    window.scrollTo(0, 0);
    if (current === "graph") whenThere(() => document.querySelector("#graph-out .canvas")?.clientWidth, middle);
    if (steered) return;
    revive(current);
    note();
  }

  function ledger() {
    const form = document.querySelector("#tasks-form form");
    if (form) form.dataset.shown = form.querySelector('[name="ledger"]')?.value || "tasks";
  }

  /* ---- copying ---- */
  async function copy(button) {
    const link = button.dataset.link;
    const text = link === undefined ? button.dataset.copy : `${location.origin}${location.pathname}${link ? link.slice(1) : location.search}`;
    let done = true;
    try { await navigator.clipboard.writeText(text); }
    catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
    }
    say(button, done ? "已复制" : "没有复制成功，请手动选取");
  }
  function say(button, words) {
    const label = button.textContent;
    button.textContent = words;
    setTimeout(() => { button.textContent = label; }, 1600);
  }

  /* ---- what people say of an answer ---- */
  async function judge(form) {
    const said = document.createElement("p");
    said.className = "count";
    said.setAttribute("role", "status");
    try {
      const reply = await fetch(`/api/v1/answers/${form.dataset.judge}/feedback`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(written(form)),
      });
      said.textContent = reply.ok ? "已记下。管理员用 cemai answers list 可以看到。" : (await reply.json()).error?.message || "没有记下，请再试一次。";
    } catch {
      lost(true);
      return;
    }
    form.replaceWith(said);
  }

  /* ---- files: sent from here, read by the server; what is under way there is shown after a reload too ---- */
  const sending = [];
  let uploading = false;
  let asking = 0;
  let before = "";

  function upload(files) {
    const list = document.getElementById("uploads");
    if (!list || !files.length) return;
    const region = document.getElementById("upload-region")?.value.trim() || "";
    for (const file of files) {
      const row = jobRow(list, file.name);
      row.said.textContent = "等待上传";
      sending.push({ file, region, row });
    }
    if (!uploading) next();
  }

  function next() {
    const job = sending.shift();
    uploading = Boolean(job);
    if (!job) { poll(); return; }
    const form = new FormData();
    form.append("file", job.file);
    if (job.region) form.append("region", job.region);
    const request = new XMLHttpRequest();
    request.open("POST", document.querySelector("[data-upload]").dataset.upload);
    request.responseType = "json";
    request.upload.onprogress = (event) => { if (event.lengthComputable) job.row.bar.value = 100 * event.loaded / event.total; };
    request.onload = () => {
      const said = request.response || {};
      if (said.id) { job.row.line.id = `job-${said.id}`; show(said); poll(); }
      else end(job.row, "未收", said.error?.message || "没有结果，请重试。");
      next();
    };
    request.onerror = () => {
      end(job.row, "未收", "连接中断，这份文件没有放入。请确认服务仍在运行，再试一次。");
      next();
    };
    job.row.said.textContent = "正在上传";
    request.send(form);
  }

  function jobRow(list, name) {
    const line = document.createElement("li");
    const file = document.createElement("span");
    const said = document.createElement("span");
    const bar = document.createElement("progress");
    file.className = "file"; file.textContent = name;
    said.className = "told";
    bar.max = 100; bar.value = 0; bar.setAttribute("aria-label", name);
    line.append(file, bar, said);
    list.prepend(line);
    return { line, file, said, bar };
  }

  function end(row, state, words, warnings = []) {
    row.bar?.remove();
    row.line.dataset.state = state;
    row.said.textContent = words;
    if (!warnings.length || row.line.querySelector("ul")) return;
    const notes = document.createElement("ul");
    warnings.slice(0, 8).forEach((warning) => {
      const item = document.createElement("li");
      item.textContent = warning;
      notes.append(item);
    });
    row.line.append(notes);
  }

  function show(job) {
    const list = document.getElementById("uploads");
    if (!list) return;
    const line = document.getElementById(`job-${job.id}`);
    const row = line ? { line, said: line.querySelector(".told"), bar: line.querySelector("progress") } : jobRow(list, job.source);
    row.line.id = `job-${job.id}`;
    if (job.done) {
      const read = [job.title && `《${job.title.replace(/《/g, "〈").replace(/》/g, "〉")}》`, job.region].filter(Boolean).join(" · ");
      end(row, job.state, read && job.state !== "未收" ? `${job.message}　${read}` : job.message, job.warnings);
    } else {
      row.line.dataset.state = job.state;
      row.said.textContent = job.message;
      if (job.state === "正在识别") row.bar?.removeAttribute("value"); // how long a file takes is not known beforehand
    }
  }

  async function poll(refresh = true) {
    clearTimeout(asking);
    let jobs;
    try {
      const reply = await fetch("/api/v1/imports", { cache: "no-store" });
      jobs = await reply.json();
      lost(false);
    } catch {
      lost(true);
      asking = setTimeout(poll, 3000);
      return;
    }
    jobs.forEach(show);
    const open = jobs.filter((job) => !job.done).length;
    const lead = document.getElementById("uploads-lead");
    if (lead) {
      lead.hidden = !jobs.length;
      lead.querySelector(".how-far").textContent = open ? `正在读入，还有 ${open} 份。可以离开这一页，读入不会停。` : summary(jobs);
      lead.querySelector("button").hidden = open === jobs.length;
    }
    const ended = jobs.filter((job) => job.done).map((job) => job.id).join(" ");
    if (open) asking = setTimeout(poll, 700);
    if (refresh && ended !== before && !open && !uploading && panels["shelf-out"]) {
      busy("shelf-out", true);
      panels["shelf-out"].trigger("click", { act: "refresh" });
    }
    if (!open) before = ended;
  }

  /* what became of all files: how many of each, and why those that did not come in were refused */
  function summary(jobs) {
    const count = (state) => jobs.filter((job) => job.state === state).length;
    const told = [["已入库", "新增"], ["已替换", "替换"], ["未变", "未变"], ["未收", "未收"]]
      .map(([state, word]) => [word, count(state)]).filter(([, n]) => n).map(([word, n]) => `${word} ${n} 份`).join("，");
    const why = {};
    jobs.filter((job) => job.state === "未收").forEach((job) => {
      const reason = job.message.split("。")[0];
      why[reason] = (why[reason] || 0) + 1;
    });
    const reasons = Object.entries(why).sort((a, b) => b[1] - a[1]).slice(0, 4).map(([reason, n]) => (n > 1 ? `${reason}（${n} 份）` : reason));
    return `${jobs.length} 份都已处理：${told}。${reasons.length ? `未收的原因：${reasons.join("；")}。` : ""}`;
  }

  async function clearUploads() {
    try { await fetch("/api/v1/imports", { method: "DELETE" }); } catch { lost(true); return; }
    document.querySelectorAll("#uploads > li:not(:has(progress))").forEach((line) => line.remove());
    poll(false);
  }

  // what the browser has not sent yet would be lost with the page
  window.addEventListener("beforeunload", (event) => { if (uploading) event.preventDefault(); });

  /* ---- events ---- */
  const inside = (form) => Boolean(form.closest('[id$="-out"]'));
  const PRESSED = "[data-copy],[data-link],[data-save],[data-forget],[data-clear-uploads],[data-close],[data-show],[data-pane],[data-goto],[data-file],[data-toggle],[data-put],[data-tab],[data-act]:not(form)";

  function press(target, event) {
    const data = target.dataset;
    if ("copy" in data || "link" in data) { copy(target); return; }
    if ("close" in data) { shut(); return; }
    if ("save" in data) { saveAsked(target); return; }
    if ("forget" in data) { forgetAsked(); return; }
    if ("clearUploads" in data) { clearUploads(); return; }
    if ("pane" in data) {
      pane(data.pane);
      const asked = new URLSearchParams(place || lastPlace);
      asked.delete("pane");
      if (data.pane !== "text") asked.set("pane", data.pane);
      place = asked.toString();
      note(true);
      return;
    }
    if ("goto" in data) { goTo(target); return; }
    if ("file" in data) { saveFile(target); return; }
    if ("show" in data) { const part = document.getElementById(data.show); if (part) part.hidden = !part.hidden; return; }
    if ("put" in data) {
      const field = target.closest("form")?.elements[data.put];
      if (field) { field.value = data.text; field.focus(); }
      return;
    }
    if ("toggle" in data) {
      target.setAttribute("aria-pressed", String(target.getAttribute("aria-pressed") !== "true"));
      const view = viewOf(target);
      if (document.querySelector(`[id="${view}-form"] form.box input`)?.value.trim()) send(view, view);
      return;
    }
    if ("tab" in data) {
      toTab(data.tab);
      if (data.fill && data.text) {
        // the parts of a view are made when it is first opened
        whenThere(() => panels[`${data.tab}-out`] && document.getElementById(data.fill), (field) => {
          field.value = data.text;
          send(data.tab, data.act || data.tab);
        });
      } else if (data.edit) {
        if (narrow()) close();
        whenThere(() => panels["shelf-out"], () => send("shelf", "edit", { doc: data.edit }));
      } else if (data.unit) {
        whenThere(() => panels["study-out"] && document.querySelector("#study-form form"), () => {
          send("study", "path", { unit: data.unit, region: data.region });
        });
      } else {
        revive(data.tab);
        note();
      }
      return;
    }
    if (data.act === "open") { open(target); return; }
    if (data.act === "versions") { read({ ...data }, placeOf(data)); return; }
    event.preventDefault();
    const { act, ...rest } = data;
    send(viewOf(target), act, rest);
    if (act === "page") window.scrollTo({ top: 0, behavior: quiet() ? "auto" : "smooth" });
  }

  const middle = () => {
    const canvas = document.querySelector("#graph-out .canvas");
    if (canvas) { canvas.scrollLeft = (canvas.scrollWidth - canvas.clientWidth) / 2; canvas.scrollTop = (canvas.scrollHeight - canvas.clientHeight) / 2; }
  };
  // a picture above the text that comes late pushes the quote out of sight
  document.addEventListener("load", (event) => { if (event.target.closest?.("#reader .strip")) showQuote(); }, true);
  document.addEventListener("click", (event) => {
    const tab = event.target.closest?.('#views [role="tab"]');
    if (tab) { tabOpened(tab); return; }
    const link = event.target.closest?.("a");
    if (link) { pressLink(link, event); return; }
    const target = event.target.closest?.(PRESSED);
    if (!target || target.disabled || event.target.closest("summary")) return;
    // who marks words of a quote wants to copy them
    if (isCard(target) && String(getSelection()).trim()) return;
    press(target, event);
  });
  const isCard = (target) => target.dataset.act === "open" && target.tagName === "DIV";

  /* a link into the page is followed here; with Ctrl or the middle button the browser opens it in a tab of its own */
  function pressLink(link, event) {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.dataset.act) { event.preventDefault(); press(link, event); return; }
    if (link.hasAttribute("download") || link.origin !== location.origin || link.pathname !== location.pathname || !link.search) return;
    event.preventDefault();
    go(link.search);
  }
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-judge]")) { event.preventDefault(); judge(event.target); return; }
    const form = event.target.closest("form[data-act]");
    if (!form) return;
    event.preventDefault();
    if (form.dataset.act === "collect") { collect(form); return; }
    // a form inside an answer (a quiz) sends its own fields too
    send(viewOf(form), form.dataset.act, inside(form) ? { ...written(form), ...("ticks" in form.dataset ? ofTicked() : {}) } : {});
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-upload]")) { upload(event.target.files); event.target.value = ""; return; }
    if (event.target.matches("[data-tick], [data-tick-all], [data-everything]")) { tick(event.target); return; }
    const form = event.target.closest("form[data-auto]");
    if (!form) return;
    ledger();
    send(viewOf(form), form.dataset.act, inside(form) ? written(form) : {});
  });
  document.addEventListener("keydown", (event) => {
    if ((event.key === "Enter" || event.key === " ") && event.target.matches?.('[role="button"][data-act]')) {
      event.preventDefault();
      press(event.target, event);
    } else if (event.key === "Escape") shut();
    else if (event.key === "/" && !event.target.closest?.("input, textarea, select")) {
      const box = document.querySelector(`[id="${activeTab()}-form"] form.box input, [id="${activeTab()}-out"] .find input`);
      if (box) { event.preventDefault(); box.focus(); box.select(); }
    }
  });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const drop = event.target.closest?.(".drop");
      if (kind !== "dragleave") event.preventDefault(); // a file dropped beside the frame must not replace the page
      document.querySelectorAll(".drop.over").forEach((node) => node.classList.remove("over"));
      if (drop && kind === "dragover") drop.classList.add("over");
      if (drop && kind === "drop") upload(event.dataTransfer.files);
    });
  }
})();
