// The roll by keyboard, and a count that follows. Without this script the page is a plain form that saves as well.

const form = document.querySelector("[data-rollcall]");
const rows = form ? [...form.querySelectorAll("[data-rollcall-row]")] : [];

function count() {
  const numbers = {};
  for (const input of form.querySelectorAll("input:checked")) numbers[input.value] = (numbers[input.value] ?? 0) + 1;
  for (const place of form.querySelectorAll("[data-count]")) place.textContent = numbers[place.dataset.count] ?? 0;
}

function focusRow(index) {
  const row = rows[Math.max(0, Math.min(index, rows.length - 1))];
  const input = row.querySelector("input:checked") ?? row.querySelector("input");
  input.focus();
  row.scrollIntoView({ block: "nearest" });
}

function onKey(event) {
  const row = event.target.closest("[data-rollcall-row]");
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
  const here = rows.indexOf(row);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    focusRow(here + (event.key === "ArrowDown" ? 1 : -1));
    return;
  }
  const choice = row.querySelector(`input[data-key="${CSS.escape(event.key.toUpperCase())}"]`);
  if (!choice) return;
  event.preventDefault();
  choice.checked = true;
  choice.dispatchEvent(new Event("input", { bubbles: true }));
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  focusRow(here + 1);
}

if (form) {
  form.addEventListener("change", count);
  form.addEventListener("keydown", onKey);
  form.querySelector("[data-rollcall-keys]").hidden = !matchMedia("(hover: hover)").matches;
  if (rows.length) focusRow(0);
}
