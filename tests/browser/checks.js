// Run inside a page: what a person would stumble over. Returns a list of sentences.
() => {
  const found = [];
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return (
      box.width > 1 &&
      box.height > 1 &&
      style.visibility !== "hidden" &&
      style.opacity !== "0" &&
      !element.closest("[aria-hidden=true], .select2-container, summary ~ *") &&
      element.checkVisibility()
    );
  };
  const name = (element) =>
    `${element.tagName.toLowerCase()}.${[...element.classList].slice(0, 3).join(".")} "${(element.textContent || "").trim().slice(0, 40)}"`;

  // Nothing is wider than the window.
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.body.querySelectorAll("*")]
      .filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1 && shown(e))
      .slice(0, 3)
      .map(name);
    found.push(
      `${root.scrollWidth - root.clientWidth} px too wide: ${wide.join(", ")}`,
    );
  }

  // Colors in any notation, as the browser paints them.
  const canvas = document
    .createElement("canvas")
    .getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) =>
    top.slice(0, 3).map((c, i) => c * top[3] + under[i] * (1 - top[3]));
  const ground = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) {
      if (getComputedStyle(e).backgroundImage !== "none") return null;
      const color = rgba(getComputedStyle(e).backgroundColor);
      layers.push(color);
      if (color[3] === 1) break;
    }
    return layers.reduceRight((under, top) => over(top, under), [255, 255, 255]);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((c) => {
      const s = c / 255;
      return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  // WCAG 2.1, 1.4.3: 4.5 to 1, large text 3 to 1.
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || seen.has(element) || !shown(element))
      continue;
    seen.add(element);
    if (
      element.closest("svg, script, style, noscript, [disabled]") ||
      element.matches(".material-symbols-outlined")
    )
      continue;
    const under = ground(element);
    if (!under) continue;
    const style = getComputedStyle(element);
    const text = over(rgba(style.color), under);
    const [high, low] = [light(text), light(under)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    const size = parseFloat(style.fontSize);
    const needed =
      size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    if (ratio < needed - 0.05)
      found.push(`contrast ${ratio.toFixed(1)}: ${name(element)}`);
  }

  // Pictures are there and say what they show; fields have names; one heading.
  for (const image of document.images) {
    if (image.complete && !image.naturalWidth && shown(image))
      found.push(`broken picture ${image.src}`);
    if (!image.hasAttribute("alt")) found.push(`picture without text ${image.src}`);
  }
  for (const field of document.querySelectorAll(
    "input:not([type=hidden]), select, textarea",
  )) {
    if (!shown(field)) continue;
    const named =
      field.labels?.length ||
      field.ariaLabel ||
      field.title ||
      field.placeholder ||
      field.getAttribute("aria-labelledby");
    if (!named) found.push(`field without a name: ${field.name || field.id}`);
  }
  const headings = [...document.querySelectorAll("h1")].filter(shown);
  if (headings.length !== 1) found.push(`${headings.length} main headings`);

  // Cards do not lie on each other.
  const cards = [...document.querySelectorAll(".lb-card, .lb-panel")].map((e) => [
    e,
    e.getBoundingClientRect(),
  ]);
  for (const [i, [a, one]] of cards.entries()) {
    for (const [b, two] of cards.slice(i + 1)) {
      const wide = Math.min(one.right, two.right) - Math.max(one.left, two.left);
      const high = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
      if (wide > 1 && high > 1) found.push(`${name(a)} lies on ${name(b)}`);
    }
  }
  // A thumb hits a button.
  if (root.clientWidth < 500) {
    for (const button of document.querySelectorAll(
      ".lb-button, .lb-periods a, .lb-switcher summary",
    )) {
      if (shown(button) && button.getBoundingClientRect().height < 32)
        found.push(`too small for a thumb: ${name(button)}`);
    }
  }
  return [...new Set(found)].slice(0, 12);
};
