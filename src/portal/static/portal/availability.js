// Says while a new account is typed whether its username or e-mail is taken. The server checks again when it is saved.

const form = document.querySelector("[data-availability]");

function place(input) {
  const id = `${input.id}_taken`;
  let found = document.getElementById(id);
  if (!found) {
    found = document.createElement("div");
    found.id = id;
    found.className = "field-error";
    found.setAttribute("role", "status");
    found.hidden = true;
    input.before(found);
    input.setAttribute("aria-describedby", [input.getAttribute("aria-describedby"), id].filter(Boolean).join(" "));
  }
  return found;
}

async function check(input) {
  const value = input.value.trim();
  const said = place(input);
  const say = (text) => {
    said.textContent = text;
    said.hidden = !text;
  };
  if (!value) {
    say("");
    return;
  }
  const body = new URLSearchParams({ [input.name]: value });
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  let answer = "";
  try {
    const response = await fetch(form.getAttribute(`data-check-${input.name}`), { method: "POST", body, headers });
    answer = response.ok ? await response.text() : "";
  } catch {
    // Out of reach: the form itself will tell.
  }
  if (input.value.trim() === value) say(answer === "True" ? form.getAttribute(`data-taken-${input.name}`) : "");
}

for (const name of form ? ["email", "username"] : []) {
  form.elements[name]?.addEventListener("change", (event) => check(event.target));
}
