// A short message at the lower edge; read out, gone after six seconds.
export function toast(message, kind = "info") {
  const place = document.getElementById("toasts");
  const note = document.createElement("div");
  note.className = `toast-note toast-note--${kind}`;
  const text = document.createElement("p");
  text.textContent = message;
  note.append(text);
  place.append(note);
  setTimeout(() => note.remove(), 6000);
}
