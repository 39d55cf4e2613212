// The table asks again every few seconds; while nothing has changed the answer is 304 and it stays.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 304) event.detail.shouldSwap = false;
});
