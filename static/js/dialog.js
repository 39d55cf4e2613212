// [data-dialog-open="id"] opens a <dialog>, [data-dialog-close] and a click on the veil close it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    opener.closest("details[data-menu]")?.removeAttribute("open");
    document.getElementById(opener.dataset.dialogOpen)?.showModal();
    return;
  }
  const dialog = event.target.closest("dialog[open]");
  if (!dialog) return;
  if (event.target.closest("[data-dialog-close]")) {
    dialog.close();
  } else if (event.target === dialog) {
    const box = dialog.getBoundingClientRect();
    const inside =
      event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside && event.detail > 0) dialog.close(); // detail 0: a click made by the keyboard
  }
});
