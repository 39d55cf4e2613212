// The form of a group: when the organiser has published a new version meanwhile, the answer to a
// save says so, and the page shows it.
import { showFragment } from "./fragment.js";

const form = document.getElementById("answers-form");
const news = document.querySelector("[data-news]");

form?.addEventListener("part:saved", (event) => {
  const html = event.detail.news_html;
  if (!html || news.dataset.told === html) return;
  showFragment(news, html);
  news.dataset.told = html;
  news.scrollIntoView({ block: "center" });
});
