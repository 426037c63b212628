// What the frame does beyond plain pages. Everything works without it; each part looks for its own data attributes.

const all = (selector, root = document) => root.querySelectorAll(selector);

// --- theme: the choice is a cookie, which the server puts into the page, so that there is no flash -------------------

function chooseTheme(theme) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  document.querySelector('meta[name="color-scheme"]').content = theme === "auto" ? "light dark" : theme;
  for (const button of all("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
  }
}

// --- menus -----------------------------------------------------------------------------------------------------------

const sheet = document.getElementById("menu");
const opener = document.querySelector("[data-menu-open]");

function showSheet(open) {
  sheet.toggleAttribute("data-open", open);
  opener.setAttribute("aria-expanded", String(open));
  (open ? sheet.querySelector("[data-menu-close]") : opener).focus();
}

function closeMenus(except) {
  for (const menu of all("[data-menu][open]")) if (menu !== except) menu.open = false;
}

// --- forms -----------------------------------------------------------------------------------------------------------

const unsaved = new Set();

function release(form) {
  delete form.dataset.sending;
  for (const button of all("[data-busy]", form)) {
    button.removeAttribute("data-busy");
    button.removeAttribute("aria-disabled");
  }
}

function onSubmit(event) {
  const form = event.target;
  unsaved.delete(form);
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "true";
  // The button stays enabled: a disabled one would not be sent along.
  event.submitter?.setAttribute("aria-disabled", "true");
  event.submitter?.setAttribute("data-busy", "");
}

function onEdit(event) {
  const form = event.target.form;
  if (form?.matches("[data-warn-unsaved]")) unsaved.add(form);
}

// --- pictures that are gone: the initials stand below them -----------------------------------------------------------

function forget(picture) {
  if (picture.matches?.(".avatar img")) picture.remove();
}

// --- ticked rows -----------------------------------------------------------------------------------------------------

function countTicks() {
  const ticks = [...all('input[form="bulk"][name="selected"]')];
  const ticked = ticks.filter((tick) => tick.checked).length;
  for (const place of all("[data-tick-count]")) place.textContent = ticked;
  for (const every of all("[data-tick-all]")) {
    every.checked = ticked > 0 && ticked === ticks.length;
    every.indeterminate = ticked > 0 && ticked < ticks.length;
  }
}

// --- one listener each -----------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-theme-choice], [data-dismiss], [data-menu-open], [data-menu-close]");
  closeMenus(event.target.closest("[data-menu]"));
  if (!target) return;
  if (target.matches("[data-theme-choice]")) chooseTheme(target.dataset.themeChoice);
  else if (target.matches("[data-dismiss]")) {
    target.closest("[data-message]").remove();
    document.getElementById("main").focus({ preventScroll: true });
  } else {
    event.preventDefault();
    showSheet(target.matches("[data-menu-open]") && !sheet.hasAttribute("data-open"));
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("[data-menu][open]");
  closeMenus();
  menu?.querySelector("summary").focus();
  if (sheet?.hasAttribute("data-open")) showSheet(false);
});

// "/" leads to the search, except where it is typed.
document.addEventListener("keydown", (event) => {
  const search = document.querySelector("[data-search]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || !search?.checkVisibility()) return;
  if (event.target.matches("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  search.focus();
  search.select();
});

document.addEventListener("submit", onSubmit);
document.addEventListener("error", (event) => forget(event.target), true);
document.addEventListener("input", onEdit);
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) {
    for (const tick of all('input[form="bulk"][name="selected"]')) tick.checked = event.target.checked;
  }
  if (event.target.matches("[data-tick-all], [form='bulk']")) countTicks();
});
document.addEventListener("htmx:configRequest", (event) => {
  // An address to share says only what was chosen.
  const { verb, formData } = event.detail;
  if (verb === "get") for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});
document.addEventListener("htmx:afterSwap", prepare);
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest("form");
  if (form) release(form);
});
window.addEventListener("beforeunload", (event) => {
  if (unsaved.size) event.preventDefault();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of all("form[data-sending]")) release(form);
});

// A table that is wider than its card scrolls inside it, and gives up its sticky head for that. Whoever has no pointer
// reaches it by the Tab key.
function fitTables() {
  for (const card of all(".table-card")) {
    card.removeAttribute("data-scrolls");
    const table = card.querySelector("table");
    const scrolls = Boolean(table) && table.offsetWidth > card.clientWidth;
    card.toggleAttribute("data-scrolls", scrolls);
    if (scrolls) card.tabIndex = 0;
    else card.removeAttribute("tabindex");
    if (scrolls && card.matches("div")) {
      card.setAttribute("role", "region");
      card.setAttribute("aria-label", table.caption?.textContent ?? "");
    }
  }
}

function prepare() {
  fitTables();
  for (const picture of all(".avatar img")) if (picture.complete && !picture.naturalWidth) forget(picture);
  for (const hidden of all("[data-theme-picker], [data-dismiss], [data-scripted]")) hidden.hidden = false;
  countTicks();
}

window.addEventListener("resize", fitTables);

prepare();
opener?.setAttribute("aria-expanded", "false");
opener?.setAttribute("role", "button");
document.querySelector("[data-error-summary]")?.focus();
