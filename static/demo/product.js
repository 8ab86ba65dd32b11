// Gallery and choices of the product page. Without this file colors are links, sizes
// are radio buttons and pictures scroll; with it nothing has to load again.

/** The next picture for a key, or null for any other key. Wraps around. */
export function nextPicture(key, current, count, isRtl) {
  const forward = isRtl ? "ArrowLeft" : "ArrowRight";
  const backward = isRtl ? "ArrowRight" : "ArrowLeft";
  if (key === forward) return (current + 1) % count;
  if (key === backward) return (current + count - 1) % count;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return null;
}

/** Which picture a scroll position shows. Right-to-left pages scroll below zero. */
export function pictureAt(scrollLeft, width, count) {
  if (width <= 0) return 0;
  return Math.min(Math.round(Math.abs(scrollLeft) / width), count - 1);
}

/** What the page says about a size: words, and whether they warn. */
export function stockLine(hint, left) {
  if (left <= 0) return { text: hint, className: "stock is-out" };
  return { text: hint, className: left <= 3 ? "stock is-low" : "stock" };
}

/** The size of the same name in another color, if it can be bought there. */
export function sameSize(label, sizes) {
  const found = sizes.find((size) => size.label === label && size.left > 0);
  return found ? found.value : null;
}

function watchGallery(gallery) {
  const row = gallery.querySelector(".gallery-big");
  const links = [...gallery.querySelectorAll(".gallery-small a")];
  const isRtl = document.documentElement.dir === "rtl";
  const count = row.children.length;
  const current = () => pictureAt(row.scrollLeft, row.clientWidth, count);
  const show = (index) => {
    const distance = index * row.clientWidth;
    row.scrollTo({ left: isRtl ? -distance : distance });
  };
  const mark = () => {
    for (const [index, link] of links.entries()) {
      if (index === current()) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  row.addEventListener("scroll", mark, { passive: true });
  row.addEventListener("keydown", (event) => {
    const next = nextPicture(event.key, current(), count, isRtl);
    if (next === null) return;
    event.preventDefault();
    show(next);
  });
  for (const [index, link] of links.entries()) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      show(index);
    });
  }
  mark();
}

function sizesOf(fieldset) {
  return [...fieldset.querySelectorAll("input")].map((input) => ({
    input,
    value: input.value,
    label: input.nextElementSibling.querySelector("bdi").textContent,
    left: Number(input.dataset.left),
  }));
}

function chooseColor(page, slug) {
  const before = page.querySelector("[data-sizes]:not([hidden])");
  const chosen = before && sizesOf(before).find((size) => size.input.checked);
  for (const gallery of page.querySelectorAll("[data-gallery]")) {
    gallery.hidden = gallery.dataset.gallery !== slug;
  }
  for (const link of page.querySelectorAll("[data-choose-color]")) {
    const isChosen = link.dataset.chooseColor === slug;
    if (isChosen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    if (isChosen) {
      page.querySelector("[data-color-name]").textContent = link.title;
    }
  }
  for (const fieldset of page.querySelectorAll("[data-sizes]")) {
    fieldset.hidden = fieldset.dataset.sizes !== slug;
    fieldset.disabled = fieldset.hidden;
    if (!fieldset.hidden) keepSize(page, fieldset, chosen?.label);
  }
}

function keepSize(page, fieldset, label) {
  const sizes = sizesOf(fieldset);
  const buyable = sizes.filter((size) => size.left > 0);
  const value = sameSize(label, sizes) ?? (sizes.length === 1 && buyable[0]?.value);
  for (const size of sizes) size.input.checked = size.value === value;
  page.querySelector("[data-add]").disabled = buyable.length === 0;
  tell(page, sizes.find((size) => size.input.checked) ?? buyable[0] ?? sizes[0]);
}

/** What the tracker and a real shop's form call the chosen size. */
function name(page) {
  const chosen = page.querySelector("[name=variant]:checked:enabled");
  page.querySelector("[name=variation_id]").value = chosen?.dataset.woo ?? "";
}

function tell(page, size) {
  name(page);
  const line = stockLine(size.input.dataset.hint, size.left);
  const stock = page.querySelector("[data-stock]");
  stock.textContent = line.text;
  stock.className = line.className;
  const shown = page.querySelector("[data-price] .price-now bdi");
  if (shown) shown.textContent = size.input.dataset.price;
}

function start(page) {
  for (const gallery of page.querySelectorAll("[data-gallery]")) watchGallery(gallery);
  for (const link of page.querySelectorAll("[data-choose-color]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      chooseColor(page, link.dataset.chooseColor);
      history.replaceState(null, "", link.href);
    });
  }
  name(page);
  page.addEventListener("change", (event) => {
    const fieldset = event.target.closest("[data-sizes]");
    if (!fieldset) return;
    tell(
      page,
      sizesOf(fieldset).find((size) => size.input === event.target),
    );
  });
}

if (typeof document !== "undefined") {
  const page = document.querySelector(".product");
  if (page) start(page);
}
