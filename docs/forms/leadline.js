/* Leadline's form script: plain JavaScript, no dependencies, about 2 KB compressed. It works on every <form data-leadline>:
   it adds where the visitor came from, and sends the form without leaving the page. Without it the form still works.

   <form data-leadline>                      send by script; show [data-leadline-thanks], or go to the field return_to
   <form data-leadline="plain">              add the fields only; the browser sends the form
   <form data-leadline data-storage="off">   keep nothing in the browser (before the visitor consented, say) */
(() => {
  "use strict";

  const TAGS = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"];
  const CLICK_IDS = [
    "gclid", "gbraid", "wbraid", "dclid", "fbclid", "msclkid", "li_fat_id", "ttclid", "twclid", "rdt_cid", "epik", "ScCid",
  ];
  const KEEP_MS = 90 * 24 * 60 * 60 * 1000; // as long as acts of unknown visitors are held
  const RETRY_AFTER_MS = [1000, 3000];
  const LOADED_AT = new Date().toISOString().replace(/\.\d+Z$/, "Z");

  const newId = () =>
    crypto.randomUUID ? crypto.randomUUID() : Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  const PAGE_ID = newId(); // by it, the same form sent twice is known to be one

  /* First-party storage; a browser that forbids it is one that remembers nothing. */
  const remembered = () => {
    try {
      return JSON.parse(localStorage.getItem("leadline")) || {};
    } catch {
      return {};
    }
  };
  const remember = (value) => {
    try {
      localStorage.setItem("leadline", JSON.stringify(value));
    } catch {
      /* Then the next page begins anew. */
    }
  };

  /* Where the visitor came from with this page view; null if it was no arrival from outside. */
  const arrival = () => {
    const query = new URLSearchParams(location.search);
    const found = {};
    for (const name of [...TAGS, ...CLICK_IDS]) {
      if (query.get(name)) found[name] = query.get(name).slice(0, 200);
    }
    let referrer = "";
    try {
      if (document.referrer && new URL(document.referrer).host !== location.host) referrer = document.referrer.slice(0, 2000);
    } catch {
      /* No address: no referrer. */
    }
    if (!referrer && !Object.keys(found).length) return null;
    // Without its query: that may hold what nobody wants to keep.
    return { ...found, page_referrer: referrer, landing_page: location.origin + location.pathname };
  };

  /* The last arrival from outside; a visit without one (typed, bookmarked) does not replace it. */
  const visit = (stored) => {
    const known = stored.at > Date.now() - KEEP_MS ? stored.touch : null;
    const came = arrival();
    const touch = came || known || { landing_page: location.origin + location.pathname };
    return { anonymous_id: stored.anonymous_id || newId(), touch, at: came || !known ? Date.now() : stored.at };
  };

  const fill = (form, name, value) => {
    if (!value) return;
    let field = form.elements.namedItem(name);
    if (!field) {
      field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      form.append(field);
    }
    if (!field.value) field.value = value;
  };

  const say = (form, text) => {
    let place = form.querySelector("[data-leadline-error]");
    if (!place) {
      place = document.createElement("p");
      place.setAttribute("data-leadline-error", "");
      place.setAttribute("role", "alert");
      form.append(place);
    }
    place.textContent = text;
    place.hidden = !text;
  };

  const isPassing = (answer) => answer.status >= 500 || answer.status === 429; // not now: the same again may do

  const post = async (form, body) => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body });
        if (!isPassing(answer) || attempt === RETRY_AFTER_MS.length) return answer;
      } catch (error) {
        if (attempt === RETRY_AFTER_MS.length) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS[attempt]));
    }
  };

  const thank = (form) => {
    const page = form.elements.namedItem("return_to") || form.elements.namedItem("retURL");
    if (page && page.value) return location.assign(page.value);
    let place = document.querySelector("[data-leadline-thanks]");
    if (!place) {
      place = document.createElement("p");
      place.textContent = "Thank you. Your message has arrived.";
      form.after(place);
    }
    place.setAttribute("role", "status");
    place.tabIndex = -1;
    place.hidden = false;
    form.hidden = true;
    place.focus(); // so that a screen reader goes on from there
  };

  const send = async (form) => {
    const data = new FormData(form);
    const body = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
    say(form, "");
    try {
      const answer = await post(form, body);
      if (answer.ok) return thank(form);
      say(form, !isPassing(answer) ? form.dataset.refused || "This form could not be taken in. Please write to us instead."
        : form.dataset.failed || "That did not work just now. Please try again in a minute.");
    } catch {
      if (navigator.onLine !== false) return HTMLFormElement.prototype.submit.call(form); // where a script may not, a form may
      say(form, form.dataset.failed || "You seem to be offline. Please try again.");
    }
  };

  const attend = (form, now) => {
    const shown = performance.now();
    let busy = false;
    for (const [name, value] of Object.entries(now.touch)) fill(form, name, value);
    if (form.dataset.storage !== "off") fill(form, "anonymous_id", now.anonymous_id);
    fill(form, "page_id", PAGE_ID);
    fill(form, "rendered_at", LOADED_AT);
    form.addEventListener("submit", async (event) => {
      if (busy) return event.preventDefault(); // a double click is one answer
      busy = true;
      fill(form, "filled_in_ms", String(Math.round(performance.now() - shown)));
      if (form.dataset.leadline === "plain") return;
      event.preventDefault();
      await send(form);
      busy = false;
    });
    addEventListener("pageshow", (event) => {
      if (event.persisted) busy = false; // back to the form: it may be corrected and sent again
    });
  };

  const begin = () => {
    const forms = [...document.querySelectorAll("form[data-leadline]")];
    const storing = forms.every((form) => form.dataset.storage !== "off");
    const now = visit(storing ? remembered() : {});
    if (storing) remember(now);
    for (const form of forms) attend(form, now);
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
