// A sheet's own page is the way without scripts; with them one page holds all sheets, so go there.
const { target } = document.querySelector("script[data-target]").dataset;
if (!document.querySelector("[data-error-summary]")) location.replace(target);
