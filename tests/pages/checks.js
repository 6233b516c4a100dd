// What the tests ask of a page inside the browser; loaded by browser.py beside axe-core. Never served.
if (matchMedia("(scripting: none)").matches) {
  // Where pages may run no script, the browser answers questions of the tests and keeps promises, but no clock runs.
  window.setTimeout = (act, _pause, ...given) => Promise.resolve().then(() => act(...given));
}
window.checks = {
  async axe() {
    const found = await axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      resultTypes: ["violations", "incomplete"],
    });
    const unsure = found.incomplete.filter((rule) => rule.id === "color-contrast");
    // axe cannot judge words in a picture at all: `contrasts` does, for every picture of the page.
    const inPicture = (node) => document.querySelector(node.target[0])?.closest("svg.picture");
    return [...found.violations, ...unsure].flatMap((rule) =>
      rule.nodes.filter((node) => rule.id !== "color-contrast" || !inPicture(node)).map((node) => `${rule.id}: ${node.target} ${node.any.map((one) => one.message).join(" ")}`)
    );
  },

  // Of every word in a picture and what lies behind it, of every shape and the page: [ratio, least, which].
  contrasts() {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const paper = matchMedia("(prefers-color-scheme: dark)").matches ? "#000" : "#fff";
    const luminance = (colour) => {
      for (const layer of [paper, colour]) {
        canvas.fillStyle = layer;
        canvas.fillRect(0, 0, 1, 1);
      }
      const parts = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => part / 255);
      const [red, green, blue] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const ratio = (one, other) => {
      const [bright, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
      return (bright + 0.05) / (dark + 0.05);
    };
    const ground = getComputedStyle(document.body).backgroundColor;
    const fill = (one) => getComputedStyle(one).fill;
    const words = [...document.querySelectorAll("svg.picture text")].map((text) => {
      const shape = text.parentElement.closest("g")?.querySelector("rect, polygon, circle");
      return [ratio(fill(text), shape ? fill(shape) : ground), 4.5, text.textContent];
    });
    const shapes = [...document.querySelectorAll("svg.picture .shape")].map((one) => [ratio(fill(one), ground), 3, one.getAttribute("class")]);
    return [...words, ...shapes];
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
