// Every page works without this: it adds keys in the review, advice while one writes, and progress.

const POLL_MS = 2000;
const QUIET_MS = 700;

const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select") !== null;

/** Review: j and k go from group to group, a number presses the decision of the group. */
function keys() {
  const groups = [...document.querySelectorAll("form.group")];
  if (!groups.length) return;
  const current = () => groups.findIndex((one) => one.contains(document.activeElement));
  const go = (to) => {
    const group = groups[Math.max(0, Math.min(groups.length - 1, to))];
    group.focus();
    group.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const at = current();
    if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at - 1);
    else if (at >= 0) groups[at].querySelector(`button[data-key="${CSS.escape(event.key)}"]`)?.click();
  });
  // After the browser has gone to the address's fragment, which takes the focus.
  const decided = new URLSearchParams(location.search).get("feito") === "decided";
  if (decided) addEventListener("load", () => setTimeout(() => go(0)));
}

/** Put a piece of a page that our own server drew into a place. */
function put(place, html) {
  const found = new DOMParser().parseFromString(html, "text/html");
  place.replaceChildren(...found.body.childNodes);
}

/** Examples: advice on what is written, a moment after the last key. */
function advice(form) {
  const place = form.querySelector("#conselho");
  const field = form.elements.frases;
  let timer = 0;
  let asked = 0;
  const ask = async () => {
    const mine = (asked += 1);
    if (!field.value.trim()) return put(place, "");
    if (!place.childNodes.length) put(place, "<p class=help>Comparando com os outros exemplos…</p>");
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch("/treinador/conselho", { method: "POST", body });
      if (answer.ok && mine === asked) put(place, await answer.text());
    } catch {
      // The button asks without this script.
    }
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, QUIET_MS);
  });
}

/** What goes on by itself: looks how far it is; reloads the page once it asks or has ended. */
function progress(place) {
  if (!place.querySelector("[data-runs]")) return;
  const look = async () => {
    try {
      const answer = await fetch(place.dataset.progress);
      if (answer.redirected || !answer.ok) return location.reload();
      const html = await answer.text();
      const open = place.querySelector("details")?.open;
      put(place, html);
      if (open) place.querySelector("details")?.setAttribute("open", "");
      if (!place.querySelector("[data-runs]") || place.querySelector("[data-asks]")) return location.reload();
    } catch {
      // The server restarts, perhaps.
    }
    setTimeout(look, POLL_MS);
  };
  if (!place.querySelector("[data-asks]")) setTimeout(look, POLL_MS);
}

keys();
document.querySelectorAll("form[data-advice]").forEach(advice);
document.querySelectorAll("[data-progress]").forEach(progress);
document.getElementById("erros")?.focus();
