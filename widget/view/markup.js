/**
 * The markup that the assistant may use: paragraphs, line breaks, "- " and "1. " lists, **bold**,
 * *italic*, `code`, [links](https://…) and bare https addresses. All else, HTML too, stays text.
 */

import { el } from "./dom.js";

const LIST_ITEM = /^\s*(?:[-•*]|(\d{1,3})[.)])\s+/;
const MARKS =
  /`([^`\n]+)`|\*\*(?=\S)([^\n]*?\S)\*\*|(?<![\p{L}\d])\*(?=[^\s*])([^*\n]*[^\s*])\*(?![\p{L}\d])|(?<![\p{L}\d_])_(?=[^\s_])([^_\n]*[^\s_])_(?![\p{L}\d_])|\[([^\]\n]+)\]\(([^()\s]+)\)|(https:\/\/[^\s<>"“”]*[^\s<>"“”.,;:!?)\]*_])/u;
const HOST = /(?:[\p{L}\d-]+[.。])+\p{L}{2,}/u;

/**
 * @param {string} source
 * @returns {HTMLElement}
 */
export function rich(source) {
  const blocks = source.split(/\n\s*\n/).flatMap(toBlocks);
  return el("div", { class: "text" }, ...blocks);
}

/** @param {string} paragraph */
function toBlocks(paragraph) {
  /** @type {{tag: "p" | "ul" | "ol", lines: string[]}[]} */
  const groups = [];
  for (const line of paragraph.split("\n").filter((one) => one.trim())) {
    const item = LIST_ITEM.exec(line);
    const tag = !item ? "p" : item[1] ? "ol" : "ul";
    if (groups.at(-1)?.tag !== tag) groups.push({ tag, lines: [] });
    groups.at(-1)?.lines.push(line);
  }
  return groups.map(({ tag, lines }) => (tag === "p" ? prose(lines) : list(tag, lines)));
}

/** @param {"ul" | "ol"} tag @param {string[]} lines */
function list(tag, lines) {
  const start = LIST_ITEM.exec(lines[0])?.[1];
  const items = lines.map((line) => el("li", {}, ...spans(line.replace(LIST_ITEM, ""))));
  return el(tag, { start: start === "1" ? null : start }, ...items);
}

/** @param {string[]} lines */
function prose(lines) {
  return el(
    "p",
    {},
    ...lines.flatMap((line, i) => [...(i ? [el("br"), "\n"] : []), ...spans(line)]),
  );
}

/** @param {string} line @returns {(Node | string)[]} */
function spans(line) {
  const found = MARKS.exec(line);
  if (!found) return line ? [line] : [];
  const [whole, code, bold, italic, slanted, words, address, naked] = found;
  const rest = line.slice(found.index + whole.length);
  const node = code
    ? el("code", {}, code)
    : bold
      ? el("strong", {}, ...spans(bold))
      : naked || words
        ? link(words ?? naked, address ?? naked, whole)
        : el("em", {}, ...spans(italic ?? slanted));
  return [line.slice(0, found.index), node, ...spans(rest)];
}

/**
 * A link, or its source as text where the address is not one to be opened. Where the words look
 * like another place than the one they lead to, that is shown beside them.
 * @param {string} words
 * @param {string} address
 * @param {string} source
 */
function link(words, address, source) {
  const url = safeAddress(address);
  if (!url) return source;
  const isWeb = url.protocol === "https:";
  const goal = isWeb ? url.host : url.pathname;
  const host = isWeb ? url.hostname : goal.replace(/^.*@/, "");
  const claimed = HOST.exec(words.normalize("NFKC"))?.[0];
  const isOdd = claimed && bare(claimed) !== bare(host);
  const looks = { href: url.href, target: isWeb && "_blank", rel: "noopener noreferrer" };
  return el("a", looks, words, isOdd ? ` (${goal})` : null);
}

/** @param {string} host */
function bare(host) {
  return host.toLowerCase().replace(/^www\./, "");
}

/** The address if it is https, mailto or tel and hides no login in it. @param {string} address */
export function safeAddress(address) {
  try {
    const url = new URL(address);
    const isSafe = ["https:", "mailto:", "tel:"].includes(url.protocol);
    return isSafe && !url.username && !url.password ? url : null;
  } catch {
    return null;
  }
}
