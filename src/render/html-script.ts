/**
 * Filter and search for a page that reads as well without: the form is hidden until this runs. It takes the text of
 * each entry from the page itself and writes nothing but counts.
 */
export const PAGE_SCRIPT = `
"use strict";
(() => {
  const form = document.querySelector("form");
  const entries = [...document.querySelectorAll("[data-entry]")].map((element) => ({
    element,
    text: element.textContent.toLowerCase(),
    action: element.dataset.entry,
  }));
  if (form === null || entries.length === 0) return;
  const search = form.querySelector("input[type=search]");
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const status = form.querySelector("output");
  const show = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter((word) => word !== "");
    const actions = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let shown = 0;
    for (const { element, text, action } of entries) {
      const fits = actions.has(action) && words.every((word) => text.includes(word));
      element.hidden = !fits;
      if (fits) shown += 1;
    }
    status.textContent = shown + " of " + entries.length + " shown";
  };
  const openAll = (open) => {
    for (const { element } of entries) {
      const details = element.querySelector("details");
      if (!element.hidden && details !== null) details.open = open;
    }
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", show);
  form.querySelector("[data-open]").addEventListener("click", () => openAll(true));
  form.querySelector("[data-close]").addEventListener("click", () => openAll(false));
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLInputElement && event.target.type === "search";
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && typing) {
      search.value = "";
      show();
    }
  });
  form.hidden = false;
  show();
})();
`.trim();
