// Headings in Chinese break between words: a browser alone breaks 创|新 and 重|庆.
const words = window.Intl?.Segmenter && new Intl.Segmenter("zh", { granularity: "word" });
const CHINESE = /\p{Script=Han}/u;

export function phraseHeadings(root) {
  if (!words) return;
  for (const heading of root.querySelectorAll("h1")) {
    if (heading.children.length || !CHINESE.test(heading.textContent)) continue;
    const parts = [];
    let wasWord = false;
    for (const { segment, isWordLike } of words.segment(heading.textContent.trim())) {
      if (isWordLike && wasWord) parts.push(document.createElement("wbr"));
      parts.push(segment);
      wasWord = isWordLike;
    }
    heading.replaceChildren(...parts);
    heading.classList.add("phrased");
  }
}
