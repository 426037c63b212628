// Takes the code of a mail out of the address, where no server sees it, into its field. Without this it is typed.

const field = document.querySelector("[data-new-password]")?.elements.token;
if (field && location.hash.length > 1) {
  field.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}
