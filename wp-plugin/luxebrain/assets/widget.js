{
  const tag = document.currentScript?.dataset;
  const VIEWED = "luxebrain:viewed";

  const money = (amount, { before, after, decimals, point, thousands }) => {
    if (!/^\d{1,12}(\.\d+)?$/.test(amount)) return "";
    const [whole, rest] = Number(amount).toFixed(decimals).split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, () => thousands);
    return before + grouped + (rest ? point + rest : "") + after;
  };

  const address = (given, isPicture) => {
    try {
      const { origin, href } = new URL(given || "x:", location.origin);
      if (origin === location.origin || (isPicture && /^https:/.test(href)))
        return href;
    } catch {}
    return "";
  };

  const viewedBefore = () => {
    try {
      return JSON.parse(sessionStorage[VIEWED]).filter(Number.isInteger);
    } catch {
      return [];
    }
  };

  const make = (name, className, ...inside) => {
    const element = document.createElement(name);
    element.className = className;
    element.append(...inside);
    return element;
  };

  const written = (pick, format) => {
    const [price, to, was, lowest] = [
      "price",
      "price_to",
      "regular_price",
      "lowest_price",
    ].map((name) => money(pick[name], format));
    const now = to && to !== price ? `${price} – ${to}` : price;
    if (!was || was === price) return [now];
    const say = (text) => make("span", "luxe-hidden", `${text} `);
    return [
      say(tag.was),
      make("del", "", was),
      say(tag.now),
      make("ins", "", now),
      lowest && tag.lowest
        ? make(
            "small",
            "",
            tag.lowest.replace("{price}", () => lowest),
          )
        : "",
    ];
  };

  const copied = (node) => {
    const name = node.nodeName;
    if (node.nodeType === 3) return [node.data];
    const inside = [...node.childNodes].flatMap(copied);
    if (!/^(SPAN|BDI|DEL|INS|SMALL|SUP|B|STRONG|BR)$/.test(name)) return inside;
    const element = make(name, node.className, ...inside);
    element.ariaHidden = node.ariaHidden;
    return [element];
  };

  const priced = (pick, format) =>
    pick.price_html
      ? copied(new DOMParser().parseFromString(pick.price_html, "text/html").body)
      : written(pick, format);

  const isBelow = (element) => element.getBoundingClientRect().top >= innerHeight;

  const hide = (card) => {
    const blank = card.cloneNode(true);
    delete blank.dataset.luxe;
    blank.style.visibility = "hidden";
    card.replaceWith(blank);
  };

  const leave = (element) => {
    if (isBelow(element)) return element.remove();
    element.style.visibility = "hidden";
    element.querySelectorAll("li").forEach(hide);
  };

  const say = (element, text) => {
    const { offsetHeight, textContent } = element ?? {};
    if (!element || !text) return;
    element.textContent = text;
    if (element.offsetHeight !== offsetHeight) element.textContent = textContent;
  };

  const show = (image, url) => {
    for (const name of ["srcset", "sizes", "hidden"]) image.removeAttribute(name);
    image.src = url;
  };

  const fillCard = (card, pick, { place, decision }, position, format) => {
    const { product } = pick;
    const part = (name) => card.querySelector(name);
    part("a").href = address(pick.url);
    part(".luxe-card__name").textContent = pick.name;
    say(part(".luxe-card__why"), pick.reason);
    part(".luxe-card__price").replaceChildren(...priced(pick, format));
    show(part("img"), address(pick.image, 1) || tag.empty);
    card.dataset.luxe = JSON.stringify({
      placement: place,
      product,
      products: [product],
      position,
      decision,
    });
  };

  const fillShelf = (element, shelf, format) => {
    const cards = element.querySelectorAll("li");
    const title = element.querySelector("h2");
    const isWaiting = element.matches(".luxe-shelf--waiting");
    const picks = shelf.picks.filter(
      ({ url, price_html, price, currency }) =>
        address(url) &&
        (price_html || (currency === format.currency && money(price, format))),
    );
    if (shelf.held_out) return leave(element);
    if (!picks.length || (isWaiting && !isBelow(element))) return;
    cards.forEach((card, at) => {
      if (picks[at]) fillCard(card, picks[at], shelf, at + 1, format);
      else isWaiting ? card.remove() : hide(card);
    });
    element.classList.remove("luxe-shelf--waiting");
    if (!title.dataset.luxeKeep) say(title, shelf.title);
  };

  const fillHero = (element, hero) => {
    const link = element.querySelector("a");
    if (!hero || (link && !address(hero.url))) return;
    element.dataset.luxeDecision = hero.decision;
    say(element.querySelector("h2"), hero.heading);
    say(element.querySelector("p"), hero.text);
    say(link, hero.label);
    if (link) link.href = address(hero.url);
    if (address(hero.image, 1)) show(element.querySelector("img"), hero.image);
  };

  const fillLines = (element, lines) => {
    for (const { text, true_until } of lines) {
      const left = Date.parse(true_until) - Date.now();
      if (!(left > 0)) continue;
      const line = make("p", "", text);
      element.append(line);
      if (element.scrollHeight > element.clientHeight) line.remove();
      setTimeout(() => hide(line), Math.min(left, 2e9));
    }
  };

  const start = ({ visitor, token }) => {
    const format = JSON.parse(tag.format);
    const viewed = viewedBefore().filter((one) => one !== +tag.product);
    const shelves = [...document.querySelectorAll("[data-luxe-place]")];
    const { key, product, category, basket, language } = tag;
    const places = shelves.map(
      (one) => `${one.dataset.luxePlace}:${one.querySelectorAll("li").length}`,
    );
    const question = { key, places, visitor, token, viewed, basket, language };
    const asked = new URLSearchParams(
      Object.entries({ ...question, product, category }).filter(
        ([, it]) => `${it ?? ""}`,
      ),
    );
    if (tag.viewed) {
      sessionStorage[VIEWED] = JSON.stringify([+product, ...viewed].slice(0, 20));
    }
    const near = new IntersectionObserver(
      async (seen) => {
        if (!seen.some((one) => one.isIntersecting)) return;
        near.disconnect();
        let said;
        for (const [url, body] of [
          [tag.url && `${tag.url}?${asked}`],
          [tag.shop, { method: "POST", body: asked }],
        ]) {
          const signal = AbortSignal.timeout(2000);
          if (url)
            said ??= await fetch(url, { credentials: "omit", signal, ...body }).catch(
              () => signal.aborted || null,
            );
        }
        try {
          const told = said.ok && (await said.json());
          if (!window.luxebrainAgreed) return;
          for (const element of shelves) {
            const place = element.dataset.luxePlace;
            const shelf = told.shelves.find((one) => one.place === place);
            if ([told.hidden, told.off].flat().includes(place)) leave(element);
            else if (place === "price-line") fillLines(element, told.lines);
            else if (!element.querySelector("li")) fillHero(element, told.hero);
            else if (shelf) fillShelf(element, shelf, format);
          }
        } catch {}
      },
      { rootMargin: "400px" },
    );
    for (const one of shelves) near.observe(one);
  };

  if (tag) {
    const me = window.luxebrainAgreed;
    document.addEventListener("focusin", ({ target }) => {
      if (target.matches(".luxe-card :focus-visible")) {
        target.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    });
    document.addEventListener("click", ({ target }) => {
      const decision = target.closest(".luxe-hero a")?.closest("[data-luxe-decision]")
        ?.dataset.luxeDecision;
      if (decision) {
        window.luxebrain?.push([
          "track",
          "custom",
          { name: "banner_clicked", properties: { decision, placement: "home-hero" } },
        ]);
      }
    });
    document.addEventListener("luxebrain:refused", () => delete sessionStorage[VIEWED]);
    if (me) start(me);
    else {
      const begin = ({ detail }) => start(detail);
      document.addEventListener("luxebrain:agreed", begin, { once: true });
    }
  } else module.exports = { address, copied, money };
}
