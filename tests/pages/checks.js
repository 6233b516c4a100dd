// What the tests ask of a page inside the browser; loaded by browser.py beside axe-core. Never served.
window.checks = {
  async axe() {
    const found = await axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      resultTypes: ["violations", "incomplete"],
    });
    const unsure = found.incomplete.filter((rule) => rule.id === "color-contrast");
    return [...found.violations, ...unsure].flatMap((rule) =>
      rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.any.map((one) => one.message).join(" ")}`)
    );
  },

  // What Tab must reach; a group of radio buttons is one stop.
  reachable() {
    const stops = (one) => {
      if (one.type !== "radio") return true;
      const group = [...document.getElementsByName(one.name)];
      return one === (group.find((other) => other.checked) || group[0]);
    };
    return [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
      .filter((one) => one.checkVisibility() && !one.disabled && one.type !== "hidden" && one.tabIndex >= 0)
      .filter(stops).length;
  },

  begin() {
    window.walked = [];
    document.activeElement.blur();
    scrollTo(0, 0);
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
  },

  focused() {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const again = window.walked.includes(one);
    if (!again) window.walked.push(one);
    const ring = ["", "::before"].some((part) => {
      const style = getComputedStyle(one, part || null);
      return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
    });
    const box = one.getBoundingClientRect();
    const name = (one.innerText || one.getAttribute("aria-label") || one.name || one.id || one.tagName).trim();
    return { name, again, ring, seen: box.width > 0 && box.right > 0 && box.left < innerWidth };
  },

  wide() {
    const page = document.documentElement;
    const over = [...document.querySelectorAll("body *")]
      .filter((one) => one.checkVisibility() && getComputedStyle(one).clipPath === "none" && !one.closest("svg *"))
      .filter((one) => one.getBoundingClientRect().right > page.clientWidth + 1)
      .map((one) => one.outerHTML.slice(0, 120));
    return page.scrollWidth > page.clientWidth ? [`scrolls: ${page.scrollWidth} px`, ...over] : over;
  },
};
