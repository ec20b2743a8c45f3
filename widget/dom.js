/** Building the page from nodes; nothing here or elsewhere parses HTML. */

/**
 * Make an element. `attributes` are set as they are; undefined and false ones are left out.
 * @param {string} tag
 * @param {Record<string, string | number | boolean | undefined>} [attributes]
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/**
 * Text for screen readers only.
 * @param {string} words
 */
export function unseen(words) {
  return el("span", { class: "visually-hidden" }, words);
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * A small line drawing that means nothing to a screen reader.
 * @param {string} path
 */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  const looks = { viewBox: "0 0 24 24", width: "18", height: "18", "aria-hidden": "true" };
  const stroke = {
    d: path,
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "2",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  };
  Object.entries(looks).forEach(([name, value]) => svg.setAttribute(name, value));
  Object.entries(stroke).forEach(([name, value]) => line.setAttribute(name, value));
  svg.append(line);
  return svg;
}
