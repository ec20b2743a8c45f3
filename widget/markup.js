/** The little markup that the assistant writes: paragraphs, "- " lists and **bold**. */

import { el } from "./dom.js";

const BOLD = /\*\*(?=\S)(.*?\S)\*\*/g;
const ITEM = /^\s*[-•]\s+/;

/**
 * Turn text into nodes; whatever else stands in it, HTML included, stays text.
 * @param {string} source
 * @returns {HTMLElement}
 */
export function rich(source) {
  const blocks = source.split(/\n\s*\n/).flatMap(toBlocks);
  return el("div", { class: "text" }, ...blocks);
}

/** @param {string} paragraph */
function toBlocks(paragraph) {
  /** @type {{isList: boolean, lines: string[]}[]} */
  const groups = [];
  for (const line of paragraph.split("\n").filter((one) => one.trim())) {
    const isList = ITEM.test(line);
    if (groups.at(-1)?.isList !== isList) groups.push({ isList, lines: [] });
    groups.at(-1)?.lines.push(line);
  }
  return groups.map(({ isList, lines }) => (isList ? list(lines) : prose(lines)));
}

/** @param {string[]} lines */
function list(lines) {
  return el("ul", {}, ...lines.map((line) => el("li", {}, ...spans(line.replace(ITEM, "")))));
}

/** @param {string[]} lines */
function prose(lines) {
  const nodes = lines.flatMap((line, i) => (i ? [el("br"), ...spans(line)] : spans(line)));
  return el("p", {}, ...nodes);
}

/** @param {string} line */
function spans(line) {
  // With one group in the pattern, every second part is what stood between the stars.
  return line.split(BOLD).map((part, i) => (i % 2 ? el("strong", {}, part) : part));
}
