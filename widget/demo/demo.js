/** The fictitious host page: its menus change the page's name, and the assistant is told. */

addEventListener("hashchange", () => {
  const link = document.querySelector(
    `.side a[href="${CSS.escape(location.hash).replace("\\#", "#")}"]`,
  );
  if (!link) return;
  document.querySelector("[aria-current]")?.removeAttribute("aria-current");
  link.setAttribute("aria-current", "page");
  const page = link.getAttribute("data-omni-menu") ?? link.textContent?.trim() ?? "";
  document.querySelector("h1")?.replaceChildren(page.replaceAll(" > ", " › "));
  /** @type {any} */ (window).omniSupport?.setPage(page);
});
document.querySelector(".find")?.addEventListener("submit", (event) => event.preventDefault());
